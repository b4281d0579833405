//! Spreadsheets from outside: whatever the bytes are, reading them does not panic and loses no row
//! silently.

use std::io::{Cursor, Write as _};

use proptest::prelude::*;
use vyezd_server::import::{RowProblem, Severity, TableError, orders, readings, types};
use vyezd_server::limits::office::{TABLE_BYTES_MAX, WORKBOOK_BYTES_MAX, WORKBOOK_CELLS_MAX};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const ORDERS: &str = include_str!("../../tests/data/day_orders.csv");
const READINGS: &str = include_str!("../../tests/data/day_readings.csv");
/// Books of the example day's first orders, written by the libraries of Python.
const BOOKS: [(&str, &[u8]); 3] = [
    ("xlsx", include_bytes!("books/orders.xlsx")),
    ("xls", include_bytes!("books/orders.xls")),
    ("ods", include_bytes!("books/orders.ods")),
];

/// A file with some bytes changed, cut or doubled.
fn hurt(file: &[u8], wounds: &[(usize, u8, u8)]) -> Vec<u8> {
    let mut bytes = file.to_vec();
    for (at, how, byte) in wounds {
        let at = at % bytes.len().max(1);
        match how % 4 {
            0 => bytes[at] = *byte,
            1 => drop(bytes.remove(at)),
            2 => bytes.insert(at, *byte),
            _ => bytes.truncate(at.max(1)),
        }
        if bytes.is_empty() {
            bytes.push(b';');
        }
    }
    bytes
}

/// Text as a program of some kind writes it.
fn written(text: &str, encoding: u8) -> Vec<u8> {
    match encoding % 6 {
        0 => text.as_bytes().to_vec(),
        1 => format!("\u{feff}{text}").into_bytes(),
        2 => format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect(),
        3 => format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect(),
        4 => encoding_rs::WINDOWS_1251.encode(text).0.into_owned(),
        _ => encoding_rs::IBM866.encode(text).0.into_owned(),
    }
}

