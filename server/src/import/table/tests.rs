use super::*;

const COLUMNS: Columns = Columns {
    needed: &["заявка", "район"],
    known: &["имя", "комментарий"],
    synonyms: &[("№ заявки", "заявка")],
    free_text: Some("комментарий"),
    day: None,
    once: &[],
};

fn parse(text: &str) -> Table {
    Table::parse("x", text.as_bytes(), &COLUMNS).unwrap()
}

fn rows(table: &Table) -> Vec<[&str; 4]> {
    let cells = |r: Record<'_>| {
        ["заявка", "район", "имя", "комментарий"].map(|column| {
            // The cells live as long as the table.
            let at = table.head.at(column);
            at.and_then(|at| table.rows.iter().find(|row| row.line == r.line)?.cells.get(at))
                .map_or("", String::as_str)
        })
    };
    table.records().map(cells).collect()
}

fn said(table: &Table) -> Vec<(u64, Severity, String)> {
    table.problems().into_iter().map(|p| (p.line, p.severity, p.message)).collect()
}

#[test]
fn loose_delimiters_are_understood_in_a_last_comment_only() {
    let table = parse(
        "\u{feff}Заявка;район;комментарий\r\n1;Южный;собака; звонить;\r\n\r\n2;Северный;\r\n",
    );
    assert_eq!(rows(&table), [["1", "Южный", "", "собака; звонить"], ["2", "Северный", "", ""]]);
    assert_eq!(said(&table), []);
    assert_eq!(table.records().map(|r| r.uneven).collect::<Vec<_>>(), [true, false]);
    let table = parse("заявка;комментарий;район\n1;собака; звонить;Южный\n2;;Северный;;\n");
    assert_eq!(rows(&table), [["2", "Северный", "", ""]]);
    let said = said(&table);
    assert!(
        matches!(&said[..], [(2, Severity::Error, words)] if words.contains("ячеек больше (4)"))
    );
}

#[test]
fn what_nobody_sees_is_dropped() {
    let text = "заявка;район;имя;комментарий\n1;Юж\0ный\u{202e};\"\u{7}Анна\u{85}\n\u{feff}П.\";\"раз\r\nдва\"\n";
    assert_eq!(rows(&parse(text)), [["1", "Южный", "Анна П.", "раз\nдва"]]);
}

#[test]
fn titles_above_the_head_are_passed_over_and_lines_stay() {
    let text =
        "Заявки на 20.11.2026;;;\r\nООО \"Ромашка\r\n\r\n№ заявки;Район\r\n1;Южный\r\n2;#Н/Д\r\n";
    let table = parse(text);
    assert_eq!(table.records().map(|r| r.line).collect::<Vec<_>>(), [5]);
    assert!(matches!(&said(&table)[..], [(6, Severity::Error, words)] if words.contains("«#Н/Д»")));
}

#[test]
fn a_broken_byte_is_named_and_only_a_comment_is_taken_with_it() {
    let mut bytes = "заявка;район;комментарий\n1;Южный;собака\n2;Север".as_bytes().to_vec();
    bytes.insert(bytes.len() - 17, 0xd0);
    bytes.push(0xd1);
    let table = Table::parse("x", &bytes, &COLUMNS).unwrap();
    assert_eq!(rows(&table).len(), 1, "{:?}", said(&table));
    assert!(table.problems().iter().any(|p| p.line == 3 && p.severity == Severity::Error));
    let bytes =
        [&b"\xef\xbb\xbf"[..], "заявка;район;комментарий\n1;Южный;оре".as_bytes(), b"\xd0\n"];
    let table = Table::parse("x", &bytes.concat(), &COLUMNS).unwrap();
    assert_eq!(rows(&table), [["1", "Южный", "", "оре?"]]);
    assert!(matches!(&said(&table)[..], [(2, Severity::Warning, _)]));
}

#[test]
fn a_stray_quote_is_told_and_every_row_stays() {
    let text =
        "заявка;район;имя;комментарий\n1;А;\"Анна;\n2;Б;Б;\n3;В;\"В\";\"собака\n4;Г;Г;\"да\"\n";
    let table = parse(text);
    assert_eq!(rows(&table).len(), 4);
    let lines: Vec<u64> = table.problems().iter().map(|p| p.line).collect();
    assert_eq!(lines, [2, 4], "{:?}", said(&table));
}

#[test]
fn what_is_no_table_says_what_to_do() {
    let error = |bytes: &[u8]| Table::parse("заявки", bytes, &COLUMNS).err().unwrap().to_string();
    assert_eq!(error(b""), "файл «заявки» пуст");
    assert_eq!(error(b"\xef\xbb\xbf\r\n;;\r\n"), "файл «заявки» пуст");
    assert!(error(b"<html><table>").contains("HTML"));
    assert!(error(b"PK\x03\x04nonsense").contains("архив"));
    let words = error("имя;цвет\nАнна;синий\n".as_bytes());
    assert!(words.contains("«имя, цвет»") && words.contains("«заявка»"), "{words}");
}
