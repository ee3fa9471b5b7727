//! JSON to structures: one driver that fills places, whatever the structure.
//!
//! Answers are read leniently, because documents and services disagree: `null` is absent, `"12"` is
//! 12 where a number is due and the other way round, one object is a list of one, a document where a
//! text is due is kept as its text, unknown members are skipped. A value that cannot be read without changing
//! it is left out and reported; nothing is made up for it. Input that a caller gives as JSON is
//! read strictly, so that a slip is not lost. `docs/json.md` has the table of all cases.

use super::decoding::{Decoding, Unknown};
use super::fit::{Fit, Found, number_into, scalar_into};
use super::number;
use super::scan::{Broken, Scan};
use super::way::Way;
use crate::model::{Field, List, Map, Member, Model, Place, Problem, Shape};
use serde_json::Value;
use std::borrow::Cow;

/// How to treat what does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// For answers: unknown members are skipped, numbers and strings stand in for each other.
    Lenient,
    /// For a caller's input: unknown members, wrong types and nulls inside of arguments are refused.
    Strict,
}

/// Levels of lists and objects.
const DEEPEST: usize = 128;
/// Values between two looks at the clock, less one.
const BETWEEN_LOOKS: usize = 0xfff;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Fills `model` from a JSON text.
///
/// What cannot be read of an answer is told to the [`Decoding`] that the model carries along, if it does.
///
/// # Errors
/// What is not JSON, is no object, or has a list, an object or a map directly in it that is something else. In
/// strict mode the first member that does not fit. Named is the way to it; no value is quoted.
pub fn read(text: &[u8], model: &mut dyn Model, mode: Mode) -> Result<(), Problem> {
    let mut decoding = model.decoding().map(std::mem::take).unwrap_or_default();
    let read = read_with(text, model, mode, &mut decoding);
    if let Some(place) = model.decoding() {
        *place = decoding;
    }
    read
}

/// Fills `model` from JSON that is already read.
///
/// # Errors
/// As [`read`].
pub fn read_value(value: &Value, model: &mut dyn Model, mode: Mode) -> Result<(), Problem> {
    read(value.to_string().as_bytes(), model, mode)
}

/// Fills `model` as `decoding` says, and tells it what was found.
pub fn read_with(text: &[u8], model: &mut dyn Model, mode: Mode, decoding: &mut Decoding) -> Result<(), Problem> {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    decoding.begin(text.len());
    let text = match std::str::from_utf8(text) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) if mode == Mode::Strict => return Err(problem(&Way::Whole, "has bytes that are not UTF-8")),
        Err(_) => {
            decoding.report(problem(&Way::Whole, "has bytes that are not UTF-8; each is read as U+FFFD"));
            String::from_utf8_lossy(text)
        }
    };
    Reader::new(&text, mode == Mode::Strict, decoding).whole(model)
}

fn problem(way: &Way<'_>, reason: impl Into<String>) -> Problem {
    Problem { field: way.to_string(), reason: reason.into() }
}

pub(super) type Read<T> = Result<T, Problem>;

/// Where a document says more about a member than its type: what its structure says, by the member's name.
#[derive(Clone, Copy)]
pub(super) struct Hint(Option<(&'static Shape, &'static str)>);

impl Hint {
    pub(super) const NONE: Self = Self(None);

    pub(super) fn member(self) -> Option<&'static Member> {
        let (shape, name) = self.0?;
        shape.members.iter().find(|member| member.wire == name)
    }
}

pub(super) struct Reader<'t, 'd> {
    pub(super) scan: Scan<'t>,
    pub(super) strict: bool,
    values: usize,
    pub(super) depth: usize,
    decoding: &'d mut Decoding,
}

impl<'t, 'd> Reader<'t, 'd> {
    pub(super) fn new(text: &'t str, strict: bool, decoding: &'d mut Decoding) -> Self {
        Self { scan: Scan::new(text), strict, values: 0, depth: 0, decoding }
    }

    fn whole(&mut self, model: &mut dyn Model) -> Read<()> {
        if self.scan.peek() != Some(b'{') {
            let found = self.skipped()?;
            return Err(problem(&Way::Whole, format!("must be an object, not {found}")));
        }
        self.members(model, &Way::Whole)?;
        self.end()
    }

    pub(super) fn end(&mut self) -> Read<()> {
        if self.scan.peek().is_some() { Err(self.broken(&Way::Whole)) } else { Ok(()) }
    }

