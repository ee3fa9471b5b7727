//! Tencent's own Python client, from PyPI, drives the server.

use crate::witness::{accompany, drive, script};
use std::collections::BTreeSet;
use wharf_server::{SignatureMethod, Time};

/// World seconds in one of ours: life cycles of minutes in moments.
const SPEED: u32 = 600;

#[tokio::test(flavor = "multi_thread")]
async fn the_vendors_client_lives_through_clusters_nodes_endpoints_and_registries() {
    let server = crate::support::documents().time(Time::Accelerated(SPEED)).rate_limits(false).start().await.unwrap();
    for (signature, method) in
        [("TC3-HMAC-SHA256", "POST"), ("TC3-HMAC-SHA256", "GET"), ("HmacSHA1", "POST"), ("HmacSHA256", "GET")]
    {
        let said = drive(&server, "tencent_lifecycle.py", &[signature, method]);
        assert_eq!(said.trim(), format!("ok {signature} {method}"));
    }
    let refused: Vec<String> = server.journal().calls().into_iter().filter_map(|entry| entry.code).collect();
    for code in ["AuthFailure.SignatureFailure", "AuthFailure.SignatureExpire", "InvalidAction", "MissingParameter"] {
        assert!(refused.iter().any(|refused| refused == code), "{code} did not come up");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_vendors_client_may_leave_payloads_unsigned_by_get_and_by_post() {
    let server = crate::support::documents().rate_limits(false).start().await.unwrap();
    for method in ["GET", "POST"] {
        assert_eq!(drive(&server, "tencent_unsigned.py", &[method]).trim(), format!("ok {method}"));
        let call = server.journal().last().unwrap();
        assert_eq!((call.method.as_str(), call.code), (method, None));
        let content = call.headers.iter().find(|(name, _)| name == "x-tc-content-sha256").unwrap();
        assert_eq!(content.1, "UNSIGNED-PAYLOAD");
    }
    server.stop().await;
}

/// Runs the script with both ways to sign and to send, each on a server of its own whose time moves when the
/// script says so, and gives the names of the operations that were done.
async fn accompanied(name: &str) -> BTreeSet<String> {
    let mut done = BTreeSet::new();
    for (signature, method) in [("TC3-HMAC-SHA256", "POST"), ("HmacSHA256", "GET")] {
        let server = crate::support::documents().time(Time::Manual).rate_limits(false).start().await.unwrap();
        let said = accompany(&server, script(&server, name, &[signature, method]));
        assert_eq!(said, [format!("ok {signature} {method}")]);
        let calls = server.journal().calls();
        let signed = if method == "GET" { SignatureMethod::HmacSha256 } else { SignatureMethod::Tc3 };
        assert!(calls.iter().all(|call| call.signature_method == signed && call.method == method));
        done.extend(calls.into_iter().filter(|call| call.code.is_none()).map(|call| call.operation));
        server.stop().await;
    }
    done
}

#[tokio::test(flavor = "multi_thread")]
async fn the_vendors_client_drives_the_whole_personal_registry() {
    let done = accompanied("tcr_registry.py").await;
    let left: Vec<&str> = names("tcr", &["Personal"]).filter(|name| !done.contains(*name)).collect();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(done.len(), 33, "and nothing else");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_vendors_client_drives_scaling_groups_virtual_nodes_log_collectors_and_charts() {
    let done = accompanied("tke_workloads.py").await;
    let all = names("tke", &["AsGroup", "VirtualNode", "LogCollector", "Chart"]);
    let (seen, left): (Vec<&str>, Vec<&str>) = all.partition(|name| done.contains(*name));
    assert_eq!((seen.len(), left), (29, vec![]));
}

/// The product's operations whose name has one of these parts.
fn names(product: &'static str, parts: &'static [&str]) -> impl Iterator<Item = &'static str> {
    let operations = crate::support::documented().map(|entry| entry.meta).filter(move |meta| meta.product == product);
    operations.map(|meta| meta.name).filter(|name| parts.iter().any(|part| name.contains(part)))
}
