//! The typed waiters by name.

pub(super) mod generated;

use super::options::Reader;
use super::products::Product;
use super::{Names, to_value};
use crate::Error;
use serde_json::Value;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;
use wharf_core::Connection;
use wharf_core::model::Model;
use wharf_core::wait::Waiter;

type Running = Pin<Box<dyn Future<Output = Result<Outcome, Error>> + Send>>;
type Tell = Box<dyn FnMut(&Progress) + Send>;
pub(super) type Prepared = Box<dyn FnOnce(Option<Tell>) -> Running + Send>;

/// A typed waiter, by name.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct WaiterEntry {
    /// Name, unique within a product (`cluster_running`).
    pub name: &'static str,
    /// Client of the waiter (`clusters`).
    pub client: &'static str,
    /// Method of that client, for bindings that mirror the clients (`wait_until_running`).
    pub method: &'static str,
    /// Goal of the waiter.
    pub doc: &'static str,
    /// Arguments of the waiter.
    pub arguments: &'static [Argument],
    /// Result of the waiter.
    pub gives: Gives,
    pub(super) start: fn(&Connection, &Arguments<'_>) -> Prepared,
}

/// The type of a waiter's result, by the API's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gives {
    /// Nothing.
    Nothing,
    /// A structure.
    One(&'static str),
    /// A list of structures.
    Many(&'static str),
}

/// An argument of a waiter. All arguments are required.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Argument {
    /// Name of the argument (`cluster_id`).
    pub name: &'static str,
    /// Kind of value.
    pub kind: ArgumentKind,
    /// Meaning of the argument.
    pub doc: &'static str,
}

/// The kind of value of a waiter's argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArgumentKind {
    /// A non-empty text.
    Text,
    /// A boolean.
    Bool,
    /// A list of texts.
    Texts,
    /// A non-negative integer.
    Whole,
}

/// The progress of a waiter.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Text for people: the state and further details (`Creating`, `1 of 2 running`).
    pub text: String,
    /// Value for programs: the state as a text, or an object with its parts.
    pub state: Value,
}

/// The result of a waiter that has reached its goal.
#[derive(Debug)]
pub enum Outcome {
    /// Nothing: the resource is deleted, or there is no further information.
    Nothing,
    /// The resource.
    One(Box<dyn Model>),
    /// The resources.
    Many(Vec<Box<dyn Model>>),
}

impl Outcome {
    /// Returns the result as JSON with the API's names: `null`, an object or a list of objects. It contains secrets in
    /// plain text.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Nothing => Value::Null,
            Self::One(model) => to_value(&**model, Names::Wire),
            Self::Many(models) => models.iter().map(|model| to_value(&**model, Names::Wire)).collect(),
        }
    }
}

/// Returns the waiters of a product.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) when this build has no such product.
pub fn waiters(product: &str) -> Result<&'static [WaiterEntry], Error> {
    Product::find(product).map(|product| product.waiters)
}

/// A waiter that starts when it is awaited. Drop it to cancel.
#[must_use = "a waiter does nothing until it is awaited"]
pub struct Wait {
    prepared: Prepared,
    tell: Option<Tell>,
}

impl Wait {
    /// Calls `tell` with the first state, and then with every state that differs from the previous one.
    pub fn on_progress(mut self, tell: impl FnMut(&Progress) + Send + 'static) -> Self {
        self.tell = Some(Box::new(tell));
        self
    }
}

impl IntoFuture for Wait {
    type Output = Result<Outcome, Error>;
    type IntoFuture = Running;

    fn into_future(self) -> Running {
        (self.prepared)(self.tell)
    }
}

impl fmt::Debug for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait").finish_non_exhaustive()
    }
}

impl fmt::Debug for WaiterEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaiterEntry").field("name", &self.name).field("arguments", &self.arguments).finish()
    }
}

