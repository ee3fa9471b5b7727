//! HTTP text: as it was on the wire, with or without what programs print around it.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Uri};

/// Headers that a request may have.
const MOST_HEADERS: usize = 1_000;

/// Why a capture cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CaptureError {
    message: String,
}

impl CaptureError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

/// A request as it was captured.
#[derive(Debug, Default)]
pub(super) struct Captured {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    /// The body may have a line break at its end that is not of the request.
    pub(super) loose_end: bool,
}

impl Captured {
    /// The value of a header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The request, in each of the ways in which its body may end, the likeliest first.
    pub(super) fn requests(self) -> Result<Vec<Request<Bytes>>, CaptureError> {
        let mut bodies = vec![self.body.clone()];
        let trimmed = self.body.trim_ascii_end();
        if self.loose_end && trimmed.len() < self.body.len() {
            // The line break is that of an editor more often than that of the request.
            bodies.insert(0, trimmed.to_vec());
        }
        bodies.into_iter().map(|body| self.request(body)).collect()
    }

    fn request(&self, body: Vec<u8>) -> Result<Request<Bytes>, CaptureError> {
        let mut request = Request::new(Bytes::from(body));
        *request.method_mut() = Method::from_bytes(self.method.as_bytes())
            .map_err(|_| CaptureError::new("the request line has no valid method"))?;
        *request.uri_mut() = self
            .target
            .parse::<Uri>()
            .map_err(|_| CaptureError::new("the request line has no valid path: spaces and such must be encoded"))?;
        for (name, value) in &self.headers {
            let wrong = |what: &str| CaptureError::new(format!("the header `{}` has no valid {what}", shown(name)));
            let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong("name"))?;
            let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| wrong("value"))?;
            request.headers_mut().append(key, value);
        }
        Ok(request)
    }
}

/// A name as far as an error repeats it.
fn shown(name: &str) -> String {
    name.chars().filter(|character| !character.is_control()).take(60).collect()
}

/// Reads HTTP text.
pub(super) fn read(bytes: &[u8]) -> Result<Captured, CaptureError> {
    let unmarked = without_marks(bytes);
    let bytes = unmarked.as_deref().unwrap_or(bytes);
    let start = request_line(bytes).ok_or_else(|| {
        CaptureError::new("there is no request line (`POST / HTTP/1.1`), and it is neither a curl command nor HAR")
    })?;
    let mut rest = bytes.get(start..).unwrap_or_default();
    let line = take_line(&mut rest);
    let mut words = line.split(' ').filter(|word| !word.is_empty());
    let mut captured = Captured {
        method: words.next().unwrap_or_default().to_owned(),
        target: words.next().unwrap_or_default().to_owned(),
        ..Captured::default()
    };
    let mut number = 1;
    let mut ended = false;
    while !rest.is_empty() {
        let line = take_line(&mut rest);
        number += 1;
        if line.is_empty() {
            ended = true;
            break;
        }
        if captured.headers.len() >= MOST_HEADERS {
            return Err(CaptureError::new(format!("the request has more than {MOST_HEADERS} headers")));
        }
        if line.starts_with([' ', '\t']) {
            // A header that continues, as older programs fold it.
            if let Some((_, value)) = captured.headers.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
                continue;
            }
        }
        // HTTP/2 and what programs print of it.
        let pseudo = line.strip_prefix(':');
        let Some((name, value)) = pseudo.unwrap_or(&line).split_once(':') else {
            return Err(CaptureError::new(format!("line {number} of the request is neither a header nor empty")));
        };
        match (pseudo, name) {
            (Some(_), "authority") => captured.headers.push(("host".to_owned(), value.trim().to_owned())),
            (Some(_), _) => {}
            (None, name) => captured.headers.push((name.trim().to_owned(), value.trim().to_owned())),
        }
    }
    if !ended && !rest.is_empty() {
        return Err(CaptureError::new("the headers do not end with an empty line"));
    }
    take_body(&mut captured, rest)?;
    Ok(captured)
}

/// Takes the body, whose length or parts the headers tell.
fn take_body(captured: &mut Captured, rest: &[u8]) -> Result<(), CaptureError> {
    if captured.header("transfer-encoding").is_some_and(|value| value.to_ascii_lowercase().contains("chunked")) {
        captured.body = chunks(rest)?;
        return Ok(());
    }
    let Some(length) = captured.header("content-length") else {
        captured.body = rest.to_vec();
        captured.loose_end = true;
        return Ok(());
    };
    let length: usize = length.parse().map_err(|_| CaptureError::new("Content-Length is not a number"))?;
    let body = rest.get(..length).ok_or_else(|| {
        let there = rest.len();
        CaptureError::new(format!(
            "the body is cut: Content-Length is {length}, and {there} bytes of the body are in the capture"
        ))
    })?;
    captured.body = body.to_vec();
    Ok(())
}

/// The body that was sent in chunks.
fn chunks(mut rest: &[u8]) -> Result<Vec<u8>, CaptureError> {
    let mut out = Vec::new();
    loop {
        let line = take_line(&mut rest);
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16)
            .map_err(|_| CaptureError::new("the body is sent in chunks, and one of them has no size"))?;
        if size == 0 {
            return Ok(out);
        }
        let chunk = rest.get(..size).ok_or_else(|| CaptureError::new("the body is cut in the middle of a chunk"))?;
        out.extend_from_slice(chunk);
        rest = rest.get(size..).unwrap_or_default();
        take_line(&mut rest);
    }
}

/// Where the request line begins: at the beginning of a line, or behind what a program printed before it.
fn request_line(bytes: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = find(bytes.get(from..)?, b" HTTP/") {
        let end = from + at;
        let line = bytes.get(..end)?.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let text = bytes.get(line..end)?;
        // The last two words before the version are the method and the target.
        let space = text.iter().rposition(|byte| *byte == b' ')?;
        let method: usize = text.get(..space)?.iter().rev().take_while(|byte| byte.is_ascii_uppercase()).count();
        if (3..=7).contains(&method) {
            return Some(line + space - method);
        }
        from = end + 1;
    }
    None
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|part| part == wanted)
}

/// Takes a line without its end. Bytes that are not UTF-8 are replaced.
fn take_line(rest: &mut &[u8]) -> String {
    let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    let (line, after) = rest.split_at(end);
    *rest = after.strip_prefix(b"\n").unwrap_or(after);
    String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned()
}

/// The lines that `curl -v` marks as sent, without their marks, if there are any.
fn without_marks(bytes: &[u8]) -> Option<Vec<u8>> {
    let is_marked = |line: &&[u8]| line.starts_with(b"> ") || line.trim_ascii() == b">";
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let is_request = |line: &[u8]| line.starts_with(b"> ") && find(line, b" HTTP/").is_some();
    let first = lines.find(|line| is_request(line))?;
    let mut out = Vec::new();
    for line in [first].into_iter().chain(lines.take_while(is_marked)) {
        out.extend_from_slice(line.strip_prefix(b"> ").unwrap_or_else(|| line.strip_prefix(b">").unwrap_or(line)));
        out.push(b'\n');
    }
    Some(out)
}
