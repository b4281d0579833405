//! The native shell: SQLite, HTTP, a key. [`Phone::handle`] carries the machine's effects out; the
//! rest is opening and enrolling.

mod error;
mod http;
mod live;
mod photos;
mod store;
mod transport;
mod vault;

use std::collections::{BTreeSet, VecDeque};

use ed25519_dalek::{Signer as _, SigningKey};
use vyezd_core::client::{Client, ClientError, Effect, Input, Me, OutItem, Table};
use vyezd_core::codec::decode;
use vyezd_core::model::{DeviceId, InstallId, Now, OrderId};

pub use error::HttpError;
pub use http::Link;
pub use live::Listener;
pub use store::{Identity, Store, StoreError};
pub use transport::HttpTransport;
pub use vault::{DataKey, NoEntropy, Vault};

/// Failures of the native shell; no durable row is lost.
#[derive(Debug, thiserror::Error)]
pub enum PhoneError {
    /// The store failed; the machine was opened again from the durable rows.
    #[error("не удалось сохранить на телефоне")]
    Store(#[from] StoreError),
    /// The machine refused the input.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The server could not be reached, or refused.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// A photo cannot be kept or read.
    #[error("фото не сохраняется на телефоне")]
    Photo(#[source] std::io::Error),
    /// The marker of the installation cannot be written.
    #[error("не удалось записать отметку установки")]
    Marker(#[source] std::io::Error),
    /// The store belongs to no enrolled phone.
    #[error("телефон не зарегистрирован")]
    NotEnrolled,
}

/// Reader of the phone's clocks; tests and the demonstration bring their own.
pub type Clocks = Box<dyn FnMut() -> Now + Send>;

pub struct Phone {
    client: Client,
    store: Store,
    transport: HttpTransport,
    identity: Identity,
    clocks: Clocks,
    nonce: [u8; 8],
    vault: Vault,
    excluded: (BTreeSet<OrderId>, fn(OrderId)),
    outgoing: Option<Vec<u8>>,
    wake_in_ms: Option<i64>,
}

impl Phone {
    /// Enrols a new phone with a one-time code from the office and opens it.
    ///
    /// `entropy` is 32 bytes for the key, 10 for the installation and 8 for the session.
    ///
    /// # Errors
    ///
    /// [`PhoneError::Http`] with the server's refusal, for example `code_wrong`.
    pub fn enrol(
        vault: Vault,
        link: Link,
        code: &str,
        name: &str,
        mut clocks: Clocks,
        entropy: [u8; 50],
    ) -> Result<Self, PhoneError> {
        let (seed, rest) = entropy.split_at(32);
        let seed: [u8; 32] = seed.try_into().expect("split at 32");
        let install = rest[..10].try_into().expect("ten bytes");
        let install = InstallId::new(clocks().wall.0, install);
        let key = SigningKey::from_bytes(&seed);
        let device = link.enrol(code, name, install, key.verifying_key().as_bytes())?;
        let store = Store::create(&vault, &Identity { seed, device, install })?;
        write_marker(&vault, install)?;
        let nonce = rest[10..18].try_into().expect("eight bytes");
        Self::with(vault, store, link, clocks, nonce)
    }

    /// Opens an enrolled phone. `nonce` is eight random bytes, new for each start.
    ///
    /// Beside the store lies a marker, `{path}.install`, that no backup of the phone may contain:
    /// the host app puts the store where the platform makes no backup, or leaves the marker out. A
    /// missing or different marker means a restored or copied store: a new installation begins, and
    /// the numbers in the store are used no more.
    pub fn open(
        vault: Vault,
        link: Link,
        mut clocks: Clocks,
        nonce: [u8; 8],
    ) -> Result<Self, PhoneError> {
        let store = Store::open(&vault)?;
        let identity = store.identity()?.ok_or(PhoneError::NotEnrolled)?;
        let same = std::fs::read(vault.beside(MARKER)).is_ok_and(|m| m == identity.install.bytes());
        if same {
            return Self::with(vault, store, link, clocks, nonce);
        }
        let hash = vyezd_core::codec::sha256(&[b"vyezd-reinstall-1", &nonce[..]].concat());
        let entropy = hash[..10].try_into().expect("ten of thirty-two");
        let install = InstallId::new(clocks().wall.0, entropy);
        store.reinstall(install)?;
        write_marker(&vault, install)?;
        let mut phone = Self::with(vault, store, link, clocks, nonce)?;
        phone.handle(Input::Reinstalled)?;
        Ok(phone)
    }

    fn with(
        vault: Vault,
        store: Store,
        link: Link,
        mut clocks: Clocks,
        nonce: [u8; 8],
    ) -> Result<Self, PhoneError> {
        let identity = store.identity()?.ok_or(PhoneError::NotEnrolled)?;
        let client = open_client(&store, &identity, nonce, clocks())?;
        let transport =
            HttpTransport::new(link, identity.device, SigningKey::from_bytes(&identity.seed));
        let (outgoing, wake_in_ms) = (None, None);
        let excluded: (_, fn(OrderId)) = (BTreeSet::new(), |_| {});
        Ok(Self {
            client,
            store,
            transport,
            identity,
            clocks,
            nonce,
            vault,
            excluded,
            outgoing,
            wake_in_ms,
        })
    }

    /// For hosts that survive a panic of the machine: see [`Client::exclude`].
    pub fn exclude(&mut self, orders: BTreeSet<OrderId>, on_access: fn(OrderId)) {
        self.client.exclude(orders.iter().copied(), on_access);
        self.excluded = (orders, on_access);
    }

    /// The machine, for its views.
    pub const fn client(&mut self) -> &mut Client {
        &mut self.client
    }

    /// Entries of the outbox as stored, to be carried by a colleague's phone or shown.
    pub fn outbox(&self) -> Result<Vec<OutItem>, PhoneError> {
        let rows = self.store.rows()?.into_iter().filter(|row| row.table == Table::Outbox);
        Ok(rows.filter_map(|row| decode(&row.value).ok()).collect())
    }

    /// Reads the clocks given at opening.
    pub fn now(&mut self) -> Now {
        (self.clocks)()
    }

    /// Id given at enrolment.
    pub const fn device(&self) -> DeviceId {
        self.identity.device
    }

    /// Pause before the next [`Phone::sync`] after a failure, ms; `None` if nothing failed.
    pub const fn wake_in_ms(&self) -> Option<i64> {
        self.wake_in_ms
    }

    /// Gives an input to the machine and makes the effects durable. Never waits for the network: a
    /// request is kept for [`Phone::sync`].
    ///
    /// # Errors
    ///
    /// [`PhoneError::Client`] if the machine refuses the input; [`PhoneError::Store`] if the commit
    /// fails.
    pub fn handle(&mut self, input: Input) -> Result<(), PhoneError> {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let now = (self.clocks)();
            for effect in self.client.handle(now, input) {
                match effect {
                    Effect::Commit(writes) => {
                        if let Err(error) = self.store.commit(&writes) {
                            self.client =
                                open_client(&self.store, &self.identity, self.nonce, now)?;
                            let (orders, on_access) = self.excluded.clone();
                            self.client.exclude(orders, on_access);
                            self.outgoing = None;
                            return Err(error.into());
                        }
                    }
                    Effect::Sign(bytes) => {
                        let key = SigningKey::from_bytes(&self.identity.seed);
                        inputs.push_front(Input::Signed(key.sign(&bytes).to_bytes().to_vec()));
                    }
                    Effect::Send(bytes) => self.outgoing = Some(bytes),
                    Effect::WakeIn(ms) => self.wake_in_ms = Some(ms),
                    Effect::Changed => {}
                    Effect::Refused(error) => return Err(error.into()),
                }
            }
            if inputs.is_empty()
                && let Some((_, waiting)) = self.client.next_waiting()
            {
                inputs.push_back(waiting);
            }
        }
        Ok(())
    }

    /// Sends the pending request and withholds the answer from the machine, as a failing network
    /// does. Returns the bytes of the answer.
    pub fn send_and_lose(&mut self) -> Result<Vec<u8>, PhoneError> {
        if self.outgoing.is_none() {
            self.handle(Input::SyncDue)?;
        }
        let request = self.outgoing.take().unwrap_or_default();
        let answer = self.transport().send(&request)?;
        self.handle(Input::NoAnswer)?;
        Ok(answer)
    }

    /// Exchanges with the server until nothing waits.
    ///
    /// # Errors
    ///
    /// [`PhoneError::Http`] without a network or after a refusal; the machine keeps all work.
    pub fn sync(&mut self) -> Result<(), PhoneError> {
        let mut request = self.begin_sync()?;
        while let Some(bytes) = request {
            let answer = self.transport().send(&bytes);
            request = self.end_sync(answer)?;
        }
        Ok(())
    }

    /// The next request, if anything waits. A host that must not hold the phone during a slow
    /// request sends the bytes by a clone of [`Phone::transport`] and returns with
    /// [`Phone::end_sync`].
    pub fn begin_sync(&mut self) -> Result<Option<Vec<u8>>, PhoneError> {
        self.wake_in_ms = None;
        if self.outgoing.take().is_some() {
            // Work since then goes into the new request.
            self.handle(Input::NotSent)?;
        }
        self.handle(Input::SyncDue)?;
        Ok(self.outgoing.take())
    }

    /// Takes the server's answer or its absence, and returns the next request if one follows.
    pub fn end_sync(
        &mut self,
        answer: Result<Vec<u8>, HttpError>,
    ) -> Result<Option<Vec<u8>>, PhoneError> {
        match answer {
            Ok(answer) => self.handle(Input::Answered(answer))?,
            Err(error) => {
                self.handle(Input::NoAnswer)?;
                return Err(error.into());
            }
        }
        Ok(self.outgoing.take())
    }

    /// Carrier of this phone's requests, with link and key.
    pub const fn transport(&mut self) -> &mut HttpTransport {
        &mut self.transport
    }
}

/// Suffix of the marker's file, beside the store.
const MARKER: &str = "install";

fn write_marker(vault: &Vault, install: InstallId) -> Result<(), PhoneError> {
    std::fs::write(vault.beside(MARKER), install.bytes()).map_err(PhoneError::Marker)
}

fn open_client(
    store: &Store,
    identity: &Identity,
    nonce: [u8; 8],
    now: Now,
) -> Result<Client, PhoneError> {
    let key = SigningKey::from_bytes(&identity.seed).verifying_key().to_bytes();
    let me = Me { device: identity.device, install: identity.install, key, nonce };
    let mut client = Client::open(me, store.rows()?).map_err(StoreError::from)?;
    client.look_at_clock(now);
    Ok(client)
}
