//! The files of a demonstration: papers, packages, `results.csv`, `problems.csv`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::Context;
use jiff::ToSpan;
use serde_json::json;
use vyezd_core::doc::seal::Seal;
use vyezd_core::doc::view::{SealedInstrument, SealedView};
use vyezd_core::model::{LegalDate, OrderId};
use vyezd_people::OfficeClient;

use crate::app::App;
use crate::import::orders::OrderLine;
use crate::import::{RowProblem, Severity, written};
use crate::store::{PaperKind, SealState};

/// How much there was, for the summary.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) protocols: usize,
    pub(super) certificates: usize,
    pub(super) notices: usize,
    pub(super) sheets: usize,
    pub(super) packages: usize,
    pub(super) records: u64,
    pub(super) fit: usize,
    pub(super) unfit: usize,
    pub(super) not_finished: usize,
}

/// The sealed views of the orders that were done.
pub(super) async fn views(
    app: &App,
    orders: &BTreeMap<String, OrderId>,
) -> anyhow::Result<BTreeMap<String, SealedView>> {
    let mut tx = app.store.read().await?;
    let mut found = BTreeMap::new();
    for (number, order) in orders {
        for seal in
            tx.seals(*order).await?.into_iter().filter(|seal| seal.state == SealState::Issued)
        {
            found.insert(number.clone(), Seal::decode(&seal.record)?.view);
        }
    }
    Ok(found)
}

/// Makes a folder, or empties it of an earlier demonstration's files.
fn empty(dir: &Path, extension: &str) -> anyhow::Result<()> {
    fs::create_dir_all(dir)?;
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Downloads every paper of every order over HTTP.
pub(super) fn papers(
    office_client: &mut OfficeClient,
    orders: &BTreeMap<String, OrderId>,
    out: &Path,
    counts: &mut Counts,
) -> anyhow::Result<()> {
    let kinds = [PaperKind::Protocol, PaperKind::Certificate, PaperKind::Notice, PaperKind::Sheet];
    for kind in kinds {
        empty(&out.join(kind.folder()), "pdf")?;
    }
    for order in orders.values() {
        let page = office_client.get(&format!("/v1/orders/{order}"))?;
        let papers = page["papers"].as_array().cloned().unwrap_or_default();
        for paper in papers.iter().filter(|paper| paper["void"] == json!(false)) {
            let text = |key: &str| paper[key].as_str().unwrap_or_default().to_owned();
            let bytes = office_client.download(&format!("/v1/papers/{}", text("id")))?;
            let code = text("kind");
            let kind = kinds.into_iter().find(|kind| kind.code() == code);
            let kind = kind.context("a paper has a kind")?;
            fs::write(out.join(kind.folder()).join(text("file_name")), bytes)?;
            match kind {
                PaperKind::Protocol => counts.protocols += 1,
                PaperKind::Certificate => counts.certificates += 1,
                PaperKind::Notice => counts.notices += 1,
                PaperKind::Sheet => counts.sheets += 1,
            }
        }
    }
    Ok(())
}

/// Makes the packages and downloads them.
pub(super) fn packages(
    office_client: &mut OfficeClient,
    days: (LegalDate, LegalDate),
    out: &Path,
    counts: &mut Counts,
    problems: &mut Vec<RowProblem>,
) -> anyhow::Result<()> {
    empty(&out.join("arshin"), "xml")?;
    // Nights are long: a day either side.
    let widen = |date: LegalDate, by: i64| LegalDate(date.0.saturating_add(by.days()));
    let days = (widen(days.0, -1), widen(days.1, 1));
    let made = office_client
        .post("/v1/packages", &json!({ "from": days.0.to_string(), "to": days.1.to_string() }))?;
    for package in made["packages"].as_array().cloned().unwrap_or_default() {
        let id = package["id"].as_str().unwrap_or_default();
        let number = package["number"].as_i64().unwrap_or_default();
        let bytes = office_client.download(&format!("/v1/packages/{id}"))?;
        fs::write(out.join("arshin").join(format!("package-{number:04}.xml")), bytes)?;
        counts.packages += 1;
        counts.records += package["records"].as_u64().unwrap_or_default();
    }
    for left in made["left_out"].as_array().cloned().unwrap_or_default() {
        let serial = left["serial_number"].as_str().unwrap_or_default();
        let reason = left["reason"].as_str().unwrap_or_default();
        let message = format!("в пакет «Аршин» не вошёл: {reason}");
        problems.push(RowProblem::new(Severity::Error, "аршин", 0, message).about("", serial));
    }
    Ok(())
}

/// A table that is written: no cell of it is a formula.
struct Sheet(csv::Writer<Vec<u8>>);

impl Sheet {
    fn new() -> Self {
        Self(csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new()))
    }

    fn write_record<T: AsRef<str>>(
        &mut self,
        cells: impl IntoIterator<Item = T>,
    ) -> csv::Result<()> {
        for text in cells {
            self.0.write_field(written::cell(text.as_ref()).as_bytes())?;
        }
        self.0.write_record(None::<&[u8]>)
    }

    fn bytes(self) -> anyhow::Result<Vec<u8>> {
        Ok(self.0.into_inner().map_err(|e| e.into_error())?)
    }
}

