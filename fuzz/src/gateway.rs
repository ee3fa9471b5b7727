//! HTTP requests to the gateway: `<method> <target>` and lines of headers, then the body. If the method ends in `!`, the
//! request is signed by TC3-HMAC-SHA256.

use crate::parts::{runtime, server, split};
use bytes::Bytes;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use wharf_core::transport::Limits;
use wharf_sign::{Credentials, Payload, tc3};

/// Sends a request to the server.
pub fn run(data: &[u8]) {
    let (head, body) = split(data);
    let Some(mut request) = request(head, body) else { return };
    let server = server();
    if request.1 {
        sign(&mut request.0, server.credentials());
    }
    let limits = Limits { timeout: Duration::from_secs(20), max_response: 256 << 20 };
    if let Ok(answer) = runtime().block_on(server.transport().send(request.0, limits)) {
        assert!(answer.status().as_u16() != 500, "{:?}", answer.body());
    }
}

/// The request, and whether it is to be signed.
fn request(head: &[u8], body: &[u8]) -> Option<(http::Request<Bytes>, bool)> {
    let mut lines = head.split(|byte| *byte == b'\n');
    let first = std::str::from_utf8(lines.next()?).ok()?;
    let (method, target) = first.split_once(' ')?;
    let (method, signed) = method.strip_suffix('!').map_or((method, false), |method| (method, true));
    let mut builder = http::Request::builder().method(method).uri(target);
    for line in lines {
        let at = line.iter().position(|byte| *byte == b':')?;
        builder = builder.header(&line[..at], line[at + 1..].trim_ascii());
    }
    Some((builder.body(Bytes::copy_from_slice(body)).ok()?, signed))
}

fn sign(request: &mut http::Request<Bytes>, credentials: wharf_core::credentials::Credentials) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs() as i64);
    let key = Credentials { id: credentials.id(), secret: credentials.secret().expose(), token: None };
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
    let (content_type, host) = (text("content-type"), text("host"));
    let headers = [("content-type", content_type), ("host", host)];
    let parts = wharf_sign::Request {
        method: request.method().as_str(),
        path: request.uri().path(),
        query: request.uri().query().unwrap_or(""),
        headers: &headers,
        payload: Payload::Bytes(request.body()),
        ..wharf_sign::Request::default()
    };
    let service = host.split('.').next().unwrap_or("tke");
    let signed = tc3::sign(&parts, &key, &tc3::Scope { service, timestamp: now });
    let added = tc3::headers(&key, now).into_iter().map(|header| (header.name, header.value));
    let all: Vec<_> = added.chain([("authorization", signed.authorization().to_owned())]).collect();
    for (name, value) in all {
        if let Ok(value) = value.parse() {
            request.headers_mut().insert(name, value);
        }
    }
}
