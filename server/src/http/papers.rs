//! Papers: one PDF, or a ZIP of a day.

use std::io::{Cursor, Write};

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::Deserialize;
use utoipa::IntoParams;
use vyezd_core::model::{LegalDate, PaperId};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::extract::{Path, Query};
use super::fields;
use crate::app::App;
use crate::audit::{self, Actor};
use crate::auth::Office;
use crate::blobs::BlobError;
use crate::code::Code;
use crate::limits::office::FETCHED_AT_ONCE;
use crate::problem::{Outcome, Problem};
use crate::store::PaperRow;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Days {
    /// The first day, `YYYY-MM-DD`.
    from: String,
    /// The last day, `YYYY-MM-DD`; absent: the same day.
    to: Option<String>,
}

/// Download a paper.
///
/// The journal keeps who took it.
#[utoipa::path(get, path = "/v1/papers/{paper}", operation_id = "download_paper", tag = "Papers",
    security(("office" = [])), responses((status = 200, description = "The paper as PDF",
            body = String, content_type = "application/pdf",
            headers(("Content-Disposition" = String, description = "The name of the file")))))]
pub(super) async fn pdf(
    State(app): State<App>,
    Office(by): Office,
    Path(paper): Path<PaperId>,
) -> Outcome<Response> {
    let row = app.store.read().await?.paper(paper).await?.ok_or(Problem::NotFound)?;
    let bytes = app.blobs.get(&row.sha256).await?;
    let about = (row.number.as_str(), row.file_name.as_str());
    audit::note_alone(&app, &Actor::person(&by), "paper.downloaded", about).await?;
    Ok(file("application/pdf", &row.file_name, bytes))
}

/// Download all valid papers of some days.
///
/// One ZIP with a folder for each kind. 404 where there is none. The journal keeps who took them.
#[utoipa::path(get, path = "/v1/papers.zip", operation_id = "download_papers", tag = "Papers",
    params(Days), security(("office" = [])), responses((status = 200, description = "The archive",
            body = String, content_type = "application/zip",
            headers(("Content-Disposition" = String, description = "The name of the file")))),
    extensions(("x-codes" = json!([Code::NotFound]))))]
pub(super) async fn zip(
    State(app): State<App>,
    Office(by): Office,
    Query(days): Query<Days>,
) -> Outcome<Response> {
    let (from, to) = span(&days).map_err(Problem::in_query)?;
    let papers = app.store.read().await?.papers_between(&from.to_string(), &to.to_string()).await?;
    if papers.is_empty() {
        return Err(Problem::NotFound);
    }
    let about = (&*format!("{from} — {to}"), &*format!("документов: {}", papers.len()));
    audit::note_alone(&app, &Actor::person(&by), "papers.downloaded", about).await?;
    let fetch = |paper: PaperRow| {
        let blobs = app.blobs.clone();
        async move {
            let bytes = blobs.get(&paper.sha256).await?;
            Ok::<_, BlobError>((format!("{}/{}", paper.kind.folder(), paper.file_name), bytes))
        }
    };
    let fetched = stream::iter(papers).map(fetch).buffered(FETCHED_AT_ONCE);
    let files: Vec<(String, Vec<u8>)> = fetched.try_collect().await?;
    let bytes = tokio::task::spawn_blocking(move || {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            zip.start_file(name, stored(from)?)?;
            zip.write_all(&bytes)?;
        }
        Ok::<_, anyhow::Error>(zip.finish()?.into_inner())
    })
    .await
    .map_err(Problem::ours)??;
    Ok(file("application/zip", &format!("документы_{from}.zip"), bytes))
}

fn span(days: &Days) -> Outcome<(LegalDate, LegalDate)> {
    let from = fields::day("from", &days.from)?;
    let to = days.to.as_deref().map_or(Ok(from), |text| fields::day("to", text))?;
    fields::in_order("to", (from, to))?;
    Ok((from, to))
}

/// PDFs are compressed already; a fixed date keeps the archive the same each time.
fn stored(date: LegalDate) -> anyhow::Result<SimpleFileOptions> {
    let (year, month, day) = (date.0.year() as u16, date.0.month() as u8, date.0.day() as u8);
    Ok(SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::from_date_and_time(year, month, day, 0, 0, 0)?))
}

/// A file to keep, under its Russian name (RFC 6266, RFC 8187).
pub(super) fn file(kind: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    named("attachment", kind, name, bytes)
}

/// A file that opens in place and keeps its name where it is saved.
pub(super) fn shown(kind: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    named("inline", kind, name, bytes)
}

fn named(how: &str, kind: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let encoded: String = name
        .bytes()
        .map(|b| match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                char::from(b).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect();
    let disposition = format!("{how}; filename=\"file\"; filename*=UTF-8''{encoded}");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes)
        .into_response()
}