/// `results.csv`: a row a measurement and a row «ИТОГ» an instrument, in the order of the input.
pub(super) fn results(
    orders: &[OrderLine],
    views: &BTreeMap<String, SealedView>,
    problems: &[RowProblem],
    out: &Path,
    counts: &mut Counts,
) -> anyhow::Result<()> {
    let mut csv = Sheet::new();
    csv.write_record([
        "заявка",
        "заводской_номер",
        "точка",
        "погрешность",
        "предел",
        "вывод",
        "действительна_до",
        "номер_протокола",
    ])?;
    for order in orders {
        let view = views.get(&order.number);
        for expected in &order.instruments {
            let serial = &expected.serial_number;
            let sealed =
                view.and_then(|view| view.instruments.iter().find(|i| i.serial_number == *serial));
            for row in sealed.iter().flat_map(|sealed| &sealed.rows) {
                let within = if row.within { "в допуске" } else { "вне допуска" };
                csv.write_record([
                    &order.number,
                    serial,
                    &row.point,
                    &row.error_percent.with_comma(),
                    &row.limit_percent.with_comma(),
                    within,
                    "",
                    "",
                ])?;
            }
            csv.write_record(total(&order.number, serial, sealed, counts))?;
        }
    }
    // Instruments of rows that could not be taken have a result too: nothing was finished.
    let taken = |order: &str, serial: &str| {
        let order = orders.iter().find(|o| o.number == order);
        order.is_some_and(|o| o.instruments.iter().any(|i| i.serial_number == serial))
    };
    let mut refused: Vec<(&str, &str)> = problems
        .iter()
        .filter(|p| p.file == crate::import::orders::FILE && p.severity == Severity::Error)
        .map(|p| (p.order.as_str(), p.serial_number.as_str()))
        .filter(|(order, serial)| !order.is_empty() && !serial.is_empty() && !taken(order, serial))
        .collect();
    refused.dedup();
    for (order, serial) in refused {
        csv.write_record(total(order, serial, None, counts))?;
    }
    fs::write(out.join("results.csv"), csv.bytes()?)?;
    Ok(())
}

fn total(
    order: &str,
    serial: &str,
    sealed: Option<&SealedInstrument>,
    counts: &mut Counts,
) -> [String; 8] {
    use vyezd_core::doc::view::SealedResult;
    let result = sealed.map_or(SealedResult::NotFinished, |sealed| sealed.result);
    match result {
        SealedResult::Fit => counts.fit += 1,
        SealedResult::Unfit => counts.unfit += 1,
        SealedResult::NotFinished => counts.not_finished += 1,
    }
    let until = sealed.and_then(|s| s.valid_until).map_or_else(String::new, |d| d.to_string());
    let number = sealed.and_then(|s| s.protocol_number.clone()).unwrap_or_default();
    let text = |text: &str| text.to_owned();
    [
        text(order),
        text(serial),
        text("ИТОГ"),
        text(""),
        text(""),
        text(result.russian()),
        until,
        number,
    ]
}

/// `problems.csv`: what could not be done and why, row by row.
pub(super) fn problems(problems: &[RowProblem], out: &Path) -> anyhow::Result<()> {
    let mut csv = Sheet::new();
    csv.write_record(["вид", "файл", "строка", "заявка", "заводской_номер", "точка", "сообщение"])?;
    for problem in problems {
        let kind = match problem.severity {
            Severity::Error => "ошибка",
            Severity::Warning => "предупреждение",
        };
        let line = if problem.line == 0 { String::new() } else { problem.line.to_string() };
        csv.write_record([
            kind,
            &problem.file,
            &line,
            &problem.order,
            &problem.serial_number,
            &problem.point,
            &problem.message,
        ])?;
    }
    fs::write(out.join("problems.csv"), csv.bytes()?)?;
    Ok(())
}
