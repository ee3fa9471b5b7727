//! Responses of Tencent's APIs version 3: `{"Response": {...}}`, with or without an `Error` in it.

use bytes::Bytes;
use http::{Response, StatusCode};
use wharf_core::error::{CodeMeta, Error, ErrorKind};
use wharf_core::model::json::{self, Mode};
use wharf_core::model::{Field, Member, Model, Place, Problem, Ref, Shape};
use wharf_core::product::Answer;
use wharf_core::protocol::envelope::{self, Nothing, kind_of, trimmed};

/// Fills `output` from a response, or returns the error that the response reports.
///
/// The status is used only if the body reports nothing: the services return errors with status 200, and intermediaries
/// return their own error pages.
///
/// # Errors
/// The error that the service reports, with the kind that `meaning` has for its code; [`Decode`](ErrorKind::Decode)
/// when a successful response cannot be read.
pub(crate) fn decode(
    response: &Response<Bytes>,
    output: &mut dyn Model,
    meaning: &dyn Fn(&str) -> Option<&'static CodeMeta>,
) -> Result<Answer, Error> {
    let (read, found) = read(response.body(), output);
    // A response whose output cannot be read may still name its request or report an error.
    let found = if read.is_err() { self::read(response.body(), &mut Nothing).1 } else { found };
    let request_id = found.request_id.filter(|id| !id.is_empty());
    let failure = match found.failure.filter(|failure| !failure.is_empty()) {
        Some(failure) => failure.into_error(response.status(), meaning),
        None if !response.status().is_success() || !found.response => envelope::missing(response, ENVELOPE, meaning),
        None => match read {
            Err(problem) => unreadable(problem),
            Ok(()) => {
                if let Some(id) = &request_id {
                    hand_over(id, output);
                }
                return Ok(Answer::new(request_id));
            }
        },
    };
    Err(failure.with_request_id(request_id))
}

fn read(body: &[u8], output: &mut dyn Model) -> (Result<(), Problem>, Found) {
    let mut envelope = Envelope(Inner { output, found: Found::default() });
    let read = json::read(trimmed(body), &mut envelope, Mode::Lenient);
    (read, envelope.0.found)
}

/// Sets the request id in an output that has a field for it.
fn hand_over(request_id: &str, output: &mut dyn Model) {
    match output.find("RequestId").map(|(_, field)| field.place()) {
        Some(Place::Text(place)) => place.set(request_id),
        Some(Place::Json(place)) => *place = request_id.into(),
        _ => {}
    }
}

fn unreadable(problem: Problem) -> Error {
    // The response is cut off, not the envelope.
    let field = if problem.field == ENVELOPE { "the document" } else { problem.field.as_str() };
    Error::decode(field.strip_prefix("Response.").unwrap_or(field), problem.reason)
}

/// The only field of a response.
const ENVELOPE: &str = "Response";

/// The fields of the envelope in addition to the output.
#[derive(Debug, Default)]
struct Found {
    response: bool,
    failure: Option<Failure>,
    request_id: Option<String>,
}

/// The outer object, with one field: `Response`.
#[derive(Debug)]
struct Envelope<'a>(Inner<'a>);

/// The inner object: the fields of the output, and the two that every response may have.
#[derive(Debug)]
struct Inner<'a> {
    output: &'a mut dyn Model,
    found: Found,
}

impl Model for Envelope<'_> {
    fn shape(&self) -> &'static Shape {
        static SHAPE: Shape = Shape::new("Envelope", &[Member::new("Response")]);
        &SHAPE
    }

    fn each<'a>(&'a self, _: &mut dyn FnMut(&'static Member, Ref<'a>)) {}

    fn find(&mut self, wire: &str) -> Option<(&'static str, &mut dyn Field)> {
        if wire == "Response" { Some(("", &mut self.0)) } else { None }
    }

    fn decoding(&mut self) -> Option<&mut json::Decoding> {
        self.0.output.decoding()
    }
}

impl Field for Inner<'_> {
    fn get(&self) -> Ref<'_> {
        if self.found.response { Ref::Object(self) } else { Ref::Absent }
    }

    fn place(&mut self) -> Place<'_> {
        self.found.response = true;
        Place::Object(self)
    }

    fn clear(&mut self) {
        self.found.response = false;
    }
}

impl Model for Inner<'_> {
    fn shape(&self) -> &'static Shape {
        self.output.shape()
    }

    fn each<'a>(&'a self, visit: &mut dyn FnMut(&'static Member, Ref<'a>)) {
        self.output.each(visit);
    }

    fn find(&mut self, wire: &str) -> Option<(&'static str, &mut dyn Field)> {
        match wire {
            "Error" => Some(("Error", &mut self.found.failure)),
            "RequestId" => Some(("RequestId", &mut self.found.request_id)),
            wire => self.output.find(wire),
        }
    }
}

#[derive(Default)]
struct Failure {
    code: String,
    message: String,
}

wharf_core::model! {
    Failure = "Error" {
        code = "Code";
        message = "Message";
    }
}

impl Failure {
    /// Returns true for an empty `Error`, which some services write into a successful response.
    fn is_empty(&self) -> bool {
        self.code.is_empty() && self.message.is_empty()
    }

