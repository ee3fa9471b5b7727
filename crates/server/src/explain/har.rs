//! Archives in HAR, as browsers and proxies write them.

use super::capture::{CaptureError, Captured};
use http::Uri;
use serde::Deserialize;

#[derive(Deserialize)]
struct Archive {
    log: Log,
}

#[derive(Deserialize)]
struct Log {
    entries: Vec<Exchange>,
}

#[derive(Deserialize)]
struct Exchange {
    request: Request,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    method: String,
    url: String,
    #[serde(default)]
    headers: Vec<Pair>,
    post_data: Option<Data>,
}

#[derive(Deserialize)]
struct Pair {
    name: String,
    value: String,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    text: String,
}

/// Reads the first request that is signed, or the first one.
pub(super) fn read(text: &[u8]) -> Result<Captured, CaptureError> {
    let archive: Archive = serde_json::from_slice(text).map_err(|error| {
        CaptureError::new(format!(
            "it looks like HAR, and cannot be read: line {}, column {}",
            error.line(),
            error.column()
        ))
    })?;
    let mut requests: Vec<Request> = archive.log.entries.into_iter().map(|exchange| exchange.request).collect();
    let signed = requests.iter().position(Request::is_signed).unwrap_or(0);
    if signed >= requests.len() {
        return Err(CaptureError::new("the archive has no requests"));
    }
    let request = requests.swap_remove(signed);
    let uri: Uri = request.url.parse().map_err(|_| CaptureError::new("the URL of the request is not valid"))?;
    let target = uri.path_and_query().map_or_else(|| "/".to_owned(), |target| target.as_str().to_owned());
    let mut captured = Captured {
        method: request.method,
        target,
        body: request.post_data.map(|data| data.text).unwrap_or_default().into_bytes(),
        ..Captured::default()
    };
    for Pair { name, value } in request.headers {
        match name.strip_prefix(':') {
            Some("authority") => captured.headers.push(("host".to_owned(), value)),
            Some(_) => {}
            None => captured.headers.push((name, value)),
        }
    }
    if captured.header("host").is_none()
        && let Some(host) = uri.authority()
    {
        captured.headers.push(("host".to_owned(), host.to_string()));
    }
    Ok(captured)
}

impl Request {
    fn is_signed(&self) -> bool {
        self.headers.iter().any(|header| header.name.eq_ignore_ascii_case("authorization"))
            || self.url.contains("Signature=")
            || self.post_data.as_ref().is_some_and(|data| data.text.contains("Signature="))
    }
}
