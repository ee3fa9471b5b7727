//! Prepared calls, for `asyncio`.

use crate::error::to_python;
use crate::pages::{Pager, first};
use crate::response::output;
use crate::runtime::{self, Convert, Pending};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use std::sync::{Mutex, PoisonError};
use wharf::any::{CallOptions, Connection, Pages};
use wharf::model::Model;
use wharf::operation::Entry;

/// A call with its input. It can be made once.
#[pyclass(frozen, module = "wharf._wharf")]
pub(crate) struct Call {
    connection: Connection,
    entry: &'static Entry,
    input: Mutex<Option<Box<dyn Model>>>,
    options: CallOptions,
}

impl Call {
    pub(crate) fn new(
        connection: Connection,
        entry: &'static Entry,
        input: Box<dyn Model>,
        options: CallOptions,
    ) -> Self {
        Self { connection, entry, input: Mutex::new(Some(input)), options }
    }

    fn take(&self) -> PyResult<Box<dyn Model>> {
        let input = self.input.lock().unwrap_or_else(PoisonError::into_inner).take();
        input.ok_or_else(|| PyRuntimeError::new_err("this call has been made already: make a new one"))
    }

    fn walk(&self, py: Python<'_>) -> PyResult<Pages<Box<dyn Model>>> {
        let pages = self.connection.pages_with(self.entry.meta.name, self.take()?, self.options.clone());
        pages.map_err(|error| to_python(py, &error))
    }
}

#[pymethods]
impl Call {
    /// Makes the call on the running loop. Returns the output and the pager for further pages.
    fn start(&self, py: Python<'_>) -> PyResult<Pending> {
        if self.entry.meta.paging.is_some() {
            let mut pages = self.walk(py)?;
            return runtime::spawn(py, async move {
                let page = first(&mut pages).await?;
                Ok(Box::new(move |py: Python<'_>| (output(py, page)?, Pager::new(pages)).into_py_any(py)) as Convert)
            });
        }
        let (connection, entry, input, options) =
            (self.connection.clone(), self.entry, self.take()?, self.options.clone());
        runtime::spawn(py, async move {
            let answer = connection.execute(entry.meta.name, input, &options).await?;
            Ok(Box::new(move |py: Python<'_>| (output(py, answer)?, None::<Pager>).into_py_any(py)) as Convert)
        })
    }

    /// Returns a pager from the first page on. Pages are as large as the API allows unless the input sets a size.
    fn pages(&self, py: Python<'_>) -> PyResult<Pager> {
        Ok(Pager::new(self.walk(py)?))
    }
}
