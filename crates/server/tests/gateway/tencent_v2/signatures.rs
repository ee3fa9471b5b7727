//! Every signature is checked by the rules of API 2.0.

use super::{Call, echoing, list};
use http::Method;
use serde_json::json;
use wharf_core::credentials::Credentials;
use wharf_server::{Fault, Server};
use wharf_sign::hmac_v1;

#[tokio::test]
async fn both_algorithms_pass_by_get_and_post() {
    let server = echoing().await;
    let odd = [("clusterName", "a b+c&d=集群*~'()!_"), ("clusterIds.0", "@a_b")];
    let by_get = |call: Call| call.with(|call| (call.method, call.nonce) = (Method::GET, call.nonce + 1_000_000));
    for call in [Call::get("DescribeCluster", &odd), Call::post("DescribeCluster", &odd)] {
        for call in [by_get(call.clone()), call] {
            let answer = call.send(&server).await;
            assert_eq!(answer["data"]["echo"]["clusterName"], odd[0].1, "{answer}");
        }
    }
    let methods: Vec<String> =
        server.journal().calls().iter().map(|entry| entry.signature_method.to_string()).collect();
    assert_eq!(methods, ["HmacSHA1", "HmacSHA1", "HmacSHA256", "HmacSHA256"]);
}

#[tokio::test]
async fn underscores_of_names_are_signed_as_dots_and_those_of_values_are_not() {
    let server = echoing().await;
    let images = [("src_image", "my_ns/a_b:v1"), ("dest_image", "my_ns/a_b:v2")];
    for call in [Call::get("DuplicateImage", &images), Call::post("DuplicateImage", &images)] {
        let answer = call.send(&server).await;
        assert_eq!(answer["echo"], json!({"src_image": "my_ns/a_b:v1", "dest_image": "my_ns/a_b:v2"}), "{answer}");
        let plain = call.with(|call| call.sign = hmac_v1::sign);
        let refused = plain.send(&server).await;
        assert_eq!((&refused["code"], &refused["codeDesc"]), (&json!(4100), &json!("AuthFailure")));
        let diagnosis = server.journal().last().unwrap().diagnosis.unwrap();
        assert!(diagnosis.cause.contains("underscores of names were signed as they are"), "{diagnosis}");
    }
}

#[tokio::test]
async fn each_wrong_signature_has_its_code() {
    let server = echoing().await;
    let id = server.credentials().id().to_owned();
    let key = |id: &str, secret: &str| Some(Credentials::new(id, secret));
    for call in [list(), Call::post("DescribeCluster", &[])] {
        for (code, credentials) in
            [(4104, key("AKIDunknown", "x")), (4104, key("not an id", "x")), (4100, key(&id, "wrong"))]
        {
            assert_eq!(call.clone().with(|call| call.credentials = credentials).code(&server).await, code);
        }
        for skew in [-301, 400] {
            assert_eq!(call.clone().with(|call| call.timestamp += skew).code(&server).await, 4500);
        }
        assert_eq!(call.clone().with(|call| call.timestamp -= 200).code(&server).await, 0);
        let elsewhere = call.with(|call| call.host = Some("ccs.api.qcloud.com".into()));
        let mut request = elsewhere.request(&server);
        request.headers_mut().insert("host", "ccs.api.example.com".parse().unwrap());
        let answer = server.transport().send(request, crate::client::LIMITS).await.unwrap();
        assert!(String::from_utf8_lossy(answer.body()).contains("4100"));
        let diagnosis = server.journal().last().unwrap().diagnosis.unwrap();
        assert!(diagnosis.cause.contains("ccs.api.qcloud.com"), "{diagnosis}");
    }
    let codes: Vec<_> = server.journal().calls().into_iter().map(|entry| (entry.acted, entry.code)).collect();
    assert!(codes.iter().all(|(acted, code)| *acted == code.is_none()), "{codes:?}");
    assert!(codes.contains(&(false, Some("AuthFailure".into()))) && codes.contains(&(false, Some("4104".into()))));
}

#[tokio::test]
async fn a_request_passes_once() {
    let server = echoing().await;
    for call in [list(), Call::post("DescribeCluster", &[])] {
        assert_eq!(call.code(&server).await, 0);
        let again = call.send(&server).await;
        assert_eq!(again["code"], 4500);
        assert!(again["message"].as_str().unwrap().contains("Nonce"), "{again}");
        assert_eq!(call.with(|call| call.nonce += 1_000_000).code(&server).await, 0);
    }
}

#[tokio::test]
async fn common_parameters_are_named_when_they_are_missing() {
    let server = echoing().await;
    for name in ["Action", "SecretId", "Signature", "Timestamp", "Nonce", "Region"] {
        let answer = list().with(|call| call.without = name).send(&server).await;
        assert_eq!((&answer["code"], &answer["codeDesc"]), (&json!(4000), &json!("InvalidParameter")), "{name}");
        assert!(answer["message"].as_str().unwrap().contains(&format!("`{name}`")), "{answer}");
    }
    let nonce = list().with(|call| call.nonce = 0);
    assert_eq!(nonce.code(&server).await, 4000);
}

#[tokio::test]
async fn session_tokens_are_checked() {
    let temporary = Credentials::new("AKIDtemp", "secret").with_token("token-1");
    let permanent = Credentials::new("AKIDperm", "secret");
    let server = Server::builder().credentials(temporary.clone()).credentials(permanent.clone()).start().await.unwrap();
    server.faults().add(Fault::answer_with(|_| Ok(json!({}))));
    for (code, credentials) in [
        (0, temporary.clone()),
        (0, permanent.clone()),
        (4105, Credentials::new("AKIDtemp", "secret")),
        (4105, permanent.with_token("token-1")),
    ] {
        assert_eq!(list().with(|call| call.credentials = Some(credentials)).code(&server).await, code);
    }
    assert!(!format!("{:?}", server.journal().calls()).contains("token-"));
}

#[tokio::test]
async fn the_doctor_hides_sensitive_parameters() {
    let server = Server::builder().explain_signatures(true).start().await.unwrap();
    let wrong = Credentials::new(server.credentials().id(), "no");
    let parameters = [("password", "planted-1"), ("unheard", "planted-2")];
    let call = Call::post("ChangePassword", &parameters).with(|call| call.credentials = Some(wrong));
    let answer = call.send(&server).await;
    let message = answer["message"].as_str().unwrap();
    assert!(message.contains("[hidden]") && message.contains("The server signed:\nPOST"), "{message}");
    assert!(!message.contains("planted") && !format!("{:?}", server.journal().calls()).contains("planted"));
    let good = Call::post("ChangePassword", &[("password", "planted-3")]);
    assert_eq!(good.code(&server).await, 0);
    assert!(!format!("{:?}", server.journal().last()).contains("planted"));
}
