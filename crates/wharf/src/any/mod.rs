//! Products, operations, settings and waiters by name, for names that are known only at run time.
//!
//! The typed clients are for Rust. This module is for bindings of other languages, command lines and programs that read
//! from a file what to call. It has the same operations, the same checks before sending and the same errors.
//!
//! ```no_run
//! # async fn run() -> Result<(), wharf::Error> {
//! use serde_json::json;
//! use wharf::any;
//!
//! let tke = any::Connection::from_options("tke", &json!({"region": "ap-guangzhou", "call_timeout": 60}))?;
//! let output = tke.call("DescribeClusters", json!({"Limit": 5})).await?;
//! println!("{}", output["TotalCount"]);
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
// CCS has options of its own: a build with CCS alone reads those of its vendor nowhere.
#[cfg_attr(all(feature = "ccs", not(any(feature = "tcr", feature = "tke"))), allow(dead_code))]
mod generated;
mod helpers;
#[cfg(all(feature = "kubernetes", any(feature = "tke", feature = "cce", feature = "ack")))]
mod kubernetes;
mod options;
mod pages;
mod products;
mod provider;
mod value;
mod waiters;

pub use describe::{Field, Kind, fields};
pub use helpers::{Helper, HelperArgument, helpers, value};
#[cfg(all(feature = "kubernetes", any(feature = "tke", feature = "cce", feature = "ack")))]
pub use kubernetes::KubernetesRequest;
pub use options::call_options;
pub use pages::{Page, Pages};
pub use products::{Extras, client, option_names, products};
pub use provider::provider;
#[cfg(feature = "testing")]
pub use value::output;
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

/// A connection to a product whose name is known only at run time. Cheap to clone.
#[derive(Clone)]
pub struct Connection {
    product: &'static Product,
    connection: wharf_core::Connection,
    #[cfg(all(feature = "kubernetes", any(feature = "tke", feature = "cce", feature = "ack")))]
    clusters: kubernetes::Clusters,
}

/// The input of an operation: JSON with the API's own names, or a filled structure.
///
/// `Debug` shows only the names of the JSON fields, because only the operation knows which values are secrets.
#[non_exhaustive]
pub enum Input {
    /// A JSON object with the API's names; `null` is the same as an empty object.
    Json(Value),
    /// The operation's own input, from [`input`].
    Model(Box<dyn Model>),
}

/// The operation of a name, its input, and the conversion of its output, if a helper has one.
struct Resolved {
    entry: &'static Entry,
    model: Box<dyn Model>,
    finish: Option<helpers::Finish>,
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
    /// Creates a connection from its options, one JSON object. Nothing is sent.
    ///
    /// Every option has the name of the setter of the product's `Builder`. An option that is absent or `null` has the
    /// builder's default:
    ///
    #[doc = include_str!("generated/options.md")]
    #[cfg_attr(feature = "_alibaba", doc = include_str!("generated/options_alibaba.md"))]
    #[cfg_attr(feature = "_huawei", doc = include_str!("generated/options_huawei.md"))]
    #[cfg_attr(feature = "_tencent", doc = include_str!("generated/options_tencent.md"))]
    #[cfg_attr(feature = "ccs", doc = include_str!("generated/options_ccs.md"))]
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for an unknown product,
    /// [`Configuration`](crate::ErrorKind::Configuration) naming an option that does not exist, has a value of the
    /// wrong type, or is missing. No error shows a value.
    pub fn from_options(product: &str, options: &Value) -> Result<Self, Error> {
        Self::with_extras(product, options, Extras::default())
    }

    /// Creates a connection like [`from_options`](Self::from_options), with options that JSON cannot represent.
    ///
    /// # Errors
    /// Those of [`from_options`](Self::from_options).
    pub fn with_extras(product: &str, options: &Value, extras: Extras) -> Result<Self, Error> {
        let product = Product::find(product)?;
        Ok(Self::new(product, product.connect(options, extras)?))
    }

    /// Wraps an existing connection to any product: `Connection::of(tke_connection)`.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when this build has no such product.
    pub fn of(connection: impl Into<wharf_core::Connection>) -> Result<Self, Error> {
        let connection = connection.into();
        Ok(Self::new(Product::find(connection.product().name())?, connection))
    }

