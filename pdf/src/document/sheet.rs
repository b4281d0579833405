//! Сервисный лист: what the client read and signed, in large type.

use vyezd_core::doc::seal::{CONSENT_TEXT, Signer};
use vyezd_core::doc::view::{SealedInstrument, SealedResult, SealedView};
use vyezd_core::model::rubles;

use super::common::{LOCAL_NOTE, letterhead, name, qr, signature};
use super::{Paper, Subject};
use crate::layout::{Align, Column, Face, Flow, Table};

/// The sheet of one visit.
pub fn sheet(subject: Subject<'_>) -> Paper {
    let view = subject.view;
    let title = format!("Сервисный лист к заявке № {}", view.order_number);
    let mut flow = Flow::new(&title, subject.stamp());
    letterhead(&mut flow, &subject);
    flow.gap(4.0);
    flow.centred(Face::Bold, 14.0, &format!("СЕРВИСНЫЙ ЛИСТ к заявке № {}", view.order_number));
    flow.gap(6.0);
    flow.field("Кто приходил", &view.performer_name);
    flow.field("Адрес", &view.address);
    if !view.client.is_empty() {
        flow.field("Клиент", &view.client);
    }
    flow.field("Дата", &view.date.russian());
    flow.gap(6.0);
    flow.paragraph(Face::Bold, 11.0, "Приборы");
    flow.gap(2.0);
    let column = |title, share, align| Column::new(title, share, align);
    Table {
        columns: vec![
            column("Прибор", 2.6, Align::Left),
            column("Зав. №", 1.6, Align::Left),
            column("Погрешность, % (допуск)", 2.2, Align::Left),
            column("Вывод", 1.5, Align::Left),
            column("Документы", 2.6, Align::Left),
        ],
        rows: view.instruments.iter().map(instrument_row).collect(),
        size: 9.0,
    }
    .write(&mut flow);
    let reasons = view.instruments.iter().filter(|i| !i.reasons.is_empty());
    for instrument in reasons {
        flow.gap(3.0);
        flow.field(
            &format!("Прибор № {}", instrument.serial_number),
            &instrument.reasons.join("; "),
        );
    }
    flow.gap(8.0);
    flow.paragraph(Face::Bold, 11.0, "Работы и оплата");
    flow.gap(2.0);
    for work in &view.works {
        flow.field(&work.name, &rubles(work.sum_kop));
    }
    let method = view.pay_method.map_or("", |method| method.russian());
    flow.field("К оплате", &rubles(view.due_kop));
    let received = view.received_kop.map_or_else(|| "не указано".to_owned(), rubles);
    flow.field("Получено", format!("{received} {method}").trim());
    flow.gap(8.0);
    flow.paragraph(Face::Regular, 10.0, next_step(view));
    flow.gap(6.0);
    if matches!(subject.signer, Signer::Paper { .. }) {
        signature(&mut flow, subject.signer, subject.strokes);
        flow.field("Подписано", &format!("{}, на бумаге; введено в офисе", view.date.russian()));
    } else {
        flow.paragraph(Face::Regular, 9.0, CONSENT_TEXT);
        signature(&mut flow, subject.signer, subject.strokes);
        flow.field("Подписано", &signed_at(&subject));
    }
    qr(&mut flow, &subject, "Лист, результаты и документы:");
    flow.gap(4.0);
    flow.paragraph(Face::Regular, 8.0, LOCAL_NOTE);
    Paper { title, pages: flow.finish(), date: subject.pdf_date() }
}

/// What becomes of the visit's results.
fn next_step(view: &SealedView) -> &'static str {
    if view.instruments.iter().any(|of| of.result != SealedResult::NotFinished) {
        "Что дальше: сведения о поверке будут переданы в ФИФ ОЕИ (ФГИС «Аршин»); до этого номер записи ещё \
         не присвоен. Состояние и документы — по ссылке ниже."
    } else {
        "Поверка не проведена, в ФИФ ОЕИ (ФГИС «Аршин») ничего не передаётся."
    }
}

/// Date and time at the place, and whether the phone's clock was confirmed.
fn signed_at(subject: &Subject<'_>) -> String {
    let (at, confirmed) = subject.signed_at;
    let civil = subject.view.zone.civil(at);
    let date = subject.view.date.russian();
    let doubt = if confirmed { "" } else { " (время не подтверждено)" };
    format!("{date} {:02}:{:02}{doubt}", civil.hour(), civil.minute())
}

fn instrument_row(instrument: &SealedInstrument) -> Vec<String> {
    let errors: Vec<String> = instrument
        .rows
        .iter()
        .map(|row| format!("{} (±{})", row.error_percent.russian(), row.limit_percent.russian()))
        .collect();
    let verdict = match (instrument.result, instrument.valid_until) {
        (SealedResult::Fit, Some(until)) => format!("пригоден до {}", until.russian()),
        (result, _) => result.russian().to_owned(),
    };
    let papers = [
        ("протокол", &instrument.protocol_number),
        ("свидетельство", &instrument.certificate_number),
        ("извещение", &instrument.notice_number),
    ];
    let papers: Vec<String> = papers
        .into_iter()
        .filter_map(|(what, number)| number.as_ref().map(|number| format!("{what} {number}")))
        .collect();
    let or_dash = |text: String| if text.is_empty() { "—".to_owned() } else { text };
    vec![
        name(instrument),
        instrument.serial_number.clone(),
        or_dash(errors.join("; ")),
        verdict,
        or_dash(papers.join("; ")),
    ]
}
