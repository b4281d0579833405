//! Passwords: argon2id in a few places at once, with memory that is kept for the next, and a queue that
//! ends. Nothing here may be waited for inside a transaction.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::phc::{Output, PasswordHash};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use tokio::sync::Semaphore;
use vyezd_core::model::fold;

use crate::demo;
use crate::entropy::random_bytes;
use crate::limits::edge::{
    PASSWORD_BYTES_MAX, PASSWORD_CHARS_MIN, PASSWORDS_AT_ONCE, PASSWORDS_WAITING_MAX,
};
use crate::problem::{Outcome, Problem};

/// Somebody whose queue is full comes again after so long, s.
const BUSY_S: u32 = 5;

pub struct Passwords {
    places: Semaphore,
    waiting: AtomicUsize,
    shelf: Arc<Shelf>,
    /// The hash of a password that nobody has: a name that nobody has takes as long as another.
    nobody: String,
}

/// Memory that waits for the next password, of one place: 19 MiB. A second place takes it anew each time.
#[derive(Default)]
struct Shelf(Mutex<Option<Vec<Block>>>);

impl Shelf {
    fn with<T>(&self, blocks: usize, work: impl FnOnce(&mut [Block]) -> T) -> T {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut memory = kept.unwrap_or_default();
        memory.resize(blocks, Block::new());
        let done = work(&mut memory);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.is_none() {
            *kept = Some(memory);
        }
        done
    }
}

impl Default for Passwords {
    fn default() -> Self {
        let nobody = text(&Params::default(), &[0; 16], &[0; 32]);
        Self {
            places: Semaphore::new(PASSWORDS_AT_ONCE),
            waiting: AtomicUsize::new(0),
            shelf: Arc::default(),
            nobody,
        }
    }
}

impl Passwords {
    pub async fn hash(&self, password: String) -> Outcome<String> {
        self.work(move |shelf| hash(shelf, &password)).await?.map_err(Problem::Internal)
    }

    /// Checks a password. Where there is no hash the answer is no, as late as any other.
    pub async fn check(&self, hash: Option<String>, password: String) -> Outcome<bool> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.clone());
        let same = self.work(move |shelf| check(shelf, &hash, &password)).await?;
        Ok(known && same)
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shelf) -> T + Send + 'static,
    ) -> Outcome<T> {
        let _turn = Turn::take(&self.waiting)?;
        let _place = self.places.acquire().await.map_err(Problem::ours)?;
        let shelf = self.shelf.clone();
        tokio::task::spawn_blocking(move || work(&shelf)).await.map_err(Problem::ours)
    }
}

/// A place in the queue, until it is dropped.
struct Turn<'a>(&'a AtomicUsize);

