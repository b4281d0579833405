//! Извещение о непригодности: the same identification, the reasons, no «действительно до».

use vyezd_core::doc::view::SealedInstrument;

use super::common::{LOCAL_NOTE, fund_record, identity, letterhead, means, owner, qr, time_doubt};
use super::{Paper, Subject};
use crate::layout::{Face, Flow};

/// The notice of an unfit instrument.
pub fn notice(subject: Subject<'_>, instrument: &SealedInstrument) -> Paper {
    let number = instrument.notice_number.as_deref().unwrap_or_default();
    let title = format!("Извещение о непригодности № {number}");
    let mut flow = Flow::new(&title, subject.stamp());
    letterhead(&mut flow, &subject);
    flow.gap(4.0);
    flow.centred(Face::Bold, 14.0, "ИЗВЕЩЕНИЕ О НЕПРИГОДНОСТИ К ПРИМЕНЕНИЮ");
    flow.centred(Face::Bold, 12.0, &format!("№ {number} (номер организации)"));
    flow.gap(8.0);
    identity(&mut flow, instrument);
    flow.field("В составе", "—");
    flow.field("Владелец", owner(&subject));
    flow.field("Методика поверки", &instrument.method);
    flow.field("Эталоны и средства поверки", &means(instrument).join("; "));
    flow.gap(6.0);
    flow.paragraph(
        Face::Bold,
        10.5,
        "и на основании результатов периодической поверки признано не соответствующим \
         установленным метрологическим требованиям и непригодным к применению.",
    );
    flow.gap(4.0);
    flow.field("Причины непригодности", &instrument.reasons.join("; "));
    fund_record(&mut flow, &subject);
    flow.field("Протокол", instrument.protocol_number.as_deref().unwrap_or("—"));
    flow.gap(8.0);
    flow.field("Поверитель", &format!("{}    ______________", subject.view.performer_name));
    flow.field("Руководитель", &format!("{}    ______________", subject.entity.head));
    flow.field("Дата поверки", &subject.view.date.russian());
    time_doubt(&mut flow, &subject);
    qr(&mut flow, &subject, "Проверить извещение:");
    flow.gap(4.0);
    flow.paragraph(Face::Regular, 8.0, LOCAL_NOTE);
    Paper { title, pages: flow.finish(), date: subject.pdf_date() }
}
