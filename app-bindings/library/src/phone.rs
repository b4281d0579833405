//! The object that an app holds.

use std::path::PathBuf;
use std::sync::Arc;

use vyezd_core::client::Input;
use vyezd_core::codec::hex;
use vyezd_core::doc::seal::Strokes;
use vyezd_core::frame::CommandKind;
use vyezd_core::model::{ItemId, NoteId, OfferId, OrderId, SealId};
use vyezd_phone::native::Phone;

use crate::clocks::wall_ms;
use crate::error::VyezdError;
use crate::keys::{KeyStore, is_there, vault};
use crate::network_thread::NetworkThread;
use crate::observer::Observer;
use crate::records::*;
use crate::store_thread::{Session, Setup, StoreThread, break_off, random_bytes};

/// Where the phone lives and whom it talks to.
#[derive(Debug, Clone, uniffi::Record)]
pub struct PhoneConfig {
    /// A folder of the app that no backup of the platform contains: a copy of it is another phone.
    pub directory: String,
    /// `https://vyezd.example`.
    pub server: String,
    /// Where the firm signs its server's certificate itself: that authority, PEM. Only it is believed.
    pub authority_pem: Option<Vec<u8>>,
}

/// The phone.
#[derive(uniffi::Object)]
pub struct VyezdPhone {
    store_thread: Arc<StoreThread>,
    network_thread: NetworkThread,
}

#[uniffi::export]
impl VyezdPhone {
    /// Makes the object. Opens nothing and asks nobody.
    #[uniffi::constructor]
    pub fn new(config: PhoneConfig, keys: Arc<dyn KeyStore>) -> Result<Arc<Self>, VyezdError> {
        if !config.server.starts_with("https://") && !config.server.starts_with("http://") {
            return Err(VyezdError::invalid("server", "Адрес сервера начинается с https://"));
        }
        let setup = Setup {
            dir: PathBuf::from(config.directory),
            server: config.server,
            authority: config.authority_pem,
            keys,
            boot: u64::from_le_bytes(random_bytes()?),
        };
        let store_thread = StoreThread::start(setup);
        let network_thread = NetworkThread::start(store_thread.clone());
        Ok(Arc::new(Self { store_thread, network_thread }))
    }

    /// Whether this phone is enrolled. Opens nothing.
    pub async fn is_enrolled(&self) -> Result<bool, VyezdError> {
        self.store_thread.run(|session| Ok(is_there(&session.setup.dir))).await
    }

    /// Enrols the phone with a code from the office; `name` is how the office sees it. An enrolled phone
    /// whose work has gone out is enrolled anew; one with unsent work refuses (`work_unsent`). Data whose key
    /// is gone are put aside, never deleted.
    pub async fn enrol(&self, code: String, name: String) -> Result<(), VyezdError> {
        let done = self.store_thread.run(move |session| enrol(session, &code, &name)).await;
        self.network_thread.wake();
        done
    }

    /// The state of the phone as a whole.
    pub async fn status(&self) -> Result<Status, VyezdError> {
        self.with(|phone| Ok(phone.client().status().into())).await
    }

    /// The orders of this phone, by day and time.
    pub async fn orders(&self) -> Result<Vec<OrderLine>, VyezdError> {
        self.with(|phone| Ok(phone.client().orders().into_iter().map(Into::into).collect())).await
    }

    /// The open offers, the oldest first.
    pub async fn offers(&self) -> Result<Vec<Offer>, VyezdError> {
        self.with(|phone| {
            let cards = phone.client().orders();
            let card = |id| cards.iter().find(|line| line.card.id == id).map(|l| l.card.clone());
            let offers = phone.client().open_offers().into_iter();
            Ok(offers.map(|offer| Offer::of(&offer, card(offer.order))).collect())
        })
        .await
    }

    /// Everything about one order; nothing where it is not on this phone.
    pub async fn order(&self, order: String) -> Result<Option<OrderView>, VyezdError> {
        let id: OrderId = id("order", &order)?;
        self.with(move |phone| {
            let now = phone.now();
            Ok(phone.client().order(now, id).map(Into::into))
        })
        .await
    }

    /// The offer is on the screen: the office sees that.
    pub async fn offer_seen(&self, offer: String) -> Result<(), VyezdError> {
        let offer: OfferId = id("offer", &offer)?;
        self.command(CommandKind::OfferSeen { offer }).await
    }

    /// Accepts or declines an offer. Without a network too: it counts from now.
    pub async fn answer(
        &self,
        offer: String,
        accept: bool,
        reason: String,
    ) -> Result<(), VyezdError> {
        let offer: OfferId = id("offer", &offer)?;
        self.command(CommandKind::AnswerOffer { offer, accept, reason, forward: None }).await
    }

    /// Declines an offer in favour of a colleague: he is asked next, with a time of his own to answer.
    pub async fn forward(&self, offer: String, colleague: String) -> Result<(), VyezdError> {
        let (offer, to) = (id::<OfferId>("offer", &offer)?, id("colleague", &colleague)?);
        let (accept, reason) = (false, String::new());
        self.command(CommandKind::AnswerOffer { offer, accept, reason, forward: Some(to) }).await
    }

