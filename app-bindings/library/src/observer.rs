//! What an app gives to hear of changes.

/// Who is told that something changed, while the phone is online.
#[uniffi::export(with_foreign)]
pub trait Observer: Send + Sync {
    /// What is shown may be old: read it again. Called on a thread of the library.
    fn changed(&self);
}
