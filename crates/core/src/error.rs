//! The one error of this SDK.

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

/// What kind of failure it is, the same for every product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request breaks a rule: a missing or wrong field, a value out of its range.
    InvalidInput,
    /// A setting of the connection is missing or wrong.
    Configuration,
    /// No usable credentials, or the service refuses them (unknown key, wrong signature, expired token). An error
    /// without a code and a status is of the first sort, and nothing was sent.
    Credentials,
    /// The credentials are good and do not allow this.
    Permission,
    /// The thing does not exist.
    NotFound,
    /// The thing exists already, or its state does not allow this now.
    Conflict,
    /// A quota or limit of the account is reached.
    Quota,
    /// Too many calls in too short a time.
    Throttled,
    /// The service does not offer this, here or at all.
    Unsupported,
    /// The service failed.
    Service,
    /// The service failed in a way that passes.
    Transient,
    /// No connection: name not found, refused, cut.
    Connection,
    /// The server's certificate is not trusted.
    Tls,
    /// A deadline passed.
    Timeout,
    /// The answer cannot be read.
    Decode,
    /// A waiter saw a state from which its goal cannot be reached.
    WaitFailed,
    /// Nothing of the above.
    Other,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::InvalidInput => "invalid input",
            Self::Configuration => "wrong configuration",
            Self::Credentials => "credentials refused",
            Self::Permission => "permission denied",
            Self::NotFound => "not found",
            Self::Conflict => "conflict",
            Self::Quota => "quota reached",
            Self::Throttled => "throttled",
            Self::Unsupported => "not supported",
            Self::Service => "service failure",
            Self::Transient => "transient service failure",
            Self::Connection => "connection failure",
            Self::Tls => "certificate refused",
            Self::Timeout => "timed out",
            Self::Decode => "unreadable answer",
            Self::WaitFailed => "waiting failed",
            Self::Other => "failure",
        })
    }
}

/// What a documented error code means for the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeMeta {
    /// The code on the wire.
    pub code: &'static str,
    /// What kind of failure it is.
    pub kind: ErrorKind,
    /// Whether the same call may succeed later.
    pub retryable: bool,
    /// What it says.
    pub doc: &'static str,
}

impl CodeMeta {
    /// The meaning of a code that no document lists and that says in words that something does not exist, such as
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

/// How an attempt before the last one ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// What kind of failure it was.
    pub kind: ErrorKind,
    /// The service's code.
    pub code: Option<String>,
    /// The service's request id.
    pub request_id: Option<String>,
    /// HTTP status.
    pub status: Option<u16>,
    /// How long was waited before the next attempt.
    pub delay: Duration,
}

