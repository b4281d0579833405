//! Checks a signed sheet. The server makes the whole view anew — from the document at the sealed
//! heads, with the card and reference data that this very phone had been told by then — and
//! compares every field. A difference is a sentence for the office; nothing is issued from a sheet
//! that differs.

use vyezd_core::codec::decode;
use vyezd_core::doc::Document;
use vyezd_core::doc::seal::{
    CONSENT_VERSION, DecodedSeal, Seal, SealBody, Signer, Strokes, UsedNumber,
};
use vyezd_core::doc::view::{SealedView, make};
use vyezd_core::frame::ReferenceData;
use vyezd_core::limits::NUMBER_CHARS_MAX;
use vyezd_core::model::{
    Card, Confidence, Entity, LegalDate, NumberKind, Order, OrderId, SealId, Series, Visit,
    print_number,
};
use vyezd_core::sheet::agreement::{VIEW_VERSION, differences};
use vyezd_core::sheet::complete::lacking;
use vyezd_core::sheet::draft::RENDERER_VERSION;
use vyezd_core::sheet::sense::senseless;
use vyezd_core::texts::{is_one_line, unprintable};

use crate::app::App;
use crate::limits::phones::{CLOCK_AHEAD_MS, CONTACT_SLACK_MS, SILENT_MS};
use crate::refusal::Refusal;
use crate::store::{
    DeviceRow, OrderState, PersonRow, Role, SealRow, SheetRow, StoreError, Tx, UsedBy,
};

/// Nothing, or a sentence for the office.
pub type Checked = Result<(), Refusal>;

#[derive(Clone, Copy)]
pub struct SheetToCheck<'a> {
    pub order: OrderId,
    pub id: SealId,
    pub decoded: &'a DecodedSeal,
    pub strokes: &'a [u8],
}

/// Everything about a sheet, its place included.
pub async fn check(app: &App, tx: &mut Tx, doc: &mut Document, sheet: SheetToCheck<'_>) -> Checked {
    check_sheet(app, tx, doc, sheet).await?;
    check_place(tx, sheet.order, &sheet.decoded.body).await
}

/// The sheet by itself: its person, versions, time, numbers, and every field of its view.
pub async fn check_sheet(
    app: &App,
    tx: &mut Tx,
    doc: &mut Document,
    sheet: SheetToCheck<'_>,
) -> Checked {
    let SheetToCheck { order, id, decoded, strokes } = sheet;
    let DecodedSeal { body, view, .. } = decoded;
    let Some(device) = tx.device(body.device).await? else {
        return Refusal::because("телефон не зарегистрирован");
    };
    if let Err(bad) = decoded.verify(strokes, (order, id), &device.key) {
        return Refusal::because(bad.to_string());
    }
    let visits = tx.visits(order).await?;
    let own = visits.iter().any(|(visit, person)| (*visit, *person) == (body.visit, device.person));
    if !own || view.order != order || view.visit != body.visit || view.performer != device.person {
        return Refusal::because("лист относится к чужому визиту");
    }
    let Some(person) = tx.person(view.performer).await? else {
        return Refusal::because("исполнитель не найден");
    };
    if person.role != Role::Metrologist {
        return Refusal::because(format!("исполнитель «{}» не поверитель", person.name));
    }
    let by_office = app.keys.paper_entry(person.id).verifying_key().to_bytes() == device.key;
    if let Err(why) = check_form(body, strokes, by_office) {
        return Refusal::because(why);
    }
    if !by_office {
        let offered = tx.offers(order).await?.into_iter().find(|offer| offer.visit == body.visit);
        let known = KnownTimes {
            earliest: (order.unix_ms() as i64).max(device.enrolled_at),
            offered_at: offered.map(|offer| offer.offered_at),
            enrolled_at: device.enrolled_at,
            silent: silence(app, tx, (id, &device)).await?,
        };
        if let Err(why) = check_time(app, &known, body) {
            return Refusal::because(why);
        }
    }
    if device.revoked_at.is_some_and(|revoked| body.at.at.0 > revoked) {
        return Refusal::because("время подписи: в листе оно позже, чем у телефона отозван доступ");
    }
    let paper_day = by_office.then_some(view.date);
    let Some(data) = reference_of_author(tx, body, &person, paper_day).await? else {
        let (of, why) = (body.catalogue, "такой у телефона не было или была новее");
        return Refusal::because(format!("справочники: в листе версия {of}, {why}"));
    };
    let Some(entity) = data.entities.iter().find(|e| e.id == view.entity).cloned() else {
        return Refusal::because("организация: в листе её нет среди ваших");
    };
    for (what, text) in [
        ("клиент", &view.client),
        ("адрес", &view.address),
        ("исполнитель", &view.performer_name),
        ("организация", &view.entity_name),
    ] {
        if let Some(sign) = unprintable(text) {
            return Refusal::because(format!(
                "{what}: знак «{sign}» не напечатать, исправьте карточку"
            ));
        }
    }
    if let Some(senseless) = senseless(view).first() {
        return Refusal::because(senseless.to_string());
    }
    check_numbers(tx, &entity, body, view).await?;
    check_view(tx, doc, (id, body, view), &data, by_office).await
}

