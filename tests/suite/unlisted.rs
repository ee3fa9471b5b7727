//! Operations called as if no spec knew them.

use crate::support::{connections_for, input_for, server, shaped_server, tke_builder};
use serde_json::{Map, Value, json};
use wharf::any::{self, CallOptions, Names, OperationMeta};
use wharf::{ErrorKind, Response};
use wharf_core::Connection;
use wharf_core::model::{In, ListStyle, Member, Model};
use wharf_server::{Fault, Server};

/// The input as a caller writes it who has the API's document alone. None where a field travels in a header or a host, or
/// a list in a form of its own.
fn written(meta: &OperationMeta, input: &dyn Model, has_paths: bool) -> Option<(String, Value)> {
    let value = any::to_value(input, Names::Wire);
    if !has_paths {
        return Some((format!("{}/{}", meta.host, meta.name), value));
    }
    let plain = |member: &Member| matches!(member.place, In::Path | In::Query | In::Body) && !member.payload;
    if !input.shape().members.iter().all(|member| plain(member) && member.style == ListStyle::Repeat) {
        return None;
    }
    let (mut path, mut query, mut body) = (meta.path.to_owned(), Map::new(), Map::new());
    for member in input.shape().members {
        let value = value[member.wire].clone();
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match member.place {
            In::Path => path = path.replace(&format!("{{{}}}", member.wire), &text),
            In::Query => drop(query.insert(member.wire.to_owned(), value)),
            _ => drop(body.insert(member.wire.to_owned(), value)),
        }
    }
    let mut input = json!({"query": query});
    if !body.is_empty() {
        input["body"] = body.into();
    }
    Some((format!("{} {} {path}", meta.name, meta.method), input))
}

#[tokio::test]
async fn what_a_spec_knows_can_be_called_without_it() {
    let server = shaped_server().await;
    let mut seen = std::collections::BTreeMap::new();
    for entry in wharf::operations() {
        for (way, connection) in connections_for(&server, entry).iter().enumerate() {
            let (meta, input) = (entry.meta, input_for(&server, entry, None));
            let Some((action, value)) = written(meta, &*input, connection.product().has_paths()) else { continue };
            // The identity service of CCE has a host of its own.
            if meta.product == "cce" && meta.host == "iam" {
                continue;
            }
            let answer = connection.call_unlisted(meta.version, &action, value, &CallOptions::default()).await;
            let journal = server.journal().last().unwrap_or_else(|| panic!("{action}: {answer:?}"));
            assert_eq!(journal.operation, meta.name, "{action}: {answer:?}");
            assert!(
                journal.acted || journal.shaped,
                "{action} {way}: the gateway answered {:?}, {answer:?}",
                journal.code
            );
            assert_eq!(journal.parameters.len(), input.shape().members.len(), "{action}: {:?}", journal.parameters);
            *seen.entry(meta.product).or_insert(0) += 1;
        }
    }
    let all = |product| 2 * wharf::operations().filter(|entry| entry.meta.product == product).count();
    for product in ["tke", "tcr", "ccs", "sts"] {
        assert_eq!(seen[product], all(product), "{product}");
    }
    assert!(seen["cce"] > 20 && seen["ack"] > 20, "{seen:?}");
}

async fn called(
    connection: &Connection,
    version: &str,
    action: &str,
    input: Value,
) -> Result<Response<Value>, wharf::Error> {
    connection.call_unlisted(version, action, input, &CallOptions::default()).await
}

#[tokio::test]
async fn it_answers_with_what_came_and_is_sent_once() {
    let server = server().await;
    let tke: Connection = tke_builder(&server).build().unwrap().into();
    let response = called(&tke, "2018-05-25", "DescribeClusters", json!({"Limit": 1})).await.unwrap();
    assert_eq!(response.output["TotalCount"], 0);
    assert_eq!(response.request_id, Some(server.journal().last().unwrap().request_id));
    server.journal().clear();
    server.faults().add(Fault::http_status(500).operation("DescribeClusters").times(9));
    let error = called(&tke, "2018-05-25", "DescribeClusters", Value::Null).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts().len(), server.journal().len()), (ErrorKind::Transient, 0, 1), "{error}");
    assert_eq!(error.operation().unwrap().name, "DescribeClusters");
    // The vendor's own words for what it does not know.
    server.faults().clear();
    let error = called(&tke, "2018-05-25", "DreamOfThings", json!({})).await.unwrap_err();
    assert_eq!(error.code(), Some("InvalidAction"));
}

/// Name of the field and the value that is wrong; nothing is sent.
async fn refused(server: &Server, connection: &Connection, cases: &[(&str, &str, Value, &str)]) {
    for (version, action, input, field) in cases {
        let error = called(connection, version, action, input.clone()).await.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some(*field)), "{action}: {error}");
        assert!(!error.to_string().contains("planted"), "{error}");
    }
    assert!(server.journal().is_empty());
}

#[tokio::test]
async fn another_form_is_refused_before_anything_is_sent() {
    let server = server().await;
    let long = "A".repeat(300);
    let (version, none) = ("2018-05-25", Value::Null);
    let tke: Connection = tke_builder(&server).build().unwrap().into();
    let cases = [
        ("", "DescribeClusters", none.clone(), "version"),
        ("2018/05/25", "DescribeClusters", none.clone(), "version"),
        ("2018-05-25\r\nx: y", "DescribeClusters", none.clone(), "version"),
        (version, "", none.clone(), "action"),
        (version, "Describe Clusters", none.clone(), "action"),
        (version, "Describe\nClusters", none.clone(), "action"),
        (version, "/DescribeClusters", none.clone(), "action"),
        (version, "GET /clusters", none.clone(), "action"),
        (version, &long, none.clone(), "action"),
        (version, "DescribeClusters", json!(["planted"]), "input"),
        (version, "DescribeClusters", json!({"": "planted"}), "input"),
    ];
    refused(&server, &tke, &cases).await;
    let cce: Connection = crate::support::cce_builder(&server).build().unwrap().into();
    let cases = [
        ("v3", "ListClusters", none.clone(), "action"),
        ("v3", "FETCH /api/v3/clusters", none.clone(), "action"),
        ("v3", "GET api/v3/clusters", none.clone(), "action"),
        ("v3", "GET /api/../clusters", none.clone(), "action"),
        ("v3", "GET /api//clusters", none.clone(), "action"),
        ("v3", "GET /api/v3/clusters?detail=true", none.clone(), "action"),
        ("v3", "GET /api/v3/{project_id}/clusters", none.clone(), "action"),
        ("v3", "GET /api/v3/clusters", json!({"boddy": "planted"}), "boddy"),
        ("v3", "GET /api/v3/clusters", json!({"query": ["planted"]}), "query"),
        ("v3", "GET /api/v3/clusters", json!({"query": {"a": {"b": "planted"}}}), "query.a"),
    ];
    refused(&server, &cce, &cases).await;
}
