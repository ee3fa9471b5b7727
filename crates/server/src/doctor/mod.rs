//! The signature doctor: what the server signed, what the client must have signed, and where the two first differ.
//!
//! A signature does not tell what was signed. So the doctor tries the mistakes that clients commonly
//! make, alone and in pairs, until one gives the signature that the client sent. [`variants`] has what is mistaken in all
//! schemes, [`canonical`] and [`canonical_mistakes`] the schemes with a canonical request, [`parameters`] the text of those that
//! sign parameters. What is known without a search is in [`causes`].
//!
//! Anyone can send a wrong signature. The cost of a diagnosis is therefore bounded: requests are examined
//! up to a size, tries have a budget in bytes that are signed, and only a few diagnoses are made at the same time,
//! away from the threads that answer calls. A body takes part by its digest, which is computed once.

pub(crate) mod acs3;
pub(crate) mod acs_roa;
pub(crate) mod acs_rpc;
mod canonical;
mod canonical_mistakes;
pub(crate) mod causes;
mod common_mistakes;
mod parameters;
pub(crate) mod sdk_hmac;
pub(crate) mod tc3;
pub(crate) mod v1;
mod variants;

use std::fmt;
use tokio::sync::Semaphore;
pub(crate) use variants::Secrets;
use wharf_sign::equal;

/// Replaces a value that must not be shown.
pub(crate) const HIDDEN: &str = "[hidden]";

/// Why a signature was refused. Holds no secret: tokens and sensitive parameters are hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnosis {
    /// The likeliest cause, in one sentence.
    pub cause: String,
    /// What the server signed: for schemes with a canonical request that, an empty line, and the string to sign. Empty if
    /// the request was refused before its signature was computed.
    pub server_signed: String,
    /// What the client must have signed, if that was found out.
    pub client_signed: Option<String>,
    /// The first difference, for people; empty if none is known.
    pub difference: String,
}

impl Diagnosis {
    /// The diagnosis of a request that is refused before its signature is computed.
    pub(crate) fn known(cause: impl Into<String>) -> Self {
        Self { cause: cause.into(), server_signed: String::new(), client_signed: None, difference: String::new() }
    }

    /// Returns the diagnosis as JSON; what is not known is `null`.
    pub fn to_json(&self) -> serde_json::Value {
        let known = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        serde_json::json!({
            "cause": self.cause,
            "difference": known(&self.difference),
            "server_signed": known(&self.server_signed),
            "client_signed": self.client_signed,
        })
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.cause)?;
        if !self.difference.is_empty() {
            write!(f, " {}", self.difference)?;
        }
        if !self.server_signed.is_empty() {
            write!(f, "\nThe server signed:\n{}", self.server_signed)?;
        }
        match &self.client_signed {
            Some(client) => write!(f, "\nThe client signed:\n{client}"),
            None => Ok(()),
        }
    }
}

/// Bytes of what is signed, up to which a request is examined: no client's mistake needs more to be found.
const MOST_EXAMINED: usize = 256 << 10;
/// Bytes that all tries together may sign.
const BUDGET: usize = 6 << 20;
/// What each try, and each parameter or header in it, costs in addition to its bytes.
const TRY: usize = 1 << 10;
const PAIR: usize = 128;
/// Up to this size of a body other ways to write it are tried.
const MOST_REWRITTEN: usize = 64 << 10;
/// Of how many parameters it is tried that they were left out.
const LEFT_OUT: usize = 50;
/// Bytes of a text that a diagnosis shows.
const MOST_SHOWN: usize = 16 << 10;
/// Diagnoses that are made at the same time, and that wait for it.
const AT_ONCE: usize = 2;
const WAITING: usize = 64;

/// Which parameters must not be shown.
pub(crate) type Hide = Box<dyn Fn(&str) -> bool + Send>;

/// A diagnosis that has not been made yet. Holds only the signed parts of the request.
pub(crate) struct Doubt(Box<dyn FnOnce() -> Diagnosis + Send>);

impl Doubt {
    pub(crate) fn new(make: impl FnOnce() -> Diagnosis + Send + 'static) -> Self {
        Self(Box::new(make))
    }

    /// For a request that is too large to be examined.
    pub(crate) fn too_large(size: usize) -> Self {
        Self::new(move || Diagnosis {
            server_signed: format!("[left out: {size} bytes]"),
            client_signed: None,
            difference: String::new(),
            cause: format!(
                "The request is too large for a diagnosis: its bytes and {PAIR} for each parameter, times the ways to sign it, are {size}; up to {MOST_EXAMINED} are examined."
            ),
        })
    }

