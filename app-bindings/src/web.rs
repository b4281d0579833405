//! The web shell's half in Rust: what the browser's page calls. It gives and takes plain values; the
//! page keeps the rows, signs with WebCrypto and talks. No rule of the domain is in the page.

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

/// What the page asks of the machine, as JSON.
#[derive(Deserialize)]
#[serde(tag = "input", rename_all = "snake_case")]
enum Asked {
    Edit {
        order: OrderId,
        edits: Vec<Edit>,
    },
    Command {
        id: ItemId,
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
    BeginTransfer {
        order: OrderId,
        to: PersonId,
        visit: VisitId,
    },
    EndTransfer {
        id: ItemId,
        order: OrderId,
        confirmed: bool,
    },
    Scan {
        id: ItemId,
        text: String,
    },
    ReportLocation {
        #[serde(default)]
        place: Option<Place>,
        #[serde(default)]
        order: Option<OrderId>,
        share: bool,
    },
    RefreshColleagues,
    LogOut,
    LogIn,
    SyncDue,
    NoAnswer,
}

/// A row while it is typed.
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

/// What comes out of it.
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
    /// Opens the phone. `rows` are arrays `[table, key, value]`; `excluded` are orders whose documents are
    /// left alone, because an earlier machine ended on them.
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

    /// Gives an input as JSON; returns the effects.
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
            Asked::EndTransfer { id, order, confirmed } => {
                Input::EndTransfer { id, order, confirmed }
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

    /// Gives the signature that was asked for.
    pub fn signed(&mut self, now: &str, signature: Vec<u8>) -> Result<Array, JsError> {
        self.feed(now, Input::Signed(signature))
    }

    /// Gives the server's answer.
    pub fn answered(&mut self, now: &str, answer: Vec<u8>) -> Result<Array, JsError> {
        self.feed(now, Input::Answered(answer))
    }

    /// Goes on with what waited for a signature; nothing waits when the list is empty.
    pub fn waiting(&mut self) -> Array {
        match self.client.next_waiting() {
            Some((now, input)) => effects(self.client.handle(now, input)),
            None => Array::new(),
        }
    }

    /// The state of the phone, JSON.
    pub fn status(&self) -> Result<String, JsError> {
        serde_json::to_string(&self.client.status()).map_err(js_error)
    }

    /// The photos that the server needs, smallest first, JSON.
    pub fn uploads(&self) -> Result<String, JsError> {
        serde_json::to_string(&self.client.uploads()).map_err(js_error)
    }

    /// The names of the photos whose bytes must stay on the phone, JSON.
    #[wasm_bindgen(js_name = photosKept)]
    pub fn photos_kept(&self) -> Result<String, JsError> {
        let hex = |name: &[u8; 32]| name.iter().map(|b| format!("{b:02x}")).collect::<String>();
        serde_json::to_string(&self.client.photos_kept().map(hex).collect::<Vec<_>>())
            .map_err(js_error)
    }

    /// The orders, JSON.
    pub fn orders(&mut self) -> Result<String, JsError> {
        serde_json::to_string(&self.client.orders()).map_err(js_error)
    }

    /// The open offers, JSON.
    pub fn offers(&self) -> Result<String, JsError> {
        serde_json::to_string(&self.client.open_offers()).map_err(js_error)
    }

    /// One order, JSON.
    pub fn order(&mut self, now: &str, order: &str) -> Result<String, JsError> {
        let now: Now = serde_json::from_str(now).map_err(js_error)?;
        let order = order.parse::<OrderId>().map_err(js_error)?;
        serde_json::to_string(&self.client.order(now, order)).map_err(js_error)
    }

    /// What the papers of an order's signed sheet are made from, CBOR for the papers' own module.
    #[wasm_bindgen(js_name = signedSheet)]
    pub fn signed_sheet(&mut self, order: &str) -> Result<Option<Vec<u8>>, JsError> {
        let order = order.parse::<OrderId>().map_err(js_error)?;
        Ok(self.client.signed_sheet(order).map(|signed| encode(&signed)))
    }

    /// The other metrologists, JSON.
    pub fn colleagues(&self) -> Result<String, JsError> {
        serde_json::to_string(self.client.colleagues()).map_err(js_error)
    }

    /// The colleagues and where they were, the nearest first, JSON.
    #[wasm_bindgen(js_name = colleaguesNearby)]
    pub fn colleagues_nearby(&self, now: &str) -> Result<String, JsError> {
        let now: Now = serde_json::from_str(now).map_err(js_error)?;
        serde_json::to_string(&self.client.colleagues_nearby(now)).map_err(js_error)
    }

    /// The way to an order from where the phone was last, JSON; `null` while one of the two is not known.
    pub fn eta(&self, now: &str, order: &str) -> Result<String, JsError> {
        let now: Now = serde_json::from_str(now).map_err(js_error)?;
        let order = order.parse::<OrderId>().map_err(js_error)?;
        serde_json::to_string(&self.client.eta(now, order)).map_err(js_error)
    }

    /// The texts of the codes of an order that is being transferred, JSON.
    #[wasm_bindgen(js_name = transferCodes)]
    pub fn transfer_codes(&mut self, order: &str) -> Result<String, JsError> {
        let order = order.parse::<OrderId>().map_err(js_error)?;
        serde_json::to_string(&self.client.transfer_codes(order).map_err(js_error)?)
            .map_err(js_error)
    }

    /// How far the reading of a colleague's screen is, JSON.
    pub fn scanned(&self) -> Result<String, JsError> {
        serde_json::to_string(&self.client.scanned()).map_err(js_error)
    }

    /// The means, JSON.
    pub fn means(&self) -> Result<String, JsError> {
        serde_json::to_string(self.client.means()).map_err(js_error)
    }

    /// The firm's questions and answers, JSON.
    pub fn faq(&self) -> Result<String, JsError> {
        serde_json::to_string(self.client.faq()).map_err(js_error)
    }

    /// Types that begin with a text, JSON.
    #[wasm_bindgen(js_name = findTypes)]
    pub fn find_types(&self, text: &str) -> Result<String, JsError> {
        serde_json::to_string(&self.client.find_types(text, 12)).map_err(js_error)
    }

    /// The method of a type, JSON; `null` where either is unknown.
    pub fn method(&self, number: &str, modification: &str) -> Result<String, JsError> {
        let kind = self.client.find_type(number, modification);
        let method = kind.and_then(|kind| self.client.find_method(&kind.method));
        serde_json::to_string(&method).map_err(js_error)
    }

    /// Evidence for something that happens now, JSON.
    pub fn evidence(&self, now: &str) -> Result<String, JsError> {
        let now: Now = serde_json::from_str(now).map_err(js_error)?;
        serde_json::to_string(&self.client.evidence(now)).map_err(js_error)
    }

    /// δ, limit and whether it is within, at once, for what is being typed. `row` is JSON of the
    /// strings `type_number`, `modification`, `position`, `flow`, `start`, `end`, `reference`; the
    /// answer is JSON `{error, limit, within}`, or nothing while it makes no sense.
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

/// The order whose document was touched last: when the machine ended in a trap, it ended on this one.
#[wasm_bindgen(js_name = lastAccessed)]
pub fn last_accessed() -> Option<String> {
    LAST_ACCESSED.get().map(|order| order.to_string())
}

/// A new UUIDv7 from a millisecond and ten bytes of chance.
#[wasm_bindgen(js_name = newId)]
pub fn new_id(unix_ms: f64, entropy: &[u8]) -> Result<String, JsError> {
    let entropy: [u8; 10] = entropy.try_into().map_err(js_error)?;
    Ok(ItemId::new(unix_ms as i64, entropy).to_string())
}

/// The name of a photo: 64 hexadecimal digits.
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

/// `[table, key, value]`, or `[table, key]` for a row that goes.
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
