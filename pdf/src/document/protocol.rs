//! Протокол поверки.

use vyezd_core::doc::view::{SealedInstrument, SealedResult, SealedRow};
use vyezd_core::model::Check;

use super::common::{
    LOCAL_NOTE, characteristics, check_result, conditions, identity, letterhead, means,
    metrologist, owner, qr, time_doubt,
};
use super::{Paper, Subject};
use crate::layout::{Align, Column, Face, Flow, Table};

/// The protocol of one instrument. Made for fit and unfit alike.
pub fn protocol(subject: Subject<'_>, instrument: &SealedInstrument) -> Paper {
    let number = instrument.protocol_number.as_deref().unwrap_or_default();
    let title = format!("Протокол поверки № {number}");
    let mut flow = Flow::new(&title, subject.stamp());
    letterhead(&mut flow, &subject);
    flow.gap(4.0);
    flow.centred(Face::Bold, 14.0, &format!("ПРОТОКОЛ № {number}"));
    flow.centred(Face::Regular, 10.0, "периодической поверки");
    flow.gap(6.0);
    identity(&mut flow, instrument);
    flow.field("Владелец", owner(&subject));
    flow.field("Место проведения поверки", &subject.view.address);
    flow.field("Метрологические характеристики", &characteristics(instrument));
    flow.gap(5.0);
    heading(&mut flow, "Условия поверки");
    let column = |title, share, align| Column::new(title, share, align);
    Table {
        columns: vec![
            column("Условие", 3.0, Align::Left),
            column("в начале", 1.4, Align::Centre),
            column("в конце", 1.4, Align::Centre),
            column("допускаемые", 1.8, Align::Centre),
        ],
        rows: conditions(instrument),
        size: 9.0,
    }
    .write(&mut flow);
    flow.gap(5.0);
    heading(&mut flow, "Эталоны и средства поверки");
    for line in means(instrument) {
        flow.paragraph(Face::Regular, 9.5, &line);
    }
    flow.field("Методика поверки", &instrument.method);
    flow.gap(5.0);
    heading(&mut flow, "Результаты поверки");
    for (at, check) in Check::ALL.into_iter().enumerate() {
        let found = instrument.checks.iter().find(|c| c.check == check);
        flow.field(&format!("{}. {}", at + 1, capital(check.russian())), &check_result(found));
    }
    results(&mut flow, instrument);
    conclusion(&mut flow, instrument);
    metrologist(&mut flow, &subject);
    time_doubt(&mut flow, &subject);
    qr(&mut flow, &subject, "Проверить протокол и результаты поверки:");
    flow.gap(4.0);
    flow.paragraph(Face::Regular, 8.0, LOCAL_NOTE);
    Paper { title, pages: flow.finish(), date: subject.pdf_date() }
}

fn heading(flow: &mut Flow, text: &str) {
    flow.need(60.0);
    flow.paragraph(Face::Bold, 10.5, text);
    flow.gap(2.0);
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

fn results(flow: &mut Flow, instrument: &SealedInstrument) {
    if instrument.rows.is_empty() {
        flow.field("4. Определение погрешности", "не проводилось");
        return;
    }
    flow.paragraph(Face::Regular, 9.5, "4. Определение относительной погрешности");
    flow.gap(3.0);
    let class = instrument.position.map_or("—", |position| position.class());
    let titles = [
        ("Режим", 1.25),
        ("Класс", 0.8),
        ("Расход, м³/ч", 1.2),
        ("Начало, м³", 1.5),
        ("Конец, м³", 1.5),
        ("V по счётчику, м³", 1.45),
        ("V по эталону, м³", 1.4),
        ("Погрешность, %", 1.65),
        ("Допуск, %", 1.2),
    ];
    let row = |row: &SealedRow| {
        vec![
            row.point.clone(),
            class.to_owned(),
            row.flow.russian(),
            row.start.russian(),
            row.end.russian(),
            row.volume.russian(),
            row.reference.russian(),
            row.error_percent.russian(),
            format!("±{}", row.limit_percent.russian()),
        ]
    };
    Table {
        columns: titles.iter().map(|(t, share)| Column::new(t, *share, Align::Centre)).collect(),
        rows: instrument.rows.iter().map(row).collect(),
        size: 8.5,
    }
    .write(flow);
}

fn conclusion(flow: &mut Flow, instrument: &SealedInstrument) {
    flow.gap(6.0);
    heading(flow, "Заключение");
    let text = if instrument.result == SealedResult::Fit {
        "На основании результатов поверки СИ соответствует установленным метрологическим \
         требованиям и пригодно к применению."
    } else {
        "На основании результатов поверки СИ не соответствует установленным метрологическим \
         требованиям и не пригодно к применению."
    };
    flow.paragraph(Face::Bold, 10.0, text);
    if !instrument.reasons.is_empty() {
        flow.field("Причины непригодности", &instrument.reasons.join("; "));
    }
    if let Some(until) = instrument.valid_until {
        flow.field("Поверка действительна до", &until.russian());
    }
}
