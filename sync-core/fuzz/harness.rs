//! What outsiders send, fed to the three doors: frames, the gate, the phone's inbound side. Used by the
//! fuzz targets beside and, over the corpus, by `sync-core/tests/hostile.rs`.

use ed25519_dalek::{Signer as _, SigningKey};
use sha2::{Digest as _, Sha256};
use vyezd_core::client::{Client, Effect, Input, Me};
use vyezd_core::codec::{decode, encode};
use vyezd_core::doc::document::ChangeBytes;
use vyezd_core::doc::preparse::{preparse, preparse_document};
use vyezd_core::doc::seal::Seal;
use vyezd_core::doc::{Document, Edit};
use vyezd_core::frame::compress::{pack, unpack};
use vyezd_core::frame::envelope::{Batch, actor};
use vyezd_core::frame::{Command, Cursor, DocUpdate, Request, Response};
use vyezd_core::gate::{Backup, Item, Restored, Task, Usage, Verdict, describe, judge, restore};
use vyezd_core::model::*;
use vyezd_core::sheet::agreement::differences;

/// The instant of everything here, unix ms.
const AT: i64 = 1_787_730_000_000;
/// The nonce of the hostile phone's session.
const NONCE: [u8; 8] = [5; 8];
/// Where a change chunk's checksum ends and its type begins.
const CHECKSUM: std::ops::Range<usize> = 4..8;

fn id<T>(n: u8, make: fn([u8; 16]) -> T) -> T {
    make([n; 16])
}

/// The order of all tasks.
pub(crate) fn order() -> OrderId {
    id(1, OrderId::from_bytes)
}

/// The visit that the ledger gave to the hostile phone's person.
pub(crate) fn visit() -> VisitId {
    id(2, VisitId::from_bytes)
}

fn install() -> InstallId {
    id(4, InstallId::from_bytes)
}

fn device() -> DeviceId {
    id(5, DeviceId::from_bytes)
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[9; 32])
}

/// The actor that the hostile phone may use: it is enrolled like any other.
pub(crate) fn hostile_actor() -> [u8; 16] {
    actor(&key().verifying_key().to_bytes(), order(), install(), &NONCE)
}

/// A document with one open visit of one instrument, as the server keeps it.
pub(crate) fn document() -> Document {
    let (mut doc, _) = Document::create([1; 16]).expect("a document");
    let edit =
        Edit::OpenVisit { visit: visit(), instruments: vec![id(3, InstrumentId::from_bytes)] };
    doc.edit([1; 16], &[edit]).expect("a visit is opened");
    doc
}

/// An edit that any phone may make.
pub(crate) fn note(n: u8) -> Edit {
    let at = TimeEvidence {
        at: Timestamp(AT),
        confidence: Confidence::Confirmed,
        wall: Timestamp(AT),
        since_contact_ms: None,
    };
    Edit::AddNote { note: id(n, NoteId::from_bytes), text: "заметка".to_owned(), at }
}

/// Changes as a corpus file keeps them: each after its length, four bytes, least significant first.
pub(crate) fn join(changes: &[Vec<u8>]) -> Vec<u8> {
    changes
        .iter()
        .flat_map(|change| [&(change.len() as u32).to_le_bytes(), change.as_slice()].concat())
        .collect()
}

fn split(mut data: &[u8]) -> Vec<Vec<u8>> {
    let mut changes = Vec::new();
    while let Some((length, rest)) = data.split_first_chunk::<4>() {
        let (change, rest) = rest.split_at(rest.len().min(u32::from_le_bytes(*length) as usize));
        changes.push(change.to_vec());
        data = rest;
    }
    changes
}

/// A checksum is no protection: whoever can write a change can write its checksum.
pub(crate) fn mend_checksum(change: &mut [u8]) {
    if change.len() > CHECKSUM.end {
        let hash = Sha256::digest(&change[CHECKSUM.end..]);
        change[CHECKSUM].copy_from_slice(&hash[..4]);
    }
}

