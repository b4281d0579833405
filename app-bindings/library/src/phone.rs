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

/// Folder of the phone and address of the server.
#[derive(Debug, Clone, uniffi::Record)]
pub struct PhoneConfig {
    /// Folder outside the platform's backups: a copy of the folder becomes another installation.
    pub directory: String,
    /// Address of the server, `https://vyezd.example`.
    pub server: String,
    /// Authority of a self-signed server, PEM; if given, the only one trusted. `None`: public
    /// authorities.
    pub authority_pem: Option<Vec<u8>>,
}

/// The phone: one store and one server. Nothing is opened before the first call.
#[derive(uniffi::Object)]
pub struct VyezdPhone {
    store_thread: Arc<StoreThread>,
    network_thread: NetworkThread,
}

#[uniffi::export]
impl VyezdPhone {
    /// Makes the object; opens no file and no connection.
    ///
    /// # Errors
    ///
    /// [`VyezdError::Invalid`] for an address that is not `https://` or `http://`.
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

    /// Whether a phone was enrolled in the folder; opens nothing.
    pub async fn is_enrolled(&self) -> Result<bool, VyezdError> {
        self.store_thread.run(|session| Ok(is_there(&session.setup.dir))).await
    }

    /// Enrols the phone with a code from the office; `name` is shown to the office. A phone without
    /// unsent work is enrolled anew. Data whose key is gone are moved aside, never deleted.
    ///
    /// # Errors
    ///
    /// [`VyezdError::Refused`] with `work_unsent`, or with the server's code, such as `code_wrong`.
    pub async fn enrol(&self, code: String, name: String) -> Result<(), VyezdError> {
        let done = self.store_thread.run(move |session| enrol(session, &code, &name)).await;
        self.network_thread.wake();
        done
    }

    /// State of the phone as a whole; also after a log-out.
    pub async fn status(&self) -> Result<Status, VyezdError> {
        self.with(|phone| Ok(phone.client().status().into())).await
    }

    /// Orders on this phone, by day and start of the window.
    pub async fn orders(&self) -> Result<Vec<OrderLine>, VyezdError> {
        self.with(|phone| Ok(phone.client().orders().into_iter().map(Into::into).collect())).await
    }

    /// Offers that wait for an answer, the nearest deadline first.
    pub async fn offers(&self) -> Result<Vec<Offer>, VyezdError> {
        self.with(|phone| {
            let cards = phone.client().orders();
            let card = |id| cards.iter().find(|line| line.card.id == id).map(|l| l.card.clone());
            let offers = phone.client().open_offers().into_iter();
            Ok(offers.map(|offer| Offer::of(&offer, card(offer.order))).collect())
        })
        .await
    }

    /// Everything about one order; `None` if the order is not on this phone.
    pub async fn order(&self, order: String) -> Result<Option<OrderView>, VyezdError> {
        let id: OrderId = id("order", &order)?;
        self.with(move |phone| {
            let now = phone.now();
            Ok(phone.client().order(now, id).map(Into::into))
        })
        .await
    }

    /// Tells the office that the offer is on the screen.
    pub async fn offer_seen(&self, offer: String) -> Result<(), VyezdError> {
        let offer: OfferId = id("offer", &offer)?;
        self.command(CommandKind::OfferSeen { offer }).await
    }

    /// Accepts or declines an offer. Works offline: the time of this call counts.
    ///
    /// # Errors
    ///
    /// [`VyezdError::Refused`] with `offer_closed`.
    pub async fn answer(
        &self,
        offer: String,
        accept: bool,
        reason: String,
    ) -> Result<(), VyezdError> {
        let offer: OfferId = id("offer", &offer)?;
        self.command(CommandKind::AnswerOffer { offer, accept, reason, forward: None }).await
    }

    /// Declines an offer in favour of a colleague, who is asked next, with a new deadline.
    ///
    /// # Errors
    ///
    /// [`VyezdError::Refused`] with `offer_closed` or `colleague_unknown`.
    pub async fn forward(&self, offer: String, colleague: String) -> Result<(), VyezdError> {
        let (offer, to) = (id::<OfferId>("offer", &offer)?, id("colleague", &colleague)?);
        let (accept, reason) = (false, String::new());
        self.command(CommandKind::AnswerOffer { offer, accept, reason, forward: Some(to) }).await
    }

    /// Saves one form: all edits or none, durable when the call returns.
    ///
    /// # Errors
    ///
    /// [`VyezdError::Invalid`] for a malformed field, [`VyezdError::Refused`] by a rule of the
    /// document.
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

    /// Adds an instrument that the card does not name, and returns the id.
    pub async fn add_instrument(&self, order: String, visit: String) -> Result<String, VyezdError> {
        let instrument = new_id()?;
        self.edit(order, vec![Edit::AddInstrument { visit, instrument: instrument.clone() }])
            .await?;
        Ok(instrument)
    }

