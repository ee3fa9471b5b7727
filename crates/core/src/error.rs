//! The error type of this SDK.

mod build;
mod change;
mod text;

pub use change::Change;
pub(crate) use text::short_name;

use crate::model::Problem;
use crate::operation::OperationMeta;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Kind of a failure. The kinds are the same for every product, and have the same name in every language: Python's
/// `PermissionDeniedError` and C's `WHARF_PERMISSION_DENIED` are [`PermissionDenied`](Self::PermissionDenied).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request breaks a rule: a field is missing, wrong or out of its range.
    ///
    /// Correct the input. [`Error::field`] names the field, if it is known; most such errors are found before anything
    /// is sent.
    InvalidInput,
    /// A setting of the connection, or an environment variable behind it, is missing or wrong.
    ///
    /// Correct the setting that [`Error::field`] names. Nothing was sent.
    Configuration,
    /// No usable credentials were found, or the service rejects them: unknown key, wrong signature, expired token.
    ///
    /// Without a code and a status, nothing was sent: the message names the sources that were tried. Otherwise check
    /// that the key is active, that it belongs to this cloud, and that the clock is right.
    Credentials,
    /// The credentials are valid but do not allow this operation.
    ///
    /// Ask the account's administrator for the permission; the message names it when the service does.
    PermissionDenied,
    /// The resource does not exist.
    ///
    /// Check its identifier, and the region and project of the call. A resource that was just created may be listed
    /// only after some seconds. For a deletion it usually means that the goal is reached.
    NotFound,
    /// The resource exists already, or its state does not allow the operation now.
    ///
    /// Look at the resource's state. Wait with a waiter, then call again, or use another name.
    Conflict,
    /// A quota or limit of the account is reached.
    ///
    /// Delete what is not needed, or request a higher quota from the operator. A retry alone does not help.
    Quota,
    /// Too many calls in too short a time.
    ///
    /// The SDK has waited and retried already. Another program probably uses the same account. Call less often, or allow
    /// more attempts with the builder's `retry_policy`. If `client_rate_limit` is off, turn it on.
    Throttled,
    /// The service does not offer this, in this region or at all.
    ///
    /// Check region, endpoint and the version of the cloud; a retry does not help.
    Unsupported,
    /// The service failed.
    ///
    /// Report it to the operator with [`Error::request_id`]. The same call is likely to fail again.
    Service,
    /// The service failed temporarily.
    ///
    /// The SDK has retried where that is safe. Call again later, after a look at [`Error::change`] if the operation
    /// changes something.
    Transient,
    /// The connection failed: the host name is not found, or the connection is refused or cut.
    ///
    /// Check endpoint, domain, proxy and network. [`Error::change`] reports whether the request may have arrived.
    ConnectionFailed,
    /// The server's certificate is not trusted.
    ///
    /// Pass the private cloud's certificate to the builder's `root_certificate`, and check that the host is the right
    /// one.
    Tls,
    /// A timeout or deadline passed.
    ///
    /// Set a longer timeout, for the connection or for the call. [`Error::change`] reports whether the request may have
    /// arrived. For a waiter: the work may still finish; wait again.
    TimedOut,
    /// The response cannot be read.
    ///
    /// Check the endpoint, and that no proxy is in between. If the operation changes something, the change was probably
    /// made: check the resource before you repeat the call.
    Decode,
    /// A waiter saw a state from which its goal cannot be reached.
    ///
    /// Look at the resource: the message names the state. Waiting again does not help.
    WaitFailed,
    /// None of the kinds above: the service sent a code that no document lists.
    ///
    /// Use [`Error::code`] and [`Error::message`].
    Other,
}

impl ErrorKind {
    /// Returns the name of the kind in lower case, such as `not_found`, for logs and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidInput => "invalid_input",
            Self::Configuration => "configuration",
            Self::Credentials => "credentials",
            Self::PermissionDenied => "permission_denied",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Quota => "quota",
            Self::Throttled => "throttled",
            Self::Unsupported => "unsupported",
            Self::Service => "service",
            Self::Transient => "transient",
            Self::ConnectionFailed => "connection_failed",
            Self::Tls => "tls",
            Self::TimedOut => "timed_out",
            Self::Decode => "decode",
            Self::WaitFailed => "wait_failed",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::InvalidInput => "invalid input",
            Self::Configuration => "wrong configuration",
            Self::Credentials => "credentials refused",
            Self::PermissionDenied => "permission denied",
            Self::NotFound => "not found",
            Self::Conflict => "conflict",
            Self::Quota => "quota reached",
            Self::Throttled => "throttled",
            Self::Unsupported => "not supported",
            Self::Service => "service failure",
            Self::Transient => "transient service failure",
            Self::ConnectionFailed => "connection failure",
            Self::Tls => "certificate refused",
            Self::TimedOut => "timed out",
            Self::Decode => "unreadable answer",
            Self::WaitFailed => "waiting failed",
            Self::Other => "failure",
        })
    }
}

