//! Sheets of `.ods`, read here because the texts of cells are there as a person sees them, and because
//! a cell that is repeated a million times must not be made a million times.

use std::io::{BufRead, BufReader, Cursor};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use zip::ZipArchive;

use super::sheet::{Merged, NamedSheet, Sheet, Unreadable};

const DAMAGED: Unreadable = Unreadable::Other("повреждённая книга ods: сохраните её заново");

/// A cell that is being read.
#[derive(Default)]
struct Cell {
    kind: String,
    /// `office:value` or `office:date-value`.
    value: String,
    text: String,
    paragraphs: u32,
    repeated: u32,
    /// Rows that it covers.
    rows: u32,
}

/// Where the reader stands.
#[derive(Default)]
struct Place {
    row: u32,
    column: u32,
    /// Cells of the row, with how often each stands.
    cells: Vec<(String, u32)>,
    rows: u32,
    cell: Option<Cell>,
    merged: Vec<Merged>,
    /// Depth inside notes and drawings, which are no text of the cell.
    aside: u32,
    /// The name of the sheet, and whether a person sees it.
    name: String,
    hidden: bool,
}

/// Styles of tables that hide their sheet.
#[derive(Default)]
struct Styles {
    current: String,
    hiding: Vec<String>,
}

impl Styles {
    fn look_at(&mut self, tag: &BytesStart<'_>, place: &mut Place) -> Result<(), Unreadable> {
        match tag.name().as_ref() {
            "style:style" => self.current = attribute(tag, "style:name")?.unwrap_or_default(),
            "style:table-properties"
                if attribute(tag, "table:display")?.as_deref() == Some("false") =>
            {
                self.hiding.push(self.current.clone());
            }
            "table:table" => {
                place.name = attribute(tag, "table:name")?.unwrap_or_default();
                let style = attribute(tag, "table:style-name")?.unwrap_or_default();
                place.hidden = self.hiding.contains(&style);
            }
            _ => {}
        }
        Ok(())
    }
}

pub(super) fn sheets(zip: &mut ZipArchive<Cursor<&[u8]>>) -> Result<Vec<NamedSheet>, Unreadable> {
    let content = zip.by_name("content.xml").map_err(|_| DAMAGED)?;
    read(BufReader::new(content))
}

fn read(content: impl BufRead) -> Result<Vec<NamedSheet>, Unreadable> {
    let mut xml = Reader::from_reader(content);
    let (mut buffer, mut sheets) = (Vec::new(), Vec::new());
    let (mut sheet, mut place) = (Sheet::default(), Place::default());
    let mut styles = Styles::default();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).map_err(|_| DAMAGED)? {
            Event::Eof => return Ok(sheets),
            Event::Start(tag) => {
                styles.look_at(&tag, &mut place)?;
                place.open(&tag)?;
            }
            Event::Empty(tag) => {
                styles.look_at(&tag, &mut place)?;
                place.open(&tag)?;
                close(tag.name().as_ref(), &mut place, &mut sheet)?;
            }
            Event::End(tag) if tag.name().as_ref() == "table:table" => {
                let whole = std::mem::take(&mut sheet);
                let Place { name, hidden, merged, .. } = std::mem::take(&mut place);
                if !hidden {
                    sheets.push(NamedSheet { merged, ..NamedSheet::new(name, whole) });
                }
            }
            Event::End(tag) => close(tag.name().as_ref(), &mut place, &mut sheet)?,
            Event::Text(text) => {
                let text = text.xml10_content();
                place.text(&text);
            }
            Event::GeneralRef(name) => {
                let sign = match name.resolve_char_ref() {
                    Ok(Some(sign)) => Some(sign.to_string()),
                    _ => quick_xml::escape::resolve_xml_entity(&name).map(ToOwned::to_owned),
                };
                place.text(&sign.unwrap_or_default());
            }
            _ => {}
        }
    }
}

