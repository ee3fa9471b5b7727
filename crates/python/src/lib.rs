//! `wharf._wharf`: the extension module of the Python package `wharf`.
//!
//! A thin layer over `wharf::any`: operations, structures, waiters and options come from its tables, so that no code
//! here names a product. The public interface is Python, in `python/wharf`; it calls `describe` once for each product
//! and creates clients and classes from the result.
//!
//! - `runtime` runs futures: for a waiting thread, with the interpreter free for other threads, and for `asyncio`,
//!   which is notified when they are done.
//! - `log` passes the library's events to Python's `logging`.
//! - `input` reads Python values, `output` creates them.

mod call;
mod connection;
mod credentials;
mod describe;
mod error;
mod handles;
mod input;
mod kubernetes;
mod log;
mod mock;
mod output;
mod pages;
mod response;
mod runtime;
mod server;
mod values;
mod wait;

use pyo3::prelude::*;

/// The module.
#[pymodule]
mod _wharf {
    #[pymodule_export]
    use crate::call::Call;
    #[pymodule_export]
    use crate::connection::Connection;
    #[pymodule_export]
    use crate::describe::{Operation, describe, products, register};
    #[pymodule_export]
    use crate::handles::{helpers, value};
    #[pymodule_export]
    use crate::kubernetes::{DockerConfig, Kubeconfig};
    #[pymodule_export]
    use crate::mock::{Mock, Rule};
    #[pymodule_export]
    use crate::pages::Pager;
    #[pymodule_export]
    use crate::response::Received;
    #[pymodule_export]
    use crate::runtime::{Pending, shut_down};
    #[pymodule_export]
    use crate::server::Server;
    #[pymodule_export]
    use crate::values::{JsonText, Secret, seconds_since_1970};

    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "the name that Python has for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}

/// Imports a name of the Python package once.
macro_rules! python_name {
    ($(#[$meta:meta])* $function:ident = $module:literal, $name:literal) => {
        $(#[$meta])*
        pub(crate) fn $function(py: pyo3::Python<'_>) -> pyo3::PyResult<&pyo3::Bound<'_, pyo3::PyAny>> {
            static PLACE: pyo3::sync::PyOnceLock<pyo3::Py<pyo3::PyAny>> = pyo3::sync::PyOnceLock::new();
            let found = PLACE.get_or_try_init(py, || {
                use pyo3::types::PyAnyMethods;
                Ok::<_, pyo3::PyErr>(py.import($module)?.getattr($name)?.unbind())
            })?;
            Ok(found.bind(py))
        }
    };
}

pub(crate) use python_name;
