//! The journal proves what arrived, and keeps no secret.

use crate::client::{Call, exchange};
use crate::{describe_clusters, echo, echoing};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use wharf_core::credentials::Credentials;
use wharf_server::{Fault, Filter, Outcome, Server, SignatureMethod, SubAccount, Vendor, Verdict};
use wharf_sign::hmac_v1::Algorithm;

#[tokio::test]
async fn it_tells_each_request_in_order() {
    let server = echoing().await;
    assert!(server.journal().is_empty());
    let call = describe_clusters().with(|call| call.more_headers.push(("user-agent".into(), "test/1".into())));
    call.send(&server).await;
    Call::tcr("DescribeInstances", json!({ "Wrong": 1 })).send(&server).await;
    describe_clusters().send_in_process(&server).await.unwrap();
    let journal = server.journal();
    assert_eq!((journal.len(), journal.of("DescribeClusters").len(), journal.of("CreateCluster").len()), (3, 2, 0));
    let calls = journal.calls();
    assert_eq!(calls.iter().map(|entry| entry.sequence).collect::<Vec<_>>(), [0, 1, 2]);
    let first = &calls[0];
    assert_eq!(
        (first.product, first.operation.as_str(), first.method.as_str()),
        (Some("tke"), "DescribeClusters", "POST")
    );
    assert_eq!((first.signature_method, first.region.as_str()), (SignatureMethod::Tc3, "ap-guangzhou"));
    assert_eq!((first.status, &first.code, first.acted), (Some(200), &None, true));
    assert_eq!(first.bytes, "/".len() + "{\"Limit\":1}".len());
    assert_eq!(first.parameters["Limit"], 1);
    assert!(first.account.is_some());
    let header = |name: &str| first.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    assert_eq!(header("user-agent"), Some("test/1"));
    assert_eq!(header("host"), Some(server.address().unwrap().to_string().as_str()));
    let authorization = header("authorization").unwrap();
    assert!(authorization.contains("SignedHeaders=content-type;host") && !authorization.contains("Signature="));
    assert_eq!((calls[1].code.as_deref(), calls[1].acted), (Some("UnknownParameter"), false));
    journal.clear();
    assert!(journal.is_empty() && journal.calls().is_empty());
}

#[tokio::test]
async fn it_keeps_no_secret() {
    let server = echoing().await;
    let body = json!({
        "ClusterId": "cls-1",
        "InstanceIds": ["ins-1"],
        "LoginSettings": { "Password": "planted-1", "KeyIds": ["skey-1"] },
    });
    Call::tke("AddExistedInstances", body).send(&server).await;
    let entry = server.journal().last().unwrap();
    assert_eq!(entry.code, None);
    assert_eq!(entry.parameters["ClusterId"], "cls-1");
    let text = format!("{entry:?}");
    assert!(text.contains("[hidden]") && !text.contains("planted"), "{text}");
    assert!(!text.contains(server.credentials().secret().expose()));
}

#[tokio::test]
async fn it_is_bounded() {
    let server = Server::builder().journal_capacity(2).rate_limits(false).start().await.unwrap();
    server.faults().add(echo());
    for _ in 0..5 {
        describe_clusters().send_in_process(&server).await.unwrap();
    }
    let sequences: Vec<u64> = server.journal().calls().iter().map(|entry| entry.sequence).collect();
    assert_eq!((server.journal().len(), sequences), (5, vec![3, 4]));
    assert!(server.journal().calls().iter().all(|entry| entry.status == Some(200)));
}

