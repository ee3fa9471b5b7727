//! Paginated responses, as streams.

mod cursor;
mod fields;
#[cfg(test)]
mod tests;
mod token;
#[cfg(test)]
mod token_tests;

pub use cursor::{Cursor, Turn, fingerprint};
pub(crate) use fields::take_items;
pub use fields::{count, member, set_window, total, window};
pub use token::{given_token, next_token, set_token};

use crate::error::Error;
use crate::operation::{PageStyle, Paginated, Paging};
use crate::request::Call;
use crate::response::Response;
use futures_util::Stream;
use futures_util::future::BoxFuture;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// Stream of pages. Each page is one call, made when the page is requested.
///
/// Starts at the offset or page of the request, and requests the page size of the request or the documented maximum. It
/// ends
/// - after an empty page, whatever the total is (an empty page is only returned to the caller if it is the first);
/// - when the number of items has reached the total;
/// - after a page that is not full, unless the total is larger: some services return fewer items than requested;
/// - after an error. [`offset`](Self::offset) or [`page`](Self::page) returns where a new request can continue.
///
/// For pages with tokens it follows the token of each page, until a page has none. A token that appears a second time
/// is an error.
///
/// A total is only a hint. If it is too high, one more call is made, which finds nothing. If it is missing, or lower
/// than the number of items returned, it is ignored. A service that returns the same page twice ignores the offset:
/// that is an error, not an endless loop.
pub struct Pages<Op: Paginated> {
    call: Call<Op>,
    cursor: Cursor,
    state: State<Op::Output>,
}

enum State<T> {
    Idle,
    Fetching(BoxFuture<'static, Result<Response<T>, Error>>),
    Ended,
}

impl<Op: Paginated> Pages<Op> {
    pub(crate) fn new(call: Call<Op>) -> Self {
        let cursor = Cursor::new(Op::META, call.input.window());
        let token = Op::META.paging.as_ref().and_then(|paging| given_token(&call.input, paging));
        let cursor = cursor.at_token(token);
        Self { call, cursor, state: State::Idle }
    }

    /// Returns the number of items before the next page. For operations with an offset, a request with this offset
    /// continues from here.
    pub fn offset(&self) -> u64 {
        self.cursor.offset()
    }

    /// Returns the number of the next page, from 1, for operations that number pages: a request for this page, with the
    /// same page size, continues from here. Returns `None` for operations with an offset.
    pub fn page(&self) -> Option<u64> {
        self.cursor.page()
    }

    /// Returns the token of the next page, for pages with tokens: a request with it continues from here. Returns `None`
    /// before the first page, and for other styles.
    pub fn token(&self) -> Option<&str> {
        self.cursor.token()
    }

    /// Fetches the next page. Returns `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Op::Output, Error>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// Fetches the next page. Returns `None` at the end.
    ///
    /// # Errors
    /// The errors of sending the request once.
    pub async fn try_next(&mut self) -> Result<Option<Op::Output>, Error> {
        self.next().await.transpose()
    }

    /// Fetches the next page with its request id, status, headers and attempts. Returns `None` at the end.
    ///
    /// # Errors
    /// The errors of sending the request once.
    pub async fn try_next_with_response(&mut self) -> Result<Option<Response<Op::Output>>, Error> {
        poll_fn(|cx| self.poll_response(cx)).await.transpose()
    }

    fn fetch(&self) -> BoxFuture<'static, Result<Response<Op::Output>, Error>> {
        let mut call = self.call.clone();
        call.input.set_window(self.cursor.begin(), self.cursor.size());
        if let Some(paging) = &Op::META.paging {
            set_token(&mut call.input, paging, self.cursor.token());
        }
        Box::pin(call.send_with_response())
    }

