//! Method, content type, size, product, version, operation, region, rate.

use crate::client::{Call, LIMITS, exchange};
use crate::{describe_clusters, echo, echoing};
use http::Method;
use serde_json::json;
use wharf_server::Server;
use wharf_sign::hmac_v1::Algorithm;

#[tokio::test]
async fn an_answer_has_its_request_id_its_date_and_status_200() {
    let server = echoing().await;
    let answer = describe_clusters().send(&server).await;
    assert_eq!((answer.status, answer.code().as_str()), (200, ""));
    assert_eq!(answer.headers["content-type"], "application/json");
    assert!(answer.headers["date"].to_str().unwrap().ends_with("GMT"));
    let id = answer.json()["RequestId"].as_str().unwrap().to_owned();
    let parts: Vec<usize> = id.split('-').map(str::len).collect();
    assert_eq!(parts, [8, 4, 4, 4, 12]);
    assert_eq!(answer.json()["Echo"], json!({ "Limit": 1 }));
    assert_eq!(server.journal().last().unwrap().request_id, id);

    let refused = describe_clusters().with(|call| call.action = "Nothing".into()).send(&server).await;
    assert_eq!((refused.status, refused.code().as_str()), (200, "InvalidAction"));
    assert!(refused.json()["RequestId"].is_string());
}

#[tokio::test]
async fn the_product_is_told_by_host_path_scope_or_version() {
    let server = echoing().await;
    let server = &server;
    let list = |call: Call| async move { (call.send(server).await.code(), server.journal().last().unwrap().product) };
    let tcr = || Call::tcr("DescribeInstances", json!({}));
    let good = |product| (String::new(), Some(product));
    assert_eq!(list(describe_clusters()).await, good("tke"));
    assert_eq!(list(tcr()).await, good("tcr"));
    assert_eq!(list(tcr().with(|call| call.host = Some("tcr.cloud.example.com".into()))).await, good("tcr"));
    assert_eq!(list(tcr().with(|call| call.path = "/tcr/".into())).await, good("tcr"));
    let mut behind_proxy = tcr().request(server);
    *behind_proxy.uri_mut() = format!("{}/tcr", server.endpoint()).parse().unwrap();
    let answer = server.transport().send(behind_proxy, LIMITS).await.unwrap();
    assert!(String::from_utf8_lossy(answer.body()).contains("Echo"), "signed for the path `/`");
    let elsewhere = tcr().with(|call| call.path = "/elsewhere".into());
    assert_eq!(elsewhere.send(server).await.code(), "UnsupportedProtocol");
    for version in ["2018-05-25", "2019-09-24"] {
        let product = if version == "2018-05-25" { "tke" } else { "tcr" };
        let action = if product == "tke" { "DescribeClusters" } else { "DescribeInstances" };
        let call = Call::v1(Algorithm::HmacSha256, action, &[]).with(|call| call.version = version.into());
        assert_eq!(list(call).await, good(product));
    }
    let other_host = describe_clusters().with(|call| call.host = Some("tcr.cloud.example.com".into()));
    assert_eq!(list(other_host).await, ("AuthFailure.SignatureFailure".to_owned(), Some("tcr")));
}

/// Makes a call wrong.
type Change = fn(&mut Call);

#[tokio::test]
async fn what_is_not_offered_is_refused_by_its_code() {
    let server = echoing().await;
    let wrong: [(&str, Change); 10] = [
        ("InvalidAction", |call| call.action = "DescribeNothing".into()),
        ("InvalidAction", |call| (call.service, call.version) = ("cvm".into(), "2017-03-12".into())),
        ("AuthFailure.SignatureFailure", |call| call.service = "cvm".into()),
        ("NoSuchVersion", |call| call.version = "2017-03-12".into()),
        ("NoSuchVersion", |call| call.version = "2019-09-24".into()),
        ("MissingParameter", |call| call.action.clear()),
        ("MissingParameter", |call| call.version.clear()),
        ("MissingParameter", |call| call.region.clear()),
        ("UnsupportedRegion", |call| call.region = "moon-east".into()),
        ("UnsupportedProtocol", |call| call.method = Method::PUT),
    ];
    for (code, change) in wrong {
        assert_eq!(describe_clusters().with(change).send(&server).await.code(), code);
    }
    let v1 = |change: Change| Call::v1(Algorithm::HmacSha1, "DescribeClusters", &[]).with(change);
    assert_eq!(v1(|call| call.version = "2000-01-01".into()).send(&server).await.code(), "NoSuchVersion");
    assert_eq!(v1(|call| call.action = "Nothing".into()).send(&server).await.code(), "InvalidAction");
    assert!(v1(|call| call.region.clear()).send(&server).await.message().contains("`Region`"));
    assert!(server.journal().calls().iter().all(|entry| !entry.acted));
}

