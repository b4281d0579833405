//! A hostile phone: enrolled like any other, with a hand-written protocol and bent requests. Each
//! attack checks its effect on others at once; the checker looks again after every step.

use std::collections::BTreeSet;

use vyezd_core::doc::Edit;
use vyezd_core::doc::seal::{SealBody, UsedNumber};
use vyezd_core::doc::view::SealedView;
use vyezd_core::frame::{CommandKind, KnownOr, Request, Response};
use vyezd_core::model::{
    InstallId, LabelKey, Lease, LeaseId, NoteId, OrderId, PersonId, SealId, VisitId,
};
use vyezd_server::app::App;
use vyezd_server::limits::phones::LEASE_BLOCKS_OUT_MAX;
use vyezd_server::store::{LeaseHolder, SealState, UsedBy};
use vyezd_server::sync;

use super::World;
use crate::raw::{Bend, FORGERIES, RawPhone, evidence};
use crate::simulation::SimRng;
use crate::simulation::checker::{Checked, PRINTED, UNHARMED, broken, fault, load};
use crate::simulation::phone::Phone;
use crate::simulation::server::HOSTILE;

/// Requests until an empty phone has heard everything; an honest one needs three.
const ROUNDS: u32 = 40;
/// Installations that a flood invents.
const INVENTED: u64 = 12;
/// Labels of a flood.
const LABELS: u64 = 200;

/// The hostile phone and what must never be seen of its attacks.
pub(super) struct Hostile {
    phone: RawPhone,
    forged: BTreeSet<SealId>,
    /// Written into orders that its person did not have.
    outside: Vec<(OrderId, String)>,
}

/// Result of an attack: nothing where the server was not there or there was nothing to attack.
type Attacked = Result<Option<()>, super::Broken>;

impl World {
    pub(super) async fn enrol_hostile(&mut self, person: PersonId) {
        let Some((row, key)) = self.enrolled(person, HOSTILE).await else { return };
        let rng = SimRng::new(self.rng.any());
        let phone = RawPhone::new((key, row.id, row.install, person), rng);
        self.hostile = Some(Hostile { phone, forged: BTreeSet::new(), outside: Vec::new() });
    }

    /// The hostile phone does one thing.
    pub(super) async fn attack(&mut self) -> Checked {
        let Some(app) = self.server.app.clone().filter(|app| !app.store.has_failed()) else {
            return Ok(());
        };
        let Some(mut hostile) = self.hostile.take() else { return Ok(()) };
        let (what, ended) = hostile.attack(&app, &self.phones, &mut self.rng).await;
        self.hostile = Some(hostile);
        let came = if matches!(ended, Ok(Some(()))) { "" } else { ", came to nothing" };
        self.say(format!("{HOSTILE}: {what}{came}"));
        ended.map(drop)
    }
}

impl Hostile {
    async fn attack(
        &mut self,
        app: &App,
        phones: &[Phone],
        rng: &mut SimRng,
    ) -> (&'static str, Attacked) {
        if self.learn(app).await.is_none() {
            return ("no answer", Ok(None));
        }
        match rng.below(10) {
            0..3 => ("takes what is offered", Ok(self.accept(app).await)),
            3 | 4 => ("a forged sheet", Ok(self.forge(app, rng).await)),
            5 => ("another's numbers", self.use_numbers_of_another(app, phones, rng).await),
            6 | 7 => ("writes where it has no order", Ok(self.trespass(app, rng).await)),
            8 => ("labels without end", Ok(self.labels(app, rng).await)),
            _ => ("invented installations", self.hoard(app, rng).await),
        }
    }

    async fn ask(&mut self, app: &App, request: Request) -> Option<Response> {
        // A server that dies on the way answers nothing.
        let response =
            Box::pin(sync::handle_sync_request(app, self.phone.device, request)).await.ok()?;
        self.phone.take(&response);
        Some(response)
    }

    /// Everything anew: what was refused the last time is no longer in its documents.
    async fn learn(&mut self, app: &App) -> Option<()> {
        self.phone.forget();
        for _ in 0..ROUNDS {
            if !self.ask(app, self.phone.request()).await?.more {
                return Some(());
            }
        }
        None
    }

