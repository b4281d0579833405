//! «Аршин» packages: XML for the Fund, exactly in the order of its schema, namespace
//! `urn://fgis-arshin.gost.ru/module-verifications/import/2020-06-19`.
//!
//! A package is made once and kept as bytes: every download is the same. A record that the Fund would
//! refuse never gets into one; it is reported, with the field, instead.

mod record;

use anyhow::{Context, bail};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, Event as XmlEvent};
use vyezd_core::doc::seal::Seal;
use vyezd_core::doc::view::{SealedInstrument, SealedView};
use vyezd_core::model::{Entity, EntityId, LegalDate, PackageId};
use vyezd_core::sheet::sense::senseless_of;

use super::notices::days_around;
use crate::app::App;
use crate::store::{ConflictKind, IncidentKind, Packable, PackageRow, SealRow, StoreError, Tx};

pub use crate::limits::office::PACKAGE_BYTES_MAX;
pub use crate::limits::office::PACKAGE_RECORDS_MAX;

/// The namespace of the import schema; still the one used in 2026.
pub const NAMESPACE: &str = "urn://fgis-arshin.gost.ru/module-verifications/import/2020-06-19";

pub struct Packed {
    pub packages: Vec<PackageRow>,
    /// Verifications left out: serial number and why.
    pub left_out: Vec<(String, String)>,
}

/// Packs every issued verification of some days that is in no live package. XML and blobs are made outside of any
/// write transaction: a slow object store keeps no writer waiting.
pub async fn pack(
    app: &App,
    entity: EntityId,
    days: (LegalDate, LegalDate),
    made_by: &str,
) -> anyhow::Result<Packed> {
    for _ in 0..ROUNDS_MAX {
        let prepared = prepare(app, entity, days).await?;
        if let Some(packages) = add(app, &prepared, (entity, days), made_by).await? {
            app.changed();
            return Ok(Packed { packages, left_out: prepared.left_out });
        }
    }
    bail!("others packed or signed anew the same verifications {ROUNDS_MAX} times meanwhile")
}

/// How many verifications of some days are ready for a package, and why the others are not. Nothing is kept.
pub async fn readiness(
    app: &App,
    entity: EntityId,
    days: (LegalDate, LegalDate),
) -> anyhow::Result<(usize, Vec<(String, String)>)> {
    let mut tx = app.store.read().await?;
    let issuer = tx.entity(entity).await?.context("the issuer is known")?;
    let (mut ready, mut left_out) = (0, Vec::new());
    for item in tx.packable(entity, days, i64::MAX).await? {
        match make_record(&mut tx, &issuer, &item).await? {
            Record::Xml(_) => ready += 1,
            Record::Impossible { serial_number, why } => left_out.push((serial_number, why)),
        }
    }
    Ok((ready, left_out))
}

/// A round begins anew where somebody packed, or a sheet was signed anew, between its two transactions.
const ROUNDS_MAX: usize = 5;

/// Files with their bytes, and the verifications behind them.
struct Prepared {
    issuer: Entity,
    waiting: Vec<Packable>,
    files: Vec<File>,
    left_out: Vec<(String, String)>,
}

struct File {
    items: Vec<Packable>,
    sha256: String,
    bytes: i64,
}

async fn prepare(
    app: &App,
    entity: EntityId,
    days: (LegalDate, LegalDate),
) -> anyhow::Result<Prepared> {
    let mut tx = app.store.read().await?;
    let issuer = tx.entity(entity).await?.context("the issuer is known")?;
    let waiting = tx.packable(entity, days, i64::MAX).await?;
    let (mut good, mut left_out) = (Vec::new(), Vec::new());
    for item in &waiting {
        match make_record(&mut tx, &issuer, item).await? {
            Record::Xml(xml) => good.push((item.clone(), xml)),
            Record::Impossible { serial_number, why } => left_out.push((serial_number, why)),
        }
    }
    drop(tx);
    let mut files = Vec::new();
    for (items, xml) in split(good)? {
        let bytes = xml.len() as i64;
        // The bytes are durable before the row that names them.
        files.push(File { items, sha256: app.blobs.put(xml).await?, bytes });
    }
    Ok(Prepared { issuer, waiting, files, left_out })
}

