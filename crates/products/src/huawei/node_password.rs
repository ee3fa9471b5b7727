//! Passwords of nodes, in the salted form that the service requires.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use wharf_core::Error;
use wharf_core::clock::{Clock, SystemClock};
use wharf_core::model::Secret;

/// Characters of the crypt format, by value.
const ALPHABET: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Number of characters of a salt.
const SALT: usize = 16;
/// Special characters that the rules count.
const SPECIAL: &str = "!@$%^-_=+[{}]:,./?";
/// User of the login if no other is set.
const USER: &str = "root";

/// A password of a node in the form of the service: salted, hashed by SHA-512 crypt (`$6$`), in Base64.
///
/// The service cannot check the plain password, so the SDK checks it: 8 to 26 characters, from three of these groups:
/// upper-case letters, lower-case letters, digits and ``!@$%^-_=+[{}]:,./?``. It must not contain the user's name or
/// its reverse.
///
/// ```
/// use wharf::cce::NodePassword;
///
/// let password = NodePassword::from_plain("Correct-Horse-7")?;
/// assert_ne!(password, NodePassword::from_plain("Correct-Horse-7")?, "every salt is another");
/// assert!(NodePassword::from_plain("horse").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodePassword(Secret);

impl NodePassword {
    /// Creates the password of the user `root`.
    ///
    /// # Errors
    /// [`InvalidInput`](wharf_core::ErrorKind::InvalidInput) naming the rule that the password breaks.
    pub fn from_plain(plain: &str) -> Result<Self, Error> {
        Self::for_user(USER, plain)
    }

    /// Creates the password of another user.
    ///
    /// # Errors
    /// [`InvalidInput`](wharf_core::ErrorKind::InvalidInput) naming the rule that the password breaks.
    pub fn for_user(user: &str, plain: &str) -> Result<Self, Error> {
        check(user, plain)?;
        let salt: String = std::iter::repeat_with(|| SystemClock.random())
            .map(|number| char::from(ALPHABET[(number % 64) as usize]))
            // Letters and digits only, as in the document's own programs.
            .filter(char::is_ascii_alphanumeric)
            .take(SALT)
            .collect();
        Ok(Self::salted(plain, &salt))
    }

    fn salted(plain: &str, salt: &str) -> Self {
        Self(Secret::from(STANDARD.encode(crypt(plain, salt))))
    }

    /// Returns the hash that is sent. Never log or print it.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl From<NodePassword> for Secret {
    fn from(password: NodePassword) -> Self {
        password.0
    }
}

fn check(user: &str, plain: &str) -> Result<(), Error> {
    let wrong = |reason: &str| Err(Error::invalid_input("password", reason));
    if !(8..=26).contains(&plain.chars().count()) {
        return wrong("must have 8 to 26 characters");
    }
    if plain.chars().any(char::is_control) {
        return wrong("must not have control characters");
    }
    let has = |kind: &dyn Fn(char) -> bool| usize::from(plain.chars().any(kind));
    let kinds = has(&|c| c.is_ascii_uppercase())
        + has(&|c| c.is_ascii_lowercase())
        + has(&|c| c.is_ascii_digit())
        + has(&|c| SPECIAL.contains(c));
    if kinds < 3 {
        return wrong(&format!("must have three of upper-case letters, lower-case letters, digits and {SPECIAL}"));
    }
    let reverse: String = user.chars().rev().collect();
    if !user.is_empty() && (plain.contains(user) || plain.contains(&reverse)) {
        return wrong("must not hold the user's name or its reverse");
    }
    Ok(())
}

