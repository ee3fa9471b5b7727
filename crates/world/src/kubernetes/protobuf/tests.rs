#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

fn length(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

fn bytes(number: u8, content: &[u8]) -> Vec<u8> {
    [vec![number << 3 | 2], length(content.len()), content.to_vec()].concat()
}

fn varint_field(number: u8, value: u8) -> Vec<u8> {
    vec![number << 3, value]
}

fn envelope(api_version: &str, kind: &str, object: &[u8]) -> Vec<u8> {
    let head = [bytes(1, api_version.as_bytes()), bytes(2, kind.as_bytes())].concat();
    [MAGIC.to_vec(), bytes(1, &head), bytes(2, object), bytes(3, b""), bytes(4, b"")].concat()
}

fn entry(key: &str, value: &[u8]) -> Vec<u8> {
    [bytes(1, key.as_bytes()), bytes(2, value)].concat()
}

// The numbers are those of generated.proto of k8s.io/api and k8s.io/apimachinery.
#[test]
fn objects_are_read() {
    let metadata = [bytes(1, b"web"), bytes(2, b""), bytes(7, b"")].concat();
    let metadata =
        [metadata[..metadata.len() - 2].to_vec(), varint_field(7, 0), bytes(11, &entry("app", b"web"))].concat();
    let port = [bytes(1, b""), varint_field(2, 0), varint_field(3, 80)].concat();
    let quantity = bytes(1, b"100m");
    let resources = bytes(2, &entry("cpu", &quantity));
    let secret = bytes(6, &bytes(1, b"s"));
    let volume = [bytes(1, b"v"), bytes(2, &secret)].concat();
    let container = [bytes(1, b"main"), bytes(2, b"nginx"), bytes(6, &port), bytes(8, &resources)].concat();
    let pod = [bytes(1, &volume), bytes(2, &container), varint_field(4, 0)].concat();
    let template = bytes(2, &pod);
    let selector = bytes(1, &entry("app", b"web"));
    let surge = [varint_field(1, 1), varint_field(2, 0), bytes(3, b"25%")].concat();
    let strategy = [bytes(1, b"RollingUpdate"), bytes(2, &bytes(2, &surge))].concat();
    let spec = [varint_field(1, 0), bytes(2, &selector), bytes(3, &template), bytes(4, &strategy)].concat();
    let object = [bytes(1, &metadata), bytes(2, &spec), bytes(3, &[varint_field(1, 0)].concat())].concat();
    let read = decode(&envelope("apps/v1", "Deployment", &object)).unwrap();
    assert_eq!(
        read,
        json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "labels": {"app": "web"}},
            "spec": {"replicas": 0, "selector": {"matchLabels": {"app": "web"}},
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%"}},
                "template": {"spec": {"terminationGracePeriodSeconds": 0,
                    "volumes": [{"name": "v", "secret": {"secretName": "s"}}],
                    "containers": [{"name": "main", "image": "nginx", "ports": [{"containerPort": 80}],
                        "resources": {"requests": {"cpu": "100m"}}}]}}}})
    );
}

#[test]
fn secrets_are_bytes() {
    let object = [bytes(1, &bytes(1, b"s")), bytes(2, &entry("k", &[0, 255])), bytes(3, b"Opaque")].concat();
    let read = decode(&envelope("v1", "Secret", &object)).unwrap();
    assert_eq!((&read["data"], &read["type"]), (&json!({"k": "AP8="}), &json!("Opaque")));
}

#[test]
fn what_is_not_read_is_refused() {
    for (body, code) in [
        (Vec::new(), 400),
        (b"{}".to_vec(), 400),
        (b"k8s\0\xff".to_vec(), 400),
        (envelope("example.com/v1", "Thing", b""), 415),
        // The field 99 of a container; a volume of a kind that is left open.
        (envelope("v1", "Pod", &bytes(2, &bytes(2, &[0x98, 0x06, 1]))), 415),
        (envelope("v1", "Pod", &bytes(2, &bytes(1, &bytes(2, &[0xd2, 0x01, 2, 0x10, 1])))), 415),
    ] {
        assert_eq!(decode(&body).unwrap_err().code(), code, "{body:?}");
    }
}

#[test]
fn every_number_is_of_a_field() {
    for line in include_str!("../schema/numbers.txt").lines().filter(|line| !line.starts_with('#')) {
        let (name, numbers) = read_numbers(line).unwrap();
        let structure = find(name.split('/').next().unwrap()).unwrap_or_else(|| panic!("{name}"));
        for field in numbers.values() {
            assert!(structure.field(field).is_some(), "{name}.{field}");
        }
    }
}
