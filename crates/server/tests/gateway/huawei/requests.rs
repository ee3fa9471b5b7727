//! Paths, methods, members, forms of refusals, faults, journal.

use super::{Auth, Call, available, cluster, create_cluster, list_clusters, path, server, token};
use crate::client::LIMITS;
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;
use wharf_core::transport::TransportErrorKind;
use wharf_server::{Fault, Server, Time};

#[tokio::test]
async fn unknown_paths_and_methods_are_refused() {
    let server = server().await;
    for path in ["/api/v3/nothing", "/api/v3/projects/p", "/autopilot/v3/projects/p", "/v3/nothing"] {
        let answer = Call::get(path).send(&server).await;
        assert_eq!(answer.refusal(), (404, "APIGW.0101".to_owned()), "{path}");
    }
    let answer = Call::new(Method::PATCH, path(&server, "/clusters"), Value::Null).send(&server).await;
    assert_eq!(answer.refusal(), (405, "APIGW.0101".to_owned()));
    let nodes = Call::new(Method::DELETE, path(&server, "/clusters/c/nodes"), Value::Null);
    assert_eq!(nodes.send(&server).await.refusal(), (405, "APIGW.0101".to_owned()), "v3 deletes nodes one by one");
}

#[tokio::test]
async fn members_are_checked_before_the_world_is_asked() {
    let server = server().await;
    let wrong: [(&str, Value, &str); 8] = [
        ("/kind", json!("Node"), "`kind` is always Cluster"),
        ("/metadata", json!("x"), "`metadata` is not an object"),
        ("/metadata", Value::Null, "`metadata` is missing"),
        ("/metadata/name", json!(5), "`metadata.name` is not a string"),
        ("/spec/flavor", Value::Null, "`spec.flavor` is missing"),
        ("/spec/billingMode", json!("0"), "`spec.billingMode` is not a whole number"),
        ("/spec/ipv6enable", json!("true"), "`spec.ipv6enable` is not true or false"),
        ("/spec/description", json!("d".repeat(201)), "`spec.description` is longer than 200"),
    ];
    for (way, value, why) in wrong {
        let mut body = cluster();
        body["spec"]["billingMode"] = json!(0);
        body["spec"]["ipv6enable"] = json!(false);
        body["spec"]["description"] = json!("");
        *body.pointer_mut(way).unwrap() = value;
        let answer = create_cluster(&server, body).send(&server).await;
        assert_eq!(answer.refusal(), (400, "CCE.01400001".to_owned()), "{why}");
        assert!(answer.why().contains(why), "{why}: {}", answer.why());
    }
    for body in ["{", "[]", "1"] {
        let call = create_cluster(&server, Value::Null).with(|call| call.body = body.into());
        assert_eq!(call.send(&server).await.refusal(), (400, "CCE.01400001".to_owned()), "{body}");
    }
    assert!(server.journal().calls().iter().all(|entry| !entry.acted));
}

#[tokio::test]
async fn headers_have_the_documented_forms() {
    let server = server().await;
    let call = |kind: &str| {
        let body = cluster().to_string().into_bytes();
        let call = create_cluster(&server, Value::Null);
        call.with(|call| (call.body, call.content_type) = (body, kind.to_owned()))
    };
    let token = token(&server).await;
    for right in ["application/json", "application/json;charset=utf-8", "application/json; charset=UTF-8"] {
        let answer = call(right).token(&token).send(&server).await;
        assert_eq!(answer.status, 201, "{right}: {}", answer.whole());
    }
    for wrong in ["text/plain", "application/x-www-form-urlencoded", "application/json;charset=gbk"] {
        let answer = call(wrong).token(&token).send(&server).await;
        assert_eq!(answer.refusal(), (400, "CCE.01400001".to_owned()), "{wrong}");
        assert!(answer.why().contains("Content-Type"), "{}", answer.why());
    }
    // A token has at most 16384 characters, and no longer one is ever given out.
    let long = "t".repeat(16_385);
    let answer = list_clusters(&server).token(&long).send(&server).await;
    assert_eq!(answer.refusal(), (401, "APIGW.0301".to_owned()));
    // Texts are UTF-8.
    let mut body = cluster().to_string().into_bytes();
    let at = body.windows(9).position(|part| part == b"mycluster").unwrap();
    body[at] = 0xff;
    let answer = create_cluster(&server, Value::Null).with(|call| call.body = body).send(&server).await;
    assert_eq!(answer.refusal(), (400, "CCE.01400001".to_owned()));
}

