//! Responses of Tencent's API 2.0: `code`, `codeDesc` and `message`, and the output under `data` or next to them.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::Value;
use wharf_core::error::{CodeMeta, Error, ErrorKind};
use wharf_core::model::json::{self, Mode};
use wharf_core::model::{Field, Member, Model, Place, Problem, Ref, Shape};
use wharf_core::product::Answer;
use wharf_core::protocol::envelope::{self, Nothing, from_status, kind_of, trimmed};

/// Fills `output` from a response, or returns the error that the response reports.
///
/// The services return every response with status 200; another status comes from an intermediary.
///
/// The code of the error is `codeDesc` if the response has one, or else the name that `meaning` has for the number in
/// `code`, or else the number. The kind of the error is that of the first code that `meaning` knows: the code of the
/// module behind the service (`(100004)` at the beginning of the message), `codeDesc`, the number.
///
/// # Errors
/// The error that the service reports; [`Decode`](ErrorKind::Decode) when a successful response cannot be read.
pub(crate) fn decode(
    response: &Response<Bytes>,
    output: &mut dyn Model,
    meaning: &dyn Fn(&str) -> Option<&'static CodeMeta>,
) -> Result<Answer, Error> {
    let (read, said) = read(response.body(), output);
    // A response whose output cannot be read may still report an error.
    let said = if read.is_err() { self::read(response.body(), &mut Nothing).1 } else { said };
    match said.number() {
        Some(number) if number != "0" => Err(said.into_error(number, response.status(), meaning)),
        None => Err(envelope::missing(response, "code", meaning)),
        Some(_) if !response.status().is_success() => Err(from_status(response)),
        Some(_) => read.map(|()| Answer::default()).map_err(|problem| {
            let field = problem.field.strip_prefix("data.").unwrap_or(&problem.field);
            Error::decode(field, problem.reason)
        }),
    }
}

/// Returns the code of the module behind the service, which is in brackets before the message: `(100004)projectId...`.
pub fn module_code(message: &str) -> Option<&str> {
    let (code, _) = message.trim_start().strip_prefix('(')?.split_once(')')?;
    let digits = code.strip_prefix('-').unwrap_or(code);
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(code)
}

fn read(body: &[u8], output: &mut dyn Model) -> (Result<(), Problem>, Said) {
    let mut envelope = Envelope { data: Data(output), said: Said::default() };
    let read = json::read(trimmed(body), &mut envelope, Mode::Lenient);
    (read, envelope.said)
}

/// The fields of every response in addition to its output.
#[derive(Debug, Default)]
struct Said {
    code: Option<Value>,
    code_desc: Option<String>,
    message: Option<String>,
}

impl Said {
    /// Returns the number as text, for a number and for a text on the wire.
    fn number(&self) -> Option<String> {
        match self.code.as_ref()? {
            Value::Number(number) => Some(number.to_string()),
            Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            _ => None,
        }
    }

    fn into_error(
        self,
        number: String,
        status: StatusCode,
        meaning: &dyn Fn(&str) -> Option<&'static CodeMeta>,
    ) -> Error {
        let message = self.message.unwrap_or_default();
        let word =
            self.code_desc.map(|word| word.trim().to_owned()).filter(|word| !word.is_empty() && word != "Success");
        let meta = module_code(&message)
            .and_then(meaning)
            .or_else(|| word.as_deref().and_then(meaning))
            .or_else(|| meaning(&number));
        let kind = match meta {
            Some(meta) => meta.kind,
            None if status.is_success() => ErrorKind::Other,
            None => kind_of(status),
        };
        let message =
            if message.trim().is_empty() { format!("the service answered with the code {number}") } else { message };
        let code = word.unwrap_or_else(|| meaning(&number).map_or(number, |meta| meta.code.to_owned()));
        let error = Error::service(kind, code, message);
        match meta {
            Some(meta) => error.with_retryable(meta.retryable),
            None => error,
        }
    }
}

/// The whole response. The fields of the output are at the top level or under `data`.
#[derive(Debug)]
struct Envelope<'a> {
    data: Data<'a>,
    said: Said,
}

/// The content of `data`.
#[derive(Debug)]
struct Data<'a>(&'a mut dyn Model);

impl Model for Envelope<'_> {
    fn shape(&self) -> &'static Shape {
        static SHAPE: Shape = Shape::new("Envelope", &[Member::new("data")]);
        &SHAPE
    }

    fn each<'a>(&'a self, _: &mut dyn FnMut(&'static Member, Ref<'a>)) {}

    fn find(&mut self, wire: &str) -> Option<(&'static str, &mut dyn Field)> {
        match wire {
            "code" => Some(("code", &mut self.said.code)),
            "codeDesc" => Some(("codeDesc", &mut self.said.code_desc)),
            "message" => Some(("message", &mut self.said.message)),
            "data" => Some(("", &mut self.data)),
            wire => self.data.0.find(wire),
        }
    }

    fn decoding(&mut self) -> Option<&mut json::Decoding> {
        self.data.0.decoding()
    }
}