/// Why a call failed: what kind of failure, what the service said, and which call it was.
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
    /// An error of that kind.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let retryable = matches!(kind, ErrorKind::Throttled | ErrorKind::Transient);
        Self(Box::new(Inner { kind: Some(kind), message: message.into(), retryable, ..Inner::default() }))
    }

    /// A request that breaks a rule, found before anything is sent.
    pub fn invalid_input(field: impl Into<String>, reason: impl fmt::Display) -> Self {
        let field = field.into();
        let mut error = Self::new(ErrorKind::InvalidInput, format!("{field} {reason}"));
        error.0.field = Some(field);
        error
    }

    /// A setting of the connection that is missing or wrong.
    pub fn configuration(setting: impl Into<String>, reason: impl fmt::Display) -> Self {
        let field = setting.into();
        let mut error = Self::new(ErrorKind::Configuration, format!("{field} {reason}"));
        error.0.field = Some(field);
        error
    }

    /// An answer that cannot be read.
    pub fn decode(field: impl Into<String>, reason: impl fmt::Display) -> Self {
        let field = field.into();
        let mut error = Self::new(ErrorKind::Decode, format!("{field} {reason}"));
        error.0.field = Some(field);
        error
    }

    /// What the service said.
    pub fn service(kind: ErrorKind, code: impl Into<String>, message: impl Into<String>) -> Self {
        let mut error = Self::new(kind, message);
        error.0.code = Some(code.into());
        error
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into().into());
        self
    }

    /// Says whether the same call may succeed later.
    #[must_use]
    pub fn with_retryable(mut self, retryable: bool) -> Self {
        self.0.retryable = retryable;
        self
    }

    /// Adds the service's request id.
    #[must_use]
    pub fn with_request_id(mut self, id: Option<String>) -> Self {
        self.0.request_id = id.or(self.0.request_id);
        self
    }

    /// Adds the HTTP status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// Adds how long the service asks to wait.
    #[must_use]
    pub fn with_retry_after(mut self, delay: Option<Duration>) -> Self {
        self.0.retry_after = delay;
        self
    }

    /// Adds which input field or setting is wrong.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>) -> Self {
        self.0.field = Some(field.into());
        self
    }

    /// Adds which environment variable the setting that is wrong comes from.
    #[must_use]
    pub fn with_variable(mut self, name: &str) -> Self {
        self.0.message.push_str(" (set by the environment variable ");
        self.0.message.push_str(name);
        self.0.message.push(')');
        self
    }

    /// Adds what is known about the change that the call was to make, and what could be read of the answer
    /// (`ClusterId "cls-1"`). The message says it too.
    #[must_use]
    pub fn with_change(mut self, change: Change, read: &[String]) -> Self {
        if let Some(sentence) = change.sentence(read) {
            // A long message must not push it out.
            let room = text::MAX_MESSAGE.saturating_sub(sentence.chars().count() + 50);
            let message = text::cut(&self.0.message, room).unwrap_or(self.0.message);
            self.0.message = format!("{message} ({sentence})");
        }
        self.0.change = change;
        self
    }

    /// Says what was waited for when asking for its state failed. What led to the wait was accepted before.
    pub(crate) fn while_waiting(mut self, goal: &str) -> Self {
        self.0.message = format!(
            "waiting for {goal}: {} (the state is not known; the change that is waited for was made)",
            self.0.message
        );
        self.0.change = Change::Made;
        self
    }

    /// Bounds its texts: 2,000 characters of a message or a cause, 200 of a code, a request id or the name of a
    /// field. What is longer ends in `...` and how long it was.
    pub(crate) fn bounded(self) -> Self {
        self.map_texts(&|_| None, &|_| true)
    }

    /// Replaces texts by what `mask` makes of them, causes included, and bounds them. Documented codes stay.
    pub(crate) fn map_texts(
        mut self,
        mask: &dyn Fn(&str) -> Option<String>,
        documented: &dyn Fn(&str) -> bool,
    ) -> Self {
        let inner = &mut *self.0;
        let code_stays = inner.code.as_deref().is_some_and(documented);
        for (text, most, stays) in [
            (Some(&mut inner.message), text::MAX_MESSAGE, false),
            (inner.field.as_mut(), text::MAX_NAME, false),
            (inner.request_id.as_mut(), text::MAX_NAME, false),
            (inner.code.as_mut(), text::MAX_NAME, code_stays),
        ] {
            let Some(text) = text else { continue };
            let changed = if stays { text::cut(text, most) } else { text::masked(text, most, mask) };
            if let Some(changed) = changed {
                *text = changed;
            }
        }
        inner.source = inner.source.take().map(|source| text::clean(source, mask, documented));
        self
    }

    /// Adds which call it was.
    #[must_use]
    pub fn with_operation(mut self, operation: &'static OperationMeta) -> Self {
        self.0.operation.get_or_insert(operation);
        self
    }

    /// Adds the attempts before this one.
    #[must_use]
    pub fn with_attempts(mut self, attempts: Vec<Attempt>) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// The same error for another who waited for the same thing.
    pub(crate) fn share(&self) -> Self {
        Self(Box::new(Inner::clone(&self.0)))
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind.unwrap_or(ErrorKind::Other)
    }

    /// The service's error code (`ResourceNotFound`), if the service answered.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// What happened, for people.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The service's identifier of the request: quote it when asking the operator.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// HTTP status of the answer, if there was one.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// Whether the same call may succeed later.
    ///
    /// True does not mean that repeating is safe: a call that changes something may have had its effect.
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// What is known about the change that the call was to make. The message says the same in words.
    ///
    /// An error of a call that changes something does not mean that nothing was changed: the answer may have been
    /// lost or cut, or may be one that cannot be read.
    pub fn change(&self) -> Change {
        self.0.change
    }

    /// The operation that failed.
    pub fn operation(&self) -> Option<&'static OperationMeta> {
        self.0.operation
    }

    /// The input field or the setting that is wrong, with the way to it.
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// How the attempts before the last one ended, oldest first.
    pub fn attempts(&self) -> &[Attempt] {
        &self.0.attempts
    }

    /// How long the service asks to wait before the next attempt.
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
        // Without an answer nothing was refused.
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