#[tokio::test]
async fn the_documents_own_variants_are_understood() {
    let server = server().await;
    let mut body = cluster();
    body["kind"] = json!("cluster");
    let network = body["spec"].as_object_mut().unwrap().remove("hostNetwork").unwrap();
    body["spec"]["hostNetwok"] = network;
    let answer = create_cluster(&server, body).send(&server).await;
    assert_eq!(answer.status, 201, "{}", answer.why());
    assert_eq!(answer.whole()["spec"]["hostNetwork"]["vpc"], "vpc-default0");
    assert!(answer.whole()["spec"].get("hostNetwok").is_none());
    assert_eq!(server.journal().last().unwrap().parameters["spec"]["hostNetwork"]["vpc"], "vpc-default0");
}

#[tokio::test]
async fn what_the_vendors_client_adds_is_let_pass() {
    let server = server().await;
    let id = available(&server).await;
    let list = list_clusters(&server).query("detail", "true").query("status", "Available").query("nothing", "1");
    assert_eq!(list.send(&server).await.status, 200);
    let certificate = path(&server, &format!("/clusters/{id}/clustercert"));
    let read = Call::get(certificate.clone()).send(&server).await;
    let made = Call::new(Method::POST, certificate, json!({"duration": 30})).send(&server).await;
    assert_eq!((made.status, made.whole()), (200, read.whole()));
    let named: Vec<String> = server.journal().calls().into_iter().rev().take(2).map(|entry| entry.operation).collect();
    assert_eq!(named, ["CreateKubernetesClusterCert", "GetClusterCert"]);
    let mut body = cluster();
    body["spec"]["clusterTags"] = json!([{"key": "a"}]);
    assert_eq!(create_cluster(&server, body).send(&server).await.status, 201, "members of newer releases");
}

#[tokio::test]
async fn a_cluster_is_named_by_host_header_or_body() {
    let server = server().await;
    let id = available(&server).await;
    let claim = |name: &str| {
        let body = json!({
            "kind": "PersistentVolumeClaim", "apiVersion": "v1", "metadata": {"name": name},
            "spec": {"accessModes": ["ReadWriteOnce"]},
        });
        Call::new(Method::POST, "/api/v1/namespaces/default/cloudpersistentvolumeclaims", body)
            .header("x-project-id", &server.project_id())
    };
    let by_host = claim("one").with(|call| call.host = Some(format!("{id}.cce.cn-north-4.example.com")));
    assert_eq!(by_host.send(&server).await.status, 201);
    assert_eq!(claim("two").header("X-Cluster-ID", &id).send(&server).await.status, 201);
    let nobodys = claim("three").send(&server).await;
    assert_eq!((nobodys.status, &nobodys.whole()["kind"]), (400, &json!("Status")), "{}", nobodys.whole());
    let addon = json!({
        "kind": "Addon", "apiVersion": "v3", "metadata": {"annotations": {}},
        "spec": {"clusterID": id, "version": "", "addonTemplateName": "everest", "values": {}},
    });
    assert_eq!(Call::new(Method::POST, "/api/v3/addons", addon).send(&server).await.status, 200);
    let delete = Call::new(Method::DELETE, "/api/v1/namespaces/default/cloudpersistentvolumeclaims/two", Value::Null)
        .header("X-Cluster-ID", &id)
        .query("deleteVolume", "maybe");
    assert_eq!(delete.send(&server).await.status, 400, "a query member has its type, too");
}

#[tokio::test]
async fn every_part_refuses_in_its_own_form() {
    let server = server().await;
    let cluster = Call::get(path(&server, "/clusters/nothing")).send(&server).await;
    assert_eq!(cluster.refusal(), (404, "CCE.01404001".to_owned()));
    assert_eq!(cluster.headers["x-request-id"], server.journal().last().unwrap().request_id.as_str());
    let addon = Call::get("/api/v3/addons/x").query("cluster_id", "nothing").send(&server).await;
    assert_eq!((addon.status, &addon.whole()["code"]), (404, &json!("CCE.01404001")));
    assert!(addon.whole()["message"].is_string());
    let missing = Call::get("/api/v3/addons").send(&server).await;
    assert_eq!((missing.status, &missing.whole()["code"]), (400, &json!("SVCSTG.CCE-ADDONMGR.4000003")));
    let volume = Call::new(Method::DELETE, "/api/v1/cloudpersistentvolumes/x", Value::Null).header("X-Cluster-ID", "c");
    let volume = volume.send(&server).await;
    assert_eq!((volume.status, &volume.whole()["reason"]), (404, &json!("NotFound")));
    let projects = Call::get("/v3/projects").with(|call| call.auth = Auth::Nothing).send(&server).await;
    assert_eq!((projects.status, &projects.whole()["error"]["title"]), (401, &json!("Unauthorized")));
}

