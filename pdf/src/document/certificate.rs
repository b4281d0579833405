//! Свидетельство о поверке: on the owner's request only, under a local number.

use vyezd_core::doc::view::SealedInstrument;

use super::common::{
    LOCAL_NOTE, conditions, fund_record, identity, letterhead, means, owner, qr, time_doubt,
};
use super::{Paper, Subject};
use crate::layout::{Face, Flow};

/// The certificate of a fit instrument.
pub fn certificate(subject: Subject<'_>, instrument: &SealedInstrument) -> Paper {
    let number = instrument.certificate_number.as_deref().unwrap_or_default();
    let title = format!("Свидетельство о поверке № {number}");
    let mut flow = Flow::new(&title, subject.stamp());
    letterhead(&mut flow, &subject);
    flow.gap(4.0);
    flow.centred(Face::Bold, 14.0, "СВИДЕТЕЛЬСТВО О ПОВЕРКЕ");
    flow.centred(Face::Bold, 12.0, &format!("№ {number} (номер организации)"));
    flow.gap(4.0);
    let until = instrument.valid_until.map_or_else(String::new, |until| until.russian());
    flow.centred(Face::Bold, 11.0, &format!("Действительно до {until}"));
    flow.gap(8.0);
    identity(&mut flow, instrument);
    flow.field("В составе", "—");
    flow.field("Владелец", owner(&subject));
    flow.field("Поверено", "в полном объёме; периодическая поверка");
    flow.field("В соответствии с", &instrument.method);
    flow.field("С применением эталонов и средств", &means(instrument).join("; "));
    let factors: Vec<String> = conditions(instrument)
        .into_iter()
        .map(|row| {
            format!(
                "{} {}",
                row[0].to_lowercase().replace("°с", "°С").replace("кпа", "кПа"),
                row[1]
            )
        })
        .collect();
    flow.field("При влияющих факторах", &factors.join("; "));
    flow.field("Диапазон расхода при поверке", &tested_range(instrument));
    flow.gap(6.0);
    flow.paragraph(
        Face::Bold,
        10.5,
        "и на основании результатов периодической поверки признано соответствующим установленным \
         метрологическим требованиям и пригодным к применению.",
    );
    flow.gap(6.0);
    flow.field("Знак поверки (шифр)", &subject.entity.sign_cipher);
    fund_record(&mut flow, &subject);
    flow.field("Протокол", instrument.protocol_number.as_deref().unwrap_or("—"));
    flow.gap(8.0);
    flow.field("Поверитель", &format!("{}    ______________", subject.view.performer_name));
    flow.field("Руководитель", &format!("{}    ______________", subject.entity.head));
    flow.field("Дата поверки", &subject.view.date.russian());
    time_doubt(&mut flow, &subject);
    qr(&mut flow, &subject, "Проверить свидетельство:");
    flow.gap(4.0);
    flow.paragraph(Face::Regular, 8.0, LOCAL_NOTE);
    Paper { title, pages: flow.finish(), date: subject.pdf_date() }
}

/// «(0,031–0,948) м³/ч»: the range really tested.
pub(super) fn tested_range(instrument: &SealedInstrument) -> String {
    let flows = || instrument.rows.iter().map(|row| row.flow);
    match (flows().min(), flows().max()) {
        (Some(from), Some(to)) => format!("({}–{}) м³/ч", from.russian(), to.russian()),
        _ => "—".to_owned(),
    }
}
