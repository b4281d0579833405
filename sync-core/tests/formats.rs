//! The records that are final: their bytes are kept beside `docs/formats.md`. A test that fails here
//! says that phones in the field would no longer be understood. `UPDATE_GOLDEN=1` writes new files,
//! for new records only.

use std::path::PathBuf;

use minicbor::bytes::ByteVec;
use vyezd_core::codec::encode;
use vyezd_core::doc::Document;
use vyezd_core::doc::document::ChangeBytes;
use vyezd_core::doc::seal::*;
use vyezd_core::doc::view::*;
use vyezd_core::frame::envelope::{Batch, actor, server_actor};
use vyezd_core::frame::*;
use vyezd_core::model::*;

fn golden(name: &str, bytes: &[u8]) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../docs/golden")
        .join(format!("{name}.hex"));
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    if std::env::var("UPDATE_GOLDEN").is_ok() {
        std::fs::write(&path, format!("{hex}\n")).unwrap();
    }
    let kept =
        std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{} is missing", path.display()));
    assert_eq!(kept.trim(), hex, "{name}: a final record has changed");
}

fn id<T>(n: u8, make: fn([u8; 16]) -> T) -> T {
    make([n; 16])
}

fn evidence() -> TimeEvidence {
    TimeEvidence {
        at: Timestamp(1_787_730_000_000),
        confidence: Confidence::Confirmed,
        wall: Timestamp(1_787_730_000_500),
        since_contact_ms: Some(60_000),
    }
}

fn view() -> SealedView {
    let read = |text| Reading::parse(text).unwrap();
    let date = LegalDate::parse("2026-08-26").unwrap();
    SealedView {
        version: 1,
        order: id(1, OrderId::from_bytes),
        visit: id(2, VisitId::from_bytes),
        order_number: "1001".to_owned(),
        entity: id(3, EntityId::from_bytes),
        entity_name: "ООО «Поверка»".to_owned(),
        performer: id(4, PersonId::from_bytes),
        performer_name: "Иванов Иван Петрович".to_owned(),
        client: String::new(),
        address: "г. Саратов, ул. Тархова, д. 12".to_owned(),
        date,
        zone: Zone::parse("Europe/Saratov").unwrap(),
        zone_table: 1,
        works: vec![Work { name: "Поверка".to_owned(), sum_kop: 90_000 }],
        due_kop: 90_000,
        received_kop: Some(90_000),
        pay_method: Some(PayMethod::Cash),
        instruments: vec![SealedInstrument {
            id: id(5, InstrumentId::from_bytes),
            type_number: "16078-13".to_owned(),
            modification: "СХВ-15".to_owned(),
            serial_number: "08812345".to_owned(),
            year: Some(2020),
            water: Some(Water::Cold),
            position: Some(Position::Horizontal),
            method: "МИ 1592-2015".to_owned(),
            method_version: 1,
            result: SealedResult::Fit,
            reasons: Vec::new(),
            valid_until: LegalDate::parse("2032-08-25"),
            checks: vec![SealedCheck {
                check: Check::Visual,
                result: CheckResult { passed: true, reason: String::new() },
            }],
            start: Some(Conditions {
                air_c: Some(read("22,1")),
                source: Some(Source::Typed),
                ..Conditions::default()
            }),
            end: None,
            rows: vec![SealedRow {
                measurement: id(6, MeasurementId::from_bytes),
                point: "Qмин".to_owned(),
                flow: read("0.031"),
                start: read("143.2510"),
                end: read("143.2572"),
                volume: read("0.0062"),
                reference: read("0.0063"),
                duration_s: Some(read("720")),
                error_percent: read("-1.6"),
                limit_percent: read("5"),
                within: true,
                source: Source::Typed,
            }],
            means: vec![SealedMeans {
                kind: MeansKind::Mieta,
                title: "УПСЖ-3П".to_owned(),
                number: "72850.18.3Р.00701885".to_owned(),
                serial_number: "17".to_owned(),
                valid_until: LegalDate::parse("2027-09-30").unwrap(),
                given_roles: None,
                accuracy: None,
                certificate: None,
            }],
            protocol_number: Some("ВМ-П-2026-000001".to_owned()),
            certificate_number: None,
            notice_number: None,
            dn_mm: Some(15),
            q_min: Some(read("0.03")),
            q_t: Some(read("0.12")),
            q_nom: Some(read("1.5")),
            q_max: Some(read("3")),
        }],
    }
}

