//! Rust half of the web shell, called by the browser's page with plain values. The page keeps the
//! rows, signs with WebCrypto and talks. No rule of the domain is in the page.

use std::cell::Cell;

use js_sys::{Array, Object, Reflect, Uint8Array};
use serde::{Deserialize, Serialize};
use vyezd_core::client::{Client, Effect, Input, Me, Photo, Row, Table, Write};
use vyezd_core::codec::encode;
use vyezd_core::doc::Edit;
use vyezd_core::doc::seal::{Signer, Strokes};
use vyezd_core::frame::CommandKind;
use vyezd_core::model::{
    DeviceId, InstallId, InstrumentId, ItemId, Now, OrderId, PersonId, Place, Position, Reading,
    SealId, VisitId,
};
use vyezd_core::rules::tolerance::{error_percent, limit_percent};
use wasm_bindgen::prelude::*;

/// The phone in a browser.
#[wasm_bindgen]
pub struct WebPhone {
    client: Client,
}

/// Inputs from the page, as JSON.
#[derive(Deserialize)]
#[serde(tag = "input", rename_all = "snake_case")]
enum Asked {
    Edit {
        order: OrderId,
        edits: Vec<Edit>,
    },
    #[serde(rename = "answer")]
    Command {
        id: ItemId,
        #[serde(rename = "ask")]
        kind: CommandKind,
    },
    Seal {
        order: OrderId,
        visit: VisitId,
        seal: SealId,
        signer: Signer,
        strokes: Strokes,
        #[serde(default)]
        code: Option<String>,
    },
    Photo {
        order: OrderId,
        visit: VisitId,
        instrument: InstrumentId,
        sha256: String,
        bytes: u64,
        kind: String,
        #[serde(default)]
        place: Option<Place>,
    },
    Uploaded {
        sha256: String,
    },
    #[serde(rename = "hand_over")]
    BeginTransfer {
        order: OrderId,
        to: PersonId,
        visit: VisitId,
    },
    #[serde(rename = "handed_over")]
    EndTransfer {
        id: ItemId,
        order: OrderId,
        taken: bool,
    },
    Scan {
        id: ItemId,
        text: String,
    },
    #[serde(rename = "here")]
    ReportLocation {
        #[serde(default)]
        place: Option<Place>,
        #[serde(default)]
        order: Option<OrderId>,
        share: bool,
    },
    #[serde(rename = "look_around")]
    RefreshColleagues,
    LogOut,
    LogIn,
    SyncDue,
    NoAnswer,
}

/// A row while the person types it.
#[derive(Deserialize)]
struct TypedRow {
    type_number: String,
    modification: String,
    position: String,
    flow: String,
    start: String,
    end: String,
    reference: String,
}

/// Error of a typed row, with a decimal comma.
#[derive(Serialize)]
struct TypedResult {
    error: String,
    limit: String,
    within: bool,
}

fn js_error(error: impl std::fmt::Display) -> JsError {
    JsError::new(&error.to_string())
}

#[wasm_bindgen]
impl WebPhone {
    /// Opens the phone. `rows` are arrays `[table, key, value]`, and `now` is JSON of the clocks.
    /// `excluded` are orders whose documents are left alone, because an earlier machine ended on
    /// them.
    #[wasm_bindgen(constructor)]
    pub fn new(
        device: &str,
        install: &str,
        key: &[u8],
        nonce: &[u8],
        rows: &Array,
        excluded: Vec<String>,
        now: &str,
    ) -> Result<WebPhone, JsError> {
        let me = Me {
            device: device.parse::<DeviceId>().map_err(js_error)?,
            install: install.parse::<InstallId>().map_err(js_error)?,
            key: key.try_into().map_err(js_error)?,
            nonce: nonce.try_into().map_err(js_error)?,
        };
        let rows = rows.iter().filter_map(|row| read_row(&row));
        let mut client = Client::open(me, rows).map_err(js_error)?;
        let excluded = excluded.iter().filter_map(|order| order.parse::<OrderId>().ok());
        client.exclude(excluded, |order| LAST_ACCESSED.set(Some(order)));
        client.look_at_clock(serde_json::from_str(now).map_err(js_error)?);
        Ok(Self { client })
    }

