//! Fields of the standard types: texts, numbers, options, lists, maps.

use super::{Field, List, Map, Place, Ref, Text, TimeForm};
use serde_json::Value;
use std::collections::BTreeMap;

macro_rules! scalar_fields {
    ($($type:ty => $ref:expr, $place:ident;)*) => {$(
        impl Field for $type {
            fn get(&self) -> Ref<'_> {
                let read: fn(&$type) -> Ref<'_> = $ref;
                read(self)
            }
            fn place(&mut self) -> Place<'_> {
                Place::$place(self)
            }
            fn clear(&mut self) {
                *self = Self::default();
            }
        }
    )*};
}

impl Field for String {
    fn get(&self) -> Ref<'_> {
        Ref::Text(self)
    }
    fn place(&mut self) -> Place<'_> {
        Place::Text(self)
    }
    fn set_text(&mut self, text: &str) -> bool {
        self.set(text);
        true
    }
    fn clear(&mut self) {
        *self = Self::new();
    }
}

scalar_fields! {
    i64 => |v| Ref::Int(*v), Int;
    u64 => |v| Ref::Uint(*v), Uint;
    f64 => |v| Ref::Float(*v), Float;
    bool => |v| Ref::Bool(*v), Bool;
    Value => |v| Ref::Json(v), Json;
}

impl<T: Field + Default> Field for Option<T> {
    fn get(&self) -> Ref<'_> {
        match self {
            Some(value) => value.get(),
            None => Ref::Absent,
        }
    }
    fn place(&mut self) -> Place<'_> {
        if self.is_none() {
            *self = Some(T::default());
        }
        match self {
            Some(value) => value.place(),
            None => unreachable!(),
        }
    }
    fn set_text(&mut self, text: &str) -> bool {
        if let Some(value) = self {
            return value.set_text(text);
        }
        let mut value = T::default();
        let is_text = value.set_text(text);
        if is_text {
            *self = Some(value);
        }
        is_text
    }
    fn set_time_form(&mut self, form: TimeForm) {
        if let Some(value) = self {
            value.set_time_form(form);
        }
    }
    fn clear(&mut self) {
        *self = None;
    }
}

impl<T: Field + Default> Field for Box<T> {
    fn get(&self) -> Ref<'_> {
        (**self).get()
    }
    fn place(&mut self) -> Place<'_> {
        (**self).place()
    }
    fn set_text(&mut self, text: &str) -> bool {
        (**self).set_text(text)
    }
    fn clear(&mut self) {
        (**self).clear();
    }
}

impl<T: Field + Default + 'static> Field for Vec<T> {
    fn get(&self) -> Ref<'_> {
        Ref::List(self)
    }
    fn place(&mut self) -> Place<'_> {
        Place::List(self)
    }
    fn clear(&mut self) {
        Vec::clear(self);
    }
}

/// Returns how many items a full list makes room for, from its capacity, the size of an item in bytes, and the number of
/// further items that are expected.
fn more(room: usize, item: usize, expected: usize) -> usize {
    /// Size up to which a list doubles its capacity, in bytes. A larger one grows by a quarter.
    const SMALL: usize = 64 << 10;
    /// Memory that is reserved for expected items, in bytes.
    const AHEAD: usize = 256 << 10;
    let more = match room {
        room if expected > 0 && (room + expected) * item <= AHEAD => expected,
        0 if item > 64 => 1,
        0 => 4,
        room if room * item < SMALL => room,
        room => room / 4,
    };
    more.max(1)
}

impl<T: Field + Default + 'static> List for Vec<T> {
    fn len(&self) -> usize {
        Vec::len(self)
    }
    fn item(&self, at: usize) -> Ref<'_> {
        match self.as_slice().get(at) {
            Some(value) => value.get(),
            None => Ref::Absent,
        }
    }
    fn push(&mut self) -> Place<'_> {
        let at = Vec::len(self);
        Vec::push(self, T::default());
        self[at].place()
    }
    fn grow(&mut self, expected: usize) -> usize {
        let (room, item) = (self.capacity(), size_of::<T>());
        if Vec::len(self) < room {
            return 0;
        }
        self.reserve_exact(more(room, item, expected));
        (self.capacity() - room) * item
    }
    fn pop(&mut self) {
        Vec::pop(self);
    }
    fn clear(&mut self) {
        Vec::clear(self);
    }
    fn as_any(&mut self) -> Option<&mut dyn std::any::Any> {
        Some(self)
    }
}

impl<T: Field + Default> Field for BTreeMap<String, T> {
    fn get(&self) -> Ref<'_> {
        Ref::Map(self)
    }
    fn place(&mut self) -> Place<'_> {
        Place::Map(self)
    }
    fn clear(&mut self) {
        BTreeMap::clear(self);
    }
}

impl<T: Field + Default> Map for BTreeMap<String, T> {
    fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a str, Ref<'a>)) {
        for (name, value) in self {
            visit(name, value.get());
        }
    }
    fn entry(&mut self, name: &str) -> Place<'_> {
        BTreeMap::entry(self, name.to_owned()).or_default().place()
    }
    fn value_bytes(&self) -> usize {
        size_of::<T>()
    }
    fn remove(&mut self, name: &str) {
        BTreeMap::remove(self, name);
    }
    fn clear(&mut self) {
        BTreeMap::clear(self);
    }
}
