//! Answers in pages, as streams.

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

/// The pages of an answer, one call each, fetched when asked for.
///
/// Begins where the request says, at an offset or at a page, and asks for as many items as it says, or the
/// most that the document allows. It ends
/// - after an empty page, whatever the total says (only a first page is given to the caller when empty);
/// - when as many items have come as the total says;
/// - after a page that is not full, unless the total says that there is more: some services send less
///   than was asked for;
/// - after an error. [`offset`](Self::offset) or [`page`](Self::page) tells where a new request can take up
///   again.
///
/// Where pages have tokens it follows the token that each page holds, until a page holds none. A token that comes a
/// second time is an error.
///
/// A total is a hint. One that is too high costs a call that finds nothing. One that is missing, or that
/// more items than it says have proved wrong, is not used. A service that answers the same page twice
/// ignores where it is to begin: that is an error, not an endless loop.
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

    /// The number of items before the next page. Where an operation takes an offset, a request with this one
    /// goes on from here.
    pub fn offset(&self) -> u64 {
        self.cursor.offset()
    }

    /// The number of the next page, from 1, where an operation counts pages: a request for this one, with
    /// pages of the same size, goes on from here. None where it takes an offset.
    pub fn page(&self) -> Option<u64> {
        self.cursor.page()
    }

    /// The token of the next page, where pages have tokens: a request with it continues from here. `None` before the
    /// first page, and for other styles.
    pub fn token(&self) -> Option<&str> {
        self.cursor.token()
    }

    /// Fetches the next page.
    pub async fn next(&mut self) -> Option<Result<Op::Output, Error>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// Fetches the next page, `None` at the end.
    ///
    /// # Errors
    /// As sending the request once.
    pub async fn try_next(&mut self) -> Result<Option<Op::Output>, Error> {
        self.next().await.transpose()
    }

    /// Fetches the next page with its request id, status, headers and attempts, `None` at the end.
    ///
    /// # Errors
    /// As sending the request once.
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

    /// Takes note of a page, and says whether to give it to the caller.
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

/// How an operation pages, if by tokens.
fn by_token<Op: Paginated>() -> Option<&'static Paging> {
    Op::META.paging.as_ref().filter(|paging| paging.style == PageStyle::Token)
}

// Nothing in it is pinned: the future has a box of its own.
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

/// The items of all pages. See [`Pages`] for where it begins and when it ends.
pub struct Items<Op: Paginated> {
    pages: Pages<Op>,
    page: std::vec::IntoIter<Op::Item>,
}

impl<Op: Paginated> Items<Op> {
    pub(crate) fn new(call: Call<Op>) -> Self {
        Self { pages: Pages::new(call), page: Vec::new().into_iter() }
    }

    /// The number of items before the next one. Where an operation takes an offset, a request with this one
    /// goes on from here.
    pub fn offset(&self) -> u64 {
        self.pages.offset().saturating_sub(self.page.len() as u64)
    }

    /// The number of the page that the next item is on, from 1, where an operation counts pages: a request for
    /// this one, with pages of the same size, goes on from its first item. None where it takes an offset.
    pub fn page(&self) -> Option<u64> {
        let next = self.pages.page()?;
        Some(if self.page.len() > 0 { next.saturating_sub(1) } else { next })
    }

    /// The next item; fetches a page when the one before is used up.
    pub async fn next(&mut self) -> Option<Result<Op::Item, Error>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// The next item, `None` at the end.
    ///
    /// # Errors
    /// As sending the request once.
    pub async fn try_next(&mut self) -> Result<Option<Op::Item>, Error> {
        self.next().await.transpose()
    }

    /// All items that are left.
    ///
    /// # Errors
    /// As sending the request once; what came before the error is lost.
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