/// A cell as a program writes it: quoted where it must be.
fn cell(text: &str, delimiter: char) -> String {
    if text.contains(['"', '\n', '\r', delimiter]) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

const HEAD: [&str; 15] = [
    "заявка",
    "дата",
    "окно",
    "вид",
    "срочность",
    "клиент",
    "телефон",
    "район",
    "адрес",
    "рег_номер",
    "модификация",
    "заводской_номер",
    "вода",
    "положение",
    "комментарий",
];

/// A table of orders; client, address and remark of each are given.
fn orders_of(rows: &[[String; 3]], delimiter: char, end: &str) -> String {
    let mut lines = vec![HEAD.join(&delimiter.to_string())];
    for (at, [client, address, note]) in rows.iter().enumerate() {
        let number = (at + 1).to_string();
        let serial = format!("{:05}", at + 1);
        let cells = [
            &number,
            "2026-09-14",
            "9-11",
            "поверка",
            "план",
            client,
            "9271102101",
            "Южный",
            address,
            "16078-13",
            "СХВ-15",
            &serial,
            "хол.",
            "гор.",
            note,
        ];
        let cells: Vec<String> = cells.iter().map(|text| cell(text, delimiter)).collect();
        lines.push(cells.join(&delimiter.to_string()));
    }
    lines.push(String::new());
    lines.join(end)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn nothing_in_a_file_makes_the_import_panic(
        wounds in prop::collection::vec((any::<usize>(), any::<u8>(), any::<u8>()), 0..12),
        noise in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        for file in [hurt(ORDERS.as_bytes(), &wounds), noise.clone()] {
            drop(orders::parse(&file, None));
        }
        for file in [hurt(READINGS.as_bytes(), &wounds), noise.clone()] {
            drop(readings::parse(&file));
        }
        for file in [hurt(types::BUILT_IN.as_bytes(), &wounds), noise] {
            drop(types::parse(&file));
        }
    }

    #[test]
    fn nothing_in_a_workbook_makes_the_import_panic(
        wounds in prop::collection::vec((any::<usize>(), any::<u8>(), any::<u8>()), 1..12),
        noise in prop::collection::vec(any::<u8>(), 0..2000),
        part in 0_usize..16,
    ) {
        for (_, book) in BOOKS {
            drop(orders::parse(&hurt(book, &wounds), None));
        }
        // Wounds inside the parts, which the sums of a ZIP do not notice.
        for (_, book) in [BOOKS[0], BOOKS[2]] {
            drop(orders::parse(&repacked(book, part, &wounds), None));
        }
        for begin in [&b"PK\x03\x04"[..], b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"] {
            drop(orders::parse(&[begin, &noise].concat(), None));
        }
    }

    #[test]
    fn rows_come_back_from_every_dialect(
        rows in prop::collection::vec(
            ["[а-яА-Я .,;\"|\t/]{0,12}", "[а-яА-Я0-9 .,;\"|\t/]{0,16}", "[а-я ,;\"\n]{0,20}"],
            1..6,
        ),
        delimiter in prop::sample::select(vec![';', ',', '\t', '|']),
        end in prop::sample::select(vec!["\r\n", "\n", "\r"]),
        encoding in any::<u8>(),
    ) {
        let rows: Vec<[String; 3]> = rows
            .into_iter()
            // A note of so many delimiters looks like swallowed rows, and is said to be.
            .map(|[client, address, note]| {
                [client, format!("г. Саратов, д{address}"), note.replacen(delimiter, ".", 18)]
            })
            .collect();
        let text = orders_of(&rows, delimiter, end);
        let (found, problems) = orders::parse(&written(&text, encoding), None).unwrap();
        // Line 0 is about the whole table, which has no prices.
        let of_lines: Vec<RowProblem> = problems.into_iter().filter(|of| of.line > 0).collect();
        prop_assert_eq!(of_lines, vec![], "{}", text);
        prop_assert_eq!(found.len(), rows.len());
        let blanks = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        for (at, (order, [client, address, note])) in found.iter().zip(&rows).enumerate() {
            prop_assert_eq!(blanks(&order.client), blanks(client));
            prop_assert_eq!(blanks(&order.address), blanks(address));
            prop_assert_eq!(blanks(&order.access.note), blanks(note));
            prop_assert_eq!(&order.number, &(at + 1).to_string());
        }
    }

    #[test]
    fn every_line_is_taken_or_named(
        cells in prop::collection::vec(("[а-я;\"0-9 ]{0,10}", 4_usize..15), 1..8),
        end in prop::sample::select(vec!["\r\n", "\n", "\r"]),
    ) {
        // One cell of each row is written as a careless program writes it.
        let rows = vec![["Анна".to_owned(), "дом".to_owned(), String::new()]; cells.len()];
        let text = orders_of(&rows, ';', "\n");
        let lines = text.lines().zip(std::iter::once(None).chain(cells.iter().map(Some)));
        let lines: Vec<String> = lines
            .map(|(line, wound)| {
                let mut row: Vec<&str> = line.split(';').collect();
                if let Some((cell, column)) = wound {
                    row[*column] = cell;
                }
                row.join(";")
            })
            .collect();
        let text = lines.join(end);
        let (found, problems) = orders::parse(text.as_bytes(), None).unwrap();
        for line in 2..=lines.len() as u64 {
            let taken = found.iter().any(|order| order.line == line);
            prop_assert!(taken || problems.iter().any(|p| p.line == line), "{line}: {text}");
        }
    }

    #[test]
    fn any_cell_is_taken_or_named(cell in "[^;\r\n\"]{0,20}", column in 0_usize..16) {
        let mut lines = READINGS.lines();
        let head = lines.next().unwrap();
        let mut cells: Vec<&str> = lines.next().unwrap().split(';').collect();
        cells[column] = &cell;
        let text = format!("{head}\n{}\n", cells.join(";"));
        let (found, problems) = readings::parse(text.as_bytes()).unwrap();
        let whole = found.iter().any(|line| line.row.is_some());
        let blank = cells.iter().all(|cell| cell.trim().is_empty());
        prop_assert!(whole || !problems.is_empty() || blank, "{text}");
    }
}

/// A ZIP with one of its parts hurt.
fn repacked(book: &[u8], part: usize, wounds: &[(usize, u8, u8)]) -> Vec<u8> {
    let mut zip = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..zip.len() {
        let mut entry = zip.by_index(at).unwrap();
        let mut bytes = Vec::new();
        std::io::copy(&mut entry, &mut bytes).unwrap();
        if at == part % 16 || part == 15 {
            bytes = hurt(&bytes, wounds);
        }
        let name = entry.name().unwrap().into_owned();
        out.start_file(name, SimpleFileOptions::default()).unwrap();
        out.write_all(&bytes).unwrap();
    }
    out.finish().unwrap().into_inner()
}

/// A workbook of XML with one sheet.
fn xlsx(sheet: &str) -> Vec<u8> {
    merged(sheet, "")
}

/// The same with merged cells, `<mergeCell ref="A2:A3"/>` each.
fn merged(sheet: &str, cells: &str) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const LINK: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    let parts = [
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/\
                 relationships\"><Relationship Id=\"r1\" Type=\"{LINK}/officeDocument\" \
                 Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{LINK}\"><sheets>\
                 <sheet name=\"1\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/\
                 relationships\"><Relationship Id=\"r1\" Type=\"{LINK}/worksheet\" \
                 Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(
                "<worksheet xmlns=\"{MAIN}\"><sheetData>{sheet}</sheetData>\
                 <mergeCells count=\"1\">{cells}</mergeCells></worksheet>"
            ),
        ),
    ];
    for (name, text) in parts {
        let packed =
            SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        out.start_file(name, packed).unwrap();
        out.write_all(text.as_bytes()).unwrap();
    }
    out.finish().unwrap().into_inner()
}