    async fn accept(&mut self, app: &App) -> Option<()> {
        let offers: Vec<_> = self.phone.offers.values().map(|(offer, _)| *offer).collect();
        let answers = offers.into_iter().map(|offer| {
            let ask = CommandKind::AnswerOffer {
                offer,
                accept: true,
                reason: String::new(),
                forward: None,
            };
            KnownOr::Known(self.phone.command(app.now(), ask))
        });
        let commands = answers.collect();
        let request = Request { commands, ..self.phone.request() };
        self.ask(app, request).await.map(drop)
    }

    /// An order of its own with its visit in the document.
    fn own(&self, rng: &mut SimRng) -> Option<(OrderId, VisitId)> {
        let offers = self.phone.offers.iter();
        let own: Vec<(OrderId, VisitId)> = offers
            .map(|(order, (_, visit))| (*order, *visit))
            .filter(|(order, visit)| {
                let doc = self.phone.docs.get(order);
                self.phone.cards.contains_key(order)
                    && doc.is_some_and(|doc| doc.read().0.visits.contains_key(visit))
            })
            .collect();
        rng.of(&own).copied().filter(|_| self.phone.reference.is_some())
    }

    async fn work(&mut self, app: &App, order: OrderId) -> Option<()> {
        let edits = self.phone.honest_work(app.now(), order);
        let batch = self.phone.batch(order, &edits);
        let request = self.phone.bringing(vec![batch]);
        self.ask(app, request).await.map(drop)
    }

    async fn sign(&mut self, app: &App, order: OrderId, bend: Bend<'_>) -> Option<SealId> {
        let (seal, edit) = self.phone.seal(app.now(), order, bend);
        let batch = self.phone.batch(order, &[edit]);
        let request = self.phone.bringing(vec![batch]);
        self.ask(app, request).await.map(|_| seal)
    }

    async fn forge(&mut self, app: &App, rng: &mut SimRng) -> Option<()> {
        let (order, _) = self.own(rng)?;
        self.work(app, order).await?;
        let (_, forge) = rng.of(&FORGERIES)?;
        let changed = std::cell::Cell::new(false);
        let bend = |view: &mut SealedView| {
            let honest = view.clone();
            // A sheet without works or instruments has nothing of that kind to forge.
            if !view.works.is_empty() && !view.instruments.is_empty() {
                forge(view);
            }
            changed.set(*view != honest);
        };
        let seal = self.sign(app, order, Bend { view: Some(&bend), body: None }).await?;
        if changed.get() {
            self.forged.insert(seal);
        }
        Some(())
    }

    /// A sheet that names the numbers of an honest phone.
    async fn use_numbers_of_another(
        &mut self,
        app: &App,
        phones: &[Phone],
        rng: &mut SimRng,
    ) -> Attacked {
        let Some((order, _)) = self.own(rng) else { return Ok(None) };
        let Some(victim) = rng.of(phones) else { return Ok(None) };
        let of = LeaseHolder { install: victim.install, device: victim.device };
        let mut tx = app.store.read().await.map_err(|e| fault(&e))?;
        let leases = tx.leases(of).await.map_err(|e| fault(&e))?;
        drop(tx);
        let before = numbers(app, &leases).await?;
        if self.work(app, order).await.is_none() {
            return Ok(None);
        }
        let use_numbers_of_another = |body: &mut SealBody| {
            let Some(one) = body.numbers.first().cloned() else { return };
            for (lease, _) in leases.iter().filter(|(lease, _)| lease.kind == one.kind) {
                let all = (lease.first..=lease.last).map(|number| (lease.id, number));
                let all = all.chain((lease.first..=lease.last).map(|number| (one.lease, number)));
                body.numbers.extend(all.map(|(lease, number)| UsedNumber {
                    lease,
                    number,
                    ..one.clone()
                }));
            }
        };
        let sent =
            self.sign(app, order, Bend { view: None, body: Some(&use_numbers_of_another) }).await;
        if sent.is_none() || app.store.has_failed() {
            return Ok(None);
        }
        if numbers(app, &leases).await? == before {
            return Ok(Some(()));
        }
        broken(UNHARMED, format!("numbers of {} are used up by another", victim.name))
    }

