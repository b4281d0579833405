//! Working hours: when people may be asked about an order that is no emergency.

use vyezd_core::model::{Timestamp, Urgency, Window, Zone};

/// Hours of a firm that set none: from 8 to 21.
pub const WORKING_HOURS: Window = Window { from_min: 8 * 60, to_min: 21 * 60 };
/// Hours of a firm that works round the clock.
pub const ROUND_THE_CLOCK: Window = Window { from_min: 0, to_min: 24 * 60 - 1 };

/// The next opening, where nobody may be asked now. An emergency is asked about at any time.
pub fn quiet_until(
    now: Timestamp,
    urgency: Urgency,
    zone: Zone,
    hours: Window,
) -> Option<Timestamp> {
    if urgency == Urgency::Emergency || hours == ROUND_THE_CLOCK {
        return None;
    }
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
        let quiet = |now, urgency| quiet_until(now, urgency, zone, WORKING_HOURS);
        for urgency in [Urgency::Planned, Urgency::Paid] {
            assert_eq!(quiet(at(14, 150), urgency), Some(at(14, 480)), "half past two at night");
            assert_eq!(quiet(at(14, 479), urgency), Some(at(14, 480)));
            assert_eq!(quiet(at(14, 480), urgency), None);
            assert_eq!(quiet(at(14, 1259), urgency), None);
            assert_eq!(quiet(at(14, 1260), urgency), Some(at(15, 480)));
        }
        assert_eq!(quiet(at(14, 150), Urgency::Emergency), None);
        assert_eq!(quiet_until(at(14, 1439), Urgency::Planned, zone, ROUND_THE_CLOCK), None);
        // The same instant is morning in Vladivostok.
        let far = Zone::parse("Asia/Vladivostok").unwrap();
        assert_eq!(quiet_until(at(14, 150), Urgency::Planned, far, WORKING_HOURS), None);
    }
}
