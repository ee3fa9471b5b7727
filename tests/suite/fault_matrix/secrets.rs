//! Answers that quote what only the caller may know.

use super::run::{PASSWORD, SECRET_KEY, TOKEN, forms};
use super::{Fault, JSON, Then, Way, good, http};
use crate::raw::Act;
use wharf::ErrorKind;

/// Whatever it is, it has not succeeded.
const ANY: &[ErrorKind] = &[
    ErrorKind::InvalidInput,
    ErrorKind::PermissionDenied,
    ErrorKind::NotFound,
    ErrorKind::Service,
    ErrorKind::Credentials,
    ErrorKind::Decode,
    ErrorKind::Other,
];

pub(super) fn faults() -> Vec<Fault> {
    let mut faults = Vec::new();
    for (what, secret) in [("the token", TOKEN), ("the password", PASSWORD), ("the secret key", SECRET_KEY)] {
        let [plain, base64, url] = forms(secret);
        for (form, text) in [("", plain), (" in base64", base64), (" URL-encoded", url)] {
            let quoted = Fault::new(format!("an error that quotes {what}{form}"), Then::Ends(ANY), move |bodies| {
                let (status, report) = bodies.report;
                let body = report.replace("{}", &format!("your header was {text} and not ours"));
                vec![Act::Send(http(&format!("{status} Whatever"), &[JSON, &format!("X-Quoted: {secret}")], body))]
            });
            // A password is known to a call that sends it, and a key to a connection that has one.
            let applies = match secret {
                PASSWORD => |way: &Way, changing| changing && way.sends_password,
                SECRET_KEY => |way: &Way, _| !way.logs_in,
                _ => quoted.applies,
            };
            faults.push(Fault { applies, ..quoted });
        }
        faults.push(Fault::new(format!("an answer that is no JSON and quotes {what}"), Then::Ends(ANY), move |_| {
            vec![Act::Send(good(&format!("{{\"a\": {secret}")))]
        }));
    }
    faults
}
