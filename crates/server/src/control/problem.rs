//! Refused requests of the control API.

use super::{Body, text_answer};
use http::Response;
use serde_json::json;

/// Why something was refused: where, why, and what is expected instead. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}; expected {expected}", if place.is_empty() { String::new() } else { format!("{place}: ") })]
#[non_exhaustive]
pub struct Problem {
    status: u16,
    /// The member, parameter or thing that is wrong; empty if it is the input as a whole.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// What is expected instead.
    pub expected: String,
}

impl Problem {
    fn new(status: u16, place: impl Into<String>, message: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { status, place: place.into(), message: message.into(), expected: expected.into() }
    }

    /// Returns the problem of a value that cannot be used.
    pub(crate) fn wrong(place: impl Into<String>, message: impl Into<String>, expected: impl Into<String>) -> Self {
        Self::new(400, place, message, expected)
    }

    /// Returns the problem with its place inside of a larger one.
    pub(crate) fn inside(mut self, place: &str) -> Self {
        self.place = if self.place.is_empty() { place.to_owned() } else { format!("{place}.{}", self.place) };
        self
    }

    /// Returns the problem of something that does not exist.
    pub(crate) fn unknown(place: impl Into<String>, message: impl Into<String>, expected: impl Into<String>) -> Self {
        Self::new(404, place, message, expected)
    }

    /// Returns the problem of something that cannot be done in the present state.
    pub(crate) fn conflict(place: impl Into<String>, message: impl Into<String>, expected: impl Into<String>) -> Self {
        Self::new(409, place, message, expected)
    }

    /// Returns the problem of one more than there may be.
    pub(crate) fn too_many(place: impl Into<String>, message: impl Into<String>, expected: impl Into<String>) -> Self {
        Self::new(429, place, message, expected)
    }

    /// Returns the problem of a request that a status of HTTP describes.
    pub(super) fn http(
        status: u16,
        place: impl Into<String>,
        message: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self::new(status, place, message, expected)
    }

    /// Returns the problem of an answer that cannot be written.
    pub(super) fn internal(message: impl Into<String>) -> Self {
        Self::new(500, "", message, "an answer that can be written")
    }

    /// Returns the problem of JSON that cannot be read as what it is to be. Texts of the input are not repeated: they can
    /// be secrets.
    pub(crate) fn of_json(place: &str, error: &serde_json::Error) -> Self {
        let text = error.to_string();
        let text = text.split(" at line ").next().unwrap_or_default();
        let place = if place == "." { "" } else { place };
        let (message, expected) = match text.split_once(", expected ") {
            Some((message, expected)) => (message, expected.to_owned()),
            None if text.starts_with("missing field") => (text, "the member".to_owned()),
            None if text.starts_with("recursion limit") => (text, "at most 128 levels".to_owned()),
            None => (text, "JSON as the OpenAPI document describes it".to_owned()),
        };
        Self::wrong(place, without_texts(message), expected)
    }

    /// Returns it as an answer.
    pub(super) fn response(&self) -> Response<Body> {
        let body = json!({"error": {"place": self.place, "message": self.message, "expected": self.expected}});
        text_answer(self.status, "application/json", body.to_string())
    }
}

/// The message without the text that it repeats: `invalid type: string "secret"` is `invalid type: string`.
fn without_texts(message: &str) -> String {
    match message.split_once(" \"") {
        Some((start, _)) if message.starts_with("invalid ") => start.to_owned(),
        _ => message.to_owned(),
    }
}
