//! Compression of whole requests and answers: raw deflate with a preset dictionary.
//!
//! The first byte says the form: 1 is deflate with dictionary 1; a byte from 0xa0 on begins an
//! uncompressed CBOR map. A dictionary has a number and never changes.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// Dictionary 1, 24,987 bytes, made from generated documents by `vyezd dictionary`.
const DICTIONARY_1: &[u8] = include_bytes!("../../dictionary/1.bin");
/// First byte of a body deflated with dictionary 1.
const DEFLATE_1: u8 = 1;
/// Least first byte of an uncompressed body, a CBOR map.
const CBOR_MAP: u8 = 0xa0;
/// Bodies below this size, in bytes, are sent uncompressed.
const WORTH_IT: usize = 128;
/// Window of deflate as a power of two.
const WINDOW_BITS: u8 = 15;

/// Reasons for which a body cannot be unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unpackable {
    /// Unknown first byte, or broken deflate.
    #[error("содержимое не распаковывается")]
    Form,
    /// More bytes than the caller allows.
    #[error("содержимое слишком велико")]
    TooLarge,
}

/// Packs a message; the result is never longer than `plain`, whose first byte must be a CBOR map's.
pub fn pack(plain: &[u8]) -> Vec<u8> {
    if plain.len() < WORTH_IT {
        return plain.to_vec();
    }
    let mut out = Vec::with_capacity(plain.len() / 2 + 64);
    out.push(DEFLATE_1);
    let mut deflate = Compress::new_with_window_bits(Compression::new(6), false, WINDOW_BITS);
    if deflate.set_dictionary(DICTIONARY_1).is_err() {
        return plain.to_vec();
    }
    loop {
        let from = usize::try_from(deflate.total_in()).unwrap_or(plain.len());
        out.reserve(4096);
        match deflate.compress_vec(&plain[from..], &mut out, FlushCompress::Finish) {
            Ok(Status::StreamEnd) => break,
            Ok(_) => {}
            Err(_) => return plain.to_vec(),
        }
    }
    if out.len() < plain.len() { out } else { plain.to_vec() }
}

/// Unpacks a message to at most `most` bytes.
///
/// # Errors
///
/// [`Unpackable`]; memory stays near `most` for a bomb as well.
pub fn unpack(bytes: &[u8], most: usize) -> Result<Vec<u8>, Unpackable> {
    match bytes.split_first() {
        Some((&first, _)) if first >= CBOR_MAP => {
            if bytes.len() > most {
                Err(Unpackable::TooLarge)
            } else {
                Ok(bytes.to_vec())
            }
        }
        Some((&DEFLATE_1, packed)) => inflate(packed, most),
        _ => Err(Unpackable::Form),
    }
}

fn inflate(packed: &[u8], most: usize) -> Result<Vec<u8>, Unpackable> {
    let mut inflate = Decompress::new_with_window_bits(false, WINDOW_BITS);
    inflate.set_dictionary(DICTIONARY_1).map_err(|_| Unpackable::Form)?;
    let mut out = Vec::with_capacity((packed.len() * 4).clamp(256, most.max(256)));
    loop {
        let from = usize::try_from(inflate.total_in()).map_err(|_| Unpackable::Form)?;
        let (had, used) = (out.len(), inflate.total_in());
        if out.len() == out.capacity() {
            if out.len() > most {
                return Err(Unpackable::TooLarge);
            }
            out.reserve(out.len().clamp(256, 1 << 20));
        }
        let done = inflate.decompress_vec(&packed[from..], &mut out, FlushDecompress::None);
        match done.map_err(|_| Unpackable::Form)? {
            Status::StreamEnd if out.len() > most => return Err(Unpackable::TooLarge),
            Status::StreamEnd => return Ok(out),
            _ if out.len() > most => return Err(Unpackable::TooLarge),
            _ if out.len() == had && inflate.total_in() == used && out.len() < out.capacity() => {
                return Err(Unpackable::Form);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out_again() {
        for length in [0, 1, 100, 127, 128, 1000, 100_000] {
            let plain: Vec<u8> =
                std::iter::once(0xa1).chain((0..length).map(|n: u32| (n % 97) as u8)).collect();
            let packed = pack(&plain);
            assert!(packed.len() <= plain.len());
            assert_eq!(unpack(&packed, plain.len()).unwrap(), plain, "{length}");
        }
    }

    #[test]
    fn a_bomb_and_nonsense_are_errors() {
        let bomb = pack(
            &std::iter::once(0xa1).chain(std::iter::repeat_n(0, 4_000_000)).collect::<Vec<_>>(),
        );
        assert!(bomb.len() < 10_000);
        assert_eq!(unpack(&bomb, 1_000_000), Err(Unpackable::TooLarge));
        assert_eq!(unpack(&[], 10), Err(Unpackable::Form));
        assert_eq!(unpack(&[7, 1, 2], 10), Err(Unpackable::Form));
        for cut in 1..bomb.len().min(60) {
            assert!(unpack(&bomb[..cut], 10_000_000).is_err(), "{cut}");
        }
    }
}
