//! Fills the fields of structures.

use super::decoding::Unknown;
use super::fill::{Fill, Slot};
use super::fit::Fit;
use super::read::{Hint, Pass, Read, Reader, Stop, misfit, problem};
use super::string::{Found, Key, Name};
use super::value::AnyValue;
use super::way::Way;
use crate::model::{Field, Fields, Model, Place, Ref, Shape};
use crate::similar::hint;
use serde::de::{IgnoredAny, MapAccess};
use serde_json::Value;
use std::borrow::Cow;

impl Reader<'_> {
    /// Fills the fields of a structure.
    pub(super) fn members<'de, A: MapAccess<'de>>(
        &mut self,
        model: &mut dyn Model,
        map: A,
        way: &Way<'_>,
    ) -> Result<(), A::Error> {
        self.enter(way).map_err(Stop::error)?;
        let shape = model.shape();
        let (mut map, mut filled) = (Some(map), None);
        model.fields(&mut |fields| {
            if let Some(map) = map.take_if(|_| !fields.is_empty()) {
                filled = Some(self.fields(shape, fields, map, way));
            }
        });
        match (filled, map) {
            (Some(filled), _) => filled?,
            (None, Some(map)) => self.named_fields(model, map, way)?,
            (None, None) => {}
        }
        self.leave();
        Ok(())
    }

    /// Fills fields that are in the order of the shape.
    fn fields<'de, A: MapAccess<'de>>(
        &mut self,
        shape: &'static Shape,
        fields: Fields<'_, '_>,
        mut map: A,
        way: &Way<'_>,
    ) -> Result<(), A::Error> {
        let mut read: Vec<&'static str> = Vec::new();
        let keeps = self.decoding.keeps_unknown();
        while let Some(key) = map.next_key_seed(Key { pass: self.pass, shape })? {
            let at = match key {
                Found::Known { at, address } => {
                    self.here = address;
                    at
                }
                Found::Unknown(name) => {
                    self.unknown(&mut map, shape, &name, way)?;
                    continue;
                }
            };
            // Each field of a shape has a place.
            let (Some(member), Some(Some(field))) = (shape.members.get(at), fields.get_mut(at)) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let there = self.member(&mut map, &mut **field, &Way::Name(way, member.wire), Some(member))?;
            if there && keeps {
                read.push(member.wire);
            }
        }
        if keeps {
            self.decoding.read_members(way.steps(), shape, &read);
        }
        if shape.has_times {
            for (member, field) in shape.members.iter().zip(fields) {
                if let (Some(form), Some(field)) = (member.time, field) {
                    field.set_time_form(form);
                }
            }
        }
        Ok(())
    }

    /// Fills fields that the structure finds by name.
    fn named_fields<'de, A: MapAccess<'de>>(
        &mut self,
        model: &mut dyn Model,
        mut map: A,
        way: &Way<'_>,
    ) -> Result<(), A::Error> {
        let shape = model.shape();
        let mut read: Vec<&'static str> = Vec::new();
        let keeps = self.decoding.keeps_unknown();
        while let Some(name) = map.next_key_seed(Name(self.pass))? {
            if let Cow::Borrowed(name) = &name {
                self.here = name.as_ptr().addr();
            }
            match model.find(&name) {
                Some(("", field)) => {
                    let near = matches!(way, Way::Whole);
                    let way = if near { Way::Envelope(&name) } else { Way::Name(way, &name) };
                    self.member(&mut map, field, &way, None)?;
                }
                Some((wire, field)) => {
                    let there = self.member(&mut map, field, &Way::Name(way, wire), shape.member(wire))?;
                    if there && keeps {
                        read.push(wire);
                    }
                }
                None => self.unknown(&mut map, shape, &name, way)?,
            }
        }
        if keeps {
            self.decoding.read_members(way.steps(), shape, &read);
        }
        if shape.has_times {
            set_time_forms(model);
        }
        Ok(())
    }

    /// Reads a member that the structure does not have.
    fn unknown<'de, A: MapAccess<'de>>(
        &mut self,
        map: &mut A,
        shape: &'static Shape,
        name: &str,
        outer: &Way<'_>,
    ) -> Result<(), A::Error> {
        let way = &Way::Name(outer, name);
        if self.strict {
            let known = shape.members.iter().map(|member| member.wire);
            return self.fail(problem(way, hint(name, "is not a field of this operation", known))).map_err(Stop::error);
        }
        if self.decoding.keeps_unknown() {
            let value = map.next_value_seed(AnyValue { reader: self, way })?;
            self.decoding.found(Unknown { way: way.steps(), value });
            return Ok(());
        }
        self.broken(map.next_value::<IgnoredAny>(), way).map(|IgnoredAny| ())
    }

    /// Fills a field, and returns whether it then has a value. A field that is `null` is left unchanged, and one that
    /// cannot be read is cleared.
    fn member<'de, A: MapAccess<'de>>(
        &mut self,
        map: &mut A,
        field: &mut dyn Field,
        way: &Way<'_>,
        hint: Hint,
    ) -> Result<bool, A::Error> {
        // The first pass creates no value for `null`.
        let creates = self.pass != Pass::Plain && matches!(field.get(), Ref::Absent);
        let slot = Slot::Field(&mut *field);
        let fit = map.next_value_seed(Fill { reader: &mut *self, slot, way, hint })?;
        if fit == Fit::Yes {
            return Ok(true);
        }
        self.unfit(fit, field, way, creates).map(|()| false).map_err(Stop::error)
    }

    /// Treats a field whose value is `null` or cannot be read.
    #[inline(never)]
    fn unfit(&mut self, fit: Fit, field: &mut dyn Field, way: &Way<'_>, creates: bool) -> Read<()> {
        match fit {
            Fit::Yes => Ok(()),
            // An argument that is null is not set. Inside an argument it would be lost.
            Fit::Null if self.strict && !way.is_near() => match field.place() {
                Place::Json(place) => {
                    *place = Value::Null;
                    Ok(())
                }
                place => self.fail(misfit(way, place.expects(), fit)),
            },
            Fit::Null => {
                if creates {
                    field.clear();
                }
                Ok(())
            }
            fit => {
                let place = field.place();
                let (expects, holds_others) = (place.expects(), place.holds_others());
                field.clear();
                if fit != Fit::Absent && holds_others && way.is_near() {
                    self.fail(misfit(way, expects, fit))
                } else {
                    self.judge(fit, expects, way)
                }
            }
        }
    }
}

/// Sets the documented zone of the times of a structure that has been read.
fn set_time_forms(model: &mut dyn Model) {
    for member in model.shape().members {
        if let (Some(form), Some((_, field))) = (member.time, model.find(member.wire)) {
            field.set_time_form(form);
        }
    }
}
