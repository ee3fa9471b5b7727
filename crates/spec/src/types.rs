use serde::{Deserialize, Serialize};
use std::fmt;

/// The type of a value on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Type {
    /// Text.
    String,
    /// A signed number of 64 bits.
    Int,
    /// An unsigned number of 64 bits.
    Uint,
    /// A floating-point number.
    Float,
    /// A truth value.
    Bool,
    /// A date and time, carried as a string.
    Timestamp,
    /// A JSON document carried as a string; of a known form if one is named.
    Json(Option<Box<Type>>),
    /// Any JSON value.
    Any,
    /// A structure, by its name in the API. In a [`Catalog`](crate::Catalog) it exists.
    Shape(String),
    /// A list.
    List(Box<Type>),
    /// An object whose keys the caller chooses, by the type of its values.
    Map(Box<Type>),
}

impl Type {
    /// The type of the items of a list, the type itself otherwise.
    pub fn item(&self) -> &Self {
        match self {
            Self::List(item) => item.item(),
            other => other,
        }
    }

    /// The structure that a value is made of, in a list, in a map or in a JSON document too.
    pub fn shape(&self) -> Option<&str> {
        match self {
            Self::Shape(name) => Some(name),
            Self::Json(form) => form.as_ref()?.shape(),
            Self::List(inner) | Self::Map(inner) => inner.shape(),
            _ => None,
        }
    }

    /// Whether it is a list.
    pub fn is_list(&self) -> bool {
        matches!(self, Self::List(_))
    }

    /// Whether it is an object with keys of the caller's choice.
    pub fn is_map(&self) -> bool {
        matches!(self, Self::Map(_))
    }

    /// Whether it is a whole number.
    pub fn is_integer(&self) -> bool {
        matches!(self, Self::Int | Self::Uint)
    }
}

impl From<String> for Type {
    /// Whatever is no type of its own is taken for a structure's name; whether there is such a
    /// structure is checked with all other references.
    fn from(text: String) -> Self {
        let inside = |start: &str| text.strip_prefix(start).and_then(|rest| rest.strip_suffix('>'));
        match text.as_str() {
            "string" => Self::String,
            "int" => Self::Int,
            "uint" => Self::Uint,
            "float" => Self::Float,
            "bool" => Self::Bool,
            "timestamp" => Self::Timestamp,
            "json" => Self::Json(None),
            "any" => Self::Any,
            _ => {
                let of = |start: &str| inside(start).map(|inner| Box::new(Self::from(inner.to_owned())));
                if let Some(item) = of("list<") {
                    Self::List(item)
                } else if let Some(value) = of("map<") {
                    Self::Map(value)
                } else if let Some(form) = of("json<") {
                    Self::Json(Some(form))
                } else {
                    Self::Shape(text)
                }
            }
        }
    }
}

impl From<Type> for String {
    fn from(value: Type) -> Self {
        value.to_string()
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String => f.write_str("string"),
            Self::Int => f.write_str("int"),
            Self::Uint => f.write_str("uint"),
            Self::Float => f.write_str("float"),
            Self::Bool => f.write_str("bool"),
            Self::Timestamp => f.write_str("timestamp"),
            Self::Json(None) => f.write_str("json"),
            Self::Json(Some(form)) => write!(f, "json<{form}>"),
            Self::Any => f.write_str("any"),
            Self::Shape(name) => f.write_str(name),
            Self::List(item) => write!(f, "list<{item}>"),
            Self::Map(value) => write!(f, "map<{value}>"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Type;

    #[test]
    fn reads_and_writes_every_form() {
        for text in [
            "string",
            "uint",
            "any",
            "list<string>",
            "list<json<Disk>>",
            "json",
            "json<Disk>",
            "json<list<Disk>>",
            "Disk",
            "list<Disk>",
            "map<string>",
            "map<any>",
            "map<list<string>>",
        ] {
            assert_eq!(Type::from(text.to_owned()).to_string(), text);
        }
        for text in ["list<json<Disk>>", "json<list<Disk>>", "map<Disk>", "map<list<Disk>>"] {
            assert_eq!(Type::from(text.to_owned()).shape(), Some("Disk"));
        }
        let map = Type::from("map<list<string>>".to_owned());
        assert!(map.is_map() && !map.is_list() && *map.item() == map);
        assert_eq!(Type::from("list<Disk".to_owned()), Type::Shape("list<Disk".to_owned()));
    }
}
