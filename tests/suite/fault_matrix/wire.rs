//! Answers that are not HTTP, or HTTP that is seldom seen.

use super::{Bytes, Fault, JSON, Then, good, head, http};
use crate::raw::Act;
use wharf::ErrorKind;

/// What cannot be read may come from something in between, and another attempt may meet the service.
const GARBLED: &[ErrorKind] = &[ErrorKind::Decode, ErrorKind::ConnectionFailed];
const UNREADABLE: &[ErrorKind] = &[ErrorKind::Decode];
/// In KiB.
const TOO_MUCH: usize = super::run::MAX_RESPONSE / 1024 + 64;

pub(super) fn faults() -> Vec<Fault> {
    let mut faults = Vec::new();
    let no_http: [(&str, Vec<u8>); 14] = [
        ("random bytes", vec![0x9f, 0x00, 0x13, 0xff, 0x0d, 0x0a, 0x0d, 0x0a]),
        ("an alert of TLS", vec![0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x16, 0x0d, 0x0a, 0x0d, 0x0a]),
        ("a banner of SSH", b"SSH-2.0-OpenSSH_9.6\r\n\r\n".to_vec()),
        ("HTTP/0.9", b"<html>hello</html>\r\n\r\n".to_vec()),
        ("a preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec()),
        ("a status that is no number", http("OK 200", &[JSON], "{}")),
        ("the status 099", http("099 Low", &[JSON], "{}")),
        ("a header without a colon", head("200 OK", &["no colon here", "Content-Length: 0"])),
        ("a header with NUL", head("200 OK", &["X-Bad: a\0b", "Content-Length: 0"])),
        ("a length below nothing", head("200 OK", &["Content-Length: -5"])),
        ("a length that is no number", head("200 OK", &["Content-Length: many"])),
        ("two lengths", head("200 OK", &["Content-Length: 2", "Content-Length: 3"])),
        ("a chunk without a size", [chunked(), b"zz\r\n{}\r\n0\r\n\r\n".to_vec()].concat()),
        ("a chunk of 2^68 bytes", [chunked(), b"FFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n".to_vec()].concat()),
    ];
    for (name, bytes) in no_http {
        faults.push(Fault::new(name, Then::Passes(GARBLED), move |_| vec![Act::Send(bytes.clone()), Act::Close]));
    }
    for count in [5_000, 200_000] {
        let name = format!("{count} headers");
        faults.push(Fault::new(name, Then::Passes(GARBLED), move |bodies| {
            let lines: Vec<String> = (0..count).map(|at| format!("X-H{at}: 1")).collect();
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            vec![Act::Send(http("200 OK", &lines, bodies.good)), Act::Close]
        }));
    }
    faults.push(Fault::new("a head of 1 MB", Then::Passes(GARBLED), |bodies| {
        let long = format!("X-Long: {}", "a".repeat(1_000_000));
        vec![Act::Send(http("200 OK", &[&long], bodies.good)), Act::Close]
    }));
    faults.push(Fault::new("a transfer encoding that is none", Then::FineOr(GARBLED), |bodies| {
        let mut bytes = head("200 OK", &[JSON, "Transfer-Encoding: xchunked"]);
        bytes.extend_from_slice(bodies.good.as_bytes());
        vec![Act::Send(bytes), Act::Close]
    }));
    faults.extend(fine());
    faults.push(Fault::new("a body of 1 MB and more by its length", Then::Ends(UNREADABLE), |_| {
        vec![Act::Send(http("200 OK", &[JSON], vec![b' '; TOO_MUCH * 1024]))]
    }));
    faults.push(Fault::new("a body of 1 MB and more in chunks", Then::Ends(UNREADABLE), |_| {
        let chunk = [b"10000\r\n".to_vec(), vec![b' '; 1 << 16], b"\r\n".to_vec()].concat();
        vec![Act::Send([chunked(), chunk.repeat(TOO_MUCH / 64), b"0\r\n\r\n".to_vec()].concat())]
    }));
    faults
}

/// Odd, and right all the same.
fn fine() -> Vec<Fault> {
    let odd: [(&str, Bytes); 10] = [
        ("nothing odd", good),
        ("HTTP/1.0 without a length", |body| format!("HTTP/1.0 200 OK\r\n{JSON}\r\n\r\n{body}").into_bytes()),
        ("no length, and the end of the connection", |body| {
            [head("200 OK", &[JSON, "Connection: close"]), body.as_bytes().to_vec()].concat()
        }),
        ("100 before the answer", |body| [head("100 Continue", &[]), good(body)].concat()),
        ("three times 103 before the answer", |body| {
            let hint = head("103 Early Hints", &["Link: </a>; rel=preload"]);
            [hint.clone(), hint.clone(), hint, good(body)].concat()
        }),
        ("many small chunks", |body| {
            let mut bytes = chunked();
            for part in body.as_bytes().chunks(3) {
                bytes.extend_from_slice(format!("{:x}\r\n", part.len()).as_bytes());
                bytes.extend_from_slice(part);
                bytes.extend_from_slice(b"\r\n");
            }
            bytes.extend_from_slice(b"0\r\nX-Trailer: 1\r\n\r\n");
            bytes
        }),
        ("no reason phrase", |body| http("200", &[JSON], body)),
        ("no content type", |body| http("200 OK", &[], body)),
        ("another content type", |body| http("200 OK", &["Content-Type: text/plain"], body)),
        ("white space around the JSON", |body| http("200 OK", &[JSON], format!("\r\n\t {body} \r\n"))),
    ];
    let fault = |(name, answer): (&str, Bytes)| {
        Fault::new(name, Then::Fine, move |bodies: &super::Bodies| vec![Act::Send(answer(bodies.good)), Act::Close])
    };
    odd.into_iter().map(fault).collect()
}

fn chunked() -> Vec<u8> {
    head("200 OK", &[JSON, "Transfer-Encoding: chunked"])
}
