//! Inputs and effects of the phone's machine.

use super::error::ClientError;
use super::table::Write;
use crate::doc::Edit;
use crate::doc::seal::{Signer, Strokes};
use crate::frame::{Batch, CommandKind};
use crate::model::{
    DeviceId, InstallId, InstrumentId, ItemId, OrderId, PersonId, Place, SealId, VisitId,
};

/// Identity of this phone, fixed while the machine runs except for the nonce.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Me {
    /// Id given at enrolment.
    pub device: DeviceId,
    /// Life of the store; a restored or copied store gets another.
    pub install: InstallId,
    /// Ed25519 public key of the phone.
    pub key: [u8; 32],
    /// Eight random bytes, new at every start of the machine.
    pub nonce: [u8; 8],
}

/// Inputs of the machine.
#[derive(Debug, Clone)]
pub enum Input {
    /// One save of a form: becomes one change and one signed batch.
    Edit {
        /// Order whose document is edited.
        order: OrderId,
        /// Edits in order, written all or none.
        edits: Vec<Edit>,
    },
    /// The person asks for something that only the server may decide.
    Command {
        /// Fresh UUIDv7; the receipt will name it.
        id: ItemId,
        /// Wanted decision with its arguments.
        kind: CommandKind,
    },
    /// The client signs, or declines to.
    Seal {
        /// Order that the visit belongs to.
        order: OrderId,
        /// Visit whose work the sheet lists.
        visit: VisitId,
        /// Fresh UUIDv7 of the sheet.
        seal: SealId,
        /// Name of the signer, or the reason for a refusal.
        signer: Signer,
        /// Drawn signature; empty after a refusal.
        strokes: Strokes,
        /// Client's code of four digits as typed, if any.
        code: Option<String>,
    },
    /// Ed25519 signature that answers [`Effect::Sign`], 64 bytes.
    Signed(Vec<u8>),
    /// A poke, a timer or a returning network: time for an exchange.
    SyncDue,
    /// Body of the server's answer to [`Effect::Send`], compressed or not.
    Answered(Vec<u8>),
    /// No answer came: no network, or a fault of the server. The machine waits and tries again.
    NoAnswer,
    /// The request was never sent: the shell dropped it for a newer one.
    NotSent,
    /// A photo was taken; its bytes are durable in the shell already.
    Photo {
        /// Order that the visit belongs to.
        order: OrderId,
        /// Visit with the instrument; one of this person's own.
        visit: VisitId,
        /// Hash, size and kind of the photo.
        photo: Photo,
    },
    /// The server confirmed an upload of [`Client::uploads`](super::Client::uploads).
    Uploaded([u8; 32]),
    /// The person transfers the order to a colleague standing near: afterwards
    /// [`Client::transfer_codes`](super::Client::transfer_codes) has the codes.
    BeginTransfer {
        /// Order that this person holds, unsigned.
        order: OrderId,
        /// A colleague in the reference data.
        to: PersonId,
        /// Fresh UUIDv7 of the receiver's visit.
        visit: VisitId,
    },
    /// End of a transfer: the colleague has the order, or the giver keeps it.
    EndTransfer {
        /// Fresh UUIDv7 of the command to the server.
        id: ItemId,
        /// Order with an open transfer.
        order: OrderId,
        /// `true` if the colleague's phone shows the order, `false` to cancel.
        confirmed: bool,
    },
    /// The camera read one code of a colleague's screen; the last missing code opens the order
    /// here. Progress: [`Client::scanned`](super::Client::scanned).
    Scan {
        /// Fresh UUIDv7 of the command that the last code makes.
        id: ItemId,
        /// Text of the QR code, `VZ1.…`.
        text: String,
    },
    /// The phone learnt its place, or the person stopped sharing.
    ReportLocation {
        /// Place; `None` without `share` withdraws what the server knows.
        place: Option<Place>,
        /// Order at whose address the person has just arrived.
        order: Option<OrderId>,
        /// Whether colleagues and office may know the place.
        share: bool,
    },
    /// The person opened the colleagues' screen: asks the server for
    /// [`Client::colleagues_nearby`](super::Client::colleagues_nearby).
    RefreshColleagues,
    /// A colleague's signed batch, to be carried to the server by this phone.
    Carry(Batch),
    /// The person logs out: nothing is shown any more, unsent work still goes out.
    LogOut,
    /// The person logs in again.
    LogIn,
    /// The store was restored from a backup or copied: its marker and the shell's differ. Leased
    /// numbers in the store are never used again.
    Reinstalled,
}

/// Effects of the machine, to be carried out in order.
#[derive(Debug)]
pub enum Effect {
    /// Write everything in one transaction, or nothing. At most one in a list, and first.
    Commit(Vec<Write>),
    /// Sign these bytes with the phone's key and return [`Input::Signed`].
    Sign(Vec<u8>),
    /// Send the body to `/v1/sync` and return [`Input::Answered`] or [`Input::NoAnswer`].
    Send(Vec<u8>),
    /// Return [`Input::SyncDue`] after this many milliseconds.
    WakeIn(i64),
    /// Views may have changed; screens read them again.
    Changed,
    /// The input was not carried out, and nothing was written.
    Refused(ClientError),
}

/// A photo at the moment of taking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// Instrument on the photo, opened in the visit before.
    pub instrument: InstrumentId,
    /// SHA-256 of the image bytes.
    pub sha256: [u8; 32],
    /// Size of the image, bytes.
    pub bytes: u64,
    /// Kind of the photo, one that [`is_photo_kind`](crate::doc::content::is_photo_kind) accepts.
    pub kind: String,
    /// Place of the phone; absent without a fix or without the person's consent.
    pub place: Option<Place>,
}
