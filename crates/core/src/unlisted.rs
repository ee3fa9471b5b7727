//! Calls of operations that are not in the specs.

use crate::connection::{CallOptions, Connection};
use crate::error::Error;
use crate::model::{Any, Field, In, Member, Model, Ref, Shape};
use crate::operation::OperationMeta;
use crate::response::Response;
use crate::retry::RetryPolicy;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// Maximum length of an action, a version or the name of a field, in characters.
const MAX_NAME: usize = 256;
/// Maximum number of names of unlisted operations, and of their fields, that a process stores.
const MAX_KEPT: usize = 10_000;
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "DELETE", "PATCH"];

impl Connection {
    /// Calls an operation that is not in the specs. The request is signed and sent, and never repeated after it may
    /// have arrived.
    ///
    /// For APIs with actions, `action` is the name of an operation (`DescribeThings`). If its host has
    /// another key, that key and a slash come first (`ccr/DescribeThings`). `input` is a JSON object with its
    /// parameters. For APIs with resources, `action` is method and path (`GET /v1/things/thing-1`), after the
    /// operation's name if the service requires it (`DescribeThings GET /v1/things`). `input` may have the fields
    /// `query`, an object with texts, numbers, booleans or lists of them, and `body`, any JSON. `null` represents no
    /// input.
    ///
    /// The fields of the input are not known, so all of it is treated as secret. The different actions and names of
    /// fields that a process uses are stored until it ends.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent if `version`, `action` or `input` have
    /// another format; otherwise as [`execute`](Self::execute).
    pub async fn call_unlisted(
        &self,
        version: &str,
        action: &str,
        input: Value,
        options: &CallOptions,
    ) -> Result<Response<Value>, Error> {
        let product = self.product();
        let call = match product.has_paths() {
            true => Unlisted::with_path(product.name(), version, action, input),
            false => Unlisted::with_action(product.name(), version, action, input),
        }?;
        let once = options.clone().with_retry(RetryPolicy::none());
        let mut output = Any::default();
        let response = self.execute(call.meta, &call, &once, &mut output).await?;
        Ok(response.map(|()| output.into_value()))
    }
}

/// Operation that is not in the specs, with its input.
struct Unlisted {
    meta: &'static OperationMeta,
    fields: Vec<(&'static Member, Box<dyn Field>)>,
}

impl Unlisted {
    fn with_action(product: &'static str, version: &str, action: &str, input: Value) -> Result<Self, Error> {
        check_version(version)?;
        let (host, name) = action.split_once('/').unwrap_or((product, action));
        if !is_word(name) || !is_word(host) {
            let reason = "must be the name of an operation: letters and digits, such as DescribeThings";
            return Err(Error::invalid_input("action", reason));
        }
        let fields = object("input", input)?
            .into_iter()
            .map(|(name, value)| Ok((member(&name, In::Body, Member::sensitive)?, parameter(value))));
        let fields = fields.collect::<Result<_, Error>>()?;
        let meta = operation(&[product, version, host, name, "POST", "/"])?;
        Ok(Self { meta, fields })
    }

    fn with_path(product: &'static str, version: &str, action: &str, input: Value) -> Result<Self, Error> {
        check_version(version)?;
        let words: Vec<&str> = action.split(' ').collect();
        let (name, method, path) = match words[..] {
            [method, path] => (method, method, path),
            [name, method, path] if is_word(name) => (name, method, path),
            _ => return Err(Error::invalid_input("action", "must be method and path, such as GET /v1/things")),
        };
        if !METHODS.contains(&method) {
            let reason = format!("must have one of the methods {}", METHODS.join(", "));
            return Err(Error::invalid_input("action", reason));
        }
        let mut fields: Vec<(&'static Member, Box<dyn Field>)> = Vec::new();
        let mut template = String::new();
        for (at, segment) in segments(path)?.enumerate() {
            let place = at.to_string();
            if segment.is_empty() {
                template.push('/');
                continue;
            }
            template.push_str(&format!("/{{{place}}}"));
            fields.push((member(&place, In::Path, |member| member)?, Box::new(Some(segment.to_owned()))));
        }
        for (name, value) in object("input", input)? {
            match name.as_str() {
                "query" => {
                    for (name, value) in object("query", value)? {
                        let texts = texts(&name, value)?;
                        fields.push((member(&name, In::Query, Member::sensitive)?, Box::new(Some(texts))));
                    }
                }
                "body" => {
                    let whole = |member: Member| member.sensitive().payload();
                    fields.push((member("body", In::Body, whole)?, Box::new(Some(value))));
                }
                _ => {
                    let reason = "is no part of such an input: it may have query and body";
                    return Err(Error::invalid_input(name.chars().take(80).collect::<String>(), reason));
                }
            }
        }
        let template = if template.is_empty() { "/" } else { &template };
        Ok(Self { meta: operation(&[product, version, product, name, method, template])?, fields })
    }
}

impl Model for Unlisted {
    fn shape(&self) -> &'static Shape {
        static SHAPE: Shape = Shape::new("Unlisted", &[]);
        &SHAPE
    }