#[test]
fn sealed_view_v1() {
    let bytes = encode(&view());
    golden("sealed_view_v1", &bytes);
    let back: SealedView = minicbor::decode(&bytes).unwrap();
    assert_eq!(encode(&back), bytes, "there is one way to write it");
}

#[test]
fn seal() {
    let body = SealBody {
        version: 1,
        visit: id(2, VisitId::from_bytes),
        supersedes: None,
        view: encode(&view()),
        heads: vec![ByteVec::from(vec![7; 32])],
        pdf_sha256: None,
        strokes_sha256: Some(ByteVec::from(vec![8; 32])),
        renderer: 1,
        catalogue: 3,
        signer: Signer::Signed {
            name: "Кузнецова М. П.".to_owned(),
            relation: "собственник".to_owned(),
        },
        code: Some("1234".to_owned()),
        consent: 1,
        at: evidence(),
        device: id(9, DeviceId::from_bytes),
        numbers: vec![UsedNumber {
            lease: id(10, LeaseId::from_bytes),
            kind: NumberKind::Protocol,
            instrument: id(5, InstrumentId::from_bytes),
            number: 1,
        }],
    };
    let body = encode(&body);
    golden("seal_body", &body);
    golden(
        "seal_signed_bytes",
        &signed_bytes(id(1, OrderId::from_bytes), id(11, SealId::from_bytes), &body),
    );
    golden("seal", &encode(&Seal { body, signature: vec![5; 64] }));
    let point = |x, t_ms| StrokePoint { x, y: 20, t_ms, pressure: 500 };
    let strokes =
        Strokes { width: 1000, height: 400, strokes: vec![vec![point(10, 0), point(30, 16)]] };
    golden("strokes", &encode(&strokes));
}

#[test]
fn actors_and_envelope() {
    let (doc, install) = (id(1, OrderId::from_bytes), id(12, InstallId::from_bytes));
    let phone = actor(&[3; 32], doc, install, &[4; 8]);
    golden("actor", &phone);
    golden("server_actor", &server_actor(&[5; 16], doc));
    let change = ChangeBytes { hash: [6; 32], bytes: vec![1, 2, 3] };
    let device = id(9, DeviceId::from_bytes);
    let (mut batch, signed) =
        Batch::unsigned((doc, device, install), 1, (phone, [4; 8]), &[change]);
    golden("batch_signed_bytes", &signed);
    batch.signature = vec![5; 64];
    golden("batch", &encode(&batch));
    golden("batch_item", batch.item().bytes());
}

#[test]
fn a_hand_over() {
    let mut transfer = Transfer {
        order: id(1, OrderId::from_bytes),
        from: id(2, VisitId::from_bytes),
        giver: id(4, PersonId::from_bytes),
        device: id(9, DeviceId::from_bytes),
        to: id(13, PersonId::from_bytes),
        visit: id(14, VisitId::from_bytes),
        at: evidence(),
        signature: Vec::new(),
    };
    golden("handover_signed_bytes", &transfer.signed_bytes());
    transfer.signature = vec![5; 64];
    golden("handover", &encode(&transfer));
}

