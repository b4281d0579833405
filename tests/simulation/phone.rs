//! A simulated phone: the real machine over rows that survive, and a shell that may die or run out of
//! disk between any two commits.

use std::collections::{BTreeMap, VecDeque};

use ed25519_dalek::{Signer as _, SigningKey};
use vyezd_core::client::{Client, Effect, Input, Me, Row, Table, Write};
use vyezd_core::doc::Edit;
use vyezd_core::doc::seal::{Signer, StrokePoint, Strokes};
use vyezd_core::model::{
    Conditions, DeviceId, InstallId, MeasurementId, Money, NoteId, Now, OrderId, PayMethod,
    PersonId, Phase, SealId, Source, Timestamp, VisitId, VisitMoment, VisitOutcome, means_for,
};

use super::SimRng;
use crate::readings;

/// Durable rows of a phone.
pub(super) type Rows = BTreeMap<(Table, Vec<u8>), Vec<u8>>;

pub(super) struct Phone {
    pub(super) name: String,
    pub(super) person: PersonId,
    pub(super) device: DeviceId,
    pub(super) key: SigningKey,
    pub(super) install: InstallId,
    pub(super) rows: Rows,
    pub(super) client: Client,
    /// How far its clock is off, ms.
    pub(super) clock_off_ms: i64,
    pub(super) boot: u64,
    /// The request that it waits for.
    pub(super) asked: Option<u64>,
    /// When it will talk by itself.
    pub(super) wake_at: Timestamp,
    /// Commits fail until then.
    pub(super) disk_full_until: Timestamp,
    /// Next inputs of the phone's person, step by step.
    pub(super) script: VecDeque<Input>,
    pub(super) gone: bool,
    /// The next commit kills the app: before it is durable, or after.
    pub(super) dies: Option<Dies>,
    pub(super) outgoing: Vec<Vec<u8>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dies {
    BeforeCommit,
    AfterCommit,
}

#[derive(Debug, Default)]
pub(super) struct Went {
    /// The input was not refused and everything is durable.
    pub(super) durable: bool,
    /// Why not, where the machine refused.
    pub(super) refused: Option<String>,
}

impl Phone {
    pub(super) fn open(
        (name, person): (String, PersonId),
        (device, key, install): (DeviceId, SigningKey, InstallId),
        rows: Rows,
        rng: &mut SimRng,
    ) -> Self {
        let me = Me { device, install, key: key.verifying_key().to_bytes(), nonce: rng.bytes() };
        let client = Client::open(me, as_rows(&rows)).expect("the rows of a phone can be read");
        Self {
            name,
            person,
            device,
            key,
            install,
            rows,
            client,
            clock_off_ms: 0,
            boot: 1,
            asked: None,
            wake_at: Timestamp(0),
            disk_full_until: Timestamp(0),
            script: VecDeque::new(),
            gone: false,
            dies: None,
            outgoing: Vec::new(),
        }
    }

    /// The app starts anew from what is durable.
    pub(super) fn restart(&mut self, rng: &mut SimRng) {
        let key = self.key.verifying_key().to_bytes();
        let me = Me { device: self.device, install: self.install, key, nonce: rng.bytes() };
        self.client = Client::open(me, as_rows(&self.rows)).expect("the rows can be read");
        self.asked = None;
        self.outgoing.clear();
        self.script.clear();
        self.dies = None;
    }

    pub(super) fn now(&self, server: Timestamp) -> Now {
        Now { wall: server.plus_ms(self.clock_off_ms), mono_ms: server.0, boot: self.boot }
    }

    /// Gives an input and carries the effects out, as every shell does.
    pub(super) fn handle(&mut self, at: Timestamp, input: Input, rng: &mut SimRng) -> Went {
        let mut went = Went { durable: true, refused: None };
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let now = self.now(at);
            for effect in self.client.handle(now, input) {
                match effect {
                    Effect::Commit(writes) => {
                        let full = at < self.disk_full_until;
                        if full || self.dies == Some(Dies::BeforeCommit) {
                            self.restart(rng);
                            return Went::default();
                        }
                        commit(&mut self.rows, writes);
                        if self.dies == Some(Dies::AfterCommit) {
                            self.restart(rng);
                            return Went { durable: true, refused: None };
                        }
                    }
                    Effect::Sign(bytes) => {
                        let signature = self.key.sign(&bytes).to_bytes().to_vec();
                        inputs.push_front(Input::Signed(signature));
                    }
                    Effect::Send(bytes) => self.outgoing.push(bytes),
                    Effect::WakeIn(ms) => self.wake_at = at.plus_ms(ms),
                    Effect::Changed => {}
                    Effect::Refused(error) => went.refused = Some(error.to_string()),
                }
            }
            if inputs.is_empty()
                && let Some((_, waiting)) = self.client.next_waiting()
            {
                inputs.push_back(waiting);
            }
        }
        went.durable &= went.refused.is_none();
        went
    }

