//! Objects that services write for a list, and lists that they write for other types.

use super::fill::{Fill, Slot};
use super::fit::{Fit, What};
use super::read::{Hint, Read, Reader, Stop};
use super::string::unquoted;
use super::value::AnyValue;
use super::way::Way;
use crate::model::{List, Place};
use serde::de::value::MapDeserializer;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Fields of an object, as text.
type Members<'de> = Vec<(&'de RawValue, &'de RawValue)>;

impl Reader<'_> {
    /// Reads one object where a list is expected: its only item, if it has any field of the item.
    pub(super) fn one<'de, A: MapAccess<'de>>(
        &mut self,
        list: &mut dyn List,
        mut map: A,
        way: &Way<'_>,
        hint: Hint,
    ) -> Result<Fit, A::Error> {
        /// Memory of a field, in bytes.
        const MEMBER: usize = 2 * size_of::<(&RawValue, &RawValue)>();
        let mut members = Members::new();
        while let Some(name) = map.next_key()? {
            self.charge(MEMBER, way).map_err(Stop::error)?;
            members.push((name, map.next_value()?));
        }
        list.clear();
        if members.is_empty() {
            return Ok(Fit::Absent);
        }
        self.only_item(list, &members, way, hint).map_err(Stop::error)
    }

    fn only_item(&mut self, list: &mut dyn List, members: &Members<'_>, way: &Way<'_>, hint: Hint) -> Read<Fit> {
        self.charge(list.grow(0), way)?;
        let way_to_item = &Way::Item(way, 0, 0);
        let object = MapDeserializer::<_, serde_json::Error>::new(members.iter().copied());
        let (read, reason) = match list.push() {
            Place::Object(model) => {
                let known =
                    |(name, _): &(&RawValue, _)| unquoted(name).is_some_and(|(name, _)| model.find(&name).is_some());
                if members.iter().any(known) {
                    (Some(self.members(model, object, way_to_item)), What::Object)
                } else {
                    (None, What::Stranger)
                }
            }
            Place::Map(map) => (Some(self.entries(map, object, way_to_item)), What::Object),
            Place::Json(place) => {
                let value = AnyValue { reader: &mut *self, way: way_to_item }.visit_map(object);
                (Some(value.map(|value| *place = value)), What::Object)
            }
            _ => (None, What::Object),
        };
        if let Some(read) = read {
            return self.broken(read, way).map(|()| Fit::Yes).map_err(|_| Stop);
        }
        list.pop();
        match hint.and_then(|member| member.entries) {
            Some(entries) => self.named(list, members, entries, way),
            None => Ok(Fit::Not(reason)),
        }
    }

    /// Reads an object instead of a list of named items: the name goes to one field of each item, the value to another.
    fn named(
        &mut self,
        list: &mut dyn List,
        members: &Members<'_>,
        (name, value): (&str, &str),
        way: &Way<'_>,
    ) -> Read<Fit> {
        for (said, raw) in members {
            let Some((said, _)) = unquoted(said) else { continue };
            let way = &Way::Name(way, &said);
            if raw.get() == "null" {
                continue;
            }
            self.charge(list.grow(0), way)?;
            let Place::Object(model) = list.push() else { continue };
            let place = if raw.get().starts_with('{') {
                Some(Place::Object(&mut *model))
            } else {
                model.find(value).map(|(_, field)| field.place())
            };
            let fit = match place {
                Some(place) => self.raw(place, raw, way, None)?,
                None => Fit::Not(What::Value),
            };
            if fit != Fit::Yes {
                list.pop();
                self.judge(fit, "the value of a named item", way)?;
                continue;
            }
            if let Some(Place::Text(place)) = model.find(name).map(|(_, field)| field.place()) {
                let known = place.known().iter().find(|known| known.eq_ignore_ascii_case(&said));
                place.set(known.copied().unwrap_or(&said));
            }
        }
        Ok(Fit::Yes)
    }

    /// Reads a list where another type is expected: its only item, if that is an object and one is expected.
    pub(super) fn only<'de, A: SeqAccess<'de>>(
        &mut self,
        place: Place<'_>,
        mut items: A,
        way: &Way<'_>,
        hint: Hint,
    ) -> Result<Fit, A::Error> {
        // A language with one array type for both writes `[]` for an empty object.
        let Some(first) = items.next_element::<&RawValue>()? else { return Ok(Fit::Absent) };
        let mut alone = true;
        while items.next_element::<IgnoredAny>()?.is_some() {
            alone = false;
        }
        if alone && place.holds_others() && first.get().starts_with('{') {
            return self.raw(place, first, way, hint).map_err(Stop::error);
        }
        Ok(Fit::Not(What::List))
    }

    fn raw(&mut self, place: Place<'_>, raw: &RawValue, way: &Way<'_>, hint: Hint) -> Read<Fit> {
        Fill { reader: self, slot: Slot::Place(place), way, hint }.deserialize(raw).map_err(|_| Stop)
    }
}
