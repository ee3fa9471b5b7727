//! Answers that do not come in time, or not to an end.

use super::{Bytes, Fault, JSON, Then, head};
use crate::raw::{Act, Read};
use wharf::ErrorKind;

const LATE: &[ErrorKind] = &[ErrorKind::TimedOut];

pub(super) fn faults() -> Vec<Fault> {
    let hanging: [(&str, Read, Bytes); 8] = [
        ("nothing, and the request is not read", Read::Head, |_| Vec::new()),
        ("nothing", Read::All, |_| Vec::new()),
        ("half a status line", Read::All, |_| b"HTTP/1.".to_vec()),
        ("half a head", Read::All, |_| b"HTTP/1.1 200 OK\r\nContent-Type: app".to_vec()),
        ("a head", Read::All, |body| head("200 OK", &[JSON, &format!("Content-Length: {}", body.len())])),
        ("half a body", Read::All, |body| {
            let length = format!("Content-Length: {}", body.len());
            [head("200 OK", &[JSON, &length]), body.as_bytes()[..body.len() / 2].to_vec()].concat()
        }),
        ("a body that is shorter than its length", Read::All, |body| {
            let length = format!("Content-Length: {}", body.len() + 5);
            [head("200 OK", &[JSON, &length]), body.as_bytes().to_vec()].concat()
        }),
        ("a chunk", Read::All, |body| {
            let chunk = format!("{:x}\r\n{body}\r\n", body.len());
            [head("200 OK", &[JSON, "Transfer-Encoding: chunked"]), chunk.into_bytes()].concat()
        }),
    ];
    let mut faults: Vec<_> = hanging
        .into_iter()
        .map(|(name, read, answer)| {
            let acts = move |bodies: &super::Bodies| vec![Act::Send(answer(bodies.good)), Act::Hang];
            Fault::new(format!("{name}, and then silence"), Then::Passes(LATE), acts).after(read)
        })
        .collect();
    let dripping: [(&str, Vec<u8>, &[u8]); 4] = [
        ("103 without end", Vec::new(), b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        ("a header without end", b"HTTP/1.1 200 OK\r\nX-Slow: ".to_vec(), b"a"),
        ("a body that drips", head("200 OK", &[JSON, "Content-Length: 1000000"]), b" "),
        ("chunks without end", head("200 OK", &[JSON, "Transfer-Encoding: chunked"]), b"1\r\n \r\n"),
    ];
    faults.extend(dripping.map(|(name, first, again)| {
        let again = again.to_vec();
        let acts = move |_: &super::Bodies| vec![Act::Send(first.clone()), Act::Drip(again.clone(), 20)];
        Fault::new(name, Then::Passes(LATE), acts)
    }));
    faults
}
