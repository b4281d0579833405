//! One-time codes of an authenticator app (RFC 6238: SHA-1, six digits, steps of 30 s).

use totp_rs::{Builder, Secret, Totp};
use vyezd_core::model::Timestamp;

/// Length of a secret, bytes: what RFC 4226 section 4 recommends.
pub const SECRET_BYTES: usize = 20;

/// The step of a code: the current one, the one before or the one after.
pub fn step(secret: &[u8], code: &str, now: Timestamp) -> anyhow::Result<Option<i64>> {
    let seconds = u64::try_from(now.0 / 1000)?;
    let step = totp(secret)?.check(&digits(code), seconds);
    Ok(step.map(i64::try_from).transpose()?)
}

/// The secret as an app that has no camera takes it: base32 in groups of four.
pub fn spelled(secret: &[u8]) -> String {
    let text = Secret::from(secret.to_vec()).to_base32();
    let groups: Vec<String> = text
        .as_bytes()
        .chunks(4)
        .map(|group| String::from_utf8_lossy(group).into_owned())
        .collect();
    groups.join(" ")
}

/// The link that authenticator apps read from a QR code (Key URI Format of Google Authenticator).
pub fn link(secret: &[u8], firm: &str, login: &str) -> String {
    let part = |text: &str| -> String {
        form_urlencoded::byte_serialize(text.replace(':', " ").as_bytes())
            .collect::<String>()
            .replace('+', "%20")
    };
    let (issuer, account) = (part(firm), part(login));
    let secret = Secret::from(secret.to_vec()).to_base32();
    format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}")
}

fn totp(secret: &[u8]) -> anyhow::Result<Totp> {
    Ok(Builder::new().with_secret(secret.to_vec()).build()?)
}

/// Apps show «123 456».
fn digits(code: &str) -> String {
    code.chars().filter(|sign| !sign.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, SHA-1: the last six of eight digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            let now = Timestamp(seconds * 1000);
            assert_eq!(step(secret, code, now).unwrap(), Some(seconds / 30), "{code}");
            let spaced = format!("{} {}", &code[..3], &code[3..]);
            assert_eq!(step(secret, &spaced, now.plus_s(30)).unwrap(), Some(seconds / 30));
            assert_eq!(step(secret, code, now.plus_s(90)).unwrap(), None);
        }
        for odd in ["", "28708", "2870820", "+87082", "２８７０８２", "-1"] {
            assert_eq!(step(secret, odd, Timestamp(59_000)).unwrap(), None, "{odd}");
        }
    }

    #[test]
    fn a_secret_is_spelled_and_linked() {
        let secret = b"12345678901234567890";
        assert_eq!(spelled(secret), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        let link = link(secret, "ООО «А: Б»", "анна");
        assert!(link.starts_with("otpauth://totp/%D0%9E%D0%9E%D0%9E%20"), "{link}");
        assert!(link.ends_with("&issuer=%D0%9E%D0%9E%D0%9E%20%C2%AB%D0%90%20%20%D0%91%C2%BB"));
        assert!(link.contains("?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&"), "{link}");
    }
}
