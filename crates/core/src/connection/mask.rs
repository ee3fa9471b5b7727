//! Masks secrets of a request in errors.
//!
//! A service may quote a token, a password or a signature in its error, plain or encoded. All texts of an error pass
//! through here before they are visible.
//!
//! | secret | masked |
//! |---|---|
//! | secret and token of the credentials; fields marked as sensitive; headers marked as sensitive; `Signature` and tokens in queries and forms | everywhere in message, code, field, request id and causes: plain, JSON-escaped, URL-encoded, base64 (alone or within a longer text), and the first twelve characters or more of a long one |
//! | the same with fewer than four characters | in quotation marks, or after `=` or `:`, so that texts stay readable |

use crate::credentials::Credentials;
use crate::error::Error;
use crate::model::{HIDDEN, Model, Ref, Secret};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::header::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use wharf_sign::canonical;

/// Length below which a value is masked only if it is quoted or after `=` or `:`, in characters.
const SHORT: usize = 4;
/// Length from which the beginning of a value is masked too, in characters, and the length of that beginning.
const LONG: usize = 24;
const HEAD: usize = 12;
/// Characters that browsers' functions escape: fewer than RFC 3986 requires.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'!')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');
/// Parameters of queries and forms that are secret for all operations.
const PARAMETERS: [&str; 4] = ["Signature", "Token", "SecurityToken", "X-Auth-Token"];

/// Request of an attempt. It is only searched for secrets if something must be masked.
#[derive(Debug, Default)]
pub(super) struct Sent {
    headers: Vec<HeaderValue>,
    query: Option<String>,
    form: Option<Bytes>,
}

impl Sent {
    pub(super) fn of(request: &http::Request<Bytes>) -> Self {
        let form = request.headers().get(http::header::CONTENT_TYPE);
        let form = form.is_some_and(|form| form.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
        Self {
            headers: request.headers().values().filter(|value| value.is_sensitive()).cloned().collect(),
            query: request.uri().query().filter(|query| query.contains("Signature")).map(str::to_owned),
            form: form.then(|| request.body().clone()),
        }
    }
}

/// Texts to mask in responses.
pub(super) struct Masks {
    /// Longest first, because a shorter one may be the beginning of a longer one.
    values: Vec<String>,
    short: BTreeSet<String>,
}

impl Masks {
    pub(super) fn new(credentials: Option<&Credentials>, input: &dyn Model, sent: &Sent) -> Self {
        let mut secrets: Vec<String> = of_key(credentials).map(|secret| secret.expose().to_owned()).collect();
        collect(input, false, &mut secrets);
        for value in &sent.headers {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            secrets.extend(signature_of(&value).map(str::to_owned));
            secrets.push(value);
        }
        let form = sent.form.as_ref().map(|form| String::from_utf8_lossy(form).into_owned());
        for parameters in sent.query.iter().chain(&form) {
            for (name, value) in parameters.split('&').filter_map(|parameter| parameter.split_once('=')) {
                if PARAMETERS.contains(&name) {
                    secrets.push(canonical::decode(value));
                }
            }
        }
        let mut masks = Self { values: Vec::new(), short: BTreeSet::new() };
        for secret in secrets {
            masks.add(&secret);
        }
        masks.values.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        masks.values.dedup();
        masks
    }

    /// Returns the error with every secret masked, also in its causes, and with texts of limited length.
    pub(super) fn apply(&self, error: Error, documented: &dyn Fn(&str) -> bool) -> Error {
        error.map_texts(&|text| self.mask(text), documented)
    }

    /// Returns the text with its secrets replaced, or `None` if it contains none.
    pub(super) fn mask(&self, text: &str) -> Option<String> {
        let mut masked = None;
        let mut pass = |values: &mut dyn Iterator<Item = &String>, replace: fn(&str, &str) -> Option<String>| {
            for value in values {
                if let Some(changed) = replace(masked.as_deref().unwrap_or(text), value) {
                    masked = Some(changed);
                }
            }
        };
        pass(&mut self.values.iter(), replace);
        pass(&mut self.values.iter(), replace_beginning);
        pass(&mut self.short.iter(), replace_apart);
        masked
    }