    /// Not JSON from here on.
    fn broken(&mut self, way: &Way<'_>) -> Problem {
        if self.scan.peek().is_none() {
            return problem(way, "ends before it is complete");
        }
        let (line, column) = self.scan.line_and_column();
        problem(way, format!("is not valid JSON at line {line} column {column}"))
    }

    /// Takes something that the text has to have here.
    pub(super) fn take<T>(&mut self, way: &Way<'_>, take: impl FnOnce(&mut Scan<'t>) -> Result<T, Broken>) -> Read<T> {
        take(&mut self.scan).map_err(|Broken| self.broken(way))
    }

    /// A string, and whether it is whole.
    pub(super) fn string(&mut self, way: &Way<'_>) -> Read<Cow<'t, str>> {
        let text = self.take(way, |scan| scan.string())?;
        if std::mem::take(&mut self.scan.halved) {
            self.lossy(way, "has half of a pair of surrogates; it is read as U+FFFD")?;
        }
        Ok(text)
    }

    /// Reports what is read all the same.
    pub(super) fn lossy(&mut self, way: &Way<'_>, reason: &str) -> Read<()> {
        let problem = problem(way, reason);
        if self.strict {
            return Err(problem);
        }
        self.decoding.report(problem);
        Ok(())
    }

    pub(super) fn charge(&mut self, bytes: usize, way: &Way<'_>) -> Read<()> {
        self.decoding.charge(bytes).map_err(|reason| Problem { field: way.outermost_list(), reason })
    }

    pub(super) fn enter(&mut self, way: &Way<'_>) -> Read<()> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(problem(way, format!("is more than {DEEPEST} levels deep")));
        }
        Ok(())
    }

    /// Skips a value and says what it was.
    fn skipped(&mut self) -> Read<&'static str> {
        let found = match self.scan.peek() {
            Some(b'{') => "an object",
            Some(b'[') => "a list",
            Some(b'"') => "a string",
            Some(b't' | b'f') => "true or false",
            Some(b'n') => "null",
            _ => "a number",
        };
        self.take(&Way::Whole, |scan| scan.skip())?;
        Ok(found)
    }

    /// Fills the members of a structure.
    pub(super) fn members(&mut self, model: &mut dyn Model, way: &Way<'_>) -> Read<()> {
        self.enter(way)?;
        let shape = model.shape();
        self.each_member(way, |reader, name| match model.find(name) {
            Some(("", field)) => {
                let way = if matches!(way, Way::Whole) { Way::Envelope(name) } else { Way::Name(way, name) };
                reader.field(field, &way, Hint::NONE)
            }
            Some((wire, field)) => reader.field(field, &Way::Name(way, wire), Hint(Some((shape, wire)))),
            None => reader.unknown(&Way::Name(way, name)),
        })?;
        set_time_forms(model);
        self.depth -= 1;
        Ok(())
    }

    /// Goes through the members of an object, which begins here.
    pub(super) fn each_member(&mut self, way: &Way<'_>, mut each: impl FnMut(&mut Self, &str) -> Read<()>) -> Read<()> {
        self.take(way, |scan| scan.expect(b'{'))?;
        if self.scan.eat(b'}') {
            return Ok(());
        }
        loop {
            let name = self.take(way, |scan| scan.name())?;
            self.scan.halved = false;
            each(self, &name)?;
            if !self.take(way, |scan| scan.more(b'}'))? {
                return Ok(());
            }
        }
    }

    fn unknown(&mut self, way: &Way<'_>) -> Read<()> {
        if self.strict {
            return Err(problem(way, "is not a field of this operation"));
        }
        if self.decoding.keeps_unknown() {
            let value = self.value(way)?;
            self.decoding.found(Unknown { way: way.steps(), value });
            return Ok(());
        }
        self.take(way, |scan| scan.skip()).map(drop)
    }

    /// Fills a member. One that is `null` is left as it is, and one that cannot be read is taken away.
    fn field(&mut self, field: &mut dyn Field, way: &Way<'_>, hint: Hint) -> Read<()> {
        if self.scan.peek() == Some(b'n') {
            // An argument that is null is one that is not given. Inside of an argument it would be lost.
            if self.strict && !way.is_near() {
                match field.place() {
                    Place::Json(place) => *place = Value::Null,
                    place => return Err(problem(way, format!("must be {}, not null", place.expects()))),
                }
            }
            return self.take(way, |scan| scan.word("null"));
        }
        let place = field.place();
        let (expects, holds_others) = (place.expects(), place.holds_others());
        let fit = self.place(place, way, hint)?;
        if fit == Fit::Yes {
            return Ok(());
        }
        field.clear();
        if fit != Fit::Absent && holds_others && way.is_near() {
            return Err(misfit(way, expects, fit));
        }
        self.judge(fit, expects, way)
    }

    /// Reports what does not fit.
    pub(super) fn judge(&mut self, fit: Fit, expects: &str, way: &Way<'_>) -> Read<()> {
        if matches!(fit, Fit::Yes | Fit::Absent) {
            return Ok(());
        }
        let problem = misfit(way, expects, fit);
        if self.strict {
            return Err(problem);
        }
        self.decoding.report(problem);
        Ok(())
    }

    /// Counts a value, and looks at the clock from time to time.
    pub(super) fn count(&mut self, way: &Way<'_>) -> Read<()> {
        self.values += 1;
        if self.values & BETWEEN_LOOKS == 0 {
            self.decoding.check_time().map_err(|reason| problem(way, reason))?;
        }
        Ok(())
    }

    /// Fills a place with the next value, which is not `null`.
    pub(super) fn place(&mut self, place: Place<'_>, way: &Way<'_>, hint: Hint) -> Read<Fit> {
        self.count(way)?;
        match self.scan.peek() {
            Some(b'"') => {
                let text = self.string(way)?;
                self.charge(text.len(), way)?;
                self.scalar(place, Found::Text(&text), way, hint)
            }
            Some(b'{') => self.object(place, way, hint),
            Some(b'[') => self.list(place, way, hint),
            Some(b't') => {
                self.take(way, |scan| scan.word("true"))?;
                self.scalar(place, Found::Bool(true), way, hint)
            }
            Some(b'f') => {
                self.take(way, |scan| scan.word("false"))?;
                self.scalar(place, Found::Bool(false), way, hint)
            }
            Some(b'0'..=b'9') => self.digits(place, way, hint),
            _ if !self.strict && self.scan.unwritable() => match place {
                Place::Json(place) => {
                    *place = Value::Null;
                    self.lossy(way, "is a number that JSON cannot say; it is read as null")?;
                    Ok(Fit::Yes)
                }
                _ => Ok(Fit::Not("a number that JSON cannot say")),
            },
            _ => self.digits(place, way, hint),
        }
    }

    fn digits(&mut self, place: Place<'_>, way: &Way<'_>, hint: Hint) -> Read<Fit> {
        let raw = self.take(way, |scan| scan.number())?;
        self.scalar(place, Found::Number(raw), way, hint)
    }

    /// Puts a scalar where it fits: one is a list of one, and some maps and structures may be said by one.
    fn scalar(&mut self, place: Place<'_>, found: Found<'_>, way: &Way<'_>, hint: Hint) -> Read<Fit> {
        match place {
            Place::List(_) | Place::Object(_) | Place::Map(_) if self.strict => Ok(Fit::Not(found.name())),
            // Some services write "" for a structure or a list that is not there.
            Place::List(_) | Place::Object(_) | Place::Map(_) if found.is_nothing() => Ok(Fit::Absent),
            Place::List(list) => {
                list.clear();
                self.charge(list.grow(), way)?;
                let fit = match list.push() {
                    Place::List(_) | Place::Object(_) | Place::Map(_) => Fit::Not(found.name()),
                    place => self.plain(place, found, way)?,
                };
                if fit != Fit::Yes {
                    list.pop();
                }
                Ok(fit)
            }
            Place::Map(map) => match hint.member().and_then(|member| member.said_by) {
                Some(name) => {
                    map.clear();
                    let fit = self.plain(map.entry(name), found, way)?;
                    if fit != Fit::Yes {
                        map.remove(name);
                    }
                    Ok(fit)
                }
                None => Ok(Fit::Not(found.name())),
            },
            Place::Object(_) => Ok(Fit::Not(found.name())),
            place => self.plain(place, found, way),
        }
    }

    fn plain(&mut self, place: Place<'_>, found: Found<'_>, way: &Way<'_>) -> Read<Fit> {
        match (place, found) {
            (Place::Json(place), Found::Number(raw)) => {
                *place = self.number(raw, way)?;
                Ok(Fit::Yes)
            }
            (place, Found::Number(raw)) => Ok(number_into(place, raw, self.strict)),
            (place, found) => Ok(scalar_into(place, found, self.strict)),
        }
    }

    pub(super) fn number(&mut self, raw: &str, way: &Way<'_>) -> Read<Value> {
        let (value, whole) = number::value(raw);
        if !whole {
            self.lossy(way, "is a number with more digits than fit; it is read as their text")?;
        }
        Ok(value)
    }

    pub(super) fn object(&mut self, place: Place<'_>, way: &Way<'_>, hint: Hint) -> Read<Fit> {
        match place {
            Place::Object(model) => self.members(model, way)?,
            Place::Map(map) => self.entries(map, way)?,
            Place::List(list) if !self.strict => return self.one(list, way, hint),
            place => return self.document(place, "an object", way),
        }
        Ok(Fit::Yes)
    }

    /// An object or a list where neither is due: the text of it, or nothing.
    pub(super) fn document(&mut self, place: Place<'_>, found: &'static str, way: &Way<'_>) -> Read<Fit> {
        if let Place::Json(place) = place {
            *place = self.value(way)?;
            return Ok(Fit::Yes);
        }
        let raw = self.take(way, |scan| scan.skip())?;
        match place {
            Place::JsonText(place) => place.set(raw.to_owned()),
            Place::Text(place) if !self.strict => place.set(raw),
            _ => return Ok(Fit::Not(found)),
        }
        self.charge(raw.len(), way)?;
        Ok(Fit::Yes)
    }

    /// Fills a list. An item that cannot be read is left out; one that is not there keeps its place, empty.
    pub(super) fn items(&mut self, list: &mut dyn List, way: &Way<'_>) -> Read<Fit> {
        list.clear();
        self.enter(way)?;
        self.take(way, |scan| scan.expect(b'['))?;
        let mut more = !self.scan.eat(b']');
        let mut at = 0;
        while more {
            let here = list.len();
            self.item(list, &Way::Item(way, at, here))?;
            at += 1;
            more = self.take(way, |scan| scan.more(b']'))?;
        }
        self.depth -= 1;
        Ok(Fit::Yes)
    }

    fn item(&mut self, list: &mut dyn List, way: &Way<'_>) -> Read<()> {
        self.charge(list.grow(), way)?;
        let place = list.push();
        let (expects, keeps_place) = (place.expects(), place.may_be_empty());
        let fit = if self.scan.peek() == Some(b'n') {
            self.take(way, |scan| scan.word("null"))?;
            if let Place::Json(_) = place { Fit::Yes } else { Fit::Absent }
        } else {
            self.place(place, way, Hint::NONE)?
        };
        match fit {
            Fit::Yes => Ok(()),
            Fit::Absent if self.strict => Err(problem(way, format!("must be {expects}, not null"))),
            Fit::Absent if keeps_place => self.lossy(way, "is not there; its place is kept, empty"),
            Fit::Absent => {
                list.pop();
                self.judge(Fit::Not("nothing"), expects, way)
            }
            fit => {
                list.pop();
                self.judge(fit, expects, way)
            }
        }
    }

    /// Fills values by name. A `null` of an answer is left out.
    pub(super) fn entries(&mut self, map: &mut dyn Map, way: &Way<'_>) -> Read<()> {
        /// Room of a name and of the tree around it.
        const ENTRY: usize = 64;
        self.enter(way)?;
        map.clear();
        self.each_member(way, |reader, name| {
            let way = Way::Name(way, name);
            reader.charge(ENTRY + name.len() + map.value_bytes(), &way)?;
            let place = map.entry(name);
            let expects = place.expects();
            let fit = if reader.scan.peek() == Some(b'n') {
                reader.take(&way, |scan| scan.word("null"))?;
                match place {
                    Place::Json(_) => Fit::Yes,
                    _ if reader.strict => Fit::Not("null"),
                    _ => Fit::Absent,
                }
            } else {
                reader.place(place, &way, Hint::NONE)?
            };
            if fit != Fit::Yes {
                map.remove(name);
            }
            reader.judge(fit, expects, &way)
        })?;
        self.depth -= 1;
        Ok(())
    }
}

fn misfit(way: &Way<'_>, expects: &str, fit: Fit) -> Problem {
    let found = if let Fit::Not(found) = fit { found } else { "nothing" };
    problem(way, format!("must be {expects}, not {found}"))
}

/// Gives the times of a structure that has been read the zone that their document names.
fn set_time_forms(model: &mut dyn Model) {
    for member in model.shape().members {
        if let (Some(form), Some((_, field))) = (member.time, model.find(member.wire)) {
            field.set_time_form(form);
        }
    }
}

#[cfg(feature = "serde")]
pub(crate) fn read_from<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
    model: &mut dyn Model,
) -> Result<(), D::Error> {
    use serde::Deserialize;
    use serde::de::Error;
    let value = Value::deserialize(deserializer)?;
    read_value(&value, model, Mode::Lenient).map_err(D::Error::custom)
}
