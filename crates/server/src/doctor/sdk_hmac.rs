//! Requests that are signed with SDK-HMAC-SHA256.

use super::canonical::{self, Scheme};
use super::canonical_mistakes::mistakes;
use super::variants::{Secrets, hosts};
use super::{Doubt, Hide, MOST_REWRITTEN, Sent, examine, is_too_large};
use wharf_sign::sdk_hmac_sha256::{date, sign};
use wharf_sign::{Credentials, Payload, Request, Signed};

/// A request as it is signed.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Decoded.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    /// The digest of the body, or what stands for it when it is left unsigned.
    pub(crate) digest: String,
    pub(crate) timestamp: i64,
    pub(crate) secret: String,
}

impl Case {
    fn sign(&self) -> Signed {
        let query: Vec<(&str, &str)> = self.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let request = Request {
            method: &self.method,
            path: &self.path,
            parameters: &query,
            headers: &headers,
            payload: Payload::Digest(&self.digest),
            ..Request::default()
        };
        sign(&request, &Credentials { secret: &self.secret, ..Credentials::default() }, self.timestamp)
    }

    pub(crate) fn signature(&self) -> String {
        self.sign().signature().to_owned()
    }
}

/// Determines what the client signed. `hide` names the parameters whose values must not be shown.
pub(crate) fn doubt(case: &Case, claimed: &str, secrets: Secrets, sent: Sent<'_>, hide: Hide) -> Doubt {
    let stamp = date(case.timestamp);
    let canonical = canonical::Case::new(Scheme::Sdk, case.sign().canonical_request(), stamp, &case.secret);
    let cost = canonical.cost();
    if is_too_large(cost) {
        return Doubt::too_large(cost);
    }
    let known = canonical::Known {
        path: case.path.clone(),
        query: sent.query.to_owned(),
        body: (sent.body.len() <= MOST_REWRITTEN).then(|| sent.body.to_vec()),
        secrets,
        hosts: hosts("huawei", canonical.header("host"), sent.forwarded, &[]),
        stamps: stamps(case.timestamp),
        ..canonical::Known::default()
    };
    let claimed = claimed.to_owned();
    Doubt::new(move || examine(&canonical, cost, mistakes(&canonical, known), &claimed, true, &hide))
}

/// Times that may have been signed.
fn stamps(time: i64) -> Vec<(String, String)> {
    const HOUR: i64 = 60 * 60;
    let near = (1..=5).flat_map(|by| [time - by, time.saturating_add(by)]).map(|other| {
        let what = format!("the time that was signed, {}, is not the one that arrived in `X-Sdk-Date`", date(other));
        (what, date(other))
    });
    let known = [
        ("the time was signed in another format than that of `X-Sdk-Date`", wharf_sign::acs3::date(time)),
        ("the time was signed as seconds since 1970, and not in the format of `X-Sdk-Date`", time.to_string()),
        (
            "the day was signed, and not the whole time of `X-Sdk-Date`",
            date(time).get(..8).unwrap_or_default().to_owned(),
        ),
        ("the time was signed in local time (UTC+8), and not in UTC", date(time.saturating_add(8 * HOUR))),
        ("the time was left out of the string to sign", String::new()),
    ];
    known.map(|(what, stamp)| (what.to_owned(), stamp)).into_iter().chain(near).collect()
}