    fn add(&mut self, secret: &str) {
        let trimmed = secret.trim();
        if trimmed.is_empty() {
            return;
        }
        if trimmed.chars().count() < SHORT {
            self.short.insert(trimmed.to_owned());
            return;
        }
        for form in forms(secret).chain(forms(trimmed)) {
            if form.chars().count() >= SHORT {
                self.values.push(form);
            }
        }
    }
}

/// Returns the secrets of credentials.
fn of_key(credentials: Option<&Credentials>) -> impl Iterator<Item = &Secret> {
    credentials.into_iter().flat_map(|credentials| [Some(credentials.secret()), credentials.token()]).flatten()
}

/// Returns whether a text has the format of a request id, and is not a secret of the request.
pub(super) fn is_harmless_id(text: &str, credentials: Option<&Credentials>, input: &dyn Model) -> bool {
    let plain = text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte));
    let mut secrets = Vec::new();
    collect(input, false, &mut secrets);
    let mut all = of_key(credentials).map(Secret::expose).chain(secrets.iter().map(String::as_str));
    plain && !all.any(|secret| !secret.is_empty() && text.contains(secret))
}

/// Returns the text after the last `Signature=`, or the last colon, of an `Authorization` header.
fn signature_of(authorization: &str) -> Option<&str> {
    let behind = match authorization.rsplit_once("Signature=") {
        Some((_, signature)) => signature,
        None => authorization.rsplit_once(':')?.1,
    };
    Some(behind.trim()).filter(|signature| signature.len() >= 16)
}

/// Collects the texts below fields that are marked as sensitive.
fn collect(model: &dyn Model, marked: bool, secrets: &mut Vec<String>) {
    model.each(&mut |member, value| texts(value, marked || member.sensitive, secrets));
}

fn texts(value: Ref<'_>, marked: bool, secrets: &mut Vec<String>) {
    match value {
        Ref::Text(text) if marked => {
            // JSON in a text: the service may quote one of its values.
            if let Ok(document @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text) {
                leaves(&document, false, secrets);
            }
            secrets.push(text.to_owned());
        }
        Ref::Int(number) if marked => secrets.push(number.to_string()),
        Ref::Uint(number) if marked => secrets.push(number.to_string()),
        Ref::Json(value) => leaves(value, marked, secrets),
        Ref::Object(model) => collect(model, marked, secrets),
        Ref::List(list) => (0..list.len()).for_each(|at| texts(list.item(at), marked, secrets)),
        Ref::Map(map) => map.each(&mut |name, value| texts(value, marked || is_secret_name(name), secrets)),
        _ => {}
    }
}

/// Collects the values of a document that are secret by their mark or by their name.
fn leaves(value: &Value, marked: bool, secrets: &mut Vec<String>) {
    match value {
        Value::String(text) if marked => secrets.push(text.clone()),
        Value::Number(number) if marked => secrets.push(number.to_string()),
        Value::Array(values) => values.iter().for_each(|value| leaves(value, marked, secrets)),
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| leaves(value, marked || is_secret_name(name), secrets));
        }
        _ => {}
    }
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["password", "passwd", "pwd"].iter().any(|part| name.contains(part))
        || ["secret", "token", "secretkey", "secret_key", "privatekey", "private_key"]
            .iter()
            .any(|end| name.ends_with(end))
}

