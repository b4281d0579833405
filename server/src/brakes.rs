//! Pauses that slow a guesser down and nobody else. An attempt is counted before any wait and given
//! back when it was right, so a burst cannot slip past the count.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;
use vyezd_core::codec::derive_id;
use vyezd_core::model::{Timestamp, fold};

use crate::limits::edge::{
    BRAKE_FORGETS_S, BRAKE_KEYS_MAX, BRAKE_WAIT_S_MAX, BRAKE_WAITING_MAX, CODES_FREE_BY_ADDRESS,
    CODES_WRONG_AN_HOUR, LOGIN_FREE_BY_ADDRESS, LOGIN_FREE_BY_DEVICE, LOGIN_FREE_BY_NAME,
    LOGIN_WAIT_BY_NAME_S_MAX, PUBLIC_A_MINUTE, PUBLIC_BY_ADDRESS_A_MINUTE, TOTP_PASSES_AN_HOUR,
    TOTP_WRONG_FREE,
};
use crate::problem::{Outcome, Problem};

/// A counted thing: bounded, whatever a stranger typed.
type Key = [u8; 16];

/// How one kind of thing is braked.
#[derive(Clone, Copy)]
struct Rule {
    /// Number of failures without a pause.
    free: u32,
    /// The pause doubles from two seconds up to this.
    wait_s_max: i64,
    /// Only attempts with some proof of the person count: strangers cannot push counted people out
    /// with invented names.
    own: bool,
}

const BY_ADDRESS: Rule =
    Rule { free: LOGIN_FREE_BY_ADDRESS, wait_s_max: BRAKE_WAIT_S_MAX, own: false };
const BY_NAME: Rule =
    Rule { free: LOGIN_FREE_BY_NAME, wait_s_max: LOGIN_WAIT_BY_NAME_S_MAX, own: false };
const BY_DEVICE: Rule =
    Rule { free: LOGIN_FREE_BY_DEVICE, wait_s_max: BRAKE_WAIT_S_MAX, own: false };
const BY_CODE: Rule = Rule { free: LOGIN_FREE_BY_DEVICE, wait_s_max: BRAKE_WAIT_S_MAX, own: true };
/// An open session repeats the password, or confirms the first code of a new authenticator app.
const OWN: Rule = Rule { free: LOGIN_FREE_BY_DEVICE, wait_s_max: BRAKE_WAIT_S_MAX, own: true };
const TOTP: Rule = Rule { free: TOTP_WRONG_FREE, wait_s_max: BRAKE_WAIT_S_MAX, own: true };
const CODES: Rule = Rule { free: CODES_FREE_BY_ADDRESS, wait_s_max: BRAKE_WAIT_S_MAX, own: false };

#[derive(Clone, Copy, Default)]
struct Tally {
    failed: u32,
    /// Attempts under way: each may fail yet.
    pending: u32,
    last: i64,
}

impl Tally {
    fn next(&self, rule: Rule, now: i64) -> Next {
        let Some(over) = self.failed.checked_sub(rule.free) else {
            let full = self.failed + self.pending >= rule.free;
            return if full { Next::AfterAnother } else { Next::Now };
        };
        let due = self.last + 1000 * (2_i64 << over.min(20)).min(rule.wait_s_max);
        match due - now {
            wait if wait > 0 => Next::After(((wait + 999) / 1000) as u32),
            _ if self.pending > 0 => Next::After(1),
            _ => Next::Now,
        }
    }
}

enum Next {
    Now,
    /// One of the attempts under way has to end first.
    AfterAnother,
    /// Seconds from now.
    After(u32),
}

/// A bucket that fills again evenly.
#[derive(Clone, Copy, Default)]
struct Bucket {
    used: f64,
    at: i64,
}

impl Bucket {
    /// Takes one of `most` in `span_s`; the error is the number of seconds until the next one.
    fn take(&mut self, now: i64, most: u32, span_s: i64) -> Result<(), u32> {
        let pace = f64::from(most) / (span_s * 1000) as f64;
        self.used = (self.used - (now - self.at).max(0) as f64 * pace).max(0.0);
        self.at = now;
        if self.used + 1.0 > f64::from(most) {
            let wait_ms = (self.used + 1.0 - f64::from(most)) / pace;
            return Err((wait_ms / 1000.0).ceil() as u32);
        }
        self.used += 1.0;
        Ok(())
    }

