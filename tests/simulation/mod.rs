//! The simulation: a firm's days with everything that goes wrong in them, from one seed.
//!
//! Phones run the real client machine, the server is the real server over a real SQLite file; between
//! them is a network that loses, doubles, delays, reorders and cuts. Either side may die between any two
//! committed transactions, clocks jump, disks fill up, backups come back, phones are copied and swapped,
//! and one of them is hostile. After each step the checker looks at what must never break; at the end
//! the network is healed, everything is sent, and it looks at everything.

mod checker;
mod phone;
mod server;
mod world;

pub use world::{Fault, Report, run};

/// Chance from a seed: splitmix64. The same seed is the same world.
#[derive(Debug, Clone)]
pub struct SimRng(u64);

impl SimRng {
    /// Dice of a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub const fn any(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`.
    pub const fn below(&mut self, n: u64) -> u64 {
        if n == 0 { 0 } else { self.any() % n }
    }

    /// Once in `n`.
    pub const fn once_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    pub fn of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.below(all.len() as u64) as usize)
    }

    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        for chunk in bytes.chunks_mut(8) {
            let any = self.any().to_be_bytes();
            chunk.copy_from_slice(&any[..chunk.len()]);
        }
        bytes
    }
}

/// Silences panics of the document library: the gate catches them.
fn quiet_gate() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let loud = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let ours = info.location().is_none_or(|place| {
                !["automerge", "hexane"].iter().any(|name| place.file().contains(name))
            });
            if ours {
                loud(info);
            }
        }));
    });
}
