//! The parameters of a call, held against the spec: the same for every product, version and protocol.

use crate::catalog::field;
use crate::doctor::HIDDEN;
use crate::journal::{self, Room};
use crate::unsimulated::Edition;
use serde_json::{Map, Value};
use std::fmt;
use wharf_spec::file::Field;
use wharf_spec::{Product, Type};

/// Why a parameter is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Problem {
    /// The spec does not have it: its path.
    Unknown(String),
    /// It is required and not given: its path.
    Missing(String),
    /// It is of another type: its path, and what it should be.
    Mistyped(String, &'static str),
    /// It breaks a bound: its path, and which bound.
    OutOfBounds(String, String),
    /// Something else is wrong: a sentence.
    Malformed(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(path) => write!(f, "The parameter `{path}` is not recognized."),
            Self::Missing(path) => write!(f, "The parameter `{path}` is missing."),
            Self::Mistyped(path, kind) => write!(f, "The parameter `{path}` is not {kind}."),
            Self::OutOfBounds(path, bound) => write!(f, "The parameter `{path}` {bound}."),
            Self::Malformed(message) => f.write_str(message),
        }
    }
}

impl Problem {
    /// The parameter at that path is not of that type.
    pub(super) fn mistyped(path: &str, ty: &Type) -> Self {
        let kind = match ty {
            Type::String | Type::Timestamp => "a string",
            Type::Int => "a whole number",
            Type::Uint => "a whole number that is not negative",
            Type::Float => "a number",
            Type::Bool => "true or false",
            Type::Json(_) => "a string that holds JSON",
            Type::List(_) => "a list",
            Type::Any => "a value",
            Type::Shape(_) | Type::Map(_) => "an object",
        };
        Self::Mistyped(path.to_owned(), kind)
    }

    /// The path of the parameter; empty if it is not about one.
    pub(super) fn path(&self) -> &str {
        match self {
            Self::Unknown(path) | Self::Missing(path) | Self::Mistyped(path, _) | Self::OutOfBounds(path, _) => path,
            Self::Malformed(_) => "",
        }
    }
}

/// What to do with parameters that the spec does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// They are refused.
    Refuse,
    /// They are left alone.
    Keep,
}

/// The rules of validation in which clouds differ.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    pub(crate) unknown: Unknown,
    /// A list of structures can be given as the only structure in it.
    pub(crate) lone_items: bool,
    /// The empty string stands for no JSON document.
    pub(crate) empty_documents: bool,
    /// The edition of the cloud. A private one does not know the fields of public ones.
    pub(crate) edition: Edition,
}

impl Rules {
    pub(crate) const TENCENT: Self =
        Self { unknown: Unknown::Refuse, lone_items: false, empty_documents: true, edition: Edition::All };
    /// The tables of CCE print lists as the single object that they hold.
    pub(crate) const HUAWEI: Self = Self { unknown: Unknown::Keep, lone_items: true, ..Self::ALIBABA };
    pub(crate) const ALIBABA: Self =
        Self { unknown: Unknown::Keep, lone_items: false, empty_documents: false, edition: Edition::All };

    fn knows(self, field: &Field) -> bool {
        self.edition.has(field.editions.as_deref())
    }
}

/// The fields of a structure. The specs have been checked, so it exists.
pub(crate) fn fields<'a>(spec: &'a Product, shape: &str) -> &'a [Field] {
    spec.shape(shape).map_or(&[], |shape| shape.spec.fields.as_slice())
}

/// The path of a member.
pub(super) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// The object that a body is. An empty body is an empty object.
pub(super) fn object(body: &[u8]) -> Result<Map<String, Value>, Problem> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    match json(body)? {
        Value::Object(members) => Ok(members),
        _ => Err(Problem::Malformed("The body is JSON but not an object.".to_owned())),
    }
}

/// The JSON document that a body is.
pub(super) fn json(body: &[u8]) -> Result<Value, Problem> {
    // The parser's message contains the position, never the text.
    serde_json::from_slice(body).map_err(|error| Problem::Malformed(format!("The body is not JSON: {error}.")))
}

