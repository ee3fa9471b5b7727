//! Conversion of JSON to structures: one driver that fills places of any structure.
//!
//! Responses are read leniently, because documents and services disagree. `null` is absent; `"12"` is 12 where a number
//! is expected, and vice versa; one object is a list of one; a document where a text is expected is kept as its text;
//! unknown fields are skipped. A value that cannot be read without a change is left out and reported; it is not
//! replaced. Input that a caller passes as JSON is read strictly, so that a mistake is not lost. `docs/json.md` has the
//! table of all cases.

use super::decoding::Decoding;
use super::fill::{Fill, Slot};
use super::fit::{Fit, What};
use super::way::Way;
use crate::model::{Member, Model, Place, Problem};
use serde::de::{DeserializeSeed, Error};
use serde_json::Value;
use serde_json::de::{Deserializer, StrRead};
use std::borrow::Cow;

/// Treatment of values that do not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// For responses: unknown fields are skipped, numbers and strings are converted.
    Lenient,
    /// For a caller's input: unknown fields, wrong types and nulls inside arguments are rejected.
    Strict,
}

/// Maximum depth of lists and objects, as in serde_json.
const DEEPEST: usize = 127;
/// Number of values between two checks of the deadline, minus one.
const BETWEEN_LOOKS: usize = 0xfff;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Fills `model` from a JSON text.
///
/// Problems of a response are added to the [`Decoding`] of the model, if it has one.
///
/// # Errors
/// Text that is not JSON, is not an object, or has another type where a list, an object or a map is expected directly
/// in it. In strict mode, the first field that does not fit. The error names the path; no value is quoted.
pub fn read(text: &[u8], model: &mut dyn Model, mode: Mode) -> Result<(), Problem> {
    let mut decoding = model.decoding().map(std::mem::take).unwrap_or_default();
    let read = read_with(text, model, mode, &mut decoding);
    if let Some(place) = model.decoding() {
        *place = decoding;
    }
    read
}

/// Fills `model` from JSON that is already parsed.
///
/// # Errors
/// As [`read`].
pub fn read_value(value: &Value, model: &mut dyn Model, mode: Mode) -> Result<(), Problem> {
    read(value.to_string().as_bytes(), model, mode)
}

/// Fills `model` with the options of `decoding`, and adds the problems found to it.
///
/// # Errors
/// As [`read`].
pub fn read_with(text: &[u8], model: &mut dyn Model, mode: Mode, decoding: &mut Decoding) -> Result<(), Problem> {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let strict = mode == Mode::Strict;
    let (text, replaced) = match std::str::from_utf8(text) {
        Ok(text) => (Cow::Borrowed(text), false),
        Err(_) if strict => return Err(problem(&Way::Whole, "has bytes that are not UTF-8")),
        Err(_) => (String::from_utf8_lossy(text), true),
    };
    in_passes(&text, strict, decoding, |reader, json| {
        if replaced {
            reader.decoding.report(problem(&Way::Whole, "has bytes that are not UTF-8; each is read as U+FFFD"));
        }
        reader.whole(model, json)
    })
}

/// Reads a text with serde_json: once, unless it contains something that needs another pass.
///
/// The next pass reads the same fields again, so it replaces the values of an earlier one.
pub(super) fn in_passes<T>(
    text: &str,
    strict: bool,
    decoding: &mut Decoding,
    mut read: impl FnMut(&mut Reader<'_>, &mut Deserializer<StrRead<'_>>) -> Result<T, serde_json::Error>,
) -> Result<T, Problem> {
    let mut furthest: Option<(usize, usize, Problem)> = None;
    for pass in [Pass::Plain, Pass::Digits, Pass::All] {
        decoding.begin(text.len());
        let text_end = text.as_bytes().as_ptr_range().end.addr();
        let mut reader = Reader { pass, strict, here: 0, text_end, values: 0, depth: 0, end: None, decoding };
        let mut json = Deserializer::from_str(text);
        let error = match read(&mut reader, &mut json).and_then(|value| json.end().map(|()| value)) {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        let field = match reader.end {
            Some(End::Failed(problem)) => return Err(problem),
            Some(End::Again) => continue,
            Some(End::Broken(way)) => way,
            None => Way::Whole.to_string(),
        };
        let problem = Problem { field, reason: reason(&error) };
        if error.is_eof() {
            return Err(problem);
        }
        // Half surrogate pairs and numbers like 1e999 are syntax errors to serde_json, unless they are captured.
        let place = (error.line(), error.column());
        if furthest.as_ref().is_none_or(|(line, column, _)| place > (*line, *column)) {
            furthest = Some((place.0, place.1, problem));
        }
    }
    Err(furthest.map_or_else(|| problem(&Way::Whole, "is not valid JSON"), |(_, _, problem)| problem))
}

/// Returns the message of serde_json, without any value.
fn reason(error: &serde_json::Error) -> String {
    if error.is_eof() {
        "ends before it is complete".to_owned()
    } else if error.to_string().starts_with("recursion limit exceeded") {
        too_deep()
    } else if error.line() > 0 {
        format!("is not valid JSON at line {} column {}", error.line(), error.column())
    } else {
        "is not valid JSON".to_owned()
    }
}

fn too_deep() -> String {
    format!("is more than {DEEPEST} levels deep")
}

pub(super) fn problem(way: &Way<'_>, reason: impl Into<String>) -> Problem {
    Problem { field: way.to_string(), reason: reason.into() }
}

pub(super) fn misfit(way: &Way<'_>, expects: &str, fit: Fit) -> Problem {
    let found = match fit {
        Fit::Not(found) => found.name(),
        Fit::Null => "null",
        Fit::Yes | Fit::Absent => "nothing",
    };
    problem(way, format!("must be {expects}, not {found}"))
}

/// Level of detail of a pass. Each takes more time than the one before it, and few texts need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pass {
    /// Values are taken as serde_json reads them. If that would lose something, the next pass starts.
    Plain,
    /// Names, and values for scalars and any JSON, are captured as text.
    Digits,
    /// All values are captured as text.
    All,
}

