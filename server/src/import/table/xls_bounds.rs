//! How many cells an `.xls` would take: its reader makes a rectangle of every sheet, and two cells in
//! opposite corners are four thousand million places. Only records are walked here, nothing is made.

/// End and hole of a chain of sectors.
const CHAIN_ENDS: u32 = 0xffff_fff8;
/// The largest sheet of the format; some programs declare all of it.
const DECLARED_MAX: u64 = 65_536 * 256;

/// The places of all sheets; `None`: the file has no workbook.
pub(super) fn cells(bytes: &[u8]) -> Option<u64> {
    let stream = workbook(bytes)?;
    let sheets = starts(&stream);
    if sheets.is_empty() {
        return None;
    }
    let places = sheets.into_iter().map(|at| sheet(stream.get(at..).unwrap_or_default()));
    Some(places.fold(0, u64::saturating_add))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(2)?)?;
    Some(u32::from(u16::from_le_bytes(bytes.try_into().ok()?)))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

/// Records of a stream: kind and data.
fn records(stream: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (kind, size) = (u16_at(stream, at)?, u16_at(stream, at + 2)? as usize);
        let data = stream.get(at + 4..at + 4 + size)?;
        at += 4 + size;
        Some((kind, data))
    })
}

/// Where the sheets begin in the stream.
fn starts(stream: &[u8]) -> Vec<usize> {
    let sheets = records(stream).take_while(|(kind, _)| *kind != 0x000a);
    let sheets = sheets.filter(|(kind, _)| *kind == 0x0085);
    sheets.filter_map(|(_, data)| Some(u32_at(data, 0)? as usize)).collect()
}

/// The rectangle of a sheet's cells; without end where the sheet declares more than there can be.
fn sheet(stream: &[u8]) -> u64 {
    let (mut rows, mut columns, mut declared) = (0, 0, 0);
    let mut depth = 0_u32;
    for (kind, data) in records(stream) {
        let corner = match kind {
            0x0809 => {
                depth += 1;
                continue;
            }
            0x000a if depth <= 1 => break,
            0x000a => {
                depth -= 1;
                continue;
            }
            0x0200 => {
                declared = dimensions(data).max(declared);
                continue;
            }
            // Many numbers in a row: the last column stands at the end.
            0x00bd => (u16_at(data, 0), u16_at(data, data.len().saturating_sub(2))),
            0x0203 | 0x0204 | 0x00d6 | 0x0205 | 0x027e | 0x00fd | 0x0006 => {
                (u16_at(data, 0), u16_at(data, 2))
            }
            _ => continue,
        };
        if let (Some(row), Some(column)) = corner {
            rows = u64::from(row + 1).max(rows);
            columns = u64::from(column + 1).max(columns);
        }
    }
    if declared > DECLARED_MAX { u64::MAX } else { rows * columns }
}

/// The places that a sheet says it has; its reader sets them aside without filling them.
fn dimensions(data: &[u8]) -> u64 {
    let (rows, columns) = match data.len() {
        10 => ((u16_at(data, 0), u16_at(data, 2)), (u16_at(data, 4), u16_at(data, 6))),
        _ => ((u32_at(data, 0), u32_at(data, 4)), (u16_at(data, 8), u16_at(data, 10))),
    };
    let (first, end) = (rows.0.unwrap_or_default(), rows.1.unwrap_or_default());
    let (left, right) = (columns.0.unwrap_or_default(), columns.1.unwrap_or_default());
    if end == 0 || right == 0 {
        return 1;
    }
    let left = if left > 0xff || right < left { 0 } else { left };
    let rows = end.checked_sub(first).map_or(u64::MAX, u64::from);
    rows.saturating_mul(u64::from(right - left))
}

