//! Position of a walk over pages, and the rules for its end.

use super::member;
use super::token::Tokens;
use crate::error::Error;
use crate::model::{Model, Ref};
use crate::operation::{OperationMeta, PageStyle};
use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher;

/// Page size if neither the caller nor the document sets one.
const DEFAULT_PAGE: u64 = 20;

/// Position of a walk over pages. The rules are those of [`Pages`](super::Pages); this is for callers that fetch the
/// pages by other means.
#[derive(Debug, Clone)]
pub struct Cursor {
    meta: &'static OperationMeta,
    /// Start of the next page, in the unit of the operation: items to skip, or the number of a page.
    begin: u64,
    size: u64,
    /// Items before the next page.
    offset: u64,
    /// Fingerprint of the items of the page before.
    before: Option<u64>,
    first: bool,
    tokens: Tokens,
}

/// Meaning of a page for the walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Turn {
    /// The page is for the caller, and another one may follow.
    More,
    /// The page is for the caller, and the last one.
    Last,
    /// The page is empty, and comes after the last one.
    Stop,
}

impl Cursor {
    /// Starts at the caller's offset or page number, according to the operation's paging, and requests the caller's
    /// page size or the documented maximum.
    pub fn new(meta: &'static OperationMeta, (begin, size): (Option<u64>, Option<u64>)) -> Self {
        let documented = meta.paging.as_ref().map(|paging| if paging.max > 0 { paging.max } else { paging.default });
        let size = size.or(documented.map(u64::from)).filter(|size| *size > 0).unwrap_or(DEFAULT_PAGE);
        let begin = begin.unwrap_or(0);
        let (begin, offset) = match style(meta) {
            PageStyle::Token => (0, 0),
            PageStyle::Offset => (begin, begin),
            PageStyle::Number => (begin.max(1), begin.saturating_sub(1).saturating_mul(size)),
        };
        Self { meta, begin, size, offset, before: None, first: true, tokens: Tokens::default() }
    }

    /// Starts at the page of the token, for pages with tokens.
    pub fn at_token(mut self, token: Option<String>) -> Self {
        self.tokens = Tokens::new(token);
        self
    }

    /// Returns the token of the next page. Returns `None` for the first page, and for pages without tokens.
    pub fn token(&self) -> Option<&str> {
        self.tokens.next()
    }

    /// Records a received page, for paging by token, and returns whether another page may follow. `count` is the number
    /// of items of the page, and `next` the token of the next page.
    ///
    /// # Errors
    /// [`Decode`](crate::ErrorKind::Decode) if the token has been sent before.
    pub fn turn_token(&mut self, count: usize, next: Option<String>) -> Result<Turn, Error> {
        let first = std::mem::replace(&mut self.first, false);
        self.offset = self.offset.saturating_add(count as u64);
        let Some(next) = next.filter(|next| !next.is_empty()) else {
            return Ok(if first || count > 0 { Turn::Last } else { Turn::Stop });
        };
        if !self.tokens.follow(next) {
            let field = self.meta.paging.as_ref().and_then(|paging| paging.next.last().copied());
            let reason = "repeats a token that has been used already: the pages would never end";
            return Err(Error::decode(field.unwrap_or("token"), reason).with_operation(self.meta));
        }
        Ok(Turn::More)
    }

    /// Starts from a first page that is requested exactly as the caller's input states. Its size is the caller's, or
    /// else the documented default.
    pub fn as_given(meta: &'static OperationMeta, (begin, size): (Option<u64>, Option<u64>)) -> Self {
        let documented = meta.paging.as_ref().map(|paging| u64::from(paging.default)).filter(|size| *size > 0);
        Self::new(meta, (begin, size.or(documented)))
    }

    /// Returns the start of the next page, in the unit of the operation: items to skip, or the number of a page.
    pub fn begin(&self) -> u64 {
        self.begin
    }

    /// Returns the page size that is requested.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Sets the page size of the following requests: the first page has shown the size if the request does not set one.
    pub fn set_size(&mut self, size: u64) {
        self.size = size.max(1);
    }

    /// Returns the number of items before the next page.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Returns the number of the next page, from 1, for operations that number pages.
    pub fn page(&self) -> Option<u64> {
        (style(self.meta) == PageStyle::Number).then_some(self.begin)
    }

    /// Records a received page and returns whether another page may follow. `count` is the number of items of the page,
    /// `total` the total that the service reports, and `print` the [`fingerprint`] of the page.
    ///
    /// # Errors
    /// [`Decode`](crate::ErrorKind::Decode) if it is the same page as the one before.
    pub fn turn(&mut self, count: usize, total: Option<u64>, print: Option<u64>) -> Result<Turn, Error> {
        let count = count as u64;
        let first = std::mem::replace(&mut self.first, false);
        if count == 0 {
            return Ok(if first { Turn::Last } else { Turn::Stop });
        }
        if print.is_some() && print == self.before {
            let field = self.meta.paging.as_ref().map_or("offset", |paging| paging.begin);
            return Err(Error::decode(field, "is ignored by the service: it answered the same page twice")
                .with_operation(self.meta));
        }
        self.before = print;
        match style(self.meta) {
            // The page names the next one: see `turn_token`.
            PageStyle::Token => self.offset = self.offset.saturating_add(count),
            PageStyle::Offset => {
                self.begin = self.begin.saturating_add(count);
                self.offset = self.begin;
            }
            PageStyle::Number => {
                // The size of the first page that is seen is the size of those before it, unless it is the last one.
                if first && total != Some(self.offset.saturating_add(count)) {
                    self.offset = (self.begin - 1).saturating_mul(count);
                }
                self.begin = self.begin.saturating_add(1);
                self.offset = self.offset.saturating_add(count);
            }
        }
        let full = count >= self.size;
        let more = match total {
            Some(total) if total > 0 && self.offset <= total => self.offset < total,
            _ => full,
        };
        Ok(if more { Turn::More } else { Turn::Last })
    }
}

fn style(meta: &OperationMeta) -> PageStyle {
    meta.paging.as_ref().map_or(PageStyle::Offset, |paging| paging.style)
}

/// Returns a hash of a page's items, to detect two equal pages.
pub fn fingerprint(page: &dyn Model, meta: &OperationMeta) -> Option<u64> {
    let items = member(page, meta.paging.as_ref()?.items)?;
    let mut hasher = DefaultHasher::new();
    hash(items, &mut hasher);
    Some(hasher.finish())
}

fn hash(value: Ref<'_>, hasher: &mut DefaultHasher) {
    match value {
        Ref::Absent => hasher.write_u8(0),
        Ref::Text(text) => hash_text(text, hasher),
        Ref::Int(number) => hasher.write_i64(number),
        Ref::Uint(number) => hasher.write_u64(number),
        Ref::Float(number) => hasher.write_u64(number.to_bits()),
        Ref::Bool(value) => hasher.write_u8(u8::from(value)),
        Ref::Json(value) => hash_text(&value.to_string(), hasher),
        Ref::Object(model) => model.each(&mut |_, value| hash(value, hasher)),
        Ref::Map(map) => map.each(&mut |name, value| {
            hash_text(name, hasher);
            hash(value, hasher);
        }),
        Ref::List(list) => {
            hasher.write_usize(list.len());
            (0..list.len()).for_each(|at| hash(list.item(at), hasher));
        }
    }
}

fn hash_text(text: &str, hasher: &mut DefaultHasher) {
    hasher.write_usize(text.len());
    hasher.write(text.as_bytes());
}
