//! Description of an operation: its input, its output, and its documented facts.

use crate::error::Error;
use crate::model::Model;
use crate::paginate;
use std::fmt::Debug;

/// An operation of an API. The implementing type is the operation's input.
pub trait Operation: Model + Clone + Debug + Default + 'static {
    /// Output of a successful call.
    type Output: Model + Debug + Default + 'static;
    /// Documented facts of the operation.
    const META: &'static OperationMeta;
}

/// Operation that returns its items in pages. [`OperationMeta::paging`] contains the paths of its fields.
pub trait Paginated: Operation {
    /// Type of an item: [`Paging::items`] is a `Vec` of it.
    type Item: Send + 'static;

    /// Returns the offset or page number and the page size that the input sets, if any.
    fn window(&self) -> (Option<u64>, Option<u64>) {
        Self::META.paging.map_or((None, None), |paging| paginate::window(self, &paging))
    }

    /// Sets the offset or page number, and the page size.
    fn set_window(&mut self, begin: u64, size: u64) {
        if let Some(paging) = &Self::META.paging {
            paginate::set_window(self, paging, begin, size);
        }
    }

    /// Returns the number of items on all pages, if the page states it.
    fn total(page: &Self::Output) -> Option<u64> {
        paginate::total(page, &Self::META.paging?)
    }

    /// Takes the items out of a page.
    ///
    /// # Errors
    /// [`Decode`](crate::ErrorKind::Decode) if [`Paging::items`] does not name a list of [`Self::Item`].
    fn items(mut page: Self::Output) -> Result<Vec<Self::Item>, Error> {
        paginate::take_items(&mut page, Self::META)
    }

    /// Returns the number of items on the page.
    fn count(page: &Self::Output) -> usize {
        Self::META.paging.map_or(0, |paging| paginate::count(page, &paging))
    }
}

/// Documented facts of an operation.
///
/// ```
/// use wharf_core::operation::{OperationMeta, PageStyle, Paging};
///
/// const META: OperationMeta = OperationMeta::new("toy", "ListThings")
///     .with_version("v1")
///     .with_route("GET", "/things")
///     .with_idempotent(true)
///     .with_paging(Paging::new(PageStyle::Offset, "Offset", "Limit").with_sizes(0, 100).with_items(&["Things"]));
/// assert_eq!((META.host, META.rate_limit), ("toy", 0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct OperationMeta {
    /// Product (`tke`).
    pub product: &'static str,
    /// Version of the API (`2018-05-25`).
    pub version: &'static str,
    /// Service crate of the operation (`cluster`).
    pub service: &'static str,
    /// Name in the API (`DescribeClusters`).
    pub name: &'static str,
    /// HTTP method, for APIs with a fixed one.
    pub method: &'static str,
    /// Path, with `{name}` for the fields that are sent in it.
    pub path: &'static str,
    /// Host key: the product's name, or a key such as `iam` that the product maps to another host.
    pub host: &'static str,
    /// Whether the request can be repeated safely when the service may already have received it: even a late repetition
    /// does not undo a newer change and does not start anything twice.
    pub idempotent: bool,
    /// Whether the region is part of the request.
    pub region: bool,
    /// Documented limit, in calls per second.
    pub rate_limit: u32,
    /// Access check, in addition to the signature.
    pub authorization: Authorization,
    /// Paging of the operation, if it returns pages.
    pub paging: Option<Paging>,
    /// Path of the identifier of the job that it starts, in the response: names joined by dots.
    pub job: Option<&'static str>,
    /// Text field of the request by which the service recognizes a repeated call. A client sets it for each call.
    pub token: Option<&'static str>,
    /// Editions of the cloud that have it.
    pub editions: Editions,
}

impl OperationMeta {
    /// Returns the facts of an operation with default values: `POST` to `/` on the product's host, no region in its
    /// requests, not safe to repeat, and no documented limits. The `with_` functions change them.
    pub const fn new(product: &'static str, name: &'static str) -> Self {
        Self {
            product,
            version: "",
            service: "",
            name,
            method: "POST",
            path: "/",
            host: product,
            idempotent: false,
            region: false,
            rate_limit: 0,
            authorization: Authorization::Signature,
            paging: None,
            job: None,
            token: None,
            editions: Editions::Unstated,
        }
    }

    /// Sets the version of the API.
    pub const fn with_version(mut self, version: &'static str) -> Self {
        self.version = version;
        self
    }

    /// Sets the service crate.
    pub const fn with_service(mut self, service: &'static str) -> Self {
        self.service = service;
        self
    }

    /// Sets the HTTP method and the path.
    pub const fn with_route(mut self, method: &'static str, path: &'static str) -> Self {
        self.method = method;
        self.path = path;
        self
    }

    /// Sets the host key.
    pub const fn with_host(mut self, host: &'static str) -> Self {
        self.host = host;
        self
    }