    fn refund(&mut self) {
        self.used = (self.used - 1.0).max(0.0);
    }
}

/// Failures that this process remembers; a restart forgets them.
#[derive(Default)]
pub struct Brakes {
    counted: Mutex<Counted>,
    ended: Notify,
    waiting: AtomicUsize,
}

#[derive(Default)]
struct Counted {
    tallies: HashMap<Key, Tally>,
    /// As above for [`Rule::own`]: as many keys as there are people.
    own: HashMap<Key, Tally>,
    looks: HashMap<Key, Bucket>,
    /// Wrong codes of authenticator apps by name; names without a wrong code have no bucket.
    passes: HashMap<Key, Bucket>,
    codes: Bucket,
    public: Bucket,
}

/// An attempt that counts as failed until it is forgiven.
#[must_use]
pub struct Attempt<'a> {
    brakes: &'a Brakes,
    keys: Vec<(Key, Rule)>,
    code: bool,
    right: bool,
}

fn key(kind: &str, what: &[u8]) -> Key {
    derive_id(&[b"vyezd-brake-1 ", kind.as_bytes(), b" ", what])
}

/// The counted part of an address. A holder of one IPv6 address has a whole network: homes get 56
/// bits (RIPE-690, section 4.2).
fn network(address: IpAddr) -> Vec<u8> {
    match address.to_canonical() {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => Ipv6Addr::octets(&address)[..7].to_vec(),
    }
}

/// From where somebody tries a password.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub address: IpAddr,
    /// The known device of a log-in, where the browser shows one.
    pub device: Option<&'a str>,
    /// The person logged in from there before.
    pub known: bool,
    /// The attempt carries a code that only the person's authenticator app can make.
    pub code: bool,
}

/// Whether an address lies in the network of one of these.
pub fn is_among(address: IpAddr, known: &[String]) -> bool {
    let of = network(address);
    known.iter().filter_map(|known| known.parse().ok()).any(|known| network(known) == of)
}

