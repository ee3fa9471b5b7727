//! Temporary credentials in JSON, in the formats of metadata services, token services and programs.

use super::Credentials;
use crate::model::{Secret, Timestamp};
use serde_json::Value;
use std::time::{Duration, SystemTime};

/// Names of the parts of a key in a vendor's JSON.
///
/// If a part has several names, the first with a value is used.
#[derive(Debug, Clone, Copy)]
pub struct KeyForm {
    /// Names of the objects that may enclose the key, outermost first.
    pub within: &'static [&'static str],
    /// Names of the key's identifier.
    pub id: &'static [&'static str],
    /// Names of the key's secret.
    pub secret: &'static [&'static str],
    /// Names of the session token.
    pub token: &'static [&'static str],
    /// Names of the expiry: seconds since 1970, or a time with a zone.
    pub expires: &'static [&'static str],
    /// Whether token and expiry are required.
    pub temporary: bool,
}

impl KeyForm {
    /// Reads a key. A field `Code`, if present, must be `Success`.
    ///
    /// # Errors
    /// A description of the problem, without a value: `lacks TmpSecretId, TmpSecretKey or Token`.
    pub fn read(&self, json: &[u8]) -> Result<Credentials, String> {
        let text = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
        let mut value: Value = serde_json::from_slice(text).map_err(|_| "cannot be read: it is not JSON".to_owned())?;
        if let Some(code) = value.get("Code").filter(|code| *code != "Success") {
            return Err(format!("says {}", code_name(code)));
        }
        for name in self.within {
            if let Some(inner) = value.get_mut(*name).filter(|inner| inner.is_object()) {
                value = inner.take();
            }
        }
        let expires = take(&mut value, self.expires);
        let mut text = |names| match take(&mut value, names) {
            Some(Value::String(text)) if !text.is_empty() => Some(text),
            _ => None,
        };
        let (id, secret, token) = (text(self.id), text(self.secret).map(Secret::from), text(self.token));
        let (Some(id), Some(secret), true) = (id, secret, token.is_some() || !self.temporary) else {
            return Err(self.lacks());
        };
        let expires = expires.and_then(|at| time(&at));
        if self.temporary && expires.is_none() {
            return Err("does not say when it expires".to_owned());
        }
        let credentials = token.into_iter().fold(Credentials::new(id, secret), Credentials::with_token);
        Ok(expires.into_iter().fold(credentials, Credentials::with_expiry))
    }

    fn lacks(&self) -> String {
        let first = |names: &'static [&'static str]| names.first().copied().unwrap_or_default();
        match self.temporary {
            true => format!("lacks {}, {} or {}", first(self.id), first(self.secret), first(self.token)),
            false => format!("lacks {} or {}", first(self.id), first(self.secret)),
        }
    }
}

fn take(value: &mut Value, names: &[&str]) -> Option<Value> {
    let name = names.iter().find(|name| value.get(**name).is_some_and(|found| !found.is_null() && *found != ""))?;
    value.get_mut(*name).map(Value::take)
}

fn time(value: &Value) -> Option<SystemTime> {
    match value {
        Value::Number(seconds) => SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds.as_u64()?)),
        Value::String(text) => Timestamp::from(text.as_str()).parse(),
        _ => None,
    }
}

/// Returns a code for an error message, if it has the format of one.
fn code_name(code: &Value) -> &str {
    let is_name =
        |code: &&str| code.len() <= 64 && code.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    code.as_str().filter(is_name).unwrap_or("that it did not succeed")
}
