//! Photos of the tests.

use vyezd_core::codec::{sha256, unhex};

/// A grey JPEG of 8 by 8 pixels.
const GREY: &str = "ffd8ffe000104a46494600010100000100010000ffdb00430050373c463c32504641465a55505f78c882786e\
    6e78f5afb991c8ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\
    ffffc0000b080008000801011100ffc40014000100000000000000000000000000000003ffc4001410010000\
    0000000000000000000000000000ffda0008010100003f0037ffd9";

/// A JPEG of so many bytes: a grey picture, and noise behind it, as cameras write records there.
pub fn picture(seed: u8, bytes: usize) -> Vec<u8> {
    let mut all = unhex(GREY).expect("hexadecimal digits");
    let mut block = sha256(&[seed]);
    while all.len() < bytes {
        block = sha256(&block);
        all.extend(block);
    }
    all.truncate(bytes);
    all
}
