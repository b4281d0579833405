//! The papers as files: the same bytes twice, inside the page, no missing glyph, every field there.

use vyezd_core::doc::seal::{Signer, StrokePoint, Strokes};
use vyezd_core::doc::view::*;
use vyezd_core::model::*;
use vyezd_pdf::layout::{Fonts, Item, PAGE};
use vyezd_pdf::{Paper, Subject, certificate, notice, protocol, sheet};

fn read(text: &str) -> Reading {
    Reading::parse(text).unwrap()
}

fn entity(specimen: bool) -> Entity {
    Entity {
        id: EntityId::from_bytes([3; 16]),
        name: "ООО «Водоучёт-Поверка»".to_owned(),
        address: "410012, г. Саратов, ул. Московская, д. 66".to_owned(),
        accreditation: "RA.RU.312345".to_owned(),
        sign_cipher: "ВУП".to_owned(),
        code: "ВМ".to_owned(),
        templates: NumberTemplates::default(),
        zone: Zone::parse("Europe/Saratov").unwrap(),
        head: "Громов А. С.".to_owned(),
        phone: "+7 845 200-00-00".to_owned(),
        specimen,
    }
}

fn view(rows: usize, result: SealedResult) -> SealedView {
    let row = |n: usize| SealedRow {
        measurement: MeasurementId::from_bytes([n as u8; 16]),
        point: ["Qмин", "1,1Qп", "Qнаиб"][n % 3].to_owned(),
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
    };
    let conditions = Conditions {
        air_c: Some(read("22.1")),
        humidity_percent: Some(read("45")),
        pressure_kpa: Some(read("100.2")),
        water_c: Some(read("12.4")),
        source: Some(Source::Typed),
    };
    let fit = result == SealedResult::Fit;
    SealedView {
        version: 1,
        order: OrderId::from_bytes([1; 16]),
        visit: VisitId::from_bytes([2; 16]),
        order_number: "1001".to_owned(),
        entity: EntityId::from_bytes([3; 16]),
        entity_name: "ООО «Водоучёт-Поверка»".to_owned(),
        performer: PersonId::from_bytes([4; 16]),
        performer_name: "Иванов Иван Петрович".to_owned(),
        client: "Кузнецова Мария Петровна".to_owned(),
        address: "г. Саратов, ул. Тархова, д. 12, кв. 45".to_owned(),
        date: LegalDate::parse("2026-08-26").unwrap(),
        zone: Zone::parse("Europe/Saratov").unwrap(),
        zone_table: 1,
        works: vec![Work {
            name: "Поверка приборов учёта воды: 1".to_owned(), sum_kop: 90_000
        }],
        due_kop: 90_000,
        received_kop: Some(90_000),
        pay_method: Some(PayMethod::Cash),
        instruments: vec![SealedInstrument {
            id: InstrumentId::from_bytes([5; 16]),
            type_number: "16078-13".to_owned(),
            modification: "СХВ-15".to_owned(),
            serial_number: "08812345".to_owned(),
            year: Some(2020),
            water: Some(Water::Cold),
            position: Some(Position::Horizontal),
            method: "МИ 1592-2015".to_owned(),
            method_version: 1,
            result,
            reasons: if fit {
                Vec::new()
            } else {
                vec!["не пройдено: герметичность".to_owned()]
            },
            valid_until: fit.then(|| LegalDate::parse("2032-08-25").unwrap()),
            checks: Check::ALL
                .into_iter()
                .map(|check| {
                    let passed = fit || check != Check::Tightness;
                    SealedCheck { check, result: CheckResult { passed, reason: String::new() } }
                })
                .collect(),
            start: Some(conditions.clone()),
            end: Some(conditions),
            rows: (0..rows).map(row).collect(),
            means: vec![SealedMeans {
                kind: MeansKind::Mieta,
                title: "Установка поверочная УПСЖ-3П".to_owned(),
                number: "72850.18.3Р.00701885".to_owned(),
                serial_number: "0117".to_owned(),
                valid_until: LegalDate::parse("2027-09-30").unwrap(),
                given_roles: None,
                accuracy: None,
                certificate: None,
            }],
            protocol_number: Some("ВМ-П-2026-000001".to_owned()),
            certificate_number: fit.then(|| "ВМ-2026-000001".to_owned()),
            notice_number: (!fit).then(|| "ВМ-Н-2026-000001".to_owned()),
            dn_mm: Some(15),
            q_min: Some(read("0.03")),
            q_t: Some(read("0.12")),
            q_nom: Some(read("1.5")),
            q_max: Some(read("3")),
        }],
    }
}