impl Place {
    fn open(&mut self, tag: &BytesStart<'_>) -> Result<(), Unreadable> {
        match tag.name().as_ref() {
            "office:annotation" | "draw:frame" => self.aside += 1,
            "table:table-row" => {
                self.rows = count(tag, "table:number-rows-repeated")?;
                (self.column, self.cells) = (0, Vec::new());
            }
            "table:table-cell" | "table:covered-table-cell" => {
                let date = attribute(tag, "office:date-value")?;
                let value = attribute(tag, "office:value")?;
                self.cell = Some(Cell {
                    kind: attribute(tag, "office:value-type")?.unwrap_or_default(),
                    value: date.or(value).unwrap_or_default(),
                    repeated: count(tag, "table:number-columns-repeated")?,
                    rows: count(tag, "table:number-rows-spanned")?,
                    ..Cell::default()
                });
            }
            "text:p" if self.aside == 0 => {
                if let Some(cell) = &mut self.cell {
                    if cell.paragraphs > 0 {
                        cell.text.push('\n');
                    }
                    cell.paragraphs += 1;
                }
            }
            "text:s" => {
                let spaces = count(tag, "text:c")?.min(64) as usize;
                self.text(&" ".repeat(spaces));
            }
            "text:tab" => self.text(" "),
            "text:line-break" => self.text("\n"),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if let Some(cell) = self.cell.as_mut().filter(|cell| cell.paragraphs > 0 && self.aside == 0)
        {
            cell.text.push_str(text);
        }
    }
}

fn close(name: &str, place: &mut Place, sheet: &mut Sheet) -> Result<(), Unreadable> {
    match name {
        "office:annotation" | "draw:frame" => place.aside = place.aside.saturating_sub(1),
        "table:table-cell" | "table:covered-table-cell" => {
            let cell = place.cell.take().unwrap_or_default();
            let (repeated, rows) = (cell.repeated.max(1), cell.rows);
            if rows > 1 {
                let line = u64::from(place.row) + 1;
                let (column, last) = (place.column as usize, line + u64::from(rows) - 1);
                place.merged.push(Merged { line, column, last });
            }
            place.column = place.column.saturating_add(repeated);
            place.cells.push((cell.shown(), repeated));
        }
        "table:table-row" => {
            let cells = std::mem::take(&mut place.cells);
            let blank = cells.iter().all(|(text, _)| text.is_empty());
            // Blank rows are counted only, however many they are.
            let rows = if blank { 0 } else { place.rows };
            for row in 0..rows {
                let mut column = 0_u32;
                for (text, repeated) in &cells {
                    let repeated_here = if text.is_empty() { 0 } else { *repeated };
                    for at in 0..repeated_here {
                        let here = (place.row.saturating_add(row), column.saturating_add(at));
                        sheet.put(here, text.clone())?;
                    }
                    column = column.saturating_add(*repeated);
                }
            }
            place.row = place.row.saturating_add(place.rows);
        }
        _ => {}
    }
    Ok(())
}

impl Cell {
    /// What a person sees; a date in its full form, a number without the blanks between thousands.
    fn shown(self) -> String {
        let seen = |sign: &char| !sign.is_whitespace() && *sign != '%';
        let digits: String = self.text.chars().filter(seen).collect();
        let number = !digits.is_empty()
            && digits.chars().all(|sign| sign.is_ascii_digit() || matches!(sign, ',' | '.' | '-'));
        match self.kind.as_str() {
            "date" if !self.value.is_empty() => self.value.trim_end_matches("T00:00:00").to_owned(),
            "float" | "currency" | "percentage" if number => digits,
            "float" | "currency" if !self.value.is_empty() => self.value,
            _ => self.text,
        }
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, Unreadable> {
    let found = tag.try_get_attribute(name).map_err(|_| DAMAGED)?;
    let value = found.map(|found| found.normalized_value(XmlVersion::Implicit1_0));
    value.map(|value| value.map(|text| text.into_owned()).map_err(|_| DAMAGED)).transpose()
}

fn count(tag: &BytesStart<'_>, name: &str) -> Result<u32, Unreadable> {
    let text = attribute(tag, name)?;
    text.map_or(Ok(1), |text| text.parse().map_err(|_| DAMAGED))
}

#[cfg(test)]
mod tests {
    use super::super::records::Row;
    use super::*;

    fn sheet(rows: &str) -> Result<Vec<Row>, Unreadable> {
        let text = format!(
            "<office:body><table:table table:name=\"1\">{rows}</table:table></office:body>"
        );
        read(text.as_bytes()).map(|mut sheets| sheets.remove(0).rows)
    }

    #[test]
    fn cells_are_read_as_a_person_sees_them() {
        let rows = sheet(
            "<table:table-row table:number-rows-repeated=\"3\"><table:table-cell \
             table:number-columns-repeated=\"16384\"/></table:table-row>\
             <table:table-row><table:table-cell/><table:table-cell office:value-type=\"float\" \
             office:value=\"1412.33\"><office:annotation><text:p>note</text:p></office:annotation>\
             <text:p>1 412,3300</text:p></table:table-cell><table:table-cell \
             office:value-type=\"date\" office:date-value=\"2026-09-01\"><text:p>1 сен</text:p>\
             </table:table-cell><table:table-cell office:value-type=\"string\"><text:p>а &amp;<text:s/>б\
             </text:p><text:p>в</text:p></table:table-cell></table:table-row>",
        );
        let cells = ["", "1412,3300", "2026-09-01", "а & б\nв"].map(ToOwned::to_owned).to_vec();
        assert_eq!(rows.unwrap(), [Row { line: 4, cells, open_quote: None }]);
    }

    #[test]
    fn merged_cells_are_told() {
        let text = "<table:table table:name=\"1\"><table:table-row><table:table-cell/><table:table-cell \
                    table:number-rows-spanned=\"3\"><text:p>а</text:p></table:table-cell>\
                    </table:table-row></table:table>";
        let sheets = read(text.as_bytes()).unwrap();
        assert_eq!(sheets[0].merged, [Merged { line: 1, column: 1, last: 3 }]);
    }

    #[test]
    fn a_hidden_sheet_is_left_out() {
        let text = "<x><style:style style:name=\"ta1\"><style:table-properties \
                    table:display=\"false\"/></style:style><table:table table:name=\"old\" \
                    table:style-name=\"ta1\"></table:table><table:table table:name=\"new\" \
                    table:style-name=\"ta2\"></table:table></x>";
        let names: Vec<String> =
            read(text.as_bytes()).unwrap().into_iter().map(|sheet| sheet.name).collect();
        assert_eq!(names, ["new"]);
    }

    #[test]
    fn what_is_repeated_without_end_is_refused() {
        let rows = sheet(
            "<table:table-row table:number-rows-repeated=\"1048576\"><table:table-cell \
             table:number-columns-repeated=\"16384\"><text:p>x</text:p></table:table-cell>\
             </table:table-row>",
        );
        assert_eq!(rows.unwrap_err(), Unreadable::TooLarge);
    }
}
