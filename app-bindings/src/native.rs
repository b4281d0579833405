//! The native shell: SQLite, HTTP, a key. About twenty lines carry out the machine's effects; the
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

/// What the shell cannot do.
#[derive(Debug, thiserror::Error)]
pub enum PhoneError {
    /// The store failed; the machine was opened again from what is durable.
    #[error("не удалось сохранить на телефоне")]
    Store(#[from] StoreError),
    /// The machine refused what it was asked.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The server could not be reached or refused.
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

/// The clocks of this phone; tests and the demonstration bring their own.
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

    /// Opens an enrolled phone. `nonce` is new chance for each start.
    ///
    /// Beside the store lies a marker that no backup of the phone may contain (`{path}.install`; the host
    /// app puts the store where its platform does not back it up, or leaves the marker out). Where it is
    /// missing or another, the store came back from a backup or is a copy: a new installation begins,
    /// and the numbers in the store are used no more.
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

    /// For hosts that go on after a panic: see [`Client::exclude`].
    pub fn exclude(&mut self, orders: BTreeSet<OrderId>, on_access: fn(OrderId)) {
        self.client.exclude(orders.iter().copied(), on_access);
        self.excluded = (orders, on_access);
    }

    /// The machine, for its views.
    pub const fn client(&mut self) -> &mut Client {
        &mut self.client
    }

    /// What is in the outbox, as it is kept: to be carried by a colleague's phone, or shown.
    pub fn outbox(&self) -> Result<Vec<OutItem>, PhoneError> {
        let rows = self.store.rows()?.into_iter().filter(|row| row.table == Table::Outbox);
        Ok(rows.filter_map(|row| decode(&row.value).ok()).collect())
    }

    /// The clocks now.
    pub fn now(&mut self) -> Now {
        (self.clocks)()
    }

    /// The enrolled device.
    pub const fn device(&self) -> DeviceId {
        self.identity.device
    }

    /// How long to wait before the next [`Phone::sync`] after a failure, ms.
    pub const fn wake_in_ms(&self) -> Option<i64> {
        self.wake_in_ms
    }

    /// Gives an input to the machine and makes its effects durable. Does not wait for the network:
    /// what is to be sent waits for [`Phone::sync`].
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

    /// Sends what waits and loses the answer, as a network does: the bytes of the answer, which the
    /// machine never sees.
    pub fn send_and_lose(&mut self) -> Result<Vec<u8>, PhoneError> {
        if self.outgoing.is_none() {
            self.handle(Input::SyncDue)?;
        }
        let request = self.outgoing.take().unwrap_or_default();
        let answer = self.transport().send(&request)?;
        self.handle(Input::NoAnswer)?;
        Ok(answer)
    }

    /// Talks to the server until nothing is left to say. Without a network the machine is told so,
    /// and nothing is lost.
    pub fn sync(&mut self) -> Result<(), PhoneError> {
        let mut request = self.begin_sync()?;
        while let Some(bytes) = request {
            let answer = self.transport().send(&bytes);
            request = self.end_sync(answer)?;
        }
        Ok(())
    }

    /// What is to be sent now, where there is something. Whoever does not want to hold the phone while
    /// the network is slow takes [`Phone::transport`] for the way and comes back with
    /// [`Phone::end_sync`].
    pub fn begin_sync(&mut self) -> Result<Option<Vec<u8>>, PhoneError> {
        self.wake_in_ms = None;
        if self.outgoing.take().is_some() {
            // What was done since then goes with it.
            self.handle(Input::NotSent)?;
        }
        self.handle(Input::SyncDue)?;
        Ok(self.outgoing.take())
    }

    /// Takes the server's answer, or hears that there is none. Returns what is to be sent next.
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

    /// Who goes to the server for this phone.
    pub const fn transport(&mut self) -> &mut HttpTransport {
        &mut self.transport
    }
}

/// The marker of the installation lies beside the store.
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
