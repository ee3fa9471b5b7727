//! What an operation is: its input, its answer, and the facts its document states.

use crate::model::Model;
use std::fmt::Debug;

/// An operation of an API. The implementing type is the operation's input.
pub trait Operation: Model + Clone + Debug + Default + 'static {
    /// What a successful answer holds.
    type Output: Model + Debug + Default + 'static;
    /// The documented facts.
    const META: &'static OperationMeta;
}

/// An operation that answers in pages.
pub trait Paginated: Operation {
    /// What the pages hold.
    type Item: Send + 'static;

    /// Where the caller wants to begin, in the manner of [`Paging::style`], and how many items a page shall
    /// have, if said.
    fn window(&self) -> (Option<u64>, Option<u64>);

    /// Asks for the page that begins there: after so many items, or of that number; `size` items at most.
    fn set_window(&mut self, begin: u64, size: u64);

    /// The number of items on all pages, if the answer tells it.
    fn total(output: &Self::Output) -> Option<u64>;

    /// Takes the items out of a page.
    fn items(output: Self::Output) -> Vec<Self::Item>;

    /// How many items the page has.
    fn count(output: &Self::Output) -> usize;
}

/// The facts that an API's document states about an operation.
///
/// ```
/// use wharf_core::operation::{OperationMeta, PageStyle, Paging};
///
/// const META: OperationMeta = OperationMeta::new("toy", "ListThings")
///     .with_version("v1")
///     .with_method("GET")
///     .with_path("/things")
///     .with_idempotent(true)
///     .with_paging(Paging::new(PageStyle::Offset, "Offset", "Limit").with_max(100).with_items(&["Things"]));
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
    /// Whose host it goes to: the product's, by its name, or another that the product knows by a word of its own.
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
    /// The error codes its document lists.
    pub errors: &'static [&'static str],
}

/// Setters of an [`OperationMeta`], usable in constants.
macro_rules! facts {
    ($( $(#[$doc:meta])* $name:ident $field:ident: $type:ty; )*) => { $(
        $(#[$doc])*
        #[must_use]
        pub const fn $name(mut self, $field: $type) -> Self {
            self.$field = $field;
            self
        }
    )* };
}

impl OperationMeta {
    /// Returns the facts of an operation: a POST to `/` of the product's host, which is not repeated.
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
            errors: &[],
        }
    }

    facts! {
        /// Sets the version of the API.
        with_version version: &'static str;
        /// Sets the service crate.
        with_service service: &'static str;
        /// Sets the HTTP method.
        with_method method: &'static str;
        /// Sets the path, with `{name}` for the fields that travel in it.
        with_path path: &'static str;
        /// Sets whose host the operation is sent to.
        with_host host: &'static str;
        /// Sets whether a request that may have arrived may be sent again.
        with_idempotent idempotent: bool;
        /// Sets whether the region is part of the request.
        with_region region: bool;
        /// Sets the calls per second that the document allows; 0 when it states none.
        with_rate_limit rate_limit: u32;
        /// Sets whether access is checked beyond the signature.
        with_authorization authorization: Authorization;
        /// Sets the error codes that the document lists.
        with_errors errors: &'static [&'static str];
    }

    /// Sets how it answers in pages.
    #[must_use]
    pub const fn with_paging(mut self, paging: Paging) -> Self {
        self.paging = Some(paging);
        self
    }

    /// Sets the path to the identifier of the job that it starts: names joined by dots.
    #[must_use]
    pub const fn with_job(mut self, path: &'static str) -> Self {
        self.job = Some(path);
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
}

/// How an operation answers in pages: the wire names that matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Paging {
    /// How the input says which page it asks for.
    pub style: PageStyle,
    /// The member of the input that says where to begin.
    pub begin: &'static str,
    /// The member of the input that says how many.
    pub size: &'static str,
    /// Items in a page when the caller does not say; 0 when the document does not either.
    pub default: u32,
    /// Most items in a page; 0 when the document does not say.
    pub max: u32,
    /// The way to the total in the answer.
    pub total: &'static [&'static str],
    /// The way to the items in the answer.
    pub items: &'static [&'static str],
}

impl Paging {
    /// Returns how pages are asked for: by the fields of the input for where to begin and for how many.
    pub const fn new(style: PageStyle, begin: &'static str, size: &'static str) -> Self {
        Self { style, begin, size, default: 0, max: 0, total: &[], items: &[] }
    }

    facts! {
        /// Sets the number of items in a page when the caller sets none.
        with_default default: u32;
        /// Sets the largest number of items in a page.
        with_max max: u32;
        /// Sets the path to the total in the output.
        with_total total: &'static [&'static str];
        /// Sets the path to the items in the output.
        with_items items: &'static [&'static str];
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