/// The reference data of the phone at the signature; the firm's data may have changed since.
/// Nothing where the sheet names a version that this installation never came to, or an older one
/// than the phone had been told by then. A paper is judged by the kits of its own day.
async fn reference_of_author(
    tx: &mut Tx,
    body: &SealBody,
    person: &PersonRow,
    paper_day: Option<LegalDate>,
) -> Result<Option<ReferenceData>, StoreError> {
    let by_office = paper_day.is_some();
    let least = if by_office { 0 } else { heard_by(tx, body).await?.1 };
    if body.catalogue == 0 || body.catalogue < least as u64 {
        return Ok(None);
    }
    let known =
        if by_office { None } else { tx.reference_known(body.catalogue, person.id).await? };
    if let Some(data) = known {
        return Ok(Some(data));
    }
    let now = tx.reference_on(person, paper_day).await?;
    Ok((body.catalogue <= now.version).then_some(now))
}

/// Checks versions, the signer's text, the length of the paper's sum, and that a signature was
/// drawn, but for entry from paper.
fn check_form(body: &SealBody, strokes: &[u8], by_office: bool) -> Result<(), String> {
    let known = |what: &str, stands: u32, newest: u32| {
        let message = format!("{what}: в листе версия {stands}, известны до {newest}");
        if (1..=newest).contains(&stands) { Ok(()) } else { Err(message) }
    };
    known("подписанная запись", body.version, 1)?;
    if !matches!(body.signer, Signer::Paper { .. }) {
        known("согласие", body.consent, CONSENT_VERSION)?;
    } else if !by_office {
        return Err("подпись: на бумаге подписывают только листы, введённые офисом".to_owned());
    } else if body.consent != 0 {
        return Err("согласие: под бумажной подписью электронного согласия нет".to_owned());
    }
    known("бланки", body.renderer, RENDERER_VERSION)?;
    if !body.signer.is_plain() {
        return Err(
            "подпись: имя или причина пусты, длиннее строки или с недопустимыми знаками".to_owned()
        );
    }
    if body.pdf_sha256.as_ref().is_some_and(|sum| sum.len() != 32) {
        return Err("сумма документа: в листе не SHA-256".to_owned());
    }
    let drawing = decode::<Strokes>(strokes).unwrap_or_default();
    if matches!(body.signer, Signer::Signed { .. }) && !by_office && !drawing.is_drawn() {
        return Err("подпись: в листе сказано, что подписано, но рисунка нет".to_owned());
    }
    if matches!(body.signer, Signer::Refused { .. }) && drawing.points() > 0 {
        return Err("подпись: в листе сказано, что клиент отказался, но подпись есть".to_owned());
    }
    Ok(())
}

/// Server times that bound the time of a signature, Unix time, ms.
struct KnownTimes {
    /// The order is made and the phone enrolled.
    earliest: i64,
    /// The visit is offered; nothing for a visit that began with a transfer.
    offered_at: Option<i64>,
    enrolled_at: i64,
    /// See [`silence`].
    silent: Option<i64>,
}

/// A sheet is not signed before its order was made, its visit offered and its phone enrolled, nor
/// after it was received; a confirmed time names a contact that is not in the future either.
fn check_time(app: &App, known: &KnownTimes, body: &SealBody) -> Result<(), String> {
    let (at, now) = (body.at.at.0, app.now().0);
    let KnownTimes { earliest, offered_at, enrolled_at, silent } = *known;
    if at > now.saturating_add(CLOCK_AHEAD_MS) {
        return Err("время подписи: в листе оно позже, чем лист получен".to_owned());
    }
    if at < earliest.saturating_sub(CLOCK_AHEAD_MS) {
        return Err(
            "время подписи: в листе оно раньше, чем появились заявка или телефон".to_owned()
        );
    }
    if offered_at.is_some_and(|offered| at < offered.saturating_sub(CLOCK_AHEAD_MS)) {
        return Err("время подписи: в листе оно раньше, чем заявку предложили".to_owned());
    }
    if silent.is_some_and(|silent| silent > at.saturating_add(SILENT_MS)) {
        return Err(
            "время подписи: в листе оно раньше, чем телефон был на связи без листа".to_owned()
        );
    }
    let since = body.at.since_contact_ms;
    let contact = at.saturating_sub(since.unwrap_or(0));
    if since.is_some() && contact < enrolled_at.saturating_sub(CLOCK_AHEAD_MS) {
        return Err(
            "время подписи: связь с сервером названа раньше, чем появился телефон".to_owned()
        );
    }
    let contact_known = since.is_some_and(|since| since >= 0);
    if body.at.confidence == Confidence::Confirmed && !contact_known {
        return Err("время подписи: названо подтверждённым, но связи с сервером не было".to_owned());
    }
    Ok(())
}

