//! Rust half of the web shell, called by the browser's page with plain values. The page keeps the
//! rows, signs with WebCrypto and talks. No rule of the domain is in the page.

use std::cell::Cell;

use js_sys::{Array, Uint8Array};
use serde::Serialize;
use vyezd_core::client::{Client, Effect, Input, Me, Row, Table};
use vyezd_core::codec::{encode, hex};
use vyezd_core::model::{DeviceId, InstallId, ItemId, Now, OrderId, Position, Reading};
use vyezd_core::rules::tolerance::{error_percent, limit_percent};
use wasm_bindgen::prelude::*;

use crate::page::{Answers, PageEffect, PageInput, RowError, TypedRow};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"import type { PageEffect, StoredRow } from "../phone/coreTypes";"#;

/// The phone in a browser.
#[wasm_bindgen]
pub struct WebPhone {
    client: Client,
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
        #[wasm_bindgen(unchecked_param_type = "StoredRow[]")] rows: &Array,
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
    #[wasm_bindgen(unchecked_return_type = "PageEffect[]")]
    pub fn handle(&mut self, now: &str, input: &str) -> Result<Array, JsError> {
        let input: PageInput = serde_json::from_str(input).map_err(js_error)?;
        self.feed(now, input.into())
    }

    /// Takes the signature that an effect asked for, and returns the effects.
    #[wasm_bindgen(unchecked_return_type = "PageEffect[]")]
    pub fn signed(&mut self, now: &str, signature: Vec<u8>) -> Result<Array, JsError> {
        self.feed(now, Input::Signed(signature))
    }

    /// Takes the server's answer and returns the effects.
    #[wasm_bindgen(unchecked_return_type = "PageEffect[]")]
    pub fn answered(&mut self, now: &str, answer: Vec<u8>) -> Result<Array, JsError> {
        self.feed(now, Input::Answered(answer))
    }

    /// Takes the next input that waited for a signature; an empty list means that none waits.
    #[wasm_bindgen(unchecked_return_type = "PageEffect[]")]
    pub fn waiting(&mut self) -> Result<Array, JsError> {
        match self.client.next_waiting() {
            Some((now, input)) => effects(self.client.handle(now, input)),
            None => Ok(Array::new()),
        }
    }

    /// State of the phone, JSON.
    pub fn status(&self) -> Result<String, JsError> {
        answer(|a| a.status, self.client.status())
    }

    /// Photos that the server needs, smallest first, JSON.
    pub fn uploads(&self) -> Result<String, JsError> {
        answer(|a| a.uploads, self.client.uploads())
    }

    /// SHA-256 of each photo whose bytes must stay, JSON.
    #[wasm_bindgen(js_name = photosKept)]
    pub fn photos_kept(&self) -> Result<String, JsError> {
        answer(|a| a.photos_kept, self.client.photos_kept().map(|name| hex(name)).collect())
    }

    /// Lines of the day's list, JSON.
    pub fn orders(&mut self) -> Result<String, JsError> {
        answer(|a| a.orders, self.client.orders())
    }

    /// Offers that wait for an answer, JSON.
    pub fn offers(&self) -> Result<String, JsError> {
        answer(|a| a.offers, self.client.open_offers())
    }

    /// Everything about one order, JSON; `null` for an unknown order.
    pub fn order(&mut self, now: &str, order: &str) -> Result<String, JsError> {
        let now: Now = serde_json::from_str(now).map_err(js_error)?;
        let order = order.parse::<OrderId>().map_err(js_error)?;
        answer(|a| a.order, self.client.order(now, order))
    }

    /// Contents of the papers of the latest signed sheet, CBOR for the module of the papers.
    #[wasm_bindgen(js_name = signedSheet)]
    pub fn signed_sheet(&mut self, order: &str) -> Result<Option<Vec<u8>>, JsError> {
        let order = order.parse::<OrderId>().map_err(js_error)?;
        Ok(self.client.signed_sheet(order).map(|signed| encode(&signed)))
    }

    /// Other metrologists of the firm, JSON.
    pub fn colleagues(&self) -> Result<String, JsError> {
        answer(|a| a.colleagues, self.client.colleagues())
    }

    /// Colleagues with their last known places, the nearest first, JSON.
    #[wasm_bindgen(js_name = colleaguesNearby)]
    pub fn colleagues_nearby(&self, now: &str) -> Result<String, JsError> {
        let now: Now = serde_json::from_str(now).map_err(js_error)?;
        answer(|a| a.colleagues_nearby, self.client.colleagues_nearby(now))
    }

    /// Way to an order from the phone's last place, JSON; `null` while either place is unknown.
    pub fn eta(&self, now: &str, order: &str) -> Result<String, JsError> {
        let now: Now = serde_json::from_str(now).map_err(js_error)?;
        let order = order.parse::<OrderId>().map_err(js_error)?;
        answer(|a| a.eta, self.client.eta(now, order))
    }

