//! What a typist is asked about: readings from paper that contradict each other and are possible all
//! the same.

use std::collections::BTreeMap;

use vyezd_core::doc::view::Reference;
use vyezd_core::model::{
    Card, ExpectedInstrument, Instrument, LegalDate, Measurement, MeasurementId, Phase, Position,
};
use vyezd_core::rules::sense::{self, Row};

use super::notices::earlier_verification;
use super::paper_entry::PaperInstrument;
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
    let position = |position: Option<Position>| position.map_or("", |of| of.russian());
    let water = |water: Option<vyezd_core::model::Water>| water.map_or("", |of| of.russian());
    [
        words("заводской номер", &expected.serial_number, &found.serial_number),
        words("модификация", &expected.modification, &found.modification),
        words("номер типа", &expected.type_number, &found.type_number),
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
