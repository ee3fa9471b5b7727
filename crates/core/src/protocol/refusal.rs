//! Error responses of services, in all of their formats.
//!
//! | format | used by |
//! |---|---|
//! | `{"error_code", "error_msg"}`, `{"errorCode", "errorMsg" or "errorMessage"}`, or several of them with an additional `message` | API gateways and the services behind them |
//! | `{"error": {"code", "message", "title"}}`, `{"unauthorized": {"code", "message"}}` | identity services |
//! | `{"kind": "Status", "reason", "message", "code"}` | Kubernetes |
//! | `{"Code", "Message", "RequestId", "HostId"}` also in lower case or as XML, with `accessDeniedDetail` | gateways that also support XML |
//! | `{"asapiSuccess": false, "asapiErrorCode", "asapiErrorMessage"}`, `{"success": false, "code", "message"}` | gateways of private clouds |
//! | `{"Response": {"Error": {"Code", "Message"}, "RequestId"}}` | APIs with an envelope |
//! | `{"code", "codeDesc", "message"}` | APIs with numeric codes |
//! | `{"errors": [{"code", "message"}]}`, `{"error": "..", "error_description": ".."}` | intermediate gateways |

use super::foreign::trimmed;
#[cfg(feature = "xml")]
use super::xml_error;
use crate::error::{CodeMeta, Error, ErrorKind};
use http::StatusCode;
use serde_json::{Map, Value};

/// Fields of bodies with the request id, for responses without a header for it.
const REQUEST_ID_MEMBERS: [&str; 6] =
    ["RequestId", "requestId", "request_id", "asapiRequestId", "RequestID", "requestID"];
/// Fields with codes, and the fields with their texts. The first known code is used, or else the first one.
const CODES_AND_TEXTS: [(&str, &[&str]); 5] = [
    ("error_code", &["error_msg", "error_message"]),
    ("errorCode", &["errorMsg", "errorMessage"]),
    ("asapiErrorCode", &["asapiErrorMessage", "asapiErrorMsg"]),
    ("Code", &["Message"]),
    ("code", &["message", "msg"]),
];
/// Fields with further codes and texts, which are always searched.
const NESTED: [&str; 6] = ["Response", "Error", "error", "errors", "details", "causes"];
/// Fields with the missing permission.
const DENIED: [&str; 2] = ["accessDeniedDetail", "AccessDeniedDetail"];
/// Opaque text of several kilobytes, only useful to the vendor.
const OPAQUE: &str = "EncodedDiagnosticMessage";
/// Maximum depth of nested objects that are searched.
const DEPTH: usize = 4;
/// Maximum number of texts that are joined to one message.
const MAX_TEXTS: usize = 4;
/// Range of numbers that are a failure status. Other numbers may be a time in milliseconds, for example.
const FAILURES: std::ops::Range<u64> = 400..600;

/// Fields that mark a response with a success status as an error. `status` does so with the value `Failure`.
pub(super) const SIGNS: [&str; 18] = [
    "asapiSuccess",
    "success",
    "Success",
    "error_code",
    "errorCode",
    "asapiErrorCode",
    "Code",
    "code",
    "Message",
    "message",
    "msg",
    "error_msg",
    "errorMsg",
    "Error",
    "error",
    "errors",
    "Response",
    "status",
];
/// The only one of these fields that counts even if the output has a field of that name.
pub(super) const ALWAYS_A_SIGN: &str = "asapiSuccess";

