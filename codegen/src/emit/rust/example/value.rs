//! Values and setters, as expressions.

use super::texts::Texts;
use crate::emit::rust::view::{is_argument, is_needed};
use serde_json::{Map, Value};
use wharf_spec::file::Field;
use wharf_spec::{Product, Type, naming};

/// Levels of structures below which nothing is set.
const DEEPEST: usize = 8;

/// The values of a product's examples.
pub(super) struct Values<'a> {
    pub product: &'a Product,
    pub texts: &'a Texts,
    /// The path of the module with the structures.
    pub types: String,
}

/// Where setters are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// On a request; some fields are arguments of the client's method.
    Request,
    /// On a structure.
    Structure,
}

impl Values<'_> {
    /// Returns calls of the setters of the required fields and of those that are given.
    ///
    /// # Errors
    /// The path of a field that has no value.
    pub(super) fn setters(
        &self,
        fields: &[Field],
        given: Option<&Map<String, Value>>,
        place: Place,
        depth: usize,
    ) -> Result<String, String> {
        let mut setters = String::new();
        for field in fields {
            let value = given.and_then(|given| given.get(&field.name));
            let has_setter = field.fixed.is_none() && !(place == Place::Request && is_argument(field));
            if !has_setter || (value.is_none() && !is_needed(field)) {
                continue;
            }
            let name = match place {
                Place::Request => naming::request_setter(field.called()),
                Place::Structure => naming::shape_setter(field.called()),
            };
            let argument = self.set(field, value, depth).map_err(|path| joined(&field.name, &path))?;
            setters.push_str(&format!(".{name}({argument})"));
        }
        Ok(setters)
    }

    /// Returns an argument of the client's method.
    ///
    /// # Errors
    /// The name of the field, if it has no value.
    pub(super) fn argument(&self, field: &Field, given: Option<&Value>) -> Result<String, String> {
        self.value(&field.ty, field, given, 0).map_err(|path| joined(&field.name, &path))
    }

    /// Returns the argument of a setter.
    fn set(&self, field: &Field, given: Option<&Value>, depth: usize) -> Result<String, String> {
        match &field.ty {
            Type::Shape(name) => {
                let variable = variable(field);
                let setters = self.structure(name, given, depth)?;
                Ok(format!("|{variable}| {variable}{setters}"))
            }
            ty => self.value(ty, field, given, depth),
        }
    }

    fn structure(&self, name: &str, given: Option<&Value>, depth: usize) -> Result<String, String> {
        let fields = self.product.shape(name).map_or(&[][..], |shape| shape.spec.fields.as_slice());
        let fields = if depth > DEEPEST { &[] } else { fields };
        self.setters(fields, given.and_then(Value::as_object), Place::Structure, depth + 1)
    }

    fn value(&self, ty: &Type, field: &Field, given: Option<&Value>, depth: usize) -> Result<String, String> {
        Ok(match ty {
            Type::String => self.text(field, given)?,
            Type::Timestamp => text(given, "2024-10-18T10:38:36Z"),
            Type::Int | Type::Uint => number(field, given),
            Type::Float => given.and_then(Value::as_f64).map_or_else(|| "1.0".to_owned(), |value| format!("{value:?}")),
            Type::Bool => given.and_then(Value::as_bool).unwrap_or(true).to_string(),
            Type::Any => json(given),
            Type::Json(None) => match given {
                Some(value) if !value.is_string() => json(given),
                _ => text(given, "{}"),
            },
            Type::Json(Some(form)) => match form.as_ref() {
                Type::List(item) => format!("vec!{}", self.items(item, field, given, depth)?),
                form => self.value(form, field, given, depth)?,
            },
            Type::Shape(name) => {
                format!("{}::{}::default(){}", self.types, field.named, self.structure(name, given, depth)?)
            }
            Type::List(item) => self.items(item, field, given, depth)?,
            Type::Map(item) => self.entries(item, field, given, depth)?,
        })
    }

    fn items(&self, item: &Type, field: &Field, given: Option<&Value>, depth: usize) -> Result<String, String> {
        // An integer literal would not become an `impl Into<u64>`.
        let end = if *item == Type::Uint { "_u64" } else { "" };
        let items: Result<Vec<_>, _> = match given.and_then(Value::as_array) {
            Some(given) => given.iter().map(|given| self.value(item, field, Some(given), depth)).collect(),
            None => self.value(item, field, None, depth).map(|value| vec![value]),
        };
        let items: Vec<_> = items?.into_iter().map(|item| format!("{item}{end}")).collect();
        Ok(format!("[{}]", items.join(", ")))
    }

    fn entries(&self, item: &Type, field: &Field, given: Option<&Value>, depth: usize) -> Result<String, String> {
        let entry = |(name, given): (&String, &Value)| {
            Ok(format!("({name:?}, {})", self.value(item, field, Some(given), depth)?))
        };
        let entries = match given.and_then(Value::as_object) {
            Some(given) => given.iter().map(entry).collect::<Result<Vec<_>, String>>()?,
            None => vec![format!("(\"team\", {})", self.value(item, field, None, depth)?)],
        };
        Ok(format!("[{}]", entries.join(", ")))
    }

    /// A text: what is given, a value of the enumeration, a listed value, the default, or a text by the field's name.
    fn text(&self, field: &Field, given: Option<&Value>) -> Result<String, String> {
        let given = given.and_then(Value::as_str);
        if let Some(known) = field.enumeration.as_ref().and_then(|name| self.product.enumeration(name)) {
            let mut values = known.spec.values.iter();
            let value = match given {
                Some(given) => values.find(|value| value.value == given),
                None => values.find(|value| value.deprecated.is_none()),
            };
            if let Some(value) = value.filter(|_| !field.sensitive) {
                return Ok(format!("{}::{}::{}", self.types, field.named, naming::variant(value.called())));
            }
        }
        let default = field.default.as_ref().and_then(Value::as_str);
        let listed = field.values.first().map(String::as_str);
        let text = given.or(listed).or(default).or_else(|| self.texts.of(self.product, field));
        text.map(|text| format!("{text:?}")).ok_or_else(|| "has no text in specs/examples.json".to_owned())
    }
}

fn joined(name: &str, path: &str) -> String {
    let separator = if path.starts_with("has ") { " " } else { "." };
    format!("{name}{separator}{path}")
}

fn text(given: Option<&Value>, usual: &str) -> String {
    format!("{:?}", given.and_then(Value::as_str).unwrap_or(usual))
}

fn json(given: Option<&Value>) -> String {
    given.map_or_else(|| "serde_json::json!({})".to_owned(), |value| format!("serde_json::json!({value})"))
}

/// The smallest number that is at least 1 and within the bounds, or the default.
fn number(field: &Field, given: Option<&Value>) -> String {
    let default = field.default.as_ref().and_then(Value::as_i64);
    let number = given.and_then(Value::as_i64).or(default);
    let number = number.unwrap_or_else(|| field.min.unwrap_or(1).max(1).min(field.max.unwrap_or(i64::MAX)));
    match i32::try_from(number) {
        Ok(number) => number.to_string(),
        Err(_) => format!("{number}_i64"),
    }
}

/// The name of a closure's argument: the last word of the field.
fn variable(field: &Field) -> String {
    let name = naming::field(field.called());
    let word = name.trim_start_matches("r#").rsplit('_').find(|word| !word.is_empty()).unwrap_or("it").to_owned();
    let starts_well = word.starts_with(|first: char| first.is_ascii_lowercase());
    if starts_well && naming::field(&word) == word { word } else { "it".to_owned() }
}
