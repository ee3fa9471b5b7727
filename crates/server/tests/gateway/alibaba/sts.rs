//! The service that hands out temporary credentials.

use super::{Auth, Call, list_clusters, server};
use crate::client::{Answer, now};
use http::Method;
use serde_json::Value;
use std::time::Duration;
use wharf_core::credentials::Credentials;
use wharf_server::{Server, Time};

fn assume(server: &Server, more: &[(&str, &str)]) -> Call {
    let arn = server.role_arn();
    let call = Call::action("AssumeRole", &[("RoleArn", &arn), ("RoleSessionName", "alice")]);
    more.iter().fold(call, |call, (name, value)| call.query(name, value))
}

fn credentials(answer: &Answer) -> Credentials {
    let whole = answer.whole();
    let text = |name: &str| whole["Credentials"][name].as_str().unwrap_or_else(|| panic!("{whole}")).to_owned();
    Credentials::new(text("AccessKeyId"), text("AccessKeySecret")).with_token(text("SecurityToken"))
}

#[tokio::test]
async fn a_role_gives_credentials_that_work() {
    let server = server().await;
    let answer = assume(&server, &[]).send(&server).await;
    let whole = answer.whole();
    let role = server.role_arn();
    assert_eq!(whole["AssumedRoleUser"]["Arn"], format!("{role}/alice"));
    assert!(whole["AssumedRoleUser"]["AssumedRoleId"].as_str().unwrap().ends_with(":alice"));
    assert!(whole["Credentials"]["AccessKeyId"].as_str().unwrap().starts_with("STS."));
    assert_eq!(whole["RequestId"], server.journal().last().unwrap().request_id.as_str());
    let given = credentials(&answer);
    for auth in [Auth::Roa, Auth::Acs3] {
        assert_eq!(list_clusters().by(auth).of(&given).send(&server).await.status, 200);
        let without = Credentials::new(given.id(), given.secret().clone());
        let refused = list_clusters().by(auth).of(&without).send(&server).await;
        assert_eq!(refused.failure(), (400, "MissingSecurityToken".to_owned()));
    }
    assert_eq!(assume(&server, &[]).of(&given).send(&server).await.status, 200, "one role after another");
}

#[tokio::test]
async fn credentials_end_when_they_said() {
    let server = server().await;
    let answer = assume(&server, &[("DurationSeconds", "900")]).send(&server).await;
    let text = answer.whole()["Credentials"]["Expiration"].as_str().unwrap().to_owned();
    let left = wharf_sign::acs3::parse_date(&text).unwrap() - now();
    assert!((895..=900).contains(&left), "{text}");
    let given = credentials(&answer);
    server.advance(Duration::from_secs(890));
    assert_eq!(list_clusters().of(&given).send(&server).await.status, 200);
    server.advance(Duration::from_secs(10));
    let over = list_clusters().of(&given).send(&server).await;
    assert_eq!(over.failure(), (400, "InvalidSecurityToken.Expired".to_owned()));
    let anew = credentials(&assume(&server, &[]).send(&server).await);
    assert_eq!(list_clusters().of(&anew).send(&server).await.status, 200);
    server.expire_tokens();
    assert_eq!(list_clusters().of(&anew).send(&server).await.failure().1, "InvalidSecurityToken.Expired");
}

#[tokio::test]
async fn credentials_end_by_the_clock_of_the_server_too() {
    let server = server().await;
    let given = credentials(&assume(&server, &[]).send(&server).await);
    server.faults().skew_clock(3_601);
    let call = list_clusters().of(&given).with(|call| call.timestamp += 3_601);
    assert_eq!(call.send(&server).await.failure().1, "InvalidSecurityToken.Expired");
}

#[tokio::test]
async fn durations_are_what_the_role_allows() {
    let server = server().await;
    for wrong in ["899", "3601", "0", "-1", "x"] {
        let answer = assume(&server, &[("DurationSeconds", wrong)]).send(&server).await;
        assert_eq!(answer.failure(), (400, "InvalidParameter.DurationSeconds".to_owned()), "{wrong}");
    }
    let long = format!("{}-long", server.role_arn());
    let answer = assume(&server, &[("RoleArn", &long), ("DurationSeconds", "43200")]).send(&server).await;
    assert_eq!(answer.status, 200, "{}", answer.whole());
}

