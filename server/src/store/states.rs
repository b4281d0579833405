//! States as they lie in the database: an unknown word in a row is an error of that row, never a default.

use super::StoreError;

/// An enum whose variants lie in the database, and go over HTTP, as the given words.
macro_rules! states {
    ($($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident $word:literal,)* })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$doc])* $variant,)* }

        impl $name {
            /// Every state.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        #[cfg(test)]
        impl $name {
            fn check() {
                for state in Self::ALL {
                    let word = state.as_str();
                    assert_eq!(serde_json::to_value(state).unwrap(), word);
                    assert_eq!(Self::try_from(word.to_owned()).unwrap(), *state);
                }
                assert!(Self::try_from("unheard of".to_owned()).is_err());
            }
        }

        impl TryFrom<String> for $name {
            type Error = StoreError;

            fn try_from(word: String) -> Result<Self, StoreError> {
                let known = Self::ALL.iter().find(|state| state.as_str() == word);
                known.copied().ok_or_else(|| {
                    StoreError::Decode(format!("{}: «{word}»", stringify!($name)).into())
                })
            }
        }
    )*};
}

states! {
    /// State of an offer.
    OfferStatus {
        Open "open",
        Calling "calling",
        Accepted "accepted",
        Declined "declined",
        /// Nobody answered in time.
        Expired "expired",
        /// Withdrawn, or another got the order.
        Superseded "superseded",
    }

    /// A question of meaning that a dispatcher decides.
    ConflictKind {
        /// More readings of one point than the method asks for.
        TwoReadings "two_readings",
        /// The office cancelled the order, and the work was done.
        CancelledDone "cancelled_done",
        /// The order was given to another while somebody worked on it.
        Reassigned "reassigned",
        /// Two signed sheets of one order.
        TwoSheets "two_sheets",
        /// The office moved the order to another day, and the visit took place before.
        MovedDone "moved_done",
        /// The metrologist agreed with the client on another time than the card says.
        TwoTimes "two_times",
        /// A signed sheet does not say what the server computed, or counts beside another of the same visit.
        SheetHeld "sheet_held",
    }

    /// What a spreadsheet is of.
    ImportKind {
        Orders "orders",
        Readings "readings",
        Types "types",
        People "people",
    }

    /// Subject of a line of an order's history.
    LineKind {
        /// Nothing that is asked for later.
        Note "note",
        CardChanged "card_changed",
        /// The office set another day.
        Moved "moved",
        Cancelled "cancelled",
        /// The office took the order back from its performer.
        TakenAway "taken_away",
        /// The import that brought the order was undone as a whole.
        ImportUndone "import_undone",
        /// The office took one of those back, or brought a closed order back to work.
        Returned "returned",
        /// Somebody of the office wrote a remark.
        Comment "comment",
    }

    /// Where a signed sheet is.
    SealState {
        /// Counts; the papers are on their way.
        Claimed "claimed",
        /// Counts; the papers are there.
        Issued "issued",
        /// Waits for a person's decision.
        Disputed "disputed",
        /// Another sheet took its place.
        Superseded "superseded",
    }

    /// Where a batch is that the gate did not admit.
    HeldState {
        /// Waits for a person's decision.
        Quarantined "quarantined",
        /// Refused, with a receipt to the author.
        Refused "refused",
        /// A person let the batch pass.
        Released "released",
        /// A person put the batch away.
        Dismissed "dismissed",
    }

    NumberState {
        /// Stands on a sheet.
        Used "used",
        /// Will never stand on a paper.
        Spoiled "spoiled",
    }

    /// By which way an answer to an offer came.
    Channel {
        App "app",
        /// A key on the telephone.
        Key "key",
    }

    /// How a telephone call ended.
    CallOutcome {
        Answered "answered",
        NoAnswer "no_answer",
        /// Not needed any more.
        Cancelled "cancelled",
    }

    /// What the office has to look at.
    IncidentKind {
        /// The database is an old copy.
        Recovery "recovery",
        /// A phone began anew.
        PhoneRestored "phone_restored",
        /// Two copies of a phone work with one key.
        PhoneCopied "phone_copied",
        /// A phone asks for numbers that it does not use.
        NumbersFlood "numbers_flood",
        /// A phone sends more nonsense than is kept.
        RefusedFlood "refused_flood",
        /// A command of a phone was refused.
        CommandRefused "command_refused",
        /// Somebody asks for help.
        Help "help",
        /// A signed record that cannot be kept as a sheet.
        SheetStrange "sheet_strange",
        /// The client signed anew.
        SheetSuperseded "sheet_superseded",
        /// The document says something else than its signed sheet.
        ChangedAfterSignature "changed_after_signature",
        /// The sum on the sheet is below that of the card.
        PriceLowered "price_lowered",
        /// A meter was verified twice within a month.
        VerifiedTwice "verified_twice",
        /// Less was received than was due.
        PaidLess "paid_less",
        /// The client did not sign.
        SignatureRefused "signature_refused",
        /// The client typed another code than the one from the booking.
        ClientCode "client_code",
        DocumentUnreadable "document_unreadable",
        DocumentRestored "document_restored",
        /// A sum over documents was wrong and was counted anew.
        DigestWrong "digest_wrong",
        /// An arrival far from where the building was.
        BuildingElsewhere "building_elsewhere",
        /// Orders of somebody who left.
        PersonLeft "person_left",
    }

    /// Where an import is.
    ImportState {
        Running "running",
        /// Every order was tried and none was taken: a person looks at the table.
        Checked "checked",
        Done "done",
        /// The server was stopped, or the rows came to an end too early.
        Interrupted "interrupted",
        Failed "failed",
        /// Its orders were withdrawn.
        Undone "undone",
    }
}

impl SealState {
    /// The sheet counts: its papers are issued or will be.
    pub const fn counts(self) -> bool {
        matches!(self, Self::Claimed | Self::Issued)
    }
}

impl OfferStatus {
    /// Somebody may still answer.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Calling)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_rows_and_of_answers_are_the_same_and_an_unknown_one_is_an_error() {
        OfferStatus::check();
        SealState::check();
        HeldState::check();
        NumberState::check();
        Channel::check();
        CallOutcome::check();
        IncidentKind::check();
        ImportState::check();
        LineKind::check();
        ConflictKind::check();
        ImportKind::check();
    }
}