    /// Saves one form: all of the edits or none. Returns when they are on the disk.
    pub async fn edit(&self, order: String, edits: Vec<Edit>) -> Result<(), VyezdError> {
        let order: OrderId = id("order", &order)?;
        self.write(move |phone| {
            let now = phone.now();
            let at = phone.client().evidence(now);
            let edits = edits.into_iter().map(|edit| edit.core(now, &at));
            let edits = edits.collect::<Result<Vec<_>, _>>()?;
            Ok(phone.handle(Input::Edit { order, edits })?)
        })
        .await
    }

    /// Another instrument was found at the address. Returns its id.
    pub async fn add_instrument(&self, order: String, visit: String) -> Result<String, VyezdError> {
        let instrument = new_id()?;
        self.edit(order, vec![Edit::AddInstrument { visit, instrument: instrument.clone() }])
            .await?;
        Ok(instrument)
    }

    /// Keeps a photo (JPEG, at most 8 MB; the app makes it 1280 pixels wide and takes the place of taking out
    /// of it) and names it in the document. Returns its SHA-256. It is sent after everything else.
    pub async fn take_photo(
        &self,
        order: String,
        visit: String,
        instrument: String,
        what: PhotoOf,
        jpeg: Vec<u8>,
    ) -> Result<String, VyezdError> {
        let of = (id("order", &order)?, id("visit", &visit)?, id("instrument", &instrument)?);
        let place = what.place.map(Into::into);
        self.write(move |phone| Ok(hex(&phone.take_photo(of, (&what.kind, place), &jpeg)?))).await
    }

    /// The bytes of a photo that is on this phone.
    pub async fn photo(&self, sha256: String) -> Result<Vec<u8>, VyezdError> {
        let name =
            sha256_of(&sha256).ok_or_else(|| VyezdError::invalid("sha256", "Это не имя фото"))?;
        self.with(move |phone| Ok(phone.photo(&name)?)).await
    }

    /// The client signs, or refuses to. Refused with `visit_incomplete` while something required is
    /// missing; the numbers of the papers are final when this returns. Returns the id of the sheet.
    pub async fn sign(
        &self,
        order: String,
        visit: String,
        signature: ClientSignature,
    ) -> Result<String, VyezdError> {
        let (order, visit) = (id::<OrderId>("order", &order)?, id("visit", &visit)?);
        self.write(move |phone| {
            let now = phone.now();
            let seal = SealId::new(now.wall.0, random_bytes()?);
            if !signature.remark.is_empty() {
                let at = phone.client().evidence(now);
                let text = format!("Замечание клиента: {}", signature.remark);
                let note = NoteId::new(now.wall.0, random_bytes()?);
                let edits = vec![vyezd_core::doc::Edit::AddNote { note, text, at }];
                phone.handle(Input::Edit { order, edits })?;
            }
            let (signer, code) = (signature.signer.into(), signature.code);
            let strokes: Strokes = signature.strokes.into();
            phone.handle(Input::Seal { order, visit, seal, signer, strokes, code })?;
            Ok(seal.to_string())
        })
        .await
    }

    /// The papers of the order's signed sheet, as the office will have them byte for byte: to show, print or
    /// send on the spot, with no network. Empty while nobody has signed.
    pub async fn papers(&self, order: String) -> Result<Vec<Paper>, VyezdError> {
        let id: OrderId = id("order", &order)?;
        let signed = self.with(move |phone| Ok(phone.client().signed_sheet(id))).await?;
        Ok(signed
            .map(|signed| vyezd_pdf::papers(&signed))
            .unwrap_or_default()
            .into_iter()
            .map(Into::into)
            .collect())
    }

    /// The types of the register whose number begins with the text or whose modification contains it; at
    /// most `limit`. Works without a network.
    pub async fn find_types(
        &self,
        text: String,
        limit: u32,
    ) -> Result<Vec<InstrumentType>, VyezdError> {
        self.with(move |phone| {
            let found = phone.client().find_types(&text, limit as usize);
            Ok(found.into_iter().cloned().map(Into::into).collect())
        })
        .await
    }

    /// The method by which a type is verified; nothing where either is unknown.
    pub async fn method(
        &self,
        type_number: String,
        modification: String,
    ) -> Result<Option<Method>, VyezdError> {
        self.with(move |phone| {
            let client = phone.client();
            let kind = client.find_type(&type_number, &modification).cloned();
            let method = kind.and_then(|kind| client.find_method(&kind.method).cloned());
            Ok(method.map(Into::into))
        })
        .await
    }

    /// The means of verification of this person.
    pub async fn means(&self) -> Result<Vec<Means>, VyezdError> {
        self.with(|phone| Ok(phone.client().means().iter().cloned().map(Into::into).collect()))
            .await
    }

    /// δ and its limit for a row that is being typed; nothing while it makes no sense yet.
    pub async fn row_error(&self, row: TypedRow) -> Result<Option<RowError>, VyezdError> {
        self.with(move |phone| Ok(row.judge(phone.client()))).await
    }

