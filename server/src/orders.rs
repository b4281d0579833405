//! An order comes into being: card, document, the first line of its history.

use vyezd_core::doc::seal::Seal;
use vyezd_core::model::{Card, LastReading, building_key};

use crate::app::App;
use crate::code::Code;
use crate::documents;
use crate::problem::{Outcome, Problem};
use crate::store::{By, Tx};

/// Makes an order from its card; finding a performer is the caller's.
pub async fn create(app: &App, tx: &mut Tx, mut card: Card, by: &str) -> Outcome<()> {
    locate(tx, &mut card).await?;
    recall_readings(tx, &mut card).await?;
    if !tx.add_order(&card, app.now()).await? {
        let message = format!("заявка № {} уже есть", card.number);
        return Err(Problem::Refused(Code::NumberTaken, message));
    }
    documents::create(app, tx, card.id).await?;
    tx.note(card.id, app.now(), By::Person(by), "Заявка создана").await?;
    Ok(())
}

/// Fills in the building's place from an earlier visit where the card has none.
pub async fn locate(tx: &mut Tx, card: &mut Card) -> Outcome<()> {
    if card.place.is_none()
        && let Some(building) = building_of(card)
    {
        card.place = tx.building_place(&building).await?;
    }
    Ok(())
}

/// Fills in what earlier visits read off the meters that the card names by type and serial number.
pub async fn recall_readings(tx: &mut Tx, card: &mut Card) -> Outcome<()> {
    for meter in &mut card.instruments {
        let named = !meter.type_number.is_empty() && !meter.serial_number.is_empty();
        meter.last_reading = if named {
            last_reading(tx, (&meter.type_number, &meter.serial_number)).await?
        } else {
            None
        };
    }
    Ok(())
}

async fn last_reading(tx: &mut Tx, of: (&str, &str)) -> Outcome<Option<LastReading>> {
    let Some(last) = tx.last_verification(of).await? else { return Ok(None) };
    let Ok(seal) = Seal::decode(&last.record) else { return Ok(None) };
    let instrument = seal.view.instruments.into_iter().find(|of| of.id == last.instrument);
    let dial = instrument.and_then(|of| of.rows.into_iter().map(|row| row.end).max());
    Ok(dial.map(|dial| LastReading { date: seal.view.date, dial }))
}

pub fn building_of(card: &Card) -> Option<String> {
    building_key(&card.district, &card.address)
}