impl Field for Data<'_> {
    fn get(&self) -> Ref<'_> {
        Ref::Object(&*self.0)
    }

    fn place(&mut self) -> Place<'_> {
        Place::Object(&mut *self.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    #[derive(Default)]
    struct List {
        total: Option<i64>,
        ids: Vec<String>,
        failed: std::collections::BTreeMap<String, String>,
    }
    wharf_core::model! { List = "List" { total = "totalCount"; ids = "instanceIds"; failed = "failedMap"; } }

    static KNOWN: &[CodeMeta] = &[
        CodeMeta::new("-507", ErrorKind::Throttled, true, "Too often."),
        CodeMeta::new("100004", ErrorKind::NotFound, false, "No such project."),
        CodeMeta::new("4100", ErrorKind::Credentials, false, "Refused."),
        CodeMeta::new("OperationDenied", ErrorKind::Conflict, false, "Not now."),
    ];

    fn answer(status: u16, body: &str) -> (Result<Answer, Error>, List) {
        let response = Response::builder().status(status).body(Bytes::copy_from_slice(body.as_bytes())).unwrap();
        let mut output = List::default();
        let result = decode(&response, &mut output, &|code| KNOWN.iter().find(|known| known.code == code));
        (result, output)
    }

    fn refused(status: u16, body: &str) -> Error {
        answer(status, body).0.unwrap_err()
    }

    #[test]
    fn an_output_stands_under_data_or_beside_the_code() {
        for body in [
            r#"{"code":0,"message":"","codeDesc":"Success","data":{"totalCount":2,"instanceIds":["a","b"],"new":{}}}"#,
            r#"{"code":"0","message":"ok","totalCount":"2","instanceIds":["a","b"],"failedMap":[]}"#,
        ] {
            let (result, list) = answer(200, body);
            assert_eq!(result.unwrap(), Answer::default());
            assert_eq!((list.total, list.ids.len(), list.failed.len()), (Some(2), 2, 0));
        }
        for body in [r#"{"code":0}"#, r#"{"code":0,"data":null}"#, r#"{"code":0,"data":[]}"#, r#"{"code":0,"data":""}"#]
        {
            assert_eq!(answer(200, body).1.total, None, "{body}");
            answer(200, body).0.unwrap();
        }
    }

    #[test]
    fn any_output_has_what_the_envelope_holds() {
        let mut output = wharf_core::model::Any::default();
        let body = r#"{"code":0,"message":"","codeDesc":"Success","data":{"status":"succ"}}"#;
        decode(&Response::new(Bytes::from_static(body.as_bytes())), &mut output, &|_| None).unwrap();
        assert_eq!(output.into_value(), serde_json::json!({"status": "succ"}));
    }

    #[test]
    fn codes_are_found_from_the_most_specific_on() {
        let told = |body: &str| {
            let error = refused(200, body);
            (error.kind(), error.code().unwrap().to_owned(), error.is_retryable())
        };
        assert_eq!(told(r#"{"code":5100,"message":"(100004)projectId"}"#), (ErrorKind::NotFound, "5100".into(), false));
        assert_eq!(
            told(r#"{"code":-507,"message":"m","codeDesc":"OperationDenied"}"#),
            (ErrorKind::Conflict, "OperationDenied".into(), false)
        );
        assert_eq!(told(r#"{"code":-507,"message":"m"}"#), (ErrorKind::Throttled, "-507".into(), true));
        assert_eq!(told(r#"{"code":"4100","codeDesc":"Odd"}"#), (ErrorKind::Credentials, "Odd".into(), false));
        assert_eq!(told(r#"{"code":7,"message":"(1x)m","codeDesc":"Success"}"#), (ErrorKind::Other, "7".into(), false));
        assert_eq!(refused(200, r#"{"code":7,"data":{"totalCount":[1]}}"#).code(), Some("7"));
        assert_eq!(refused(200, r#"{"code":7}"#).message(), "the service answered with the code 7");
        assert_eq!(refused(503, r#"{"code":7,"message":"m"}"#).kind(), ErrorKind::Transient);
    }

    #[test]
    fn what_is_no_answer_is_told_by_its_status_or_cannot_be_read() {
        let error = refused(502, "<html>planted</html>");
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Transient, true));
        assert!(!format!("{error:?}").contains("planted"));
        for body in ["", "<html>", "{}", "[]", r#"{"code":null}"#, r#"{"code":0,"data":{"totalCount":1"#] {
            assert_eq!(refused(200, body).kind(), ErrorKind::Decode, "{body}");
        }
        let error = refused(200, r#"{"code":0,"data":{"instanceIds":{"a":1}}}"#);
        assert_eq!((error.kind(), error.field()), (ErrorKind::Decode, Some("instanceIds")));
        assert_eq!(refused(200, r#"{"code":0,"data":"x"}"#).field(), Some("data"));
    }

    #[test]
    fn module_codes() {
        assert_eq!(module_code("(100004)projectId"), Some("100004"));
        assert_eq!(module_code(" (-507) late"), Some("-507"));
        for message in ["", "(", "()", "(-)x", "(a)", "x(1)", "(1"] {
            assert_eq!(module_code(message), None, "{message}");
        }
    }
}