    fn new(product: &'static Product, connection: wharf_core::Connection) -> Self {
        Self {
            product,
            connection,
            #[cfg(all(feature = "kubernetes", any(feature = "tke", feature = "cce", feature = "ack")))]
            clusters: kubernetes::Clusters::default(),
        }
    }

    /// Returns the name of the product (`tke`).
    pub fn product(&self) -> &'static str {
        self.product.name
    }

    /// Returns the region of calls that do not name another.
    pub fn region(&self) -> Option<&str> {
        self.connection.region()
    }

    /// Returns the operation with that name.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for an unknown name, with the most similar known name.
    pub fn operation(&self, name: &str) -> Result<&'static Entry, Error> {
        lookup::find(self.product.name, self.product.name, name)
    }

    /// Calls an operation, or a [helper](Helper) that calls one, with JSON input and JSON output. Documented fields are
    /// read as the typed clients read them; fields that this version does not know are returned as the service sent
    /// them. Drop the future to cancel.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent for an operation or a field that does
    /// not exist, or a field that is missing, of the wrong type or out of its bounds; otherwise the error that the
    /// service reports or the reason why it could not be reached.
    pub async fn call(&self, operation: &str, input: impl Into<Input>) -> Result<Value, Error> {
        self.call_with(operation, input, &CallOptions::default()).await
    }

    /// Calls an operation like [`call`](Self::call), with options. [`call_options`] reads options from JSON.
    ///
    /// # Errors
    /// Those of [`call`](Self::call).
    pub async fn call_with(
        &self,
        operation: &str,
        input: impl Into<Input>,
        options: &CallOptions,
    ) -> Result<Value, Error> {
        Ok(self.call_with_response(operation, input, options).await?.output)
    }

    /// Calls an operation like [`call_with`](Self::call_with). Returns the output with the request id, status, headers
    /// and attempts.
    ///
    /// # Errors
    /// Those of [`call`](Self::call).
    pub async fn call_with_response(
        &self,
        operation: &str,
        input: impl Into<Input>,
        options: &CallOptions,
    ) -> Result<Response<Value>, Error> {
        let Resolved { entry, model, finish } = self.resolve(operation, input.into())?;
        let mut response = Value::fetch(&self.connection, entry, &*model, options).await?;
        if let Some(finish) = finish {
            response.output = finish(std::mem::take(&mut response.output))?;
        }
        Ok(response)
    }

    /// Calls an operation and reads the output into the operation's own structure, as leniently as the typed clients
    /// do. Drop the future to cancel.
    ///
    /// # Errors
    /// Those of [`call`](Self::call), and [`Decode`](crate::ErrorKind::Decode) when the response cannot be read.
    pub async fn execute(
        &self,
        operation: &str,
        input: impl Into<Input>,
        options: &CallOptions,
    ) -> Result<Response<Box<dyn Model>>, Error> {
        let Resolved { entry, model, .. } = self.resolve(operation, input.into())?;
        Box::<dyn Model>::fetch(&self.connection, entry, &*model, options).await
    }

    /// Calls an operation that no spec describes, such as one that is newer than this SDK. The request is signed, sent,
    /// and never repeated after it may have arrived.
    ///
    /// For APIs with named operations, `action` is the name (`DescribeThings`), optionally after the label of another
    /// host and a slash (`ccr/DescribeThings`), and `input` is a JSON object with the parameters. For APIs with paths,
    /// `action` is method and path (`GET /v1/things/thing-1`), after the operation's name if the service requires it
    /// (`DescribeThings GET /v1/things`). `input` can then have the fields `query`, an object with texts, numbers,
    /// booleans or lists of them, and `body`, any JSON. `null` is an empty input. `version` is that of the API
    /// (`2018-05-25`).
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent when `version`, `action` or `input`
    /// have another form; otherwise the error that the service reports or the reason why it could not be reached.
    pub async fn call_unlisted(&self, version: &str, action: &str, input: Value) -> Result<Response<Value>, Error> {
        self.call_unlisted_with(version, action, input, &CallOptions::default()).await
    }

    /// Calls an operation like [`call_unlisted`](Self::call_unlisted), with options. A retry policy in the options is
    /// not used.
    ///
    /// # Errors
    /// Those of [`call_unlisted`](Self::call_unlisted).
    pub async fn call_unlisted_with(
        &self,
        version: &str,
        action: &str,
        input: Value,
        options: &CallOptions,
    ) -> Result<Response<Value>, Error> {
        self.connection.call_unlisted(version, action, input, options).await
    }

    /// Signs a request without sending it: returns method, URL, headers and body for another HTTP client. The signature
    /// is valid for as long as the service accepts its time, usually a few minutes. The request contains the secrets of
    /// the input and of the credentials: do not log it.
    ///
    /// # Errors
    /// Those errors of [`call`](Self::call) that are found before anything is sent.
    pub async fn sign(
        &self,
        operation: &str,
        input: impl Into<Input>,
        options: &CallOptions,
    ) -> Result<SignedRequest, Error> {
        let Resolved { entry, model, .. } = self.resolve(operation, input.into())?;
        self.connection.sign(entry.meta, &*model, options).await
    }

    /// Signs a request as a URL for a GET without headers. The URL is valid as long as the request of
    /// [`sign`](Self::sign), and contains the same secrets.
    ///
    /// # Errors
    /// Those of [`sign`](Self::sign), and [`Unsupported`](crate::ErrorKind::Unsupported) if the signature travels in
    /// headers.
    pub async fn presign(
        &self,
        operation: &str,
        input: impl Into<Input>,
        options: &CallOptions,
    ) -> Result<String, Error> {
        let Resolved { entry, model, .. } = self.resolve(operation, input.into())?;
        self.connection.presign(entry.meta, &*model, options).await
    }

    /// Returns the pages of an operation's output, each like the output of [`call`](Self::call), with one call per
    /// page. They begin at the offset, page or token of the input and end by the rules of
    /// [`paginate::Pages`](crate::paginate::Pages).
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for an operation that does not exist or has no pages, and for
    /// an invalid input.
    pub fn pages(&self, operation: &str, input: impl Into<Input>) -> Result<Pages<Value>, Error> {
        self.pages_with(operation, input, CallOptions::default())
    }

    /// Returns pages like [`pages`](Self::pages), with options for each call, and in either form: JSON (`Value`) or the
    /// operation's own structures (`Box<dyn Model>`).
    ///
    /// # Errors
    /// Those of [`pages`](Self::pages).
    pub fn pages_with<A: Page>(
        &self,
        operation: &str,
        input: impl Into<Input>,
        options: CallOptions,
    ) -> Result<Pages<A>, Error> {
        let entry = self.operation(operation)?;
        Pages::new(self.connection.clone(), entry, self.model(entry, input.into())?, options)
    }

    /// Returns a waiter by its name. `given` has its arguments and optionally `timeout`, `poll_interval`,
    /// `max_poll_interval` and `grace` in seconds. Await the returned value to wait, and drop it to cancel.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a waiter or an argument that does not exist, or an argument
    /// that is missing or of the wrong type.
    pub fn wait(&self, waiter: &str, given: &Value) -> Result<Wait, Error> {
        self.product.waiter(waiter)?.start(&self.connection, given)
    }

    /// Returns the operation of a name, which may be that of a helper, its input, and what becomes of its output.
    fn resolve(&self, name: &str, input: Input) -> Result<Resolved, Error> {
        match input {
            Input::Json(input) if helpers::is_name(name) => {
                let plan = helpers::plan(&self.connection, self.product.name, name, &input)?;
                let entry = self.operation(plan.meta.name)?;
                let model = self.model(entry, Input::Json(Value::Object(plan.fields)))?;
                Ok(Resolved { entry, model, finish: plan.finish })
            }
            input => {
                let entry = self.operation(name)?;
                Ok(Resolved { entry, model: self.model(entry, input)?, finish: None })
            }
        }
    }

    /// Returns the operation's input. JSON is read strictly.
    fn model(&self, entry: &'static Entry, given: Input) -> Result<Box<dyn Model>, Error> {
        let mut model = match given {
            Input::Json(value) => value::read(entry, &value)?,
            Input::Model(model) if std::ptr::eq(model.shape(), entry.input().shape()) => model,
            Input::Model(model) => {
                let reason = format!("is of {}, not of {}", model.shape().name, entry.meta.name);
                return Err(Error::invalid_input("input", reason).with_operation(entry.meta));
            }
        };
        self.connection.set_token(entry.meta, &mut *model);
        Ok(model)
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
