//! Clocks of a real phone.

use vyezd_core::model::{Now, Timestamp};

/// A reader of this phone's clocks. `boot` names this start of the process: an earlier process's
/// knowledge of the server's time is not carried over, because nothing here proves that the phone
/// was not restarted.
pub(crate) fn clocks(boot: u64) -> Box<dyn FnMut() -> Now + Send> {
    Box::new(move || Now { wall: Timestamp(wall_ms()), mono_ms: mono_ms(), boot })
}

/// Wall clock, unix milliseconds; 0 for a clock before 1970.
pub(crate) fn wall_ms() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "the outermost shell: here time comes in")]
    let now = std::time::SystemTime::now();
    now.duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}

/// Monotonic clock that counts sleep as well, milliseconds: `CLOCK_BOOTTIME` on Linux and Android;
/// Apple's `CLOCK_MONOTONIC` counts sleep as it is (clock_gettime(3)).
#[cfg(unix)]
fn mono_ms() -> i64 {
    use rustix::time::{ClockId, clock_gettime};
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let clock = ClockId::Boottime;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let clock = ClockId::Monotonic;
    let now = clock_gettime(clock);
    now.tv_sec * 1000 + now.tv_nsec / 1_000_000
}

/// Elsewhere: milliseconds since the first reading in this process.
#[cfg(not(unix))]
fn mono_ms() -> i64 {
    use std::sync::LazyLock;
    use std::time::Instant;
    #[expect(clippy::disallowed_methods, reason = "the outermost shell: here time comes in")]
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed().as_millis() as i64
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_clock_goes_forward_and_keeps_its_start() {
        let mut read = super::clocks(7);
        let (first, second) = (read(), read());
        assert!(second.mono_ms >= first.mono_ms && first.boot == second.boot);
        assert!(first.wall.0 > 1_700_000_000_000, "the wall clock of a machine of today");
    }
}
