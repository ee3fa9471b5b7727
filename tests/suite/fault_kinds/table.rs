//! The kinds of faults, the calls that meet them, and what each leads to.

use serde_json::{Value, json};
use wharf::ErrorKind;

/// How often a call is sent at most.
pub(super) const ATTEMPTS: usize = 2;
/// The session token of the server's key.
pub(super) const TOKEN: &str = "pl4nted-t0ken";
/// Seconds of an attempt that a slow answer exceeds.
pub(super) const SHORT: f64 = 0.4;

/// A protocol: a call that reads.
pub(super) struct Way {
    pub(super) name: &'static str,
    pub(super) product: &'static str,
    pub(super) operation: &'static str,
    /// The documented code of a caller without permission.
    pub(super) forbidden: &'static str,
    /// The documented codes of too many calls, and of a token that has expired.
    pub(super) codes: [&'static str; 2],
    /// The connection logs in by a password.
    pub(super) logs_in: bool,
}

/// What a fault leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// The answer is read.
    Read,
    /// An error that another attempt would not mend.
    Fails(ErrorKind),
    /// An error after all attempts.
    Passes(ErrorKind),
    /// The refusal of a token: final, unless the connection can get another.
    TokenRefused,
}

/// A kind of fault, as it is ordered.
pub(super) struct Kind {
    pub(super) effect: Value,
    pub(super) then: Then,
    /// The attempt has only [`SHORT`].
    pub(super) slow: bool,
}

/// The codes are of the common tables of TKE and TCR (`tce:15639`, `tce:15653`, `tce:19329`, `tce:19343`), and those that
/// the specs have from the vendors' pages for the others.
const TENCENT: [&str; 2] = ["RequestLimitExceeded", "AuthFailure.TokenFailure"];
const CCS: [&str; 2] = ["4400", "4105"];
const HUAWEI: [&str; 2] = ["APIGW.0308", "APIGW.0301"];
const ALIBABA: [&str; 2] = ["Throttling.User", "InvalidSecurityToken.Expired"];

pub(super) const WAYS: [Way; 10] = [
    way("tke TC3", "tke", "DescribeClusters", "UnauthorizedOperation", TENCENT),
    way("tke GET HmacSHA1", "tke", "DescribeClusters", "UnauthorizedOperation", TENCENT),
    way("tcr", "tcr", "DescribeInstances", "UnauthorizedOperation", TENCENT),
    way("ccs", "ccs", "DescribeCluster", "4102", CCS),
    way("cce AK/SK", "cce", "ListClusters", "CCE.01403001", HUAWEI),
    Way { logs_in: true, ..way("cce token", "cce", "ListClusters", "CCE.01403001", HUAWEI) },
    way("iam", "cce", "IAMListProjects", "403", HUAWEI),
    way("ack ROA", "ack", "DescribeClustersV1", "Forbidden.RAM", ALIBABA),
    way("ack ACS3", "ack", "DescribeClustersV1", "Forbidden.RAM", ALIBABA),
    way("sts", "sts", "AssumeRole", "NoPermission", ALIBABA),
];

const fn way(
    name: &'static str,
    product: &'static str,
    operation: &'static str,
    forbidden: &'static str,
    codes: [&'static str; 2],
) -> Way {
    Way { name, product, operation, forbidden, codes, logs_in: false }
}

impl Way {
    /// The order of a fault of that effect, for this call.
    pub(super) fn order(&self, effect: &Value) -> Value {
        // The code of the identity service is the status.
        let status = self.forbidden.parse::<u16>().ok().filter(|status| *status < 600);
        let mut effect = effect.clone();
        if effect["kind"] == "refuse" {
            effect["code"] = self.forbidden.into();
            effect["status"] = status.into();
        }
        json!({"product": self.product, "operation": self.operation, "effect": effect})
    }

    /// The code that the server answers with for this effect, if the effect determines it.
    pub(super) fn code(&self, effect: &Value) -> Option<&'static str> {
        match effect["kind"].as_str() {
            Some("throttle") => Some(self.codes[0]),
            Some("expired_token") => Some(self.codes[1]),
            Some("refuse") => Some(self.forbidden),
            _ => None,
        }
    }

    /// What a fault leads to, and how often the call is sent.
    pub(super) fn outcome(&self, then: Then) -> (Option<ErrorKind>, usize) {
        match then {
            Then::Read => (None, 1),
            Then::Fails(kind) => (Some(kind), 1),
            Then::Passes(kind) => (Some(kind), ATTEMPTS),
            // The connection logs in again.
            Then::TokenRefused => (Some(ErrorKind::Credentials), if self.logs_in { 2 } else { 1 }),
        }
    }
}

/// All kinds. The rules are those of `docs/answers.md`; a call that reads is sent again after a failure that passes.
pub(super) fn kinds() -> Vec<Kind> {
    let at_once = |effect: Value, then| Kind { effect, then, slow: false };
    let slow = |effect: Value| Kind { effect, then: Then::Passes(ErrorKind::TimedOut), slow: true };
    vec![
        at_once(json!({"kind": "throttle"}), Then::Passes(ErrorKind::Throttled)),
        at_once(json!({"kind": "refuse"}), Then::Fails(ErrorKind::PermissionDenied)),
        at_once(json!({"kind": "expired_token"}), Then::TokenRefused),
        at_once(json!({"kind": "status", "status": 503}), Then::Passes(ErrorKind::Transient)),
        at_once(json!({"kind": "status", "status": 500}), Then::Passes(ErrorKind::Transient)),
        at_once(json!({"kind": "status", "status": 429, "retry_after": 0}), Then::Passes(ErrorKind::Throttled)),
        at_once(json!({"kind": "status", "status": 403}), Then::Fails(ErrorKind::PermissionDenied)),
        at_once(json!({"kind": "status", "status": 200}), Then::Fails(ErrorKind::Decode)),
        at_once(json!({"kind": "cut_before"}), Then::Passes(ErrorKind::ConnectionFailed)),
        at_once(json!({"kind": "cut_after"}), Then::Passes(ErrorKind::ConnectionFailed)),
        at_once(json!({"kind": "truncate"}), Then::Passes(ErrorKind::ConnectionFailed)),
        at_once(json!({"kind": "garbage"}), Then::Fails(ErrorKind::Decode)),
        at_once(json!({"kind": "empty"}), Then::Fails(ErrorKind::Decode)),
        at_once(json!({"kind": "compressed"}), Then::Fails(ErrorKind::Decode)),
        at_once(json!({"kind": "content_type"}), Then::Read),
        at_once(json!({"kind": "content_type", "content_type": "image/png"}), Then::Read),
        at_once(json!({"kind": "drip", "bytes": 4096, "pause": 0.001}), Then::Read),
        at_once(json!({"kind": "delay", "seconds": 0.001}), Then::Read),
        slow(json!({"kind": "drip", "bytes": 8, "pause": 0.3})),
        slow(json!({"kind": "drip", "bytes": 1, "pause": 10})),
        slow(json!({"kind": "delay", "seconds": 30})),
    ]
}

/// Every kind that can be ordered is in the table: the message about an unknown one lists them.
#[test]
fn every_kind_is_in_the_table() {
    let error = wharf_server::Fault::from_json(&json!({"effect": {"kind": "?"}})).unwrap_err();
    let known = error.expected().strip_prefix("one of ").unwrap();
    for kind in known.split(", ") {
        assert!(kinds().iter().any(|one| one.effect["kind"] == kind), "{kind}");
    }
}
