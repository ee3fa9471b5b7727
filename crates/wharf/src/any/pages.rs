//! Pages of the output of operations that are known by name.

#[cfg(all(test, feature = "tke"))]
mod tests;

use super::{Entry, Model, OperationMeta};
use crate::paginate::{self, Cursor, Turn, fingerprint, given_token, next_token, set_token};
use crate::{Error, Response};
use serde_json::Value;
use std::fmt;
use std::future::Future;
use std::hash::{DefaultHasher, Hash, Hasher};
use wharf_core::Connection;
use wharf_core::connection::CallOptions;
use wharf_core::model::Kept;
use wharf_core::operation::{PageStyle, Paging};

mod sealed {
    pub trait Sealed {}
    impl Sealed for serde_json::Value {}
    impl Sealed for Box<dyn wharf_core::model::Model> {}
}

/// A form of output: JSON (`Value`), or the operation's own structure (`Box<dyn Model>`).
pub trait Page: sealed::Sealed + Sized + Send {
    #[doc(hidden)]
    fn fetch(
        connection: &Connection,
        entry: &'static Entry,
        input: &dyn Model,
        options: &CallOptions,
    ) -> impl Future<Output = Result<Response<Self>, Error>> + Send;

    #[doc(hidden)]
    fn count(&self, paging: &Paging) -> usize;

    #[doc(hidden)]
    fn total(&self, paging: &Paging) -> Option<u64>;

    #[doc(hidden)]
    fn next(&self, paging: &Paging) -> Option<String>;

    #[doc(hidden)]
    fn print(&self, meta: &OperationMeta, paging: &Paging) -> Option<u64>;
}

impl Page for Value {
    async fn fetch(
        connection: &Connection,
        entry: &'static Entry,
        input: &dyn Model,
        options: &CallOptions,
    ) -> Result<Response<Self>, Error> {
        let mut output = Kept::new(entry.output());
        let response = connection.execute(entry.meta, input, options, &mut output).await?;
        Ok(response.map(|()| output.into_value()))
    }

    fn count(&self, paging: &Paging) -> usize {
        match at(self, paging.items) {
            Some(Self::Array(items)) => items.len(),
            _ => 0,
        }
    }

    fn total(&self, paging: &Paging) -> Option<u64> {
        at(self, paging.total)?.as_u64()
    }

    fn next(&self, paging: &Paging) -> Option<String> {
        at(self, paging.next)?.as_str().map(str::to_owned)
    }

    fn print(&self, _: &OperationMeta, paging: &Paging) -> Option<u64> {
        let mut hasher = DefaultHasher::new();
        at(self, paging.items)?.to_string().hash(&mut hasher);
        Some(hasher.finish())
    }
}

/// Returns the value at the end of a path.
fn at<'a>(value: &'a Value, way: &[&str]) -> Option<&'a Value> {
    way.iter().try_fold(value, |value, name| value.get(name))
}

impl Page for Box<dyn Model> {
    async fn fetch(
        connection: &Connection,
        entry: &'static Entry,
        input: &dyn Model,
        options: &CallOptions,
    ) -> Result<Response<Self>, Error> {
        let mut output = entry.output();
        let response = connection.execute(entry.meta, input, options, &mut *output).await?;
        Ok(response.map(|()| output))
    }

    fn count(&self, paging: &Paging) -> usize {
        paginate::count(&**self, paging)
    }

    fn total(&self, paging: &Paging) -> Option<u64> {
        paginate::total(&**self, paging)
    }

    fn next(&self, paging: &Paging) -> Option<String> {
        next_token(&**self, paging)
    }

    fn print(&self, meta: &OperationMeta, _: &Paging) -> Option<u64> {
        fingerprint(&**self, meta)
    }
}

/// The pages of an operation's output, fetched one call each when requested. They end by the rules of
/// [`paginate::Pages`](crate::paginate::Pages).
pub struct Pages<A> {
    connection: Connection,
    entry: &'static Entry,
    paging: &'static Paging,
    input: Box<dyn Model>,
    options: CallOptions,
    cursor: Cursor,
    ended: bool,
    form: std::marker::PhantomData<fn() -> A>,
}

impl<A: Page> Pages<A> {
    pub(super) fn new(
        connection: Connection,
        entry: &'static Entry,
        input: Box<dyn Model>,
        options: CallOptions,
    ) -> Result<Self, Error> {
        let Some(paging) = &entry.meta.paging else {
            let reason = format!("{} does not answer in pages", entry.meta.name);
            return Err(Error::invalid_input("operation", reason).with_operation(entry.meta));
        };
        let window = paginate::window(&*input, paging);
        let cursor = Cursor::new(entry.meta, window).at_token(given_token(&*input, paging));
        Ok(Self { connection, entry, paging, input, options, cursor, ended: false, form: std::marker::PhantomData })
    }

