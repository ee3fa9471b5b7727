//! Values of helpers, which send nothing. Helpers that call an operation are called by name.

use crate::error::to_python;
use crate::input;
use crate::output::json;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use wharf::any;

/// Returns the names of a product's helpers, and whether they call an operation.
#[pyfunction]
pub(crate) fn helpers(py: Python<'_>, product: &str) -> PyResult<Vec<(&'static str, bool)>> {
    let helpers = any::helpers(product).map_err(|error| to_python(py, &error))?;
    Ok(helpers.iter().map(|helper| (helper.name, helper.calls())).collect())
}

/// Returns the value of a helper.
#[pyfunction]
pub(crate) fn value<'py>(
    py: Python<'py>,
    product: &str,
    helper: &str,
    arguments: &Bound<'py, PyDict>,
) -> PyResult<Bound<'py, PyAny>> {
    let arguments = input::value(arguments.as_any(), "arguments")?;
    let made = any::value(product, helper, &arguments).map_err(|error| to_python(py, &error))?;
    json(py, &made)
}
