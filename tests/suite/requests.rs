//! Every operation: with everything set the server takes it, with a required field left out it is never sent.

use crate::support::{connections_for, input_for, server, shaped_server};
use std::collections::BTreeMap;
use wharf::ErrorKind;
use wharf_core::connection::CallOptions;
use wharf_core::model::Any;
use wharf_core::operation::Editions;
use wharf_server::SignatureMethod::Token;

/// Under TC3 and HmacSHA256 for Tencent's products, for the older of them as a form under HmacSHA1 and as a query
/// under HmacSHA256, under an access key and a token for Huawei's, under HMAC-SHA1 and ACS3 for Alibaba's.
#[tokio::test]
async fn every_request_with_every_field_is_accepted_by_the_gateway() {
    let server = shaped_server().await;
    let mut seen = 0;
    for entry in wharf::operations() {
        for (way, connection) in connections_for(&server, entry).iter().enumerate() {
            let name = entry.meta.name;
            let input = input_for(&server, entry, None);
            // What the world makes of such a request is its own affair.
            let answer = connection.execute(entry.meta, &*input, &CallOptions::default(), &mut Any::default()).await;
            let journal = server.journal().last().unwrap();
            assert_eq!(journal.operation, name, "{answer:?}");
            assert!(journal.acted || journal.shaped, "{name} {way}: the gateway answered {:?}", journal.code);
            assert!(!journal.shaped || answer.is_ok(), "{name}: the empty answer is not read: {answer:?}");
            let expected: Vec<&str> = input.shape().members.iter().map(|member| member.wire).collect();
            for member in &expected {
                assert!(journal.parameters.contains_key(*member), "{name} {way} lost {member}");
            }
            assert_eq!(journal.parameters.len(), expected.len(), "{name}");
            seen += 1;
        }
    }
    let specified = wharf_spec::Catalog::embedded().unwrap();
    assert_eq!(seen, 2 * specified.operations().count());
    let tokens = server.journal().calls().iter().filter(|call| call.signature_method == Token).count();
    assert_eq!(tokens, specified.product("cce").unwrap().operations.len() - 1, "only the login has no token");
}

#[tokio::test]
async fn each_required_field_left_out_is_an_error_before_anything_is_sent() {
    let server = server().await;
    let mut left_out = BTreeMap::new();
    for entry in wharf::operations() {
        let members = entry.input().shape().members;
        for member in members.iter().filter(|member| member.required) {
            let input = input_for(&server, entry, Some(member.wire));
            for connection in connections_for(&server, entry) {
                let error = connection
                    .execute(entry.meta, &*input, &CallOptions::default(), &mut Any::default())
                    .await
                    .unwrap_err();
                assert_eq!(error.kind(), ErrorKind::InvalidInput, "{}.{}", entry.meta.name, member.wire);
                assert_eq!(error.field(), Some(member.wire));
                assert_eq!(error.operation().map(|meta| meta.name), Some(entry.meta.name));
            }
            if entry.meta.editions != Editions::Public {
                *left_out.entry(entry.meta.product).or_insert(0) += 1;
            }
        }
    }
    // 91 + 50 in the document, less CreateClusterVirtualNode's two subnets, of which one is enough, and two that public
    // clouds do not have.
    assert_eq!(left_out["tke"] + left_out["tcr"], 137);
    assert_eq!(left_out["cce"], 64);
    assert_eq!((left_out["ack"], left_out["sts"]), (48, 2));
    // 110 in the document, where the two halves of a dimension are inputs of their own.
    assert_eq!(left_out["ccs"], 109);
    assert!(server.journal().is_empty(), "something was sent");
}

#[tokio::test]
async fn a_call_by_name_refuses_what_the_operation_does_not_know() {
    let server = server().await;
    let tke = crate::support::tke(&server);
    for (operation, input, field) in [
        ("DescribeClusters", serde_json::json!({"Limits": 1}), "Limits"),
        ("DescribeClusters", serde_json::json!({"Limit": "1"}), "Limit"),
        ("DescribeClusters", serde_json::json!({"Filters": [{"Name": "n", "Value": []}]}), "Filters.0.Value"),
        ("DeleteCluster", serde_json::json!({"ClusterId": "cls-1"}), "InstanceDeleteMode"),
    ] {
        let error = tke.call("tke", operation, input).await.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some(field)), "{error}");
    }
    let unknown = tke.call("tke", "DescribeCluster", serde_json::json!({})).await.unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::InvalidInput);
    assert!(unknown.message().contains("DescribeClusters"), "no suggestion: {unknown}");
    assert!(server.journal().is_empty());

    let answer = tke.call("tke", "DescribeRegions", serde_json::json!({})).await.unwrap();
    assert!(answer["TotalCount"].as_u64().unwrap() > 0, "{answer}");
}

/// A form cannot say that a list is empty: it would be missing, and "none" would become "all".
#[tokio::test]
async fn no_list_of_the_older_api_is_empty() {
    let server = server().await;
    let ccs = crate::support::ccs_builder(&server).build().unwrap();
    for (operation, input, field) in [
        ("BatchDeleteTag", serde_json::json!({"reponame": "a/b", "tags": []}), "tags"),
        ("DeleteInstances", serde_json::json!({"clusterId": "cls-1", "instances": []}), "instances"),
        ("DescribeCluster", serde_json::json!({"clusterIds": []}), "clusterIds"),
        ("DescribeCluster", serde_json::json!({"clusterIds": [1]}), "clusterIds.0"),
        ("DescribeCluster", serde_json::json!({"ClusterIds": []}), "ClusterIds"),
    ] {
        let error = ccs.call("ccs", operation, input).await.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some(field)), "{error}");
    }
    assert!(server.journal().is_empty());
    let all = ccs.call("ccs", "DescribeCluster", serde_json::json!({})).await.unwrap();
    assert_eq!(all, serde_json::json!({"totalCount": 0, "clusters": []}));
}