    /// Takes an input as JSON and returns the effects.
    pub fn handle(&mut self, now: &str, input: &str) -> Result<Array, JsError> {
        let input = match serde_json::from_str(input).map_err(js_error)? {
            Asked::Edit { order, edits } => Input::Edit { order, edits },
            Asked::Command { id, kind } => Input::Command { id, kind },
            Asked::Seal { order, visit, seal, signer, strokes, code } => {
                Input::Seal { order, visit, seal, signer, strokes, code }
            }
            Asked::Photo { order, visit, instrument, sha256, bytes, kind, place } => {
                let sha256 = name_of(&sha256).ok_or_else(|| js_error("это не имя фото"))?;
                Input::Photo {
                    order,
                    visit,
                    photo: Photo { instrument, sha256, bytes, kind, place },
                }
            }
            Asked::Uploaded { sha256 } => {
                Input::Uploaded(name_of(&sha256).ok_or_else(|| js_error("это не имя фото"))?)
            }
            Asked::BeginTransfer { order, to, visit } => Input::BeginTransfer { order, to, visit },
            Asked::EndTransfer { id, order, taken } => {
                Input::EndTransfer { id, order, confirmed: taken }
            }
            Asked::Scan { id, text } => Input::Scan { id, text },
            Asked::ReportLocation { place, order, share } => {
                Input::ReportLocation { place, order, share }
            }
            Asked::RefreshColleagues => Input::RefreshColleagues,
            Asked::LogOut => Input::LogOut,
            Asked::LogIn => Input::LogIn,
            Asked::SyncDue => Input::SyncDue,
            Asked::NoAnswer => Input::NoAnswer,
        };
        self.feed(now, input)
    }

    /// Takes the signature that an effect asked for, and returns the effects.
    pub fn signed(&mut self, now: &str, signature: Vec<u8>) -> Result<Array, JsError> {
        self.feed(now, Input::Signed(signature))
    }

    /// Takes the server's answer and returns the effects.
    pub fn answered(&mut self, now: &str, answer: Vec<u8>) -> Result<Array, JsError> {
        self.feed(now, Input::Answered(answer))
    }

    /// Takes the next input that waited for a signature; an empty list means that none waits.
    pub fn waiting(&mut self) -> Array {
        match self.client.next_waiting() {
            Some((now, input)) => effects(self.client.handle(now, input)),
            None => Array::new(),
        }
    }

    /// State of the phone, JSON.
    pub fn status(&self) -> Result<String, JsError> {
        serde_json::to_string(&self.client.status()).map_err(js_error)
    }

    /// Photos that the server needs, smallest first, JSON.
    pub fn uploads(&self) -> Result<String, JsError> {
        serde_json::to_string(&self.client.uploads()).map_err(js_error)
    }

    /// SHA-256 of each photo whose bytes must stay, JSON.
    #[wasm_bindgen(js_name = photosKept)]
    pub fn photos_kept(&self) -> Result<String, JsError> {
        let hex = |name: &[u8; 32]| name.iter().map(|b| format!("{b:02x}")).collect::<String>();
        serde_json::to_string(&self.client.photos_kept().map(hex).collect::<Vec<_>>())
            .map_err(js_error)
    }

    /// Lines of the day's list, JSON.
    pub fn orders(&mut self) -> Result<String, JsError> {
        serde_json::to_string(&self.client.orders()).map_err(js_error)
    }

    /// Offers that wait for an answer, JSON.
    pub fn offers(&self) -> Result<String, JsError> {
        serde_json::to_string(&self.client.open_offers()).map_err(js_error)
    }

