//! A phone that keeps no rule: a story writes the protocol by hand and can bend any part of a
//! request.

use std::collections::BTreeMap;

use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::json;
use vyezd_core::codec::{encode, hex, sha256};
use vyezd_core::doc::document::ChangeBytes;
use vyezd_core::doc::seal::{
    CONSENT_VERSION, Seal, SealBody, Signer, StrokePoint, Strokes, UsedNumber, signed_bytes,
};
use vyezd_core::doc::view::{SealedView, make};
use vyezd_core::doc::{Document, Edit};
use vyezd_core::frame::envelope::{Batch, actor};
use vyezd_core::frame::{
    Command, CommandKind, Cursor, Event, KnownOr, LeaseHeld, Receipt, ReferenceData, Request,
    Response,
};
use vyezd_core::model::{
    Card, Check, CheckResult, Conditions, Confidence, DeviceId, Identity, InstallId, InstrumentId,
    ItemId, Lease, LegalDate, Measurement, MeasurementId, Money, NumberKind, OfferId, OrderId,
    PayMethod, PersonId, Phase, Position, Reading, SealId, Source, TimeEvidence, Timestamp,
    VisitId, VisitMoment, VisitOutcome, Water, Zone, print_number,
};
use vyezd_server::entropy::random_bytes;

use crate::World;
use crate::simulation::SimRng;

/// The nonce of its only session.
const NONCE: [u8; 8] = [7; 8];

/// A hostile phone, enrolled like any other.
pub struct RawPhone {
    pub key: SigningKey,
    pub device: DeviceId,
    pub install: InstallId,
    pub person: PersonId,
    /// Documents as it last heard them, with its own edits.
    pub docs: BTreeMap<OrderId, Document>,
    pub cards: BTreeMap<OrderId, Card>,
    /// The last updates of documents, for their codes.
    pub updates: BTreeMap<OrderId, vyezd_core::frame::DocUpdate>,
    pub offers: BTreeMap<OrderId, (OfferId, VisitId)>,
    /// Events that the phone has received.
    pub events: Vec<Event>,
    /// Leases with the next number of each.
    pub leases: Vec<(Lease, u64)>,
    pub reference: Option<ReferenceData>,
    cursor: Cursor,
    batches: u64,
    rng: SimRng,
}

/// Changes of a seal before the signature.
#[derive(Default)]
pub struct Bend<'a> {
    pub view: Option<&'a dyn Fn(&mut SealedView)>,
    pub body: Option<&'a dyn Fn(&mut SealBody)>,
}

fn put(field: &mut String, forged: &str) {
    forged.clone_into(field);
}

