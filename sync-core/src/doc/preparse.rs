//! A bounded look at the bytes of a change before any library sees them.
//!
//! Automerge expands whatever a change declares: 142 bytes can ask for a million operations, a
//! deflated chunk for gigabytes. Nothing of a change is expanded here: lengths are compared with
//! the bytes present, and run lengths are added up as numbers.
//!
//! The layout is that of the binary format, <https://automerge.org/automerge-binary-format-spec/>:
//! magic, checksum, type, length, then dependencies, actor, seq, start counter, time, message,
//! other actors, column metadata, column data.

use crate::limits::{
    CHANGE_BYTES_MAX, CHANGE_OPS_MAX, COUNTER_MAX, DOC_BYTES_MAX, DOC_CHANGES_MAX, INFLATED_TIMES,
};

pub use crate::limits::ACTOR_BYTES_MAX;
pub use crate::limits::CHANGE_MESSAGE_BYTES_MAX;
pub use crate::limits::COLUMNS_MAX;
pub use crate::limits::DEPS_MAX;
pub use crate::limits::OTHER_ACTORS_MAX;

/// First four bytes of every chunk.
const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
/// A plain change; 2 is a deflated change (which may be a bomb), 3 a bundle.
const TYPE_CHANGE: u8 = 1;

/// A whole document, one snapshot.
const TYPE_DOCUMENT: u8 = 0;

/// Whether bytes begin as a whole document, which only the server may send.
pub fn is_snapshot(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC) && bytes.get(8) == Some(&TYPE_DOCUMENT)
}

/// Faults of the bytes of a change or document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// No plain chunk of the expected type, or an early end, or bytes after the end.
    #[error("изменение не читается")]
    Shape,
    /// Declared lengths or counts beyond the bounds.
    #[error("изменение объявляет слишком много")]
    TooMuch,
}

/// Checks the frame of a change and adds up what it declares.
///
/// # Errors
/// [`Malformed::Shape`] for bytes that are no plain change, [`Malformed::TooMuch`] for a change
/// that would grow beyond [`mod@crate::limits`].
pub fn preparse(bytes: &[u8]) -> Result<(), Malformed> {
    if bytes.len() > CHANGE_BYTES_MAX {
        return Err(Malformed::TooMuch);
    }
    let mut at = Reader { bytes };
    if at.take(4)? != MAGIC {
        return Err(Malformed::Shape);
    }
    at.take(4)?; // the checksum is compared with the hash by the caller
    if at.take(1)? != [TYPE_CHANGE] {
        return Err(Malformed::Shape);
    }
    let length = at.unsigned()?;
    if length != at.bytes.len() as u64 {
        return Err(Malformed::Shape);
    }
    let deps = at.at_most(DEPS_MAX)?;
    at.take(deps * 32)?;
    at.sized(ACTOR_BYTES_MAX)?;
    at.unsigned()?; // seq
    let start = at.unsigned()?;
    if start == 0 || start > COUNTER_MAX {
        return Err(Malformed::TooMuch);
    }
    at.unsigned()?; // time: the sign does not matter here
    at.sized(CHANGE_MESSAGE_BYTES_MAX)?;
    let others = at.at_most(OTHER_ACTORS_MAX)?;
    for _ in 0..others {
        at.sized(ACTOR_BYTES_MAX)?;
    }
    columns(&mut at)
}

/// Checks the frame of a whole document, one chunk, and adds up what its columns declare. Deflated
/// columns are inflated here, together to at most [`INFLATED_TIMES`] times [`DOC_BYTES_MAX`].
///
/// # Errors
/// [`Malformed::Shape`] for bytes that are no single document chunk, [`Malformed::TooMuch`] for a
/// document that would grow beyond [`mod@crate::limits`].
pub fn preparse_document(bytes: &[u8]) -> Result<(), Malformed> {
    if bytes.len() > DOC_BYTES_MAX {
        return Err(Malformed::TooMuch);
    }
    let mut at = Reader { bytes };
    if at.take(4)? != MAGIC {
        return Err(Malformed::Shape);
    }
    at.take(4)?; // the checksum is compared by the library
    if at.take(1)? != [TYPE_DOCUMENT] {
        return Err(Malformed::Shape);
    }
    if at.unsigned()? != at.bytes.len() as u64 {
        return Err(Malformed::Shape);
    }
    for _ in 0..at.at_most(DOC_CHANGES_MAX as u64)? {
        at.sized(ACTOR_BYTES_MAX)?;
    }
    let heads = at.at_most(DOC_CHANGES_MAX as u64)?;
    at.take(heads * 32)?;
    let changes = column_specs(&mut at)?;
    let operations = column_specs(&mut at)?;
    let mut inflated = 0;
    for (spec, length) in changes.into_iter().chain(operations) {
        let data = at.take(length)?;
        if spec & DEFLATED == 0 {
            column(Reader { bytes: data }, spec, COUNTER_MAX)?;
            continue;
        }
        let plain = inflate(data, DOC_BYTES_MAX * INFLATED_TIMES - inflated)?;
        inflated += plain.len();
        column(Reader { bytes: &plain }, spec & !DEFLATED, COUNTER_MAX)?;
    }
    // Indices of the heads among the changes, at most one for each head.
    for _ in 0..heads {
        if at.bytes.is_empty() {
            break;
        }
        at.unsigned()?;
    }
    if at.bytes.is_empty() { Ok(()) } else { Err(Malformed::Shape) }
}

fn column_specs(at: &mut Reader<'_>) -> Result<Vec<(u64, u64)>, Malformed> {
    let count = at.at_most(COLUMNS_MAX)?;
    (0..count).map(|_| Ok((at.unsigned()?, at.unsigned()?))).collect()
}