#[tokio::test]
async fn regions_are_those_of_the_world_and_the_servers_own() {
    let server = Server::builder().region("private-1").rate_limits(false).start().await.unwrap();
    server.faults().add(echo());
    let regions = server.regions();
    assert!(regions.len() > 1 && regions.iter().any(|region| region == "private-1"));
    for region in regions {
        let call = describe_clusters().with(|call| call.region.clone_from(region));
        assert_eq!(call.send(&server).await.code(), "", "{region}");
    }
    let anywhere = Call::tcr("DescribeInstances", json!({})).with(|call| call.region = "moon-east".into());
    assert_eq!(anywhere.send(&server).await.code(), "", "an operation without region takes any");
}

#[tokio::test]
async fn each_signature_has_its_content_types() {
    let server = echoing().await;
    let json = |content_type: &str| describe_clusters().with(|call| call.content_type = content_type.into());
    for (content_type, code) in [
        ("application/json; charset=utf-8", ""),
        ("application/x-www-form-urlencoded", "UnsupportedProtocol"),
        ("multipart/form-data; boundary=x", "UnsupportedProtocol"),
        ("text/plain", "UnsupportedProtocol"),
    ] {
        assert_eq!(json(content_type).send(&server).await.code(), code, "{content_type}");
    }
    let get = Call::get("DescribeClusters", &[("Limit", "1")]);
    assert_eq!(get.send(&server).await.json()["Echo"], json!({ "Limit": 1 }));
    let get = get.with(|call| call.content_type = "application/json".into());
    assert_eq!(get.send(&server).await.code(), "UnsupportedProtocol");
    let form = Call::v1(Algorithm::HmacSha1, "DescribeClusters", &[]);
    let form = form.with(|call| call.content_type = "application/json".into());
    assert_eq!(form.send(&server).await.code(), "UnsupportedProtocol");
}

#[tokio::test]
async fn requests_over_the_documented_size_are_refused() {
    let server = echoing().await;
    let long = "x".repeat(40 << 10);
    let pairs = |value: &str| vec![("ClusterIds.0".to_owned(), value.to_owned())];
    let get = |value: &str| Call::get("DescribeClusters", &[]).with(|call| call.parameters = pairs(value));
    assert_eq!(get(&long).send(&server).await.code(), "InvalidParameter");
    assert_eq!(get(&long[..30 << 10]).send(&server).await.code(), "");

    let form = |size: usize| {
        let value = "x".repeat(size);
        Call::v1(Algorithm::HmacSha256, "DescribeClusters", &[]).with(|call| call.parameters = pairs(&value))
    };
    assert_eq!(form((1 << 20) + 1).send(&server).await.code(), "InvalidParameter");
    assert_eq!(form((1 << 20) - 1000).send(&server).await.code(), "");

    let json = |size: usize| Call::tke("DescribeClusters", json!({ "ClusterIds": ["x".repeat(size)] }));
    let refused = json((10 << 20) + 1).send(&server).await;
    assert_eq!(refused.code(), "InvalidParameter");
    assert!(refused.message().contains("10485760 bytes"), "{}", refused.message());
    assert!(!server.journal().last().unwrap().acted);
    // The answer is refused, not the request: the echo is as large.
    let limits = wharf_core::transport::Limits { max_response: 16 << 20, ..LIMITS };
    let answer = server.transport().send(json((10 << 20) - 1000).request(&server), limits).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(server.journal().last().unwrap().acted);
}

#[tokio::test]
async fn the_documented_rate_holds_by_operation_and_account() {
    use wharf_core::credentials::Credentials;
    let (one, two) = (Credentials::new("AKIDone", "s1"), Credentials::new("AKIDtwo", "s2"));
    let server = Server::builder().account("1", one.clone()).account("2", two.clone()).start().await.unwrap();
    server.faults().add(echo());
    let start = std::time::Instant::now();
    let mut codes = Vec::new();
    for _ in 0..21 {
        codes.push(describe_clusters().send_in_process(&server).await.unwrap().code());
    }
    assert!(codes[..20].iter().all(String::is_empty), "{codes:?}");
    // On a machine that stood still meanwhile the first calls no longer count.
    if start.elapsed() < std::time::Duration::from_secs(1) {
        assert_eq!(codes[20], "RequestLimitExceeded");
        let other = describe_clusters().with(|call| call.credentials = Some(two));
        assert_eq!(other.send_in_process(&server).await.unwrap().code(), "");
        let operation = Call::tke("DescribeRegions", json!({}));
        assert_eq!(operation.send_in_process(&server).await.unwrap().code(), "");
    }
}