/// A task in which the hostile phone sends these changes in one signed batch.
pub(crate) fn task(data: &[u8]) -> Task {
    let mut changes = split(data);
    for change in &mut changes {
        mend_checksum(change);
    }
    let known: Vec<ChangeBytes> = changes
        .into_iter()
        .map(|bytes| ChangeBytes {
            hash: Sha256::digest(bytes.get(CHECKSUM.end..).unwrap_or(&[])).into(),
            bytes,
        })
        .collect();
    let (mut batch, bytes) =
        Batch::unsigned((order(), device(), install()), 1, (hostile_actor(), NONCE), &known);
    batch.signature = key().sign(&bytes).to_bytes().to_vec();
    let item = Item {
        batch,
        key: key().verifying_key().to_bytes(),
        visits: vec![visit()],
        shared: true,
        left: Usage::SHARE,
    };
    Task { doc: document().save_plain().into(), items: vec![item] }
}

/// The gate. Whatever it admits, the document goes on living: it is saved, loaded, read, edited by the
/// office, and an honest phone's next batch is admitted.
pub(crate) fn gate(data: &[u8]) -> Verdict {
    let task = task(data);
    let verdict = judge(&task).verdicts.pop().expect("a verdict for each batch");
    let batch = &task.items[0].batch;
    drop(describe(batch));
    if let Verdict::Admitted { heads, .. } = &verdict {
        let chunks =
            [task.doc.to_vec(), batch.changes.iter().flat_map(|c| c.as_wire().to_vec()).collect()];
        let mut doc = Document::from_chunks(chunks.iter().map(Vec::as_slice))
            .expect("what was admitted loads");
        let got: Vec<Vec<u8>> = doc.heads().iter().map(|head| head.to_vec()).collect();
        assert!(
            heads.iter().map(|h| h.to_vec()).eq(got),
            "the heads are those that the gate named"
        );
        doc.edit([1; 16], &[note(200)]).expect("the office can still write");
        let mut again = Document::load(&doc.save()).expect("and save");
        assert_eq!(again.heads(), doc.heads());
        assert!(serde_json::to_string(&again.read().0).is_ok(), "and show");
    }
    verdict
}

/// A document that comes back. Whatever is taken is a document at the heads that were named, and goes on living.
pub(crate) fn backup(data: &[u8]) -> Restored {
    let mut snapshot = data.to_vec();
    mend_checksum(&mut snapshot);
    let mut known = document();
    let heads = known.heads().iter().map(|head| head.to_vec().into()).collect();
    let known = if data.len().is_multiple_of(2) { known.save_plain() } else { Vec::new() };
    let restored = restore(&Backup { known: known.into(), snapshot: snapshot.into(), heads });
    if let Restored::Merged { snapshot, heads, .. } = &restored {
        let mut doc = Document::load(snapshot).expect("what was taken loads");
        let got: Vec<Vec<u8>> = doc.heads().iter().map(|head| head.to_vec()).collect();
        assert!(heads.iter().map(|h| h.to_vec()).eq(got), "the heads are those that were named");
        doc.edit([1; 16], &[note(200)]).expect("the office can still write");
    }
    restored
}

/// Frames: whatever is read is written again as something that reads the same.
pub(crate) fn frames(data: &[u8]) {
    let plain = unpack(data, 1 << 20).unwrap_or_else(|_| data.to_vec());
    if let Ok(request) = decode::<Request>(&plain) {
        assert!(decode::<Request>(&encode(&request)).is_ok_and(|again| again == request));
        request
            .batches
            .iter()
            .for_each(|batch| drop(batch.open(&key().verifying_key().to_bytes())));
    }
    if let Ok(answer) = decode::<Response>(&plain) {
        assert!(decode::<Response>(&encode(&answer)).is_ok_and(|again| again == answer));
    }
    if let Ok(task) = decode::<Task>(&plain) {
        assert!(decode::<Task>(&encode(&task)).is_ok_and(|again| again == task));
    }
    // A sheet and a command of anybody are read, never trusted.
    if let Ok(seal) = Seal::decode(&plain) {
        drop(seal.verify(&[], (order(), id(7, SealId::from_bytes)), &[9; 32]));
        let (body, view) = (seal.body, seal.view);
        assert!(differences(&view, &view, true).len() <= 2 * view.instruments.len() + 1);
        assert!(body.view.len() <= plain.len());
    }
    drop(decode::<Command>(&plain));
    // Errors are answers here.
    let _: Result<(), _> = preparse_document(data);
    let _: Result<(), _> = preparse(data);
    drop(decode::<Card>(&plain));
    drop(vyezd_core::reconcile::Inventory::default().answer(&plain));
    // Only maps are packed: by their first byte they are told from what is deflated.
    if data.first().is_some_and(|first| *first >= 0xa0) {
        assert!(unpack(&pack(data), 1 << 24).is_ok_and(|all| all == data));
    }
}

