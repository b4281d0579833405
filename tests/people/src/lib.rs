//! Stand-ins for people, for stories and for the example day: a clerk who talks HTTP like any other client, and a
//! metrologist whose phone is the real one, behind a network that can be cut.

mod metrologist;
mod network;
mod office;

pub use metrologist::{Clocks, Metrologist, Readings, Visit};
pub use network::Network;
pub use office::{OfficeClient, Said};

fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    bytes
}
