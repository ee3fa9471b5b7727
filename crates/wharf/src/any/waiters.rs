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

/// A typed waiter by its name.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct WaiterEntry {
    /// Name, one for each product (`cluster_running`).
    pub name: &'static str,
    /// The client that has it (`clusters`).
    pub client: &'static str,
    /// The method of that client, for bridges that mirror the clients (`wait_until_running`).
    pub method: &'static str,
    /// What it waits for.
    pub doc: &'static str,
    /// What it must be told.
    pub arguments: &'static [Argument],
    /// What it gives.
    pub gives: Gives,
    pub(super) start: fn(&Connection, &Arguments<'_>) -> Prepared,
}

/// What a waiter gives when its goal is reached, by the name that the API has for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gives {
    /// Nothing.
    Nothing,
    /// Such a structure.
    One(&'static str),
    /// A list of them.
    Many(&'static str),
}

/// An argument of a waiter. All of them are required.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Argument {
    /// Name (`cluster_id`).
    pub name: &'static str,
    /// What it may be.
    pub kind: ArgumentKind,
    /// What it means.
    pub doc: &'static str,
}

/// What an argument of a waiter may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArgumentKind {
    /// A text that is not empty.
    Text,
    /// True or false.
    Bool,
    /// A list of texts.
    Texts,
    /// A whole number that is not negative.
    Whole,
}

/// How far something is that is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// For people: the state, and what else is known (`Creating`, `1 of 2 running`).
    pub text: String,
    /// For programs: the state as a text, or an object with its parts.
    pub state: Value,
}

/// What a waiter gives when its goal is reached.
#[derive(Debug)]
pub enum Outcome {
    /// Nothing: what was waited for is gone, or has nothing to tell.
    Nothing,
    /// The thing that was waited for.
    One(Box<dyn Model>),
    /// The things that were waited for.
    Many(Vec<Box<dyn Model>>),
}

impl Outcome {
    /// As JSON by the API's names: `null`, an object or a list of objects. Secrets are in it.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Nothing => Value::Null,
            Self::One(model) => to_value(&**model, Names::Wire),
            Self::Many(models) => models.iter().map(|model| to_value(&**model, Names::Wire)).collect(),
        }
    }
}

/// The waiters of a product.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) when this build has no such product.
pub fn waiters(product: &str) -> Result<&'static [WaiterEntry], Error> {
    Product::find(product).map(|product| product.waiters)
}

/// Waits once it is awaited. Drop it to give up.
#[must_use = "a waiter does nothing until it is awaited"]
pub struct Wait {
    prepared: Prepared,
    tell: Option<Tell>,
}

impl Wait {
    /// Calls `tell` with the first state, and then with every state that differs from the one before.
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
        // A name that is misspelt is told before the one that is missing for that reason.
        reader.finish()?;
        match missing {
            Some(name) => Err(Error::invalid_input(name, "is required")),
            None => Ok(Wait { prepared: (self.start)(connection, &arguments), tell: None }),
        }
    }
}

/// The arguments that were given, and how long to wait.
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

    /// A typed waiter as one that can be held beside those of other types: `outcome` and `state` say what
    /// becomes of its result and of its progress.
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

/// A state that is a word.
#[allow(dead_code, reason = "only some products have such waiters")]
pub(super) fn word<S: fmt::Display>(state: &S) -> Value {
    state.to_string().into()
}