    /// Makes the diagnosis, which takes a while.
    pub(crate) fn make(self) -> Diagnosis {
        (self.0)()
    }
}

impl fmt::Debug for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Doubt")
    }
}

/// Makes diagnoses on blocking threads, a few at a time.
#[derive(Debug)]
pub(crate) struct Doctor {
    waiting: Semaphore,
    at_once: Semaphore,
}

impl Default for Doctor {
    fn default() -> Self {
        Self { waiting: Semaphore::new(WAITING), at_once: Semaphore::new(AT_ONCE) }
    }
}

impl Doctor {
    /// Makes the diagnosis; nothing when too many others are waiting.
    pub(crate) async fn examine(&self, doubt: Doubt) -> Option<Diagnosis> {
        let _waiting = self.waiting.try_acquire().ok()?;
        let _working = self.at_once.acquire().await.ok()?;
        tokio::task::spawn_blocking(|| doubt.make()).await.ok()
    }
}

/// What it costs to sign pairs of texts, in bytes.
pub(crate) fn cost<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> usize {
    pairs.into_iter().map(|(name, value)| name.len() + value.len() + PAIR).sum()
}

/// Whether a request of that cost is too large to be examined.
pub(crate) fn is_too_large(cost: usize) -> bool {
    cost > MOST_EXAMINED
}

/// One way in which a client can go wrong.
struct Mistake<Case> {
    /// What it is about; two mistakes about the same do not go together.
    subject: &'static str,
    /// What the client did.
    what: String,
    make: Box<dyn Fn(&mut Case)>,
    /// It is tried with no other.
    alone: bool,
}

impl<Case> Mistake<Case> {
    fn new(subject: &'static str, what: impl Into<String>, make: impl Fn(&mut Case) + 'static) -> Self {
        Self { subject, what: what.into(), make: Box::new(make), alone: false }
    }

    /// One of many of its kind, which is tried with no other.
    fn alone(subject: &'static str, what: impl Into<String>, make: impl Fn(&mut Case) + 'static) -> Self {
        Self { alone: true, ..Self::new(subject, what, make) }
    }
}

/// Tries the mistakes alone, then two at a time, as long as the budget lasts: the case that gives the signature, and
/// what went wrong in it. `cost` is what one try signs, in bytes.
fn explain<Case: Clone>(
    case: &Case,
    cost: usize,
    mistakes: &[Mistake<Case>],
    explains: impl Fn(&Case) -> bool,
) -> Option<(Case, String)> {
    let mut tries = BUDGET / cost.saturating_add(TRY);
    for mistake in mistakes {
        tries = tries.checked_sub(1)?;
        let mut made = case.clone();
        (mistake.make)(&mut made);
        if explains(&made) {
            return Some((made, mistake.what.clone()));
        }
    }
    let several = || mistakes.iter().filter(|mistake| !mistake.alone);
    for (at, one) in several().enumerate() {
        for two in several().skip(at + 1).filter(|two| two.subject != one.subject) {
            tries = tries.checked_sub(1)?;
            let mut both = case.clone();
            (one.make)(&mut both);
            (two.make)(&mut both);
            if explains(&both) {
                return Some((both, format!("{}, and {}", one.what, two.what)));
            }
        }
    }
    None
}

/// What was sent, apart from what is signed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sent<'a> {
    pub(crate) query: &'a str,
    pub(crate) body: &'a [u8],
    /// The host that a proxy says it was asked for.
    pub(crate) forwarded: &'a str,
}

/// A request as it can be signed, rightly or wrongly.
trait Signable: Clone {
    /// The signature in bytes.
    fn digest(&self) -> Vec<u8>;

    /// The signature as the scheme writes it.
    fn write(&self, digest: &[u8]) -> String;

    /// Whether that is its signature.
    fn is_signed_as(&self, claimed: &str) -> bool {
        equal(&self.write(&self.digest()), claimed)
    }

    /// What was signed, as it may be shown.
    fn shown(&self, hide: &Hide) -> String;
}

