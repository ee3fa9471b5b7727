//! Pagination.

use crate::error::to_python;
use crate::response::output;
use crate::runtime::{self, Convert, Pending};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use pyo3::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Mutex;
use wharf::Response;
use wharf::any::Pages;
use wharf::model::Model;

type Fetched<'a, T> = BoxFuture<'a, Result<T, wharf::Error>>;

/// Fetches the first page with the input's own position and size. Boxed here, where the compiler can prove that it is
/// `Send`.
pub(crate) fn first(pages: &mut Pages<Box<dyn Model>>) -> Fetched<'_, Response<Box<dyn Model>>> {
    pages.call_with_response().boxed()
}

fn next(pages: &mut Pages<Box<dyn Model>>) -> Fetched<'_, Option<Response<Box<dyn Model>>>> {
    pages.try_next_with_response().boxed()
}

/// Fetches pages on request.
#[pyclass(frozen, module = "wharf._wharf")]
pub(crate) struct Pager(Arc<Walk>);

struct Walk {
    pages: Mutex<Pages<Box<dyn Model>>>,
    /// Position of the next page, in items and in the operation's unit; outside the lock, because a fetch holds it.
    offset: AtomicU64,
    begin: AtomicU64,
}

impl Walk {
    async fn next(&self) -> Result<Option<Response<Box<dyn Model>>>, wharf::Error> {
        let mut pages = self.pages.lock().await;
        let page = next(&mut pages).await;
        self.offset.store(pages.offset(), Ordering::Relaxed);
        self.begin.store(pages.begin(), Ordering::Relaxed);
        page
    }
}

impl Pager {
    pub(crate) fn new(pages: Pages<Box<dyn Model>>) -> Self {
        let (offset, begin) = (AtomicU64::new(pages.offset()), AtomicU64::new(pages.begin()));
        Self(Arc::new(Walk { pages: Mutex::new(pages), offset, begin }))
    }
}

#[pymethods]
impl Pager {
    /// Position of the next page, in the operation's unit: items to skip, or a page number.
    #[getter]
    fn begin(&self) -> u64 {
        self.0.begin.load(Ordering::Relaxed)
    }

    /// Number of items before the next page.
    #[getter]
    fn offset(&self) -> u64 {
        self.0.offset.load(Ordering::Relaxed)
    }

    /// Returns another pager at the same position.
    fn copy(&self, py: Python<'_>) -> PyResult<Self> {
        let pages = runtime::wait(py, async { self.0.pages.lock().await.try_clone() })?;
        pages.map(Self::new).map_err(|error| to_python(py, &error))
    }

    /// Fetches the next page and waits for it. Returns `None` after the last page.
    fn next(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        let page = runtime::wait(py, self.0.next())?.map_err(|error| to_python(py, &error))?;
        page.map(|page| Ok(output(py, page)?.unbind())).transpose()
    }

    /// Fetches as `next` does, for `asyncio`.
    fn next_async(&self, py: Python<'_>) -> PyResult<Pending> {
        let walk = self.0.clone();
        runtime::spawn(py, async move {
            let page = walk.next().await?;
            Ok(Box::new(move |py: Python<'_>| match page {
                Some(page) => Ok(output(py, page)?.unbind()),
                None => Ok(py.None()),
            }) as Convert)
        })
    }
}
