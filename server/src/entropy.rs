//! The source of random bytes: the system, or a seed where a run has to repeat itself.

use std::sync::atomic::{AtomicU64, Ordering};

use vyezd_core::codec::sha256;

pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    bytes
}

pub enum Entropy {
    System,
    /// A counter under a seed: a simulation runs the same way again.
    Seeded {
        seed: u64,
        asked: AtomicU64,
    },
}

impl Entropy {
    pub const fn seeded(seed: u64) -> Self {
        Self::Seeded { seed, asked: AtomicU64::new(0) }
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let Self::Seeded { seed, asked } = self else { return random_bytes() };
        let asked = asked.fetch_add(1, Ordering::Relaxed);
        let hash = sha256(&[seed.to_be_bytes(), asked.to_be_bytes()].concat());
        let mut bytes = [0; N];
        bytes.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        bytes
    }
}