/// Determines why a signature is wrong: whether it is the right one and written wrongly, or else which of the mistakes gives it.
fn examine<Case: Signable>(
    case: &Case,
    cost: usize,
    mistakes: Vec<Mistake<Case>>,
    claimed: &str,
    in_hex: bool,
    hide: &Hide,
) -> Diagnosis {
    let server = case.shown(hide);
    let misspelled = variants::misspelled(&case.digest(), in_hex);
    if let Some((what, _)) = misspelled.into_iter().find(|(_, text)| equal(text, claimed)) {
        return diagnosis(server.clone(), Some((server, what.to_owned())));
    }
    let found = explain(case, cost, &mistakes, |case| case.is_signed_as(claimed));
    let found = found.map(|(client, what)| (client.shown(hide), what));
    if found.is_none()
        && let Some(why) = unlike_a_signature(claimed, in_hex)
    {
        return Diagnosis { server_signed: cut(server), ..Diagnosis::known(why) };
    }
    diagnosis(server, found)
}

/// Why a text can be no signature of its scheme, whatever was signed.
fn unlike_a_signature(claimed: &str, in_hex: bool) -> Option<String> {
    let is_hex = claimed.bytes().all(|byte| byte.is_ascii_hexdigit());
    let length = claimed.chars().count();
    if in_hex {
        return match (is_hex, length) {
            (true, 64) => None,
            (true, 40) => {
                Some("The signature has the length of HMAC-SHA1, and this scheme has HMAC-SHA256.".to_owned())
            }
            (true, 32) => Some("The signature has the length of MD5, and this scheme has HMAC-SHA256.".to_owned()),
            (true, _) => Some(format!("The signature was cut or lengthened: it has {length} hex digits and not 64.")),
            (false, _) => {
                Some("The signature is not hex digits, as this scheme has them: it may be base64.".to_owned())
            }
        };
    }
    if is_hex && matches!(length, 40 | 64) {
        return Some("The signature is hex digits where base64 is expected.".to_owned());
    }
    let in_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    if !claimed.bytes().all(in_base64) {
        return Some(
            "The signature has characters that base64 does not have: it was encoded twice, or not decoded.".to_owned(),
        );
    }
    (!matches!(length, 28 | 44)).then(|| format!("The signature was cut or lengthened: it has {length} characters."))
}

/// Builds the diagnosis of a case from what both sides signed, as it may be shown.
fn diagnosis(server: String, client: Option<(String, String)>) -> Diagnosis {
    let Some((client, what)) = client else {
        let cause = "The secret key is wrong, or something that is signed was changed on the way: no common mistake explains the signature.";
        return Diagnosis { server_signed: cut(server), ..Diagnosis::known(cause) };
    };
    let difference = first_difference(&server, &client)
        .unwrap_or_else(|| "Nothing that may be shown differs between what both sides signed.".to_owned());
    Diagnosis {
        cause: cut(sentence(&what)),
        server_signed: cut(server),
        client_signed: Some(cut(client)),
        difference: cut(difference),
    }
}

/// The clause as a sentence.
fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).chain(['.']).collect()
}

/// A text of at most [`MOST_SHOWN`] bytes, which says how much of it is not there.
fn cut(text: String) -> String {
    crate::journal::shortened(&text, MOST_SHOWN).unwrap_or(text)
}

/// Names the first line that differs, the place in it, and the piece of it where a line is long.
fn first_difference(server: &str, client: &str) -> Option<String> {
    let mut lines = client.lines();
    for (at, left) in server.lines().enumerate() {
        let Some(right) = lines.next() else {
            return Some(format!("The server signed one line more, line {}: `{}`.", at + 1, piece(left, "").0));
        };
        if left != right {
            let column = left.chars().zip(right.chars()).take_while(|(one, two)| one == two).count() + 1;
            let (left, right) = piece(left, right);
            return Some(format!(
                "The first difference is in line {}, character {column}: the server signed `{left}`, the client `{right}`.",
                at + 1
            ));
        }
    }
    lines.next().map(|line| format!("The client signed one line more: `{}`.", piece(line, "").0))
}

/// Cuts two lines down to where they differ.
fn piece<'a>(left: &'a str, right: &'a str) -> (String, String) {
    const BEFORE: usize = 24;
    const LENGTH: usize = 100;
    let same = left.chars().zip(right.chars()).take_while(|(a, b)| a == b).count();
    let cut = |text: &'a str| {
        let skip = if text.chars().count() > LENGTH { same.saturating_sub(BEFORE) } else { 0 };
        let piece: String = text.chars().skip(skip).take(LENGTH).collect();
        if skip > 0 { format!("...{piece}") } else { piece }
    };
    (cut(left), cut(right))
}

#[cfg(test)]
mod tests;
