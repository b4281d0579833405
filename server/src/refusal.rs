//! An operation inside a transaction that either is refused with a sentence for the office, or fails.

use crate::store::StoreError;

/// The reason why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// A sentence for the office.
    #[error("{0}")]
    Because(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Refusal {
    pub fn because<T>(why: impl Into<String>) -> Result<T, Self> {
        Err(Self::Because(why.into()))
    }
}

/// The sentence of a refusal; an error of the store stays an error.
pub fn reason(done: Result<(), Refusal>) -> Result<Option<String>, StoreError> {
    match done {
        Ok(()) => Ok(None),
        Err(Refusal::Because(why)) => Ok(Some(why)),
        Err(Refusal::Store(error)) => Err(error),
    }
}