impl<'a> Turn<'a> {
    fn take(waiting: &'a AtomicUsize) -> Outcome<Self> {
        let before = waiting.fetch_add(1, Ordering::SeqCst);
        let turn = Self(waiting);
        if before < PASSWORDS_AT_ONCE + PASSWORDS_WAITING_MAX {
            Ok(turn)
        } else {
            Err(Problem::Busy(BUSY_S))
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Hashes a password where no server runs.
pub fn hash_password(password: &str) -> anyhow::Result<String> {
    hash(&Shelf::default(), password)
}

fn hash(shelf: &Shelf, password: &str) -> anyhow::Result<String> {
    let (params, salt) = (Params::default(), random_bytes::<16>());
    let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
    derive(shelf, (Algorithm::Argon2id, Version::V0x13, &params), password, (&salt, &mut out))?;
    Ok(text(&params, &salt, &out))
}

fn derive(
    shelf: &Shelf,
    (algorithm, version, params): (Algorithm, Version, &Params),
    password: &str,
    (salt, out): (&[u8], &mut [u8]),
) -> anyhow::Result<()> {
    let argon2 = Argon2::new(algorithm, version, params.clone());
    let done = shelf.with(params.block_count(), |memory| {
        argon2.hash_password_into_with_memory(password.as_bytes(), salt, out, memory)
    });
    done.map_err(|error| anyhow::anyhow!("argon2: {error}"))
}

/// A PHC string.
fn text(params: &Params, salt: &[u8], out: &[u8]) -> String {
    let (salt, out) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(out));
    let (m, t, p) = (params.m_cost(), params.t_cost(), params.p_cost());
    format!("$argon2id$v=19$m={m},t={t},p={p}${salt}${out}")
}

fn check(shelf: &Shelf, kept: &str, password: &str) -> bool {
    let read = || {
        let hash = PasswordHash::new(kept).ok()?;
        let params = Params::try_from(&hash).ok()?;
        let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
        let version = Version::try_from(hash.version?).ok()?;
        let (salt, wanted) = (hash.salt?, hash.hash?);
        let mut out = vec![0; wanted.len()];
        derive(shelf, (algorithm, version, &params), password, (&salt, &mut out)).ok()?;
        // Two outputs are compared in constant time.
        Some(Output::new(&out).ok()? == wanted)
    };
    read().unwrap_or(false)
}

/// Refuses what is too short, too long or on the first page of every guesser's list.
pub fn accept(password: &str, login: &str) -> Outcome<()> {
    let refuse = |message: String| Err(Problem::field("password", message));
    if password.len() > PASSWORD_BYTES_MAX {
        return refuse(format!("длиннее {PASSWORD_BYTES_MAX} байт"));
    }
    if password.chars().count() < PASSWORD_CHARS_MIN {
        return refuse(format!("не короче {PASSWORD_CHARS_MIN} знаков"));
    }
    let folded = fold(password);
    let first = folded.chars().next();
    let one_sign = folded.chars().all(|sign| Some(sign) == first);
    let printed = folded == fold(demo::PASSWORD);
    if one_sign || printed || folded == fold(login) || WEAK.contains(&folded.as_str()) {
        return refuse("такой пароль угадывают первым: придумайте другой".to_owned());
    }
    Ok(())
}

/// The first guesses of an attacker: the heads of published lists, and the same on a Russian
/// keyboard.
const WEAK: [&str; 66] = [
    "12345678",
    "123456789",
    "1234567890",
    "0123456789",
    "87654321",
    "987654321",
    "0987654321",
    "11223344",
    "12341234",
    "123123123",
    "1234qwer",
    "1q2w3e4r",
    "1q2w3e4r5t",
    "1qaz2wsx",
    "qwertyui",
    "qwertyuiop",
    "qwerty12",
    "qwerty123",
    "qwerty1234",
    "qwerty12345",
    "qazwsxedc",
    "zaq12wsx",
    "asdfghjk",
    "asdfghjkl",
    "zxcvbnm1",
    "password",
    "password1",
    "password12",
    "password123",
    "passw0rd",
    "p@ssw0rd",
    "p@ssword",
    "iloveyou",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "trustno1",
    "welcome1",
    "letmein1",
    "admin123",
    "admin1234",
    "admin12345",
    "administrator",
    "changeme",
    "default1",
    "computer",
    "internet",
    "whatever",
    "abcd1234",
    "abc12345",
    "a1b2c3d4",
    "aa123456",
    "йцукенгш",
    "йцукенгшщз",
    "йцукен123",
    "фывапролд",
    "пароль123",
    "пароль12",
    "парольпароль",
    "администратор",
    "привет123",
    "любовь123",
    "россия2026",
    "vyezd123",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_library_hashed_is_still_good() {
        use argon2::PasswordHasher as _;
        let shelf = Shelf::default();
        let old = Argon2::default().hash_password(b"correct horse").expect("a hash").to_string();
        assert!(check(&shelf, &old, "correct horse"));
        assert!(!check(&shelf, &old, "correct horsf"));
        let new = hash(&shelf, "correct horse").expect("a hash");
        assert!(check(&shelf, &new, "correct horse") && !check(&shelf, &new, ""));
        assert!(shelf.0.lock().is_ok_and(|kept| kept.is_some()), "one memory served all");
        assert!(!check(&shelf, "", "correct horse") && !check(&shelf, "$argon2id$", ""));
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        for weak in ["короткий"[..8].to_owned(), "ПАРОЛЬ123".to_owned(), "aaaaaaaaaa".to_owned()]
        {
            assert!(accept(&weak, "anna").is_err(), "{weak}");
        }
        assert!(accept("anna-petrova", "Anna-Petrova").is_err());
        assert!(accept(demo::PASSWORD, "anna").is_err(), "it stands in the guide");
        assert!(accept(&"я".repeat(PASSWORD_BYTES_MAX), "anna").is_err());
        assert!(accept("гвоздь и подкова", "anna").is_ok());
    }
}
