//! JSON to structures: one driver that fills places, whatever the structure.
//!
//! Answers are read leniently, because documents and services disagree: `null` is absent, `"12"` is
//! 12 where a number is due and the other way round, one object is a list of one, a document where a
//! text is due is kept as its text, unknown members are skipped. A value that cannot be read without changing
//! it is left out and reported; nothing is made up for it. Input that a caller gives as JSON is
//! read strictly, so that a slip is not lost. `docs/json.md` has the table of all cases.

use super::decoding::{Decoding, Step, Unknown};
use super::fit::{Fit, Found, number_into, scalar_into};
use super::number;
use super::scan::{Broken, Scan};
use crate::model::{Field, List, Map, Member, Model, Place, Problem, Shape};
use serde_json::Value;
use std::borrow::Cow;
use std::fmt;

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

/// Reads a caller's JSON. A member that is there twice, and a number that cannot be kept as it is, are refused.
///
/// # Errors
/// Where it is not JSON, or the member that cannot be kept.
pub fn parse(text: &str) -> Result<Value, Problem> {
    let mut decoding = Decoding::default();
    decoding.begin(text.len());
    let mut reader = Reader { scan: Scan::new(text), strict: true, values: 0, depth: 0, decoding: &mut decoding };
    let value = reader.value(&Way::Whole)?;
    reader.end()?;
    Ok(value)
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
    let mut reader =
        Reader { scan: Scan::new(&text), strict: mode == Mode::Strict, values: 0, depth: 0, decoding };
    reader.whole(model)
}

fn problem(way: &Way<'_>, reason: impl Into<String>) -> Problem {
    Problem { field: way.to_string(), reason: reason.into() }
}

/// The way to the value at hand.
#[derive(Clone, Copy)]
enum Way<'a> {
    Whole,
    /// Into what only holds the output.
    Envelope(&'a str),
    Name(&'a Way<'a>, &'a str),
    /// To an item: by where it stands in the answer, and by where it is in what was read.
    Item(&'a Way<'a>, usize, usize),
}

impl fmt::Display for Way<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("the document"),
            Self::Envelope(name) | Self::Name(Self::Whole | Self::Envelope(_), name) => f.write_str(name),
            Self::Name(way, name) => write!(f, "{way}.{name}"),
            Self::Item(way, at, _) => write!(f, "{way}.{at}"),
        }
    }
}

impl Way<'_> {
    /// Whether it leads to a member of the output itself.
    fn is_near(&self) -> bool {
        matches!(self, Self::Whole | Self::Envelope(_) | Self::Name(Self::Whole | Self::Envelope(_), _))
    }

    fn steps(&self) -> Vec<Step> {
        let (mut steps, step) = match self {
            Self::Whole | Self::Envelope(_) => return Vec::new(),
            Self::Name(way, name) => (way.steps(), Step::Name((*name).to_owned())),
            Self::Item(way, _, at) => (way.steps(), Step::Item(*at)),
        };
        steps.push(step);
        steps
    }

    /// The way to the outermost list on it.
    fn outermost_list(&self) -> String {
        let mut found = self.to_string();
        let mut here = self;
        loop {
            here = match here {
                Self::Whole | Self::Envelope(_) => return found,
                Self::Name(way, _) => way,
                Self::Item(list, ..) => {
                    found = list.to_string();
                    list
                }
            };
        }
    }
}

type Read<T> = Result<T, Problem>;

/// Where a document says more about a member than its type: what its structure says, by the member's name.
#[derive(Clone, Copy)]
struct Hint(Option<(&'static Shape, &'static str)>);

impl Hint {
    const NONE: Self = Self(None);

    fn member(self) -> Option<&'static Member> {
        let (shape, name) = self.0?;
        shape.members.iter().find(|member| member.wire == name)
    }
}

struct Reader<'t, 'd> {
    scan: Scan<'t>,
    strict: bool,
    values: usize,
    depth: usize,
    decoding: &'d mut Decoding,
}

