//! Mocks: prepared outputs and errors for single operations.

use crate::error::{invalid, to_python};
use crate::input;
use crate::output::json;
use crate::runtime;
use crate::server::Server;
use pyo3::prelude::*;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use wharf::model::json::{Mode, read_value};
use wharf::model::{Names, to_value};
use wharf::operation::{Entry, OperationMeta};
use wharf::testing::{Failure, MockCall, NamedRule, by_name};
use wharf::transport::Transport;

/// Prepared answers for connections.
#[pyclass(frozen, module = "wharf._wharf")]
pub(crate) struct Mock {
    mock: wharf::testing::Mock,
}

/// Returns the transport of a server in this process, or of a mock.
pub(crate) fn transport(target: &Bound<'_, PyAny>) -> PyResult<Arc<dyn Transport>> {
    match target.cast::<Mock>() {
        Ok(mock) => Ok(Arc::new(mock.get().mock.clone())),
        Err(_) => target.cast::<Server>()?.get().transport(),
    }
}

#[pymethods]
impl Mock {
    #[new]
    fn new() -> Self {
        Self { mock: wharf::testing::Mock::new() }
    }

    /// Adds a rule for an operation. Without a product, its name must belong to one product only.
    #[pyo3(signature = (operation, product=None))]
    fn on(&self, py: Python<'_>, operation: &str, product: Option<&str>) -> PyResult<Rule> {
        let product = match product {
            Some(product) => product,
            None => only_product(py, operation)?,
        };
        let rule = by_name(&self.mock, product, operation).map_err(|error| to_python(py, &error))?;
        Ok(Rule { entry: rule.entry(), rule: Mutex::new(Some(rule)) })
    }

    /// Returns the calls so far: product, operation, region and input of each.
    fn calls<'py>(&self, py: Python<'py>) -> PyResult<Vec<Seen<'py>>> {
        self.mock.calls().into_iter().map(|call| seen(py, call)).collect()
    }

    fn unused(&self) -> Vec<String> {
        self.mock.unused()
    }
}

/// Product, operation, region and input of a call.
type Seen<'py> = (&'static str, &'static str, Option<String>, Bound<'py, PyAny>);

fn seen<'py>(py: Python<'py>, call: MockCall) -> PyResult<Seen<'py>> {
    let key = |meta: &OperationMeta| (meta.product, meta.version, meta.name);
    let entry = wharf::operations().find(|entry| key(entry.meta) == key(call.operation));
    let input = match entry {
        Some(entry) => named(entry, &call.input),
        None => call.input,
    };
    Ok((call.operation.product, call.operation.name, call.region, json(py, &input)?))
}

/// Returns an input with the names that its fields have in Python.
fn named(entry: &Entry, input: &Value) -> Value {
    let mut model = entry.input();
    // The values were written by the input itself, so they fit.
    let _ = read_value(input, &mut *model, Mode::Lenient);
    to_value(&*model, Names::Fields)
}

/// Returns the product whose default version has an operation of that name, if there is only one.
fn only_product(py: Python<'_>, operation: &str) -> PyResult<&'static str> {
    let name = operation.split_once(':').map_or(operation, |(_, name)| name);
    let found: BTreeSet<_> =
        wharf::operations().filter(|entry| entry.meta.name == name).map(|entry| entry.meta.product).collect();
    let mut products = found.iter().copied();
    match (products.next(), products.next()) {
        (Some(product), None) => Ok(product),
        (None, _) => Err(invalid(py, "operation", format!("{operation} is no operation of any product"))),
        _ => {
            let names = found.into_iter().collect::<Vec<_>>().join(", ");
            Err(invalid(py, "product", format!("is needed for {operation}, which is an operation of {names}")))
        }
    }
}

/// A rule of a mock.
#[pyclass(frozen, module = "wharf._wharf")]
pub(crate) struct Rule {
    entry: &'static Entry,
    rule: Mutex<Option<NamedRule>>,
}

impl Rule {
    /// Changes the rule.
    fn change(&self, change: impl FnOnce(NamedRule) -> NamedRule) {
        let mut place = self.rule.lock().unwrap_or_else(PoisonError::into_inner);
        *place = place.take().map(change);
    }
}

#[pymethods]
impl Rule {
    /// Adds a condition: a function of the input. An exception in it is reported as one that cannot be raised, and the
    /// input is not accepted.
    fn matching(&self, py: Python<'_>, condition: Py<PyAny>) -> PyResult<()> {
        let (engine, entry) = (runtime::engine(py)?, self.entry);
        let accepts = move |input: &Value| {
            let ask = |py: Python<'_>| {
                let accepts =
                    json(py, &named(entry, input)).and_then(|input| condition.bind(py).call1((input,))?.is_truthy());
                accepts.unwrap_or_else(|error| {
                    error.write_unraisable(py, Some(condition.bind(py)));
                    false
                })
            };
            // Other calls continue while this one waits for the interpreter.
            tokio::task::block_in_place(|| engine.attach(ask)).unwrap_or(false)
        };
        self.change(|rule| rule.matching(accepts));
        Ok(())
    }

    /// Adds an output, with the API's names or those of Python.
    fn then(&self, py: Python<'_>, output: &Bound<'_, PyAny>) -> PyResult<()> {
        let output = input::value(output, "output")?;
        let mut place = self.rule.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(rule) = place.as_ref() else { return Ok(()) };
        let output = wharf::any::output(self.entry, output).map_err(|error| to_python(py, &error))?;
        let rule = rule.clone().then(&output).map_err(|error| to_python(py, &error))?;
        *place = Some(rule);
        Ok(())
    }

    /// Adds a failure: an error of the service with a code, a status alone, or a kind of failure.
    #[pyo3(signature = (kind, code, message, status))]
    fn then_error(
        &self,
        py: Python<'_>,
        kind: &str,
        code: Option<&str>,
        message: &str,
        status: Option<u16>,
    ) -> PyResult<()> {
        let failure = match (kind, code, status) {
            ("code", Some(code), Some(status)) => Failure::code(code, message).with_status(status),
            ("code", Some(code), None) => Failure::code(code, message),
            ("status", _, Some(status)) => Failure::status(status),
            ("throttled", ..) => Failure::throttled(),
            ("not_connected", ..) => Failure::not_connected(),
            ("cut", ..) => Failure::cut(),
            ("timed_out", ..) => Failure::timed_out(),
            _ => return Err(invalid(py, "failure", "is not a failure of this module")),
        };
        self.change(|rule| rule.then_error(failure));
        Ok(())
    }

    fn times(&self, times: usize) {
        self.change(|rule| rule.times(times));
    }

    /// Returns the inputs of the calls that it has answered.
    fn inputs<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let place = self.rule.lock().unwrap_or_else(PoisonError::into_inner);
        let inputs = place.as_ref().map(NamedRule::inputs).unwrap_or_default();
        inputs.iter().map(|input| json(py, &named(self.entry, input))).collect()
    }
}
