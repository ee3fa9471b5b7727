//! Fills places with the values that serde_json reads.

use super::fit::{Fit, Found, What, number_into, scalar_into};
use super::number;
use super::read::{Hint, Pass, Read, Reader, Stop, misfit};
use super::string::Name;
use super::value::AnyValue;
use super::way::Way;
use crate::model::{Field, List, Map, Place};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use std::fmt;

/// Seed that fills a place with the next value, and returns whether it fits.
pub(super) struct Fill<'r, 'd, 'p, 'w> {
    pub(super) reader: &'r mut Reader<'d>,
    pub(super) slot: Slot<'p>,
    pub(super) way: &'w Way<'w>,
    pub(super) hint: Hint,
}

/// Destination of a value.
pub(super) enum Slot<'p> {
    /// A field, whose value is only created for a value that is not `null`.
    Field(&'p mut dyn Field),
    Place(Place<'p>),
}

impl<'p> Slot<'p> {
    fn place(self) -> Place<'p> {
        match self {
            Self::Field(field) => field.place(),
            Self::Place(place) => place,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Fill<'_, '_, '_, '_> {
    type Value = Fit;

    #[inline(always)]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Fit, D::Error> {
        let Self { reader, slot, way, hint } = self;
        reader.count(way).map_err(Stop::error)?;
        if reader.pass == Pass::Plain {
            let fit = deserializer.deserialize_any(Fill { reader: &mut *reader, slot, way, hint });
            return reader.broken(fit, way);
        }
        let place = slot.place();
        if reader.pass.captures(&place) {
            let raw = reader.broken(<&RawValue>::deserialize(deserializer), way)?;
            return reader.captured(place, raw, way, hint).map_err(Stop::error);
        }
        let slot = Slot::Place(place);
        let fit = deserializer.deserialize_any(Fill { reader: &mut *reader, slot, way, hint });
        reader.broken(fit, way)
    }
}

impl<'de> Visitor<'de> for Fill<'_, '_, '_, '_> {
    type Value = Fit;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Fit, E> {
        Ok(Fit::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Fit, E> {
        match self.slot.place() {
            Place::Bool(place) => {
                *place = value;
                Ok(Fit::Yes)
            }
            place => self.reader.scalar(place, Found::Bool(value), self.way, self.hint).map_err(Stop::error),
        }
    }

    #[inline]
    fn visit_str<E: Error>(self, text: &str) -> Result<Fit, E> {
        // A text that begins with a printable character is not blank.
        let is_plain = matches!(text.as_bytes().first(), Some(b'!'..=b'~'));
        match self.slot {
            // Most values of responses.
            Slot::Field(field) if is_plain => {
                if field.set_text(text) {
                    return self.reader.charge(text.len(), self.way).map(|()| Fit::Yes).map_err(Stop::error);
                }
                self.reader.text(field.place(), text, self.way, self.hint).map_err(Stop::error)
            }
            Slot::Place(Place::Text(place)) if is_plain => {
                self.reader.charge(text.len(), self.way).map_err(Stop::error)?;
                place.set(text);
                Ok(Fit::Yes)
            }
            slot => self.reader.text(slot.place(), text, self.way, self.hint).map_err(Stop::error),
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Fit, E> {
        match self.slot.place() {
            Place::Int(place) => {
                *place = number;
                Ok(Fit::Yes)
            }
            place => {
                let digits = number.to_string();
                self.reader.scalar(place, Found::Number(&digits), self.way, self.hint).map_err(Stop::error)
            }
        }
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Fit, E> {
        match (self.slot.place(), i64::try_from(number)) {
            (Place::Int(place), Ok(number)) => *place = number,
            (Place::Uint(place), _) => *place = number,
            (place, _) => {
                let digits = number.to_string();
                return self.reader.scalar(place, Found::Number(&digits), self.way, self.hint).map_err(Stop::error);
            }
        }
        Ok(Fit::Yes)
    }

    /// Requests the digits of a number, because a float may not contain all of them.
    fn visit_f64<E: Error>(self, _: f64) -> Result<Fit, E> {
        self.reader.again().map_err(Stop::error)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fit, A::Error> {
        let Self { reader, slot, way, hint } = self;
        match slot.place() {
            Place::Object(model) => reader.members(model, map, way)?,
            Place::Map(values) => reader.entries(values, map, way)?,
            Place::Json(place) => *place = AnyValue { reader, way }.visit_map(map)?,
            Place::List(list) if !reader.strict => return reader.one(list, map, way, hint),
            Place::JsonText(_) => return reader.again().map_err(Stop::error),
            Place::Text(_) if !reader.strict => return reader.again().map_err(Stop::error),
            _ => {
                while map.next_key::<&RawValue>()?.is_some() {
                    map.next_value::<IgnoredAny>()?;
                }
                return Ok(Fit::Not(What::Object));
            }
        }
        Ok(Fit::Yes)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Fit, A::Error> {
        let Self { reader, slot, way, hint } = self;
        match slot.place() {
            Place::List(list) => reader.items(list, items, way)?,
            Place::Json(place) => *place = AnyValue { reader, way }.visit_seq(items)?,
            Place::JsonText(_) => return reader.again().map_err(Stop::error),
            Place::Text(_) if !reader.strict => return reader.again().map_err(Stop::error),
            place if !reader.strict && !matches!(way, Way::Whole) => return reader.only(place, items, way, hint),
            _ => {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                return Ok(Fit::Not(What::List));
            }
        }
        Ok(Fit::Yes)
    }
}

impl Reader<'_> {
    /// Fills a place with captured text.
    fn captured(&mut self, place: Place<'_>, raw: &RawValue, way: &Way<'_>, hint: Hint) -> Read<Fit> {
        let text = raw.get();
        match (text.as_bytes().first(), place) {
            (Some(b'"'), place) => {
                let text = self.string(raw, way)?;
                self.text(place, &text, way, hint)
            }
            (Some(b'{' | b'['), Place::JsonText(place)) => {
                self.charge(text.len(), way)?;
                place.set(text.to_owned());
                Ok(Fit::Yes)
            }
            (Some(b'{' | b'['), Place::Text(place)) if !self.strict => {
                self.charge(text.len(), way)?;
                place.set(text);
                Ok(Fit::Yes)
            }
            (Some(b'{' | b'[' | b't' | b'f' | b'n'), place) => {
                let slot = Slot::Place(place);
                let fit = raw.deserialize_any(Fill { reader: &mut *self, slot, way, hint });
                self.broken(fit, way).map_err(|_| Stop)
            }
            (_, place) => self.scalar(place, Found::Number(text), way, hint),
        }
    }

    fn text(&mut self, place: Place<'_>, text: &str, way: &Way<'_>, hint: Hint) -> Read<Fit> {
        self.charge(text.len(), way)?;
        self.scalar(place, Found::Text(text), way, hint)
    }

    /// Puts a scalar into a place. A scalar is also a list of one, and some maps and structures may be written as a
    /// scalar.
    fn scalar(&mut self, place: Place<'_>, found: Found<'_>, way: &Way<'_>, hint: Hint) -> Read<Fit> {
        match place {
            Place::List(_) | Place::Object(_) | Place::Map(_) if self.strict => Ok(Fit::Not(found.what())),
            // Some services write "" for a structure or a list that does not exist.
            Place::List(_) | Place::Object(_) | Place::Map(_) if found.is_nothing() => Ok(Fit::Absent),
            Place::List(list) => {
                list.clear();
                self.charge(list.grow(0), way)?;
                let fit = match list.push() {
                    Place::List(_) | Place::Object(_) | Place::Map(_) => Fit::Not(found.what()),
                    place => self.plain(place, found, way)?,
                };
                if fit != Fit::Yes {
                    list.pop();
                }
                Ok(fit)
            }
            Place::Map(map) => match hint.and_then(|member| member.said_by) {
                Some(name) => {
                    map.clear();
                    let fit = self.plain(map.entry(name), found, way)?;
                    if fit != Fit::Yes {
                        map.remove(name);
                    }
                    Ok(fit)
                }
                None => Ok(Fit::Not(found.what())),
            },
            Place::Object(_) => Ok(Fit::Not(found.what())),
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

    /// Reads a number of any JSON, by its digits.
    pub(super) fn number(&mut self, raw: &str, way: &Way<'_>) -> Read<Value> {
        let (value, whole) = number::value(raw);
        if !whole {
            self.lossy(way, "is a number with more digits than fit; it is read as their text")?;
        }
        Ok(value)
    }

    /// Fills a list. An item that cannot be read is left out; an item that is absent keeps its place, empty.
    fn items<'de, A: SeqAccess<'de>>(
        &mut self,
        list: &mut dyn List,
        mut items: A,
        way: &Way<'_>,
    ) -> Result<(), A::Error> {
        list.clear();
        self.enter(way).map_err(Stop::error)?;
        let mut at = 0;
        // Only the outermost lists are sized by the rest of the text, most of which they are.
        let started = if way.is_near() { self.here } else { 0 };
        loop {
            let here = list.len();
            let expected = self.expected(started, at);
            let item = Item { reader: &mut *self, list: &mut *list, way: &Way::Item(way, at, here), expected };
            if items.next_element_seed(item)?.is_none() {
                break;
            }
            at += 1;
        }
        self.leave();
        Ok(())
    }

    /// Fills values by name. A `null` in a response is left out.
    pub(super) fn entries<'de, A: MapAccess<'de>>(
        &mut self,
        values: &mut dyn Map,
        mut map: A,
        way: &Way<'_>,
    ) -> Result<(), A::Error> {
        /// Memory of a name and of the tree around it, in bytes.
        const ENTRY: usize = 64;
        self.enter(way).map_err(Stop::error)?;
        values.clear();
        while let Some(name) = map.next_key_seed(Name(self.pass))? {
            let way = &Way::Name(way, &name);
            self.charge(ENTRY + name.len() + values.value_bytes(), way).map_err(Stop::error)?;
            let place = values.entry(&name);
            let (expects, takes_null) = (place.expects(), matches!(place, Place::Json(_)));
            let slot = Slot::Place(place);
            let fit = match map.next_value_seed(Fill { reader: &mut *self, slot, way, hint: None })? {
                Fit::Null if takes_null => Fit::Yes,
                Fit::Null if !self.strict => Fit::Absent,
                fit => fit,
            };
            if fit != Fit::Yes {
                values.remove(&name);
            }
            self.judge(fit, expects, way).map_err(Stop::error)?;
        }
        self.leave();
        Ok(())
    }
}

/// Seed that adds the next item to a list.
struct Item<'r, 'd, 'l, 'w> {
    reader: &'r mut Reader<'d>,
    list: &'l mut dyn List,
    way: &'w Way<'w>,
    expected: usize,
}

impl<'de> DeserializeSeed<'de> for Item<'_, '_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let Self { reader, list, way, expected } = self;
        reader.charge(list.grow(expected), way).map_err(Stop::error)?;
        let place = list.push();
        let (expects, keeps_place, takes_null) =
            (place.expects(), place.may_be_empty(), matches!(place, Place::Json(_)));
        let slot = Slot::Place(place);
        let fit = Fill { reader: &mut *reader, slot, way, hint: None }.deserialize(deserializer)?;
        let judged = match fit {
            Fit::Yes => Ok(()),
            Fit::Null if takes_null => Ok(()),
            Fit::Null | Fit::Absent if reader.strict => reader.fail(misfit(way, expects, Fit::Null)),
            Fit::Null | Fit::Absent if keeps_place => reader.lossy(way, "is not there; its place is kept, empty"),
            fit => {
                list.pop();
                let found = if let Fit::Not(found) = fit { found } else { What::Nothing };
                reader.judge(Fit::Not(found), expects, way)
            }
        };
        judged.map_err(Stop::error)
    }
}
