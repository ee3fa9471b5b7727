//! What services write for a list, and lists that they write for something else.

use super::fit::Fit;
use super::read::{Hint, Read, Reader};
use super::way::Way;
use crate::model::{List, Place};

impl Reader<'_, '_> {
    /// One object where a list is due: its only item, if it has any of the item's members.
    pub(super) fn one(&mut self, list: &mut dyn List, way: &Way<'_>, hint: Hint) -> Read<Fit> {
        list.clear();
        let start = self.scan.at();
        let mut names = Vec::new();
        self.each_member(way, |reader, name| {
            names.push(name.to_owned());
            reader.take(way, |scan| scan.skip()).map(drop)
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
                return reader.take(&way, |scan| scan.word("null"));
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

    pub(super) fn list(&mut self, place: Place<'_>, way: &Way<'_>, hint: Hint) -> Read<Fit> {
        let place = match place {
            Place::List(list) => return self.items(list, way),
            place @ (Place::Json(_) | Place::JsonText(_)) => return self.document(place, "a list", way),
            place @ Place::Text(_) if !self.strict => return self.document(place, "a list", way),
            place => place,
        };
        let start = self.scan.at();
        self.take(way, |scan| scan.expect(b'['))?;
        // A language with one kind of array for both writes `[]` for an empty object.
        if self.scan.eat(b']') {
            return Ok(if self.strict { Fit::Not("a list") } else { Fit::Absent });
        }
        let inner = self.scan.peek();
        let item = self.scan.at();
        self.take(way, |scan| scan.skip())?;
        if inner == Some(b'{') && self.scan.eat(b']') && place.holds_others() && !self.strict {
            let end = self.scan.at();
            self.scan.go(item);
            let fit = self.object(place, way, hint)?;
            self.scan.go(end);
            return Ok(fit);
        }
        self.scan.go(start);
        self.take(way, |scan| scan.skip())?;
        Ok(Fit::Not("a list"))
    }
}