#[tokio::test]
async fn without_a_socket_the_same_answers_come() {
    let server = echoing().await;
    let calls = [
        describe_clusters(),
        Call::get("DescribeClusters", &[("Filters.0.Name", "ClusterName"), ("Filters.0.Values.0", "集群 &=+")]),
        Call::v1(Algorithm::HmacSha1, "DescribeClusters", &[("Limit", "x")]),
        Call::tcr("DescribeInstances", json!({ "Wrong": 1 })),
        describe_clusters().with(|call| call.timestamp -= 301),
        describe_clusters().with(|call| call.action = "Nothing".into()),
    ];
    for call in calls {
        let mut both = Vec::new();
        let again = call.clone().with(|call| call.nonce += 1_000_000);
        for answer in [call.send(&server).await, again.send_in_process(&server).await.unwrap()] {
            assert_eq!(answer.headers["content-type"], "application/json");
            let mut json = answer.json();
            json["RequestId"].take();
            both.push((answer.status, json));
        }
        if both[0].1["Error"]["Code"] == "AuthFailure.SignatureExpire" {
            // The message tells the time.
            both.iter_mut().for_each(|(_, json)| drop(json["Error"]["Message"].take()));
        }
        assert_eq!(both[0], both[1]);
    }
    let seen = server.journal().calls();
    for pair in seen.chunks(2) {
        let [one, two] = pair else { panic!("odd") };
        assert_eq!((&one.operation, &one.code, &one.parameters), (&two.operation, &two.code, &two.parameters));
    }
}

#[tokio::test]
async fn a_server_without_a_socket_is_reached_by_its_transport() {
    let server = Server::builder().without_socket().start().await.unwrap();
    server.faults().add(echo());
    assert_eq!(server.address(), None);
    assert_eq!(describe_clusters().send_in_process(&server).await.unwrap().code(), "");
}

#[tokio::test]
async fn nonsense_is_answered() {
    let server = echoing().await;
    let empty = http::Request::builder().uri(server.endpoint()).header("host", "x");
    let answer = server.transport().send(empty.body(bytes::Bytes::new()).unwrap(), LIMITS).await.unwrap();
    assert!(String::from_utf8_lossy(answer.body()).contains("MissingParameter"));
    let bytes = describe_clusters().with(|call| call.body = b"\xff\x00not json".to_vec());
    assert_eq!(bytes.send(&server).await.code(), "InvalidParameter");
    let text = describe_clusters().with(|call| call.body = b"[1]".to_vec());
    assert_eq!(text.send(&server).await.code(), "InvalidParameter");
    let mut request = Call::v1(Algorithm::HmacSha1, "DescribeClusters", &[]).request(&server);
    *request.body_mut() = bytes::Bytes::from_static(b"Action=%ff");
    let answer = server.transport().send(request, LIMITS).await.unwrap();
    assert!(String::from_utf8_lossy(answer.body()).contains("UTF-8"));
}

#[tokio::test]
async fn a_stopped_server_takes_no_more_calls() {
    let server = echoing().await;
    let request = describe_clusters().request(&server);
    let address = server.address().unwrap();
    assert!(exchange(&server, &request).await.is_ok());
    server.stop().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_request_names_one_host_and_asks_for_no_tunnel() {
    use crate::client::Answer;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let server = echoing().await;
    for (head, status) in [
        ("GET / HTTP/1.1\r\nHost: a\r\n", 200),
        ("GET / HTTP/1.1\r\nHost: [::1]:80\r\n", 200),
        ("GET / HTTP/1.1\r\nHost:\r\n", 200),
        ("GET / HTTP/1.0\r\n", 200),
        ("GET / HTTP/1.1\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a b\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: u@a\r\n", 400),
        ("GET /api/v3/addontemplates HTTP/1.1\r\n", 400),
        ("GET /api/v1/clusters HTTP/1.1\r\nAuthorization: acs a:b\r\n", 400),
        ("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n", 405),
    ] {
        let mut stream = tokio::net::TcpStream::connect(server.address().unwrap()).await.unwrap();
        stream.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        assert_eq!(Answer::read(&answer).status, status, "{head}");
        assert_eq!(server.journal().last().unwrap().status, Some(status));
    }
}

#[tokio::test]
async fn truth_values_of_queries_and_forms_are_taken_in_small_letters_and_in_capitals() {
    let server = echoing().await;
    for (truth, due) in [("true", true), ("True", true), ("false", false), ("False", false)] {
        let parameters = [("ClusterId", "cls-1"), ("Unschedulable", truth), ("NodePoolId", "np-1")];
        let action = "ModifyClusterVirtualNodePool";
        let get = Call::get(action, &parameters);
        for call in [get, Call::v1(Algorithm::HmacSha1, action, &parameters)] {
            let answer = call.send(&server).await;
            assert_eq!(answer.json()["Echo"]["Unschedulable"], due, "{truth}: {}", answer.message());
        }
    }
}
