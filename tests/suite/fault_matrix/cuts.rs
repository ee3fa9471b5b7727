//! Connections that are refused, reset or closed at every stage.

use super::{Bytes, Fault, JSON, Then, good, head};
use crate::raw::{Act, Read};
use wharf::ErrorKind;

const CUT: &[ErrorKind] = &[ErrorKind::ConnectionFailed];

pub(super) fn faults() -> Vec<Fault> {
    let mut faults = Vec::new();
    for (how, end) in [("closed", Act::Close), ("reset", Act::Reset)] {
        let stages = [
            ("before anything is read", Read::Nothing, Then::Lost(CUT)),
            ("within the request's head", Read::Some, Then::Passes(CUT)),
            ("after the request's head", Read::Head, Then::Passes(CUT)),
            ("after the request", Read::All, Then::Passes(CUT)),
        ];
        for (stage, read, then) in stages {
            let end = end.clone();
            faults.push(Fault::new(format!("{how} {stage}"), then, move |_| vec![end.clone()]).after(read));
        }
        let answers: [(&str, Bytes); 8] = [
            ("within the status line", |_| b"HTTP/1.1 20".to_vec()),
            ("after the status line", |_| b"HTTP/1.1 200 OK\r\n".to_vec()),
            ("within a header", |_| b"HTTP/1.1 200 OK\r\nContent-Le".to_vec()),
            ("after the headers", |body| head("200 OK", &[JSON, &format!("Content-Length: {}", body.len())])),
            ("within the body", |body| {
                let all = good(body);
                all[..all.len() - body.len() / 2].to_vec()
            }),
            ("before the last byte", |body| {
                let all = good(body);
                all[..all.len() - 1].to_vec()
            }),
            ("within a chunk", |body| {
                let mut bytes = chunked();
                bytes.extend_from_slice(format!("{:x}\r\n{}", body.len(), &body[..body.len() / 2]).as_bytes());
                bytes
            }),
            ("before the last chunk", |body| {
                let mut bytes = chunked();
                bytes.extend_from_slice(format!("{:x}\r\n{body}\r\n", body.len()).as_bytes());
                bytes
            }),
        ];
        for (stage, answer) in answers {
            let end = end.clone();
            faults.push(Fault::new(format!("{how} {stage} of the answer"), Then::Passes(CUT), move |bodies| {
                vec![Act::Send(answer(bodies.good)), end.clone()]
            }));
        }
    }
    faults
}

fn chunked() -> Vec<u8> {
    head("200 OK", &[JSON, "Transfer-Encoding: chunked"])
}
