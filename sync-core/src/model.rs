//! Types of the domain. Parsing validates; a value that exists is valid, so no rule checks it
//! again.

mod card;
mod catalogue;
mod codes;
mod evidence;
mod fund;
mod ids;
mod instrument;
mod means;
mod numbers;
mod papers;
mod people;
pub mod phones;
mod place;
mod text;
mod visit;
mod zone;

pub use card::*;
pub use catalogue::*;
pub use evidence::*;
pub use fund::*;
pub use ids::*;
pub use instrument::*;
pub use means::*;
pub use numbers::*;
pub use papers::*;
pub use people::*;
pub use phones::Phone;
pub use place::*;
pub use text::*;
pub use visit::*;
pub use zone::*;