    fn into_error(self, status: StatusCode, meaning: &dyn Fn(&str) -> Option<&'static CodeMeta>) -> Error {
        match meaning(&self.code) {
            Some(meta) => Error::service(meta.kind, self.code, self.message).with_retryable(meta.retryable),
            None if status.is_success() => Error::service(ErrorKind::Other, self.code, self.message),
            None => Error::service(kind_of(status), self.code, self.message),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[derive(Clone, Default, PartialEq)]
    struct Output {
        total: u64,
        ids: Vec<String>,
        request_id: String,
    }

    wharf_core::model! {
        Output = "Output" {
            total = "TotalCount";
            ids = "Ids";
            request_id = "RequestId";
        }
    }

    static THROTTLED: CodeMeta = CodeMeta::new("RequestLimitExceeded", ErrorKind::Throttled, true, "Too many.");

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> (Result<Answer, Error>, Output) {
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let mut output = Output::default();
        let meaning = |code: &str| (code == THROTTLED.code).then_some(&THROTTLED);
        let result = decode(&response.body(Bytes::copy_from_slice(body.as_bytes())).unwrap(), &mut output, &meaning);
        (result, output)
    }

    #[test]
    fn a_good_answer_fills_the_output() {
        let (result, output) =
            answer(200, &[], r#"{"Response":{"TotalCount":2,"Ids":["a","b"],"New":[{}],"RequestId":"r-1"}}"#);
        assert_eq!(result.unwrap().request_id.as_deref(), Some("r-1"));
        assert_eq!(output, Output { total: 2, ids: vec!["a".into(), "b".into()], request_id: "r-1".into() });
    }

    #[test]
    fn the_request_id_may_be_missing() {
        let (result, output) = answer(200, &[], r#"{"Response":{"TotalCount":2,"Error":null}}"#);
        assert_eq!(result.unwrap().request_id, None);
        assert_eq!(output.total, 2);
        let (result, _) = answer(200, &[], r#"{"Response":{"RequestId":null,"Error":{}}}"#);
        assert_eq!(result.unwrap().request_id, None);
    }

    #[test]
    fn an_error_is_an_error_whatever_the_status() {
        let body = r#"{"Response":{"Error":{"Code":"RequestLimitExceeded","Message":"slow down"},"RequestId":"r-2"}}"#;
        for status in [200, 400, 503] {
            let error = answer(status, &[], body).0.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Throttled);
            assert_eq!((error.code(), error.message()), (Some("RequestLimitExceeded"), "slow down"));
            assert_eq!(error.request_id(), Some("r-2"));
            assert!(error.is_retryable());
        }
    }

    #[test]
    fn an_unknown_code_is_kept() {
        let body = r#"{"Response":{"Error":{"Code":"Strange.Thing","Message":"m"}}}"#;
        let error = answer(200, &[], body).0.unwrap_err();
        assert_eq!(
            (error.kind(), error.code(), error.is_retryable()),
            (ErrorKind::Other, Some("Strange.Thing"), false)
        );
        assert_eq!(answer(503, &[], body).0.unwrap_err().kind(), ErrorKind::Transient);
    }

    #[test]
    fn a_page_of_something_between_is_told_by_its_status() {
        for (status, kind, retryable) in [
            (400, ErrorKind::InvalidInput, false),
            (401, ErrorKind::Credentials, false),
            (403, ErrorKind::PermissionDenied, false),
            (404, ErrorKind::Other, false),
            (302, ErrorKind::Other, false),
            (407, ErrorKind::Configuration, false),
            (429, ErrorKind::Throttled, true),
            (500, ErrorKind::Transient, true),
            (501, ErrorKind::Unsupported, false),
            (502, ErrorKind::Transient, true),
        ] {
            let error = answer(status, &[("content-type", "text/html")], "<html>planted</html>").0.unwrap_err();
            assert_eq!((error.kind(), error.is_retryable()), (kind, retryable), "{status}");
            assert!(error.message().contains(&status.to_string()) && error.message().contains("text/html"));
            assert!(!format!("{error:?}").contains("planted"));
        }
        let error = answer(502, &[], r#"{"Response":{"RequestId":"r-3"}}"#).0.unwrap_err();
        assert_eq!((error.kind(), error.request_id()), (ErrorKind::Transient, Some("r-3")));
    }

    #[test]
    fn a_good_status_with_a_bad_body_cannot_be_read() {
        for body in [
            "",
            "<html>",
            "{}",
            "[]",
            r#"{"Response":null}"#,
            r#"{"Response":""}"#,
            r#"{"Response":5}"#,
            r#"{"Response":{"TotalCount":1"#,
        ] {
            assert_eq!(answer(200, &[], body).0.unwrap_err().kind(), ErrorKind::Decode, "{body}");
        }
    }

    #[test]
    fn a_member_that_does_not_fit_is_named_and_the_request_too() {
        let error = answer(200, &[], r#"{"Response":{"Ids":{"a":1},"RequestId":"r-4"}}"#).0.unwrap_err();
        assert_eq!((error.kind(), error.field(), error.request_id()), (ErrorKind::Decode, Some("Ids"), Some("r-4")));
    }
}
