//! The three signatures.

use super::client::send;
use super::{Auth, Call, create_cluster, list_clusters, server};
use crate::client::now;
use wharf_core::credentials::Credentials;
use wharf_server::{Server, SignatureMethod};

/// A call by each signature.
fn calls(server: &Server) -> [Call; 3] {
    let arn = server.role_arn();
    let assume = Call::action("AssumeRole", &[("RoleArn", &arn), ("RoleSessionName", "alice")]);
    [list_clusters(), list_clusters().by(Auth::Acs3), assume]
}

#[tokio::test]
async fn what_is_signed_rightly_passes() {
    let server = server().await;
    let mut right: Vec<Call> = calls(&server).into();
    for auth in [Auth::Roa, Auth::Acs3] {
        right.extend([
            list_clusters().by(auth).query("name", "集 群+/=&~*").query("page_size", "3").query("a", ""),
            create_cluster(&format!("demo-{}", if auth == Auth::Roa { "a" } else { "b" })).by(auth),
            list_clusters().by(auth).with(|call| call.timestamp -= 890),
            list_clusters().by(auth).with(|call| call.timestamp += 890),
            list_clusters().by(auth).header("x-acs-region-id", "cn-beijing"),
        ]);
    }
    for call in right {
        let answer = call.send(&server).await;
        assert_eq!(answer.status, 200, "{}", answer.whole());
    }
    let used: Vec<SignatureMethod> =
        server.journal().calls().iter().map(|entry| entry.signature_method).take(3).collect();
    assert_eq!(used, [SignatureMethod::AcsRoa, SignatureMethod::Acs3, SignatureMethod::AcsRpc]);
}

#[tokio::test]
async fn a_wrong_secret_is_refused() {
    let server = server().await;
    let wrong = Credentials::new(server.credentials().id(), "another");
    for call in calls(&server) {
        let answer = call.of(&wrong).send(&server).await;
        assert_eq!(answer.failure(), (403, "SignatureDoesNotMatch".to_owned()));
    }
    assert!(server.journal().calls().iter().all(|entry| !entry.acted && entry.diagnosis.is_some()));
}

#[tokio::test]
async fn an_unknown_key_is_refused() {
    let server = server().await;
    for call in calls(&server) {
        let answer = call.of(&Credentials::new("nobody", "x")).send(&server).await;
        assert_eq!(answer.failure(), (404, "InvalidAccessKeyId.NotFound".to_owned()));
    }
}

#[tokio::test]
async fn a_time_more_than_15_minutes_off_is_refused() {
    let server = server().await;
    for off in [-15 * 60 - 5, 15 * 60 + 5] {
        for call in calls(&server) {
            let answer = call.with(|call| call.timestamp += off).send(&server).await;
            assert_eq!(answer.failure(), (400, "InvalidTimeStamp.Expired".to_owned()));
        }
    }
    server.faults().skew_clock(3_600);
    let answer = list_clusters().send(&server).await;
    assert_eq!(answer.failure().1, "InvalidTimeStamp.Expired");
    let date = httpdate::parse_http_date(answer.headers["date"].to_str().unwrap()).unwrap();
    let ahead = date.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64 - now();
    assert!((3_590..3_610).contains(&ahead), "the answer tells the server's time");
    assert_eq!(list_clusters().with(|call| call.timestamp += 3_600).send(&server).await.status, 200);
}

#[tokio::test]
async fn a_time_has_its_form() {
    let server = server().await;
    let [roa, acs3, rpc] = calls(&server);
    for call in
        [roa.header("date", "yesterday"), acs3.header("x-acs-date", "20240101T000000Z"), rpc.query("Timestamp", "1")]
    {
        assert_eq!(call.send(&server).await.failure(), (400, "InvalidTimeStamp.Format".to_owned()));
    }
}

#[tokio::test]
async fn a_nonce_is_used_once() {
    let server = server().await;
    for call in calls(&server) {
        assert_eq!(call.send(&server).await.status, 200);
        assert_eq!(call.send(&server).await.failure(), (400, "SignatureNonceUsed".to_owned()));
        let anew = call.with(|call| call.nonce = Some(format!("{:?}-anew", call.auth)));
        assert_eq!(anew.send(&server).await.status, 200);
    }
}

#[tokio::test]
async fn the_older_client_sends_no_nonce_and_what_it_sent_cannot_be_sent_again() {
    let server = server().await;
    // It states whole seconds, so that the same call again within one is the same request.
    let call = list_clusters().with(|call| call.nonce = None);
    for _ in 0..2 {
        assert_eq!(call.clone().with(|call| call.timestamp = now()).send(&server).await.status, 200);
    }
    for call in [call.clone(), create_cluster("demo").with(|call| call.nonce = None)] {
        let earlier = call.with(|call| call.timestamp = now() - 5);
        assert_eq!(earlier.send(&server).await.status, 200);
        assert_eq!(earlier.send(&server).await.failure(), (400, "SignatureNonceUsed".to_owned()));
    }
    let newer = call.by(Auth::Acs3).send(&server).await;
    assert_eq!(newer.failure(), (400, "MissingSignatureNonce".to_owned()));
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let server = server().await;
    let [roa, acs3, rpc] = calls(&server);
    let cases = [
        (roa.clone().by(Auth::Nothing), "MissingAuthorization", "Authorization"),
        (roa.clone().without("date"), "MissingDate", "Date"),
        (roa.without("x-acs-version"), "MissingVersion", "x-acs-version"),
        (acs3.clone().without("x-acs-date"), "MissingDate", "x-acs-date"),
        (acs3.without("x-acs-content-sha256"), "MissingContentSha256", "x-acs-content-sha256"),
        (rpc.clone().without("Timestamp"), "MissingTimestamp", "Timestamp"),
        (rpc.clone().without("SignatureNonce"), "MissingSignatureNonce", "SignatureNonce"),
        (rpc.clone().without("SignatureMethod"), "MissingSignatureMethod", "SignatureMethod"),
        (rpc.clone().without("SignatureVersion"), "MissingSignatureVersion", "SignatureVersion"),
        (rpc.clone().without("AccessKeyId"), "MissingAccessKeyId", "AccessKeyId"),
        (rpc.clone().without("Signature"), "MissingSignature", "Signature"),
        (rpc.clone().without("Version"), "MissingVersion", "Version"),
        (rpc.without("Action"), "MissingAction", "Action"),
    ];
    for (call, code, name) in cases {
        let answer = call.send(&server).await;
        assert_eq!(answer.failure(), (400, code.to_owned()), "{}", answer.whole());
        assert!(answer.reason().contains(name), "{}", answer.reason());
    }
}

