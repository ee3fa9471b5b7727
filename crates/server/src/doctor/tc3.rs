//! Requests that are signed with TC3-HMAC-SHA256.

use super::canonical::{self, Scheme};
use super::canonical_mistakes::mistakes;
use super::variants::{Secrets, hosts};
use super::{Doubt, Hide, MOST_REWRITTEN, examine, is_too_large};
use wharf_sign::{Credentials, Payload, Request, Signed, tc3};

/// The hosts that a client may have signed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hosts<'a> {
    pub(crate) product: &'static str,
    /// The host that a proxy says it was asked for.
    pub(crate) forwarded: &'a str,
}

/// A request as it is signed.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    /// The digest of what stands for the body.
    pub(crate) digest: String,
    pub(crate) service: String,
    pub(crate) timestamp: i64,
    pub(crate) secret: String,
}

impl Case {
    pub(crate) fn sign(&self) -> Signed {
        let headers: Vec<_> = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let request = Request {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &headers,
            payload: Payload::Digest(&self.digest),
            ..Request::default()
        };
        let key = Credentials { secret: &self.secret, ..Credentials::default() };
        tc3::sign(&request, &key, &tc3::Scope { service: &self.service, timestamp: self.timestamp })
    }

    pub(crate) fn set_header(&mut self, name: &str, value: &str) {
        for (known, old) in &mut self.headers {
            if known == name {
                value.clone_into(old);
            }
        }
    }

    /// The same in the form in which mistakes are tried.
    fn canonical(&self) -> canonical::Case {
        let scheme = Scheme::Tc3 { date: tc3::date(self.timestamp), service: self.service.clone() };
        canonical::Case::new(scheme, self.sign().canonical_request(), self.timestamp.to_string(), &self.secret)
    }
}

/// Determines what the client signed. `hosts` are those that it may have meant, `hide` names the parameters whose values
/// must not be shown.
pub(crate) fn doubt(case: &Case, body: &[u8], claimed: &str, secrets: Secrets, at: Hosts<'_>, hide: Hide) -> Doubt {
    let canonical = case.canonical();
    let cost = canonical.cost();
    if is_too_large(cost) {
        return Doubt::too_large(cost);
    }
    let own = [format!("{}.tencentcloudapi.com", at.product), format!("{}.internal.tencentcloudapi.com", at.product)];
    let hosts = hosts("tencent", canonical.header("host"), at.forwarded, &own);
    let label = canonical.header("host").split('.').next().unwrap_or_default().to_owned();
    let services = ["tke", "tcr", "cvm", "ccs", "tencentcloudapi", "", at.product].map(str::to_owned);
    let services = services.into_iter().chain([label, case.service.to_uppercase()]).collect();
    let time = case.timestamp;
    let known = canonical::Known {
        path: case.path.clone(),
        query: case.query.clone(),
        body: (body.len() <= MOST_REWRITTEN).then(|| body.to_vec()),
        secrets,
        hosts,
        stamps: stamps(time),
        paths: vec![format!("/{}", at.product), format!("/{}/", at.product), "/v2/index.php".to_owned()],
        services,
        dates: dates(time),
    };
    let claimed = claimed.to_owned();
    Doubt::new(move || examine(&canonical, cost, mistakes(&canonical, known), &claimed, true, &hide))
}

/// Times that may have been signed.
fn stamps(time: i64) -> Vec<(String, String)> {
    let near = (1..=5).flat_map(|by| [time - by, time + by]).map(|other| {
        let what = format!("the time that was signed, {other}, is not the one that arrived in `X-TC-Timestamp`");
        (what, other.to_string())
    });
    let known = [
        ("the time was signed in milliseconds, and seconds are expected".to_owned(), format!("{time}000")),
        ("the time was signed as a date, and seconds since 1970 are expected".to_owned(), wharf_sign::acs3::date(time)),
        ("the time was left out of the string to sign".to_owned(), String::new()),
    ];
    known.into_iter().chain(near).collect()
}

/// Days that the key may have been derived for.
fn dates(time: i64) -> Vec<String> {
    const DAY: i64 = 24 * 60 * 60;
    let day = tc3::date(time);
    vec![
        tc3::date(time - DAY),
        tc3::date(time.saturating_add(DAY)),
        day.replace('-', ""),
        day.replace('-', "/"),
        String::new(),
    ]
}
