#![allow(clippy::unwrap_used)]

use super::{Certificates, ClusterKey, User};
use base64::Engine;
use std::net::{IpAddr, Ipv4Addr};

fn cluster(id: &str) -> ClusterKey {
    ClusterKey { product: "cce", account: "1".to_owned(), region: "cn-north-4".to_owned(), id: id.to_owned() }
}

/// The certificate of a text in PEM, as a connection shows it.
fn der(pem: &str) -> Vec<u8> {
    let lines: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    base64::engine::general_purpose::STANDARD.decode(lines).unwrap()
}

#[test]
fn a_revoked_certificate_has_no_user() {
    let certificates = Certificates::new(IpAddr::V4(Ipv4Addr::LOCALHOST)).unwrap();
    let issue = |id: &str| der(&certificates.issue(&cluster(id), User::admin("admin")).unwrap().0);
    let (one, other) = (issue("one"), issue("other"));
    assert_eq!(certificates.user(&one, &cluster("one")), Some(User::admin("admin")));
    certificates.revoke(&cluster("one"));
    assert_eq!(certificates.user(&one, &cluster("one")), None);
    assert_eq!(certificates.user(&other, &cluster("other")), Some(User::admin("admin")), "another cluster");
    let next = issue("one");
    assert_eq!(certificates.user(&next, &cluster("one")), Some(User::admin("admin")));
}
