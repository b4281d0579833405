//! The preset dictionary: what most messages have in common, made from generated documents. Deflate
//! finds what is nearest to the end cheapest, so the commonest comes last.

use minicbor::bytes::ByteVec;
use vyezd_core::codec::encode;
use vyezd_core::doc::Unjudged;
use vyezd_core::frame::envelope::Batch;
use vyezd_core::frame::{Cursor, Digest16, DocUpdate, Mark, Response};
use vyezd_core::model::*;
use vyezd_tests::simulation::SimRng;

use super::sample;

/// Deflate looks back 32 kB, less a little.
const SIZE: usize = 30_000;

pub(crate) fn make() -> Vec<u8> {
    let mut rng = SimRng::new(0x0001_d1c7);
    let mut parts: Vec<Vec<u8>> = Vec::new();
    for _ in 0..4 {
        let visit = VisitId::new(1_787_730_000_000, rng.bytes());
        let instruments = [(); 2].map(|()| InstrumentId::new(1_787_730_000_000, rng.bytes()));
        let mut made = sample::make(visit, &instruments, &mut rng);
        parts.push(made.doc.save_plain());
        let heads: Vec<ByteVec> = made.doc.heads().iter().map(|h| h.to_vec().into()).collect();
        let order = OrderId::new(1_787_730_000_000, rng.bytes());
        let chunks: Vec<Unjudged> =
            made.changes.iter().take(14).map(|c| c.clone().into()).collect();
        let mut response =
            Response::empty(Cursor { epoch: 1 << 52, seq: 4_000 }, Timestamp(1_787_730_000_000));
        response.docs = vec![DocUpdate {
            order,
            chunks,
            left: false,
            heads,
            visits: vec![visit],
            attestation: Some(Digest16(rng.bytes())),
        }];
        response.digest = Some(Digest16(rng.bytes()));
        response.mark =
            Some(Mark { epoch: 1 << 52, seq: 4_001, code: Digest16(rng.bytes()), run: 1 << 52 });
        parts.push(encode(&response));
        let change = made.changes.last().expect("changes").clone();
        let ids = (order, DeviceId::from_bytes(rng.bytes()), InstallId::from_bytes(rng.bytes()));
        let bytes = vyezd_core::doc::document::ChangeBytes { hash: rng.bytes(), bytes: change };
        let (batch, _) = Batch::unsigned(ids, 7, (rng.bytes(), rng.bytes()), &[bytes]);
        parts.push(encode(&batch));
    }
    let all = parts.concat();
    all[all.len().saturating_sub(SIZE)..].to_vec()
}