    /// Everything about one order, JSON; `null` for an unknown order.
    pub fn order(&mut self, now: &str, order: &str) -> Result<String, JsError> {
        let now: Now = serde_json::from_str(now).map_err(js_error)?;
        let order = order.parse::<OrderId>().map_err(js_error)?;
        serde_json::to_string(&self.client.order(now, order)).map_err(js_error)
    }

    /// Contents of the papers of the latest signed sheet, CBOR for the module of the papers.
    #[wasm_bindgen(js_name = signedSheet)]
    pub fn signed_sheet(&mut self, order: &str) -> Result<Option<Vec<u8>>, JsError> {
        let order = order.parse::<OrderId>().map_err(js_error)?;
        Ok(self.client.signed_sheet(order).map(|signed| encode(&signed)))
    }

    /// Other metrologists of the firm, JSON.
    pub fn colleagues(&self) -> Result<String, JsError> {
        serde_json::to_string(self.client.colleagues()).map_err(js_error)
    }

    /// Colleagues with their last known places, the nearest first, JSON.
    #[wasm_bindgen(js_name = nearby)]
    pub fn colleagues_nearby(&self, now: &str) -> Result<String, JsError> {
        let now: Now = serde_json::from_str(now).map_err(js_error)?;
        serde_json::to_string(&self.client.colleagues_nearby(now)).map_err(js_error)
    }

    /// Way to an order from the phone's last place, JSON; `null` while either place is unknown.
    #[wasm_bindgen(js_name = way)]
    pub fn eta(&self, now: &str, order: &str) -> Result<String, JsError> {
        let now: Now = serde_json::from_str(now).map_err(js_error)?;
        let order = order.parse::<OrderId>().map_err(js_error)?;
        serde_json::to_string(&self.client.eta(now, order)).map_err(js_error)
    }

    /// Texts of the QR codes of an open transfer, JSON.
    #[wasm_bindgen(js_name = handoverCodes)]
    pub fn transfer_codes(&mut self, order: &str) -> Result<String, JsError> {
        let order = order.parse::<OrderId>().map_err(js_error)?;
        serde_json::to_string(&self.client.transfer_codes(order).map_err(js_error)?)
            .map_err(js_error)
    }

    /// Progress of reading a colleague's screen, JSON.
    pub fn scanned(&self) -> Result<String, JsError> {
        serde_json::to_string(&self.client.scanned()).map_err(js_error)
    }

    /// Means that this person may use, JSON.
    pub fn means(&self) -> Result<String, JsError> {
        serde_json::to_string(self.client.means()).map_err(js_error)
    }

    /// Questions and answers written by the firm, JSON.
    pub fn faq(&self) -> Result<String, JsError> {
        serde_json::to_string(self.client.faq()).map_err(js_error)
    }

    /// At most 12 types whose number begins with the text or whose modification contains it, JSON.
    #[wasm_bindgen(js_name = findTypes)]
    pub fn find_types(&self, text: &str) -> Result<String, JsError> {
        serde_json::to_string(&self.client.find_types(text, 12)).map_err(js_error)
    }

    /// Method of a type, JSON; `null` where either is unknown.
    pub fn method(&self, number: &str, modification: &str) -> Result<String, JsError> {
        let kind = self.client.find_type(number, modification);
        let method = kind.and_then(|kind| self.client.find_method(&kind.method));
        serde_json::to_string(&method).map_err(js_error)
    }

    /// Evidence of time for an event happening now, JSON.
    pub fn evidence(&self, now: &str) -> Result<String, JsError> {
        let now: Now = serde_json::from_str(now).map_err(js_error)?;
        serde_json::to_string(&self.client.evidence(now)).map_err(js_error)
    }