    /// Texts of the QR codes of an open transfer, JSON.
    #[wasm_bindgen(js_name = transferCodes)]
    pub fn transfer_codes(&mut self, order: &str) -> Result<String, JsError> {
        let order = order.parse::<OrderId>().map_err(js_error)?;
        answer(|a| a.transfer_codes, self.client.transfer_codes(order).map_err(js_error)?)
    }

    /// Progress of reading a colleague's screen, JSON.
    pub fn scanned(&self) -> Result<String, JsError> {
        answer(|a| a.scanned, self.client.scanned())
    }

    /// Means that this person may use, JSON.
    pub fn means(&self) -> Result<String, JsError> {
        answer(|a| a.means, self.client.means())
    }

    /// Questions and answers written by the firm, JSON.
    pub fn faq(&self) -> Result<String, JsError> {
        answer(|a| a.faq, self.client.faq())
    }

    /// At most 12 types whose number begins with the text or whose modification contains it, JSON.
    #[wasm_bindgen(js_name = findTypes)]
    pub fn find_types(&self, text: &str) -> Result<String, JsError> {
        answer(|a| a.find_types, self.client.find_types(text, 12))
    }

    /// Method of a type, JSON; `null` where either is unknown.
    pub fn method(&self, number: &str, modification: &str) -> Result<String, JsError> {
        let kind = self.client.find_type(number, modification);
        let method = kind.and_then(|kind| self.client.find_method(&kind.method));
        answer(|a| a.method, method)
    }

    /// Evidence of time for an event happening now, JSON.
    pub fn evidence(&self, now: &str) -> Result<String, JsError> {
        let now: Now = serde_json::from_str(now).map_err(js_error)?;
        answer(|a| a.evidence, self.client.evidence(now))
    }

    /// Doubts about a number of the type, modification and serial number as they are typed, JSON.
    #[wasm_bindgen(js_name = identityHints)]
    pub fn identity_hints(
        &self,
        type_number: &str,
        modification: &str,
        serial_number: &str,
    ) -> Result<String, JsError> {
        let texts = (type_number, modification, serial_number);
        answer(|a| a.identity_hints, self.client.identity_hints(texts))
    }

    /// Error, limit and verdict of a row that is being typed. `row` is JSON of the strings
    /// `type_number`, `modification`, `position`, `flow`, `start`, `end`, `reference`; the answer
    /// is JSON `{error, limit, within}`, or nothing while the values make no sense.
    #[wasm_bindgen(js_name = rowError)]
    pub fn row_error(&self, row: &str) -> Result<String, JsError> {
        let row: TypedRow = serde_json::from_str(row).map_err(js_error)?;
        answer(|a| a.row_error, self.error_of(&row))
    }

    fn error_of(&self, row: &TypedRow) -> Option<RowError> {
        let kind = self.client.find_type(&row.type_number, &row.modification)?;
        let position = Position::parse(&row.position)?;
        let read = |text: &str| Reading::parse(text).ok();
        let error = error_percent(&read(&row.start)?, &read(&row.end)?, &read(&row.reference)?)?;
        let limit = limit_percent(kind, position, &read(&row.flow)?);
        Some(RowError {
            error: Reading::from(error).russian(),
            limit: Reading::from(limit).russian(),
            within: error.abs() <= limit,
        })
    }

    fn feed(&mut self, now: &str, input: Input) -> Result<Array, JsError> {
        let now: Now = serde_json::from_str(now).map_err(js_error)?;
        effects(self.client.handle(now, input))
    }
}

thread_local! {
    static LAST_ACCESSED: Cell<Option<OrderId>> = const { Cell::new(None) };
}

/// Order whose document was touched last: the culprit, if the machine ended in a trap.
#[wasm_bindgen(js_name = lastAccessed)]
pub fn last_accessed() -> Option<String> {
    LAST_ACCESSED.get().map(|order| order.to_string())
}

/// A UUIDv7 of a millisecond and ten random bytes.
#[wasm_bindgen(js_name = newId)]
pub fn new_id(unix_ms: f64, entropy: &[u8]) -> Result<String, JsError> {
    let entropy: [u8; 10] = entropy.try_into().map_err(js_error)?;
    Ok(ItemId::new(unix_ms as i64, entropy).to_string())
}

fn read_row(row: &JsValue) -> Option<Row> {
    let row: &Array = row.dyn_ref()?;
    Some(Row {
        table: Table::parse(&row.get(0).as_string()?)?,
        key: Uint8Array::new(&row.get(1)).to_vec(),
        value: Uint8Array::new(&row.get(2)).to_vec(),
    })
}

/// An answer in JSON. Its place in [`Answers`], which gives it its type on the page, must have the same type.
fn answer<'a, T: Serialize>(_named: fn(Answers<'a>) -> T, answer: T) -> Result<String, JsError> {
    serde_json::to_string(&answer).map_err(js_error)
}

/// Effects as the objects of [`PageEffect`], in order.
fn effects(effects: Vec<Effect>) -> Result<Array, JsError> {
    let to_js = serde_wasm_bindgen::Serializer::new().serialize_missing_as_null(true);
    let objects = effects.into_iter().map(|effect| PageEffect::from(effect).serialize(&to_js));
    objects.collect::<Result<_, _>>().map_err(js_error)
}