/// A field of a sheet, as a question names it, and how the field is forged.
pub type Forgery = (&'static str, fn(&mut SealedView));

/// One forgery of each field that a paper prints.
pub const FORGERIES: [Forgery; 17] = [
    ("исполнитель", |v| put(&mut v.performer_name, "Иванов Иван")),
    ("организация", |v| put(&mut v.entity_name, "ООО «Рога»")),
    ("клиент", |v| put(&mut v.client, "Другой")),
    ("адрес", |v| put(&mut v.address, "г. Москва, Кремль")),
    ("номер заявки", |v| put(&mut v.order_number, "0001")),
    ("к оплате", |v| v.due_kop = 1),
    ("получено", |v| v.received_kop = Some(1)),
    ("сумма", |v| v.works[0].sum_kop = 1),
    ("название", |v| put(&mut v.works[0].name, "Замена стояка")),
    ("часовой пояс", |v| v.zone = Zone::parse("Asia/Kamchatka").expect("a zone")),
    ("дата", |v| v.date = "2026-12-18".parse().map(LegalDate).expect("a date")),
    ("заводской номер", |v| put(&mut v.instruments[0].serial_number, "99999999")),
    ("год выпуска", |v| v.instruments[0].year = Some(1999)),
    ("документы", |v| v.instruments[0].protocol_number = None),
    ("документы", |v| v.instruments[0].notice_number = Some("Н-1".to_owned())),
    ("количество", |v| v.instruments.push(v.instruments[0].clone())),
    ("версия", |v| v.version = 2),
];

impl RawPhone {
    /// Enrols a phone for a person of the world.
    pub fn enrol(world: &mut World, name: &str) -> Self {
        let people = world.people();
        let (person, _) = people.into_iter().find(|(_, known)| known == name).expect("a person");
        let answer = world.office.post(&format!("/v1/people/{person}/enrol-code"), &json!({}));
        let code = answer.expect("a code")["code"].as_str().expect("a code").to_owned();
        let key = SigningKey::from_bytes(&random_bytes());
        let install = InstallId::new(world.now().0, random_bytes());
        let body = json!({
            "code": code, "name": "чужой", "install": install.to_string(),
            "public_key": hex(&key.verifying_key().to_bytes()),
        });
        let enrolled = world.office.post("/v1/devices/enrol", &body).expect("enrolled");
        let device = enrolled["device"].as_str().expect("an id").parse().expect("an id");
        Self::new((key, device, install, person), SimRng::new(u64::from_be_bytes(random_bytes())))
    }

    /// A phone that is enrolled already; its ids come from the dice.
    pub fn new(
        (key, device, install, person): (SigningKey, DeviceId, InstallId, PersonId),
        rng: SimRng,
    ) -> Self {
        Self {
            key,
            device,
            install,
            person,
            docs: BTreeMap::new(),
            cards: BTreeMap::new(),
            updates: BTreeMap::new(),
            offers: BTreeMap::new(),
            events: Vec::new(),
            leases: Vec::new(),
            reference: None,
            cursor: Cursor::default(),
            batches: 0,
            rng,
        }
    }

    /// Forgets what the server said, but not its numbers: the next request is that of an empty phone.
    pub fn forget(&mut self) {
        (self.cursor, self.reference) = (Cursor::default(), None);
        self.docs.clear();
        self.cards.clear();
        self.updates.clear();
        self.events.clear();
    }

    /// A request without items.
    pub fn request(&self) -> Request {
        Request {
            cursor: self.cursor,
            reference: self.reference.as_ref().map_or(0, |data| data.version),
            ..Request::empty(self.install)
        }
    }

    pub fn ask(&mut self, world: &World, request: Request) -> Response {
        let response = world
            .run(Box::pin(vyezd_server::sync::handle_sync_request(
                &world.app,
                self.device,
                request,
            )))
            .expect("the server answers");
        self.take(&response);
        response
    }

    /// Asks until there is nothing more.
    pub fn sync(&mut self, world: &World) {
        while self.ask(world, self.request()).more {}
    }

    /// Keeps what an answer brought.
    pub fn take(&mut self, response: &Response) {
        for card in &response.cards {
            self.cards.insert(card.id, card.clone());
        }
        for update in response.docs.iter().filter(|update| !update.left) {
            match self.docs.get_mut(&update.order) {
                Some(doc) => {
                    for chunk in &update.chunks {
                        doc.merge(chunk).expect("it merges");
                    }
                }
                None => {
                    let doc = Document::from_wire(&update.chunks).expect("a document");
                    self.docs.insert(update.order, doc);
                }
            }
            self.updates.insert(update.order, update.clone());
        }
        for event in response.events.iter().cloned().filter_map(KnownOr::known) {
            if let Event::Offered { offer, order, visit, .. } = &event {
                self.offers.insert(*order, (*offer, *visit));
            }
            self.events.push(event);
        }
        for lease in &response.leases {
            if self.leases.iter().all(|(known, _)| known.id != lease.id) {
                self.leases.push((lease.clone(), lease.first));
            }
        }
        if let Some(data) = &response.reference {
            self.reference = Some(data.clone());
        }
        self.cursor = response.cursor;
    }

    pub fn command(&mut self, now: Timestamp, kind: CommandKind) -> Command {
        Command { id: ItemId::new(now.0, self.rng.bytes()), kind, at: evidence(now) }
    }

    /// Sends commands; their receipts.
    pub fn say(&mut self, world: &World, kinds: Vec<CommandKind>) -> Vec<Receipt> {
        let commands =
            kinds.into_iter().map(|kind| KnownOr::Known(self.command(world.now(), kind)));
        let commands = commands.collect();
        let request = Request { commands, ..self.request() };
        self.ask(world, request).receipts
    }

    /// Answers the offer of an order.
    pub fn answer(&mut self, world: &World, order: OrderId, accept: bool) {
        self.sync(world);
        let (offer, _) = self.offers[&order];
        let kind = CommandKind::AnswerOffer { offer, accept, reason: String::new(), forward: None };
        self.say(world, vec![kind]);
        self.sync(world);
    }

    /// A signed batch of edits to a document.
    pub fn batch(&mut self, order: OrderId, edits: &[Edit]) -> Batch {
        let key = self.key.verifying_key().to_bytes();
        let actor = actor(&key, order, self.install, &NONCE);
        let doc = self.docs.get_mut(&order).expect("a document");
        let change = doc.edit(actor, edits).expect("writable").expect("something new");
        self.batches += 1;
        let (mut batch, bytes) = Batch::unsigned(
            (order, self.device, self.install),
            self.batches,
            (actor, NONCE),
            &[change],
        );
        batch.signature = self.key.sign(&bytes).to_bytes().to_vec();
        batch
    }

    /// A signed batch with one entry that no edit writes: a mark under any key of a map at the root.
    pub fn raw_batch(&mut self, order: OrderId, root: &str, key: &str) -> Batch {
        use automerge::transaction::Transactable as _;
        use automerge::{ActorId, AutoCommit, ROOT, ReadDoc as _};
        let public = self.key.verifying_key().to_bytes();
        let actor = actor(&public, order, self.install, &NONCE);
        let doc = self.docs.get_mut(&order).expect("a document");
        let mut raw = AutoCommit::load(&doc.save_plain()).expect("a document");
        raw.set_actor(ActorId::from(actor));
        let (_, map) = raw.get(ROOT, root).expect("a document").expect("a map");
        raw.put(&map, key, true).expect("writable");
        raw.commit();
        let change = raw.get_last_local_change().expect("a change");
        let change = ChangeBytes { hash: change.hash().0, bytes: change.raw_bytes().to_vec() };
        self.batches += 1;
        let (mut batch, bytes) = Batch::unsigned(
            (order, self.device, self.install),
            self.batches,
            (actor, NONCE),
            &[change],
        );
        batch.signature = self.key.sign(&bytes).to_bytes().to_vec();
        batch
    }

    /// Writes edits and sends them; the code of the receipt, empty where they were taken.
    pub fn write(&mut self, world: &World, order: OrderId, edits: &[Edit]) -> String {
        let batch = self.batch(order, edits);
        let receipts = self.send(world, vec![batch]);
        receipts.last().map(|receipt| receipt.code.clone()).unwrap_or_default()
    }

    pub fn send(&mut self, world: &World, batches: Vec<Batch>) -> Vec<Receipt> {
        let request = self.bringing(batches);
        self.ask(world, request).receipts
    }

    /// A request with batches, and with the numbers that it holds.
    pub fn bringing(&self, batches: Vec<Batch>) -> Request {
        let leases = self.leases.iter();
        let leases = leases.map(|(l, next)| LeaseHeld { lease: l.id, next: *next }).collect();
        Request { batches, leases, ..self.request() }
    }

    /// Everything of an honest visit but the signature.
    pub fn work(&mut self, world: &World, order: OrderId) {
        let edits = self.honest_work(world.now(), order);
        assert_eq!(self.write(world, order, &edits), "", "honest work is taken");
    }

    /// The edits of an honest visit.
    pub fn honest_work(&mut self, now: Timestamp, order: OrderId) -> Vec<Edit> {
        let (visit, _) = self.visit(order);
        let at = evidence(now);
        let mut edits = vec![Edit::Mark { visit, moment: VisitMoment::Arrived, at }];
        for instrument in self.cards[&order].instruments.clone() {
            edits.extend(self.verified(now, visit, (instrument.id, instrument.serial_number)));
        }
        let money = Money {
            due_kop: Some(180_000),
            received_kop: Some(180_000),
            method: Some(PayMethod::Cash),
            reason: String::new(),
        };
        edits.push(Edit::Pay { visit, money });
        let comment = String::new();
        edits.push(Edit::Finish { visit, outcome: VisitOutcome::Done, comment });
        edits
    }

    /// One instrument, verified and fit.
    fn verified(
        &mut self,
        now: Timestamp,
        visit: VisitId,
        (instrument, serial_number): (InstrumentId, String),
    ) -> Vec<Edit> {
        let conditions = Conditions {
            air_c: Some(read("22.4")),
            humidity_percent: Some(read("48")),
            pressure_kpa: Some(read("99.8")),
            water_c: Some(read("12.6")),
            source: Some(Source::Typed),
        };
        let identity = Identity {
            type_number: "16078-13".to_owned(),
            modification: "СХВ-15".to_owned(),
            serial_number,
            year: Some(2020),
            water: Some(Water::Cold),
            position: Some(Position::Horizontal),
            source: Some(Source::Typed),
        };
        let means = self.reference.as_ref().expect("reference data").means.iter();
        let means = means.map(|means| means.id).collect();
        let mut edits = vec![
            Edit::Identify { visit, instrument, identity },
            Edit::SetConditions { visit, instrument, phase: Phase::Start, conditions },
            Edit::UseMeans { visit, instrument, means },
        ];
        for check in [Check::Visual, Check::Operation, Check::Tightness] {
            let result = CheckResult { passed: true, reason: String::new() };
            edits.push(Edit::SetCheck { visit, instrument, check, result });
        }
        let rows = [
            ("Qмин", "0.031", "982.1112", "982.1174", "720"),
            ("1,1Qп", "0.131", "982.2000", "982.2063", "360"),
            ("Qнаиб", "0.948", "982.3000", "982.3063", "120"),
        ];
        for (point, flow, start, end, seconds) in rows {
            let measurement = MeasurementId::new(now.0, self.rng.bytes());
            let row = Measurement {
                point: point.to_owned(),
                flow: read(flow),
                start: read(start),
                end: read(end),
                reference: read("0.0063"),
                duration_s: Some(read(seconds)),
                source: Source::Typed,
                replaces: None,
            };
            edits.push(Edit::Measure { visit, instrument, measurement, row });
        }
        edits
    }

    /// The phone's visit of an order, and the first instrument in it.
    pub fn visit(&self, order: OrderId) -> (VisitId, InstrumentId) {
        (self.offers[&order].1, self.cards[&order].instruments[0].id)
    }

    /// The edit that adds a signed sheet, bent. An instrument has no number where the phone has none left.
    pub fn seal(&mut self, now: Timestamp, order: OrderId, bend: Bend<'_>) -> (SealId, Edit) {
        let (visit, _) = self.visit(order);
        let card = self.cards[&order].clone();
        let data = self.reference.clone().expect("reference data");
        let at = evidence(now);
        let date = LegalDate(card.zone.date(at.at));
        let doc = self.docs.get_mut(&order).expect("a document");
        let (read, heads) = (doc.read().0, doc.heads());
        let entity = data.entities.iter().find(|entity| entity.id == card.entity);
        let entity = entity.expect("the issuer").clone();
        let mut numbers = Vec::new();
        let leases = &mut self.leases;
        let mut take = |instrument, kind| {
            let year = date.0.year() as u16;
            let held = leases.iter_mut().find(|(lease, next)| {
                lease.kind == kind && lease.year == year && *next <= lease.last
            });
            let (lease, next) = held?;
            let number = *next;
            *next += 1;
            numbers.push(UsedNumber { lease: lease.id, kind, instrument, number });
            print_number(entity.templates.of(kind), &entity.code, year, number).ok()
        };
        let reference = data.reference_of(card.entity).expect("the issuer");
        let mut view = make(&card, (visit, &read.visits[&visit]), date, reference);
        for instrument in &mut view.instruments {
            instrument.protocol_number = take(instrument.id, NumberKind::Protocol);
            if card.certificate {
                instrument.certificate_number = take(instrument.id, NumberKind::Certificate);
            }
        }
        if let Some(bend) = bend.view {
            bend(&mut view);
        }
        let point = |n: u32| StrokePoint { x: 10 * n, y: 50, t_ms: 16 * n, pressure: 0 };
        let strokes =
            Strokes { width: 1000, height: 400, strokes: vec![(0..20).map(point).collect()] };
        let strokes = encode(&strokes);
        let mut body = SealBody {
            version: 1,
            visit,
            supersedes: None,
            view: encode(&view),
            heads: heads.iter().map(|head| head.to_vec().into()).collect(),
            pdf_sha256: None,
            strokes_sha256: Some(sha256(&strokes).to_vec().into()),
            renderer: 1,
            catalogue: data.version,
            signer: Signer::Signed {
                name: "Клиент".to_owned(),
                relation: "собственник".to_owned(),
            },
            code: None,
            consent: CONSENT_VERSION,
            at,
            device: self.device,
            numbers,
        };
        if let Some(bend) = bend.body {
            bend(&mut body);
        }
        let seal = SealId::new(now.0, self.rng.bytes());
        let body = encode(&body);
        let signature = self.key.sign(&signed_bytes(order, seal, &body)).to_bytes().to_vec();
        let record = encode(&Seal { body, signature });
        (seal, Edit::AddSeal { seal, record, strokes })
    }
}

/// A confirmed instant, a second after the last contact.
pub fn evidence(at: Timestamp) -> TimeEvidence {
    TimeEvidence { at, confidence: Confidence::Confirmed, wall: at, since_contact_ms: Some(1_000) }
}

fn read(text: &str) -> Reading {
    Reading::parse(text).expect("a number")
}