/// Returns whether a response with a success status is an error. `members` are its fields among [`SIGNS`] that the
/// operation's output does not have.
pub(super) fn refuses(members: &Map<String, Value>) -> bool {
    let get = |name: &str| members.get(name).filter(|value| !value.is_null());
    let spoken = |names: &[&str]| names.iter().any(|name| get(name).is_some());
    let is_false = |name: &str| get(name).is_some_and(|value| value == &Value::Bool(false) || word_is(value, "false"));
    let bad = |name: &str| get(name).is_some_and(is_bad_code);
    let nested = |name: &str| get(name).is_some_and(says_something);
    is_false("asapiSuccess")
        || is_false("success")
        || is_false("Success")
        || bad("error_code")
        || bad("errorCode")
        || bad("asapiErrorCode")
        || bad("code") && spoken(&["message", "msg", "error_msg"])
        || bad("Code") && spoken(&["Message", "message"])
        || get("status").is_some_and(|status| word_is(status, "Failure"))
        || nested("error")
        || nested("Error")
        || nested("errors")
        || get("Response").and_then(|response| response.get("Error")).is_some_and(says_something)
}

fn word_is(value: &Value, word: &str) -> bool {
    value.as_str().is_some_and(|text| text.trim().eq_ignore_ascii_case(word))
}

/// Returns whether a value is an error code. Zero, a success status and words for success are not.
fn is_bad_code(code: &Value) -> bool {
    match code {
        Value::Number(number) => {
            number.as_f64().is_some_and(|number| number != 0.0 && !(100.0..400.0).contains(&number))
        }
        Value::String(text) => match (text.trim(), text.trim().parse::<i64>()) {
            ("", _) => false,
            (_, Ok(number)) => number != 0 && !(100..400).contains(&number),
            (word, Err(_)) => !["ok", "success", "succ", "successful", "succeeded", "null", "none"]
                .iter()
                .any(|good| word.eq_ignore_ascii_case(good)),
        },
        _ => false,
    }
}

/// Returns whether an error field contains an error: some services write an empty one into successful responses.
fn says_something(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(values) => values.iter().any(says_something),
        Value::Object(_) => {
            let mut report = Report::default();
            report.collect(value, None, 1);
            report.is_some()
        }
        _ => false,
    }
}

/// Contents of an error's body.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// Codes, the most specific first.
    codes: Vec<String>,
    /// Texts that can replace a missing code: a reason, a title.
    words: Vec<String>,
    /// Codes that repeat the status, or are numbers.
    numbers: Vec<String>,
    texts: Vec<String>,
    /// Missing permission.
    denied: Vec<String>,
    request_id: Option<String>,
    /// Host that reports the error.
    host: Option<String>,
}

