//! Documents of the size that real visits have: two instruments, twelve measurements, notes, photos,
//! checks, money, sixty changes.

use vyezd_core::doc::{Document, Edit};
use vyezd_core::model::*;
use vyezd_tests::simulation::SimRng;

/// A document with its changes, in order.
pub(crate) struct Sample {
    pub(crate) doc: Document,
    pub(crate) changes: Vec<Vec<u8>>,
}

fn read(text: &str) -> Reading {
    Reading::parse(text).expect("a reading")
}

/// An evidence of a moment.
pub(crate) fn evidence(at: i64) -> TimeEvidence {
    let now = Now { wall: Timestamp(at), mono_ms: at, boot: 1 };
    let contact = LastContact { server: Timestamp(at - 60_000), mono_ms: at - 60_000, boot: 1 };
    TimeEvidence::of(now, Some(contact))
}

/// Six points of flow, each poured once: a point poured twice is a question for the dispatcher.
const POINTS: [&str; 6] = ["Qмин", "1,1Qп", "Qнаиб", "0,1Qп", "0,5Qп", "Qном"];

/// Makes the document of an order.
pub(crate) fn make(visit: VisitId, instruments: &[InstrumentId], rng: &mut SimRng) -> Sample {
    let (server, phone, colleague) = (rng.bytes(), rng.bytes(), rng.bytes());
    let (doc, first) = Document::create(server).expect("a document");
    let mut sample = Sample { doc, changes: vec![first.bytes] };
    let mut at = 1_787_730_000_000 + rng.below(10_000_000) as i64;
    let mut write = |actor: [u8; 16], edits: Vec<Edit>| {
        if let Some(change) = sample.doc.edit(actor, &edits).expect("an edit") {
            sample.changes.push(change.bytes);
        }
    };
    write(server, vec![Edit::OpenVisit { visit, instruments: instruments.to_vec() }]);
    for moment in [VisitMoment::OnTheWay, VisitMoment::Arrived] {
        at += 60_000;
        write(phone, vec![Edit::Mark { visit, moment, at: evidence(at) }]);
    }
    for (place, instrument) in instruments.iter().enumerate() {
        let instrument = *instrument;
        let identity = Identity {
            type_number: "16078-13".to_owned(),
            modification: "СХВ-15".to_owned(),
            serial_number: format!("{:08}", rng.below(100_000_000)),
            year: Some(2018),
            water: Some(if place == 0 { Water::Cold } else { Water::Hot }),
            position: Some(Position::Horizontal),
            source: Some(Source::Typed),
        };
        write(phone, vec![Edit::Identify { visit, instrument, identity }]);
        let conditions = Conditions {
            air_c: Some(read("22,4")),
            humidity_percent: Some(read("48")),
            pressure_kpa: Some(read("99,8")),
            water_c: Some(read("12,6")),
            source: Some(Source::Typed),
        };
        for phase in [Phase::Start, Phase::End] {
            let conditions = conditions.clone();
            write(phone, vec![Edit::SetConditions { visit, instrument, phase, conditions }]);
        }
        for n in 0..6 {
            at += 120_000;
            let start = 100_0000 + rng.below(9_000_000);
            let row = Measurement {
                point: POINTS[n].to_owned(),
                flow: read(["0,031", "0,131", "0,948"][n % 3]),
                start: read(&format!("{}.{:04}", start / 10_000, start % 10_000)),
                end: read(&format!("{}.{:04}", (start + 63) / 10_000, (start + 63) % 10_000)),
                reference: read("0,0063"),
                duration_s: Some(read("720")),
                source: Source::Typed,
                replaces: None,
            };
            let measurement = MeasurementId::new(at, rng.bytes());
            write(phone, vec![Edit::Measure { visit, instrument, measurement, row }]);
        }
    }
    for _ in 0..4 {
        at += 30_000;
        write(colleague, vec![note(at, rng)]);
    }
    let money = Money {
        due_kop: Some(180_000),
        received_kop: Some(180_000),
        method: Some(PayMethod::Cash),
        reason: String::new(),
    };
    write(phone, vec![Edit::Pay { visit, money }]);
    let finish = Edit::Finish { visit, outcome: VisitOutcome::Done, comment: String::new() };
    write(phone, vec![finish]);
    write(phone, vec![Edit::Mark { visit, moment: VisitMoment::Departed, at: evidence(at) }]);
    sample
}

/// A note of a length that people write.
pub(crate) fn note(at: i64, rng: &mut SimRng) -> Edit {
    const WORDS: [&str; 8] = [
        "ключ у соседа",
        "кран тугой",
        "счётчик за панелью",
        "звонить за час",
        "домофон не работает",
        "собака",
        "нужен второй визит",
        "оплата по счёту",
    ];
    let note = NoteId::new(at, rng.bytes());
    let text = format!("{}, {}", WORDS[rng.below(8) as usize], WORDS[rng.below(8) as usize]);
    Edit::AddNote { note, text, at: evidence(at) }
}