fn with_subject<T>(view: &SealedView, specimen: bool, make: impl FnOnce(Subject<'_>) -> T) -> T {
    let point =
        |n: u32| StrokePoint { x: n * 90, y: 40 + n * n % 200, t_ms: n * 12, pressure: 400 };
    let strokes = Strokes { width: 1000, height: 320, strokes: vec![(0..10).map(point).collect()] };
    let signer = Signer::Signed {
        name: "Кузнецова М. П.".to_owned(),
        relation: "собственник".to_owned(),
    };
    let entity = entity(specimen);
    make(Subject {
        entity: &entity,
        view,
        signer: &signer,
        strokes: &strokes,
        signed_at: (Timestamp(1_787_730_000_000), true),
        link: "https://vyezd.example/s/0123456789abcdef0123456789abcdef",
        fund: None,
    })
}

fn all(specimen: bool) -> Vec<(&'static str, Paper)> {
    let (fit, unfit) = (view(3, SealedResult::Fit), view(0, SealedResult::Unfit));
    let long = view(48, SealedResult::Fit);
    vec![
        ("protocol", with_subject(&fit, specimen, |s| protocol(s, &fit.instruments[0]))),
        (
            "protocol of two pages",
            with_subject(&long, specimen, |s| protocol(s, &long.instruments[0])),
        ),
        ("certificate", with_subject(&fit, specimen, |s| certificate(s, &fit.instruments[0]))),
        ("notice", with_subject(&unfit, specimen, |s| notice(s, &unfit.instruments[0]))),
        (
            "protocol of an unfit one",
            with_subject(&unfit, specimen, |s| protocol(s, &unfit.instruments[0])),
        ),
        ("sheet", with_subject(&fit, specimen, sheet)),
    ]
}

fn text(pdf: &[u8]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("paper.pdf");
    std::fs::write(&path, pdf).unwrap();
    let out = std::process::Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output();
    let out = out.expect("pdftotext (poppler-utils) is installed");
    assert!(out.status.success());
    String::from_utf8(out.stdout).unwrap()
}

#[test]
fn the_same_data_gives_the_same_bytes() {
    for ((name, first), (_, second)) in all(false).into_iter().zip(all(false)) {
        let bytes = first.bytes();
        assert_eq!(bytes, second.bytes(), "{name}");
        assert_eq!(bytes, first.bytes(), "{name}");
    }
}

#[test]
fn a_protocol_of_two_pages_is_small_and_numbered() {
    let (_, paper) = all(false).swap_remove(1);
    assert_eq!(paper.pages.len(), 2);
    let bytes = paper.bytes();
    assert!(bytes.len() <= 60_000, "{} bytes", bytes.len());
    let text = text(&bytes);
    assert!(text.contains("стр. 1 из 2") && text.contains("стр. 2 из 2"), "{text}");
}

#[test]
fn every_box_is_inside_its_page_and_every_glyph_is_there() {
    let fonts = Fonts::default();
    for (name, paper) in all(true) {
        for item in paper.pages.iter().flat_map(|page| &page.items) {
            let (left, bottom, right, top) = item.bounds(&fonts);
            let inside = left >= 0.0 && bottom >= 0.0 && right <= PAGE.0 && top <= PAGE.1;
            assert!(inside, "{name}: {item:?} reaches {left} {bottom} {right} {top}");
            if let Item::Text { text, face, .. } = item {
                assert_eq!(&fonts.printable(*face, text), text, "{name}");
                assert!(!text.contains('?'), "{name}: a glyph is missing in {text:?}");
            }
        }
    }
}

#[test]
fn each_means_says_what_it_measured() {
    let mut view = view(3, SealedResult::Fit);
    let means = &mut view.instruments[0].means;
    let air = SealedMeans {
        kind: MeansKind::Mis,
        title: "ИВА-6Н-Д".to_owned(),
        given_roles: Some(vec![MeansRole::Thermohygrometer, MeansRole::Barometer]),
        accuracy: Some("±0,3 °С; ±2 %".to_owned()),
        certificate: Some("С-АБ/15-01-2026/312".to_owned()),
        ..means[0].clone()
    };
    means.push(air);
    let paper = with_subject(&view, false, |s| protocol(s, &view.instruments[0]));
    let found = text(&paper.bytes());
    let flat: String = found.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "до 30.09.2027: объём воды",
        "±0,3 °С; ±2 %), поверка С-АБ/15-01-2026/312",
        "температура и влажность воздуха, атмосферное давление",
    ] {
        assert!(flat.contains(words), "{words}: {found}");
    }
}

