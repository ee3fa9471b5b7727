//! Paged operations.

use crate::boundary::{
    Failure, Json, Outcome, free, guard, needed, owned_text, place, put, shared, text, with_threads,
};
use crate::call::{Answer, Completion, give, wharf_callback};
use crate::cancel::{Cancel, wharf_cancel};
use crate::connection::wharf_connection;
use crate::engine::Engine;
use crate::error::wharf_error;
use crate::response::{ResponseCompletion, give_response, wharf_response, wharf_response_callback};
use crate::result::wharf_result;
use crate::task::{self, Tell, UserData, wharf_finalizer};
use serde_json::Value;
use std::collections::VecDeque;
use std::ffi::{CString, c_char, c_void};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{Mutex, OwnedMutexGuard};
use wharf::Response;
use wharf::any::{self, Pages};

/// Iterator over the pages of an operation. For one thread at a time: a second thread gets `WHARF_BUSY`. The caller
/// owns it and frees it with `wharf_pages_free`; it may outlive its connection.
#[derive(Debug)]
pub struct wharf_pages {
    walk: Arc<Mutex<Walk>>,
    place: Arc<Place>,
    // Last, so that it is dropped last.
    engine: Arc<Engine>,
}

/// The pages, and the items of the current one that are not returned yet.
#[derive(Debug)]
struct Walk {
    pages: Pages<Value>,
    items: VecDeque<CString>,
}

/// Position of the next page, readable while a page is fetched.
#[derive(Debug)]
struct Place {
    begin: AtomicU64,
    offset: AtomicU64,
}

/// The iterator, held while a page is fetched.
struct Turn {
    walk: OwnedMutexGuard<Walk>,
    place: Arc<Place>,
}

impl wharf_pages {
    fn turn(&self) -> Outcome<Turn> {
        let walk = self.walk.clone().try_lock_owned().map_err(|_| {
            Failure::new(wharf_result::WHARF_BUSY, "pages", "are in use: one page at a time can be fetched")
        })?;
        Ok(Turn { walk, place: self.place.clone() })
    }
}

impl Turn {
    async fn next<A: Answer>(mut self) -> Outcome<Option<A>> {
        self.fetch().await?.map(A::of).transpose()
    }

    /// Fetches the next page. The items of the current one are dropped when it arrives.
    async fn fetch(&mut self) -> Outcome<Option<Response<Value>>> {
        let page = self.walk.pages.try_next_with_response().await?;
        self.walk.items.clear();
        self.place.begin.store(self.walk.pages.begin(), Ordering::Release);
        self.place.offset.store(self.walk.pages.offset(), Ordering::Release);
        Ok(page)
    }

    async fn next_item(mut self) -> Outcome<Option<CString>> {
        loop {
            if let Some(item) = self.walk.items.pop_front() {
                return Ok(Some(item));
            }
            let Some(page) = self.fetch().await? else { return Ok(None) };
            let items = self.walk.pages.items(page.output);
            self.walk.items = items.into_iter().map(|item| owned_text(item.to_string())).collect::<Outcome<_>>()?;
        }
    }
}

/// Creates an iterator over the pages of a paged operation. Nothing is sent.
///
/// It starts at the position of the input, and requests the page size of the input, or else the largest documented page
/// size. An operation that is not paged is `WHARF_INVALID_INPUT`.
///
/// @param pages receives the iterator.
/// @param error NULL, or receives the error.
///
/// The other parameters are those of `wharf_call`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_pages_new(
    connection: *const wharf_connection,
    operation: *const c_char,
    input: *const c_char,
    options: *const c_char,
    pages: *mut *mut wharf_pages,
    error: *mut *mut wharf_error,
) -> wharf_result {
    with_threads(error, || {
        let connection = needed("connection", connection)?;
        let operation = text("operation", operation)?.to_owned();
        let input = Json::new("input", input)?;
        let options = Json::new("options", options)?;
        place("pages", pages)?;
        let any = connection.any();
        let walk = connection.engine().run(move || {
            let options = any::call_options(&options.read()?)?;
            Ok(any.pages_with::<Value>(&operation, input.read()?, options)?)
        })?;
        let place = Place { begin: AtomicU64::new(walk.begin()), offset: AtomicU64::new(walk.offset()) };
        let engine = connection.engine().clone();
        let walk = Walk { pages: walk, items: VecDeque::new() };
        put(pages, Box::new(wharf_pages { walk: Arc::new(Mutex::new(walk)), place: Arc::new(place), engine }));
        Ok(wharf_result::WHARF_OK)
    })
}