/// Returns the encodings of the value that services may use.
fn forms(secret: &str) -> impl Iterator<Item = String> {
    let json = Value::from(secret).to_string();
    let json = json.get(1..json.len() - 1).unwrap_or_default().to_owned();
    let ascii = json.chars().fold(String::new(), |mut out, c| {
        if c.is_ascii() {
            out.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                // Writing to a `String` cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
        out
    });
    let url = canonical::encode(secret);
    let twice = canonical::encode(&url);
    let others = [COMPONENT, NON_ALPHANUMERIC].map(|set| utf8_percent_encode(secret, set).to_string());
    let urls = [url].into_iter().chain(others).flat_map(|url| {
        let (lower, form) = (lower_hex(&url), url.replace("%20", "+"));
        [url, lower, form]
    });
    let urls: Vec<_> = urls.collect();
    let html = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let slashed = json.replace('/', "\\/");
    let (standard, safe) = (STANDARD_NO_PAD.encode(secret), URL_SAFE_NO_PAD.encode(secret));
    let plain = [secret.to_owned(), json, ascii, slashed, twice, html, standard, safe];
    plain.into_iter().chain(urls).chain((0..3).flat_map(|shift| base64_within(secret.as_bytes(), shift)))
}

/// Converts hexadecimal digits after `%` to lower case.
fn lower_hex(url: &str) -> String {
    let mut parts = url.split('%');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        out.push('%');
        out.push_str(&digits.to_ascii_lowercase());
        out.push_str(rest);
    }
    out
}

/// Returns the base64 that any text with the value contains, if the value starts `shift` bytes after a multiple of
/// three.
fn base64_within(secret: &[u8], shift: usize) -> Vec<String> {
    let padded = [&[0; 3][..shift], secret].concat();
    let (cut, whole) = (shift.div_ceil(3) * (shift + 1), padded.len() / 3 * 4);
    [STANDARD_NO_PAD.encode(&padded), URL_SAFE_NO_PAD.encode(&padded)]
        .into_iter()
        .filter_map(|text| {
            // Characters at the ends depend on the bytes before and after.
            text.get(cut..whole).filter(|text| text.len() >= 6).map(str::to_owned)
        })
        .collect()
}

fn replace(text: &str, value: &str) -> Option<String> {
    text.contains(value).then(|| text.replace(value, HIDDEN))
}

