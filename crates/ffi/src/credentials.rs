//! Credentials from a callback of the program.

use crate::boundary::{Failure, Outcome, boundary, needed, optional_text, text};
use crate::engine::is_ours;
use crate::error::wharf_error;
use crate::log;
use crate::result::wharf_result;
use crate::task::UserData;
use std::cell::Cell;
use std::ffi::{c_char, c_void};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, UNIX_EPOCH};
use wharf::credentials::{Credentials, ProvideCredentials};
use wharf::{Error, ErrorKind, any};

/// Receiver of the credentials that a `wharf_credentials_callback` provides. Belongs to the library and is valid until
/// the callback returns.
#[derive(Debug, Default)]
pub struct wharf_credentials {
    found: Mutex<Option<Credentials>>,
}

/// Callback that provides credentials: it passes them to `wharf_credentials_set` and returns 0. If it returns another
/// value or passes no credentials, the call that needs them fails with `WHARF_CREDENTIALS`. Called on a thread of the
/// library, for the first call and again before the credentials expire or when a service rejects them; never twice at
/// once for one connection. It may block and may call any function of the library, but must not make a call over its
/// own connection. Must not unwind.
pub type wharf_credentials_callback =
    Option<unsafe extern "C" fn(user_data: *mut c_void, credentials: *mut wharf_credentials) -> i32>;

/// Provides credentials, within a `wharf_credentials_callback`. The texts are copied.
///
/// @param credentials the argument of the callback.
/// @param id identifier of the key.
/// @param secret secret of the key.
/// @param token session token of a temporary key, or NULL.
/// @param expires_at time at which the key expires, in seconds since 1970; 0 for a key that does not expire. A negative
/// number is `WHARF_INVALID_NUMBER`.
/// @param error NULL, or receives the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_credentials_set(
    credentials: *mut wharf_credentials,
    id: *const c_char,
    secret: *const c_char,
    token: *const c_char,
    expires_at: i64,
    error: *mut *mut wharf_error,
) -> wharf_result {
    boundary(error, || {
        let place = needed("credentials", credentials.cast_const())?;
        let mut found = Credentials::new(text("id", id)?, text("secret", secret)?);
        if let Some(token) = optional_text("token", token)? {
            found = found.with_token(token);
        }
        if let Some(seconds) = seconds(expires_at)? {
            let expires = UNIX_EPOCH.checked_add(seconds);
            found = found.with_expiry(expires.ok_or_else(|| invalid("is too late"))?);
        }
        *place.found.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
        Ok(wharf_result::WHARF_OK)
    })
}

fn seconds(expires_at: i64) -> Outcome<Option<Duration>> {
    let seconds = u64::try_from(expires_at).map_err(|_| invalid("must not be negative"))?;
    Ok((seconds > 0).then(|| Duration::from_secs(seconds)))
}

fn invalid(reason: &str) -> Failure {
    Failure::new(wharf_result::WHARF_INVALID_NUMBER, "expires_at", reason)
}

type Function = unsafe extern "C" fn(user_data: *mut c_void, credentials: *mut wharf_credentials) -> i32;

/// A callback with its user data. It is dropped on a thread where its finalizer may block.
struct Callback {
    function: Function,
    user_data: Option<UserData>,
}

impl Callback {
    fn ask(&self) -> Result<Credentials, Error> {
        let mut place = wharf_credentials::default();
        let user_data = self.user_data.as_ref().map_or(std::ptr::null_mut(), UserData::pointer);
        // SAFETY: by the header's contract a function of that type, which takes this pointer; `place` is valid until
        // the function returns.
        let result = unsafe { (self.function)(user_data, &raw mut place) };
        let found = place.found.into_inner().unwrap_or_else(PoisonError::into_inner);
        match (result, found) {
            (0, Some(credentials)) => Ok(credentials),
            (0, None) => Err(Error::new(ErrorKind::Credentials, "the credentials callback handed none over")),
            (other, _) => Err(Error::new(ErrorKind::Credentials, format!("the credentials callback returned {other}"))),
        }
    }
}

impl Drop for Callback {
    fn drop(&mut self) {
        let user_data = self.user_data.take();
        if HERE.get() {
            return;
        }
        // A thread that runs calls must not wait for a finalizer.
        if let (true, Ok(runtime)) = (is_ours(), tokio::runtime::Handle::try_current()) {
            let quiet = log::quiet();
            runtime.spawn_blocking(move || quiet.in_scope(|| drop(user_data)));
        }
    }
}

thread_local! {
    /// True if finalizers may run on this thread even if it is one of the library's.
    static HERE: Cell<bool> = const { Cell::new(false) };
}

/// Releases a provider. If no connection uses it, its finalizer runs before this returns.
pub(crate) fn release(provider: Arc<dyn ProvideCredentials>) {
    HERE.set(true);
    drop(provider);
    HERE.set(false);
}

/// Creates a provider that calls the callback.
pub(crate) fn provider(function: Function, user_data: UserData) -> Arc<dyn ProvideCredentials> {
    let callback = Callback { function, user_data: Some(user_data) };
    any::provider(move || callback.ask())
}