/// Fetches the next page and waits for it. Returns `WHARF_END` after the last page, also when called again. After an
/// error there is no further page. A page whose call was cancelled can be requested again.
///
/// @param pages the iterator.
/// @param cancel NULL, or the handle that can cancel the call.
/// @param page receives the page, the whole output as JSON; free it with `wharf_text_free`.
/// @param error NULL, or receives the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_pages_next(
    pages: *const wharf_pages,
    cancel: *const wharf_cancel,
    page: *mut *mut c_char,
    error: *mut *mut wharf_error,
) -> wharf_result {
    with_threads(error, || {
        let pages = needed("pages", pages)?;
        place("page", page)?;
        let turn = pages.turn()?;
        let done = task::wait_for(&pages.engine, Cancel::of(cancel), |_: Tell<()>| turn.next(), |()| ())?;
        give(page, done)
    })
}

/// Fetches the next page as `wharf_pages_next` does, and returns its response.
///
/// @param response receives the response, whose output is the page; free it with `wharf_response_free`.
///
/// The other parameters are those of `wharf_pages_next`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_pages_next_with_response(
    pages: *const wharf_pages,
    cancel: *const wharf_cancel,
    response: *mut *mut wharf_response,
    error: *mut *mut wharf_error,
) -> wharf_result {
    with_threads(error, || {
        let pages = needed("pages", pages)?;
        place("response", response)?;
        let turn = pages.turn()?;
        let done = task::wait_for(&pages.engine, Cancel::of(cancel), |_: Tell<()>| turn.next(), |()| ())?;
        give_response(response, done)
    })
}

/// Starts to fetch the next page as `wharf_pages_next_async` does; the callback receives the response.
///
/// The parameters are those of `wharf_pages_next_async`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_pages_next_with_response_async(
    pages: *const wharf_pages,
    cancel: *const wharf_cancel,
    callback: wharf_response_callback,
    user_data: *mut c_void,
    finalizer: wharf_finalizer,
    error: *mut *mut wharf_error,
) -> wharf_result {
    let user_data = UserData::new(user_data, finalizer);
    with_threads(error, || {
        let pages = needed("pages", pages)?;
        let completion = ResponseCompletion::new(callback, user_data)?;
        let turn = pages.turn()?;
        task::begin(&pages.engine, Cancel::of(cancel), |_| turn.next(), completion)?;
        Ok(wharf_result::WHARF_OK)
    })
}

/// Starts to fetch the next page. The callback receives `WHARF_OK` and the page, `WHARF_END`, or a failure.
///
/// The parameters are those of `wharf_pages_next` and `wharf_call_async`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_pages_next_async(
    pages: *const wharf_pages,
    cancel: *const wharf_cancel,
    callback: wharf_callback,
    user_data: *mut c_void,
    finalizer: wharf_finalizer,
    error: *mut *mut wharf_error,
) -> wharf_result {
    let user_data = UserData::new(user_data, finalizer);
    with_threads(error, || {
        let pages = needed("pages", pages)?;
        let completion = Completion::new(callback, user_data)?;
        let turn = pages.turn()?;
        task::begin(&pages.engine, Cancel::of(cancel), |_| turn.next(), completion)?;
        Ok(wharf_result::WHARF_OK)
    })
}

/// Returns the next item of the pages and fetches a page when the previous one has no further item. Returns `WHARF_END` after
/// the last item, also when called again. `wharf_pages_next` continues with the next page and skips the remaining items of
/// the current one. Errors and cancelling are those of `wharf_pages_next`.
///
/// @param pages the iterator.
/// @param cancel NULL, or the handle that can cancel the call.
/// @param item receives the item as JSON; free it with `wharf_text_free`.
/// @param error NULL, or receives the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_pages_next_item(
    pages: *const wharf_pages,
    cancel: *const wharf_cancel,
    item: *mut *mut c_char,
    error: *mut *mut wharf_error,
) -> wharf_result {
    with_threads(error, || {
        let pages = needed("pages", pages)?;
        place("item", item)?;
        let cancel = Cancel::of(cancel);
        let mut turn = pages.turn()?;
        if cancel.is_none()
            && let Some(next) = turn.walk.items.pop_front()
        {
            return give(item, Some(next));
        }
        let done = task::wait_for(&pages.engine, cancel, |_: Tell<()>| turn.next_item(), |()| ())?;
        give(item, done)
    })
}

/// Returns the position of the next page, in the unit of the operation: items to skip, or a page number. A new iterator
/// whose input has this position continues there, also after an error. 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_pages_begin(pages: *const wharf_pages) -> u64 {
    guard(0, || shared(pages).map_or(0, |pages| pages.place.begin.load(Ordering::Acquire)))
}

/// Returns the number of items before the next page, or 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_pages_offset(pages: *const wharf_pages) -> u64 {
    guard(0, || shared(pages).map_or(0, |pages| pages.place.offset.load(Ordering::Acquire)))
}

/// Frees an iterator and sets the pointer to NULL. Does nothing for NULL, so freeing twice is harmless.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_pages_free(pages: *mut *mut wharf_pages) {
    free(pages);
}
