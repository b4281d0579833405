//! Photos of the tests.

use vyezd_core::codec::sha256;

/// A JPEG of so many bytes: the frame of one, and noise between its beginning and its end.
pub fn picture(seed: u8, bytes: usize) -> Vec<u8> {
    let frame = [0xff, 0xc0, 0, 11, 8, 0, 240, 1, 64, 1, 0, 0, 0];
    let mut all = [&[0xff, 0xd8][..], &frame, &[0xff, 0xda, 0, 2]].concat();
    let mut block = sha256(&[seed]);
    while all.len() + 2 < bytes {
        block = sha256(&block);
        all.extend(block);
    }
    all.truncate(bytes - 2);
    all.extend([0xff, 0xd9]);
    all
}
