//! The name of a data set: another one after a restore.

use vyezd_core::codec::sha256;

/// Another data set: 53 bits, so that JavaScript's numbers hold it; never zero.
pub fn next_epoch(random: [u8; 32]) -> i64 {
    let fresh = sha256(&random);
    let bits = u64::from_be_bytes(fresh[..8].try_into().expect("eight of thirty-two"));
    (bits >> 11).max(1) as i64
}