/// Checks that one sheet of an order counts: a second one, or one of a visit of another person than
/// the holder, waits for a decision.
async fn check_place(tx: &mut Tx, order: OrderId, body: &SealBody) -> Checked {
    if !tx.was_assigned(body.visit).await? {
        return Refusal::because("заявка передана другому; работа сохранена");
    }
    let cancelled = tx.order(order).await?.is_some_and(|row| row.state == OrderState::Cancelled);
    if cancelled {
        return Refusal::because("заявка отменена; решает диспетчер");
    }
    let sheets = tx.sheets(order).await?;
    let earlier = body.supersedes.map(|earlier| sheets.iter().find(|sheet| sheet.id == earlier));
    if earlier.is_some_and(|earlier| earlier.is_none_or(|sheet| sheet.visit != body.visit)) {
        return Refusal::because("лист заменяет чужой лист");
    }
    // A sheet signed again in place of one that counted goes on counting without the order in hand;
    // no other does.
    let counted = earlier.flatten().is_some_and(SheetRow::counts);
    let held = tx.holder(order).await?.is_some_and(|(_, visit)| visit == body.visit);
    if !held && !counted {
        return Refusal::because("заявка передана другому; решает диспетчер");
    }
    if let Some(Some(sheet)) = earlier
        && tx.is_packed(sheet.id).await?
    {
        let why = "прежний лист уже выгружен в «Аршин»: сначала исправьте запись Фонда";
        return Refusal::because(why);
    }
    let another = sheets.iter().any(|sheet| sheet.counts() && Some(sheet.id) != body.supersedes);
    if another {
        return Refusal::because("по заявке уже есть другой подписанный лист");
    }
    Ok(())
}

/// Every printed number is one that the phone's lease gives, was not used for another instrument, and the sheet
/// uses up no number that it does not print.
async fn check_numbers(
    tx: &mut Tx,
    entity: &Entity,
    body: &SealBody,
    view: &SealedView,
) -> Checked {
    let mut left: Vec<&UsedNumber> = body.numbers.iter().collect();
    for instrument in &view.instruments {
        for kind in NumberKind::ALL {
            let Some(number) = instrument.number(kind) else { continue };
            if !is_one_line(number) || number.chars().count() > NUMBER_CHARS_MAX {
                return Refusal::because("номер документа: в листе не номер");
            }
            let at = left.iter().position(|u| u.instrument == instrument.id && u.kind == kind);
            let Some(at) = at else {
                return Refusal::because(format!("номер {number} взят ниоткуда"));
            };
            let used = left.remove(at);
            let year = view.date.0.year() as u16;
            if !is_leased(tx, entity, (body, used, year), number).await? {
                let why = format!("номер {number} не выдан этому телефону или уже занят");
                return Refusal::because(why);
            }
        }
    }
    if left.is_empty() {
        return Ok(());
    }
    Refusal::because(format!("номера: лист занимает ещё {}, которых не печатает", left.len()))
}

async fn is_leased(
    tx: &mut Tx,
    entity: &Entity,
    (body, used, year): (&SealBody, &UsedNumber, u16),
    printed: &str,
) -> Result<bool, StoreError> {
    let (kind, number) = (used.kind, used.number);
    let series = Series { entity: entity.id, kind, year };
    let lease = tx.lease(used.lease).await?;
    let good = lease.as_ref().is_some_and(|(lease, device)| {
        *device == body.device
            && lease.series() == series
            && (lease.first..=lease.last).contains(&number)
    });
    let same = print_number(entity.templates.of(kind), &entity.code, year, number)
        .is_ok_and(|expected| expected == *printed);
    if !good || !same {
        return Ok(false);
    }
    // A sheet that is signed again names the numbers of the one before it; the instrument's id alone is the phone's
    // to choose.
    let again = UsedBy(Some((used.instrument, body.visit)));
    let owner = tx.number_of((series, number)).await?;
    Ok(owner.is_none_or(|owner| owner == again))
}

