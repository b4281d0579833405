//! The example day in a running server: invented people with real phones, at work while you look.
//!
//! One metrologist has no phone: enrol your own phone as that person's, and the orders of that
//! person are yours. One order is left unanswered, so that the telephone rings in the office page.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use serde_json::json;
use vyezd_core::model::{LegalDate, OrderId, PersonId, Zone};
use vyezd_people::{Metrologist, Network, OfficeClient, Readings, Visit};

use super::firm::{Firm, FirmPerson};
use super::plan::order_json;
use super::{PASSWORD, clocks};
use crate::app::App;
use crate::clock::Clock;
use crate::import::orders::{self, OrderLine};
use crate::import::readings::{self, ReadingLine};
use crate::import::types;
use crate::store::{PersonRow, Role};

/// The example day that comes with the product.
const ORDERS: &[u8] = include_bytes!("../../../tests/data/day_orders.csv");
const READINGS: &[u8] = include_bytes!("../../../tests/data/day_readings.csv");
/// The district whose metrologist waits for your phone.
pub(super) const YOURS: &str = "Волжский";
/// The kit of whoever tries the example.
const YOUR_KIT: &str = "Комплект гостя";
/// How long the simulated people take between two actions.
const PACE: Duration = Duration::from_secs(8);

/// Loads the example day into an empty installation and sets its people to work.
pub async fn start(app: &App, address: std::net::SocketAddr, dir: PathBuf) -> anyhow::Result<()> {
    if !app.store.read().await?.people().await?.is_empty() {
        tracing::info!("the installation is not empty: the example day is not loaded again");
        return Ok(());
    }
    let zone = Zone::parse("Europe/Saratov").unwrap_or(Zone::MOSCOW);
    let today = LegalDate(zone.date(app.now()));
    let lines = orders_of_today(today)?;
    let (readings, _) = readings::parse(READINGS)?;
    firm(app, &lines, today).seed_example(app, types::BUILT_IN.as_bytes()).await?;
    let people = app.store.read().await?.people().await?;
    let simulated = |person: &PersonRow| {
        person.role == Role::Metrologist && !person.districts.iter().any(|of| of == YOURS)
    };
    let mut phones = Vec::new();
    for person in people.into_iter().filter(simulated) {
        phones.push(((person.id, person.name), Network::open(address).await?));
    }
    let clock = app.clock().clone();
    std::thread::spawn(move || {
        let mut office = OfficeClient::new(&format!("http://{address}"), "admin", PASSWORD);
        let mut crew = Vec::new();
        for ((person, name), network) in phones {
            match enrol(&mut office, person, &name, network, &dir, clock.clone()) {
                Ok(metrologist) => crew.push(metrologist),
                Err(error) => tracing::error!(error = format!("{error:#}"), "a simulated phone"),
            }
        }
        for line in &lines {
            if let Err(error) = office.post("/v1/orders", &order_json(line)) {
                tracing::error!(error = format!("{error:#}"), "an example order");
            }
        }
        for metrologist in crew {
            let (lines, readings) = (lines.clone(), readings.clone());
            std::thread::spawn(move || day(metrologist, &lines, &readings));
        }
    });
    Ok(())
}

/// The first day of the file becomes today; later days are left out.
fn orders_of_today(today: LegalDate) -> anyhow::Result<Vec<OrderLine>> {
    let (mut lines, _) = orders::parse(ORDERS, None)?;
    let first = lines.iter().map(|line| line.date).min().unwrap_or(today);
    lines.retain(|line| line.date == first);
    for line in &mut lines {
        line.date = today;
    }
    Ok(lines)
}

/// A firm with a metrologist for each district, whose means and attestations do not expire; one of them has no phone.
fn firm(app: &App, lines: &[OrderLine], today: LegalDate) -> Firm {
    let mut districts: Vec<String> = lines.iter().map(|line| line.district.clone()).collect();
    districts.retain(|district| district != YOURS);
    districts.sort();
    districts.dedup();
    let far = LegalDate::parse("2099-12-31");
    let mut firm = Firm::invent(app, &districts, (today, today));
    firm.add_kit(app, YOUR_KIT, (today, today));
    for means in &mut firm.means {
        means.valid_until = far.unwrap_or(today);
    }
    firm.people.push(FirmPerson {
        name: "Гостев Андрей Викторович".to_owned(),
        districts: vec![YOURS.to_owned()],
        phone: "+79009999999".to_owned(),
        attested_until: far,
        kit: Some(YOUR_KIT.to_owned()),
    });
    for person in &mut firm.people {
        person.attested_until = far;
    }
    firm
}

fn enrol(
    office: &mut OfficeClient,
    person: PersonId,
    name: &str,
    network: Network,
    dir: &std::path::Path,
    clock: Clock,
) -> anyhow::Result<Metrologist> {
    let code = office.post(&format!("/v1/people/{person}/enrol-code"), &json!({}))?;
    let code = code["code"].as_str().context("the office gives a code")?.to_owned();
    let mut metrologist = Metrologist::enrol((person, name), network, &code, dir, clocks(clock))?;
    metrologist.sync()?;
    Ok(metrologist)
}

/// One person's day: looks at the phone, accepts, visits, signs; as long as the server runs.
fn day(mut who: Metrologist, lines: &[OrderLine], readings: &[ReadingLine]) {
    let mut done: Vec<OrderId> = Vec::new();
    loop {
        std::thread::sleep(PACE);
        if !who.try_sync() {
            continue;
        }
        if let Some(offer) = who.offers().first().cloned() {
            // Emergencies are left to the telephone, so that somebody hears it ring.
            let card = who.order(offer.order).map(|view| view.line.card);
            let rings = card.is_none_or(|c| c.urgency == vyezd_core::model::Urgency::Emergency);
            if !rings {
                let answered = who.answer(offer.offer, true, "");
                tracing::info!(who = who.name, ok = answered.is_ok(), "accepted an offer");
            }
            continue;
        }
        let mine = who.phone.client().orders();
        let next = mine.iter().find(|line| {
            !line.visits.is_empty()
                && !line.sealed
                && line.lost.is_none()
                && !done.contains(&line.card.id)
        });
        let Some(next) = next else { continue };
        let (order, number) = (next.card.id, next.card.number.clone());
        done.push(order);
        if !lines.iter().any(|line| line.number == number) {
            continue; // an order of yours: nobody simulates readings for it
        }
        let typed = readings.iter().filter(|line| line.order == number);
        let typed: Vec<Readings> = typed.map(Readings::from).collect();
        let visit =
            Visit { order, readings: &typed, received_kop: None, offline: true, code: None };
        if let Err(error) = who.visit(&visit) {
            tracing::warn!(who = who.name, error = format!("{error:#}"), "a simulated visit");
        }
        who.try_sync();
    }
}