    pub(super) fn note(&self, at: Timestamp, rng: &mut SimRng) -> (NoteId, Edit) {
        let note = NoteId::new(at.0, rng.bytes());
        let at = self.client.evidence(self.now(at));
        (note, Edit::AddNote { note, text: format!("заметка {}", rng.below(1000)), at })
    }

    /// A whole visit as steps: any of them may be the last before something breaks.
    pub(super) fn plan_visit(&mut self, order: OrderId, at: Timestamp, rng: &mut SimRng) {
        let now = self.now(at);
        let Some(view) = self.client.order(now, order) else { return };
        let Some(visit) = view.visit.filter(|visit| view.document.visits.contains_key(visit))
        else {
            return;
        };
        let mut steps = Vec::new();
        let mut edit = |edits: Vec<Edit>| steps.push(Input::Edit { order, edits });
        for moment in [VisitMoment::OnTheWay, VisitMoment::Arrived] {
            edit(vec![Edit::Mark { visit, moment, at: self.client.evidence(now) }]);
        }
        let card = &view.line.card;
        for expected in &card.instruments {
            let instrument = expected.id;
            let identity = expected.identity(Source::Copied);
            edit(vec![Edit::Identify { visit, instrument, identity }]);
            let rows = if rng.once_in(4) {
                readings::unfit(&card.number, &expected.serial_number)
            } else {
                readings::fit(&card.number, &expected.serial_number)
            };
            let mut set = vec![Edit::UseMeans {
                visit,
                instrument,
                means: means_for(self.client.means(), card.date),
            }];
            let conditions: Conditions = rows[0].conditions.clone();
            for phase in [Phase::Start, Phase::End] {
                let conditions = conditions.clone();
                set.push(Edit::SetConditions { visit, instrument, phase, conditions });
            }
            for (check, result) in rows[0].checks.clone() {
                set.push(Edit::SetCheck { visit, instrument, check, result });
            }
            edit(set);
            for row in rows.into_iter().filter_map(|line| line.row) {
                let measurement = MeasurementId::new(at.0, rng.bytes());
                edit(vec![Edit::Measure { visit, instrument, measurement, row }]);
            }
        }
        edit(finish(visit, card.price_kop));
        steps.push(sign((order, visit), at, rng));
        let departed = self.client.evidence(now);
        steps.push(Input::Edit {
            order,
            edits: vec![Edit::Mark { visit, moment: VisitMoment::Departed, at: departed }],
        });
        self.script.extend(steps);
    }

    /// A signed sheet turns out to be wrong: the money is put right and the client signs again.
    pub(super) fn plan_signing_again(&mut self, order: OrderId, at: Timestamp, rng: &mut SimRng) {
        let Some(view) = self.client.order(self.now(at), order) else { return };
        let Some(visit) = view.visit else { return };
        let sum = view.line.card.price_kop + rng.below(90_000) as i64;
        self.script.push_back(Input::Edit { order, edits: finish(visit, sum) });
        self.script.push_back(sign((order, visit), at, rng));
    }
}

fn sign((order, visit): (OrderId, VisitId), at: Timestamp, rng: &mut SimRng) -> Input {
    let signer = Signer::Signed {
        name: "Клиент".to_owned(), relation: "собственник".to_owned()
    };
    let seal = SealId::new(at.0, rng.bytes());
    Input::Seal { order, visit, seal, signer, strokes: scribble(), code: None }
}

fn finish(visit: VisitId, price_kop: i64) -> Vec<Edit> {
    let money = Money {
        due_kop: Some(price_kop),
        received_kop: Some(price_kop),
        method: Some(PayMethod::Cash),
        reason: String::new(),
    };
    let finish = Edit::Finish { visit, outcome: VisitOutcome::Done, comment: String::new() };
    vec![Edit::Pay { visit, money }, finish]
}

fn scribble() -> Strokes {
    let point =
        |n: u32| StrokePoint { x: 10 + n * 9, y: 40 + n * 7 % 30, t_ms: n * 16, pressure: 500 };
    Strokes { width: 1000, height: 320, strokes: vec![(0..20).map(point).collect()] }
}

fn as_rows(rows: &Rows) -> impl Iterator<Item = Row> {
    rows.iter().map(|((table, key), value)| Row {
        table: *table,
        key: key.clone(),
        value: value.clone(),
    })
}

fn commit(rows: &mut Rows, writes: Vec<Write>) {
    for write in writes {
        match write {
            Write::Put(row) => drop(rows.insert((row.table, row.key), row.value)),
            Write::Delete { table, key } => drop(rows.remove(&(table, key))),
        }
    }
}
