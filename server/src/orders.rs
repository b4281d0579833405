//! An order comes into being: card, document, the first line of its history.

use vyezd_core::model::{Card, building_key};

use crate::app::App;
use crate::code::Code;
use crate::documents;
use crate::problem::{Outcome, Problem};
use crate::store::{By, Tx};

/// Makes an order from its card; finding a performer is the caller's.
pub async fn create(app: &App, tx: &mut Tx, mut card: Card, by: &str) -> Outcome<()> {
    locate(tx, &mut card).await?;
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

pub fn building_of(card: &Card) -> Option<String> {
    building_key(&card.district, &card.address)
}