impl Report {
    /// Reads the body of an error. Returns `None` if it has none of the known formats.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let body = trimmed(body);
        let mut report = Self::default();
        match serde_json::from_slice(body) {
            Ok(value) => report.collect(&value, None, 0),
            Err(_) => report.read_xml(body)?,
        }
        report.is_some().then_some(report)
    }

    #[cfg(feature = "xml")]
    fn read_xml(&mut self, body: &[u8]) -> Option<()> {
        let xml = xml_error::read(body)?;
        self.codes.extend(xml.code);
        self.texts.extend(xml.message);
        self.denied = xml.denied.into_iter().map(|(name, value)| format!("{name} {value}")).collect();
        (self.request_id, self.host) = (xml.request_id, xml.host);
        Some(())
    }

    /// Reads nothing: the products of this build write no errors in XML.
    #[cfg(not(feature = "xml"))]
    fn read_xml(&mut self, _: &[u8]) -> Option<()> {
        None
    }

    fn is_some(&self) -> bool {
        !(self.codes.is_empty() && self.words.is_empty() && self.numbers.is_empty() && self.texts.is_empty())
    }

    fn collect(&mut self, value: &Value, name: Option<&str>, depth: usize) {
        if depth > DEPTH {
            return;
        }
        match value {
            Value::Object(members) => self.object(members, name, depth),
            Value::Array(values) => {
                values.iter().take(MAX_TEXTS).for_each(|value| self.collect(value, name, depth + 1))
            }
            // `error` as a text, and lists of texts.
            Value::String(text) if name.is_some() => self.text(text),
            _ => {}
        }
    }

    fn object(&mut self, members: &Map<String, Value>, name: Option<&str>, depth: usize) {
        let text = |name: &str| text_of(members.get(name)?);
        let before = self.codes.len() + self.numbers.len() + self.texts.len();
        for (code, texts) in CODES_AND_TEXTS {
            let description = (code == "code").then(|| text("codeDesc")).flatten();
            self.codes.extend(description.filter(|word| is_bad_code(&Value::from(word.as_str()))));
            match members.get(code) {
                Some(Value::Number(number)) => self.numbers.push(number.to_string()),
                Some(Value::String(text)) if is_number(text) => self.numbers.push(text.trim().to_owned()),
                _ => self.codes.extend(text(code)),
            }
            for said in texts.iter().filter_map(|name| text(name)) {
                self.text(&said);
            }
        }
        let found = self.codes.len() + self.numbers.len() + self.texts.len() > before;
        // This repeats the status; the text beside it has the same meaning and is easier to read.
        if let Some(reason) = text("reason").filter(|reason| reason.contains(char::is_whitespace)) {
            self.text(&reason);
        }
        for word in ["reason", "title"].iter().filter_map(|name| text(name)).filter(|_| found) {
            self.words.push(word.split_whitespace().collect());
        }
        if let Some(name) = name.filter(|name| found && !NESTED.contains(name)) {
            self.words.push(name.to_owned());
        }
        if let Some(code) = text("error").filter(|text| text.len() <= 64) {
            self.words.push(code.split_whitespace().collect());
        }
        if let Some(said) = text("error_description") {
            self.text(&said);
        }
        if self.request_id.is_none() {
            self.request_id = REQUEST_ID_MEMBERS.iter().find_map(|name| text(name));
        }
        if self.host.is_none() {
            self.host = text("HostId").or_else(|| text("hostId"));
        }
        for detail in DENIED.iter().filter_map(|name| members.get(*name)) {
            self.denied_by(detail);
        }
        for nested in NESTED {
            if let Some(value) = members.get(nested) {
                self.collect(value, Some(nested), depth + 1);
            }
        }
        if !self.is_some() && name.is_none() {
            let first = members.iter().find_map(|(name, value)| {
                let mut inner = Self::default();
                inner.object(value.as_object()?, Some(name), depth + 1);
                inner.is_some().then_some(inner)
            });
            if let Some(inner) = first {
                let (request_id, host) = (self.request_id.take(), self.host.take());
                *self = inner;
                self.request_id = request_id.or(self.request_id.take());
                self.host = host.or(self.host.take());
            }
        }
    }

    /// Adds a text unless another one covers it, and removes those that it covers.
    fn text(&mut self, said: &str) {
        let said = said.trim();
        if said.is_empty() || self.texts.iter().any(|known| covers(known, said)) {
            return;
        }
        self.texts.retain(|known| !covers(said, known));
        if self.texts.len() < MAX_TEXTS {
            self.texts.push(said.to_owned());
        }
    }

    fn denied_by(&mut self, detail: &Value) {
        let parsed = detail.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
        let Some(members) = parsed.as_ref().unwrap_or(detail).as_object() else { return };
        let said = members.iter().filter(|(name, _)| !name.eq_ignore_ascii_case(OPAQUE));
        self.denied.extend(said.filter_map(|(name, value)| Some(format!("{name} {}", text_of(value)?))));
    }

    /// Returns the error, with the kind of its code, or else the kind that `kind_of` returns for the status. A response
    /// with a success status may contain the failure status in its body.
    pub(super) fn into_error(
        self,
        status: StatusCode,
        meaning: &dyn Fn(&str) -> Option<&'static CodeMeta>,
        kind_of: &dyn Fn(StatusCode) -> ErrorKind,
    ) -> Error {
        let Self { codes, words, numbers, texts, denied, request_id, host } = self;
        let stated = numbers.iter().filter_map(|number| number.parse().ok()).find(|number| FAILURES.contains(number));
        let stated = stated.and_then(|number: u64| StatusCode::from_u16(u16::try_from(number).ok()?).ok());
        let status = stated.filter(|_| status.is_success()).unwrap_or(status);
        let known = |codes: &[String]| codes.iter().find(|code| meaning(code).is_some()).cloned();
        let first = |codes: &[String]| codes.first().cloned();
        let code = (known(&codes).or_else(|| first(&codes)))
            .or_else(|| known(&words).or_else(|| first(&words)))
            .or_else(|| known(&numbers).or_else(|| first(&numbers)))
            .unwrap_or_else(|| status.as_str().to_owned());
        // A code that is in no table may be accompanied by a word that is.
        let meta = meaning(&code).or_else(|| words.iter().chain(&numbers).find_map(|word| meaning(word)));
        let mut message = without_what_was_signed(joined(&texts));
        if message.is_empty() {
            message = format!("HTTP status {status}");
        }
        if !denied.is_empty() {
            message = format!("{message} ({})", denied.join(", "));
        }
        if let Some(host) = host {
            message = format!("{message} [host {host}]");
        }
        let error = match meta {
            Some(meta) => Error::service(meta.kind, code, message).with_retryable(meta.retryable),
            None if status.is_success() => {
                Error::service(kind_by_words(&code).unwrap_or(kind_of(status)), code, message)
            }
            None => Error::service(kind_of(status), code, message),
        };
        error.with_request_id(request_id)
    }
}

