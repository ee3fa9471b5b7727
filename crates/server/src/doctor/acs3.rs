//! Requests that are signed with ACS3-HMAC-SHA256.

use super::canonical::{self, Scheme};
use super::canonical_mistakes::mistakes;
use super::variants::{Secrets, hosts};
use super::{Doubt, Hide, MOST_REWRITTEN, Sent, examine, is_too_large};
use wharf_sign::acs3::sign;
use wharf_sign::{Credentials, Payload, Request, Signed};

/// A request as it is signed.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Decoded.
    pub(crate) query: Vec<(String, String)>,
    /// Those that are signed.
    pub(crate) headers: Vec<(String, String)>,
    /// The digest of the body.
    pub(crate) digest: String,
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
        sign(&request, &Credentials { secret: &self.secret, ..Credentials::default() })
    }

    pub(crate) fn signature(&self) -> String {
        self.sign().signature().to_owned()
    }
}

/// Determines what the client signed. `hide` names the parameters whose values must not be shown.
pub(crate) fn doubt(case: &Case, claimed: &str, secrets: Secrets, sent: Sent<'_>, hide: Hide) -> Doubt {
    let canonical = canonical::Case::new(Scheme::Acs3, case.sign().canonical_request(), String::new(), &case.secret);
    let cost = canonical.cost();
    if is_too_large(cost) {
        return Doubt::too_large(cost);
    }
    let own = ["cs.aliyuncs.com".to_owned(), "sts.aliyuncs.com".to_owned()];
    let known = canonical::Known {
        path: case.path.clone(),
        query: sent.query.to_owned(),
        body: (sent.body.len() <= MOST_REWRITTEN).then(|| sent.body.to_vec()),
        secrets,
        hosts: hosts("alibaba", canonical.header("host"), sent.forwarded, &own),
        ..canonical::Known::default()
    };
    let claimed = claimed.to_owned();
    Doubt::new(move || examine(&canonical, cost, mistakes(&canonical, known), &claimed, true, &hide))
}
