//! `Debug` of the public API never shows a secret.
#![cfg(all(feature = "tke", feature = "cce", feature = "ack", feature = "ccs"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use wharf::{ack, cce};

const PLANTED: &str = "pl4nted";

fn assert_clean(what: &str, shown: &str) {
    assert!(!shown.contains(PLANTED), "{what} shows a secret: {shown}");
}

/// Types of the public API that hold input of the caller or requests.
#[test]
fn debug_of_every_public_type_that_holds_values_shows_none() {
    use bytes::Bytes;
    use wharf::any::Input;
    use wharf_core::connection::Settings;
    use wharf_core::model::Any;
    use wharf_core::product::{Body, EncodeInput, Endpoint, Unsigned};
    use wharf_core::transport::HttpTransport;

    let json = serde_json::json!({"Password": PLANTED, "Nested": {"Token": [PLANTED]}});
    let entry = wharf::operations().find(|entry| entry.meta.name == "ForwardRequest").unwrap();
    let pairs = || vec![("Password".to_owned(), PLANTED.to_owned())];
    let bodies = [Body::Bytes(Bytes::from_static(PLANTED.as_bytes())), Body::Form(pairs()), Body::Empty];
    let endpoint = Endpoint::https("cloud.example.com").unwrap();
    let empty = entry.input();
    let call = EncodeInput {
        operation: entry.meta,
        input: &*empty,
        endpoint: &endpoint,
        signed: &endpoint,
        region: None,
        user_agent: "",
    };
    let unsigned = bodies.clone().map(|body| {
        let mut unsigned = Unsigned::new(&call, http::Method::POST, "/");
        unsigned.query = pairs();
        unsigned.headers = [(http::header::AUTHORIZATION, PLANTED.parse().unwrap())].into_iter().collect();
        unsigned.body = body;
        unsigned
    });
    let mut any = Any::default();
    wharf_core::model::json::read_value(&json, &mut any, wharf_core::model::json::Mode::Lenient).unwrap();
    let mut model = entry.input();
    let input = serde_json::json!({"ClusterName": "cls-1", "RequestBody": PLANTED});
    wharf_core::model::json::read_value(&input, &mut *model, wharf_core::model::json::Mode::Lenient).unwrap();
    let url = format!("https://me:{PLANTED}@cloud.example.com/?k={PLANTED}");
    let mut settings = Settings::default();
    settings.endpoint = Some(url.clone());
    settings.root_certificates = vec![PLANTED.into()];
    settings.proxy = wharf_core::transport::Proxy::Url(url.clone().into());
    let role = ack::Role::new("acs:ram::1:role/r").external_id(PLANTED);
    let shown = format!(
        "{:?} {:?} {any:?} {bodies:?} {unsigned:?} {settings:?} {role:?} {:?} {:?} {:?}",
        Input::Json(json.clone()),
        Input::Model(model),
        HttpTransport::builder().root_certificate(PLANTED).proxy(settings.proxy.clone()),
        ack::Connection::builder().sts_endpoint(url.clone()).endpoint(url.clone()).assume_role(role.clone()),
        cce::Connection::builder().iam_endpoint(url.clone()).endpoint(url.clone()),
    );
    assert_clean("values", &shown);
    assert!(!shown.contains(&format!("{:?}", PLANTED.as_bytes())), "{shown}");
    let key = wharf_sign::Credentials { id: "a", secret: PLANTED, token: Some(PLANTED) };
    let request = wharf_sign::Request {
        query: PLANTED,
        parameters: &[("Password", PLANTED)],
        headers: &[("x-acs-security-token", PLANTED)],
        payload: wharf_sign::Payload::Bytes(PLANTED.as_bytes()),
        ..wharf_sign::Request::default()
    };
    let signed = format!(
        "{request:?} {key:?} {:?} {:?} {:?}",
        wharf_sign::acs_roa::sign(&request, &key),
        wharf_sign::acs_roa::headers(&key, 1, "n", b""),
        wharf_sign::Authorization { id: "a", date: "d", service: "s", signed_headers: "b", signature: PLANTED },
    );
    assert_clean("signatures", &signed);
}

/// Fields whose values must not appear in a log, each with the structure that holds it.
#[test]
fn debug_of_requests_hides_environment_variables_documents_and_external_ids() {
    let documents = serde_json::json!({"key": PLANTED}).to_string();
    for (product, operation, input) in [
        (
            "ccs",
            "CreateClusterService",
            serde_json::json!({"containers": [{"envs": [{"name": "DB_PASSWORD", "value": PLANTED}]}]}),
        ),
        ("sts", "AssumeRole", serde_json::json!({"ExternalId": PLANTED})),
        ("ack", "CreateTemplate", serde_json::json!({"template": PLANTED})),
        ("ack", "InstallClusterAddons", serde_json::json!({"body": [{"name": "a", "config": documents}]})),
        (
            "cce",
            "CreateCluster",
            serde_json::json!({"metadata": {"annotations": {"cluster.install.addons/install": documents}}}),
        ),
        (
            "tke",
            "CreateClusterAsGroup",
            serde_json::json!({"AutoScalingGroupPara": documents, "LaunchConfigurePara": documents}),
        ),
    ] {
        let entry =
            wharf::operations().find(|entry| (entry.meta.product, entry.meta.name) == (product, operation)).unwrap();
        let mut model = entry.input();
        wharf_core::model::json::read_value(&input, &mut *model, wharf_core::model::json::Mode::Lenient).unwrap();
        let sent = wharf_core::model::json::to_string(&*model, wharf_core::model::json::Style::Compact);
        assert!(sent.contains(PLANTED), "{operation} {sent}");
        let shown = format!("{model:?} {model:#?}");
        assert_clean(operation, &format!("{shown} {:?}", wharf::any::Input::Model(model)));
    }
}
