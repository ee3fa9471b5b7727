//! Credentials from a Python callable.

use crate::runtime::Engine;
use pyo3::prelude::*;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};
use wharf::credentials::ProvideCredentials;
use wharf::{Credentials, Error, ErrorKind, any};

/// Return value of the callable: key, secret, token, and expiry in seconds since 1970.
type Parts = (String, String, Option<String>, Option<f64>);

/// Creates a provider that calls the callable, on a thread that may block. No error quotes the exception of the
/// callable, because it may contain a secret.
pub(crate) fn provider(engine: &'static Engine, provide: &Arc<Py<PyAny>>) -> Arc<dyn ProvideCredentials> {
    let provide = Arc::clone(provide);
    any::provider(move || {
        let asked = engine.attach(|py| {
            let parts = provide.call0(py).and_then(|found| found.extract::<Parts>(py));
            parts.map_err(|problem| match problem.get_type(py).name() {
                Ok(name) => format!("the callable that provides credentials raised {name}"),
                Err(_) => "the callable that provides credentials raised an exception".to_owned(),
            })
        });
        let wrong = |reason: String| Error::new(ErrorKind::Credentials, reason);
        let parts = asked.unwrap_or_else(|| Err("Python ends".to_owned()));
        let (id, secret, token, expires) = parts.map_err(wrong)?;
        let credentials = Credentials::new(id, secret);
        let credentials = match token {
            Some(token) => credentials.with_token(token),
            None => credentials,
        };
        let Some(seconds) = expires else { return Ok(credentials) };
        let since = Duration::try_from_secs_f64(seconds).ok().and_then(|since| UNIX_EPOCH.checked_add(since));
        let expires = since.ok_or_else(|| wrong("the expiration of the credentials is no time".to_owned()))?;
        Ok(credentials.with_expiry(expires))
    })
}