/// A request and the verdict on its signature.
#[tokio::test]
async fn it_has_the_verdict_on_each_signature() {
    let own = || Credentials::new("AKIDown", "own-secret");
    let read = r#"{"version": "2.0", "statement": [{"effect": "allow", "action": "tke:*", "resource": "*"}]}"#;
    let sub = SubAccount::new("reader", Credentials::new("AKIDsub", "sub-secret")).policy(Vendor::Tencent, read);
    let temporary = Credentials::new("AKIDtemporary", "temporary-secret").with_token("planted-token");
    let builder = Server::builder().credentials(own()).credentials(temporary.clone()).sub_account(sub);
    let server = builder.rate_limits(false).start().await.unwrap();
    server.faults().add(echo());
    let by = |id: &str, secret: &str| {
        let credentials = Credentials::new(id, secret);
        describe_clusters().with(|call| call.credentials = Some(credentials))
    };
    let v1 = Call::v1(Algorithm::HmacSha1, "DescribeClusters", &[]);
    let unsigned = describe_clusters().request(&server);
    let (mut parts, body) = unsigned.into_parts();
    parts.headers.remove("authorization");
    exchange(&server, &http::Request::from_parts(parts, body)).await.unwrap();
    let calls = [
        (by("AKIDown", "own-secret"), Verdict::Good, Some("AKIDown")),
        (by("AKIDsub", "sub-secret"), Verdict::Good, Some("reader")),
        (by("AKIDown", "other-secret"), Verdict::Wrong, Some("AKIDown")),
        (by("AKIDnone", "own-secret"), Verdict::UnknownKey, Some("AKIDnone")),
        (describe_clusters().with(|call| call.timestamp -= 480), Verdict::Expired, Some("AKIDown")),
        (by("AKIDtemporary", "temporary-secret"), Verdict::WrongToken, Some("AKIDtemporary")),
        (describe_clusters().with(|call| call.service = "cvm".into()), Verdict::Malformed, Some("AKIDown")),
        (v1.clone(), Verdict::Good, Some("AKIDown")),
        (v1, Verdict::Replayed, Some("AKIDown")),
        (describe_clusters().with(|call| call.content_type = "text/plain".into()), Verdict::Unchecked, Some("AKIDown")),
    ];
    let first = server.journal().last().unwrap();
    assert_eq!(first.verdict, Verdict::Missing);
    assert!(first.diagnosis.unwrap().cause.contains("`Authorization` is missing"));
    for (call, verdict, caller) in calls {
        call.send(&server).await;
        let entry = server.journal().last().unwrap();
        assert_eq!((entry.verdict, entry.caller.as_deref()), (verdict, caller), "{:?}", entry.diagnosis);
        let knows = !matches!(verdict, Verdict::Good | Verdict::Unchecked);
        assert_eq!(entry.diagnosis.is_some(), knows, "{verdict}");
        assert_eq!(entry.account.is_some(), verdict == Verdict::Good);
        let text = format!("{entry:?}");
        assert!(!text.contains("-secret") && !text.contains("planted"), "{text}");
    }
    let entry = server.journal().calls().into_iter().find(|entry| entry.verdict == Verdict::Expired).unwrap();
    assert_eq!(entry.diagnosis.unwrap().cause, "The clock of the caller is 8 minutes behind the server's.");
    let swapped = by("own-secret", "AKIDown");
    swapped.send(&server).await;
    let entry = server.journal().last().unwrap();
    assert!(!format!("{entry:?}").contains("own-secret"), "{entry:?}");
    assert!(entry.diagnosis.unwrap().cause.contains("exchanged"));
}