/// The value of a parameter that was sent as text, if the text is one of that type.
pub(super) fn scalar(text: &str, ty: &Type) -> Option<Value> {
    match ty {
        Type::String | Type::Timestamp | Type::Json(_) => Some(Value::from(text)),
        Type::Int => text.parse::<i64>().ok().map(Value::from),
        Type::Uint => text.parse::<u64>().ok().map(Value::from),
        Type::Float => text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::from),
        Type::Bool => text.to_ascii_lowercase().parse().ok().map(Value::Bool),
        Type::Any | Type::List(_) | Type::Map(_) | Type::Shape(_) => None,
    }
}

/// Checks parameters, nested ones too: names, presence, types, ranges. Drops those that are `null`, which means
/// absent, and gives each the name that the spec has for it. `path` is where they stand; empty for those of the call.
///
/// Enumerations are open, so their values are not checked here.
pub(crate) fn validate(
    parameters: &mut Map<String, Value>,
    fields: &[Field],
    spec: &Product,
    rules: Rules,
    path: &str,
) -> Result<(), Problem> {
    Validator { spec, rules }.members(parameters, fields, path)
}

#[derive(Clone, Copy)]
struct Validator<'a> {
    spec: &'a Product,
    rules: Rules,
}

impl Validator<'_> {
    fn members(self, members: &mut Map<String, Value>, fields: &[Field], path: &str) -> Result<(), Problem> {
        members.retain(|_, value| !value.is_null());
        let known = || fields.iter().filter(|field| self.rules.knows(field));
        for field in known() {
            if !members.contains_key(&field.name)
                && let Some(value) = field.aliases.iter().find_map(|alias| members.remove(alias))
            {
                members.insert(field.name.clone(), value);
            }
        }
        if self.rules.unknown == Unknown::Refuse
            && let Some(name) =
                members.keys().find(|name| !field(fields, name).is_some_and(|field| self.rules.knows(field)))
        {
            return Err(Problem::Unknown(join(path, name)));
        }
        for field in known() {
            let path = join(path, &field.name);
            match members.get_mut(&field.name) {
                Some(value) => {
                    self.value(value, &field.ty, &path)?;
                    bounds(value, field, path)?;
                }
                None if field.required => return Err(Problem::Missing(path)),
                None => {}
            }
        }
        Ok(())
    }

    fn value(self, value: &mut Value, ty: &Type, path: &str) -> Result<(), Problem> {
        if let (true, Value::Object(_), Type::List(item)) = (self.rules.lone_items, &mut *value, ty)
            && matches!(**item, Type::Shape(_))
        {
            *value = Value::Array(vec![value.take()]);
        }
        let fits = match (&mut *value, ty) {
            (_, Type::Any) => true,
            (Value::Object(members), Type::Shape(shape)) => {
                return self.members(members, fields(self.spec, shape), path);
            }
            (Value::Array(items), Type::List(item)) => {
                for (at, value) in items.iter_mut().enumerate() {
                    self.value(value, item, &join(path, &at.to_string()))?;
                }
                true
            }
            (Value::Object(members), Type::Map(item)) => {
                for (name, value) in members.iter_mut() {
                    self.value(value, item, &join(path, name))?;
                }
                true
            }
            (Value::String(text), Type::Json(_)) => {
                let absent = self.rules.empty_documents && text.is_empty();
                absent || serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
            }
            (Value::Number(number), Type::Int) => number.is_i64(),
            (Value::Number(number), Type::Uint) => number.is_u64(),
            (Value::String(_), Type::String | Type::Timestamp)
            | (Value::Number(_), Type::Float)
            | (Value::Bool(_), Type::Bool) => true,
            _ => false,
        };
        if fits { Ok(()) } else { Err(Problem::mistyped(path, ty)) }
    }
}

fn bounds(value: &Value, field: &Field, path: String) -> Result<(), Problem> {
    let constant = field.fixed.as_deref().filter(|due| {
        // One table of Huawei's document writes a kind with a small letter.
        value.as_str().is_none_or(|given| !given.eq_ignore_ascii_case(due))
    });
    match constant.map(|due| format!("is always {due}")).or_else(|| broken(value, field)) {
        Some(bound) => Err(Problem::OutOfBounds(path, bound)),
        None => Ok(()),
    }
}