    fn poll_response(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Response<Op::Output>, Error>>> {
        loop {
            match &mut self.state {
                State::Ended => return Poll::Ready(None),
                State::Idle => self.state = State::Fetching(self.fetch()),
                State::Fetching(future) => {
                    let result = ready!(future.as_mut().poll(cx));
                    self.state = State::Ended;
                    return Poll::Ready(match result {
                        Err(error) => Some(Err(error)),
                        Ok(page) => match self.turn(&page.output) {
                            Ok(true) => Some(Ok(page)),
                            Ok(false) => None,
                            Err(error) => Some(Err(error)),
                        },
                    });
                }
            }
        }
    }

    /// Records a page, and returns whether it is returned to the caller.
    fn turn(&mut self, page: &Op::Output) -> Result<bool, Error> {
        let turn = match by_token::<Op>() {
            Some(paging) => self.cursor.turn_token(Op::count(page), next_token(page, paging))?,
            None => self.cursor.turn(Op::count(page), Op::total(page), fingerprint(page, Op::META))?,
        };
        if turn == Turn::More {
            self.state = State::Idle;
        }
        Ok(turn != Turn::Stop)
    }
}

/// Returns the paging of an operation, if its pages have tokens.
fn by_token<Op: Paginated>() -> Option<&'static Paging> {
    Op::META.paging.as_ref().filter(|paging| paging.style == PageStyle::Token)
}

// Nothing in it is pinned: the future is boxed.
impl<Op: Paginated> Unpin for Pages<Op> {}

impl<Op: Paginated> Stream for Pages<Op> {
    type Item = Result<Op::Output, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let page = ready!(self.get_mut().poll_response(cx));
        Poll::Ready(page.map(|page| page.map(|page| page.output)))
    }
}

impl<Op: Paginated> fmt::Debug for Pages<Op> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("operation", &Op::META.name).field("cursor", &self.cursor).finish_non_exhaustive()
    }
}

/// Stream of the items of all pages. See [`Pages`] for its first page and its end.
pub struct Items<Op: Paginated> {
    pages: Pages<Op>,
    page: std::vec::IntoIter<Op::Item>,
}

impl<Op: Paginated> Items<Op> {
    pub(crate) fn new(call: Call<Op>) -> Self {
        Self { pages: Pages::new(call), page: Vec::new().into_iter() }
    }

    /// Returns the number of items before the next one. For operations with an offset, a request with this offset
    /// continues from here.
    pub fn offset(&self) -> u64 {
        self.pages.offset().saturating_sub(self.page.len() as u64)
    }

    /// Returns the number of the page that contains the next item, from 1, for operations that number pages: a request
    /// for this page, with the same page size, continues from its first item. Returns `None` for operations with an
    /// offset.
    pub fn page(&self) -> Option<u64> {
        let next = self.pages.page()?;
        Some(if self.page.len() > 0 { next.saturating_sub(1) } else { next })
    }

    /// Returns the next item. Fetches a page if the page before is used up.
    pub async fn next(&mut self) -> Option<Result<Op::Item, Error>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// Returns the next item, or `None` at the end.
    ///
    /// # Errors
    /// The errors of sending the request once.
    pub async fn try_next(&mut self) -> Result<Option<Op::Item>, Error> {
        self.next().await.transpose()
    }

    /// Returns all items that are left.
    ///
    /// # Errors
    /// The errors of sending the request once. Items fetched before the error are lost.
    pub async fn collect_all(mut self) -> Result<Vec<Op::Item>, Error> {
        let mut all = Vec::new();
        while let Some(item) = self.try_next().await? {
            all.push(item);
        }
        Ok(all)
    }
}

impl<Op: Paginated> Unpin for Items<Op> {}

impl<Op: Paginated> Stream for Items<Op> {
    type Item = Result<Op::Item, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(item) = this.page.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(Pin::new(&mut this.pages).poll_next(cx)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(page)) => match Op::items(page) {
                    Ok(items) => this.page = items.into_iter(),
                    Err(error) => return Poll::Ready(Some(Err(error))),
                },
            }
        }
    }
}

impl<Op: Paginated> fmt::Debug for Items<Op> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("pages", &self.pages).finish_non_exhaustive()
    }
}
