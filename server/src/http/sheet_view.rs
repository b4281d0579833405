//! A signed sheet as the office and the client see it.

use serde::Serialize;
use utoipa::ToSchema;
use vyezd_core::doc::seal::{DecodedSeal, Seal, Signer};
use vyezd_core::doc::view::{SealedResult, SealedView};
use vyezd_core::model::{FundNumber, InstrumentId, PayMethod};

use crate::app::App;
use crate::store::{FundState, SealRow, SealState};
use crate::verification::link::LinkState;
use crate::verification::{issue, sheets};

/// A signed sheet.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01a09e8213c0778ab7bdb5626eb0a046", "state": "issued", "problem": "",
    "link": "https://office.example/s/b1b1bdb480c61d075300d9bff7d9cb69", "link_state": "open",
    "link_until": 1_820_901_720_000_i64, "signed_at": 1_789_365_720_000_i64, "code_right": true,
    "signer": "Лаптева Нина Андреевна (собственник)", "refusal": "", "due_kop": 180_000,
    "received_kop": 180_000, "paid_how": "наличными"
}))]
pub(super) struct SheetView {
    /// The seal.
    id: String,
    /// Where it is.
    state: SealState,
    /// What the server found wrong with it; otherwise empty.
    problem: String,
    /// The client's page.
    link: String,
    /// `open`, `ended` or `closed`.
    link_state: String,
    /// Until when the link is good, Unix time, ms.
    link_until: Option<i64>,
    /// Who closed the link.
    link_closed_by: Option<String>,
    /// Unix time, ms.
    signed_at: i64,
    /// The client typed his code, and it was right; absent: he typed none.
    code_right: Option<bool>,
    /// Who typed it in from paper.
    typed_by: Option<String>,
    /// Who signed, with the relation: «Петрова А. С. (собственник)»; empty where nobody did.
    signer: String,
    /// Why nobody signed; empty where somebody did.
    refusal: String,
    /// What was due, kopecks.
    due_kop: i64,
    /// What was received, kopecks; absent where a paper names none.
    received_kop: Option<i64>,
    /// How, in Russian: «наличными».
    paid_how: Option<String>,
    /// What it says.
    instruments: Vec<VerdictView>,
}

/// What a sheet says of an instrument.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum InstrumentResult {
    Fit,
    Unfit,
    /// No paper, no number.
    NotFinished,
}

impl From<SealedResult> for InstrumentResult {
    fn from(result: SealedResult) -> Self {
        match result {
            SealedResult::Fit => Self::Fit,
            SealedResult::Unfit => Self::Unfit,
            SealedResult::NotFinished => Self::NotFinished,
        }
    }
}

/// An instrument of a sheet.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01a08a5fa8817bf5b4400481065a2943", "name": "СХВ-15 16078-13",
    "serial_number": "00451207", "water": "cold", "result": "fit", "reasons": [],
    "valid_until": "13.09.2032", "protocol_number": "ВМ-П-2026-000117",
    "errors": ["Qмин: 1,6 % (±5 %)", "1,1Qп: −0,8 % (±2 %)", "Qнаиб: 1,0 % (±2 %)"]
}))]
pub(super) struct VerdictView {
    /// The instrument.
    pub(super) id: String,
    /// Modification and number of the type.
    pub(super) name: String,
    /// As it stands on the instrument.
    pub(super) serial_number: String,
    /// `cold` or `hot`, where it is known.
    pub(super) water: Option<String>,
    /// The verdict.
    pub(super) result: InstrumentResult,
    /// Why it is unfit or not finished, in Russian.
    pub(super) reasons: Vec<String>,
    /// The day before the next verification, `DD.MM.YYYY`.
    pub(super) valid_until: Option<String>,
    /// None where the verdict is not finished.
    pub(super) protocol_number: Option<String>,
    /// A line for each row: point, error, limit.
    pub(super) errors: Vec<String>,
    /// Number of its record in the Fund, once there is one.
    pub(super) fund_number: Option<String>,
    /// Address of the record's public card.
    pub(super) fund_card: Option<String>,
    /// Why the Fund refused the record; absent where it did not.
    pub(super) fund_refusal: Option<String>,
}

/// The verdicts of a sheet, with what the Fund says of them.
pub(super) fn verdicts(view: &SealedView, fund: &[FundState]) -> Vec<VerdictView> {
    let state = |id: InstrumentId| fund.iter().find(|state| state.instrument == id);
    let number = |id| state(id).and_then(|state| state.number.as_ref());
    let refused = |id| state(id).filter(|state| state.number.is_none());
    view.instruments
        .iter()
        .map(|i| VerdictView {
            fund_number: number(i.id).map(ToString::to_string),
            fund_card: number(i.id).map(FundNumber::card),
            fund_refusal: refused(i.id).map(|state| state.refusal.clone()),
            id: i.id.to_string(),
            name: format!("{} {}", i.modification, i.type_number),
            serial_number: i.serial_number.clone(),
            water: i.water.map(|water| water.code().to_owned()),
            result: i.result.into(),
            reasons: i.reasons.clone(),
            valid_until: i.valid_until.map(|date| date.russian()),
            protocol_number: i.protocol_number.clone(),
            errors: i
                .rows
                .iter()
                .map(|row| {
                    let (error, limit) = (row.error_percent.russian(), row.limit_percent.russian());
                    format!("{}: {error} % (±{limit} %)", row.point)
                })
                .collect(),
        })
        .collect()
}

pub(super) fn sheet_view(
    app: &App,
    seal: SealRow,
    (link_state, typed_by): (LinkState, Option<String>),
    fund: &[FundState],
) -> SheetView {
    let decoded = Seal::decode(&seal.record).ok();
    let (link_state, link_until, link_closed_by) = match link_state {
        LinkState::Open { until } => ("open", Some(until.0), None),
        LinkState::Ended => ("ended", None, None),
        LinkState::Closed { by, .. } => ("closed", None, Some(by)),
    };
    let (signer, refusal) = decoded.as_ref().map(signed_by).unwrap_or_default();
    let money = decoded.as_ref().map(|of| &of.view);
    let code = decoded.as_ref().and_then(|of| sheets::code_given(app, seal.order, &of.body));
    SheetView {
        id: seal.id.to_string(),
        link: issue::link(app, &seal.token),
        link_state: link_state.to_owned(),
        link_until,
        link_closed_by,
        signed_at: seal.signed_at,
        typed_by,
        signer,
        refusal,
        due_kop: money.map_or(0, |view| view.due_kop),
        received_kop: money.and_then(|view| view.received_kop),
        paid_how: money
            .and_then(|view| view.pay_method)
            .map(|method| PayMethod::russian(method).to_owned()),
        code_right: code,
        instruments: decoded.map(|of| verdicts(&of.view, fund)).unwrap_or_default(),
        state: seal.state,
        problem: seal.problem,
    }
}

/// Who signed, and why nobody did; one of the two is empty.
fn signed_by(decoded: &DecodedSeal) -> (String, String) {
    match &decoded.body.signer {
        Signer::Signed { .. } => (decoded.body.signer.name_and_relation(), String::new()),
        Signer::Refused { reason } => (String::new(), reason.clone()),
        Signer::Paper { name, refusal } => (name.clone(), refusal.clone()),
    }
}
