//! The signature doctor: what the server signed, what the client must have signed, and where the two first differ.
//!
//! A signature does not tell what was signed. So the doctor tries the mistakes that clients commonly
//! make, alone and in pairs, until one gives the signature that the client sent.

pub(crate) mod acs3;
pub(crate) mod acs_roa;
pub(crate) mod acs_rpc;
pub(crate) mod sdk_hmac;
pub(crate) mod tc3;
pub(crate) mod v1;

use std::fmt;

/// What stands in the place of a value that must not be shown.
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

/// One way in which a client can go wrong.
struct Mistake<Case> {
    /// What it is about; two mistakes about the same do not go together.
    subject: &'static str,
    /// What the client did.
    what: String,
    make: Box<dyn Fn(&mut Case)>,
}

impl<Case> Mistake<Case> {
    fn new(subject: &'static str, what: impl Into<String>, make: impl Fn(&mut Case) + 'static) -> Self {
        Self { subject, what: what.into(), make: Box::new(make) }
    }
}

/// Tries the mistakes alone, then two at a time: the case that gives the signature, and what went wrong in it.
fn explain<Case: Clone>(
    case: &Case,
    mistakes: &[Mistake<Case>],
    pairs: bool,
    explains: impl Fn(&Case) -> bool,
) -> Option<(Case, String)> {
    let mut first = Vec::with_capacity(mistakes.len());
    for mistake in mistakes {
        let mut made = case.clone();
        (mistake.make)(&mut made);
        if explains(&made) {
            return Some((made, mistake.what.clone()));
        }
        first.push((mistake, made));
    }
    for (at, (one, made)) in first.iter().enumerate().filter(|_| pairs) {
        for (two, _) in first.iter().skip(at + 1).filter(|(two, _)| two.subject != one.subject) {
            let mut both = made.clone();
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
        return Diagnosis { server_signed: server, client_signed: None, difference };
    };
    let difference = match first_difference(&server, &client) {
        Some(place) => format!("It seems that {what}. {place}"),
        None => format!("It seems that {what}. Nothing that may be shown differs."),
    };
    Diagnosis { server_signed: server, client_signed: Some(client), difference }
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
    lines.next().map(|line| format!("The client signed one line more: `{line}`."))
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

/// Hosts that a client may have signed instead of the one it sent.
fn other_hosts(host: &str, forwarded: &str, product: &str) -> Vec<String> {
    let (name, port) = host.split_once(':').unwrap_or((host, ""));
    let mut hosts: Vec<String> = vec![name.to_owned(), format!("{product}.tencentcloudapi.com")];
    for other in ["localhost", "127.0.0.1", "0.0.0.0"] {
        hosts.push(other.to_owned());
        hosts.push(format!("{other}:{port}"));
    }
    hosts.extend([format!("{name}:80"), format!("{name}:443"), forwarded.to_owned()]);
    hosts.retain(|other| other != host && !other.is_empty());
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