/// Replaces texts that start like a long value.
fn replace_beginning(text: &str, value: &str) -> Option<String> {
    value.char_indices().nth(LONG)?;
    let (head, _) = value.split_at_checked(value.char_indices().nth(HEAD)?.0)?;
    let (mut rest, mut out) = (text, String::new());
    while let Some((before, found)) = rest.find(head).and_then(|at| rest.split_at_checked(at)) {
        let same: usize = found.chars().zip(value.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
        out.push_str(before);
        out.push_str(HIDDEN);
        rest = found.get(same..).unwrap_or_default();
    }
    if out.is_empty() {
        return None;
    }
    out.push_str(rest);
    Some(out)
}

/// Replaces a short value in quotation marks or after `=` or `:`.
fn replace_apart(text: &str, value: &str) -> Option<String> {
    let mut out = String::new();
    let mut done = 0;
    for (at, _) in text.match_indices(value) {
        let before = text.get(done..at).unwrap_or_default();
        let behind = text.get(at + value.len()..).unwrap_or_default();
        let opened = before.trim_end_matches(' ').ends_with(['=', ':']) || before.ends_with(['"', '\'', '`']);
        if opened && !behind.starts_with(char::is_alphanumeric) {
            out.push_str(before);
            out.push_str(HIDDEN);
            done = at + value.len();
        }
    }
    if done == 0 {
        return None;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Some(out)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::error::ErrorKind;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    #[derive(Clone, Default, PartialEq)]
    struct Input {
        name: Option<String>,
        password: Option<String>,
        more: Option<Value>,
    }
    crate::model! { Input = "Input" { name = "Name"; password = "Password" .sensitive(); more = "More"; } }

    fn masks(password: &str) -> Masks {
        let input = Input {
            name: Some("visible".into()),
            password: Some(password.into()),
            more: Some(serde_json::json!({"userPassword": "nested-one", "other": "visible"})),
        };
        Masks::new(Some(&Credentials::new("key", "secret-of-key").with_token("token-of-key")), &input, &Sent::default())
    }

    fn masked(password: &str, text: &str) -> String {
        masks(password).mask(text).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn a_secret_is_masked_in_every_encoding() {
        let password = "P@ss w\u{f6}rd/\"+\\9?>~~~";
        let json = Value::from(password).to_string();
        let url = canonical::encode(password);
        let within = |shift: usize| STANDARD.encode(format!("{}{password}:tail", &"abc"[..shift]));
        for form in [
            password.to_owned(),
            json.trim_matches('"').to_owned(),
            json.replace('\u{f6}', "\\u00f6"),
            url.clone(),
            lower_hex(&url),
            url.replace("%20", "+"),
            STANDARD.encode(password),
            URL_SAFE.encode(password),
            within(1),
            within(2),
        ] {
            let text = masked(password, &format!("the value {form} is wrong"));
            assert!(text.contains(HIDDEN) && text.starts_with("the value "), "{form}: {text}");
            let kept: Vec<_> = text.split(HIDDEN).filter(|part| form.contains(*part) && part.len() > 8).collect();
            assert!(kept.is_empty(), "{form}: {text}");
        }
    }

    #[test]
    fn what_was_not_marked_stays() {
        assert_eq!(masked("geheim", "visible key geheim"), "visible key [hidden]");
        assert_eq!(masked("geheim", "nested-one, secret-of-key and token-of-key"), "[hidden], [hidden] and [hidden]");
    }

    #[test]
    fn a_short_secret_is_masked_where_it_stands_apart() {
        assert_eq!(
            masked("a1", "a1 is not a1b: 'a1', password=a1, \"a1\""),
            "a1 is not a1b: '[hidden]', password=[hidden], \"[hidden]\""
        );
        assert_eq!(masked("", "nothing"), "nothing");
    }

    #[test]
    fn the_beginning_of_a_long_secret_is_masked() {
        let token = "abcdefghijklmnopqrstuvwxyz0123456789";
        assert_eq!(masked(token, "token abcdefghijklmnop... is bad"), "token [hidden]... is bad");
        assert_eq!(masked(token, "abcdefghij"), "abcdefghij");
    }

    #[test]
    fn signatures_that_were_sent_are_masked() {
        let request = http::Request::builder().uri("http://h/?Action=A&Signature=ab%2Bcdef%3D&Name=visible");
        let mut request = request.body(Bytes::new()).unwrap();
        let mut header = HeaderValue::from_static("acs key-id:c2lnbmF0dXJlIG9mIDIwIGI=");
        header.set_sensitive(true);
        request.headers_mut().insert("authorization", header);
        let masks = Masks::new(Some(&Credentials::new("k", "s-s-s-s")), &Input::default(), &Sent::of(&request));
        let text = masks.mask("got ab+cdef= and c2lnbmF0dXJlIG9mIDIwIGI= of key-id, visible").unwrap();
        assert_eq!(text, "got [hidden] and [hidden] of key-id, visible");
    }

    #[test]
    fn causes_and_their_debug_are_masked_too() {
        let cause = std::io::Error::other("the pool refused geheim-99");
        let inner = Error::new(ErrorKind::Decode, "inner geheim-99").with_source(cause);
        let error = Error::service(ErrorKind::Other, "geheim-99", "m").with_source(inner);
        let error = masks("geheim-99").apply(error, &|_| false);
        let shown = format!("{error} {error:?} {error:#?}");
        assert!(!shown.contains("geheim") && shown.contains("the pool refused"), "{shown}");
        let documented = Error::service(ErrorKind::Other, "geheim-99", "m");
        assert_eq!(masks("geheim-99").apply(documented, &|code| code == "geheim-99").code(), Some("geheim-99"));
    }
}