fn inline(place: &str, text: &str) -> String {
    format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

#[test]
fn the_example_day_reads_without_a_problem() {
    let (found, problems) = orders::parse(ORDERS.as_bytes(), None).unwrap();
    assert_eq!((found.len(), problems), (9, vec![]));
    let (found, problems) = readings::parse(READINGS.as_bytes()).unwrap();
    assert_eq!((found.len(), problems), (31, vec![]));
}

#[test]
fn the_same_orders_come_out_of_every_kind_of_book() {
    let (wanted, _) = orders::parse(ORDERS.as_bytes(), None).unwrap();
    for (kind, book) in BOOKS {
        let (found, problems) = orders::parse(book, None).unwrap();
        assert_eq!(problems, vec![], "{kind}");
        assert_eq!(found.len(), wanted.len(), "{kind}");
        for (found, wanted) in found.iter().zip(&wanted) {
            // The book has two rows of titles above the head, and the file none.
            assert_eq!(found.line, wanted.line + 2, "{kind}");
            assert_eq!((&found.address, found.price_kop), (&wanted.address, wanted.price_kop));
            assert_eq!((found.date, found.window), (wanted.date, wanted.window), "{kind}");
            let serials = |order: &orders::OrderLine| -> Vec<String> {
                order.instruments.iter().map(|i| i.serial_number.clone()).collect()
            };
            assert_eq!(serials(found), serials(wanted), "{kind}");
        }
    }
}

#[test]
fn a_table_beyond_its_bounds_is_refused() {
    let large = vec![b' '; TABLE_BYTES_MAX + 1];
    assert!(matches!(orders::parse(&large, None), Err(TableError::TooLarge(_))));
    // A bomb: so many blanks pack into a few hundred kilobytes.
    let mut bomb = ZipWriter::new(Cursor::new(Vec::new()));
    let packed = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    bomb.start_file("xl/workbook.xml", packed).unwrap();
    let blanks = vec![b' '; 1 << 20];
    for _ in 0..=WORKBOOK_BYTES_MAX >> 20 {
        bomb.write_all(&blanks).unwrap();
    }
    let bomb = bomb.finish().unwrap().into_inner();
    assert!(bomb.len() < TABLE_BYTES_MAX);
    assert!(matches!(orders::parse(&bomb, None), Err(TableError::TooManyCells(_))));
    // Cells in far corners: only what stands is kept, and its places are counted.
    let far: String = (1..=WORKBOOK_CELLS_MAX / 16_384 + 1)
        .map(|row| format!("<row r=\"{row}\">{}</row>", inline(&format!("XFD{row}"), "x")))
        .collect();
    assert!(matches!(orders::parse(&xlsx(&far), None), Err(TableError::TooManyCells(_))));
    let corners = format!(
        "<row r=\"1\">{}</row><row r=\"1048576\">{}</row>",
        inline("A1", "а"),
        inline("XFD1048576", "б")
    );
    assert!(matches!(orders::parse(&xlsx(&corners), None), Err(TableError::NoHead { .. })));
}

#[test]
fn merged_cells_stand_in_every_row_and_a_merged_price_counts_once() {
    let letter = |at: usize| char::from(b'A' + at as u8);
    let names: Vec<&str> = HEAD.iter().copied().chain(["цена_руб"]).collect();
    let row = |line: usize, cells: &[&str]| {
        let cells = cells.iter().enumerate();
        let cells = cells.filter(|(_, text)| !text.is_empty());
        let cells: String =
            cells.map(|(at, text)| inline(&format!("{}{line}", letter(at)), text)).collect();
        format!("<row r=\"{line}\">{cells}</row>")
    };
    let first = [
        "7",
        "14.09.2026",
        "9-11",
        "поверка",
        "плановая",
        "Анна",
        "9271102101",
        "Южный",
        "ул. Мира, 1",
        "16078-13",
        "СХВ-15",
        "0045101",
        "хол",
        "гор",
        "",
        "1900",
    ];
    let mut second = [""; 16];
    for at in [9, 10, 12, 13] {
        second[at] = first[at];
    }
    second[11] = "0045102";
    let sheet = [row(1, &names), row(2, &first), row(3, &second)].concat();
    // Everything of the order is merged over its two rows, the price too.
    let merges: String = [0, 1, 2, 3, 4, 5, 6, 7, 8, 15]
        .map(|at| format!("<mergeCell ref=\"{0}2:{0}3\"/>", letter(at)))
        .concat();
    let (found, problems) = orders::parse(&merged(&sheet, &merges), None).unwrap();
    assert_eq!(problems, vec![]);
    let [order] = &found[..] else { panic!("{found:?}") };
    assert_eq!((order.instruments.len(), order.price_kop), (2, 190_000));
    // Without the merge the second row has no number and no day.
    let (found, problems) = orders::parse(&xlsx(&sheet), None).unwrap();
    assert_eq!(found[0].instruments.len(), 1);
    assert!(problems.iter().any(|of| of.line == 3 && of.severity == Severity::Error));
}

#[test]
fn a_merge_over_everything_ends() {
    let sheet = format!("<row r=\"1\">{}</row>", inline("A1", "заявка"));
    let merges = "<mergeCell ref=\"A1:XFD1048576\"/>".repeat(2_000);
    assert!(orders::parse(&merged(&sheet, &merges), None).is_err());
}

#[test]
fn a_book_names_the_row_of_its_sheet() {
    let letters = |at: usize| char::from(b'A' + at as u8);
    let head: String = HEAD
        .iter()
        .enumerate()
        .map(|(at, name)| inline(&format!("{}4", letters(at)), name))
        .collect();
    let sheet = format!(
        "<row r=\"4\">{head}</row><row r=\"9\">{}{}</row>",
        inline("A9", "7"),
        inline("B9", "завтра")
    );
    let (_, problems) = orders::parse(&xlsx(&sheet), None).unwrap();
    // Line 0 is about the whole table, which has no prices.
    let (whole, of_row) = problems.split_first().unwrap();
    assert_eq!(whole.line, 0, "{problems:?}");
    let wrong = of_row.iter().find(|of| of.column == "дата").unwrap();
    assert_eq!((wrong.line, wrong.severity), (9, Severity::Error));
    assert!(of_row.iter().all(|of| of.line == 9), "{problems:?}");
}
