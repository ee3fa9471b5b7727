//! The type at a place of an object: of a built-in kind, or of a custom one by its OpenAPI schema.

use super::{ListKind, Type, find};
use crate::kubernetes::resource::Resource;
use serde_json::Value;
use std::sync::OnceLock;

/// The type at a place of an object.
#[derive(Debug, Clone, Copy)]
pub enum Shape<'a> {
    /// An object of a built-in kind.
    Kind(&'a str),
    Known(&'a Type),
    /// A custom object; its metadata are those of all kinds.
    CustomKind(&'a Value),
    Custom(&'a Value),
    /// Nothing is known.
    Open,
}

fn metadata() -> &'static Type {
    static METADATA: OnceLock<Type> = OnceLock::new();
    METADATA.get_or_init(|| Type::Structure("ObjectMeta".to_owned()))
}

impl<'a> Shape<'a> {
    /// The type of the objects of a kind.
    pub fn of(resource: &'a Resource) -> Self {
        match &resource.custom {
            Some(custom) => Self::CustomKind(&custom.schema),
            None => Self::Kind(&resource.kind),
        }
    }

    /// The type of a field.
    pub fn child(self, name: &str) -> Shape<'a> {
        match self {
            Self::Kind(_) | Self::CustomKind(_) if name == "metadata" => Shape::Known(metadata()),
            Self::Kind(kind) => find(kind).and_then(|there| there.field(name)).map_or(Shape::Open, Shape::Known),
            Self::Known(Type::Structure(structure)) => {
                find(structure).and_then(|there| there.field(name)).map_or(Shape::Open, Shape::Known)
            }
            Self::Known(Type::Map(inner)) => Shape::Known(inner),
            Self::CustomKind(schema) | Self::Custom(schema) => {
                let property = schema.get("properties").and_then(|there| there.get(name));
                let other = schema.get("additionalProperties").filter(|there| there.is_object());
                property.or(other).map_or(Shape::Open, Shape::Custom)
            }
            Self::Known(_) | Self::Open => Shape::Open,
        }
    }

    /// The type of the items of a list.
    pub fn item(self) -> Shape<'a> {
        match self {
            Self::Known(Type::List(inner, _)) => Shape::Known(inner),
            Self::Custom(schema) => schema.get("items").map_or(Shape::Open, Shape::Custom),
            _ => Shape::Open,
        }
    }

    /// What a list is when it is merged.
    pub fn list(self) -> ListKind {
        match self {
            Self::Known(Type::List(_, kind)) => kind.clone(),
            Self::Custom(schema) => match schema.get("x-kubernetes-list-type").and_then(Value::as_str) {
                Some("set") => ListKind::Set,
                Some("map") => {
                    let keys = schema.get("x-kubernetes-list-map-keys").and_then(Value::as_array);
                    let keys = keys.into_iter().flatten().filter_map(|key| key.as_str().map(str::to_owned));
                    ListKind::Map(keys.collect())
                }
                _ => ListKind::Atomic,
            },
            _ => ListKind::Atomic,
        }
    }
}