    /// A note and a label in an order of somebody else, and a measurement in another's visit.
    async fn trespass(&mut self, app: &App, rng: &mut SimRng) -> Option<()> {
        let mut tx = app.store.read().await.ok()?;
        let inventory = tx.scope_inventory(self.phone.person).await.ok()?;
        let scope: BTreeSet<OrderId> = inventory.into_iter().map(|(order, ..)| order).collect();
        let all = tx.all_docs().await.ok()?;
        drop(tx);
        let others: Vec<OrderId> = all.into_iter().filter(|o| !scope.contains(o)).collect();
        let order = *rng.of(&others)?;
        // The strongest of its kind: it knows the document as it stands.
        self.phone.docs.insert(order, load(app, order).await?);
        let note = NoteId::new(app.now().0, rng.bytes());
        let edits = [
            Edit::AddNote {
                note, text: "чужая заметка".to_owned(), at: evidence(app.now())
            },
            Edit::SetLabel { label: LabelKey::new("чужой ярлык")?, on: true },
        ];
        let batch = self.phone.batch(order, &edits);
        let request = self.phone.bringing(vec![batch]);
        self.outside.push((order, note.to_string()));
        self.ask(app, request).await.map(drop)
    }

    async fn labels(&mut self, app: &App, rng: &mut SimRng) -> Option<()> {
        let own: Vec<OrderId> = self.phone.docs.keys().copied().collect();
        let order = *rng.of(&own)?;
        let word = rng.any();
        let label = |n: u64| LabelKey::new(&format!("{word:x} {n}"));
        let edits: Vec<Edit> =
            (0..LABELS).filter_map(label).map(|label| Edit::SetLabel { label, on: true }).collect();
        let batch = self.phone.batch(order, &edits);
        let request = self.phone.bringing(vec![batch]);
        self.ask(app, request).await.map(drop)
    }

    /// Numbers for installations that do not exist.
    async fn hoard(&mut self, app: &App, rng: &mut SimRng) -> Attacked {
        let mut got: BTreeSet<(String, u16, LeaseId)> = BTreeSet::new();
        for _ in 0..INVENTED {
            let install = InstallId::new(app.now().0, rng.bytes());
            let asked =
                sync::handle_sync_request(app, self.phone.device, Request::empty(install)).await;
            let Ok(answer) = asked else { return Ok(None) };
            let described = answer.leases.iter().map(|l| (l.kind.code().to_owned(), l.year, l.id));
            got.extend(described);
        }
        let mut series: Vec<(&String, u16)> =
            got.iter().map(|(kind, year, _)| (kind, *year)).collect();
        series.dedup();
        for (kind, year) in series {
            let blocks = got.iter().filter(|(k, y, _)| (k, *y) == (kind, year)).count() as u64;
            if blocks > LEASE_BLOCKS_OUT_MAX {
                return broken(UNHARMED, format!("{blocks} blocks of {kind} {year} at once"));
            }
        }
        Ok(Some(()))
    }

    /// No forged sheet is issued, and nothing of it stands in orders that its person did not have.
    pub(super) async fn came_to_nothing(&self, app: &App) -> Checked {
        for order in super::super::checker::orders(app).await {
            let mut tx = app.store.read().await.map_err(|e| fault(&e))?;
            for row in tx.seals(order).await.map_err(|e| fault(&e))? {
                if row.state == SealState::Issued && self.forged.contains(&row.id) {
                    return broken(PRINTED, format!("the forged sheet {} is issued", row.id));
                }
            }
        }
        for (order, mark) in &self.outside {
            let Some(doc) = load(app, *order).await else { continue };
            if serde_json::to_string(&doc.read().0).is_ok_and(|text| text.contains(mark)) {
                return broken(UNHARMED, format!("{order} holds a note of somebody without it"));
            }
        }
        Ok(())
    }
}

/// The use of each number of some leases.
async fn numbers(app: &App, leases: &[(Lease, u64)]) -> Result<Vec<Option<UsedBy>>, super::Broken> {
    let mut tx = app.store.read().await.map_err(|e| fault(&e))?;
    let mut became = Vec::new();
    for (lease, _) in leases {
        for number in lease.first..=lease.last {
            let found = tx.number_of((lease.series(), number)).await.map_err(|e| fault(&e))?;
            became.push(found);
        }
    }
    Ok(became)
}
