//! What is doubtful in the card of an open order: beside the card on the page, and at the rows of a table.

use serde::Serialize;
use utoipa::ToSchema;
use vyezd_core::model::{
    Card, ExpectedInstrument, InstrumentId, LegalDate, OrderId, Timestamp, Zone, building_key,
    fold, is_type_number,
};
use vyezd_core::rules::serial::serial_meant;
use vyezd_core::texts::{lookalike_words, mended};

use crate::import::{instrument_key, is_date_of_spreadsheet};
use crate::problem::Outcome;
use crate::store::Tx;

/// A doubt about a field of a card. It stops nothing.
pub(super) struct Doubt {
    pub(super) field: &'static str,
    /// The instrument that the field belongs to.
    pub(super) instrument: Option<InstrumentId>,
    /// The other order that the doubt speaks of, with its number.
    pub(super) other: Option<(OrderId, String)>,
    pub(super) words: String,
}

/// A doubt about the card of an order. It stops nothing.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "field": "serial_number", "instrument": "01a08a5fa8817bf5b4400481065a2943",
    "other": "01a08a5fa88073eeb7e96e59ce40f9cb",
    "words": "этот прибор по этому адресу на этот день уже в заявке № 2101: проверьте, не одна ли это заявка"
}))]
pub(super) struct CardDoubt {
    /// The field of the card.
    field: &'static str,
    /// The instrument of `expected` that the field belongs to.
    instrument: Option<String>,
    /// The other order that the doubt speaks of.
    other: Option<String>,
    /// A sentence for the office.
    words: String,
}

impl From<Doubt> for CardDoubt {
    fn from(Doubt { field, instrument, other, words }: Doubt) -> Self {
        let instrument = instrument.map(|of| of.to_string());
        Self { field, instrument, other: other.map(|(order, _)| order.to_string()), words }
    }
}

impl Doubt {
    const fn at(field: &'static str, words: String) -> Self {
        Self { field, instrument: None, other: None, words }
    }
}

/// Doubts about the card of an order; about who could come only where nobody `has` it yet.
pub(super) async fn of_card(tx: &mut Tx, card: &Card, has: bool) -> Outcome<Vec<Doubt>> {
    let mut found: Vec<Doubt> = letters(card).collect();
    found.extend(unknown_types(tx, card).await?);
    found.extend(same_visit(tx, card).await?);
    if !has {
        found.extend(nobody_there(tx, card).await?);
    }
    found.extend(bare_town(card));
    Ok(found)
}

/// A doubt about a visit whose day has passed while the order is open.
pub(super) fn past_day(card: &Card, now: Timestamp) -> Option<Doubt> {
    let passed = card.date < LegalDate(card.zone.date(now));
    passed.then(|| {
        Doubt::at("date", format!("день визита {} уже прошёл: проверьте", card.date.russian()))
    })
}

/// Letters of another alphabet in texts by which orders are found and people and papers are named.
fn letters(card: &Card) -> impl Iterator<Item = Doubt> {
    let texts =
        [("client", &card.client), ("district", &card.district), ("address", &card.address)];
    texts.into_iter().filter_map(|(field, text)| {
        // A dash in an address is no slip.
        let dashed = |right: char, typed: char| if right == '-' { typed } else { right };
        let right = mended(text);
        let right: String = right.chars().zip(text.chars()).map(|(a, b)| dashed(a, b)).collect();
        (right != *text).then(|| Doubt::at(field, lookalike_words(text, &right)))
    })
}

/// Types that the catalogue does not have, and modifications that a spreadsheet took for dates.
async fn unknown_types(tx: &mut Tx, card: &Card) -> Outcome<Vec<Doubt>> {
    let mut found = Vec::new();
    for of in card.instruments.iter().filter(|of| is_date_of_spreadsheet(&of.modification)) {
        let words = format!("модификация «{}» похожа на дату", of.modification);
        found.push(Doubt { instrument: Some(of.id), ..Doubt::at("modification", words) });
    }
    for of in card.instruments.iter().filter(|of| is_type_number(&of.type_number)) {
        if tx.types_of(&of.type_number).await?.is_empty() {
            let words = format!(
                "тип {} не найден в справочнике: без него показания не примут",
                of.type_number
            );
            found.push(Doubt { instrument: Some(of.id), ..Doubt::at("type_number", words) });
        }
    }
    Ok(found)
}

/// Other orders that have one of the instruments at the same building on the same day.
async fn same_visit(tx: &mut Tx, card: &Card) -> Outcome<Vec<Doubt>> {
    let building = building_key(&card.district, &card.address);
    let mut found = Vec::new();
    for of in &card.instruments {
        let key = instrument_key(&of.serial_number);
        let has = |known: &ExpectedInstrument| instrument_key(&known.serial_number) == key;
        let serial = serial_meant(&of.serial_number);
        for other in tx.orders_with_serial((card.date, &serial), card.id).await? {
            if building_key(&other.district, &other.address) != building
                || !other.instruments.iter().any(has)
            {
                continue;
            }
            let words = format!(
                "этот прибор по этому адресу на этот день уже в заявке № {}: проверьте, не одна ли это заявка",
                other.number
            );
            found.push(Doubt {
                field: "serial_number",
                instrument: Some(of.id),
                other: Some((other.id, other.number)),
                words,
            });
        }
    }
    Ok(found)
}

/// A doubt where nobody may work in the district on the day.
async fn nobody_there(tx: &mut Tx, card: &Card) -> Outcome<Option<Doubt>> {
    let people = tx.metrologists_for(&fold(&card.district), None).await?;
    if people.iter().any(|of| of.attested_until.is_some_and(|until| until >= card.date)) {
        return Ok(None);
    }
    let words = format!(
        "в районе «{}» на {} нет ни одного исполнителя: заявку никто не получит",
        card.district,
        card.date.russian()
    );
    Ok(Some(Doubt::at("district", words)))
}

/// A doubt where the address seems to name a town of another zone than the order has.
fn bare_town(card: &Card) -> Option<Doubt> {
    let meant = Zone::of_bare_town(&card.address).filter(|meant| *meant != card.zone)?;
    let words = format!(
        "город без «г.»? часовой пояс взят {}, а не {}: если это город, выберите пояс в карточке",
        card.zone.russian(),
        meant.russian()
    );
    Some(Doubt::at("address", words))
}
