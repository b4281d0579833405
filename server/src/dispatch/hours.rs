//! Working hours: when people may be asked about an order that is no emergency.

use vyezd_core::model::{Timestamp, Urgency, Window, Zone};

/// Hours of a firm that set none: from 8 to 21.
pub const WORKING_HOURS: Window = Window { from_min: 8 * 60, to_min: 21 * 60 };
/// Hours of a firm that works round the clock.
pub const ROUND_THE_CLOCK: Window = Window { from_min: 0, to_min: 24 * 60 - 1 };

/// The next instant at which people may be asked, where that is not now: it is working time at the
/// place of the order and at the firm, since a person lives near one of them and nobody is woken. Zones
/// whose hours never meet leave the firm's alone. An emergency is asked about at any time.
pub fn quiet_until(
    now: Timestamp,
    urgency: Urgency,
    (place, firm): (Zone, Zone),
    hours: Window,
) -> Option<Timestamp> {
    if urgency == Urgency::Emergency || hours == ROUND_THE_CLOCK {
        return None;
    }
    let mut at = now;
    // Each turn moves to an opening of one of the zones; hours that meet do so within a day of either.
    for _ in 0..4 {
        let later = [place, firm].into_iter().filter_map(|zone| opening(at, zone, hours)).max();
        match later {
            Some(later) => at = later,
            None => return (at > now).then_some(at),
        }
    }
    opening(now, firm, hours)
}

/// The next opening in a zone, where it is closed.
fn opening(now: Timestamp, zone: Zone, hours: Window) -> Option<Timestamp> {
    let civil = zone.civil(now);
    let minute = civil.hour() as u16 * 60 + civil.minute() as u16;
    if (hours.from_min..hours.to_min).contains(&minute) {
        return None;
    }
    let today = civil.date();
    let day = if minute < hours.from_min { today } else { today.tomorrow().unwrap_or(today) };
    Some(zone.instant(day, hours.from_min))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_planned_order_waits_for_the_morning_and_an_emergency_does_not() {
        let zone = Zone::parse("Europe/Saratov").unwrap();
        let at = |day, minute| zone.instant(jiff::civil::date(2026, 9, day), minute);
        let quiet = |now, urgency| quiet_until(now, urgency, (zone, zone), WORKING_HOURS);
        for urgency in [Urgency::Planned, Urgency::Paid] {
            assert_eq!(quiet(at(14, 150), urgency), Some(at(14, 480)), "half past two at night");
            assert_eq!(quiet(at(14, 479), urgency), Some(at(14, 480)));
            assert_eq!(quiet(at(14, 480), urgency), None);
            assert_eq!(quiet(at(14, 1259), urgency), None);
            assert_eq!(quiet(at(14, 1260), urgency), Some(at(15, 480)));
        }
        assert_eq!(quiet(at(14, 150), Urgency::Emergency), None);
        assert_eq!(
            quiet_until(at(14, 1439), Urgency::Planned, (zone, zone), ROUND_THE_CLOCK),
            None
        );
    }

    #[test]
    fn nobody_is_asked_while_it_is_night_at_the_place_or_at_the_firm() {
        let zone = |name| Zone::parse(name).unwrap();
        let (saratov, far) = (zone("Europe/Saratov"), zone("Asia/Vladivostok"));
        let at = |day, minute| saratov.instant(jiff::civil::date(2026, 9, day), minute);
        let quiet = |now| quiet_until(now, Urgency::Planned, (far, saratov), WORKING_HOURS);
        assert_eq!(quiet(at(14, 150)), Some(at(14, 480)), "morning there, night at the firm");
        assert_eq!(quiet(at(14, 600)), None);
        assert_eq!(quiet(at(14, 15 * 60)), Some(at(15, 480)), "nine in the evening there");
        let nine_to_five = Window { from_min: 9 * 60, to_min: 17 * 60 };
        let west = zone("Europe/Kaliningrad");
        let never = (zone("Asia/Kamchatka"), west);
        let noon = west.instant(jiff::civil::date(2026, 9, 14), 720);
        assert_eq!(quiet_until(noon, Urgency::Paid, never, nine_to_five), None, "the firm's alone");
    }
}