impl WaiterEntry {
    pub(super) fn start(&self, connection: &Connection, given: &Value) -> Result<Wait, Error> {
        let what = format!("argument of {}", self.name);
        let mut reader = Reader::arguments(&what, given)?;
        let mut arguments = Arguments::default();
        let mut missing = None;
        for argument in self.arguments {
            let value = match argument.kind {
                ArgumentKind::Text => reader.text(argument.name)?.map(Given::Text),
                ArgumentKind::Bool => reader.truth(argument.name)?.map(Given::Bool),
                ArgumentKind::Texts => reader.texts(argument.name)?.map(Given::Texts),
                ArgumentKind::Whole => reader.whole(argument.name)?.map(Given::Whole),
            };
            match value {
                Some(Given::Text("")) => return Err(reader.wrong(argument.name, "must not be empty")),
                Some(value) => arguments.given.push((argument.name, value)),
                None => missing = missing.or(Some(argument.name)),
            }
        }
        arguments.timeout = reader.seconds("timeout")?;
        arguments.poll_interval = reader.seconds("poll_interval")?;
        arguments.max_poll_interval = reader.seconds("max_poll_interval")?;
        arguments.grace = reader.seconds("grace")?;
        // An unknown name is reported before a missing one, because it may be a misspelling of it.
        reader.finish()?;
        match missing {
            Some(name) => Err(Error::invalid_input(name, "is required")),
            None => Ok(Wait { prepared: (self.start)(connection, &arguments), tell: None }),
        }
    }
}

/// The arguments and the timing of a waiter.
#[derive(Default)]
pub(super) struct Arguments<'a> {
    given: Vec<(&'static str, Given<'a>)>,
    timeout: Option<Duration>,
    poll_interval: Option<Duration>,
    max_poll_interval: Option<Duration>,
    grace: Option<Duration>,
}

#[allow(dead_code, reason = "only some products have such arguments")]
enum Given<'a> {
    Text(&'a str),
    Bool(bool),
    Texts(Vec<&'a str>),
    Whole(u64),
}

#[allow(dead_code, reason = "only some products have waiters")]
impl Arguments<'_> {
    fn find(&self, name: &str) -> Option<&Given<'_>> {
        self.given.iter().find(|(given, _)| *given == name).map(|(_, value)| value)
    }

    pub(super) fn text(&self, name: &str) -> &str {
        if let Some(Given::Text(text)) = self.find(name) { text } else { "" }
    }

    pub(super) fn truth(&self, name: &str) -> bool {
        matches!(self.find(name), Some(Given::Bool(true)))
    }

    pub(super) fn texts(&self, name: &str) -> &[&str] {
        if let Some(Given::Texts(texts)) = self.find(name) { texts } else { &[] }
    }

    pub(super) fn whole(&self, name: &str) -> i64 {
        if let Some(Given::Whole(number)) = self.find(name) { i64::try_from(*number).unwrap_or(i64::MAX) } else { 0 }
    }

    /// Converts a typed waiter into one without type parameters: `outcome` converts its result and `state` its
    /// progress.
    pub(super) fn prepare<T, S>(
        &self,
        waiter: Waiter<T, S>,
        outcome: fn(T) -> Outcome,
        state: fn(&S) -> Value,
    ) -> Prepared
    where
        T: Send + 'static,
        S: fmt::Display + PartialEq + Send + 'static,
    {
        let mut waiter = waiter;
        if let Some(timeout) = self.timeout {
            waiter = waiter.timeout(timeout);
        }
        if let Some(interval) = self.poll_interval {
            waiter = waiter.poll_interval(interval);
        }
        if let Some(interval) = self.max_poll_interval {
            waiter = waiter.max_poll_interval(interval);
        }
        if let Some(grace) = self.grace {
            waiter = waiter.grace(grace);
        }
        Box::new(move |tell| {
            let waiter = match tell {
                Some(mut tell) => {
                    waiter.on_progress(move |now| tell(&Progress { text: now.to_string(), state: state(now) }))
                }
                None => waiter,
            };
            Box::pin(async move { waiter.await.map(outcome) })
        })
    }
}

#[allow(dead_code, reason = "only some products have such waiters")]
pub(super) fn nothing(_: ()) -> Outcome {
    Outcome::Nothing
}

#[allow(dead_code, reason = "only some products have such waiters")]
pub(super) fn one<T: Model + 'static>(model: T) -> Outcome {
    Outcome::One(Box::new(model))
}

#[allow(dead_code, reason = "only some products have such waiters")]
pub(super) fn many<T: Model + 'static>(models: Vec<T>) -> Outcome {
    Outcome::Many(models.into_iter().map(|model| Box::new(model) as Box<dyn Model>).collect())
}

/// Converts a state that is a word.
#[allow(dead_code, reason = "only some products have such waiters")]
pub(super) fn word<S: fmt::Display>(state: &S) -> Value {
    state.to_string().into()
}