/// Which bound of its field a value breaks, as the end of a sentence.
fn broken(value: &Value, field: &Field) -> Option<String> {
    // Signed and unsigned 64 bits fit both.
    if let Some(number) = value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from)) {
        let (min, max) = field.checked_range();
        let (min, max) = (min.map(i128::from), max.map(i128::from));
        let below = min.filter(|min| number < *min).map(|min| format!("is smaller than {min}"));
        return below.or_else(|| max.filter(|max| number > *max).map(|max| format!("is larger than {max}")));
    }
    if let Some(items) = value.as_array() {
        let most = field.max_items.filter(|most| items.len() > *most)?;
        return Some(format!("has {} items, more than {most}", items.len()));
    }
    let length = value.as_str()?.chars().count();
    let most = field.max_length.filter(|most| length > *most)?;
    Some(format!("is longer than {most} characters"))
}

/// The parameters for the journal: the values of sensitive and of unknown ones are hidden, and there are as many as
/// there is room for.
pub(super) fn redact(parameters: &Map<String, Value>, fields: &[Field], spec: &Product) -> Map<String, Value> {
    shown_members(parameters, fields, spec, &mut Room::for_parameters())
}

/// The body of an answer for the journal, in the same way.
pub(super) fn redact_output(body: &Value, fields: &[Field], spec: &Product) -> Value {
    let room = &mut Room::for_response();
    match (body, fields.iter().find(|field| field.payload)) {
        (body, Some(field)) if hides(field) && !body.is_null() => Value::from(HIDDEN),
        (body, Some(field)) => shown(body, &field.ty, spec, room),
        (Value::Object(members), None) => Value::Object(shown_members(members, fields, spec, room)),
        (Value::Null, None) => Value::Null,
        (_, None) => Value::from(HIDDEN),
    }
}

fn shown_members(
    members: &Map<String, Value>,
    fields: &[Field],
    spec: &Product,
    room: &mut Room,
) -> Map<String, Value> {
    journal::members(members, room, |name, value, room| match field(fields, name) {
        Some(field) if !hides(field) => shown(value, &field.ty, spec, room),
        _ => Value::from(HIDDEN),
    })
}

fn shown(value: &Value, ty: &Type, spec: &Product, room: &mut Room) -> Value {
    match (value, ty) {
        (Value::Object(members), Type::Shape(shape)) => {
            Value::Object(shown_members(members, fields(spec, shape), spec, room))
        }
        (Value::Array(items), Type::List(item)) => {
            journal::items(items, room, |value, room| shown(value, item, spec, room))
        }
        (Value::Object(members), Type::Map(item)) => {
            Value::Object(journal::members(members, room, |_, value, room| shown(value, item, spec, room)))
        }
        // No spec describes the content.
        (_, Type::Json(_) | Type::Any) => Value::from(HIDDEN),
        (Value::String(text), _) => room.text(text),
        // Not of the type of the spec, so that nothing is known of what is inside.
        (Value::Object(_) | Value::Array(_), _) => Value::from(HIDDEN),
        (other, _) => other.clone(),
    }
}

/// Whether a field's value is hidden. The content of a JSON document in a string is unknown.
fn hides(field: &Field) -> bool {
    field.sensitive || matches!(field.ty.item(), Type::Json(_))
}

/// Whether the value of a parameter must not be shown, by its path as forms write it (`Filters.0.Name`); none if no
/// operation has a parameter of that name.
pub(super) fn hidden<'a>(spec: &'a Product, mut fields: &'a [Field], path: &str) -> Option<bool> {
    for name in path.split('.').filter(|part| part.parse::<usize>().is_err()) {
        let known = |field: &&Field| field.name == name || field.aliases.iter().any(|alias| alias == name);
        let field = fields.iter().find(known)?;
        if hides(field) {
            return Some(true);
        }
        fields = match field.ty.item() {
            Type::Shape(shape) => self::fields(spec, shape),
            _ => &[],
        };
    }
    Some(false)
}
