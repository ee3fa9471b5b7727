//! Requests whose signature is wrong, of every scheme and in every shape.

use std::time::{SystemTime, UNIX_EPOCH};
use wharf_sign::{acs_roa, acs3, sdk_hmac_sha256, sha256_hex, tc3};

/// The key that the server has when none is given.
const KEY: &str = "AKIDWharfReferenceServer";
const FORM: &str = "application/x-www-form-urlencoded";

pub(crate) struct Shape {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

fn shape(name: impl Into<String>, line: &str, headers: &[(&str, &str)], body: &[u8]) -> Shape {
    let mut bytes = format!("{line} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n", body.len()).into_bytes();
    for (name, value) in headers {
        bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    Shape { name: name.into(), bytes }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or_default()
}

/// Parameters in addition to those that a call needs.
fn fillings(most: usize) -> Vec<(String, String)> {
    let many = |count: usize| (0..count).map(|at| format!("&P{at}=v")).collect::<String>();
    let mut all: Vec<(String, String)> = [0, 50, 1_000, 1_800, 5_000, 20_000, 60_000]
        .into_iter()
        .map(|count| (format!("{count} parameters"), many(count)))
        .collect();
    for kilobytes in [1, 60, 120, 240, 1_000, 10_000] {
        let value = "v".repeat(kilobytes << 10);
        all.push((format!("a value of {kilobytes} KB"), format!("&P={value}")));
        all.push((
            format!("a value of {kilobytes} KB to be escaped"),
            format!("&P={}", "%E9%9B%86".repeat((kilobytes << 10) / 9)),
        ));
    }
    all.push(("as many ampersands as fit".to_owned(), "&".repeat(most - 1_000)));
    all.push(("65,535 names".to_owned(), "&a".repeat(65_000)));
    all.push(("as many names as fit".to_owned(), "&a".repeat((most - 1_000) / 2)));
    all.retain(|(_, text)| text.len() < most - 500);
    all
}

pub(crate) fn all() -> Vec<Shape> {
    let mut out = Vec::new();
    v1(&mut out);
    rpc(&mut out);
    roa(&mut out);
    in_headers(&mut out);
    out
}

fn v1(out: &mut Vec<Shape>) {
    let common = format!(
        "Action=DescribeClusters&Version=2018-05-25&Region=ap-guangzhou&Timestamp={}&Nonce=1&SecretId={KEY}&Signature=A",
        now()
    );
    let old = format!("Action=DescribeCluster&Region=gz&Timestamp={}&Nonce=1&SecretId={KEY}&Signature=A", now());
    for (name, filling) in fillings(1 << 20) {
        let body = format!("{common}{filling}");
        out.push(shape(format!("v1, {name}"), "POST /", &[("Host", "x"), ("Content-Type", FORM)], body.as_bytes()));
        let body = format!("{old}{filling}");
        let headers = [("Host", "x"), ("Content-Type", FORM)];
        out.push(shape(format!("v2, {name}"), "POST /v2/index.php", &headers, body.as_bytes()));
    }
}

fn rpc(out: &mut Vec<Shape>) {
    let common = format!(
        "Action=AssumeRole&Version=2015-04-01&AccessKeyId={KEY}&Signature=A&SignatureMethod=HMAC-SHA1&SignatureVersion=1.0&SignatureNonce=1&Timestamp={}",
        acs3::date(now()).replace(':', "%3A")
    );
    for (name, filling) in fillings(10 << 20) {
        let body = format!("{common}{filling}");
        out.push(shape(
            format!("RPC, {name}"),
            "POST /",
            &[("Host", "sts.x"), ("Content-Type", FORM)],
            body.as_bytes(),
        ));
        // Not one of these parameters is due in a form for clusters.
        let headers = [("Host", "cs.x"), ("Content-Type", FORM), ("X-Acs-Version", "2015-12-15")];
        out.push(shape(format!("RPC to clusters, {name}"), "POST /clusters", &headers, body.as_bytes()));
    }
}

fn roa(out: &mut Vec<Shape>) {
    let date = acs_roa::date(now());
    let authorization = format!("acs {KEY}:A");
    let common = [
        ("Host", "cs.x"),
        ("X-Acs-Version", "2015-12-15"),
        ("Date", date.as_str()),
        ("Authorization", authorization.as_str()),
    ];
    for (name, filling) in fillings(64 << 10) {
        let line = format!("GET /api/v1/clusters?a=b{filling}");
        out.push(shape(format!("ROA, query of {name}"), &line, &common, b""));
    }
    let large = "v".repeat(90_000);
    let mut headers = common.to_vec();
    let names: Vec<String> = (0..4).map(|at| format!("X-Acs-{at}")).collect();
    headers.extend(names.iter().map(|name| (name.as_str(), large.as_str())));
    out.push(shape("ROA, 360 KB of headers", "GET /api/v1/clusters", &headers, b""));
    let names: Vec<String> = (0..80).map(|at| format!("X-Acs-{at}")).collect();
    let mut headers = common.to_vec();
    headers.extend(names.iter().map(|name| (name.as_str(), "v")));
    out.push(shape("ROA, 80 headers", "GET /api/v1/clusters", &headers, b""));
    out.push(shape("ROA, a body of 10 MB", "POST /clusters", &common, &vec![b' '; 10 << 20]));
}

/// The schemes whose signature is a header: TC3, ACS3 and SDK-HMAC.
fn in_headers(out: &mut Vec<Shape>) {
    let large = "v".repeat(90_000);
    let names: Vec<String> = (0..4).map(|at| format!("x-l{at}")).collect();
    for kilobytes in [0, 10, 60, 70, 1_000, 10_000_usize] {
        let body = format!("{{\"A\": [{}]}}", " ".repeat(kilobytes << 10)).into_bytes();
        let body = body.get(..body.len().min(10 << 20)).unwrap_or_default();
        for heads in [0, 1, 4_usize] {
            let more: Vec<(&str, &str)> =
                names.iter().take(heads).map(|name| (name.as_str(), large.as_str())).collect();
            let name = format!("a body of {kilobytes} KB, {} KB of headers", 90 * heads);
            out.push(signed_tc3(&format!("TC3, {name}"), "POST", "", &more, body));
            out.push(signed_acs3(&format!("ACS3, {name}"), "", &more, body));
            out.push(signed_sdk(&format!("SDK-HMAC, {name}"), "", &more, body));
        }
    }
    for (name, filling) in fillings(60 << 10) {
        let query = filling.trim_start_matches('&');
        out.push(signed_tc3(&format!("TC3, query of {name}"), "GET", query, &[], b""));
        out.push(signed_acs3(&format!("ACS3, query of {name}"), query, &[], b""));
        out.push(signed_sdk(&format!("SDK-HMAC, query of {name}"), query, &[], b""));
    }
}

fn signed_names(more: &[(&str, &str)], rest: &str) -> String {
    more.iter().map(|(name, _)| format!("{name};")).collect::<String>() + rest
}

fn target(method: &str, path: &str, query: &str) -> String {
    if query.is_empty() { format!("{method} {path}") } else { format!("{method} {path}?{query}") }
}

fn signed_tc3(name: &str, method: &str, query: &str, more: &[(&str, &str)], body: &[u8]) -> Shape {
    let kind = if method == "GET" { FORM } else { "application/json" };
    let (time, day) = (now().to_string(), tc3::date(now()));
    let names = signed_names(more, "content-type;host");
    let authorization =
        format!("TC3-HMAC-SHA256 Credential={KEY}/{day}/tke/tc3_request, SignedHeaders={names}, Signature=0");
    let mut headers = vec![
        ("Host", "tke.x"),
        ("Content-Type", kind),
        ("X-TC-Action", "DescribeClusters"),
        ("X-TC-Version", "2018-05-25"),
        ("X-TC-Region", "ap-guangzhou"),
        ("X-TC-Timestamp", &time),
        ("Authorization", &authorization),
    ];
    headers.extend(more);
    shape(name, &target(method, "/", query), &headers, body)
}

fn signed_acs3(name: &str, query: &str, more: &[(&str, &str)], body: &[u8]) -> Shape {
    let (date, digest) = (acs3::date(now()), sha256_hex(body));
    let own = "content-type;host;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version";
    let names = signed_names(more, own);
    let authorization = format!("ACS3-HMAC-SHA256 Credential={KEY},SignedHeaders={names},Signature=0");
    let mut headers = vec![
        ("Host", "cs.x"),
        ("Content-Type", "application/json"),
        ("X-Acs-Version", "2015-12-15"),
        ("X-Acs-Date", &date),
        ("X-Acs-Signature-Nonce", "1"),
        ("X-Acs-Content-Sha256", &digest),
        ("Authorization", &authorization),
    ];
    headers.extend(more);
    shape(name, &target("POST", "/clusters", query), &headers, body)
}

fn signed_sdk(name: &str, query: &str, more: &[(&str, &str)], body: &[u8]) -> Shape {
    let date = sdk_hmac_sha256::date(now());
    let names = signed_names(more, "host;x-sdk-date");
    let authorization = format!("SDK-HMAC-SHA256 Access={KEY}, SignedHeaders={names}, Signature=0");
    let mut headers = vec![("Host", "cce.x"), ("X-Sdk-Date", &date), ("Authorization", &authorization)];
    headers.extend(more);
    shape(name, &target("POST", "/api/v3/projects/p/clusters", query), &headers, body)
}
