//! Everything by name: products, operations, settings and waiters that a program learns at run time.
//!
//! The typed clients are for Rust; this is for bridges to other languages, for command lines and for
//! programs that are told by a file what to call. It sees the same operations, the same checks before
//! sending, the same errors.
//!
//! ```no_run
//! # async fn run() -> Result<(), wharf::Error> {
//! use serde_json::json;
//! use wharf::any;
//!
//! let tke = any::Connection::from_options("tke", &json!({"region": "ap-guangzhou", "call_timeout": 60}))?;
//! let answer = tke.call("DescribeClusters", json!({"Limit": 5})).await?;
//! println!("{}", answer["TotalCount"]);
//!
//! let mut pages = tke.pages("DescribeClusters", json!({}))?;
//! while let Some(page) = pages.try_next().await? {
//!     for cluster in pages.items(page) {
//!         println!("{}", cluster["ClusterId"]);
//!     }
//! }
//!
//! let wait = tke.wait("cluster_running", &json!({"cluster_id": "cls-1", "timeout": 900}))?;
//! let cluster = wait.on_progress(|progress| println!("{}", progress.text)).await?;
//! println!("{}", cluster.to_value());
//! # Ok(())
//! # }
//! ```

mod describe;
mod generated;
mod options;
mod pages;
mod products;
mod provider;
mod value;
mod waiters;

pub use describe::{Field, Kind, fields};
pub use options::call_options;
pub use pages::{Page, Pages};
pub use products::{Extras, client, option_names, products};
pub use provider::provider;
pub use value::{input, item_models};
pub use waiters::{Argument, ArgumentKind, Gives, Outcome, Progress, Wait, WaiterEntry, waiters};
pub use wharf_core::connection::CallOptions;
pub use wharf_core::model::{Model, Names, Ref, to_value};
pub use wharf_core::operation::{Entry, OperationMeta};
pub use wharf_core::request::SignedRequest;

use crate::lookup;
use crate::{Error, Response};
use products::Product;
use serde_json::Value;
use std::fmt;

/// A connection to a product whose name is known at run time. Cheap to clone.
#[derive(Clone)]
pub struct Connection {
    product: &'static Product,
    connection: wharf_core::Connection,
}

/// What an operation is called with: JSON by the API's own names, or a structure that is filled already.
///
/// `Debug` shows the names of JSON's members alone: which of the values are secrets, only the operation knows.
#[non_exhaustive]
pub enum Input {
    /// A JSON object with the API's names; `null` stands for one without members.
    Json(Value),
    /// The operation's own input, from [`input`].
    Model(Box<dyn Model>),
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(Value::Object(members)) => {
                f.write_str("Json")?;
                f.debug_set().entries(members.keys()).finish()
            }
            Self::Json(_) => f.write_str("Json"),
            Self::Model(model) => f.debug_tuple("Model").field(model).finish(),
        }
    }
}

impl From<Value> for Input {
    fn from(value: Value) -> Self {
        Self::Json(value)
    }
}

impl From<Box<dyn Model>> for Input {
    fn from(model: Box<dyn Model>) -> Self {
        Self::Model(model)
    }
}

impl Connection {
    /// Makes a connection from its options, one JSON object. Nothing is sent.
    ///
    /// Every option is named after the setter of the product's `Builder`, and what is not given, or `null`,
    /// is as it is there:
    ///
    #[doc = include_str!("generated/options.md")]
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a product that is not there,
    /// [`Configuration`](crate::ErrorKind::Configuration) naming an option that does not exist, has a value
    /// of the wrong type, or is missing. No error shows a value.
    pub fn from_options(product: &str, options: &Value) -> Result<Self, Error> {
        Self::with_extras(product, options, Extras::default())
    }

    /// Like [`from_options`](Self::from_options), with what JSON cannot say.
    ///
    /// # Errors
    /// As [`from_options`](Self::from_options).
    pub fn with_extras(product: &str, options: &Value, extras: Extras) -> Result<Self, Error> {
        let product = Product::find(product)?;
        Ok(Self { product, connection: product.connect(options, extras)? })
    }

    /// A connection that exists already, of any product: `Connection::of(tke_connection)`.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when this build has no such product.
    pub fn of(connection: impl Into<wharf_core::Connection>) -> Result<Self, Error> {
        let connection = connection.into();
        Ok(Self { product: Product::find(connection.product().name())?, connection })
    }