impl Pass {
    /// Returns whether a value for that place is captured before it is read.
    pub(super) fn captures(self, place: &Place<'_>) -> bool {
        match self {
            Self::Plain => false,
            Self::Digits => !place.holds_others(),
            Self::All => true,
        }
    }
}

/// Reason why reading has ended.
pub(super) enum End {
    /// The value cannot be accepted.
    Failed(Problem),
    /// A value must be captured.
    Again,
    /// The text is not JSON at that path.
    Broken(String),
}

/// Reading has ended; the reader contains the reason.
#[derive(Debug)]
pub(super) struct Stop;

impl Stop {
    pub(super) fn error<E: Error>(self) -> E {
        E::custom("reading has ended")
    }
}

pub(super) type Read<T> = Result<T, Stop>;

/// Documented facts about the field that is read, if it is one.
pub(super) type Hint = Option<&'static Member>;

/// State that the seeds and visitors share.
pub(super) struct Reader<'d> {
    pub(super) pass: Pass,
    pub(super) strict: bool,
    /// Address of the name that was read last, if it is known.
    pub(super) here: usize,
    /// Address of the end of the text.
    text_end: usize,
    values: usize,
    depth: usize,
    end: Option<End>,
    pub(super) decoding: &'d mut Decoding,
}

impl Reader<'_> {
    fn whole(&mut self, model: &mut dyn Model, json: &mut Deserializer<StrRead<'_>>) -> Result<(), serde_json::Error> {
        let slot = Slot::Place(Place::Object(model));
        let fill = Fill { reader: self, slot, way: &Way::Whole, hint: None };
        let fit = match fill.deserialize(json)? {
            Fit::Yes => return Ok(()),
            // Only an empty string leads here.
            Fit::Absent => Fit::Not(What::Text),
            fit => fit,
        };
        self.fail(misfit(&Way::Whole, "an object", fit)).map_err(Stop::error)
    }

    pub(super) fn fail<T>(&mut self, problem: Problem) -> Read<T> {
        self.end = Some(End::Failed(problem));
        Err(Stop)
    }

    /// Requests the next pass.
    pub(super) fn again<T>(&mut self) -> Read<T> {
        self.end = Some(End::Again);
        Err(Stop)
    }

    /// Records where the text is not JSON. The innermost value is recorded, because it is the first to report the
    /// error.
    #[inline]
    pub(super) fn broken<T, E>(&mut self, read: Result<T, E>, way: &Way<'_>) -> Result<T, E> {
        if read.is_err() {
            self.broken_at(way);
        }
        read
    }

    #[cold]
    fn broken_at(&mut self, way: &Way<'_>) {
        self.end.get_or_insert_with(|| End::Broken(way.to_string()));
    }

    /// Reports a value that is read with a loss.
    pub(super) fn lossy(&mut self, way: &Way<'_>, reason: &str) -> Read<()> {
        let problem = problem(way, reason);
        if self.strict {
            return self.fail(problem);
        }
        self.decoding.report(problem);
        Ok(())
    }

    #[inline]
    pub(super) fn charge(&mut self, bytes: usize, way: &Way<'_>) -> Read<()> {
        if self.decoding.charge(bytes) { Ok(()) } else { self.exhausted(way) }
    }

    #[cold]
    fn exhausted(&mut self, way: &Way<'_>) -> Read<()> {
        let reason = self.decoding.exhausted();
        self.fail(Problem { field: way.outermost_list(), reason })
    }

    /// Returns how many items probably follow in a list that started at that address, after `read` items. 0 if it is not
    /// known.
    #[inline]
    pub(super) fn expected(&self, started: usize, read: usize) -> usize {
        if started == 0 || read == 0 || self.here <= started {
            return 0;
        }
        // At least one byte for each item that was read.
        let item = ((self.here - started) / read).max(1);
        self.text_end.saturating_sub(self.here) / item + 1
    }

    pub(super) fn enter(&mut self, way: &Way<'_>) -> Read<()> {
        self.depth += 1;
        if self.depth > DEEPEST { self.fail(problem(way, too_deep())) } else { Ok(()) }
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Reports a value that does not fit.
    pub(super) fn judge(&mut self, fit: Fit, expects: &str, way: &Way<'_>) -> Read<()> {
        if matches!(fit, Fit::Yes | Fit::Absent) {
            return Ok(());
        }
        let problem = misfit(way, expects, fit);
        if self.strict {
            return self.fail(problem);
        }
        self.decoding.report(problem);
        Ok(())
    }

    /// Counts a value, and regularly checks the deadline.
    #[inline]
    pub(super) fn count(&mut self, way: &Way<'_>) -> Read<()> {
        self.values += 1;
        if self.values & BETWEEN_LOOKS == 0 { self.look(way) } else { Ok(()) }
    }

    #[cold]
    fn look(&mut self, way: &Way<'_>) -> Read<()> {
        match self.decoding.check_time() {
            Ok(()) => Ok(()),
            Err(reason) => self.fail(problem(way, reason)),
        }
    }
}

#[cfg(feature = "serde")]
pub(crate) fn read_from<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
    model: &mut dyn Model,
) -> Result<(), D::Error> {
    use serde::Deserialize;
    let value = Value::deserialize(deserializer)?;
    read_value(&value, model, Mode::Lenient).map_err(D::Error::custom)
}
