//! The one error: what the app should do is the variant, what happened is the code, what to show the words.

use vyezd_core::client::ClientError;
use vyezd_phone::native::{HttpError, PhoneError, StoreError};

/// Why something was not done. Nothing was changed and nothing is lost.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum VyezdError {
    /// There is no network, or no server. It is tried again by itself; the app shows that calmly, if at all.
    #[error("{words}")]
    Offline {
        /// `offline`.
        code: String,
        /// In Russian, for the person.
        words: String,
    },
    /// A rule says no: the words say what the person can do.
    #[error("{words}")]
    Refused {
        /// The stable code of the rule, or of the server's refusal.
        code: String,
        /// In Russian, for the person.
        words: String,
    },
    /// The phone is not enrolled: the office gives a code for [`crate::VyezdPhone::enrol`].
    #[error("{words}")]
    NotEnrolled {
        /// `not_enrolled`.
        code: String,
        /// In Russian, for the person.
        words: String,
    },
    /// The data on this phone do not open: the key store gave another key, or none.
    #[error("{words}")]
    Locked {
        /// `key_missing`, `key_refused` or `store_locked`.
        code: String,
        /// In Russian, for the person.
        words: String,
    },
    /// The phone's disk is full or broken.
    #[error("{words}")]
    Storage {
        /// `storage_failed`.
        code: String,
        /// In Russian, for the person.
        words: String,
    },
    /// The app gave something that makes no sense: a fault of the app, or a field the person must mend.
    #[error("{words}")]
    Invalid {
        /// `argument_invalid`.
        code: String,
        /// The field.
        field: String,
        /// In Russian, for the person.
        words: String,
    },
}

/// What a key store may answer instead of a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum KeyStoreError {
    /// The key is gone for good: the screen lock was removed, the app's data moved to another phone.
    #[error("the key is gone")]
    Gone,
    /// Not now: the phone is locked, the person did not confirm.
    #[error("the key store refused")]
    Refused,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for KeyStoreError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Refused
    }
}

impl VyezdError {
    pub(crate) fn invalid(field: &str, words: impl Into<String>) -> Self {
        let (code, field) = ("argument_invalid".to_owned(), field.to_owned());
        Self::Invalid { code, field, words: words.into() }
    }

    pub(crate) fn not_enrolled() -> Self {
        Self::NotEnrolled {
            code: "not_enrolled".to_owned(),
            words: "Телефон не подключён: попросите в офисе код".to_owned(),
        }
    }

    pub(crate) fn locked(code: &str, words: &str) -> Self {
        Self::Locked { code: code.to_owned(), words: words.to_owned() }
    }

    pub(crate) fn refused(code: &str, words: &str) -> Self {
        Self::Refused { code: code.to_owned(), words: words.to_owned() }
    }

    pub(crate) fn storage() -> Self {
        let words = "Не удалось сохранить на телефоне: проверьте свободное место".to_owned();
        Self::Storage { code: "storage_failed".to_owned(), words }
    }

    /// The object was closed while the call was under way.
    pub(crate) fn closed() -> Self {
        Self::refused("closed", "Приложение закрывается")
    }

    /// Whether it is only the network.
    pub(crate) const fn is_offline(&self) -> bool {
        matches!(self, Self::Offline { .. })
    }
}

impl From<PhoneError> for VyezdError {
    fn from(error: PhoneError) -> Self {
        match error {
            PhoneError::Client(error) => error.into(),
            PhoneError::Http(error) => error.into(),
            PhoneError::Store(StoreError::Locked) => {
                Self::locked("store_locked", "Данные телефона не открываются этим ключом")
            }
            PhoneError::Store(_) | PhoneError::Photo(_) | PhoneError::Marker(_) => Self::storage(),
            PhoneError::NotEnrolled => Self::not_enrolled(),
        }
    }
}

impl From<ClientError> for VyezdError {
    fn from(error: ClientError) -> Self {
        Self::refused(error.code(), &error.to_string())
    }
}

impl From<HttpError> for VyezdError {
    fn from(error: HttpError) -> Self {
        let words = error.to_string();
        match error {
            HttpError::Refused { code, message, .. } if !code.is_empty() => {
                Self::Refused { code, words: if message.is_empty() { words } else { message } }
            }
            _ => Self::Offline { code: "offline".to_owned(), words },
        }
    }
}
