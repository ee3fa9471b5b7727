//! The signature doctor: what the server signed, what the client must have signed, and where the two first differ.
//!
//! A signature does not tell what was signed. So the doctor tries the mistakes that clients commonly
//! make, alone and in pairs, until one gives the signature that the client sent.
//!
//! Anyone can send a wrong signature. The cost of a diagnosis is therefore bounded: requests are examined
//! up to a size, tries have a budget in bytes that are signed, and only a few diagnoses are made at the same time,
//! away from the threads that answer calls. A body takes part by its digest, which is computed once.

pub(crate) mod acs3;
pub(crate) mod acs_roa;
pub(crate) mod acs_rpc;
pub(crate) mod sdk_hmac;
pub(crate) mod tc3;
pub(crate) mod v1;

use std::fmt;
use tokio::sync::Semaphore;

/// Replaces a value that must not be shown.
pub(crate) const HIDDEN: &str = "[hidden]";

/// Why a signature was refused. Holds no secret: tokens and sensitive parameters are hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnosis {
    /// What the server signed: for TC3 the canonical request, an empty line, and the string to sign.
    pub server_signed: String,
    /// What the client must have signed, if that was found out.
    pub client_signed: Option<String>,
    /// The first difference, for people.
    pub difference: String,
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\nThe server signed:\n{}", self.difference, self.server_signed)?;
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
pub(crate) const MOST_REWRITTEN: usize = 64 << 10;
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
            difference: format!(
                "The request is too large for a diagnosis: its bytes and {PAIR} for each parameter, times the ways to sign it, are {size}; up to {MOST_EXAMINED} are examined."
            ),
        })
    }

    fn make(self) -> Diagnosis {
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

/// Builds the diagnosis of a case from what both sides signed, as it may be shown.
fn diagnosis(server: String, client: Option<(String, String)>) -> Diagnosis {
    let Some((client, what)) = client else {
        let difference =
            "No common mistake explains the signature; most often the secret key is another one.".to_owned();
        return Diagnosis { server_signed: cut(server), client_signed: None, difference };
    };
    let difference = match first_difference(&server, &client) {
        Some(place) => format!("It seems that {what}. {place}"),
        None => format!("It seems that {what}. Nothing that may be shown differs."),
    };
    Diagnosis { server_signed: cut(server), client_signed: Some(cut(client)), difference: cut(difference) }
}

/// A text of at most [`MOST_SHOWN`] bytes, which says how much of it is not there.
fn cut(text: String) -> String {
    crate::journal::shortened(&text, MOST_SHOWN).unwrap_or(text)
}

/// Names the first line that differs, and the piece of it where a line is long.
fn first_difference(server: &str, client: &str) -> Option<String> {
    let mut lines = client.lines();
    for (at, left) in server.lines().enumerate() {
        let right = lines.next().unwrap_or_default();
        if left != right {
            let (left, right) = piece(left, right);
            return Some(format!(
                "The first difference is in line {}: the server signed `{left}`, the client `{right}`.",
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

/// Hosts that a client may have signed instead of the one it sent. `own` are those of the vendor's public cloud.
fn other_hosts(host: &str, forwarded: &str, own: &[String]) -> Vec<String> {
    let (name, port) = host.rsplit_once(':').unwrap_or((host, ""));
    let mut hosts = vec![name.to_owned()];
    hosts.extend(own.iter().cloned());
    for other in ["localhost", "127.0.0.1", "0.0.0.0"] {
        hosts.push(other.to_owned());
        hosts.push(format!("{other}:{port}"));
    }
    hosts.extend([format!("{name}:80"), format!("{name}:443"), forwarded.to_owned()]);
    hosts.retain(|other| other != host && !other.is_empty() && !other.ends_with(':'));
    hosts
}

/// Secrets that are the right one but for how they were copied.
fn other_secrets(secret: &str) -> Vec<(&'static str, String)> {
    vec![
        ("the secret key was used with a line break at its end", format!("{secret}\n")),
        ("the secret key was used with a space at its end", format!("{secret} ")),
        ("the secret key was used with a space before it", format!(" {secret}")),
        ("the secret key was used with quotation marks", format!("\"{secret}\"")),
    ]
}

#[cfg(test)]
mod tests;