#[tokio::test]
async fn digests_are_those_of_the_body() {
    let server = server().await;
    let call = create_cluster("demo");
    let answer = call.clone().header("content-md5", "1B2M2Y8AsgTpgAmY7PhCfg==").send(&server).await;
    assert_eq!(answer.failure(), (400, "ContentMD5NotMatched".to_owned()));
    let answer = call.by(Auth::Acs3).header("x-acs-content-sha256", &"0".repeat(64)).send(&server).await;
    assert_eq!(answer.failure(), (400, "ContentSha256NotMatched".to_owned()));
}

/// Makes a header wrong.
type Rewrite = fn(&str) -> String;

#[tokio::test]
async fn the_header_has_its_form_and_signs_all_that_matters() {
    let server = server().await;
    let wrong: [(Auth, Rewrite); 6] = [
        (Auth::Roa, |_| "acs x".to_owned()),
        (Auth::Roa, |_| "Basic x".to_owned()),
        (Auth::Acs3, |_| "ACS3-HMAC-SHA256 Credential=x".to_owned()),
        (Auth::Acs3, |header| header.replace("host;", "")),
        (Auth::Acs3, |header| header.replace("x-acs-date;", "")),
        (Auth::Acs3, |header| header.replace("host;", "host;x-nothing;")),
    ];
    for (auth, rewrite) in wrong {
        let mut request = list_clusters().by(auth).request(&server);
        let header = rewrite(request.headers()["authorization"].to_str().unwrap());
        request.headers_mut().insert("authorization", header.parse().unwrap());
        let answer = send(&server, request).await;
        assert_eq!(answer.failure(), (400, "IncompleteSignature".to_owned()), "{header}");
    }
}

#[tokio::test]
async fn the_method_of_signing_is_one_of_those_known() {
    let server = server().await;
    let [roa, _, rpc] = calls(&server);
    for call in [
        roa.clone().header("x-acs-signature-method", "HMAC-SHA256"),
        roa.header("x-acs-signature-version", "2.0"),
        rpc.clone().query("SignatureMethod", "HMAC-SHA256"),
        rpc.query("SignatureVersion", "2.0"),
    ] {
        assert_eq!(call.send(&server).await.failure(), (400, "InvalidSignatureMethod".to_owned()));
    }
}

#[tokio::test]
async fn a_token_belongs_to_a_temporary_key() {
    let key = Credentials::new("AKtemporary", "secret").with_token("session");
    let server =
        Server::builder().region("cn-beijing").credentials(key.clone()).without_socket().start().await.unwrap();
    for auth in [Auth::Roa, Auth::Acs3] {
        let call = list_clusters().by(auth);
        assert_eq!(call.send(&server).await.status, 200);
        let none = list_clusters().by(auth).of(&Credentials::new("AKtemporary", "secret")).send(&server).await;
        assert_eq!(none.failure(), (400, "MissingSecurityToken".to_owned()));
        let other = list_clusters().by(auth).of(&key.clone().with_token("other")).send(&server).await;
        assert_eq!(other.failure(), (400, "InvalidSecurityToken.Malformed".to_owned()));
    }
    let server = super::server().await;
    let permanent = server.credentials().with_token("token");
    let answer = list_clusters().of(&permanent).send(&server).await;
    assert_eq!(answer.failure(), (400, "InvalidSecurityToken.MismatchWithAccessKey".to_owned()));
}

#[tokio::test]
async fn a_wrong_signature_is_explained_to_those_who_ask() {
    let server =
        Server::builder().region("cn-beijing").explain_signatures(true).without_socket().start().await.unwrap();
    let mut request = list_clusters().query("a", "b").request(&server);
    *request.uri_mut() = format!("{}/api/v1/clusters?a=b&c=d", server.endpoint()).parse().unwrap();
    let answer = send(&server, request).await;
    assert!(answer.reason().contains("parameter `c` of the query was left out"), "{}", answer.reason());
    let mut request = list_clusters().by(Auth::Acs3).with(|call| call.host = Some("cs.a.com".into())).request(&server);
    request.headers_mut().insert("host", "cs.b.com".parse().unwrap());
    let answer = send(&server, request).await;
    assert_eq!(answer.failure().1, "SignatureDoesNotMatch");
    assert!(server.journal().last().unwrap().diagnosis.unwrap().server_signed.contains("host:cs.b.com"));
}
