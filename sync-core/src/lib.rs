//! Core of Vyezd: orders and visits, their judgement, and the agreement of phone and server about
//! them.
//!
//! Nothing here does I/O, reads a clock or draws a random number: time, random bytes and ids are
//! arguments, and an action outside is returned as an effect. So the same code runs in the server,
//! in a native phone app and, as wasm, in the browser, and any run can be replayed from its inputs.
//!
//! Read the modules in this order:
//!
//! 1. [`model`] — cards, instruments, numbers, money, time: the types of the domain;
//! 2. [`doc`] — the order document: paths, tolerant reading, typed edits, authority, seals;
//! 3. [`rules`] — the one arithmetic: error, limit, verdict, next date;
//!    [`sheet`] — what a sheet still lacks, and whether it agrees with the server's own view;
//! 4. [`frame`] — the wire: envelopes, requests, answers ([`codec`] has the bytes);
//! 5. [`gate`] — the judgement of a phone's bytes before they touch a document;
//! 6. [`session`] — the server's side of one sync request, as a machine;
//! 7. [`client`] — the phone, as a machine.
//!
//! The three machines together: a phone writes without a network, a session admits the batch, and
//! the phone takes the receipt. The shells below only carry effects out.
//!
//! ```
//! use ed25519_dalek::{Signer, SigningKey};
//! use vyezd_core::client::{Client, Effect, Input, Me, Safety};
//! use vyezd_core::codec::{decode, encode};
//! use vyezd_core::doc::{Document, Edit};
//! use vyezd_core::frame::compress::{pack, unpack};
//! use vyezd_core::frame::{
//!     Cursor, DocUpdate, Event, KnownOr, Receipt, ReceiptOutcome, Request, Response,
//! };
//! use vyezd_core::model::*;
//! use vyezd_core::session::{self, Author, Loaded, LoadedDoc, Session, RequestContext};
//! use vyezd_core::{gate, limits};
//!
//! let now = Now { wall: Timestamp(1_790_000_000_000), mono_ms: 0, boot: 1 };
//! let (order, visit) = (OrderId::from_bytes([1; 16]), VisitId::from_bytes([2; 16]));
//! let person = PersonId::from_bytes([3; 16]);
//! let key = SigningKey::from_bytes(&[9; 32]);
//!
//! // The server has a document with a visit of this person.
//! let (mut document, _) = Document::create([7; 16])?;
//! document.edit([7; 16], &[Edit::OpenVisit { visit, instruments: vec![] }])?;
//! let heads = |doc: &mut Document| doc.heads().iter().map(|head| head.to_vec().into()).collect();
//!
//! // A phone learns of the order. A shell carries each effect out: here it signs, and sends.
//! let me = Me {
//!     device: DeviceId::from_bytes([4; 16]),
//!     install: InstallId::from_bytes([5; 16]),
//!     key: key.verifying_key().to_bytes(),
//!     nonce: [6; 8],
//! };
//! let mut phone = Client::open(me, [])?;
//! let run = |phone: &mut Client, input| {
//!     let (mut inputs, mut sent) = (vec![input], None);
//!     while let Some(input) = inputs.pop() {
//!         for effect in phone.handle(now, input) {
//!             match effect {
//!                 Effect::Sign(bytes) => {
//!                     inputs.push(Input::Signed(key.sign(&bytes).to_bytes().to_vec()));
//!                 }
//!                 Effect::Send(bytes) => sent = Some(bytes),
//!                 Effect::Refused(error) => panic!("{error}"),
//!                 _ => {}
//!             }
//!         }
//!     }
//!     sent
//! };
//! run(&mut phone, Input::SyncDue);
//! let mut told = Response::empty(Cursor { epoch: 1, seq: 1 }, now.wall);
//! told.cards.push(Card {
//!     id: order,
//!     number: "1001".to_owned(),
//!     version: 1,
//!     entity: EntityId::from_bytes([8; 16]),
//!     district: "Ленинский".to_owned(),
//!     zone: Zone::parse("Europe/Saratov").unwrap(),
//!     date: LegalDate::parse("2026-09-21").unwrap(),
//!     window: Window { from_min: 600, to_min: 720 },
//!     kind: "поверка".to_owned(),
//!     urgency: Urgency::Planned,
//!     client: "Кузнецова Мария Петровна".to_owned(),
//!     phones: vec![],
//!     address: "г. Саратов, ул. Тархова, д. 12".to_owned(),
//!     access: Access::default(),
//!     price_kop: 90_000,
//!     instruments: vec![],
//!     certificate: false,
//!     source: String::new(),
//!     place: None,
//! });
//! told.docs.push(DocUpdate {
//!     order,
//!     chunks: vec![document.save_plain().into()],
//!     left: false,
//!     heads: heads(&mut document),
//!     visits: vec![visit],
//!     attestation: None,
//! });
//! let at = now.wall;
//! told.events.push(KnownOr::Known(Event::Assigned { order, visit, at }));
//! run(&mut phone, Input::Answered(pack(&encode(&told))));
//!
//! // In the basement: the edit is kept; whatever the phone sends gets lost.
//! let at = phone.evidence(now);
//! let comment = Edit::Finish { visit, outcome: VisitOutcome::Postponed, comment: String::new() };
//! run(&mut phone, Input::Edit { order, edits: vec![Edit::Mark {
//!     visit, moment: VisitMoment::Arrived, at,
//! }, comment] });
//! run(&mut phone, Input::NoAnswer);
//! assert_eq!(phone.order(now, order).unwrap().line.safety, Safety::OnPhone);
//!
//! // Upstairs: a session judges the batch beside what the server has.
//! let bytes = run(&mut phone, Input::SyncDue).expect("a request");
//! let request: Request = decode(&unpack(&bytes, limits::REQUEST_BYTES_MAX)?)?;
//! let (mut session, mut next) = (Session::default(), session::Input::Request(
//!     Box::new(request), RequestContext::default(),
//! ));
//! let answer = loop {
//!     next = match session.handle(now.wall, next).pop().expect("an effect") {
//!         session::Effect::Load(_) => {
//!             let author = Author { key: me.key, person, revoked: false };
//!             let doc = LoadedDoc {
//!                 bytes: document.save_plain(),
//!                 version: 1,
//!                 visits: vec![(visit, person)],
//!                 scope: vec![person],
//!                 ..LoadedDoc::default()
//!             };
//!             session::Input::Loaded(Loaded {
//!                 docs: [(order, doc)].into(),
//!                 devices: [(me.device, author)].into(),
//!                 ..Loaded::default()
//!             })
//!         }
//!         session::Effect::Judge(tasks) => session::Input::Judged(
//!             tasks.into_iter().map(|(order, task)| (order, gate::judge(&task))).collect(),
//!         ),
//!         session::Effect::Commit(commit) => {
//!             assert_eq!(commit.reads[&order].0.visits[&visit].times.len(), 1, "admitted and read");
//!             let written = commit.appends.iter().map(|append| Receipt {
//!                 seq: 2,
//!                 ..session::receipt(append.batch.item(), ReceiptOutcome::Ok, "", "")
//!             });
//!             session::Input::Committed(written.collect())
//!         }
//!         session::Effect::Pull { .. } => {
//!             let page = Response::empty(Cursor { epoch: 1, seq: 2 }, now.wall);
//!             session::Input::Pulled(Box::new(page))
//!         }
//!         session::Effect::Respond(answer) => break answer,
//!         _ => session::Input::Kept,
//!     };
//! };
//!
//! // The receipt is the phone's: the office has the work.
//! run(&mut phone, Input::Answered(pack(&encode(&*answer))));
//! assert_eq!(phone.order(now, order).unwrap().line.safety, Safety::Accepted);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![warn(missing_docs)]

pub mod client;
pub mod codec;
pub mod doc;
pub mod frame;
pub mod gate;
pub mod limits;
pub mod model;
pub mod picture;
pub mod reconcile;
pub mod rules;
pub mod session;
pub mod sheet;
pub mod texts;