#[test]
fn receipt_lease_and_request() {
    let receipt = Receipt {
        item: id(13, ItemId::from_bytes),
        outcome: ReceiptOutcome::Refused,
        code: "path_not_yours".to_owned(),
        message: "нет права писать".to_owned(),
        seq: 42,
    };
    golden("receipt", &encode(&receipt));
    let lease = Lease {
        id: id(10, LeaseId::from_bytes),
        entity: id(3, EntityId::from_bytes),
        kind: NumberKind::Certificate,
        year: 2026,
        first: 31,
        last: 60,
    };
    golden("lease", &encode(&lease));
    golden("lease_held", &encode(&LeaseHeld { lease: lease.id, next: 33 }));
    golden("time_evidence", &encode(&evidence()));
    let place = Place { lat_e6: 51_533_120, lon_e6: -46_034_450, accuracy_m: 12 };
    golden("taken", &encode(&Taken { at: evidence(), place: Some(place) }));
    let request = Request {
        cursor: Cursor { epoch: 7, seq: 41 },
        digest: Some(Digest16([14; 16])),
        own_seq: 40,
        reference: 3,
        mark: Some(Mark { epoch: 7, seq: 41, code: Digest16([15; 16]), run: 5 }),
        ..Request::empty(id(12, InstallId::from_bytes))
    };
    let bytes = encode(&request);
    golden("request_nothing_new", &bytes);
    assert!(bytes.len() <= 120, "{}", bytes.len());
    let head = ByteVec::from(vec![7; 32]);
    let full = Request {
        leases: vec![LeaseHeld { lease: lease.id, next: 33 }],
        blobs: vec![ByteVec::from(vec![16; 32])],
        reconcile: Some(ByteVec::from(vec![0x61])),
        want: vec![ByteVec::from(vec![17; 32])],
        backups: vec![DocumentBackup {
            order: id(1, OrderId::from_bytes),
            snapshot: vec![1, 2, 3].into(),
            heads: vec![head.clone()],
            card: ByteVec::from(vec![4, 5]),
            visits: vec![id(2, VisitId::from_bytes)],
            attestation: Digest16([18; 16]),
        }],
        location: Some(LocationReport {
            place: Some(place),
            order: Some(id(1, OrderId::from_bytes)),
            at: evidence(),
        }),
        wants_colleagues: true,
        lease_proofs: vec![LeaseProof { lease: lease.clone(), next: 33, code: Digest16([19; 16]) }],
        ..request
    };
    golden("request_healing", &encode(&full));
    let mut answer = Response::empty(Cursor { epoch: 7, seq: 43 }, Timestamp(1_790_000_000_000));
    answer.backed_up_seq = 30;
    golden("response_nothing_new", &encode(&answer));
    answer.receipts = vec![receipt];
    answer.docs = vec![DocUpdate {
        order: id(1, OrderId::from_bytes),
        chunks: vec![vec![1, 2, 3].into()],
        left: false,
        heads: vec![head],
        visits: vec![id(2, VisitId::from_bytes)],
        attestation: Some(Digest16([18; 16])),
    }];
    answer.digest = Some(Digest16([14; 16]));
    answer.more = true;
    answer.mark = Some(Mark { epoch: 7, seq: 43, code: Digest16([15; 16]), run: 5 });
    answer.blobs_need = Some(ByteVec::from(vec![0x80]));
    answer.reconcile = Some(ByteVec::from(vec![0x61]));
    answer.resend = true;
    answer.revoked = true;
    answer.leases = vec![lease];
    answer.lease_codes = vec![Digest16([19; 16])];
    let seen = ColleagueLocation {
        person: id(4, PersonId::from_bytes),
        place,
        at: Timestamp(1_790_000_000_000),
    };
    answer.colleague_locations = Some(ColleagueLocations { all: vec![seen] });
    golden("response_full", &encode(&answer));
}

#[test]
fn a_new_document() {
    let (mut doc, change) = Document::create([1; 16]).unwrap();
    golden("document_created", &change.bytes);
    assert_eq!(doc.heads().len(), 1);
}