#[tokio::test]
async fn faults_strike_here_too() {
    let server = server().await;
    let faults = server.faults();
    faults.add(Fault::throttle().times(1));
    let answer = list_clusters(&server).send(&server).await;
    assert_eq!(answer.refusal(), (429, "APIGW.0308".to_owned()));
    for (code, status) in
        [("CCE.01404001", 404), ("CCE.01500001", 500), ("SVCSTG.CCE-ADDONMGR.5000001", 500), ("X", 400)]
    {
        faults.add(Fault::refuse(code, "injected").operation("ListClusters").times(1));
        assert_eq!(list_clusters(&server).send(&server).await.refusal(), (status, code.to_owned()));
    }
    faults.add(Fault::http_status_retry_after(503, 7).product("cce").times(1));
    let answer = list_clusters(&server).send(&server).await;
    assert_eq!((answer.status, &answer.headers["retry-after"]), (503, &http::HeaderValue::from(7)));
    faults.add(Fault::garbage().times(1));
    assert!(serde_json::from_slice::<Value>(&list_clusters(&server).send(&server).await.body).is_err());
    faults.add(Fault::cut_before().operation("CreateCluster").times(1));
    faults.add(Fault::cut_after().operation("CreateCluster").times(1));
    for _ in 0..2 {
        let request = create_cluster(&server, cluster()).request(&server);
        let cut = server.transport().send(request, LIMITS).await.unwrap_err();
        assert_eq!(cut.kind, TransportErrorKind::Cut);
    }
    let clusters = list_clusters(&server).send(&server).await.whole();
    assert_eq!(clusters["items"].as_array().unwrap().len(), 1, "the second one reached the world");
    faults.add(Fault::answer_with(|members| {
        Ok(json!({"X-Subject-Token": "mine", "token": {"user": members["auth"]["scope"]}}))
    }));
    let token = token(&server).await;
    assert_eq!(token, "mine");
}

#[tokio::test]
async fn the_journal_tells_what_came_and_keeps_no_secret() {
    let server = server().await;
    let id = available(&server).await;
    let node = json!({
        "kind": "Node", "apiVersion": "v3", "metadata": {"name": "myhost"},
        "spec": {
            "flavor": "s6.large.2", "az": "az1", "count": 1, "rootVolume": {"size": 40, "volumetype": "SATA"},
            "dataVolumes": [{"size": 100, "volumetype": "SATA"}], "unknown": "planted-2",
            "login": {"userPassword": {"password": "planted-1"}},
        },
    });
    let nodes = path(&server, &format!("/clusters/{id}/nodes"));
    let answer = Call::new(Method::POST, nodes, node).send(&server).await;
    assert_eq!(answer.refusal().0, 400, "not salted");
    assert!(!answer.why().contains("planted"));
    let entry = server.journal().last().unwrap();
    assert_eq!((entry.product, entry.operation.as_str(), entry.method.as_str()), (Some("cce"), "CreateNode", "POST"));
    assert_eq!(
        (entry.region.as_str(), entry.status, entry.code.as_deref()),
        ("cn-north-4", Some(400), Some("CCE.01400001"))
    );
    assert_eq!(entry.parameters["spec"]["flavor"], "s6.large.2");
    assert_eq!(entry.parameters["cluster_id"], json!(id));
    let text = format!("{entry:?}");
    assert!(text.contains("[hidden]") && !text.contains("planted"), "{text}");
    assert!(!text.contains(server.credentials().secret().expose()));
}

#[tokio::test]
async fn the_same_comes_over_a_socket_and_the_other_dialect_stays() {
    let server = Server::builder().time(Time::Manual).start().await.unwrap();
    let id = create_cluster(&server, cluster()).send_by_socket(&server).await.unwrap();
    let head = String::from_utf8_lossy(&id).into_owned();
    assert!(head.starts_with("HTTP/1.1 201 Created") && head.contains("\"Creating\""), "{head}");
    server.advance(Duration::from_secs(120));
    let tencent = crate::client::Call::tke("DescribeClusters", json!({"Limit": 5})).send(&server).await;
    assert_eq!(tencent.json()["TotalCount"], 0, "clouds are apart: {}", tencent.json());
    let products: Vec<&str> = server.products().into_iter().map(|(name, _)| name).collect();
    assert_eq!(products, ["ack", "cce", "ccs", "sts", "tcr", "tke"]);
}

#[tokio::test]
async fn truth_values_of_queries_are_taken_in_small_letters_and_in_capitals() {
    let server = server().await;
    for (truth, due) in [("true", true), ("True", true), ("false", false), ("False", false)] {
        let path = "/api/v1/namespaces/default/cloudpersistentvolumeclaims/v";
        let call = Call::new(Method::DELETE, path, Value::Null).query("deleteVolume", truth);
        call.header("x-cluster-id", "4d1ecb2c-229a-11e8-9c75-0255ac100ceb").send(&server).await;
        assert_eq!(server.journal().last().unwrap().parameters["deleteVolume"], due, "{truth}");
    }
}