#[tokio::test]
async fn roles_have_to_be_there_and_of_the_account() {
    let server = server().await;
    let unknown = format!("{}-nothing", server.role_arn());
    for (arn, failure) in [
        (unknown.as_str(), (404, "EntityNotExist.Role")),
        ("acs:ram::200000000002:role/wharf", (403, "NoPermission")),
        ("wharf", (400, "InvalidParameter.RoleArn")),
        ("acs:ram::100000000001:user/wharf", (400, "InvalidParameter.RoleArn")),
        ("", (400, "InvalidParameter.RoleArn")),
    ] {
        let answer = assume(&server, &[("RoleArn", arn)]).send(&server).await;
        assert_eq!(answer.failure(), (failure.0, failure.1.to_owned()), "{arn}");
    }
    let missing = assume(&server, &[]).without("RoleArn").send(&server).await;
    assert_eq!(missing.failure(), (400, "InvalidParameter.RoleArn".to_owned()));
}

#[tokio::test]
async fn sessions_have_names() {
    let server = server().await;
    for wrong in ["a", "a b", "é", &"a".repeat(65)] {
        let answer = assume(&server, &[("RoleSessionName", wrong)]).send(&server).await;
        assert_eq!(answer.failure(), (400, "InvalidParameter.RoleSessionName".to_owned()), "{wrong}");
    }
    assert_eq!(assume(&server, &[("RoleSessionName", "a.b@c-d_1")]).send(&server).await.status, 200);
}

#[tokio::test]
async fn policies_are_read() {
    let server = server().await;
    let good = r#"{"Version": "1", "Statement": [{"Action": ["cs:*"], "Effect": "Allow", "Resource": ["*"]}]}"#;
    assert_eq!(assume(&server, &[("Policy", good)]).send(&server).await.status, 200);
    for wrong in [
        "{",
        "[]",
        "{}",
        r#"{"Version": "1", "Statement": []}"#,
        r#"{"Version": "1", "Statement": [{"Effect": "x", "Action": 1}]}"#,
    ] {
        let answer = assume(&server, &[("Policy", wrong)]).send(&server).await;
        assert_eq!(answer.failure(), (400, "InvalidParameter.PolicyGrammar".to_owned()), "{wrong}");
    }
    let long = good.replace("cs:*", &"x".repeat(1_024));
    let answer = assume(&server, &[("Policy", &long)]).send(&server).await;
    assert_eq!(answer.failure(), (400, "InvalidParameter.PolicySize".to_owned()));
}

#[tokio::test]
async fn actions_and_versions_are_those_there_are() {
    let server = server().await;
    let action = assume(&server, &[("Action", "AssumeNothing")]).send(&server).await;
    assert_eq!(action.failure(), (404, "InvalidAction.NotFound".to_owned()));
    let version = assume(&server, &[("Version", "2014-01-01")]).send(&server).await;
    assert_eq!(version.failure(), (400, "InvalidVersion".to_owned()));
}

#[tokio::test]
async fn parameters_come_in_a_form_too_and_by_either_method() {
    let server = server().await;
    let call = assume(&server, &[]);
    let get = call.clone().with(|call| call.method = Method::GET);
    assert_eq!(get.send(&server).await.status, 200);
    let mut request = assume(&server, &[]).request(&server);
    let form = request.uri().query().unwrap().to_owned();
    *request.uri_mut() = format!("{}/", server.endpoint()).parse().unwrap();
    request.headers_mut().insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
    *request.body_mut() = form.into();
    let answer = super::client::send(&server, request).await;
    assert_eq!(answer.status, 200, "{}", answer.whole());
    let entry = server.journal().last().unwrap();
    assert_eq!((entry.product, entry.operation.as_str()), (Some("sts"), "AssumeRole"));
}

#[tokio::test]
async fn the_newer_signature_is_taken_here_too() {
    let server = server().await;
    let arn = server.role_arn();
    let call = Call::new(Method::POST, "/", Value::Null)
        .by(Auth::Acs3)
        .header("x-acs-version", "2015-04-01")
        .header("x-acs-action", "AssumeRole")
        .query("RoleArn", &arn)
        .query("RoleSessionName", "alice");
    let answer = call.send(&server).await;
    assert_eq!(answer.status, 200, "{}", answer.whole());
    let by_host = call.with(|call| {
        call.host = Some("sts-vpc.cn-beijing.example.com".into());
        call.nonce = Some("by-host".into());
    });
    assert_eq!(by_host.send(&server).await.status, 200);
}

#[tokio::test]
async fn accelerated_time_does_not_shorten_credentials() {
    let server = Server::builder()
        .region("cn-beijing")
        .time(Time::Accelerated(1_000_000))
        .without_socket()
        .start()
        .await
        .unwrap();
    let given = credentials(&assume(&server, &[]).send(&server).await);
    assert_eq!(list_clusters().of(&given).send(&server).await.status, 200, "their caller's clock is not faster");
}
