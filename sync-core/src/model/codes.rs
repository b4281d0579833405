//! Codes of choices: one word each in documents, JSON and the database.

/// Codes of choices in documents, JSON and the database.
macro_rules! codes {
    ($($name:ident { $($variant:ident = $code:literal),* $(,)? })*) => {$(
        impl $name {
            /// Code in documents, JSON and the database.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                }
            }

            /// Inverse of [`Self::code`]; `None` for any other text.
            pub fn from_code(code: &str) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    )*};
}

pub(super) use codes;
