//! What can come into the phone's machine, and what goes out.

use super::error::ClientError;
use super::table::Write;
use crate::doc::Edit;
use crate::doc::seal::{Signer, Strokes};
use crate::frame::{Batch, CommandKind};
use crate::model::{
    DeviceId, InstallId, InstrumentId, ItemId, OrderId, PersonId, Place, SealId, VisitId,
};

/// Who this phone is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Me {
    /// The enrolled device.
    pub device: DeviceId,
    /// The installation.
    pub install: InstallId,
    /// The device's public key.
    pub key: [u8; 32],
    /// Eight bytes of chance, new at every start.
    pub nonce: [u8; 8],
}

/// Everything that can come in.
#[derive(Debug, Clone)]
pub enum Input {
    /// One save of a form.
    Edit {
        /// The order.
        order: OrderId,
        /// What was done.
        edits: Vec<Edit>,
    },
    /// The person asks for what only the server may decide.
    Command {
        /// A new id.
        id: ItemId,
        /// What is asked for.
        kind: CommandKind,
    },
    /// The client signs, or refuses to.
    Seal {
        /// The order.
        order: OrderId,
        /// The visit.
        visit: VisitId,
        /// A new id.
        seal: SealId,
        /// Who.
        signer: Signer,
        /// What he drew; empty after a refusal.
        strokes: Strokes,
        /// The code from his SMS.
        code: Option<String>,
    },
    /// The signature that was asked for.
    Signed(Vec<u8>),
    /// It is time to talk to the server: a poke, a timer, the network is back.
    SyncDue,
    /// The server's answer.
    Answered(Vec<u8>),
    /// There was none: no network, or a fault of the server.
    NoAnswer,
    /// The request was never sent: the shell gives it up for a newer one.
    NotSent,
    /// A photo was taken; its bytes are durable in the shell already.
    Photo {
        /// The order.
        order: OrderId,
        /// The visit.
        visit: VisitId,
        /// The photo.
        photo: Photo,
    },
    /// The server confirmed an upload of [`Client::uploads`](super::Client::uploads).
    Uploaded([u8; 32]),
    /// The person hands the order over to a colleague who stands beside him: the codes are then in
    /// [`Client::transfer_codes`](super::Client::transfer_codes).
    BeginTransfer {
        /// The order.
        order: OrderId,
        /// To whom.
        to: PersonId,
        /// A new id: the visit that it will be.
        visit: VisitId,
    },
    /// What became of that: the colleague has it, or the person keeps it.
    EndTransfer {
        /// A new id.
        id: ItemId,
        /// The order.
        order: OrderId,
        /// The colleague's phone says that it has it.
        confirmed: bool,
    },
    /// This phone's camera read one of a colleague's codes; with the last one the order is taken over. How
    /// far it is: [`Client::scanned`](super::Client::scanned).
    Scan {
        /// A new id.
        id: ItemId,
        /// The text of the code.
        text: String,
    },
    /// The phone knows where it is, or its person lets nobody know any more.
    ReportLocation {
        /// Where.
        place: Option<Place>,
        /// He has just arrived at this order.
        order: Option<OrderId>,
        /// Colleagues and office may know.
        share: bool,
    },
    /// The person looks at where his colleagues are: [`Client::colleagues_nearby`](super::Client::colleagues_nearby).
    RefreshColleagues,
    /// A colleague's signed batch, to be carried to the server from here.
    Carry(Batch),
    /// The person logs out: nothing is shown any more, unsent work still goes out.
    LogOut,
    /// The person is back.
    LogIn,
    /// The store came back from a backup, or is a copy: the marker beside it is not the one in it. The
    /// numbers in it are used no more.
    Reinstalled,
}

/// Everything that goes out, to be carried out in order.
#[derive(Debug)]
pub enum Effect {
    /// Write all of this, or nothing. At most one, and first.
    Commit(Vec<Write>),
    /// Sign these bytes with the device key and come back with [`Input::Signed`].
    Sign(Vec<u8>),
    /// Send this to `/v1/sync` and come back with [`Input::Answered`] or [`Input::NoAnswer`].
    Send(Vec<u8>),
    /// Come back with [`Input::SyncDue`] after this many milliseconds.
    WakeIn(i64),
    /// What is shown may have changed.
    Changed,
    /// The input was not carried out.
    Refused(ClientError),
}

/// A photo as it is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// Of which instrument.
    pub instrument: InstrumentId,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// How many bytes.
    pub bytes: u64,
    /// What is on it: one of [`is_photo_kind`](crate::doc::content::is_photo_kind).
    pub kind: String,
    /// Where it was taken, if the phone could and might say.
    pub place: Option<Place>,
}
