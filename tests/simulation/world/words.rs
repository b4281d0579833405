//! Requests and answers in a line each, for the trace.

use super::*;

pub(super) fn said(bytes: &[u8]) -> String {
    let plain = unpack(bytes, 8 << 20).unwrap_or_default();
    let Ok(request) = decode::<Request>(&plain) else { return "nonsense".to_owned() };
    let docs: Vec<String> = request.batches.iter().map(|b| short(&b.doc.to_string())).collect();
    let backup: Vec<String> = request.backups.iter().map(|w| short(&w.order.to_string())).collect();
    format!(
        "epoch {} seq {} own {} mark {:?} batches {docs:?} commands {} compare {} want {} witness {backup:?}",
        request.cursor.epoch % 1000,
        request.cursor.seq,
        request.own_seq,
        request.mark.map(|mark| mark.seq),
        request.commands.len(),
        request.reconcile.is_some(),
        request.want.len(),
    )
}

pub(super) fn described(bytes: &[u8]) -> String {
    let plain = unpack(bytes, 16 << 20).unwrap_or_default();
    let Ok(answer) = decode::<Response>(&plain) else { return "nonsense".to_owned() };
    let docs: Vec<String> = answer
        .docs
        .iter()
        .map(|doc| format!("{}{}", short(&doc.order.to_string()), if doc.left { "-" } else { "" }))
        .collect();
    let receipts: Vec<String> =
        answer.receipts.iter().map(|r| format!("{:?}{} {}", r.outcome, r.seq, r.code)).collect();
    format!(
        "epoch {} seq {} docs {docs:?} events {} receipts {receipts:?} resend {} backed up {}",
        answer.cursor.epoch % 1000,
        answer.cursor.seq,
        answer.events.len(),
        answer.resend,
        answer.backed_up_seq,
    )
}

fn short(id: &str) -> String {
    id.chars().skip(20).take(6).collect()
}
