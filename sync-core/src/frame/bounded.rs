//! Bounds the number of values that a record declares before any value is made: one byte on the
//! wire can become a hundred in memory.

use minicbor::decode::{Decode, Error};

use crate::codec::decode;

/// Decodes bytes of another program that hold at most `items` CBOR values; keys and values of a map
/// count apart.
///
/// # Errors
///
/// For more values, and for anything that [`decode`] refuses.
pub fn decode_bounded<'b, T: Decode<'b, ()>>(bytes: &'b [u8], items: usize) -> Result<T, Error> {
    if is_within(bytes, items) { decode(bytes) } else { Err(Error::message("too many values")) }
}

/// Whether a sequence of CBOR values has at most `items` heads. Bytes that are no CBOR pass: the
/// decoder refuses them.
fn is_within(bytes: &[u8], items: usize) -> bool {
    let (mut rest, mut left) = (bytes, items);
    while let Some((length, after)) = head(rest) {
        let Some(fewer) = left.checked_sub(1) else { return false };
        let Some(next) = usize::try_from(length).ok().and_then(|length| after.get(length..)) else {
            return true;
        };
        (rest, left) = (next, fewer);
    }
    true
}

/// Length of the string that begins here (0 for any other value), and the bytes after the head.
/// `None` at the end and for a cut head.
fn head(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let (major, short) = (first >> 5, first & 0x1f);
    let width = match short {
        24 => 1,
        25 => 2,
        26 => 4,
        27 => 8,
        _ => 0,
    };
    let (argument, rest) = rest.split_at_checked(width)?;
    let long = argument.iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte));
    let is_string = matches!(major, 2 | 3) && short <= 27;
    let length = match (is_string, width) {
        (false, _) => 0,
        (true, 0) => u64::from(short),
        (true, _) => long,
    };
    Some((length, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_and_not_their_bytes() {
        let text = crate::codec::encode(&("тысяча".repeat(100), vec![1_u64, 300, 70_000, 1 << 40]));
        // The pair, the text, the list, four numbers.
        assert!(is_within(&text, 7));
        assert!(!is_within(&text, 6));
        assert!(is_within(&[], 0));
    }

    #[test]
    fn a_list_of_millions_is_refused_whatever_it_holds() {
        for item in [0x80, 0xa0, 0x40, 0x60, 0xf6, 0x00, 0x9f, 0x5f] {
            let mut list = vec![0x9a, 0, 0x3e, 0x8f, 0xa0];
            list.resize(4_100_005, item);
            assert!(!is_within(&list, 65_536), "{item:x}");
        }
        // A string that ends beyond the input is the decoder's to refuse.
        assert!(is_within(&[0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], 2));
    }
}
