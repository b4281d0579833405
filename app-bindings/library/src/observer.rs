//! The app's listener for changes.

/// Listener for changes while the phone is online.
#[uniffi::export(with_foreign)]
pub trait Observer: Send + Sync {
    /// Views may have changed: read them again. Called on a thread of the library.
    fn changed(&self);
}
