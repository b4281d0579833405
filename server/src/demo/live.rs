//! The example day in a running server: invented people with real phones, at work while you look.
//!
//! One metrologist has no phone: enrol your own for him, and his orders are yours. One order is left
//! unanswered, so that the telephone rings in the office page.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use serde_json::json;
use vyezd_core::model::{LegalDate, OrderId, PersonId, Zone};

use super::PASSWORD;
use super::crew::{Metrologist, Visit};
use super::firm::{Firm, FirmPerson};
use super::network::Network;
use super::office_client::OfficeClient;
use super::plan::order_json;
use crate::app::App;
use crate::import::orders::{self, OrderLine};
use crate::import::readings::{self, ReadingLine};
use crate::import::types;
use crate::store::Role;

/// The example day that comes with the product.
const ORDERS: &[u8] = include_bytes!("../../../tests/data/day_orders.csv");
const READINGS: &[u8] = include_bytes!("../../../tests/data/day_readings.csv");
/// The district whose metrologist waits for your phone.
pub(super) const YOURS: &str = "Волжский";
/// How long the simulated people take between two actions.
const PACE: Duration = Duration::from_secs(8);

/// Loads the example day into an empty installation and sets its people to work.
pub async fn start(app: &App, address: std::net::SocketAddr, dir: PathBuf) -> anyhow::Result<()> {
    let empty = app.store.read().await?.people().await?.is_empty();
    let (mut lines, _) = orders::parse(ORDERS)?;
    let (readings, _) = readings::parse(READINGS)?;
    let zone = Zone::parse("Europe/Saratov").unwrap_or(Zone::MOSCOW);
    let today = LegalDate(zone.date(app.now()));
    let first = lines.iter().map(|line| line.date).min().unwrap_or(today);
    // The first day of the file becomes today; later days are left out.
    lines.retain(|line| line.date == first);
    for line in &mut lines {
        line.date = today;
    }
    if !empty {
        tracing::info!("the installation is not empty: the example day is not loaded again");
        return Ok(());
    }
    let mut districts: Vec<String> = lines.iter().map(|line| line.district.clone()).collect();
    districts.retain(|district| district != YOURS);
    districts.sort();
    districts.dedup();
    let mut firm = Firm::invent(app, &districts, (today, today));
    for means in &mut firm.means {
        means.valid_until = LegalDate::parse("2099-12-31").unwrap_or(today);
    }
    firm.people.push(FirmPerson {
        name: "Гостев Андрей Викторович".to_owned(),
        districts: vec![YOURS.to_owned()],
        phone: "+79009999999".to_owned(),
        attested_until: LegalDate::parse("2099-12-31"),
    });
    for person in &mut firm.people {
        person.attested_until = LegalDate::parse("2099-12-31");
    }
    firm.seed_example(app, types::BUILT_IN.as_bytes()).await?;
    let people: Vec<(PersonId, String)> = app
        .store
        .read()
        .await?
        .people()
        .await?
        .into_iter()
        .filter(|p| p.role == Role::Metrologist && !p.districts.contains(&YOURS.to_owned()))
        .map(|p| (p.id, p.name))
        .collect();
    let mut networks = Vec::new();
    for _ in &people {
        networks.push(Network::open(address).await?);
    }
    let clock = app.clock().clone();
    let base = format!("http://{address}");
    std::thread::spawn(move || {
        let mut office_client = OfficeClient::new(&base, "admin", PASSWORD);
        let mut crew = Vec::new();
        for ((person, name), network) in people.into_iter().zip(networks) {
            let enrolled = enrol(&mut office_client, person, &name, network, &dir, clock.clone());
            match enrolled {
                Ok(metrologist) => crew.push(metrologist),
                Err(error) => tracing::error!(error = format!("{error:#}"), "a simulated phone"),
            }
        }
        for line in &lines {
            if let Err(error) = office_client.post("/v1/orders", &order_json(line)) {
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

fn enrol(
    office_client: &mut OfficeClient,
    person: PersonId,
    name: &str,
    network: Network,
    dir: &std::path::Path,
    clock: crate::clock::Clock,
) -> anyhow::Result<Metrologist> {
    let code = office_client.post(&format!("/v1/people/{person}/enrol-code"), &json!({}))?;
    let code = code["code"].as_str().context("the office gives a code")?.to_owned();
    let mut metrologist = Metrologist::enrol((person, name), network, &code, dir, clock)?;
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
        let typed: Vec<ReadingLine> =
            readings.iter().filter(|line| line.order == number).cloned().collect();
        let visit =
            Visit { order, readings: &typed, received_kop: None, offline: true, code: None };
        if let Err(error) = who.visit(&visit) {
            tracing::warn!(who = who.name, error = format!("{error:#}"), "a simulated visit");
        }
        who.try_sync();
    }
}
