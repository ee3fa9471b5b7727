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

/// Bytes of a text of an entry that is not a parameter.
const MOST_TEXT: usize = 2 << 10;
/// Bytes of the parameters of an entry.
const MOST_PARAMETERS: usize = 256 << 10;

/// A request and how it was answered. Holds no secret: sensitive parameters and signatures are left out.
///
/// Holds no more of a request than is of use: a text that is longer than 2 KiB, or 16 KiB in a diagnosis, ends with
/// how much of it was left out, and so do parameters of more than 256 KiB together.
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
    /// The region as the call names it, else the one that it is for; empty without one.
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
    /// Whether the answer is the empty one of an operation that is not simulated.
    pub shaped: bool,
    /// The fault that struck it.
    pub fault: Option<&'static str>,
    /// Why the signature was refused.
    pub diagnosis: Option<Diagnosis>,
}

impl Entry {
    /// Shortens the texts that a request has filled.
    pub(crate) fn shorten(&mut self) {
        let texts = [&mut self.operation, &mut self.method, &mut self.region];
        let headers = self.headers.iter_mut().map(|(_, value)| value);
        for text in texts.into_iter().chain(headers).chain(&mut self.code) {
            if let Some(short) = shortened(text, MOST_TEXT) {
                *text = short;
            }
        }
    }

    /// Bytes that it takes, or a little less.
    fn weight(&self) -> usize {
        let headers = self.headers.iter().map(|(name, value)| name.len() + value.len() + 2 * size_of::<String>());
        let diagnosis = self.diagnosis.as_ref().map_or(0, |diagnosis| {
            let client = diagnosis.client_signed.as_ref().map_or(0, String::len);
            diagnosis.server_signed.len() + client + diagnosis.difference.len()
        });
        let texts = [&self.operation, &self.method, &self.region, &self.request_id];
        let texts = texts.into_iter().chain(&self.account).chain(&self.code).map(String::len);
        size_of::<Self>() + texts.sum::<usize>() + headers.sum::<usize>() + weight_of(&self.parameters) + diagnosis
    }
}

/// The text cut down to that many bytes, if it is longer, with how many were left out.
pub(crate) fn shortened(text: &str, most: usize) -> Option<String> {
    /// Bytes that the words about it take at most.
    const WORDS: usize = 40;
    if text.len() <= most {
        return None;
    }
    let end = text.floor_char_boundary(most.saturating_sub(WORDS));
    let kept = text.get(..end)?;
    Some(format!("{kept}... [{} bytes left out]", text.len() - end))
}

/// The room that is left for an entry's parameters, while they are copied.
#[derive(Debug)]
pub(crate) struct Room(usize);

impl Default for Room {
    fn default() -> Self {
        Self(MOST_PARAMETERS)
    }
}

impl Room {
    /// Takes the room for one more value without its content; false when no room is left.
    pub(crate) fn take(&mut self, name: &str) -> bool {
        self.0 = self.0.saturating_sub(VALUE + name.len());
        self.0 > 0
    }

    /// The text, or as much of it as there is room for.
    pub(crate) fn text(&mut self, text: &str) -> Value {
        let short = shortened(text, self.0);
        self.0 = self.0.saturating_sub(text.len());
        Value::from(short.unwrap_or_else(|| text.to_owned()))
    }
}

/// Members copied as long as there is room; one more says how many were left out.
pub(crate) fn members(
    members: &Map<String, Value>,
    room: &mut Room,
    copy: impl Fn(&str, &Value, &mut Room) -> Value,
) -> Map<String, Value> {
    let mut out = Map::new();
    for (name, value) in members {
        if !room.take(name) {
            out.insert("...".to_owned(), left_out(members.len() - out.len()));
            break;
        }
        let value = copy(name, value, room);
        out.insert(name.clone(), value);
    }
    out
}

/// Items copied as long as there is room; one more says how many were left out.
pub(crate) fn items(items: &[Value], room: &mut Room, copy: impl Fn(&Value, &mut Room) -> Value) -> Value {
    let mut out = Vec::new();
    for value in items {
        if !room.take("") {
            out.push(left_out(items.len() - out.len()));
            break;
        }
        out.push(copy(value, room));
    }
    Value::Array(out)
}

fn left_out(values: usize) -> Value {
    Value::from(format!("[{values} left out]"))
}

/// Bytes that a value takes without its content.
const VALUE: usize = size_of::<Value>();

fn weight_of(members: &Map<String, Value>) -> usize {
    members.iter().map(|(name, value)| name.len() + size_of::<String>() + weight(value)).sum()
}

fn weight(value: &Value) -> usize {
    VALUE
        + match value {
            Value::String(text) => text.len(),
            Value::Array(items) => items.iter().map(weight).sum(),
            Value::Object(inner) => weight_of(inner),
            _ => 0,
        }
}

/// The last requests, oldest first, as many as were asked for and have room in its bytes. Cheap to clone; all clones
/// show the same journal.
#[derive(Debug, Clone)]
pub struct Journal {
    book: Arc<Mutex<Book>>,
    capacity: usize,
    bytes: usize,
}

#[derive(Debug, Default)]
struct Book {
    /// Each with its weight.
    entries: VecDeque<(Entry, usize)>,
    next: u64,
    /// The weight of all entries.
    bytes: usize,
}

impl Book {
    /// Drops the oldest entries until the others fit.
    fn fit(&mut self, capacity: usize, bytes: usize) {
        while self.entries.len() > capacity || self.bytes > bytes {
            let Some((_, weight)) = self.entries.pop_front() else { return };
            self.bytes -= weight;
        }
    }
}

impl Journal {
    pub(crate) fn new(capacity: usize, bytes: usize) -> Self {
        Self { book: Arc::default(), capacity, bytes }
    }

    /// All entries that are kept.
    pub fn calls(&self) -> Vec<Entry> {
        self.book().entries.iter().map(|(entry, _)| entry.clone()).collect()
    }

    /// The entries of an operation.
    pub fn of(&self, operation: &str) -> Vec<Entry> {
        let book = self.book();
        let entries = book.entries.iter().map(|(entry, _)| entry);
        entries.filter(|entry| entry.operation == operation).cloned().collect()
    }

    /// The newest entry.
    pub fn last(&self) -> Option<Entry> {
        self.book().entries.back().map(|(entry, _)| entry.clone())
    }

    /// How many requests have arrived since the start or the last [`clear`](Self::clear), kept or not.
    pub fn len(&self) -> usize {
        usize::try_from(self.book().next).unwrap_or(usize::MAX)
    }

    /// Whether nothing has arrived.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes that the entries take, or a little less.
    pub fn bytes(&self) -> usize {
        self.book().bytes
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
        let weight = entry.weight();
        book.entries.push_back((entry.clone(), weight));
        book.bytes += weight;
        book.fit(self.capacity, self.bytes);
    }

    /// Notes how it was answered.
    pub(crate) fn close(&self, entry: Entry) {
        let mut book = self.book();
        let weight = entry.weight();
        if let Some(first) = book.entries.front().map(|(first, _)| first.sequence)
            && let Some(at) = entry.sequence.checked_sub(first)
            && let Some(place) = usize::try_from(at).ok().and_then(|at| book.entries.get_mut(at))
            && place.0.request_id == entry.request_id
        {
            let before = std::mem::replace(place, (entry, weight)).1;
            book.bytes = book.bytes + weight - before;
            book.fit(self.capacity, self.bytes);
        }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