/// Returns the kind that the words in a code suggest, for an unlisted code in a response with a success status.
fn kind_by_words(code: &str) -> Option<ErrorKind> {
    const WORDS: [(&[&str], ErrorKind); 7] = [
        (&["notfound", "notexist", "notexists"], ErrorKind::NotFound),
        (
            &["forbidden", "nopermission", "accessdenied", "unauthorizedoperation", "noauth"],
            ErrorKind::PermissionDenied,
        ),
        (&["unauthorized", "unauthenticated", "invalidtoken"], ErrorKind::Credentials),
        (&["alreadyexists", "alreadyexist", "conflict"], ErrorKind::Conflict),
        (&["throttling", "toomanyrequests", "requestlimitexceeded"], ErrorKind::Throttled),
        (&["quotaexceeded", "limitexceeded"], ErrorKind::Quota),
        (&["badrequest", "invalidparameter", "missingparameter"], ErrorKind::InvalidInput),
    ];
    let lower = code.to_ascii_lowercase();
    let parts: Vec<_> = lower.split('.').collect();
    let says = |word: &str| parts.iter().any(|part| part.ends_with(word));
    WORDS.iter().find(|(words, _)| words.iter().any(|word| says(word))).map(|(_, kind)| *kind)
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

fn is_number(text: &str) -> bool {
    text.trim().parse::<i64>().is_ok()
}

/// Returns whether a text contains all words of another one. Very long texts are only compared for equality.
fn covers(text: &str, other: &str) -> bool {
    const ENDLESS: usize = 4_000;
    if text.len() > ENDLESS || other.len() > ENDLESS {
        return text == other;
    }
    let (text, other) = (text.to_lowercase(), other.to_lowercase());
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let there = words(&text);
    text.contains(&other) || words(&other).iter().all(|word| there.contains(word))
}

fn joined(texts: &[String]) -> String {
    let mut message = String::new();
    for text in texts {
        if !message.is_empty() {
            message.truncate(message.trim_end_matches(['.', ':']).len());
            message.push_str(": ");
        }
        message.push_str(text);
    }
    message
}

/// Cuts the string to sign from a message: some gateways explain a wrong signature by quoting everything it covers.
fn without_what_was_signed(mut message: String) -> String {
    const WORDS: &str = "string to sign";
    let quoted = message.to_ascii_lowercase().find(WORDS);
    if let Some(at) = quoted.and_then(|at| message.get(..at + WORDS.len())).map(str::len) {
        message.truncate(at);
        message.push_str(" ... (left out here)");
    }
    message
}