    /// Sets whether the operation is safe to repeat.
    pub const fn with_idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = idempotent;
        self
    }

    /// Sets whether the region is part of the request.
    pub const fn with_region(mut self, region: bool) -> Self {
        self.region = region;
        self
    }

    /// Sets the documented limit, in calls per second.
    pub const fn with_rate_limit(mut self, rate_limit: u32) -> Self {
        self.rate_limit = rate_limit;
        self
    }

    /// Sets the kind of access check.
    pub const fn with_authorization(mut self, authorization: Authorization) -> Self {
        self.authorization = authorization;
        self
    }

    /// Sets the paths of the paging fields.
    pub const fn with_paging(mut self, paging: Paging) -> Self {
        self.paging = Some(paging);
        self
    }

    /// Sets the path of the job's identifier in the output.
    pub const fn with_job(mut self, job: &'static str) -> Self {
        self.job = Some(job);
        self
    }

    /// Sets the field by which the service recognizes a repeated call.
    pub const fn with_token(mut self, token: &'static str) -> Self {
        self.token = Some(token);
        self
    }

    /// Sets the editions of the cloud that have it.
    pub const fn with_editions(mut self, editions: Editions) -> Self {
        self.editions = editions;
        self
    }
}

/// Editions of a cloud that have an operation. The client sends every call: a private cloud may be newer than its
/// document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Editions {
    /// The product has one edition.
    Unstated,
    /// Private clouds only.
    Private,
    /// Public clouds only.
    Public,
    /// Private and public clouds.
    Both,
}

impl Editions {
    /// Returns the names of the editions: `private`, `public`. Empty if they are not stated.
    pub const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Unstated => &[],
            Self::Private => &["private"],
            Self::Public => &["public"],
            Self::Both => &["private", "public"],
        }
    }
}

/// Access check of an operation, in addition to the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Authorization {
    /// Every caller with a valid signature is allowed.
    Signature,
    /// The policies of the account decide.
    Policy,
    /// No credentials are needed: the input contains its own, such as a password.
    Anonymous,
}

/// Style of paging.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PageStyle {
    /// Offset: the number of items to skip.
    Offset,
    /// Page number, from 1.
    Number,
    /// Opaque token from the page before.
    Token,
}

/// Paging of an operation, as names and paths of its fields on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Paging {
    /// Style of paging.
    pub style: PageStyle,
    /// Input field with the offset, page number or token.
    pub begin: &'static str,
    /// Input field with the page size; empty if the operation has no such field.
    pub size: &'static str,
    /// Page size if the caller does not set one; 0 if it is not documented.
    pub default: u32,
    /// Maximum page size; 0 if it is not documented.
    pub max: u32,
    /// Path of the total in the response; empty if the response has none.
    pub total: &'static [&'static str],
    /// Path of the next page's token in the response; empty for styles other than [`PageStyle::Token`].
    pub next: &'static [&'static str],
    /// Path of the items in the response.
    pub items: &'static [&'static str],
}

impl Paging {
    /// Returns a `Paging` with the names of two input fields: `begin` has the offset, page number or token, and `size`
    /// the page size. The other values are 0 or empty until set.
    pub const fn new(style: PageStyle, begin: &'static str, size: &'static str) -> Self {
        Self { style, begin, size, default: 0, max: 0, total: &[], next: &[], items: &[] }
    }

    /// Sets the documented default and maximum page size; 0 if it is not documented.
    pub const fn with_sizes(mut self, default: u32, max: u32) -> Self {
        self.default = default;
        self.max = max;
        self
    }

    /// Sets the path to the total in the output.
    pub const fn with_total(mut self, total: &'static [&'static str]) -> Self {
        self.total = total;
        self
    }

    /// Sets the path to the token of the next page in the output.
    pub const fn with_next(mut self, next: &'static [&'static str]) -> Self {
        self.next = next;
        self
    }

    /// Sets the path to the items in the output.
    pub const fn with_items(mut self, items: &'static [&'static str]) -> Self {
        self.items = items;
        self
    }
}

/// Returns an empty structure. A function costs less to compile, per structure, than a closure.
fn boxed<T: Model + Default + 'static>() -> Box<dyn Model> {
    Box::new(T::default())
}

/// Entry of the static table for calls by the name of an operation.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Documented facts of the operation.
    pub meta: &'static OperationMeta,
    input: fn() -> Box<dyn Model>,
    output: fn() -> Box<dyn Model>,
}

impl Entry {
    /// Returns the entry of an operation.
    pub const fn of<Op: Operation>() -> Self {
        Self { meta: Op::META, input: boxed::<Op>, output: boxed::<Op::Output> }
    }

    /// Returns an empty input.
    pub fn input(&self) -> Box<dyn Model> {
        (self.input)()
    }

    /// Returns an empty output.
    pub fn output(&self) -> Box<dyn Model> {
        (self.output)()
    }
}