impl<'t> Reader<'t, '_> {
    fn whole(&mut self, model: &mut dyn Model) -> Read<()> {
        if self.scan.peek() != Some(b'{') {
            let found = self.skipped()?;
            return Err(problem(&Way::Whole, format!("must be an object, not {found}")));
        }
        self.members(model, &Way::Whole)?;
        self.end()
    }

    fn end(&mut self) -> Read<()> {
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

    fn json<T>(&mut self, scanned: Result<T, Broken>, way: &Way<'_>) -> Read<T> {
        scanned.map_err(|Broken| self.broken(way))
    }

    /// A string, and whether it is whole.
    fn string(&mut self, way: &Way<'_>) -> Read<Cow<'t, str>> {
        let scanned = self.scan.string();
        let text = self.json(scanned, way)?;
        if std::mem::take(&mut self.scan.halved) {
            self.lossy(way, "has half of a pair of surrogates; it is read as U+FFFD")?;
        }
        Ok(text)
    }

    /// Reports what is read all the same.
    fn lossy(&mut self, way: &Way<'_>, reason: &str) -> Read<()> {
        let problem = problem(way, reason);
        if self.strict {
            return Err(problem);
        }
        self.decoding.report(problem);
        Ok(())
    }

    fn charge(&mut self, bytes: usize, way: &Way<'_>) -> Read<()> {
        self.decoding.charge(bytes).map_err(|reason| Problem { field: way.outermost_list(), reason })
    }

    fn enter(&mut self, way: &Way<'_>) -> Read<()> {
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
        let scanned = self.scan.skip();
        self.json(scanned, &Way::Whole)?;
        Ok(found)
    }

    /// Fills the members of a structure.
    fn members(&mut self, model: &mut dyn Model, way: &Way<'_>) -> Read<()> {
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
        self.depth -= 1;
        Ok(())
    }

    /// Goes through the members of an object, which begins here.
    fn each_member(
        &mut self,
        way: &Way<'_>,
        mut each: impl FnMut(&mut Self, &str) -> Read<()>,
    ) -> Read<()> {
        let scanned = self.scan.expect(b'{');
        self.json(scanned, way)?;
        if self.scan.eat(b'}') {
            return Ok(());
        }
        loop {
            let scanned = self.scan.name();
            let name = self.json(scanned, way)?;
            self.scan.halved = false;
            each(self, &name)?;
            let scanned = self.scan.more(b'}');
            if !self.json(scanned, way)? {
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
        let scanned = self.scan.skip();
        self.json(scanned, way).map(drop)
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
            let scanned = self.scan.word("null");
            return self.json(scanned, way);
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
    fn judge(&mut self, fit: Fit, expects: &str, way: &Way<'_>) -> Read<()> {
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

    /// Fills a place with the next value, which is not `null`.
    fn place(&mut self, place: Place<'_>, way: &Way<'_>, hint: Hint) -> Read<Fit> {
        self.values += 1;
        if self.values & BETWEEN_LOOKS == 0 {
            self.decoding.check_time().map_err(|reason| problem(way, reason))?;
        }
        match self.scan.peek() {
            Some(b'"') => {
                let text = self.string(way)?;
                self.charge(text.len(), way)?;
                self.scalar(place, Found::Text(&text), way, hint)
            }
            Some(b'{') => self.object(place, way, hint),
            Some(b'[') => self.list(place, way, hint),
            Some(b't') => {
                let scanned = self.scan.word("true");
                self.json(scanned, way)?;
                self.scalar(place, Found::Bool(true), way, hint)
            }
            Some(b'f') => {
                let scanned = self.scan.word("false");
                self.json(scanned, way)?;
                self.scalar(place, Found::Bool(false), way, hint)
            }
            Some(b'0'..=b'9') => self.digits(place, way, hint),
            _ if !self.strict && self.scan.unwritable() => Ok(Fit::Not("a number that JSON cannot say")),
            _ => self.digits(place, way, hint),
        }
    }

    fn digits(&mut self, place: Place<'_>, way: &Way<'_>, hint: Hint) -> Read<Fit> {
        let scanned = self.scan.number();
        let raw = self.json(scanned, way)?;
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

    fn number(&mut self, raw: &str, way: &Way<'_>) -> Read<Value> {
        let (value, whole) = number::value(raw);
        if !whole {
            self.lossy(way, "is a number with more digits than fit; it is read as their text")?;
        }
        Ok(value)
    }

    fn object(&mut self, place: Place<'_>, way: &Way<'_>, hint: Hint) -> Read<Fit> {
        match place {
            Place::Object(model) => self.members(model, way)?,
            Place::Map(map) => self.entries(map, way)?,
            Place::List(list) if !self.strict => return self.one(list, way, hint),
            place => return self.document(place, "an object", way),
        }
        Ok(Fit::Yes)
    }

    /// An object or a list where neither is due: the text of it, or nothing.
    fn document(&mut self, place: Place<'_>, found: &'static str, way: &Way<'_>) -> Read<Fit> {
        if let Place::Json(place) = place {
            *place = self.value(way)?;
            return Ok(Fit::Yes);
        }
        let scanned = self.scan.skip();
        let raw = self.json(scanned, way)?;
        match place {
            Place::JsonText(place) => place.set(raw.to_owned()),
            Place::Text(place) if !self.strict => place.set(raw),
            _ => return Ok(Fit::Not(found)),
        }
        self.charge(raw.len(), way)?;
        Ok(Fit::Yes)
    }

    /// One object where a list is due: its only item, if it has any of the item's members.
    fn one(&mut self, list: &mut dyn List, way: &Way<'_>, hint: Hint) -> Read<Fit> {
        list.clear();
        let start = self.scan.at();
        let mut names = Vec::new();
        self.each_member(way, |reader, name| {
            names.push(name.to_owned());
            let scanned = reader.scan.skip();
            reader.json(scanned, way).map(drop)
        })?;
        if names.is_empty() {
            return Ok(Fit::Absent);
        }
        let end = self.scan.at();
        self.scan.go(start);
        self.charge(list.grow(), way)?;
        let item = Way::Item(way, 0, 0);
        let reason = match list.push() {
            Place::Object(model) => {
                if names.iter().any(|name| model.find(name).is_some()) {
                    self.members(model, &item)?;
                    return Ok(Fit::Yes);
                }
                "an object without any member of its items"
            }
            Place::Map(map) => {
                self.entries(map, &item)?;
                return Ok(Fit::Yes);
            }
            Place::Json(place) => {
                *place = self.value(&item)?;
                return Ok(Fit::Yes);
            }
            _ => "an object",
        };
        list.pop();
        match hint.member().and_then(|member| member.entries) {
            Some(entries) => self.named(list, entries, way),
            None => {
                self.scan.go(end);
                Ok(Fit::Not(reason))
            }
        }
    }

    /// An object in the place of a list of named things: each has the name in one member, and the rest in another.
    fn named(&mut self, list: &mut dyn List, (name, value): (&str, &str), way: &Way<'_>) -> Read<Fit> {
        self.each_member(way, |reader, said| {
            let way = Way::Name(way, said);
            if reader.scan.peek() == Some(b'n') {
                let scanned = reader.scan.word("null");
                return reader.json(scanned, &way);
            }
            reader.charge(list.grow(), &way)?;
            let Place::Object(model) = list.push() else { return Ok(()) };
            let fit = if reader.scan.peek() == Some(b'{') {
                reader.members(model, &way)?;
                Fit::Yes
            } else {
                match model.find(value) {
                    Some((_, field)) => reader.place(field.place(), &way, Hint::NONE)?,
                    None => Fit::Not("a value"),
                }
            };
            if fit != Fit::Yes {
                list.pop();
                return reader.judge(fit, "the value of a named item", &way);
            }
            if let Some(Place::Text(place)) = model.find(name).map(|(_, field)| field.place()) {
                let known = place.known().iter().find(|known| known.eq_ignore_ascii_case(said));
                place.set(known.copied().unwrap_or(said));
            }
            Ok(())
        })?;
        Ok(Fit::Yes)
    }

    fn list(&mut self, place: Place<'_>, way: &Way<'_>, hint: Hint) -> Read<Fit> {
        let place = match place {
            Place::List(list) => return self.items(list, way),
            place @ (Place::Json(_) | Place::JsonText(_)) => return self.document(place, "a list", way),
            place @ Place::Text(_) if !self.strict => return self.document(place, "a list", way),
            place => place,
        };
        let start = self.scan.at();
        let scanned = self.scan.expect(b'[');
        self.json(scanned, way)?;
        // A language with one kind of array for both writes `[]` for an empty object.
        if self.scan.eat(b']') {
            return Ok(if self.strict { Fit::Not("a list") } else { Fit::Absent });
        }
        let inner = self.scan.peek();
        let item = self.scan.at();
        let scanned = self.scan.skip();
        self.json(scanned, way)?;
        if inner == Some(b'{') && self.scan.eat(b']') && place.holds_others() && !self.strict {
            let end = self.scan.at();
            self.scan.go(item);
            let fit = self.object(place, way, hint)?;
            self.scan.go(end);
            return Ok(fit);
        }
        self.scan.go(start);
        let scanned = self.scan.skip();
        self.json(scanned, way)?;
        Ok(Fit::Not("a list"))
    }

    /// Fills a list. An item that cannot be read is left out; one that is not there keeps its place, empty.
    fn items(&mut self, list: &mut dyn List, way: &Way<'_>) -> Read<Fit> {
        list.clear();
        self.enter(way)?;
        let scanned = self.scan.expect(b'[');
        self.json(scanned, way)?;
        let mut more = !self.scan.eat(b']');
        let mut at = 0;
        while more {
            let here = list.len();
            self.item(list, &Way::Item(way, at, here))?;
            at += 1;
            let scanned = self.scan.more(b']');
            more = self.json(scanned, way)?;
        }
        self.depth -= 1;
        Ok(Fit::Yes)
    }

    fn item(&mut self, list: &mut dyn List, way: &Way<'_>) -> Read<()> {
        self.charge(list.grow(), way)?;
        let place = list.push();
        let (expects, keeps_place) = (place.expects(), place.may_be_empty());
        let fit = if self.scan.peek() == Some(b'n') {
            let scanned = self.scan.word("null");
            self.json(scanned, way)?;
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
    fn entries(&mut self, map: &mut dyn Map, way: &Way<'_>) -> Read<()> {
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
                let scanned = reader.scan.word("null");
                reader.json(scanned, &way)?;
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

    /// Any JSON.
    fn value(&mut self, way: &Way<'_>) -> Read<Value> {
        /// Room of an object's tree for so many members.
        const NODE: (usize, usize) = (6, 640);
        self.values += 1;
        if self.values & BETWEEN_LOOKS == 0 {
            self.decoding.check_time().map_err(|reason| problem(way, reason))?;
        }
        match self.scan.peek() {
            Some(b'"') => {
                let text = self.string(way)?;
                self.charge(text.len(), way)?;
                Ok(Value::String(text.into_owned()))
            }
            Some(b'{') => {
                self.enter(way)?;
                let mut members = serde_json::Map::new();
                self.each_member(way, |reader, name| {
                    if members.len() % NODE.0 == 0 {
                        reader.charge(NODE.1, way)?;
                    }
                    let way = Way::Name(way, name);
                    let value = reader.value(&way)?;
                    if members.insert(name.to_owned(), value).is_some() {
                        let reason = if reader.strict { "is there twice" } else { "is there twice; the last one counts" };
                        reader.lossy(&way, reason)?;
                    }
                    Ok(())
                })?;
                self.depth -= 1;
                Ok(Value::Object(members))
            }
            Some(b'[') => {
                self.enter(way)?;
                let scanned = self.scan.expect(b'[');
                self.json(scanned, way)?;
                let mut items = Vec::new();
                let mut more = !self.scan.eat(b']');
                while more {
                    self.charge(2 * size_of::<Value>(), way)?;
                    items.push(self.value(&Way::Item(way, items.len(), items.len()))?);
                    let scanned = self.scan.more(b']');
                    more = self.json(scanned, way)?;
                }
                self.depth -= 1;
                Ok(Value::Array(items))
            }
            Some(b't') => self.word("true", true.into(), way),
            Some(b'f') => self.word("false", false.into(), way),
            Some(b'n') => self.word("null", Value::Null, way),
            _ if !self.strict && self.scan.unwritable() => {
                self.lossy(way, "is a number that JSON cannot say; it is read as null")?;
                Ok(Value::Null)
            }
            _ => {
                let scanned = self.scan.number();
                let raw = self.json(scanned, way)?;
                self.number(raw, way)
            }
        }
    }

    fn word(&mut self, word: &str, value: Value, way: &Way<'_>) -> Read<Value> {
        let scanned = self.scan.word(word);
        self.json(scanned, way)?;
        Ok(value)
    }
}

fn misfit(way: &Way<'_>, expects: &str, fit: Fit) -> Problem {
    let found = if let Fit::Not(found) = fit { found } else { "nothing" };
    problem(way, format!("must be {expects}, not {found}"))
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