    /// The firm's questions and answers. Works without a network.
    pub async fn faq(&self) -> Result<Vec<Faq>, VyezdError> {
        self.with(|phone| {
            let all = phone.client().faq().iter().cloned();
            Ok(all.map(|one| Faq { question: one.question, answer: one.answer }).collect())
        })
        .await
    }

    /// Asks the office for help, with an order where it is about one.
    pub async fn ask_for_help(
        &self,
        order: Option<String>,
        text: String,
    ) -> Result<(), VyezdError> {
        let order = order.map(|order| id("order", &order)).transpose()?;
        self.command(CommandKind::Help { order, text }).await
    }

    /// Keeps how the person likes the app (a JSON object of the app's own, at most 4 kB) with the account: all his
    /// phones get it in [`Status`].
    pub async fn keep_settings(&self, settings: String) -> Result<(), VyezdError> {
        self.command(CommandKind::KeepSettings { settings }).await
    }

    /// Talks to the server until nothing is left to say, then uploads photos. Needed only where the app
    /// wants to wait for it: a button, a background task.
    pub async fn sync(&self) -> Result<(), VyezdError> {
        self.network_thread.sync().await
    }

    /// The app is in the foreground: everything goes out by itself, offers arrive at once, and the observer
    /// hears when something changed.
    pub fn go_online(&self, observer: Arc<dyn Observer>) {
        self.network_thread.online(observer);
    }

    /// The opposite. Work goes on and is kept.
    pub async fn go_offline(&self) {
        self.network_thread.offline().await;
    }

    /// Closes every file and every connection, as platforms ask of an app that goes to sleep; what is
    /// under way on the network is broken off. The next call opens the phone again.
    pub async fn suspend(&self) -> Result<(), VyezdError> {
        break_off(&self.store_thread.link);
        self.network_thread.offline().await;
        self.store_thread
            .run(|session| {
                session.close();
                Ok(())
            })
            .await
    }

    /// The person leaves: nothing is shown any more; what is unsent still goes out.
    pub async fn log_out(&self) -> Result<(), VyezdError> {
        self.write(|phone| Ok(phone.handle(Input::LogOut)?)).await
    }

    /// The person is back.
    pub async fn log_in(&self) -> Result<(), VyezdError> {
        self.write(|phone| Ok(phone.handle(Input::LogIn)?)).await
    }
}

impl VyezdPhone {
    pub(crate) async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Phone) -> Result<T, VyezdError> + Send + 'static,
    ) -> Result<T, VyezdError> {
        self.store_thread.run(move |session| work(session.phone()?)).await
    }

    /// The same for what is to be sent afterwards.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Phone) -> Result<T, VyezdError> + Send + 'static,
    ) -> Result<T, VyezdError> {
        let done = self.with(work).await;
        self.network_thread.wake();
        done
    }

    async fn command(&self, kind: CommandKind) -> Result<(), VyezdError> {
        self.write(move |phone| {
            let id = ItemId::new(wall_ms(), random_bytes()?);
            Ok(phone.handle(Input::Command { id, kind })?)
        })
        .await
    }
}

/// A new id, for what the app adds to a document: rows, notes, instruments.
#[uniffi::export]
pub fn new_id() -> Result<String, VyezdError> {
    Ok(ItemId::new(wall_ms(), random_bytes()?).to_string())
}

fn enrol(session: &mut Session, code: &str, name: &str) -> Result<(), VyezdError> {
    match session.phone() {
        Ok(phone) => {
            let status = phone.client().status();
            if status.unsent > 0 || status.photos_left > 0 {
                return Err(VyezdError::refused(
                    "work_unsent",
                    "На телефоне есть неотправленная работа: сначала дайте ей уйти",
                ));
            }
        }
        Err(VyezdError::Locked { code, .. }) if code == "key_missing" => {
            move_unreadable_away(session)?
        }
        Err(VyezdError::NotEnrolled { .. }) => {}
        Err(other) => return Err(other),
    }
    session.close();
    let vault = vault(&session.setup.dir, &*session.setup.keys)?;
    let link = session.new_link()?;
    let clocks = crate::clocks::clocks(session.setup.boot);
    let phone = Phone::enrol(vault, link.clone(), code, name, clocks, random_bytes()?)?;
    session.take(phone, link);
    Ok(())
}

/// What cannot be opened any more is kept beside the new.
fn move_unreadable_away(session: &mut Session) -> Result<(), VyezdError> {
    session.close();
    let dir = &session.setup.dir;
    let lost = dir.join(format!("lost-{}", wall_ms()));
    let moved = std::fs::create_dir(&lost).and_then(|()| {
        for entry in std::fs::read_dir(dir)?.filter_map(Result::ok) {
            if entry.file_name().to_string_lossy().starts_with("phone.") {
                std::fs::rename(entry.path(), lost.join(entry.file_name()))?;
            }
        }
        Ok(())
    });
    moved.map_err(|_| VyezdError::storage())
}