    /// Keeps a photo (JPEG, at most 12 MiB by default; the app scales to 1280 pixels and strips the
    /// place from the file), names it in the document, and returns the SHA-256. Photos are sent
    /// after everything else.
    ///
    /// # Errors
    ///
    /// [`VyezdError::Refused`] with `photo_unreadable`, `photo_too_large`, `photos_too_many`, `photo_kind_unknown` or
    /// `photo_of_another`.
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

    /// JPEG bytes of a photo on this phone.
    ///
    /// # Errors
    ///
    /// [`VyezdError::Storage`] if the photo is not here.
    pub async fn photo(&self, sha256: String) -> Result<Vec<u8>, VyezdError> {
        let name =
            sha256_of(&sha256).ok_or_else(|| VyezdError::invalid("sha256", "Это не имя фото"))?;
        self.with(move |phone| Ok(phone.photo(&name)?)).await
    }

    /// The client signs, or declines to. On return the numbers of the papers are final; the id of
    /// the sheet is returned. A remark is saved first, and stays even if the signature is refused.
    ///
    /// # Errors
    ///
    /// [`VyezdError::Refused`] with `visit_incomplete` or `signature_empty`.
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

    /// Papers of the latest signed sheet, byte for byte those of the office, to show, print or send
    /// offline. Empty without a signed sheet.
    pub async fn papers(&self, order: String) -> Result<Vec<Paper>, VyezdError> {
        let id: OrderId = id("order", &order)?;
        let signed = self.with(move |phone| Ok(phone.client().signed_sheet(id))).await?;
        Ok(signed
            .map(|signed| vyezd_pdf::papers(&signed, &[]))
            .unwrap_or_default()
            .into_iter()
            .map(Into::into)
            .collect())
    }

    /// Types whose number begins with the text or whose modification contains it, at most `limit`.
    /// Works offline.
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

    /// Method of a type; `None` where either is unknown.
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

    /// Means that this person may use.
    pub async fn means(&self) -> Result<Vec<Means>, VyezdError> {
        self.with(|phone| Ok(phone.client().means().iter().cloned().map(Into::into).collect()))
            .await
    }

    /// δ and limit of a row that is being typed; `None` while the values make no sense yet.
    pub async fn row_error(&self, row: TypedRow) -> Result<Option<RowError>, VyezdError> {
        self.with(move |phone| Ok(row.judge(phone.client()))).await
    }

    /// Doubts about a number of the type, modification and serial number that are being typed. Works
    /// offline.
    pub async fn identity_hints(
        &self,
        type_number: String,
        modification: String,
        serial_number: String,
    ) -> Result<Vec<IdentityHint>, VyezdError> {
        self.with(move |phone| {
            let texts = (&*type_number, &*modification, &*serial_number);
            Ok(phone.client().identity_hints(texts).into_iter().map(Into::into).collect())
        })
        .await
    }

    /// Questions and answers written by the firm. Works offline.
    pub async fn faq(&self) -> Result<Vec<Faq>, VyezdError> {
        self.with(|phone| {
            let all = phone.client().faq().iter().cloned();
            Ok(all.map(|one| Faq { question: one.question, answer: one.answer }).collect())
        })
        .await
    }

    /// Asks the office for help, with an order if the question concerns one.
    pub async fn ask_for_help(
        &self,
        order: Option<String>,
        text: String,
    ) -> Result<(), VyezdError> {
        let order = order.map(|order| id("order", &order)).transpose()?;
        self.command(CommandKind::Help { order, text }).await
    }

    /// Keeps the settings of the app (a JSON object, at most 4,096 bytes) with the account; all
    /// phones of the person get them in [`Status`].
    pub async fn keep_settings(&self, settings: String) -> Result<(), VyezdError> {
        self.command(CommandKind::KeepSettings { settings }).await
    }

    /// Exchanges with the server until nothing waits, then uploads photos. Needed only by an app
    /// that wants to wait: a button, a background task.
    ///
    /// # Errors
    ///
    /// [`VyezdError::Offline`]; the work stays on the phone.
    pub async fn sync(&self) -> Result<(), VyezdError> {
        self.network_thread.sync().await
    }

    /// The app came to the foreground: work goes out without further calls, offers arrive at once,
    /// and the observer hears of changes.
    pub fn go_online(&self, observer: Arc<dyn Observer>) {
        self.network_thread.online(observer);
    }

    /// Ends [`Self::go_online`]. Calls still work, and their results are kept.
    pub async fn go_offline(&self) {
        self.network_thread.offline().await;
    }

    /// Closes all files and connections, as platforms ask of an app that goes to sleep; a request
    /// under way is broken off. The next call opens the phone again.
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

    /// The person logs out: nothing is shown any more, unsent work still goes out.
    pub async fn log_out(&self) -> Result<(), VyezdError> {
        self.write(|phone| Ok(phone.handle(Input::LogOut)?)).await
    }

    /// The person logs in again.
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

    /// Like [`Self::with`], and wakes the network thread afterwards.
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

/// A fresh UUIDv7 for rows and instruments that the app adds.
///
/// # Errors
///
/// [`VyezdError::Storage`] if the system gives no random bytes.
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

/// Moves files that cannot be opened any more into a folder `lost-…` beside the new ones.
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