    fn each<'a>(&'a self, visit: &mut dyn FnMut(&'static Member, Ref<'a>)) {
        for (member, field) in &self.fields {
            visit(member, field.get());
        }
    }

    fn find(&mut self, _: &str) -> Option<(&'static str, &mut dyn Field)> {
        None
    }
}

impl fmt::Debug for Unlisted {
    /// Shows names alone, because any of the values may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.fields.iter().map(|(member, _)| member.wire)).finish()
    }
}

fn check_version(version: &str) -> Result<(), Error> {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    if version.is_empty() || version.len() > MAX_NAME || !version.bytes().all(known) {
        let reason = "must be a version of the API: letters, digits, dots and dashes, such as 2018-05-25";
        return Err(Error::invalid_input("version", reason));
    }
    Ok(())
}

fn is_word(name: &str) -> bool {
    (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Splits a path at its slashes.
fn segments(path: &str) -> Result<std::str::Split<'_, char>, Error> {
    let wrong = |reason: &str| Err(Error::invalid_input("action", reason));
    let Some(rest) = path.strip_prefix('/') else {
        return wrong("must have a path that begins with a slash");
    };
    if path.contains(['?', '#']) {
        return wrong("has a query in its path: give it as the input's query");
    }
    if path.chars().any(|char| char.is_control() || char.is_whitespace() || "%{}\\".contains(char)) {
        return wrong("has white space, braces or escapes in its path: what is to be escaped is when it is sent");
    }
    // A slash at the end is a part of some paths.
    let mut parts = rest.strip_suffix('/').unwrap_or(rest).split('/');
    if path.len() > 2048 || (!rest.is_empty() && parts.any(|segment| matches!(segment, "" | "." | ".."))) {
        return wrong("has a path with an empty part, a dot or two, or more than 2048 characters");
    }
    Ok(rest.split('/'))
}

fn object(field: &str, value: Value) -> Result<Map<String, Value>, Error> {
    match value {
        Value::Object(members) => Ok(members),
        Value::Null => Ok(Map::new()),
        _ => Err(Error::invalid_input(field, "must be an object")),
    }
}

/// Returns a parameter of an action. A form takes single values unchanged; others are flattened or written as JSON.
fn parameter(value: Value) -> Box<dyn Field> {
    match value {
        Value::String(text) => Box::new(Some(text)),
        Value::Bool(truth) => Box::new(Some(truth)),
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(number), ..) => Box::new(Some(number)),
            (None, Some(number), _) => Box::new(Some(number)),
            (None, None, number) => Box::new(number),
        },
        value => Box::new(Some(value)),
    }
}

/// Returns the values of a parameter of the query.
fn texts(name: &str, value: Value) -> Result<Vec<String>, Error> {
    let text = |value: Value| match value {
        Value::String(text) => Ok(text),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        _ => {
            let name = name.chars().take(80).collect::<String>();
            Err(Error::invalid_input(
                format!("query.{name}"),
                "must be a text, a number, true or false, or a list of those",
            ))
        }
    };
    match value {
        Value::Array(items) => items.into_iter().map(text).collect(),
        value => Ok(vec![text(value)?]),
    }
}

/// Values that are stored by key until the process ends, like those that the specs describe.
type Table<T> = Mutex<BTreeMap<String, &'static T>>;

fn kept<T>(table: &Table<T>, key: String, make: impl FnOnce() -> T) -> Result<&'static T, Error> {
    let mut table = table.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = table.get(&key) {
        return Ok(known);
    }
    if table.len() >= MAX_KEPT {
        let reason = format!("or a field of it is new, and this process has called {MAX_KEPT} different ones already");
        return Err(Error::invalid_input("action", reason));
    }
    let made: &'static T = Box::leak(Box::new(make()));
    table.insert(key, made);
    Ok(made)
}

fn leaked(text: &str) -> &'static str {
    Box::leak(text.into())
}

/// Returns the facts of an operation: product, version, host, name, method and path.
fn operation(facts: &[&str; 6]) -> Result<&'static OperationMeta, Error> {
    static OPERATIONS: Table<OperationMeta> = Mutex::new(BTreeMap::new());
    kept(&OPERATIONS, facts.join(" "), || {
        let [product, version, host, name, method, path] = facts.map(leaked);
        OperationMeta::new(product, name).with_version(version).with_host(host).with_route(method, path)
    })
}

fn member(wire: &str, place: In, more: impl Fn(Member) -> Member) -> Result<&'static Member, Error> {
    static MEMBERS: Table<Member> = Mutex::new(BTreeMap::new());
    if wire.is_empty() || wire.len() > MAX_NAME {
        return Err(Error::invalid_input("input", format!("has a name that is empty or longer than {MAX_NAME} bytes")));
    }
    let whole = more(Member::new("")).payload;
    kept(&MEMBERS, format!("{place:?} {whole} {wire}"), || more(Member::new(leaked(wire)).place(place)))
}