    /// Error, limit and verdict of a row that is being typed. `row` is JSON of the strings
    /// `type_number`, `modification`, `position`, `flow`, `start`, `end`, `reference`; the answer
    /// is JSON `{error, limit, within}`, or nothing while the values make no sense.
    #[wasm_bindgen(js_name = rowError)]
    pub fn row_error(&self, row: &str) -> Option<String> {
        let row: TypedRow = serde_json::from_str(row).ok()?;
        let kind = self.client.find_type(&row.type_number, &row.modification)?;
        let position = Position::parse(&row.position)?;
        let read = |text: &str| Reading::parse(text).ok();
        let error = error_percent(&read(&row.start)?, &read(&row.end)?, &read(&row.reference)?)?;
        let limit = limit_percent(kind, position, &read(&row.flow)?);
        serde_json::to_string(&TypedResult {
            error: Reading::from(error).russian(),
            limit: Reading::from(limit).russian(),
            within: error.abs() <= limit,
        })
        .ok()
    }

    fn feed(&mut self, now: &str, input: Input) -> Result<Array, JsError> {
        let now: Now = serde_json::from_str(now).map_err(js_error)?;
        Ok(effects(self.client.handle(now, input)))
    }
}

thread_local! {
    static LAST_ACCESSED: Cell<Option<OrderId>> = const { Cell::new(None) };
}

/// Order whose document was touched last: the culprit, if the machine ended in a trap.
#[wasm_bindgen(js_name = touchedLast)]
pub fn last_accessed() -> Option<String> {
    LAST_ACCESSED.get().map(|order| order.to_string())
}

/// A UUIDv7 of a millisecond and ten random bytes.
#[wasm_bindgen(js_name = newId)]
pub fn new_id(unix_ms: f64, entropy: &[u8]) -> Result<String, JsError> {
    let entropy: [u8; 10] = entropy.try_into().map_err(js_error)?;
    Ok(ItemId::new(unix_ms as i64, entropy).to_string())
}

/// SHA-256 of a photo from 64 hexadecimal digits.
fn name_of(text: &str) -> Option<[u8; 32]> {
    let mut name = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (at, byte) in name.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(name)
}

fn read_row(row: &JsValue) -> Option<Row> {
    let row: &Array = row.dyn_ref()?;
    Some(Row {
        table: Table::parse(&row.get(0).as_string()?)?,
        key: Uint8Array::new(&row.get(1)).to_vec(),
        value: Uint8Array::new(&row.get(2)).to_vec(),
    })
}

/// Effects as plain objects `{effect, …}`, in order.
fn effects(effects: Vec<Effect>) -> Array {
    effects.into_iter().map(|effect| JsValue::from(plain(effect))).collect()
}

fn plain(effect: Effect) -> Object {
    let object = Object::new();
    let set = |name: &str, value: &JsValue| {
        // Setting a property of a fresh plain object does not fail.
        let _: Result<bool, JsValue> = Reflect::set(&object, &name.into(), value);
    };
    match effect {
        Effect::Commit(writes) => {
            set("effect", &"commit".into());
            set("writes", &writes.into_iter().map(write).collect::<Array>());
        }
        Effect::Sign(bytes) => {
            set("effect", &"sign".into());
            set("bytes", &Uint8Array::from(&bytes[..]));
        }
        Effect::Send(bytes) => {
            set("effect", &"send".into());
            set("bytes", &Uint8Array::from(&bytes[..]));
        }
        Effect::WakeIn(ms) => {
            set("effect", &"wake".into());
            set("ms", &(ms as f64).into());
        }
        Effect::Changed => set("effect", &"changed".into()),
        Effect::Refused(error) => {
            set("effect", &"refused".into());
            set("code", &error.code().into());
            set("message", &error.to_string().into());
        }
    }
    object
}

/// `[table, key, value]` for a written row, `[table, key]` for a removed one.
fn write(write: Write) -> JsValue {
    let row = Array::new();
    match write {
        Write::Put(put) => {
            row.push(&put.table.name().into());
            row.push(&Uint8Array::from(&put.key[..]));
            row.push(&Uint8Array::from(&put.value[..]));
        }
        Write::Delete { table, key } => {
            row.push(&table.name().into());
            row.push(&Uint8Array::from(&key[..]));
        }
    }
    row.into()
}