    /// Name of the product (`tke`).
    pub fn product(&self) -> &'static str {
        self.product.name
    }

    /// The region of calls that do not name another.
    pub fn region(&self) -> Option<&str> {
        self.connection.region()
    }

    /// The operation of that name.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput), with the name that is nearest.
    pub fn operation(&self, name: &str) -> Result<&'static Entry, Error> {
        lookup::find(self.product.name, self.product.name, name)
    }

    /// Calls an operation: JSON in, JSON out. What the document describes is read as the typed clients read it, and
    /// members that this version does not know are as the service sent them. Drop the future to give up.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent for an operation or a member
    /// that is not there, a member that is missing, of the wrong type or out of its bounds; otherwise what
    /// the service answers or why it could not be reached.
    pub async fn call(&self, operation: &str, input: impl Into<Input>) -> Result<Value, Error> {
        self.call_with(operation, input, &CallOptions::default()).await
    }

    /// Like [`call`](Self::call), with options. [`call_options`] reads them from JSON.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub async fn call_with(
        &self,
        operation: &str,
        input: impl Into<Input>,
        options: &CallOptions,
    ) -> Result<Value, Error> {
        Ok(self.call_with_response(operation, input, options).await?.output)
    }

    /// Calls an operation as [`call_with`](Self::call_with) does. Returns the request id, status, headers and attempts
    /// beside the output.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub async fn call_with_response(
        &self,
        operation: &str,
        input: impl Into<Input>,
        options: &CallOptions,
    ) -> Result<Response<Value>, Error> {
        let entry = self.operation(operation)?;
        Value::fetch(&self.connection, entry, &*model(entry, input.into())?, options).await
    }

    /// Calls an operation and reads its output into the operation's own structure, as leniently as the typed
    /// clients do. Drop the future to give up.
    ///
    /// # Errors
    /// As [`call`](Self::call), and [`Decode`](crate::ErrorKind::Decode) when the answer cannot be read.
    pub async fn execute(
        &self,
        operation: &str,
        input: impl Into<Input>,
        options: &CallOptions,
    ) -> Result<Response<Box<dyn Model>>, Error> {
        let entry = self.operation(operation)?;
        Box::<dyn Model>::fetch(&self.connection, entry, &*model(entry, input.into())?, options).await
    }

    /// Calls an operation that no spec describes, such as one that is newer than this SDK: the request is signed, sent,
    /// and never repeated after it may have arrived.
    ///
    /// Where operations have names, `action` is one (`DescribeThings`), after the label of another host and a slash if
    /// it has one (`ccr/DescribeThings`), and `input` is a JSON object with its parameters. Where they have paths, it is
    /// method and path (`GET /v1/things/thing-1`), after the operation's name if the service wants it
    /// (`DescribeThings GET /v1/things`), and `input` may have the fields `query`, an object with texts, numbers,
    /// truth values or lists of them, and `body`, any JSON. `null` stands for no input. `version` is that of the API
    /// (`2018-05-25`).
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent when `version`, `action` or `input` have
    /// another form; otherwise what the service answers or why it could not be reached.
    pub async fn call_unlisted(&self, version: &str, action: &str, input: Value) -> Result<Response<Value>, Error> {
        self.call_unlisted_with(version, action, input, &CallOptions::default()).await
    }

    /// Like [`call_unlisted`](Self::call_unlisted), with options. A retry policy among them is not used.
    ///
    /// # Errors
    /// As [`call_unlisted`](Self::call_unlisted).
    pub async fn call_unlisted_with(
        &self,
        version: &str,
        action: &str,
        input: Value,
        options: &CallOptions,
    ) -> Result<Response<Value>, Error> {
        self.connection.call_unlisted(version, action, input, options).await
    }

    /// Signs a request without sending it: method, URL, headers and body, for another HTTP client to send. The signature
    /// is valid for as long as the service accepts its time, a few minutes as a rule. The request carries the secrets of
    /// the input and of the credentials: do not log it.
    ///
    /// # Errors
    /// Those of [`call`](Self::call) that are found before anything is sent.
    pub async fn sign(
        &self,
        operation: &str,
        input: impl Into<Input>,
        options: &CallOptions,
    ) -> Result<SignedRequest, Error> {
        let entry = self.operation(operation)?;
        self.connection.sign(entry.meta, &*model(entry, input.into())?, options).await
    }

    /// Signs a request as a URL, which a GET without any header sends. It is valid like the request of
    /// [`sign`](Self::sign), and carries the same secrets.
    ///
    /// # Errors
    /// As [`sign`](Self::sign), and [`Unsupported`](crate::ErrorKind::Unsupported) where the signature travels in
    /// headers.
    pub async fn presign(
        &self,
        operation: &str,
        input: impl Into<Input>,
        options: &CallOptions,
    ) -> Result<String, Error> {
        let entry = self.operation(operation)?;
        self.connection.presign(entry.meta, &*model(entry, input.into())?, options).await
    }

    /// The pages of an operation's answer, each as [`call`](Self::call) gives it, one call each. They begin where the
    /// input says and end by the rules of [`paginate::Pages`](crate::paginate::Pages).
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for an operation that is not there or does not
    /// answer in pages, and for an input that does not fit.
    pub fn pages(&self, operation: &str, input: impl Into<Input>) -> Result<Pages<Value>, Error> {
        self.pages_with(operation, input, CallOptions::default())
    }

    /// Like [`pages`](Self::pages), with options for each call, and of either form: JSON (`Value`) or the
    /// operation's own structures (`Box<dyn Model>`).
    ///
    /// # Errors
    /// As [`pages`](Self::pages).
    pub fn pages_with<A: Page>(
        &self,
        operation: &str,
        input: impl Into<Input>,
        options: CallOptions,
    ) -> Result<Pages<A>, Error> {
        let entry = self.operation(operation)?;
        Pages::new(self.connection.clone(), entry, model(entry, input.into())?, options)
    }

    /// Waits by a waiter's name; `given` has its arguments and, if wanted, `timeout`, `poll_interval`,
    /// `max_poll_interval` and `grace` in seconds. Await what it gives; drop that to give up.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a waiter or an argument that is not there, or an
    /// argument that is missing or of the wrong type.
    pub fn wait(&self, waiter: &str, given: &Value) -> Result<Wait, Error> {
        self.product.waiter(waiter)?.start(&self.connection, given)
    }
}

/// The operation's input; JSON is read strictly.
fn model(entry: &'static Entry, given: Input) -> Result<Box<dyn Model>, Error> {
    match given {
        Input::Json(value) => value::read(entry, &value),
        Input::Model(model) if std::ptr::eq(model.shape(), entry.input().shape()) => Ok(model),
        Input::Model(model) => {
            let reason = format!("is of {}, not of {}", model.shape().name, entry.meta.name);
            Err(Error::invalid_input("input", reason).with_operation(entry.meta))
        }
    }
}

impl From<Connection> for wharf_core::Connection {
    fn from(connection: Connection) -> Self {
        connection.connection
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.connection.fmt(f)
    }
}
