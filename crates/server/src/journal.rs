//! The journal: every request that reached the server, in order.

use crate::doctor::Diagnosis;
use serde_json::{Map, Value};
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

/// How a request is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureMethod {
    /// TC3-HMAC-SHA256, in headers.
    Tc3,
    /// HmacSHA1, among the parameters.
    HmacSha1,
    /// HmacSHA256, among the parameters.
    HmacSha256,
    /// SDK-HMAC-SHA256, in headers.
    SdkHmacSha256,
    /// HMAC-SHA1 over the headers of Alibaba's calls with resources.
    AcsRoa,
    /// ACS3-HMAC-SHA256, in headers.
    Acs3,
    /// HMAC-SHA1 among the parameters of Alibaba's calls with actions.
    AcsRpc,
    /// Not signed: a token says who calls.
    Token,
    /// Neither signed nor with a token.
    None,
}

impl fmt::Display for SignatureMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Tc3 => "TC3-HMAC-SHA256",
            Self::HmacSha1 => "HmacSHA1",
            Self::HmacSha256 => "HmacSHA256",
            Self::SdkHmacSha256 => "SDK-HMAC-SHA256",
            Self::AcsRoa => "HMAC-SHA1 (ROA)",
            Self::Acs3 => "ACS3-HMAC-SHA256",
            Self::AcsRpc => "HMAC-SHA1 (RPC)",
            Self::Token => "token",
            Self::None => "none",
        })
    }
}

/// A request and how it was answered. Holds no secret: sensitive parameters and signatures are left out.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Entry {
    /// Its place among all requests, counted from 0.
    pub sequence: u64,
    /// When it arrived, by the server's clock.
    pub time: SystemTime,
    /// The product, if it could be told.
    pub product: Option<&'static str>,
    /// The operation it names; empty if it names none.
    pub operation: String,
    /// HTTP method.
    pub method: String,
    /// How it is signed.
    pub signature_method: SignatureMethod,
    /// The account, once the signature has been found good.
    pub account: Option<String>,
    /// The region it names; empty if it names none.
    pub region: String,
    /// HTTP status of the answer; none when the connection was cut.
    pub status: Option<u16>,
    /// The error code of the answer; none when the call succeeded.
    pub code: Option<String>,
    /// The request id of the answer.
    pub request_id: String,
    /// The parameters as JSON, once they have been found good; the values of sensitive ones are hidden.
    pub parameters: Map<String, Value>,
    /// The headers that matter, by their names in lower case, without signature and token.
    pub headers: Vec<(String, String)>,
    /// Bytes of path, query and body.
    pub bytes: usize,
    /// Whether the world was asked, or the function in its place: false for everything that was refused before.
    pub acted: bool,
    /// The fault that struck it.
    pub fault: Option<&'static str>,
    /// Why the signature was refused.
    pub diagnosis: Option<Diagnosis>,
}

/// The last requests, oldest first. Cheap to clone; all clones show the same journal.
#[derive(Debug, Clone)]
pub struct Journal {
    book: Arc<Mutex<Book>>,
    capacity: usize,
}

#[derive(Debug, Default)]
struct Book {
    entries: VecDeque<Entry>,
    next: u64,
}

impl Journal {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { book: Arc::default(), capacity }
    }

    /// All entries that are kept.
    pub fn calls(&self) -> Vec<Entry> {
        self.book().entries.iter().cloned().collect()
    }

    /// The entries of an operation.
    pub fn of(&self, operation: &str) -> Vec<Entry> {
        self.book().entries.iter().filter(|entry| entry.operation == operation).cloned().collect()
    }

    /// The newest entry.
    pub fn last(&self) -> Option<Entry> {
        self.book().entries.back().cloned()
    }

    /// How many requests have arrived since the start or the last [`clear`](Self::clear), kept or not.
    pub fn len(&self) -> usize {
        usize::try_from(self.book().next).unwrap_or(usize::MAX)
    }

    /// Whether nothing has arrived.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets everything.
    pub fn clear(&self) {
        *self.book() = Book::default();
    }

    /// Takes in a request that has just arrived.
    pub(crate) fn open(&self, entry: &mut Entry) {
        let mut book = self.book();
        entry.sequence = book.next;
        book.next += 1;
        book.entries.push_back(entry.clone());
        while book.entries.len() > self.capacity {
            book.entries.pop_front();
        }
    }

    /// Notes how it was answered.
    pub(crate) fn close(&self, entry: Entry) {
        let mut book = self.book();
        if let Some(first) = book.entries.front().map(|first| first.sequence)
            && let Some(at) = entry.sequence.checked_sub(first)
            && let Some(place) = usize::try_from(at).ok().and_then(|at| book.entries.get_mut(at))
            && place.request_id == entry.request_id
        {
            *place = entry;
        }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
