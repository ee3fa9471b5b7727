//! Python values as inputs.

use crate::error::invalid;
use crate::python_name;
use crate::values::{JsonText, Secret};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyMapping, PySequence, PyString, PyTuple};
use serde_json::{Map, Number, Value};

/// Maximum nesting of lists and objects; a deeper input contains itself.
const DEEPEST: usize = 64;

python_name!(structure = "wharf._structure", "Structure");
python_name!(wire_time = "wharf._values", "wire_time");

/// Python keywords; a field of that name gets the suffix `_`. Sorted.
const KEYWORDS: &[&str] = &[
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
    "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise",
    "return", "try", "while", "with", "yield",
];

/// Returns the Python name of a field.
pub(crate) fn python_word(name: &str) -> String {
    if is_taken(name) { format!("{name}_") } else { name.to_owned() }
}

/// Returns the field of a Python name.
fn member_name(word: &str) -> &str {
    word.strip_suffix('_').filter(|name| is_taken(name)).unwrap_or(word)
}

/// Returns whether a name is a keyword, or a method of every structure.
fn is_taken(name: &str) -> bool {
    KEYWORDS.binary_search(&name).is_ok() || name == "to_dict"
}

/// Reads arguments by name. Arguments that are `None` are left out.
pub(crate) fn arguments(given: &Bound<'_, PyDict>) -> PyResult<Value> {
    let mut members = Map::new();
    for (name, value) in given.iter() {
        if !value.is_none() {
            let name = name.extract::<String>()?;
            let value = read(&value, &Way::Name(None, &name), 0)?;
            if members.insert(member_name(&name).to_owned(), value).is_some() {
                return Err(invalid(given.py(), &name, "is given under both of its names"));
            }
        }
    }
    Ok(Value::Object(members))
}

/// Reads any value that JSON can represent. `name` is used in error messages.
pub(crate) fn value(given: &Bound<'_, PyAny>, name: &str) -> PyResult<Value> {
    read(given, &Way::Name(None, name), 0)
}

/// Path of a value, for messages.
enum Way<'a> {
    Name(Option<&'a Way<'a>>, &'a str),
    Item(&'a Way<'a>, usize),
}

impl std::fmt::Display for Way<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name(None, name) => f.write_str(name),
            Self::Name(Some(way), name) => write!(f, "{way}.{name}"),
            Self::Item(way, at) => write!(f, "{way}[{at}]"),
        }
    }
}

fn read(given: &Bound<'_, PyAny>, way: &Way<'_>, depth: usize) -> PyResult<Value> {
    let py = given.py();
    let wrong = |reason: &str| Err(invalid(py, &way.to_string(), reason));
    if depth > DEEPEST {
        return wrong("goes too deep");
    }
    if given.is_none() {
        Ok(Value::Null)
    } else if let Ok(text) = given.cast::<PyString>() {
        match text.to_cow() {
            Ok(text) => Ok(Value::String(text.into_owned())),
            Err(_) => wrong("is not Unicode text: it has half of a pair of surrogates"),
        }
    } else if let Ok(truth) = given.cast::<PyBool>() {
        Ok(Value::Bool(truth.is_true()))
    } else if given.cast::<PyInt>().is_ok() {
        whole(given).map_or_else(|| wrong("does not fit into 64 bits"), |number| Ok(Value::Number(number)))
    } else if let Ok(number) = given.cast::<PyFloat>() {
        let number = Number::from_f64(number.value());
        number.map_or_else(|| wrong("is no finite number"), |number| Ok(Value::Number(number)))
    } else if let Ok(members) = given.cast::<PyDict>() {
        read_dict(members, way, depth)
    } else if let Ok(items) = given.cast::<PyList>() {
        read_items(items.iter().map(Ok), way, depth)
    } else if let Ok(items) = given.cast::<PyTuple>() {
        read_items(items.iter().map(Ok), way, depth)
    } else if let Ok(secret) = given.cast::<Secret>() {
        Ok(Value::String(secret.get().text().to_owned()))
    } else if let Ok(text) = given.cast::<JsonText>() {
        Ok(Value::String(text.get().as_str().to_owned()))
    } else if given.is_instance(structure(py)?)? {
        let members = given.call_method0("_wire")?;
        read_dict(members.cast::<PyDict>()?, way, depth)
    } else if given.cast::<PyBytes>().is_ok() {
        wrong("must be text, not bytes")
    } else if let Some(text) = wire_time(py)?.call1((given, way.to_string()))?.extract()? {
        Ok(Value::String(text))
    } else if let Ok(members) = given.cast::<PyMapping>() {
        let plain = PyDict::new(py);
        plain.update(members)?;
        read_dict(&plain, way, depth)
    } else if let Ok(items) = given.cast::<PySequence>() {
        read_items(items.try_iter()?, way, depth)
    } else {
        let kind = given.get_type();
        wrong(&format!("cannot be of type {}", kind.name()?))
    }
}

fn whole(given: &Bound<'_, PyAny>) -> Option<Number> {
    given.extract::<i64>().map(Number::from).or_else(|_| given.extract::<u64>().map(Number::from)).ok()
}

fn read_dict(members: &Bound<'_, PyDict>, way: &Way<'_>, depth: usize) -> PyResult<Value> {
    let mut read_members = Map::new();
    for (name, value) in members.iter() {
        let Ok(name) = name.extract::<String>() else {
            return Err(invalid(members.py(), &way.to_string(), "has a member whose name is no text"));
        };
        // A key is either the name of a structure's field, which may be a keyword with the suffix `_`, or a key of a
        // map, which must not be changed. Code that knows the structure decides.
        let value = read(&value, &Way::Name(Some(way), &name), depth + 1)?;
        read_members.insert(name, value);
    }
    Ok(Value::Object(read_members))
}

fn read_items<'py>(
    items: impl Iterator<Item = PyResult<Bound<'py, PyAny>>>,
    way: &Way<'_>,
    depth: usize,
) -> PyResult<Value> {
    let items = items.enumerate().map(|(at, item)| read(&item?, &Way::Item(way, at), depth + 1));
    Ok(Value::Array(items.collect::<PyResult<_>>()?))
}
