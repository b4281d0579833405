//! CBOR, SHA-256 and hexadecimal digits.

use minicbor::decode::{Decode, Decoder};
use minicbor::encode::Encode;
use sha2::{Digest as _, Sha256};

/// Encodes a value as CBOR in memory, which cannot fail.
pub fn encode<T: Encode<()> + ?Sized>(value: &T) -> Vec<u8> {
    let mut out = Vec::new();
    // The sink is a Vec, whose error type is uninhabited.
    let _: Result<(), _> = minicbor::encode(value, &mut out);
    out
}

/// Decodes a value that fills the whole input. Bytes of a stranger go through
/// [`crate::frame::decode_bounded`] instead: CBOR of 4 kB can ask for a gigabyte.
///
/// # Errors
///
/// For input that is no such value, or goes on after the value.
pub fn decode<'b, T: Decode<'b, ()>>(bytes: &'b [u8]) -> Result<T, minicbor::decode::Error> {
    let mut decoder = Decoder::new(bytes);
    let value = decoder.decode()?;
    if decoder.position() == bytes.len() {
        Ok(value)
    } else {
        Err(minicbor::decode::Error::message("bytes after the end"))
    }
}

/// SHA-256 (FIPS 180-4).
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// First 16 bytes of the SHA-256 of all parts one after another: an id that both sides can compute.
/// The first part is a context string, so that ids of two kinds never meet.
pub fn derive_id(parts: &[&[u8]]) -> [u8; 16] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    let hash: [u8; 32] = hash.finalize().into();
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    id
}

/// Lower-case hexadecimal digits, two a byte.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes of hexadecimal digits in either case; `None` for an odd number of digits or any other
/// sign.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).map(|digit| digit as u8);
    let digits: Option<Vec<u8>> = text.as_bytes().iter().map(digit).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    Some(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_go_both_ways_and_signs_are_no_digits() {
        assert_eq!(hex(&[0, 171, 255]), "00abff");
        assert_eq!(unhex("00aBFf"), Some(vec![0, 171, 255]));
        assert_eq!(unhex(""), Some(Vec::new()));
        for wrong in ["0", "0g", "+1", "é", " 1"] {
            assert_eq!(unhex(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn parts_are_hashed_as_one() {
        assert_eq!(derive_id(&[b"a", b"bc"])[..], sha256(b"abc")[..16]);
    }
}