/// The stream «Workbook» (or «Book») of an OLE file.
fn workbook(bytes: &[u8]) -> Option<Vec<u8>> {
    let shift = u16_at(bytes, 30)?;
    if shift != 9 && shift != 12 {
        return None;
    }
    let size = 1_usize << shift;
    let sector = |id: u32| {
        let at = (id as usize).checked_add(1)?.checked_mul(size)?;
        // The last sector may be cut.
        bytes.get(at..bytes.len().min(at.checked_add(size)?))
    };
    let table = allocation(bytes, size, sector)?;
    let chain = |first: u32, table: &[u32]| {
        let mut stream = Vec::new();
        let mut id = first;
        while id < CHAIN_ENDS && stream.len() <= bytes.len() {
            stream.extend_from_slice(sector(id)?);
            id = *table.get(id as usize)?;
        }
        Some(stream)
    };
    let directory = chain(u32_at(bytes, 48)?, &table)?;
    let entry = |name: &str| {
        directory.chunks_exact(128).find(|entry| name_of(entry).eq_ignore_ascii_case(name))
    };
    let found = entry("Workbook").or_else(|| entry("Book"))?;
    let (first, length) = (u32_at(found, 116)?, u32_at(found, 120)? as usize);
    let mut stream = if length < 4096 {
        let minis = chain(u32_at(directory.get(..128)?, 116)?, &table)?;
        let mini_table = chain(u32_at(bytes, 60)?, &table)?;
        let mini_table: Vec<u32> = numbers(&mini_table).collect();
        let (mut stream, mut id) = (Vec::new(), first);
        while id < CHAIN_ENDS && stream.len() <= bytes.len() {
            let at = (id as usize).checked_mul(64)?;
            stream.extend_from_slice(minis.get(at..at.checked_add(64)?)?);
            id = *mini_table.get(id as usize)?;
        }
        stream
    } else {
        chain(first, &table)?
    };
    stream.truncate(length);
    Some(stream)
}

/// The table of sectors: of each, the one that follows.
fn allocation<'a>(
    bytes: &'a [u8],
    size: usize,
    sector: impl Fn(u32) -> Option<&'a [u8]>,
) -> Option<Vec<u32>> {
    let mut ids: Vec<u32> = numbers(bytes.get(76..512)?).collect();
    let (mut more, mut left) = (u32_at(bytes, 68)?, bytes.len() / size + 1);
    while more < CHAIN_ENDS && left > 0 {
        let mut next: Vec<u32> = numbers(sector(more)?).collect();
        more = next.pop()?;
        ids.extend(next);
        left -= 1;
    }
    let mut table = Vec::new();
    for id in ids.into_iter().filter(|id| *id < CHAIN_ENDS) {
        table.extend(numbers(sector(id)?));
        if table.len() > bytes.len() {
            return None;
        }
    }
    Some(table)
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes.as_chunks::<4>().0.iter().map(|four| u32::from_le_bytes(*four))
}

/// The name of an entry of the directory.
fn name_of(entry: &[u8]) -> String {
    let length = (u16_at(entry, 64).unwrap_or_default() as usize).saturating_sub(2).min(62);
    let name = entry.get(..length).unwrap_or_default();
    let units = name.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair));
    char::decode_utf16(units).filter_map(Result::ok).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOK: &[u8] = include_bytes!("../../../tests/books/orders.xls");

    fn record(kind: u16, data: &[u16]) -> Vec<u8> {
        let size = data.len() as u16 * 2;
        [kind, size].iter().chain(data).flat_map(|word| word.to_le_bytes()).collect()
    }

    #[test]
    fn a_book_of_a_day_is_small() {
        assert_eq!(cells(BOOK), Some(15 * 20));
        assert_eq!(cells(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), None);
    }

    #[test]
    fn cells_in_far_corners_are_counted_as_the_rectangle_between_them() {
        let begin = record(0x0809, &[0x0600, 0x0010]);
        let far = record(0x0203, &[65_535, 65_535, 0, 0, 0, 0, 0]);
        let near = record(0x0203, &[1, 2, 0, 0, 0, 0, 0]);
        let row = record(0x00bd, &[4, 0, 0, 0, 0, 9]);
        let end = record(0x000a, &[]);
        let corner = [&begin[..], &near, &far, &end].concat();
        assert_eq!(sheet(&corner), 65_536 * 65_536);
        assert_eq!(sheet(&[&begin[..], &near, &row, &end, &far].concat()), 5 * 10);
        // A chart inside the sheet has cells of its own.
        assert_eq!(sheet(&[&begin[..], &near, &begin, &end, &row, &end].concat()), 5 * 10);
    }

    #[test]
    fn a_sheet_that_declares_more_than_there_can_be_is_without_end() {
        let declared =
            |rows: u16, columns: u16| sheet(&record(0x0200, &[0, 0, rows, 1, 0, columns, 0]));
        assert_eq!((declared(0, 0xff), declared(9, 0xffff)), (0, u64::MAX));
        let backwards = record(0x0200, &[5, 0, 1, 0, 0, 3, 0]);
        assert_eq!(sheet(&backwards), u64::MAX);
    }
}
