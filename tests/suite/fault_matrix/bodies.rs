//! Bodies with status 200 that are no answer of the service, or not the whole one.

use super::{Bodies, Fault, JSON, Then, good, head, http};
use crate::raw::Act;
use wharf::ErrorKind;

const UNREADABLE: &[ErrorKind] = &[ErrorKind::Decode];
const SAID_NO: &[ErrorKind] = &[ErrorKind::PermissionDenied];

pub(super) fn faults() -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut broken = |name: &'static str, answer: fn(&Bodies) -> Vec<u8>| {
        faults.push(Fault::new(name, Then::Ends(UNREADABLE), move |bodies| vec![Act::Send(answer(bodies))]));
    };
    broken("200 without a body", |_| http("200 OK", &[JSON], ""));
    broken("200 without a body or a type", |_| http("200 OK", &[], ""));
    broken("204", |_| head("204 No Content", &[]));
    broken("blanks", |_| good("  \r\n "));
    broken("null", |_| good("null"));
    broken("a list", |_| good("[]"));
    broken("a number", |_| good("42"));
    broken("a text", |_| good("\"fine\""));
    broken("a truth value", |_| good("true"));
    broken("JSON that is cut in half", |bodies| good(&bodies.good[..bodies.good.len() / 2]));
    broken("JSON without its last byte", |bodies| good(&bodies.good[..bodies.good.len() - 1]));
    broken("a length of half the body", |bodies| {
        let length = format!("Content-Length: {}", bodies.good.len() / 2);
        [head("200 OK", &[JSON, "Connection: close", &length]), bodies.good.as_bytes().to_vec()].concat()
    });
    broken("JSON and more", |bodies| good(&format!("{} and more", bodies.good)));
    broken("two documents", |bodies| good(&format!("{0}{0}", bodies.good)));
    broken("a page for people", |_| http("200 OK", &["Content-Type: text/html"], "<html><body>Log in</body></html>"));
    broken("a page that says it is JSON", |_| good("<html><body>Log in</body></html>"));
    broken("a page that is cut", |_| http("200 OK", &["Content-Type: text/html"], "<htm"));
    broken("plain text", |_| http("200 OK", &["Content-Type: text/plain"], "OK"));
    broken("XML", |_| http("200 OK", &["Content-Type: text/xml"], "<?xml version=\"1.0\"?><Answer>fine</Answer>"));
    broken("UTF-16", |bodies| {
        let mut bytes = vec![0xff, 0xfe];
        bytes.extend(bodies.good.encode_utf16().flat_map(u16::to_le_bytes));
        http("200 OK", &[JSON], bytes)
    });
    broken("zero bytes", |_| http("200 OK", &[JSON], [0; 64]));
    broken("100,000 brackets", |_| good(&"[".repeat(100_000)));
    broken("100,000 braces", |_| good(&"{\"Response\":".repeat(100_000)));
    broken("a form", |_| http("200 OK", &["Content-Type: application/x-www-form-urlencoded"], "a=1&b=2"));
    broken("JSON with single quotes", |bodies| good(&bodies.good.replace('"', "'")));
    broken("JSON with a comma too many", |bodies| good(&bodies.good.replace('}', ",}")));
    faults.push(Fault::new("a byte order mark", Then::Fine, |bodies| {
        vec![Act::Send(good(&format!("\u{feff}{}", bodies.good)))]
    }));
    faults.push(Fault::new("gzip that nobody asked for", Then::FineOr(UNREADABLE), |bodies| {
        vec![Act::Send(http("200 OK", &[JSON, "Content-Encoding: gzip"], gzip(bodies.good.as_bytes())))]
    }));
    faults.push(Fault::new("gzip that is cut", Then::Ends(UNREADABLE), |bodies| {
        let all = gzip(bodies.good.as_bytes());
        vec![Act::Send(http("200 OK", &[JSON, "Content-Encoding: gzip"], &all[..all.len() / 2]))]
    }));
    faults.push(Fault::new("gzip that does not say so", Then::FineOr(UNREADABLE), |bodies| {
        vec![Act::Send(http("200 OK", &[JSON], gzip(bodies.good.as_bytes())))]
    }));
    faults.push(Fault::new("brotli that nobody asked for", Then::Ends(UNREADABLE), |_| {
        vec![Act::Send(http("200 OK", &[JSON, "Content-Encoding: br"], [0x8b, 0x02, 0x80, 0x7b, 0x7d, 0x03]))]
    }));
    faults.push(Fault::new("a refusal with status 200", Then::Ends(SAID_NO), |bodies| {
        vec![Act::Send(good(bodies.refusal))]
    }));
    faults
}

/// The bytes as gzip, in a block that is stored as it is.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    let length = u16::try_from(bytes.len()).unwrap();
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&(!length).to_le_bytes());
    out.extend_from_slice(bytes);
    let check = bytes.iter().fold(!0_u32, |check, byte| {
        (0..8).fold(check ^ u32::from(*byte), |check, _| (check >> 1) ^ if check & 1 == 1 { 0xedb8_8320 } else { 0 })
    });
    out.extend_from_slice(&(!check).to_le_bytes());
    out.extend_from_slice(&u32::from(length).to_le_bytes());
    out
}