fn inflate(packed: &[u8], most: usize) -> Result<Vec<u8>, Malformed> {
    let mut inflate = flate2::Decompress::new(false);
    let mut plain = Vec::with_capacity((packed.len() * 4).min(most + 1));
    loop {
        let from = inflate.total_in() as usize;
        let had = plain.len();
        let status = inflate
            .decompress_vec(&packed[from..], &mut plain, flate2::FlushDecompress::Finish)
            .map_err(|_| Malformed::Shape)?;
        if plain.len() > most {
            return Err(Malformed::TooMuch);
        }
        match status {
            flate2::Status::StreamEnd => return Ok(plain),
            _ if plain.len() == plain.capacity() => plain.reserve(plain.len().max(1024)),
            _ if plain.len() == had && inflate.total_in() as usize == from => {
                return Err(Malformed::Shape);
            }
            _ => {}
        }
    }
}

fn columns(at: &mut Reader<'_>) -> Result<(), Malformed> {
    for (spec, length) in column_specs(at)? {
        let data = at.take(length)?;
        if spec & DEFLATED != 0 {
            return Err(Malformed::Shape);
        }
        column(Reader { bytes: data }, spec, CHANGE_OPS_MAX as u64)?;
    }
    // Bytes after the last column are refused later, as extra bytes of the change.
    Ok(())
}

/// The bit of a column's specification that says deflated.
const DEFLATED: u64 = 0b1000;

/// Adds up the declared values of one column. The low three bits of a specification are its type.
fn column(mut data: Reader<'_>, spec: u64, most: u64) -> Result<(), Malformed> {
    let mut total: u64 = 0;
    let mut add = |n: u64| {
        total = total.saturating_add(n);
        if total > most { Err(Malformed::TooMuch) } else { Ok(()) }
    };
    match spec & 0b111 {
        // Raw values: nothing is declared beyond the bytes present.
        7 => Ok(()),
        // Booleans: alternating run lengths.
        4 => {
            while !data.bytes.is_empty() {
                add(data.unsigned()?)?;
            }
            Ok(())
        }
        kind => {
            while !data.bytes.is_empty() {
                let run = data.signed()?;
                match run {
                    0 => add(data.unsigned()?)?,
                    1.. => {
                        add(run as u64)?;
                        data.value(kind)?;
                    }
                    _ => {
                        add(run.unsigned_abs())?;
                        for _ in 0..run.unsigned_abs() {
                            data.value(kind)?;
                        }
                    }
                }
            }
            Ok(())
        }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, n: u64) -> Result<&'a [u8], Malformed> {
        let n = usize::try_from(n).map_err(|_| Malformed::Shape)?;
        let (head, rest) = self.bytes.split_at_checked(n).ok_or(Malformed::Shape)?;
        self.bytes = rest;
        Ok(head)
    }

    /// Reads an unsigned LEB128 number of at most 64 bits.
    fn unsigned(&mut self) -> Result<u64, Malformed> {
        let mut value: u64 = 0;
        for shift in (0..70).step_by(7) {
            let byte = self.take(1)?[0];
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(Malformed::Shape);
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Malformed::Shape)
    }

    /// Reads a signed LEB128 number.
    fn signed(&mut self) -> Result<i64, Malformed> {
        let mut value: i64 = 0;
        for shift in (0..70).step_by(7) {
            let byte = self.take(1)?[0];
            if shift < 64 {
                value |= i64::from(byte & 0x7f) << shift;
            }
            if byte & 0x80 == 0 {
                let negative = byte & 0x40 != 0 && shift + 7 < 64;
                return Ok(if negative { value | (-1 << (shift + 7)) } else { value });
            }
        }
        Err(Malformed::Shape)
    }

    fn at_most(&mut self, most: u64) -> Result<u64, Malformed> {
        let n = self.unsigned()?;
        if n > most { Err(Malformed::TooMuch) } else { Ok(n) }
    }

    fn sized(&mut self, most: u64) -> Result<(), Malformed> {
        let n = self.at_most(most)?;
        self.take(n).map(drop)
    }

    /// Skips one value of a run-length column: a text (type 5) or a number.
    fn value(&mut self, kind: u64) -> Result<(), Malformed> {
        if kind == 5 {
            let length = self.unsigned()?;
            self.take(length).map(drop)
        } else {
            self.unsigned().map(drop)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doc::{Document, Edit};
    use crate::model::{InstrumentId, VisitId};

    #[test]
    fn honest_changes_pass() {
        let (mut doc, first) = Document::create([7; 16]).unwrap();
        preparse(&first.bytes).unwrap();
        let visit = VisitId::from_bytes([1; 16]);
        let instruments = (0..9).map(|n| InstrumentId::from_bytes([n; 16])).collect();
        let edit = Edit::OpenVisit { visit, instruments };
        let change = doc.edit([8; 16], &[edit]).unwrap().unwrap();
        preparse(&change.bytes).unwrap();
        for cut in 0..change.bytes.len() {
            assert!(preparse(&change.bytes[..cut]).is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn numbers_of_every_length_are_read() {
        let read = |bytes: &[u8]| Reader { bytes }.unsigned();
        assert_eq!(read(&[0x7f]), Ok(127));
        assert_eq!(read(&[0x80, 0x01]), Ok(128));
        assert_eq!(read(&[0xff; 9].iter().copied().chain([1]).collect::<Vec<_>>()), Ok(u64::MAX));
        assert_eq!(read(&[0xff; 10]), Err(Malformed::Shape));
        let read = |bytes: &[u8]| Reader { bytes }.signed();
        assert_eq!(read(&[0x7f]), Ok(-1));
        assert_eq!(read(&[0x80, 0x7f]), Ok(-128));
        assert_eq!(read(&[0x3f]), Ok(63));
    }
}