/// Meaning of a documented error code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CodeMeta {
    /// The code on the wire.
    pub code: &'static str,
    /// Kind of the failure.
    pub kind: ErrorKind,
    /// Whether the same call may succeed later.
    pub retryable: bool,
    /// Description.
    pub doc: &'static str,
}

impl CodeMeta {
    /// Returns the meaning of a code.
    pub const fn new(code: &'static str, kind: ErrorKind, retryable: bool, doc: &'static str) -> Self {
        Self { code, kind, retryable, doc }
    }

    /// Returns the meaning of an undocumented code whose name states that something does not exist, such as
    /// `FailedOperation.ClusterNotFound`.
    pub fn not_found(code: &str) -> Option<&'static Self> {
        static NOT_FOUND: CodeMeta = CodeMeta {
            code: "NotFound",
            kind: ErrorKind::NotFound,
            retryable: false,
            doc: "What was asked for does not exist.",
        };
        let last = code.rsplit('.').next().unwrap_or(code).to_ascii_lowercase();
        let says_so =
            ["notfound", "not_found", "notexist", "notexists", "notexisted"].iter().any(|end| last.ends_with(end));
        says_so.then_some(&NOT_FOUND)
    }
}

/// Result of an attempt before the last one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// Kind of the failure.
    pub kind: ErrorKind,
    /// The service's code.
    pub code: Option<String>,
    /// The service's request id.
    pub request_id: Option<String>,
    /// HTTP status.
    pub status: Option<u16>,
    /// Delay before the next attempt.
    pub delay: Duration,
}

/// Error of a failed call: kind of failure, details from the service, and the operation.
///
/// Never holds a secret. Small, cheap to move.
pub struct Error(Box<Inner>);

#[derive(Default, Clone)]
struct Inner {
    kind: Option<ErrorKind>,
    code: Option<String>,
    message: String,
    field: Option<String>,
    request_id: Option<String>,
    status: Option<u16>,
    retryable: bool,
    operation: Option<&'static OperationMeta>,
    change: Change,
    attempts: Vec<Attempt>,
    retry_after: Option<Duration>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Error {
    /// Returns the kind of the failure.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind.unwrap_or(ErrorKind::Other)
    }

    /// Returns the service's error code (`ResourceNotFound`), if there was a response.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// Returns the message, for people to read.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns the service's identifier of the request. Quote it when you contact the operator.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// Returns the HTTP status of the response, if there was one.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// Returns whether the same call may succeed later.
    ///
    /// `true` does not mean that repeating is safe: a call that changes something may have had its effect.
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// Returns what is known about the change that the call was meant to make. The message contains the same in words.
    ///
    /// An error of a call that changes something does not mean that nothing was changed: the response may have been
    /// lost, cut or unreadable.
    pub fn change(&self) -> Change {
        self.0.change
    }

    /// Returns the operation that failed.
    pub fn operation(&self) -> Option<&'static OperationMeta> {
        self.0.operation
    }

    /// Returns the path of the input field, or the name of the setting, that is wrong.
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// Returns the results of the attempts before the last one, oldest first.
    pub fn attempts(&self) -> &[Attempt] {
        &self.0.attempts
    }

    /// Returns how long the service requires to wait before the next attempt.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::invalid_input(problem.field, problem.reason)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        if let Some(operation) = inner.operation {
            write!(f, "{} {}: ", operation.product, operation.name)?;
        }
        // Without a response, nothing was rejected.
        match (self.kind(), &inner.code, inner.status) {
            (ErrorKind::Credentials, None, None) => f.write_str("no usable credentials")?,
            (kind, ..) => write!(f, "{kind}")?,
        }
        if let Some(code) = &inner.code {
            write!(f, " ({code})")?;
        }
        write!(f, ": {}", inner.message)?;
        if let Some(id) = &inner.request_id {
            write!(f, " [request {id}]")?;
        }
        match inner.attempts.len() {
            0 => Ok(()),
            before => write!(f, " [attempt {}]", before + 1),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        let mut out = f.debug_struct("Error");
        out.field("kind", &self.kind());
        if let Some(operation) = inner.operation {
            out.field("operation", &format_args!("{} {}", operation.product, operation.name));
        }
        if let Some(code) = &inner.code {
            out.field("code", code);
        }
        out.field("message", &inner.message);
        if let Some(field) = &inner.field {
            out.field("field", field);
        }
        if let Some(id) = &inner.request_id {
            out.field("request_id", id);
        }
        if let Some(status) = inner.status {
            out.field("status", &status);
        }
        out.field("retryable", &inner.retryable);
        if inner.change != Change::Unknown {
            out.field("change", &inner.change);
        }
        if !inner.attempts.is_empty() {
            out.field("attempts", &inner.attempts);
        }
        if let Some(source) = &inner.source {
            out.field("source", source);
        }
        out.finish()
    }
}
