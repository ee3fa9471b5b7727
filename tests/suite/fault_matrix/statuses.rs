//! Statuses that are no success, without a body and with the page of something in between.

use super::{Fault, Then, http};
use crate::raw::Act;
use wharf::ErrorKind;

const ELSEWHERE: &[ErrorKind] = &[ErrorKind::Other, ErrorKind::Decode];
const WRONG: &[ErrorKind] = &[ErrorKind::InvalidInput, ErrorKind::Other, ErrorKind::Decode];
const FORBIDDEN: &[ErrorKind] = &[ErrorKind::PermissionDenied];
const PROXY: &[ErrorKind] = &[ErrorKind::Configuration];
const UNSUPPORTED: &[ErrorKind] = &[ErrorKind::Unsupported];
const THROTTLED: &[ErrorKind] = &[ErrorKind::Throttled];
const PASSING: &[ErrorKind] = &[ErrorKind::Transient];

/// What a status has to lead to when nothing of the service comes with it. A 404 speaks of an address then, not of a
/// thing, and a status that is not known is none of those that pass.
fn then(status: u16) -> Then {
    match status {
        401 => Then::Unauthorized,
        403 => Then::Ends(FORBIDDEN),
        407 => Then::Ends(PROXY),
        429 => Then::Refused(THROTTLED),
        408 | 425 => Then::Passes(PASSING),
        501 | 505 => Then::Ends(UNSUPPORTED),
        500..=599 => Then::Passes(PASSING),
        400 | 406 | 411 | 413..=417 | 422 | 431 => Then::Ends(WRONG),
        409 | 412 => Then::Ends(&[ErrorKind::Conflict, ErrorKind::Other, ErrorKind::Decode]),
        405 => Then::Ends(&[ErrorKind::Other, ErrorKind::Unsupported, ErrorKind::Decode]),
        _ => Then::Ends(ELSEWHERE),
    }
}

const STATUSES: [u16; 47] = [
    300, 301, 302, 303, 304, 305, 307, 308, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414,
    415, 418, 421, 422, 425, 426, 428, 429, 431, 451, 500, 501, 502, 503, 504, 505, 507, 511, 520, 521, 522, 525, 599,
    999,
];

pub(super) fn faults() -> Vec<Fault> {
    let mut faults = Vec::new();
    for status in STATUSES {
        let line = format!("{status} Whatever");
        // A redirect leads to this server, where it would be counted.
        let mut headers = vec!["Content-Type: text/html"];
        if (300..400).contains(&status) {
            headers.push("Location: /elsewhere");
        }
        let page = http(&line, &headers, "<html><body><h1>Something in between</h1></body></html>");
        // There is no body with 304, whatever is said of its length.
        let bare = if status == 304 { http(&line, &[], "") } else { http(&line, &headers[1..], "") };
        faults
            .push(Fault::new(format!("{status} without a body"), then(status), move |_| vec![Act::Send(bare.clone())]));
        if status != 304 {
            let acts = move |_: &super::Bodies| vec![Act::Send(page.clone())];
            faults.push(Fault::new(format!("{status} with a page"), then(status), acts));
        }
    }
    for status in [429, 503] {
        let long = if status == 429 { Then::Ends(THROTTLED) } else { Then::Ends(PASSING) };
        // A wait that is longer than the call has time for is not begun.
        for wait in ["9999", "86400", "18446744073709551615", "Fri, 31 Dec 9999 23:59:59 GMT"] {
            faults.push(waiting(status, wait, long.clone()));
        }
        for wait in ["0", "-5", "soon", "", "Thu, 01 Jan 1970 00:00:00 GMT", "100000000000000000000000000"] {
            faults.push(waiting(status, wait, then(status)));
        }
    }
    faults
}

fn waiting(status: u16, wait: &str, then: Then) -> Fault {
    let answer = http(&format!("{status} Whatever"), &[&format!("Retry-After: {wait}")], "");
    Fault::new(format!("{status} with Retry-After: {wait}"), then, move |_| vec![Act::Send(answer.clone())])
}
