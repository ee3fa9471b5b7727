//! Bodies that do not come from a service: empty ones, compressed bytes, HTML pages.

use http::Response;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use serde::de::IgnoredAny;

/// Byte order mark, which some gateways write before JSON.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Returns the body without a byte order mark and without white space around it.
pub fn trimmed(body: &[u8]) -> &[u8] {
    let body = body.trim_ascii();
    body.strip_prefix(BOM).unwrap_or(body).trim_ascii()
}

/// Returns whether the body is empty, white space, or a bare `null`.
pub(super) fn is_blank(body: &[u8]) -> bool {
    matches!(trimmed(body), b"" | b"null")
}

/// Returns why the body does not come from a service, worded to follow "answer", or `None` if it may.
pub(super) fn reason<B: AsRef<[u8]>>(response: &Response<B>) -> Option<String> {
    let body = response.body().as_ref();
    if let Some(encoding) = compression(response) {
        return Some(format!("is compressed ({encoding}), which was not asked for"));
    }
    is_page(body).then(|| "is a page for people, not one of the service".to_owned())
}

/// Returns the compression of the body, by its first bytes or by its header. Requests never accept compression.
fn compression<B: AsRef<[u8]>>(response: &Response<B>) -> Option<String> {
    let body = response.body().as_ref();
    let magic = match body {
        [0x1f, 0x8b, ..] => Some("gzip"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some("zstd"),
        // The two bytes of a zlib header are a multiple of 31.
        [0x78, level @ (0x01 | 0x5e | 0x9c | 0xda), ..] if (0x7800 + u16::from(*level)) % 31 == 0 => Some("deflate"),
        _ => None,
    };
    if let Some(name) = magic {
        return Some(name.to_owned());
    }
    let stated: Vec<_> = response
        .headers()
        .get_all(CONTENT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .filter(|name| !name.is_empty() && name != "identity")
        .collect();
    // A proxy may have decompressed the body and left the header.
    let unpacked = is_blank(body) || is_page(body) || serde_json::from_slice::<IgnoredAny>(trimmed(body)).is_ok();
    (!stated.is_empty() && !unpacked).then(|| stated.join(", "))
}

/// Returns whether the body is HTML, whatever its header: some services declare `text/html` for their JSON.
fn is_page(body: &[u8]) -> bool {
    let body = trimmed(body);
    let begins = |word: &[u8]| body.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    begins(b"<!doctype") || begins(b"<html") || begins(b"<head") || begins(b"<body") || begins(b"<!--")
}

/// Returns a description of the body, for the error of a response that only its status explains.
pub(super) fn description<B: AsRef<[u8]>>(response: &Response<B>) -> String {
    if let Some(encoding) = compression(response) {
        return format!("an answer that is compressed ({encoding}), which was not asked for");
    }
    let form = match response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) {
        Some(form) => format!(" ({form})"),
        None => String::new(),
    };
    format!("{} bytes{form} that are no answer of the service", response.body().as_ref().len())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn answer(encoding: &str, body: &[u8]) -> Option<String> {
        let mut response = Response::builder();
        if !encoding.is_empty() {
            response = response.header(CONTENT_ENCODING, encoding);
        }
        reason(&response.body(body.to_vec()).unwrap())
    }

    #[test]
    fn compression_is_found_by_header_and_by_the_first_bytes() {
        let compressed = |name: &str| Some(format!("is compressed ({name}), which was not asked for"));
        assert_eq!(answer("gzip", b"\x1f\x8b\x08\0"), compressed("gzip"));
        assert_eq!(answer("", b"\x1f\x8b\x08\0"), compressed("gzip"));
        assert_eq!(answer("", b"\x28\xb5\x2f\xfd\x04"), compressed("zstd"));
        assert_eq!(answer("", b"\x78\x9c\xab"), compressed("deflate"));
        assert_eq!(answer("br", b"\x0b\x02\x80{}\x03"), compressed("br"));
        assert_eq!(answer("GZip, BR", b"\x01\x02"), compressed("gzip, br"));
        for (encoding, body) in [("identity", &b"x"[..]), ("gzip", b"{\"a\":1}"), ("br", b" "), ("", b"x\x1f\x8b")] {
            assert_eq!(answer(encoding, body), None);
        }
    }

    #[test]
    fn pages_are_found_by_what_they_say() {
        for page in ["<html>", " <!DOCTYPE html><p>", "\u{feff}<HTML lang=en>", "<head><title>", "<!-- x --><html>"] {
            assert!(answer("", page.as_bytes()).unwrap().contains("page for people"), "{page}");
        }
        for other in ["<?xml version='1.0'?><Error/>", "<Error>", "{}", "htm", ""] {
            assert_eq!(answer("", other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn what_says_nothing() {
        for blank in ["", " \r\n", "\u{feff}", "null", " null\n"] {
            assert!(is_blank(blank.as_bytes()), "{blank:?}");
        }
        for answer in ["{}", "[]", "0", "\"\"", "nul"] {
            assert!(!is_blank(answer.as_bytes()), "{answer:?}");
        }
    }
}