impl Brakes {
    /// Somebody tries a password. A device that is known is braked by its own failures only; at an address that is
    /// known, or with a right code, nobody waits for what others did to the name elsewhere.
    pub async fn login(
        &self,
        login: &str,
        place: Place<'_>,
        now: Timestamp,
    ) -> Outcome<Attempt<'_>> {
        let by_address = (key("login-address", &network(place.address)), BY_ADDRESS);
        let by_name = (key("login", fold(login).as_bytes()), BY_NAME);
        let keys = match place.device {
            Some(device) => vec![(key("device", device.as_bytes()), BY_DEVICE)],
            None if place.known => vec![by_address],
            None if place.code => {
                vec![by_address, (key("login-code", fold(login).as_bytes()), BY_CODE)]
            }
            None => vec![by_address, by_name],
        };
        self.reserve(&keys, false, now).await
    }

    /// A code of the authenticator app, after a right password. Wrong codes from elsewhere do not
    /// slow a known device or address down.
    pub async fn totp(
        &self,
        login: &str,
        place: Place<'_>,
        now: Timestamp,
    ) -> Outcome<Attempt<'_>> {
        let name = fold(login);
        let from = match place.device {
            Some(device) => device.as_bytes().to_vec(),
            None if place.known => network(place.address),
            None => Vec::new(),
        };
        let what = [name.as_bytes(), b" ", &from].concat();
        self.reserve(&[(key("totp", &what), TOTP)], false, now).await
    }

    /// A repeated proof of the person from an open session.
    pub async fn own(&self, login: &str, address: IpAddr, now: Timestamp) -> Outcome<Attempt<'_>> {
        let by_address = (key("login-address", &network(address)), BY_ADDRESS);
        let by_person = (key("own", fold(login).as_bytes()), OWN);
        self.reserve(&[by_address, by_person], false, now).await
    }

    /// Whether a code lets its bearer pass the pauses of a name. After [`TOTP_PASSES_AN_HOUR`]
    /// wrong codes in an hour no code does.
    pub fn passes(&self, login: &str, right: bool, now: Timestamp) -> bool {
        let mut all = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = all.passes.entry(key("pass", fold(login).as_bytes())).or_default();
        let heard = bucket.take(now.0, TOTP_PASSES_AN_HOUR, 3600).is_ok();
        if heard && right {
            bucket.refund();
        }
        heard && right
    }

    pub async fn code(&self, address: IpAddr, now: Timestamp) -> Outcome<Attempt<'_>> {
        self.reserve(&[(key("code", &network(address)), CODES)], true, now).await
    }

    /// Somebody looks at a client's page.
    pub fn look(&self, address: IpAddr, now: Timestamp) -> Outcome<()> {
        let mut all = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let whose = key("look", &network(address));
        if all.looks.len() >= BRAKE_KEYS_MAX && !all.looks.contains_key(&whose) {
            all.looks.retain(|_, bucket| bucket.at > now.0 - 60_000);
            if all.looks.len() >= BRAKE_KEYS_MAX {
                all.looks.clear();
            }
        }
        let bucket = all.looks.entry(whose).or_default();
        bucket.take(now.0, PUBLIC_BY_ADDRESS_A_MINUTE, 60).map_err(Problem::Later)
    }

    /// A request behind a link that does not exist. The bound is one for all addresses; requests
    /// with a right link do not count here.
    pub fn missed(&self, now: Timestamp) -> Outcome<()> {
        let mut all = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        all.public.take(now.0, PUBLIC_A_MINUTE, 60).map_err(Problem::Later)
    }

    /// Admits an attempt. Where only other attempts under way stand against the new one, the new
    /// one waits: many honest people at once behind one address are no guessers.
    async fn reserve(
        &self,
        keys: &[(Key, Rule)],
        code: bool,
        now: Timestamp,
    ) -> Outcome<Attempt<'_>> {
        loop {
            let ended = self.ended.notified();
            tokio::pin!(ended);
            ended.as_mut().enable();
            if let Some(attempt) = self.try_reserve(keys, code, now)? {
                return Ok(attempt);
            }
            let _waits = Waiting::take(&self.waiting)?;
            ended.await;
        }
    }

    fn try_reserve(
        &self,
        keys: &[(Key, Rule)],
        code: bool,
        now: Timestamp,
    ) -> Outcome<Option<Attempt<'_>>> {
        let mut all = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let forgotten = now.0 - 1000 * BRAKE_FORGETS_S;
        let mut later = false;
        for (key, rule) in keys {
            if let Some(tally) = all.of(*rule).get_mut(key) {
                if tally.last <= forgotten {
                    tally.failed = 0;
                }
                match tally.next(*rule, now.0) {
                    Next::Now => {}
                    Next::AfterAnother => later = true,
                    Next::After(seconds) => return Err(Problem::Later(seconds)),
                }
            }
        }
        if later {
            return Ok(None);
        }
        if code {
            all.codes.take(now.0, CODES_WRONG_AN_HOUR, 3600).map_err(Problem::Later)?;
        }
        for (key, rule) in keys {
            if !rule.own {
                all.make_room(key, forgotten);
            }
            let tally = all.of(*rule).entry(*key).or_default();
            *tally = Tally { pending: tally.pending + 1, last: now.0, ..*tally };
        }
        Ok(Some(Attempt { brakes: self, keys: keys.to_vec(), code, right: false }))
    }
}

/// A place among the attempts that wait for others under way, until dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn take(waiting: &'a AtomicUsize) -> Outcome<Self> {
        let before = waiting.fetch_add(1, Ordering::SeqCst);
        let place = Self(waiting);
        if before < BRAKE_WAITING_MAX { Ok(place) } else { Err(Problem::Later(1)) }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Counted {
    fn of(&mut self, rule: Rule) -> &mut HashMap<Key, Tally> {
        if rule.own { &mut self.own } else { &mut self.tallies }
    }

    /// Keeps the table within its bound: the keys that have been quiet longest leave.
    fn make_room(&mut self, key: &Key, forgotten: i64) {
        if self.tallies.len() < BRAKE_KEYS_MAX || self.tallies.contains_key(key) {
            return;
        }
        self.tallies.retain(|_, tally| tally.last > forgotten || tally.pending > 0);
        let mut quiet: Vec<i64> = self.tallies.values().map(|tally| tally.last).collect();
        if quiet.len() < BRAKE_KEYS_MAX {
            return;
        }
        quiet.sort_unstable();
        let until = quiet[quiet.len() / 4];
        let mut leaving = quiet.len() / 4 + 1;
        self.tallies.retain(|_, tally| {
            let leaves = leaving > 0 && tally.last <= until && tally.pending == 0;
            leaving -= usize::from(leaves);
            !leaves
        });
    }
}

