//! Whatever goes wrong on the wire: the typed clients of all products against a server of bytes.
//!
//! Each fault is met by eight ways to call, by a call that reads and one that changes something, once lasting and once
//! as a single strike. Nothing is done twice, nothing is believed that is broken, the kinds of errors are right,
//! deadlines are kept, and nothing that is printed shows a secret.

mod ack;
mod bodies;
mod cce;
mod ccs;
mod cuts;
mod run;
mod secrets;
mod slow;
mod statuses;
mod tcr;
mod tke;
mod wire;

use crate::raw::{Act, Raw, Read};
use futures_util::future::BoxFuture;
use std::sync::Arc;
use std::time::Duration;
use wharf::transport::Transport;
use wharf::{Error, ErrorKind};

/// A way to call a product.
pub(crate) struct Way {
    name: &'static str,
    connect: fn(&Setup) -> Box<dyn Caller>,
    /// A good answer to the call that reads, and what the client makes of it.
    read: (&'static str, &'static str),
    /// The same of the call that changes something.
    change: (&'static str, &'static str),
    /// How the service says no although the status is 200.
    refusal: &'static str,
    /// How the service reports an error with this message, which has the place `{}` in it, and with what status.
    report: (u16, &'static str),
    /// A refused login is made again, once.
    logs_in: bool,
    /// The call that changes something sends a password.
    sends_password: bool,
}

/// What a connection is made of.
pub(crate) struct Setup {
    endpoint: String,
    /// Where there are tokens.
    login: Raw,
    transport: Arc<dyn Transport>,
    attempt_timeout: Duration,
    call_timeout: Duration,
    max_response: usize,
}

/// Two typed calls.
pub(crate) trait Caller: Send + Sync {
    fn read(&self) -> BoxFuture<'_, Result<String, Error>>;
    fn change(&self) -> BoxFuture<'_, Result<String, Error>>;
}

/// What a fault has to lead to.
#[derive(Debug, Clone)]
pub(crate) enum Then {
    /// There is nothing wrong.
    Fine,
    /// Read rightly, or one of these errors.
    FineOr(&'static [ErrorKind]),
    /// An error that is final.
    Ends(&'static [ErrorKind]),
    /// A login that is refused: final, unless there is another.
    Unauthorized,
    /// The service has not acted: whatever it is, it is sent again.
    Refused(&'static [ErrorKind]),
    /// It may have acted: what reads is sent again, what changes something is not.
    Passes(&'static [ErrorKind]),
    /// As [`Passes`](Self::Passes), but nobody knows whether anything was sent.
    Lost(&'static [ErrorKind]),
}

type Acts = dyn Fn(&Bodies) -> Vec<Act> + Send + Sync;

/// The bytes that are made of a good body.
type Bytes = fn(&str) -> Vec<u8>;

/// What goes wrong.
#[derive(Clone)]
pub(crate) struct Fault {
    name: String,
    read: Read,
    acts: Arc<Acts>,
    then: Then,
    /// Whether it can be met by the call that reads, or by the one that changes something, of a way.
    applies: fn(&Way, bool) -> bool,
}

/// What a fault may be made of.
pub(crate) struct Bodies {
    good: &'static str,
    refusal: &'static str,
    report: (u16, &'static str),
}

impl Fault {
    fn new(name: impl Into<String>, then: Then, acts: impl Fn(&Bodies) -> Vec<Act> + Send + Sync + 'static) -> Self {
        Self { name: name.into(), read: Read::All, acts: Arc::new(acts), then, applies: |_, _| true }
    }

    /// The same, when only that much of the request has been read.
    fn after(self, read: Read) -> Self {
        Self { read, ..self }
    }
}

/// An answer as it travels.
fn http(status: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = format!("Content-Length: {}", body.len());
    let mut bytes = head(status, &[headers, &[&length]].concat());
    bytes.extend_from_slice(body);
    bytes
}

fn head(status: &str, headers: &[&str]) -> Vec<u8> {
    let lines: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    format!("HTTP/1.1 {status}\r\n{lines}\r\n").into_bytes()
}

const JSON: &str = "Content-Type: application/json";

/// A good answer, in any respect.
fn good(body: &str) -> Vec<u8> {
    http("200 OK", &[JSON], body)
}

fn ways() -> Vec<Way> {
    [tke::ways(), tcr::ways(), ccs::ways(), cce::ways(), ack::ways()].into_iter().flatten().collect()
}

#[test]
fn connections_that_are_cut() {
    run::all(cuts::faults(), run::Time::Plenty);
}

#[test]
fn answers_that_are_no_http_or_odd_http() {
    run::all(wire::faults(), run::Time::Plenty);
}

#[test]
fn bodies_that_are_no_answer() {
    run::all(bodies::faults(), run::Time::Plenty);
}

#[test]
fn statuses_without_an_answer_of_the_service() {
    run::all(statuses::faults(), run::Time::Plenty);
}

#[test]
fn answers_that_take_too_long_are_tried_again_in_time() {
    run::all(slow::faults(), run::Time::ForThreeAttempts);
}

#[test]
fn a_call_is_over_in_time_whatever_takes_too_long() {
    run::all(slow::faults(), run::Time::ForOne);
}

#[test]
fn answers_that_quote_secrets() {
    run::all(secrets::faults(), run::Time::Plenty);
}

#[test]
fn the_matrix_is_large() {
    let faults =
        [cuts::faults(), wire::faults(), bodies::faults(), statuses::faults(), slow::faults(), secrets::faults()];
    let faults: Vec<_> = faults.into_iter().flatten().collect();
    let names: std::collections::BTreeSet<_> = faults.iter().map(|fault| &fault.name).collect();
    assert_eq!(names.len(), faults.len(), "two faults have one name");
    assert!(faults.len() >= 60 && ways().len() == 8, "{} faults, {} ways", faults.len(), ways().len());
}