/// Returns the SHA-512 crypt hash with the default number of rounds, in the form of `/etc/shadow`.
fn crypt(plain: &str, salt: &str) -> String {
    let digest = sha_crypt::sha512_crypt(plain.as_bytes(), salt.as_bytes(), sha_crypt::Params::RECOMMENDED);
    let mut out = format!("$6${salt}$");
    // Three bytes become four characters; the order of the three bytes rotates with each step.
    for step in 0..21 {
        let (a, b, c) = (digest[step], digest[step + 21], digest[step + 42]);
        let (high, middle, low) = match step % 3 {
            0 => (a, b, c),
            1 => (b, c, a),
            _ => (c, a, b),
        };
        write_bits(&mut out, u32::from_be_bytes([0, high, middle, low]), 4);
    }
    write_bits(&mut out, u32::from(digest[63]), 2);
    out
}

/// Writes six bits per character, the lowest first.
fn write_bits(out: &mut String, mut bits: u32, characters: usize) {
    for _ in 0..characters {
        out.push(char::from(ALPHABET[(bits & 63) as usize]));
        bits >>= 6;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::process::Command;
    use wharf_core::ErrorKind;

    /// Compares with the document's example and with the output of `openssl passwd -6`.
    #[test]
    fn known_hashes() {
        for (plain, salt, hash) in [
            (
                "test@123",
                "KZ2u71CD4JjQneAy",
                "WF5dsoOjTgc9RD46i46cCL3H92LMEo78s0rHdfSLDE8PW7ylE2ICcxUGF7/8RBbnxW0crgA3ZGNFA0LLgFaYD0",
            ),
            ("x", "a", "AvQLBHPFSbE4d9QOBrglBdXuv.jRoEFLHgWJlsZ6XhNHrxkMbotj9kAr0GGhdZ5XM6DM29/LJ9jZin3Aj8Tph0"),
            (
                "Kennwort-für-26-Zeichen!",
                "saltsaltsaltsalt",
                "9DOj.0ZXi5NyRx.w6WsAhKyUUcefrhgsZxBTSzS4bc7dD26GrO3QUT07C/m8A4MN6klSPvOW0kyxW.J7ikeIB1",
            ),
        ] {
            assert_eq!(crypt(plain, salt), format!("$6${salt}${hash}"));
        }
    }

    #[test]
    fn openssl_agrees() {
        let plain = "Correct-Horse_7 é";
        let sent = NodePassword::from_plain(plain).unwrap();
        let crypted = String::from_utf8(STANDARD.decode(sent.expose()).unwrap()).unwrap();
        let salt = crypted.split('$').nth(2).unwrap();
        assert!(salt.len() == SALT && salt.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        let output = Command::new("openssl").args(["passwd", "-6", "-salt", salt, plain]).output();
        // Without the program, only the known hashes are compared.
        let Ok(output) = output else { return };
        assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), crypted);
    }

    #[test]
    fn bad_passwords_are_refused_without_being_shown() {
        for plain in ["", "Sh0rt-x", "alllowercase", "ALLUPPER-lower", "12345678abc", "Aa1!root-x", "Aa1!toor-x"] {
            let expected = plain == "ALLUPPER-lower";
            let result = NodePassword::from_plain(plain);
            assert_eq!(result.is_ok(), expected, "{plain}");
            if let Err(error) = result {
                assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("password")));
                assert!(plain.is_empty() || !error.to_string().contains(plain));
            }
        }
        assert!(NodePassword::from_plain("Aa1-5678\n").is_err());
        assert!(NodePassword::from_plain(&format!("Aa1-{}", "x".repeat(22))).is_ok());
        assert!(NodePassword::from_plain(&format!("Aa1-{}", "x".repeat(23))).is_err());
        assert!(NodePassword::for_user("admin", "Aa1!root-x").is_ok());
        assert!(NodePassword::for_user("admin", "Aa1!nimda-x").is_err());
    }

    #[test]
    fn it_is_a_secret() {
        let password = NodePassword::salted("test@123", "KZ2u71CD4JjQneAy");
        let sent = password.expose().to_owned();
        assert!(!format!("{password:?}").contains(&sent));
        assert_eq!(Secret::from(password).expose(), sent);
    }
}
