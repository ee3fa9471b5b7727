//! JSON as an operation's input, its members in the order of the file.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;
use wharf_core::model::{Field, List, Member, Model, Place, Ref, Shape};

/// A JSON value whose objects keep their order.
#[derive(Debug)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
    List(Items),
    Object(Object),
}

/// A list.
#[derive(Debug)]
pub(crate) struct Items(pub(crate) Vec<Json>);

/// An object that stands in for a generated structure.
#[derive(Debug)]
pub(crate) struct Object {
    shape: &'static Shape,
    pub(crate) values: Vec<Json>,
}

impl Json {
    fn value(&self) -> Ref<'_> {
        match self {
            Self::Null => Ref::Absent,
            Self::Bool(value) => Ref::Bool(*value),
            Self::Int(number) => Ref::Int(*number),
            Self::Text(text) => Ref::Text(text),
            Self::List(list) => Ref::List(list),
            Self::Object(object) => Ref::Object(object),
        }
    }
}

impl List for Items {
    fn len(&self) -> usize {
        self.0.len()
    }
    fn item(&self, at: usize) -> Ref<'_> {
        self.0.get(at).map_or(Ref::Absent, Json::value)
    }
    fn push(&mut self) -> Place<'_> {
        panic!("an input is not read")
    }
}

impl Model for Object {
    fn shape(&self) -> &'static Shape {
        self.shape
    }
    fn each<'a>(&'a self, visit: &mut dyn FnMut(&'static Member, Ref<'a>)) {
        for (member, value) in self.shape.members.iter().zip(&self.values) {
            visit(member, value.value());
        }
    }
    fn find(&mut self, _: &str) -> Option<(&'static str, &mut dyn Field)> {
        None
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }
    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Int(number))
    }
    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Json, E> {
        i64::try_from(number).map(Json::Int).map_err(E::custom)
    }
    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(Items(list)))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let (mut members, mut values) = (Vec::new(), Vec::new());
        while let Some((name, value)) = map.next_entry::<String, Json>()? {
            // Shapes live for ever; a test may leak the few it makes.
            members.push(Member::new(name.leak()));
            values.push(value);
        }
        let shape = Box::leak(Box::new(Shape::new("Input", members.leak())));
        Ok(Json::Object(Object { shape, values }))
    }
}
