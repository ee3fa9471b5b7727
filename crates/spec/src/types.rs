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
    /// A JSON document carried as a string; of a known structure if one is named.
    Json(Option<String>),
    /// A structure, by its name in the API. In a [`Catalog`](crate::Catalog) it exists.
    Shape(String),
    /// A list.
    List(Box<Type>),
}

impl Type {
    /// The type of the items of a list, the type itself otherwise.
    pub fn item(&self) -> &Self {
        match self {
            Self::List(item) => item.item(),
            other => other,
        }
    }

    /// The structure that a value is made of, in a list or in a JSON document too.
    pub fn shape(&self) -> Option<&str> {
        match self.item() {
            Self::Shape(name) => Some(name),
            Self::Json(name) => name.as_deref(),
            _ => None,
        }
    }

    /// Whether it is a list.
    pub fn is_list(&self) -> bool {
        matches!(self, Self::List(_))
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
            _ => match (inside("list<"), inside("json<")) {
                (Some(item), _) => Self::List(Box::new(Self::from(item.to_owned()))),
                (_, Some(shape)) => Self::Json(Some(shape.to_owned())),
                _ => Self::Shape(text),
            },
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
            Self::Json(Some(shape)) => write!(f, "json<{shape}>"),
            Self::Shape(name) => f.write_str(name),
            Self::List(item) => write!(f, "list<{item}>"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Type;

    #[test]
    fn reads_and_writes_every_form() {
        for text in ["string", "uint", "list<string>", "list<json<Disk>>", "json", "json<Disk>", "Disk", "list<Disk>"] {
            assert_eq!(Type::from(text.to_owned()).to_string(), text);
        }
        assert_eq!(Type::from("list<json<Disk>>".to_owned()).shape(), Some("Disk"));
        assert_eq!(Type::from("list<Disk".to_owned()), Type::Shape("list<Disk".to_owned()));
    }
}
