//! Location reports of phones. The newest report of each person is kept for a shift; an arrival
//! teaches the building's place, which is no person's.

use vyezd_core::frame::{ColleagueLocations, LOCATION_RETENTION_HOURS, LocationReport};
use vyezd_core::model::{Place, Timestamp, building_key};

use super::caller::Caller;
use crate::app::App;
use crate::incidents;
use crate::store::{IncidentKind, Role, StoreError, Tx};

/// Accuracy in metres from which a place may name a building; less exact ones do not.
const BUILDING_WITHIN_M: u32 = 100;

/// A building does not move; entrances of a long one are this far apart, metres.
const BUILDING_MOVES_M: u32 = 1_000;

/// Earliest time of a place that still counts.
pub(crate) fn retention_start(app: &App) -> Timestamp {
    app.now().plus_s(-LOCATION_RETENTION_HOURS * 3600)
}

/// Keeps a report. An impossible one is passed over: no work is lost, and nobody waits for an
/// answer.
pub(super) async fn keep(
    app: &App,
    caller: &Caller,
    report: &LocationReport,
) -> Result<(), StoreError> {
    // A phone's clock is evidence; it cannot place anything in the future.
    let at = match report.place {
        Some(_) => Timestamp(report.at.at.0.min(app.now().0)),
        // Opting out takes effect on receipt, whatever the phone's clock says.
        None => app.now(),
    };
    let works = caller.person.active && caller.person.role == Role::Metrologist;
    let possible = report.place.as_ref().is_none_or(Place::is_possible);
    if !works || !possible {
        return Ok(());
    }
    let mut tx = app.store.begin().await?;
    if at >= retention_start(app) {
        tx.put_person_place(caller.person.id, report.place, at).await?;
    }
    learn(app, &mut tx, caller, (report, at)).await?;
    tx.commit().await
}

/// Forgets places of earlier shifts.
pub(crate) async fn forget_places(app: &App) -> Result<(), StoreError> {
    if app.store.read().await?.places_before(retention_start(app)).await? {
        let mut tx = app.store.begin().await?;
        tx.forget_places(retention_start(app)).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn learn(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    (report, at): (&LocationReport, Timestamp),
) -> Result<(), StoreError> {
    let (Some(place), Some(order)) = (report.place, report.order) else { return Ok(()) };
    let holds = tx.holder(order).await?.is_some_and(|(person, _)| person == caller.person.id);
    if place.accuracy_m > BUILDING_WITHIN_M || !holds {
        return Ok(());
    }
    let Some(row) = tx.order(order).await? else { return Ok(()) };
    let Some(building) = building_key(&row.card.district, &row.card.address) else { return Ok(()) };
    let known = tx.building_place(&building).await?;
    if let Some(known) = known.filter(|known| known.metres_to(&place) > BUILDING_MOVES_M) {
        // One of the two arrivals was somewhere else: neither is told to anybody.
        tx.forget_building_place(&building).await?;
        let what = format!(
            "Заявка № {}: {} отметил прибытие за {} км от места, где этот дом был по прежним визитам. Место дома \
             забыто.",
            row.card.number,
            caller.person.name,
            known.metres_to(&place) / 1000
        );
        return incidents::report(
            app,
            tx,
            &IncidentKind::BuildingElsewhere.about(&building),
            &what,
        )
        .await;
    }
    tx.put_building_place(&building, place, at).await
}

pub(super) async fn colleague_locations(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
) -> Result<ColleagueLocations, StoreError> {
    let mut all = tx.person_places(retention_start(app)).await?;
    all.retain(|seen| seen.person != caller.person.id);
    Ok(ColleagueLocations { all })
}
