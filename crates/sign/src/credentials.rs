//! The key that signs.

use crate::Error;
use std::fmt;

/// Access key, its secret, and the session token of a temporary key.
///
/// `Debug` shows the id alone.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Credentials<'a> {
    /// Identifier of the key. Not a secret.
    pub id: &'a str,
    /// Secret of the key.
    pub secret: &'a str,
    /// Session token of a temporary key.
    pub token: Option<&'a str>,
}

impl Credentials<'_> {
    /// Checks that the key can sign a request: no part is empty or has characters that keys do not contain, such as
    /// line breaks that are copied along.
    ///
    /// # Errors
    /// [`Error::Empty`] or [`Error::Characters`], naming the part.
    pub fn check(&self) -> Result<(), Error> {
        let token = self.token.map(|token| ("session token", token));
        for (part, text) in [("id", self.id), ("secret", self.secret)].into_iter().chain(token) {
            if text.is_empty() {
                return Err(Error::Empty { part });
            }
            // These characters separate the id in the header `Authorization`.
            let separators: &[u8] = if part == "id" { b",/;" } else { b"" };
            if !text.bytes().all(|byte| byte.is_ascii_graphic() && !separators.contains(&byte)) {
                return Err(Error::Characters { part });
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_sign_is_named_and_not_shown() {
        let good = Credentials { id: "AKID", secret: "planted-secret", token: Some("planted-token") };
        assert_eq!(good.check(), Ok(()));
        for (wrong, expected) in [
            (Credentials { id: "", ..good }, Error::Empty { part: "id" }),
            (Credentials { id: "a/b", ..good }, Error::Characters { part: "id" }),
            (Credentials { id: "a\n", ..good }, Error::Characters { part: "id" }),
            (Credentials { secret: "", ..good }, Error::Empty { part: "secret" }),
            (Credentials { secret: "planted-secret\n", ..good }, Error::Characters { part: "secret" }),
            (Credentials { token: Some(""), ..good }, Error::Empty { part: "session token" }),
            (Credentials { token: Some("planted token"), ..good }, Error::Characters { part: "session token" }),
        ] {
            assert_eq!(wrong.check(), Err(expected));
            assert!(!format!("{wrong:?} {expected} {expected:?}").contains("planted"));
        }
        assert_eq!(Credentials { secret: "a,/;b", ..good }.check(), Ok(()));
    }
}