#[tokio::test]
async fn it_has_target_and_response_without_secrets_and_the_times_and_sizes() {
    let server = Server::builder().rate_limits(false).start().await.unwrap();
    let kubeconfig = json!({ "Kubeconfig": "planted-1", "Unknown": "planted-2" });
    server.faults().add(Fault::answer_with(move |_| Ok(kubeconfig.clone())).operation("DescribeClusterKubeconfig"));
    let call = Call::get("DescribeClusterKubeconfig", &[("ClusterId", "cls-1"), ("Nothing", "planted-3")]);
    call.send(&server).await;
    let entry = server.journal().last().unwrap();
    assert_eq!(entry.target, "/?ClusterId=cls%2D1&Nothing=[hidden]");
    let call = Call::get("DescribeClusterKubeconfig", &[("ClusterId", "cls-1")]);
    let answer = call.send(&server).await;
    let entry = server.journal().last().unwrap();
    let shown = entry.to_json();
    let expected = json!({ "Kubeconfig": "[hidden]", "Unknown": "[hidden]", "RequestId": entry.request_id });
    assert_eq!(shown["response"], json!({ "Response": expected }));
    assert_eq!((entry.bytes, entry.response_bytes), ("/?ClusterId=cls%2D1".len(), answer.body.len()));
    assert!(entry.duration.is_some_and(|duration| duration < Duration::from_secs(10)));
    assert!(shown["duration_ms"].as_f64().is_some_and(|time| time > 0.0), "{shown}");
    assert!(!shown.to_string().contains("planted"));

    let v1 = Call::v1(Algorithm::HmacSha1, "DescribeClusters", &[]).with(|call| call.method = http::Method::GET);
    v1.send(&server).await;
    let target = server.journal().last().unwrap().target;
    assert!(target.contains("SecretId=AKID") && target.ends_with("&Signature=[hidden]"), "{target}");

    server.faults().add(Fault::delay(Duration::from_millis(50)));
    describe_clusters().send(&server).await;
    assert!(server.journal().last().unwrap().duration.unwrap() >= Duration::from_millis(50));
}

/// Requests that end in any way are in the journal, each once.
#[tokio::test]
async fn its_count_equals_the_requests_that_were_sent() {
    let server = echoing().await;
    let mut follow = server.journal().follow();
    for fault in [Fault::cut_before(), Fault::cut_after(), Fault::truncate(), Fault::http_status(502)] {
        server.faults().add(fault.times(1));
        let _ = exchange(&server, &describe_clusters().request(&server)).await;
    }
    // A caller that goes away in the middle of its body.
    let mut stream = TcpStream::connect(server.address().unwrap()).await.unwrap();
    stream.write_all(b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nbeginning").await.unwrap();
    while server.journal().len() < 5 {
        tokio::task::yield_now().await;
    }
    drop(stream);
    // A caller that does not wait for the answer.
    server.faults().add(Fault::delay(Duration::from_secs(30)).times(1));
    let request = describe_clusters().request(&server);
    let send = exchange(&server, &request);
    let _ = tokio::time::timeout(Duration::from_millis(200), send).await;
    let mut ends = Vec::new();
    for _ in 0..6 {
        match follow.next().await {
            wharf_server::Followed::Entry(entry) => ends.push(entry.outcome()),
            other => panic!("{other:?}"),
        }
    }
    let cut = ends.iter().filter(|end| **end == Outcome::Cut).count();
    assert_eq!((server.journal().len(), cut), (6, 3), "{ends:?}");
    let open = server.journal().find(&Filter::new().outcome(Outcome::Open));
    assert!(open.is_empty(), "{open:?}");
    let refused = server.journal().find(&Filter::from_query("outcome=refused&status=502").unwrap());
    assert_eq!(refused.len(), 1);
}

#[tokio::test]
async fn its_file_has_a_line_for_each_request() {
    let path = std::env::temp_dir().join(format!("wharf-journal-file-{}.jsonl", std::process::id()));
    let server = Server::builder().journal_file(&path).journal_capacity(1).rate_limits(false).start().await.unwrap();
    describe_clusters().send(&server).await;
    Call::tcr("DescribeInstances", json!({ "Wrong": 1 })).send(&server).await;
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let seen: Vec<_> = lines.iter().map(|line| (line["operation"].as_str(), line["code"].as_str())).collect();
    assert_eq!(seen, [(Some("DescribeClusters"), None), (Some("DescribeInstances"), Some("UnknownParameter"))]);
    let nowhere = Server::builder().journal_file("/nowhere/journal").start().await.unwrap_err();
    assert!(nowhere.to_string().starts_with("the journal file \"/nowhere/journal\" cannot be opened"), "{nowhere}");
}