impl Attempt<'_> {
    /// Marks the attempt as right, so it does not count as a failure.
    pub fn forgive(mut self) {
        self.right = true;
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let mut all = self.brakes.counted.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, rule) in &self.keys {
            if let Some(tally) = all.of(*rule).get_mut(key) {
                tally.pending = tally.pending.saturating_sub(1);
                tally.failed += u32::from(!self.right);
                if self.right && rule.own {
                    // A right attempt with a personal proof clears the person's failures.
                    tally.failed = 0;
                }
            }
        }
        if self.code && self.right {
            all.codes.refund();
        }
        drop(all);
        self.brakes.ended.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[tokio::test]
    async fn pauses_double_and_the_table_keeps_its_bound() {
        let (brakes, mut now) = (Brakes::default(), Timestamp(1_000_000));
        for _ in 0..CODES_FREE_BY_ADDRESS {
            drop(brakes.code(HOME, now).await);
        }
        let mut waited = Vec::new();
        for _ in 0..12 {
            let Err(Problem::Later(seconds)) = brakes.code(HOME, now).await else {
                panic!("no pause")
            };
            waited.push(seconds);
            now = now.plus_s(i64::from(seconds));
            drop(brakes.code(HOME, now).await);
        }
        assert_eq!(waited[..6], [2, 4, 8, 16, 32, 64]);
        assert_eq!(waited[11], BRAKE_WAIT_S_MAX as u32);
        for n in 0..2 * BRAKE_KEYS_MAX as u32 {
            let address = IpAddr::V4(n.to_be_bytes().into());
            drop(brakes.login("anna", from(address, Some(&n.to_string())), now).await);
            drop(brakes.look(address, now));
        }
        let all = brakes.counted.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(all.tallies.len() <= BRAKE_KEYS_MAX && all.looks.len() <= BRAKE_KEYS_MAX);
    }

    #[tokio::test]
    async fn many_honest_ones_at_once_wait_for_each_other() {
        let (brakes, now) = (Brakes::default(), Timestamp(1_000_000));
        let honest = (0..50).map(|_| async {
            let attempt = brakes.code(HOME, now).await?;
            tokio::task::yield_now().await;
            attempt.forgive();
            Outcome::Ok(())
        });
        let done = futures_util::future::join_all(honest).await;
        assert!(done.iter().all(Result::is_ok));
        let guesses = (0..50).map(|_| async {
            let attempt = brakes.code(HOME, now).await?;
            tokio::task::yield_now().await;
            drop(attempt);
            Outcome::Ok(())
        });
        let done = futures_util::future::join_all(guesses).await;
        let heard = done.iter().filter(|one| one.is_ok()).count();
        assert_eq!(heard, CODES_FREE_BY_ADDRESS as usize);
    }

    const fn from(address: IpAddr, device: Option<&str>) -> Place<'_> {
        Place { address, device, known: false, code: false }
    }

    #[tokio::test]
    async fn all_spellings_of_a_name_and_all_of_a_network_are_one() {
        let (brakes, now) = (Brakes::default(), Timestamp(1_000_000));
        let strangers = |n: u16| IpAddr::V6(Ipv6Addr::new(n, 0, 0, 0, 0, 0, 0, 1));
        let spellings = ["admin", " Admin ", "ＡＤＭＩＮ", "aDmin"];
        for n in 0..LOGIN_FREE_BY_NAME as u16 {
            let spelling = spellings[usize::from(n) % spellings.len()];
            assert!(brakes.login(spelling, from(strangers(n), None), now).await.is_ok());
        }
        assert!(brakes.login("admin", from(strangers(999), None), now).await.is_err());
        assert!(brakes.login("admin", from(strangers(999), Some("known")), now).await.is_ok());
        let mut tried = 0;
        for n in 0..100 {
            let address = IpAddr::V6(Ipv6Addr::new(1, 2, 3, 4, n, 0, 0, n));
            tried += u32::from(brakes.code(address, now).await.is_ok());
        }
        assert_eq!(tried, CODES_FREE_BY_ADDRESS);
    }
}
