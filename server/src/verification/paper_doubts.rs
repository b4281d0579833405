//! What a typist is asked about: readings from paper that contradict each other and are possible all
//! the same.

use std::collections::BTreeMap;

use vyezd_core::doc::seal::Signer;
use vyezd_core::doc::view::Reference;
use vyezd_core::model::{
    Card, ExpectedInstrument, Instrument, LegalDate, Measurement, MeasurementId, Phase, Position,
    rubles,
};
use vyezd_core::rules::sense::{self, Row};

use super::notices::earlier_verification;
use super::paper_entry::{PaperInstrument, PaperVisit};
use crate::store::{StoreError, Tx};

/// One thing to compare with the paper.
pub(crate) struct Doubt {
    /// As typed.
    pub(crate) serial_number: String,
    /// Point of the row; empty where it is all of them.
    pub(crate) point: String,
    /// Russian sentence without the point.
    pub(crate) words: String,
}

/// What a paper is compared with.
pub(crate) struct About<'a> {
    pub(crate) card: &'a Card,
    /// Day on which the order was made.
    pub(crate) made: LegalDate,
    /// Day on the paper.
    pub(crate) date: LegalDate,
    pub(crate) reference: Reference<'a>,
}

/// What is doubtful in the money and the signature of a paper, and meters that the card has not.
pub(crate) fn of_visit(card: &Card, paper: &PaperVisit) -> Vec<Doubt> {
    let mut said = Vec::new();
    let mut say = |serial_number: &str, words: String| {
        let (serial_number, point) = (serial_number.to_owned(), String::new());
        said.push(Doubt { serial_number, point, words });
    };
    if let Some(received) = paper.money.received_kop {
        if received > 0 && received != card.price_kop {
            let (received, due) = (rubles(received), rubles(card.price_kop));
            say("", format!("получено {received}, а по заявке {due}: сверьте с бумагой"));
        }
        if received > 0 && paper.money.method.is_none() {
            say("", "сумма получена, а как заплатили, не указано".to_owned());
        }
    }
    if let Signer::Paper { name, refusal } = &paper.signer
        && name.is_empty()
        && refusal.is_empty()
    {
        let words = "не указано, кто расписался, и причины, почему никто: сверьте с бумагой";
        say("", words.to_owned());
    }
    for of in paper.instruments.iter().filter(|of| of.id.is_none()) {
        let serial = &of.identity.serial_number;
        say(serial, "такого прибора нет в заявке: сверьте номер с бумагой".to_owned());
    }
    said
}

/// Everything to compare with the paper before it is entered.
pub(crate) async fn all(
    tx: &mut Tx,
    about: &About<'_>,
    instruments: &[PaperInstrument],
) -> Result<Vec<Doubt>, StoreError> {
    let mut said = doubts(instruments);
    if about.date < about.made {
        let words = format!(
            "дата поверки {} раньше, чем заведена заявка ({}): сверьте с бумагой",
            about.date.russian(),
            about.made.russian()
        );
        said.push(Doubt { serial_number: String::new(), point: String::new(), words });
    }
    for of in instruments.iter().filter(|of| of.passed_over.is_empty()) {
        let serial_number = of.identity.serial_number.clone();
        let mut say = |point: String, words: String| {
            let known = said.iter().any(|doubt| {
                doubt.serial_number == serial_number && doubt.point == point && doubt.words == words
            });
            if !known {
                said.push(Doubt { serial_number: serial_number.clone(), point, words });
            }
        };
        for (point, words) in about.reference.judge(&as_found(of)).doubts {
            say(point, words);
        }
        let expected = about.card.instruments.iter().find(|card| Some(card.id) == of.id);
        for words in expected.into_iter().flat_map(|expected| unlike(expected, of)) {
            say(String::new(), words);
        }
        let named = (of.identity.type_number.as_str(), of.identity.serial_number.as_str());
        let twin = earlier_verification(tx, about.card.id, named, about.date).await?;
        if let Some(words) = twin {
            say(String::new(), words);
        }
    }
    Ok(said)
}

/// The instrument as a visit would hold it, for the rules.
fn as_found(of: &PaperInstrument) -> Instrument {
    let id = |at: usize| MeasurementId::from_bytes((at as u128).to_be_bytes());
    let rows = of.rows.iter().enumerate().map(|(at, row)| (id(at), row.clone()));
    Instrument {
        identity: of.identity.clone(),
        conditions: BTreeMap::from([
            (Phase::Start, of.start.clone()),
            (Phase::End, of.end.clone()),
        ]),
        checks: of.checks.iter().cloned().collect(),
        measurements: rows.collect(),
        means: of.means.clone(),
        ..Instrument::default()
    }
}

/// Where the paper names another instrument than the card.
fn unlike(expected: &ExpectedInstrument, of: &PaperInstrument) -> Vec<String> {
    let found = &of.identity;
    let words = |what: &str, card: &str, paper: &str| {
        let differs = !card.is_empty() && card != paper;
        differs.then(|| format!("{what} «{paper}», в заявке «{card}»: сверьте с бумагой"))
    };
    let year = |year: Option<u16>| year.map_or(String::new(), |of| of.to_string());
    let position = |position: Option<Position>| position.map_or("", |of| of.russian());
    let water = |water: Option<vyezd_core::model::Water>| water.map_or("", |of| of.russian());
    [
        words("заводской номер", &expected.serial_number, &found.serial_number),
        words("модификация", &expected.modification, &found.modification),
        words("номер типа", &expected.type_number, &found.type_number),
        words("год выпуска", &year(expected.year), &year(found.year)),
        words("вода", water(expected.water), water(found.water)),
        words("положение", position(expected.position), position(found.position)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Dials that overlap within an instrument, and pours that are those of another instrument.
fn doubts(instruments: &[PaperInstrument]) -> Vec<Doubt> {
    let mut said = Vec::new();
    for (at, of) in instruments.iter().enumerate() {
        let doubt = |point, words| {
            let serial_number = of.identity.serial_number.clone();
            Doubt { serial_number, point, words }
        };
        let rows: Vec<Row<'_>> = of.rows.iter().map(Row::from).collect();
        for finding in sense::of_rows(&rows).into_iter().filter(|of| !of.is_impossible()) {
            said.push(doubt(finding.point, finding.words));
        }
        let twin = instruments[..at].iter().find(|one| same_readings(&one.rows, &of.rows));
        if let Some(twin) = twin.filter(|_| !of.rows.is_empty()) {
            let words = format!(
                "показания те же, что у прибора № {}: сверьте с бумагой",
                twin.identity.serial_number
            );
            said.push(doubt(String::new(), words));
        }
    }
    said
}

/// Whether two instruments show the same dials and volumes in every row.
fn same_readings(one: &[Measurement], other: &[Measurement]) -> bool {
    let shown = |row: &Measurement| (row.start.value(), row.end.value(), row.reference.value());
    one.iter().map(shown).eq(other.iter().map(shown))
}
