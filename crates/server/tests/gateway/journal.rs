//! The journal proves what arrived, and keeps no secret.

use crate::client::Call;
use crate::{describe_clusters, echo, echoing};
use serde_json::json;
use wharf_server::{Server, SignatureMethod};

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