/// The phone: an answer of anything harms neither its document nor what it has not sent.
pub(crate) fn client(data: &[u8]) {
    let key = key();
    let me = Me {
        device: device(),
        install: install(),
        key: key.verifying_key().to_bytes(),
        nonce: NONCE,
    };
    let mut phone =
        Phone { client: Client::open(me, []).expect("an empty phone opens"), key, sent: 0 };
    let (chunk, heads) = {
        let mut doc = document();
        (doc.save_plain(), doc.heads().iter().map(|head| head.to_vec().into()).collect())
    };
    phone.input(Input::SyncDue);
    phone.input(Input::Answered(told(vec![chunk], heads)));
    phone.input(Input::Edit { order: order(), edits: vec![note(100)] });
    let had = phone.texts();
    assert!(had.contains("заметка"), "the phone holds its order");
    phone.input(Input::SyncDue);
    phone.input(Input::Answered(data.to_vec()));
    phone.input(Input::SyncDue);
    phone.input(Input::Edit { order: order(), edits: vec![note(101)] });
    let lines = phone.client.orders();
    if lines.iter().any(|line| line.card.id == order()) {
        assert!(phone.texts().contains("заметка"), "what the person wrote is still there");
    }
}

/// An answer that brings these chunks of the order's document, as a server that was broken into would.
pub(crate) fn answer(chunks: Vec<Vec<u8>>) -> Vec<u8> {
    let heads = document().heads().iter().map(|head| head.to_vec().into()).collect();
    told(chunks, heads)
}

fn told(chunks: Vec<Vec<u8>>, heads: Vec<minicbor::bytes::ByteVec>) -> Vec<u8> {
    let mut answer = Response::empty(Cursor { epoch: 1, seq: 1 }, Timestamp(AT));
    answer.cards.push(card());
    let chunks = chunks.into_iter().map(Into::into).collect();
    let (order, visits) = (order(), vec![visit()]);
    answer.docs.push(DocUpdate { order, chunks, left: false, heads, visits, attestation: None });
    pack(&encode(&answer))
}

struct Phone {
    client: Client,
    key: SigningKey,
    sent: u32,
}

impl Phone {
    fn input(&mut self, input: Input) {
        let now = Now { wall: Timestamp(AT), mono_ms: AT, boot: 1 };
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            for effect in self.client.handle(now, input) {
                match effect {
                    Effect::Sign(bytes) => {
                        inputs.push(Input::Signed(self.key.sign(&bytes).to_bytes().to_vec()));
                    }
                    Effect::Send(_) => self.sent += 1,
                    _ => {}
                }
            }
        }
    }

    fn texts(&mut self) -> String {
        let now = Now { wall: Timestamp(AT), mono_ms: AT, boot: 1 };
        let view = self.client.order(now, order());
        view.map(|view| serde_json::to_string(&view.document).expect("an order is shown"))
            .unwrap_or_default()
    }
}

fn card() -> Card {
    Card {
        id: order(),
        number: "1001".to_owned(),
        version: 1,
        entity: id(6, EntityId::from_bytes),
        district: "Ленинский".to_owned(),
        zone: Zone::parse("Europe/Saratov").expect("a zone"),
        date: LegalDate::parse("2026-08-26").expect("a date"),
        window: Window { from_min: 600, to_min: 720 },
        kind: String::new(),
        urgency: Urgency::Planned,
        client: "Кузнецова Мария".to_owned(),
        phones: Vec::new(),
        address: "г. Саратов, ул. Тархова, д. 12".to_owned(),
        access: Access::default(),
        price_kop: 90_000,
        instruments: Vec::new(),
        certificate: false,
        source: String::new(),
        place: None,
    }
}
