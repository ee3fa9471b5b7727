//! Plain `Serialize` and `Deserialize` on the models, by wire names (feature `serde`).
//!
//! The output is the data as it is on the wire, including secrets. It is meant for storing and passing on, not for
//! logs. `Debug` is for logs.

pub use ::serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{List, Model, Ref};
use ::serde::ser::{SerializeMap, SerializeSeq};

/// Serializes the fields that have a value.
pub fn serialize<S: Serializer>(model: &dyn Model, serializer: S) -> Result<S::Ok, S::Error> {
    let mut present = Vec::new();
    model.each(&mut |member, value| {
        if !matches!(value, Ref::Absent) {
            present.push((member.wire, value));
        }
    });
    let mut map = serializer.serialize_map(Some(present.len()))?;
    for (name, value) in present {
        map.serialize_entry(name, &Value(value))?;
    }
    map.end()
}

/// Fills a structure, as leniently as a response is read.
pub fn deserialize<'de, D: Deserializer<'de>>(model: &mut dyn Model, deserializer: D) -> Result<(), D::Error> {
    super::json::read_from(deserializer, model)
}

struct Value<'a>(Ref<'a>);

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Ref::Absent => serializer.serialize_unit(),
            Ref::Text(text) => serializer.serialize_str(text),
            Ref::Int(number) => serializer.serialize_i64(number),
            Ref::Uint(number) => serializer.serialize_u64(number),
            Ref::Float(number) => serializer.serialize_f64(number),
            Ref::Bool(value) => serializer.serialize_bool(value),
            Ref::Json(json) => json.serialize(serializer),
            Ref::Object(model) => serialize(model, serializer),
            Ref::List(list) => serialize_list(list, serializer),
            Ref::Map(map) => {
                let mut entries = Vec::new();
                map.each(&mut |name, value| entries.push((name, Value(value))));
                serializer.collect_map(entries)
            }
        }
    }
}

fn serialize_list<S: Serializer>(list: &dyn List, serializer: S) -> Result<S::Ok, S::Error> {
    let mut out = serializer.serialize_seq(Some(list.len()))?;
    for at in 0..list.len() {
        out.serialize_element(&Value(list.item(at)))?;
    }
    out.end()
}