#[test]
fn the_record_in_the_fund_stands_with_its_address() {
    let number = FundNumber::parse("С-ВМ/26-08-2026/402123271").unwrap();
    let (fit, unfit) = (view(3, SealedResult::Fit), view(0, SealedResult::Unfit));
    let papers = [
        with_subject(&fit, false, |s| {
            certificate(Subject { fund: Some(&number), ..s }, &fit.instruments[0])
        }),
        with_subject(&unfit, false, |s| {
            notice(Subject { fund: Some(&number), ..s }, &unfit.instruments[0])
        }),
    ];
    for paper in papers {
        let text = text(&paper.bytes());
        assert!(text.contains("С-ВМ/26-08-2026/402123271"), "{text}");
        assert!(text.contains("results/1-402123271"), "{text}");
        assert!(!text.contains("будет присвоен"), "{text}");
    }
}

#[test]
fn every_field_of_the_forms_is_found_as_text() {
    let fields: [(usize, &[&str]); 4] = [
        (
            0,
            &[
                "ООО «Водоучёт-Поверка»",
                "410012",
                "RA.RU.312345",
                "ПРОТОКОЛ № ВМ-П-2026-000001",
                "периодической поверки",
                "СХВ-15",
                "2020",
                "08812345",
                "16078-13",
                "Кузнецова Мария Петровна",
                "ул. Тархова",
                "Qmin 0,03",
                "класс B",
                "Температура воздуха",
                "22,1",
                "от 5 до 50",
                "100,2",
                "УПСЖ-3П",
                "72850.18.3Р.00701885",
                "МИ 1592-2015",
                "Внешний осмотр",
                "Опробование",
                "Герметичность",
                "соответствует",
                "0,031",
                "143,2510",
                "143,2572",
                "0,0062",
                "0,0063",
                "−1,6",
                "±5",
                "пригодно к применению",
                "Иванов Иван Петрович",
                "26.08.2026",
                "25.08.2032",
                "номер будет присвоен ФИФ ОЕИ",
                "стр. 1 из 1",
            ],
        ),
        (
            2,
            &[
                "СВИДЕТЕЛЬСТВО О ПОВЕРКЕ",
                "ВМ-2026-000001 (номер организации)",
                "Действительно до 25.08.2032",
                "08812345",
                "16078-13",
                "МИ 1592-2015",
                "УПСЖ-3П",
                "периодическ",
                "пригодным к применению",
                "ВУП",
                "номер будет присвоен ФИФ ОЕИ",
                "Громов А. С.",
                "Иванов Иван Петрович",
                "26.08.2026",
            ],
        ),
        (
            3,
            &[
                "ИЗВЕЩЕНИЕ О НЕПРИГОДНОСТИ",
                "ВМ-Н-2026-000001",
                "08812345",
                "Причины непригодности",
                "герметичность",
                "непригодным к применению",
                "26.08.2026",
            ],
        ),
        (
            5,
            &[
                "СЕРВИСНЫЙ ЛИСТ",
                "1001",
                "Иванов Иван Петрович",
                "ул. Тархова",
                "СХВ-15",
                "08812345",
                "пригоден до",
                "900,00",
                "Получено",
                "наличными",
                "ФИФ ОЕИ",
                "Кузнецова М. П. (собственник)",
                "https://vyezd.example/s/",
            ],
        ),
    ];
    let papers = all(false);
    for (at, wanted) in fields {
        let found = text(&papers[at].1.bytes());
        let flat: String = found.split_whitespace().collect::<Vec<_>>().join(" ");
        for field in wanted {
            assert!(flat.contains(field), "{}: no {field:?} in\n{found}", papers[at].0);
        }
    }
    let unfit = text(&papers[3].1.bytes());
    assert!(!unfit.contains("Действительно до"), "a notice has no end of validity");
}

#[test]
fn invented_firms_are_stamped() {
    let stamped = |specimen| {
        all(specimen).into_iter().all(|(_, paper)| {
            paper.pages.iter().all(|page| matches!(page.items.first(), Some(Item::Stamp { .. })))
        })
    };
    for (name, paper) in all(true) {
        assert!(text(&paper.bytes()).contains("ОБРАЗЕЦ"), "{name}: the stamp is not found as text");
    }
    assert!(stamped(true));
    assert!(!stamped(false));
}
