//! Construction of errors, by this SDK and by implementers of its traits.

use super::{Attempt, Change, Error, ErrorKind, Inner, text};
use crate::operation::OperationMeta;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

/// For implementers of [`Product`](crate::product::Product), [`Transport`](crate::transport::Transport) and
/// [`ProvideCredentials`](crate::credentials::ProvideCredentials).
impl Error {
    /// Returns an error of a kind.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let retryable = matches!(kind, ErrorKind::Throttled | ErrorKind::Transient);
        Self(Box::new(Inner { kind: Some(kind), message: message.into(), retryable, ..Inner::default() }))
    }

    /// Returns the error of a request that breaks a rule, found before anything is sent.
    pub fn invalid_input(field: impl Into<String>, reason: impl fmt::Display) -> Self {
        let field = field.into();
        let mut error = Self::new(ErrorKind::InvalidInput, format!("{field} {reason}"));
        error.0.field = Some(field);
        error
    }

    /// Returns the error of a setting that is missing or wrong.
    pub fn configuration(setting: impl Into<String>, reason: impl fmt::Display) -> Self {
        let field = setting.into();
        let mut error = Self::new(ErrorKind::Configuration, format!("{field} {reason}"));
        error.0.field = Some(field);
        error
    }

    /// Returns the error of a response that cannot be read.
    pub fn decode(field: impl Into<String>, reason: impl fmt::Display) -> Self {
        let field = field.into();
        let mut error = Self::new(ErrorKind::Decode, format!("{field} {reason}"));
        error.0.field = Some(field);
        error
    }

    /// Returns the error that a service reports.
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

    /// Sets whether the same call may succeed later.
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

    /// Sets the delay that the service requires before the next attempt.
    #[must_use]
    pub fn with_retry_after(mut self, delay: Option<Duration>) -> Self {
        self.0.retry_after = delay;
        self
    }

    /// Sets the input field or setting that is wrong.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>) -> Self {
        self.0.field = Some(field.into());
        self
    }

    /// Sets the environment variable that contains the wrong setting.
    #[must_use]
    pub fn with_variable(mut self, name: &str) -> Self {
        self.0.message.push_str(" (set by the environment variable ");
        self.0.message.push_str(name);
        self.0.message.push(')');
        self
    }

    /// Adds a probable cause to the message.
    pub(crate) fn with_hint(mut self, hint: &str) -> Self {
        let room = text::MAX_MESSAGE.saturating_sub(hint.chars().count() + 50);
        let message = text::cut(&self.0.message, room).unwrap_or(self.0.message);
        self.0.message = format!("{message} ({hint})");
        self
    }

    /// Adds what is known about the change that the call was meant to make, and the identifiers that could be read from
    /// the response (`ClusterId "cls-1"`). Both are added to the message.
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

    /// Adds the goal of a waiter whose poll failed. The call before the wait was accepted.
    pub(crate) fn while_waiting(mut self, goal: &str) -> Self {
        self.0.message = format!(
            "waiting for {goal}: {} (the state is not known; the change that is waited for was made)",
            self.0.message
        );
        self.0.change = Change::Made;
        self
    }

    /// Limits the length of its texts: 2,000 characters of a message or a cause, 200 of a code, a request id or the
    /// name of a field. A longer text is cut and ends in `...` and its full length.
    pub(crate) fn bounded(self) -> Self {
        self.map_texts(&|_| None, &|_| true)
    }

    /// Replaces texts, including those of causes, by the result of `mask`, and limits their length. Documented codes
    /// stay.
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

    /// Sets the operation that failed.
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

    /// Returns a copy of the error for another caller that waited for the same result.
    pub(crate) fn share(&self) -> Self {
        Self(Box::new(Inner::clone(&self.0)))
    }
}
