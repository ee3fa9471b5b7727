//! What an operation is: its input, its answer, and the facts its document states.

use crate::error::Error;
use crate::model::Model;
use crate::paginate;
use std::fmt::Debug;

/// An operation of an API. The implementing type is the operation's input.
pub trait Operation: Model + Clone + Debug + Default + 'static {
    /// What a successful answer holds.
    type Output: Model + Debug + Default + 'static;
    /// The documented facts.
    const META: &'static OperationMeta;
}

/// An operation that returns its items in pages. Where its fields are, [`OperationMeta::paging`] says.
pub trait Paginated: Operation {
    /// An item: [`Paging::items`] is a `Vec` of these.
    type Item: Send + 'static;

    /// The offset or page number and the page size that the input sets, if any.
    fn window(&self) -> (Option<u64>, Option<u64>) {
        Self::META.paging.map_or((None, None), |paging| paginate::window(self, &paging))
    }

    /// Asks for the page that begins at an offset or has a number, with at most `size` items.
    fn set_window(&mut self, begin: u64, size: u64) {
        if let Some(paging) = &Self::META.paging {
            paginate::set_window(self, paging, begin, size);
        }
    }

    /// The number of items on all pages, if the page states it.
    fn total(page: &Self::Output) -> Option<u64> {
        paginate::total(page, &Self::META.paging?)
    }

    /// Takes the items out of a page.
    ///
    /// # Errors
    /// [`Decode`](crate::ErrorKind::Decode) when [`Paging::items`] does not name a list of [`Self::Item`].
    fn items(mut page: Self::Output) -> Result<Vec<Self::Item>, Error> {
        paginate::take_items(&mut page, Self::META)
    }

    /// The number of items on the page.
    fn count(page: &Self::Output) -> usize {
        Self::META.paging.map_or(0, |paging| paginate::count(page, &paging))
    }
}

/// The facts that an API's document states about an operation.
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
    /// The service crate it lives in (`cluster`).
    pub service: &'static str,
    /// Name in the API (`DescribeClusters`).
    pub name: &'static str,
    /// HTTP method, for APIs that fix it.
    pub method: &'static str,
    /// Path, with `{name}` for the members that travel in it.
    pub path: &'static str,
    /// Host key: the product's name, or a key such as `iam` that the product maps to another host.
    pub host: &'static str,
    /// A request that may have arrived may be sent again: it undoes nothing and starts nothing twice, however
    /// late it is repeated.
    pub idempotent: bool,
    /// The region is part of the request.
    pub region: bool,
    /// Calls per second that the document allows.
    pub rate_limit: u32,
    /// Whether access is checked beyond the signature.
    pub authorization: Authorization,
    /// How it answers in pages, if it does.
    pub paging: Option<Paging>,
    /// The way to the identifier of the job that it starts, in the answer: names joined by dots.
    pub job: Option<&'static str>,
}

impl OperationMeta {
    /// The facts of an operation that is sent with `POST` to `/` on the product's host, does not have the region in
    /// its requests, may not be repeated and has no documented limits, until the `with_` functions say otherwise.
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

    /// Sets whether it may be repeated.
    pub const fn with_idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = idempotent;
        self
    }

    /// Sets whether the region is part of the request.
    pub const fn with_region(mut self, region: bool) -> Self {
        self.region = region;
        self
    }

    /// Sets the calls per second that the document allows.
    pub const fn with_rate_limit(mut self, rate_limit: u32) -> Self {
        self.rate_limit = rate_limit;
        self
    }

    /// Sets how access is checked.
    pub const fn with_authorization(mut self, authorization: Authorization) -> Self {
        self.authorization = authorization;
        self
    }

    /// Sets where the fields of its pages are.
    pub const fn with_paging(mut self, paging: Paging) -> Self {
        self.paging = Some(paging);
        self
    }

    /// Sets the path to the identifier of the job that it starts.
    pub const fn with_job(mut self, job: &'static str) -> Self {
        self.job = Some(job);
        self
    }
}

/// Whether access to an operation is checked beyond the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Authorization {
    /// Whoever signs correctly may call it.
    Signature,
    /// Policies of the account decide.
    Policy,
    /// Nobody is asked who calls: the input says it.
    Anonymous,
}

/// How an input says which page it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PageStyle {
    /// By the number of items to skip.
    Offset,
    /// By the number of the page, from 1.
    Number,
    /// By the opaque token that the page before returned.
    Token,
}

/// How an operation answers in pages: the wire names that matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Paging {
    /// How the input says which page it asks for.
    pub style: PageStyle,
    /// The member of the input that says where to begin.
    pub begin: &'static str,
    /// The member of the input that says how many; empty where there is none.
    pub size: &'static str,
    /// Items in a page when the caller does not say; 0 when the document does not either.
    pub default: u32,
    /// Most items in a page; 0 when the document does not say.
    pub max: u32,
    /// The path of the total in the response; empty where there is none.
    pub total: &'static [&'static str],
    /// The path of the next page's token in the response; empty for other styles than [`PageStyle::Token`].
    pub next: &'static [&'static str],
    /// The way to the items in the answer.
    pub items: &'static [&'static str],
}

impl Paging {
    /// Pages that an input asks for by the fields `begin` and `size`.
    pub const fn new(style: PageStyle, begin: &'static str, size: &'static str) -> Self {
        Self { style, begin, size, default: 0, max: 0, total: &[], next: &[], items: &[] }
    }

    /// Sets the documented sizes of a page: by default, and at most; 0 when the document has none.
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

/// An entry of the static table by which any operation is called by name.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The documented facts.
    pub meta: &'static OperationMeta,
    input: fn() -> Box<dyn Model>,
    output: fn() -> Box<dyn Model>,
}

impl Entry {
    /// The entry of an operation.
    pub const fn of<Op: Operation>() -> Self {
        Self { meta: Op::META, input: || Box::new(Op::default()), output: || Box::new(Op::Output::default()) }
    }

    /// An empty input.
    pub fn input(&self) -> Box<dyn Model> {
        (self.input)()
    }

    /// An empty answer.
    pub fn output(&self) -> Box<dyn Model> {
        (self.output)()
    }
}