    /// Returns the operation.
    pub fn operation(&self) -> &'static OperationMeta {
        self.entry.meta
    }

    /// Returns the start of the next page: the value of the operation's [`Paging::begin`] field, which is a number of
    /// items to skip or the number of a page. A new request with this value continues from here, also after an error.
    pub fn begin(&self) -> u64 {
        self.cursor.begin()
    }

    /// Returns the token of the next page, for operations with tokens: the value of the operation's [`Paging::begin`]
    /// field. Returns `None` before the first page, and for other styles.
    pub fn token(&self) -> Option<&str> {
        self.cursor.token()
    }

    /// Returns the number of items before the next page.
    pub fn offset(&self) -> u64 {
        self.cursor.offset()
    }

    /// Fetches the first page with the input unchanged, as a plain call does. The next pages continue after it. Call it
    /// only before any other page is fetched.
    ///
    /// # Errors
    /// Those of a call of the operation. After an error there are no further pages.
    pub async fn call_with_response(&mut self) -> Result<Response<A>, Error> {
        let window = paginate::window(&*self.input, self.paging);
        self.cursor = Cursor::as_given(self.entry.meta, window).at_token(given_token(&*self.input, self.paging));
        let fetched = A::fetch(&self.connection, self.entry, &*self.input, &self.options).await;
        self.ended = true;
        let page = fetched?;
        self.turn(&page.output)?;
        if window.1.is_none() && self.paging.default == 0 && self.paging.style != PageStyle::Token {
            // Numbered pages must have the same size.
            self.cursor.set_size(page.output.count(self.paging) as u64);
        }
        Ok(page)
    }

    /// Returns independent pages that continue from the current position.
    ///
    /// # Errors
    /// The error of reading the input again. No input is known for which this fails.
    pub fn try_clone(&self) -> Result<Self, Error> {
        Ok(Self {
            connection: self.connection.clone(),
            entry: self.entry,
            paging: self.paging,
            input: super::value::read(self.entry, &super::to_value(&*self.input, super::Names::Wire))?,
            options: self.options.clone(),
            cursor: self.cursor.clone(),
            ended: self.ended,
            form: std::marker::PhantomData,
        })
    }

    /// Moves the cursor past a page.
    fn turn(&mut self, page: &A) -> Result<Turn, Error> {
        let count = page.count(self.paging);
        let turn = match self.paging.style {
            PageStyle::Token => self.cursor.turn_token(count, page.next(self.paging))?,
            _ => self.cursor.turn(count, page.total(self.paging), page.print(self.entry.meta, self.paging))?,
        };
        self.ended = turn != Turn::More;
        Ok(turn)
    }

    /// Fetches the next page, or returns `None` at the end. After an error there are no further pages.
    ///
    /// If the future is dropped before it is ready, the position stays unchanged.
    ///
    /// # Errors
    /// Those of a call of the operation, and [`Decode`](crate::ErrorKind::Decode) when the service returns the same
    /// page twice.
    pub async fn try_next(&mut self) -> Result<Option<A>, Error> {
        Ok(self.try_next_with_response().await?.map(|page| page.output))
    }

    /// Fetches the next page like [`try_next`](Self::try_next). Returns it with the request id, status, headers and
    /// attempts of its call.
    ///
    /// # Errors
    /// Those of [`try_next`](Self::try_next).
    pub async fn try_next_with_response(&mut self) -> Result<Option<Response<A>>, Error> {
        if self.ended {
            return Ok(None);
        }
        paginate::set_window(&mut *self.input, self.paging, self.cursor.begin(), self.cursor.size());
        set_token(&mut *self.input, self.paging, self.cursor.token());
        let fetched = A::fetch(&self.connection, self.entry, &*self.input, &self.options).await;
        self.ended = true;
        let page = fetched?;
        let turn = self.turn(&page.output)?;
        Ok((turn != Turn::Stop).then_some(page))
    }
}

impl Pages<Value> {
    /// Returns the items of a page.
    pub fn items(&self, page: Value) -> Vec<Value> {
        let mut page = page;
        let found = self.paging.items.iter().try_fold(&mut page, |value, name| value.get_mut(name));
        match found.map(Value::take) {
            Some(Value::Array(items)) => items,
            _ => Vec::new(),
        }
    }
}

impl Pages<Box<dyn Model>> {
    /// Returns the items of a page, for items that are structures.
    pub fn items<'a>(&self, page: &'a dyn Model) -> Vec<&'a dyn Model> {
        super::item_models(page, self.paging.items)
    }
}

impl<A> fmt::Debug for Pages<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("cursor", &self.cursor).field("ended", &self.ended).finish_non_exhaustive()
    }
}