/// Makes the view anew and compares: from the document at the named heads and at the arrival of the
/// sheet, by each card that the phone can have had.
async fn check_view(
    tx: &mut Tx,
    doc: &mut Document,
    (id, body, view): (SealId, &SealBody, &SealedView),
    data: &ReferenceData,
    by_office: bool,
) -> Checked {
    let heads: Vec<[u8; 32]> =
        body.heads.iter().filter_map(|head| head.as_slice().try_into().ok()).collect();
    let Some(when_sealed) = doc.when_sealed(id) else {
        return Refusal::because("в документе нет этого листа");
    };
    // After a refusal the phone writes its other edits anew, under other names: the named heads are then unknown.
    let named = doc.at(&heads).ok();
    // The server's present state counts too: a sheet made on a branch would hide edits that the
    // same phone, or another one of the person, has written beside the branch.
    let now = doc.read().0;
    let states = named.iter().chain([&when_sealed]).map(|doc| doc.read().0).chain([now]);
    let visits: Vec<Option<Visit>> =
        states.map(|mut order| order.visits.remove(&body.visit)).collect();
    let Some(visits) = visits.into_iter().collect::<Option<Vec<Visit>>>() else {
        return Refusal::because("в документе нет подписанного визита");
    };
    let mut first = None;
    for card in cards_known(tx, body, view.order, by_office).await? {
        // The state at the signature binds as much as the named heads: old heads hide nothing.
        let all = visits.iter().map(|visit| compared(&card, visit, (body, view), data));
        match all.collect::<Result<Vec<()>, String>>() {
            Ok(_) => return Ok(()),
            Err(why) => first = first.or(Some(why)),
        }
    }
    Refusal::because(first.unwrap_or_else(|| "заявки нет".to_owned()))
}

/// Whether the visit of a sheet that counts still has the signed values.
pub async fn still_says(app: &App, tx: &mut Tx, read: &Order, seal: &SealRow) -> Checked {
    let Ok(DecodedSeal { body, view, .. }) = Seal::decode(&seal.record) else {
        return Ok(());
    };
    let person = tx.person(view.performer).await?;
    let (Some(visit), Some(person)) = (read.visits.get(&body.visit), person) else {
        return Ok(());
    };
    let device = tx.device(body.device).await?;
    let signing_device = app.keys.paper_entry(person.id).verifying_key().to_bytes();
    let by_office = device.is_some_and(|device| device.key == signing_device);
    let Some(data) =
        reference_of_author(tx, &body, &person, by_office.then_some(view.date)).await?
    else {
        return Ok(());
    };
    let mut first = None;
    for card in cards_known(tx, &body, view.order, by_office).await? {
        match compared(&card, visit, (&body, &view), &data) {
            Ok(()) => return Ok(()),
            Err(why) => first = first.or(Some(why)),
        }
    }
    first.map_or(Ok(()), Refusal::because)
}

/// Time at which the phone last spoke without a sheet before this one came; a known sheet keeps its
/// time.
pub async fn silence(
    app: &App,
    tx: &mut Tx,
    (seal, device): (SealId, &DeviceRow),
) -> Result<Option<i64>, StoreError> {
    match tx.silence_when_received(seal).await? {
        Some(known) => Ok(known),
        None => Ok(device.silent_at.max(app.cursors.silent(device.id))),
    }
}

/// The cards that the phone can have shown, the newest first: the card at the phone's last contact
/// before the signature, and every later version.
async fn cards_known(
    tx: &mut Tx,
    body: &SealBody,
    order: OrderId,
    by_office: bool,
) -> Result<Vec<Card>, StoreError> {
    let current = tx.order(order).await?.map(|row| row.card);
    if by_office {
        return Ok(current.into_iter().collect());
    }
    let (from, _) = heard_by(tx, body).await?;
    let known = tx.card_versions(order, from).await?;
    Ok(if known.is_empty() { current.into_iter().collect() } else { known })
}

/// The place in the stream and the version of the reference data that the phone had at the
/// signature: numbers answered before its last contact, and numbers that the phone had named itself
/// by then.
async fn heard_by(tx: &mut Tx, body: &SealBody) -> Result<(i64, i64), StoreError> {
    let contact = body.at.since_contact_ms.map_or(0, |since| body.at.at.0.saturating_sub(since));
    let told_by = contact.saturating_add(CONTACT_SLACK_MS);
    tx.heard_by(body.device, (told_by, body.at.at.0)).await
}

fn compared(
    card: &Card,
    visit: &Visit,
    (body, view): (&SealBody, &SealedView),
    data: &ReferenceData,
) -> Result<(), String> {
    let date = LegalDate(card.zone.date(body.at.at));
    let Some(reference) = data.reference_of(card.entity) else {
        return Err("организация не найдена".to_owned());
    };
    if let Some(lack) = lacking(card, visit, date, reference).first() {
        return Err(lack.to_string());
    }
    let made = make(card, (body.visit, visit), date, reference);
    debug_assert_eq!(made.version, VIEW_VERSION);
    match differences(view, &made, card.certificate).as_slice() {
        [] => Ok(()),
        [one] => Err(one.to_string()),
        [one, rest @ ..] => Err(format!("{one}; и ещё различий: {}", rest.len())),
    }
}