/// Writes the packages down; nothing where other verifications wait now than at the making.
async fn add(
    app: &App,
    prepared: &Prepared,
    (entity, days): (EntityId, (LegalDate, LegalDate)),
    made_by: &str,
) -> anyhow::Result<Option<Vec<PackageRow>>> {
    let mut tx = app.store.begin().await?;
    // Everybody who packs for this issuer waits here, so two packages never share a record.
    let first = tx.next_package_number(entity).await?;
    if tx.packable(entity, days, i64::MAX).await? != prepared.waiting {
        tx.rollback().await?;
        return Ok(None);
    }
    let mut packages = Vec::new();
    for (number, file) in (first..).zip(&prepared.files) {
        let package = PackageRow {
            id: app.id(PackageId::new),
            entity,
            entity_name: prepared.issuer.name.clone(),
            number,
            made_at: app.now().0,
            made_by: made_by.to_owned(),
            records: file.items.len() as i64,
            sha256: file.sha256.clone(),
            bytes: file.bytes,
            sent_at: None,
            sent_by: None,
            published: 0,
            refused: 0,
        };
        tx.add_package(&package, &file.items, app.now()).await?;
        packages.push(package);
    }
    tx.commit().await?;
    Ok(Some(packages))
}

enum Record {
    Xml(Vec<u8>),
    /// The Fund would refuse it.
    Impossible {
        serial_number: String,
        why: String,
    },
}

async fn make_record(tx: &mut Tx, issuer: &Entity, item: &Packable) -> anyhow::Result<Record> {
    let seal = tx.seal(item.seal).await?.context("a verification has a seal")?;
    let view = Seal::decode(&seal.record).context("an issued seal is readable")?.view;
    let instrument = view.instruments.iter().find(|i| i.id == item.instrument);
    let instrument = instrument.context("a verification is of an instrument of its seal")?;
    let mut wrong = record::check(issuer, &view, instrument);
    wrong.extend(senseless_of(instrument, view.date).into_iter().map(|senseless| senseless.what));
    wrong.extend(answered(tx, (&seal, &view), instrument).await?.err());
    if !wrong.is_empty() {
        let (serial_number, why) = (instrument.serial_number.clone(), wrong.join("; "));
        return Ok(Record::Impossible { serial_number, why });
    }
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    record::write(&mut writer, issuer, &view, instrument)?;
    Ok(Record::Xml(writer.into_inner()))
}

/// Nothing is packed while the office is asked about it.
async fn answered(
    tx: &mut Tx,
    (seal, view): (&SealRow, &SealedView),
    instrument: &SealedInstrument,
) -> Result<Result<(), String>, StoreError> {
    let waits =
        |what: &str| Ok(Err(format!("ждёт решения по заявке № {}: {what}", view.order_number)));
    if tx.is_asked(seal.order, ConflictKind::TwoReadings).await? {
        return waits("два показания одной точки");
    }
    // The question stands at the later sheet, and holds the earlier one too.
    let named = (&*instrument.type_number, &*instrument.serial_number);
    let mut sheets = tx.seals_elsewhere(seal.order, named, days_around(view.date)).await?;
    sheets.push(seal.id);
    for sheet in sheets {
        if tx.is_open_incident(&IncidentKind::VerifiedTwice.about(sheet)).await? {
            return waits("прибор поверен дважды");
        }
    }
    Ok(Ok(()))
}

/// Cuts records into files by count and size.
fn split(records: Vec<(Packable, Vec<u8>)>) -> anyhow::Result<Vec<(Vec<Packable>, Vec<u8>)>> {
    let mut files: Vec<(Vec<Packable>, Vec<Vec<u8>>)> = Vec::new();
    let mut size = 0;
    for (item, xml) in records {
        let full = files.last().is_none_or(|(items, _)| {
            items.len() >= PACKAGE_RECORDS_MAX || size + xml.len() > PACKAGE_BYTES_MAX
        });
        if full {
            files.push((Vec::new(), Vec::new()));
            size = 0;
        }
        size += xml.len();
        if let Some((items, parts)) = files.last_mut() {
            items.push(item);
            parts.push(xml);
        }
    }
    files.into_iter().map(|(items, parts)| Ok((items, document(&parts)?))).collect()
}

/// The file: declaration, `application`, the records.
fn document(records: &[Vec<u8>]) -> anyhow::Result<Vec<u8>> {
    let mut writer = Writer::new(Vec::new());
    writer.write_event(XmlEvent::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let mut xml = writer.into_inner();
    xml.extend_from_slice(format!("\n<application xmlns=\"{NAMESPACE}\">\n").as_bytes());
    for record in records {
        xml.extend_from_slice(record);
        xml.push(b'\n');
    }
    xml.extend_from_slice(b"</application>\n");
    Ok(xml)
}
