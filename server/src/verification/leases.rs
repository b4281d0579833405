//! Topping up of a phone's blocks of numbers: a short series gets a new block at the next sync.

use vyezd_core::frame::LeaseHeld;
use vyezd_core::model::{DeviceId, ItemId, Lease, LeaseId, NumberKind, Series, Timestamp, Zone};

use crate::app::App;
use crate::limits::phones::{LEASE_BLOCKS_A_DAY, LEASE_BLOCKS_OUT_MAX};
use crate::store::{IncidentKind, LeaseHolder, PersonRow, StoreError, Tx};

/// A phone with fewer than this part of a block left gets another, %.
pub const LOW_WATER_PERCENT: u64 = 20;

/// Takes a phone's reports of its leases: the held ones, with the next number of each.
pub async fn take_reports(
    tx: &mut Tx,
    holder: LeaseHolder,
    held: &[LeaseHeld],
) -> Result<(), StoreError> {
    for lease in held {
        tx.note_lease_held(holder, lease).await?;
    }
    Ok(())
}

/// Gives an installation new blocks where numbers run low.
pub async fn top_up(
    app: &App,
    tx: &mut Tx,
    holder: LeaseHolder,
    person: &PersonRow,
) -> Result<(), StoreError> {
    let known = tx.leases(holder).await?;
    let size = block_size(app, tx, person).await?;
    for entity in tx.entities().await? {
        for year in years(app.now(), entity.zone) {
            for kind in NumberKind::ALL {
                let series = Series { entity: entity.id, kind, year };
                let left = left(&known, series);
                if left * 100 <= size * LOW_WATER_PERCENT
                    && may_grow(app, tx, (holder.device, person), series, size).await?
                {
                    let id = app.id(LeaseId::new);
                    let now = app.now().0;
                    tx.lease_block(id, holder, series, (size, now)).await?;
                }
            }
        }
    }
    Ok(())
}

const DAY_MS: i64 = 24 * 3600 * 1000;

/// Whether a phone gets one more block of a series: only against use, whatever the phone reports
/// and however many installations it names, and only some blocks a day. A refusal becomes an
/// incident.
async fn may_grow(
    app: &App,
    tx: &mut Tx,
    (device, person): (DeviceId, &PersonRow),
    series: Series,
    size: u64,
) -> Result<bool, StoreError> {
    let now = app.now().0;
    let (leased, used, today) = tx.leased_to(device, series, now - DAY_MS).await?;
    let unused = (leased - used).max(0) as u64;
    if unused < LEASE_BLOCKS_OUT_MAX * size && (today as u64) < LEASE_BLOCKS_A_DAY * size {
        return Ok(true);
    }
    let what = format!(
        "Телефон ({}) просит ещё номера ({}), хотя {unused} выданных не использованы: новых он не \
         получит. Если телефон честный, подключите его заново кодом.",
        person.name,
        series.kind.russian()
    );
    let id = *app.id(ItemId::new).bytes();
    tx.report(id, now, &IncidentKind::NumbersFlood.about(device), &what).await?;
    Ok(false)
}

/// Leases that the phone must hear of: unconfirmed ones, and those whose next number the phone has
/// behind the server's. Told again, a lease begins at the phone's last reported number.
pub async fn not_yet_shown(
    tx: &mut Tx,
    holder: LeaseHolder,
    held: &[LeaseHeld],
) -> Result<Vec<Lease>, StoreError> {
    let behind = |id: LeaseId, next: u64| held.iter().any(|h| h.lease == id && h.next < next);
    let unconfirmed = tx.unconfirmed_leases(holder).await?;
    let known = tx.leases(holder).await?.into_iter();
    Ok(known
        .filter(|(lease, next)| {
            (unconfirmed.contains(&lease.id) && *next <= lease.last) || behind(lease.id, *next)
        })
        .map(|(lease, next)| Lease { first: next.max(lease.first), ..lease })
        .collect())
}

fn left(known: &[(Lease, u64)], series: Series) -> u64 {
    known
        .iter()
        .filter(|(lease, _)| lease.series() == series)
        .map(|(l, next)| (l.last + 1).saturating_sub(*next))
        .sum()
}

/// Three times the busiest day, never less than the minimum.
async fn block_size(app: &App, tx: &mut Tx, person: &PersonRow) -> Result<u64, StoreError> {
    let busiest = tx.busiest_day(&person.name).await?.max(0) as u64;
    Ok((busiest * app.config.lease_days).max(app.config.lease_min))
}

/// This year, and from 1 December the next one too.
fn years(now: Timestamp, zone: Zone) -> Vec<u16> {
    let date = zone.date(now);
    let year = date.year() as u16;
    if date.month() == 12 { vec![year, year + 1] } else { vec![year] }
}
