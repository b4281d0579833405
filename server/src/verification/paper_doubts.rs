//! What a typist is asked about: readings from paper that contradict each other and are possible all
//! the same.

use vyezd_core::model::Measurement;
use vyezd_core::rules::sense::{self, Row};

use super::paper_entry::PaperInstrument;

/// One thing to compare with the paper.
pub(crate) struct Doubt {
    /// As typed.
    pub(crate) serial_number: String,
    /// Point of the row; empty where it is all of them.
    pub(crate) point: String,
    /// Russian sentence without the point.
    pub(crate) words: String,
}

/// Dials that overlap within an instrument, and pours that are those of another instrument.
pub(crate) fn doubts(instruments: &[PaperInstrument]) -> Vec<Doubt> {
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
