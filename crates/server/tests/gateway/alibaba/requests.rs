//! Paths, bodies and answers.

use super::{Auth, Call, cluster, count, create_cluster, list_clusters, running, server};
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;
use wharf_core::transport::TransportErrorKind;
use wharf_server::{Fault, Server, Time};

#[tokio::test]
async fn unknown_paths_and_methods_are_refused() {
    let server = server().await;
    for call in [
        Call::get("/nothing"),
        Call::get("/nothing/else"),
        Call::new(Method::PATCH, "/clusters", Value::Null),
        Call::new(Method::DELETE, "/templates", Value::Null),
        Call::get("/clusters/c/nothing"),
        Call::get("/clusters//nodes"),
    ] {
        let answer = call.send(&server).await;
        assert_eq!(answer.failure(), (404, "InvalidApi.NotFound".to_owned()), "{}", call.path);
    }
    let version = list_clusters().header("x-acs-version", "2014-01-01").send(&server).await;
    assert_eq!(version.failure(), (400, "InvalidVersion".to_owned()));
}

#[tokio::test]
async fn a_template_is_made_by_either_method_of_the_document() {
    let server = server().await;
    for (method, name) in [(Method::POST, "a"), (Method::PUT, "b")] {
        let answer = Call::new(method, "/templates", json!({"name": name, "template": "x"})).send(&server).await;
        assert!(answer.whole()["template_id"].is_string(), "{}", answer.whole());
        assert_eq!(server.journal().last().unwrap().operation, "CreateTemplate");
    }
}

#[tokio::test]
async fn words_of_paths_come_before_what_they_could_name() {
    let server = server().await;
    let answer = Call::get("/clusters/components/metadata").query("region", "cn-beijing").send(&server).await;
    assert!(answer.whole()["StandardComponents"].is_object());
}

#[tokio::test]
async fn the_older_gateway_is_there_too() {
    let server = server().await;
    let id = running(&server).await;
    let old = |prefix: &str| {
        Call::get(format!("{prefix}/clusters/{id}"))
            .header("x-ascm-product-ak", "AK")
            .header("x-ascm-product-name", "cs")
            .header("x-ascm-product-version", "2015-12-15")
            .header("x-acs-regionid", "cn-beijing")
    };
    for prefix in ["/roa", "/asapi/v3/roa"] {
        for auth in [Auth::Roa, Auth::Acs3] {
            let answer = old(prefix).by(auth).send(&server).await;
            assert_eq!((answer.status, &answer.whole()["asapiSuccess"]), (200, &json!(true)), "{}", answer.whole());
        }
    }
    let mut behind = old("").request(&server);
    *behind.uri_mut() = format!("{}/asapi/v3/roa/clusters/{id}", server.endpoint()).parse().unwrap();
    assert_eq!(super::client::send(&server, behind).await.status, 200, "signed without what the gateway adds");
    let missing = old("/roa").without("x-ascm-product-ak").send(&server).await;
    assert_eq!(missing.failure(), (400, "MissingProductAk".to_owned()));
    let wrong = old("/roa").header("x-ascm-product-name", "ecs").send(&server).await;
    assert_eq!(wrong.failure(), (400, "InvalidParameter".to_owned()));
    assert!(Call::get(format!("/clusters/{id}")).send(&server).await.whole().get("asapiSuccess").is_none());
}

#[tokio::test]
async fn xml_is_what_those_get_who_do_not_ask_for_json() {
    let server = server().await;
    let id = running(&server).await;
    for accept in ["application/xml", "*/*", ""] {
        let answer = list_clusters().header("accept", accept).send(&server).await;
        assert_eq!(answer.headers["content-type"], "text/xml;charset=utf-8");
        let text = answer.text();
        assert!(text.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?><DescribeClustersV1Response>"), "{text}");
        assert!(
            text.contains(&format!("<cluster_id>{id}</cluster_id>")) && text.contains("<total_count>1</total_count>")
        );
    }
    let refused = Call::get("/clusters/nothing").without("accept").send(&server).await;
    let text = refused.text();
    assert_eq!(refused.status, 404);
    for part in ["<Error>", "<Code>ErrorClusterNotFound</Code>", "<Message>", "<RequestId>", "<HostId>"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let bare = Call::get(format!("/clusters/{id}/logs")).without("accept").send(&server).await.text();
    assert!(bare.contains("<DescribeClusterLogsResponse><data>"), "{bare}");
    let asked = list_clusters().without("accept").query("Format", "JSON").send(&server).await;
    assert!(asked.whole()["clusters"].is_array());
}

#[tokio::test]
async fn every_answer_has_an_identifier() {
    let server = server().await;
    let id = running(&server).await;
    let calls = [
        (create_cluster("other"), true),
        (Call::new(Method::POST, format!("/clusters/{id}/tags"), json!([])), true),
        (Call::get(format!("/clusters/{id}/logs")), false),
        (Call::get("/nothing"), true),
    ];
    for (call, in_body) in calls {
        let answer = call.send(&server).await;
        let entry = server.journal().last().unwrap();
        assert_eq!(answer.headers["x-acs-request-id"], entry.request_id.as_str());
        assert_eq!(answer.whole()["RequestId"] == entry.request_id.as_str(), in_body, "{}", answer.whole());
    }
    let created = create_cluster("third").send(&server).await.whole();
    assert_eq!(created["request_id"], created["RequestId"]);
    let refused = Call::get("/clusters/nothing").send(&server).await.whole();
    for name in ["code", "message", "requestId", "status", "Code", "Message", "RequestId", "HostId"] {
        assert!(!refused[name].is_null(), "both of the vendor's clients find {name}: {refused}");
    }
}

#[tokio::test]
async fn members_are_checked_before_the_world_is_asked() {
    let server = server().await;
    let wrong = [
        (json!({"num_of_nodes": "many"}), "InvalidParameter", "`num_of_nodes` is not a whole number"),
        (json!({"num_of_nodes": 101}), "InvalidParameter", "`num_of_nodes` is larger than 100"),
        (json!({"snat_entry": "perhaps"}), "InvalidParameter", "`snat_entry` is not true or false"),
        (json!({"tags": {"key": {"a": 1}}}), "InvalidParameter", "`tags.0.key` is not a string"),
        (json!({"worker_vswitch_ids": {}}), "InvalidParameter", "`worker_vswitch_ids.0` is not a string"),
    ];
    for (change, code, why) in wrong {
        let mut body = cluster("demo");
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let answer = Call::new(Method::POST, "/clusters", body).send(&server).await;
        assert_eq!(answer.failure(), (400, code.to_owned()), "{}", answer.whole());
        assert!(answer.reason().contains(why), "{why}: {}", answer.reason());
    }
    let missing = Call::new(Method::POST, "/templates", json!({"name": "a"})).send(&server).await;
    assert_eq!(missing.failure(), (400, "MissingParameter".to_owned()));
    for body in ["{", "[]", "1"] {
        let call = Call::new(Method::POST, "/templates", json!({})).with(|call| call.body = body.into());
        assert_eq!(call.send(&server).await.failure().0, 400, "{body}");
    }
    assert!(server.journal().calls().iter().all(|entry| !entry.acted));
}

#[tokio::test]
async fn the_documents_own_variants_are_understood() {
    let server = server().await;
    let mut body = cluster("demo");
    body["num_of_nodes"] = json!("1");
    body["worker_system_disk_size"] = json!("120");
    body["worker_vswitch_ids"] = json!(super::SUBNET);
    body["tags"] = json!({"key": "a", "value": "b"});
    body["ClusterId"] = json!("");
    let answer = Call::new(Method::POST, "/clusters", body).send(&server).await;
    assert_eq!(answer.status, 200, "{}", answer.whole());
    let listed = list_clusters().query("Name", "demo").send(&server).await.whole();
    assert_eq!(listed["clusters"][0]["tags"], json!([{"key": "a", "value": "b"}]));
    assert_eq!(count(&server, list_clusters().query("Name", "other")).await, 0, "as the older client writes it");
}

#[tokio::test]
async fn a_form_is_a_body_too() {
    let server = server().await;
    let form = "name=a+b&template=a%3A+b&template_type=kubernetes";
    let call = Call::new(Method::POST, "/templates", Value::Null).with(|call| call.body = form.into());
    let answer = call.header("content-type", "application/x-www-form-urlencoded").send(&server).await;
    assert_eq!(answer.status, 200, "{}", answer.whole());
    let listed = Call::get("/templates").query("template_type", "kubernetes").send(&server).await.whole();
    assert_eq!((&listed["templates"][0]["name"], &listed["templates"][0]["template"]), (&json!("a b"), &json!("a: b")));
}

#[tokio::test]
async fn a_body_on_a_get_is_let_be() {
    let server = server().await;
    let call = Call::new(Method::GET, "/quota", json!({}));
    assert_eq!(call.send(&server).await.status, 200);
}

#[tokio::test]
async fn lists_in_queries_are_json() {
    let server = server().await;
    let id = running(&server).await;
    let status = Call::get(format!("/clusters/{id}/components/upgradestatus")).with(|call| call.nonce = None);
    let answer = status.clone().query("componentIds", "[\"coredns\",\"kube-proxy\"]").send(&server).await;
    assert_eq!(answer.whole().as_object().unwrap().len(), 2, "{}", answer.whole());
    let wrong = status.clone().query("componentIds", "[coredns").send(&server).await;
    assert_eq!(wrong.failure(), (400, "InvalidParameter".to_owned()));
    let missing = status.send(&server).await;
    assert_eq!(missing.failure(), (400, "MissingParameter".to_owned()));
}

#[tokio::test]
async fn a_pool_is_deleted_by_force_as_the_newer_client_asks() {
    let server = server().await;
    let id = running(&server).await;
    let order = json!({"nodepool_info": {"name": "p"}, "count": 1,
        "scaling_group": {"vswitch_ids": [super::SUBNET], "instance_types": ["ecs.c5.xlarge"]}});
    let pool = Call::new(Method::POST, format!("/clusters/{id}/nodepools"), order).send(&server).await.whole();
    let path = format!("/clusters/{id}/nodepools/{}", pool["nodepool_id"].as_str().unwrap());
    server.advance(Duration::from_secs(60));
    let delete = Call::new(Method::DELETE, path, Value::Null);
    assert_eq!(delete.clone().send(&server).await.failure().1, "ErrorClusterState");
    let forced = delete.query("force", "True").with(|call| call.nonce = Some("forced".into()));
    assert_eq!(forced.send(&server).await.status, 200);
}

#[tokio::test]
async fn a_script_is_a_text_and_not_json() {
    let server = server().await;
    let id = running(&server).await;
    let answer = Call::new(Method::POST, format!("/clusters/{id}/attachscript"), json!({})).send(&server).await;
    assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8");
    assert!(answer.text().starts_with("curl "));
}

#[tokio::test]
async fn regions_are_told_by_headers_and_have_to_be_known() {
    let server = server().await;
    running(&server).await;
    assert_eq!(count(&server, list_clusters()).await, 1);
    for name in ["x-acs-regionid", "x-acs-region-id"] {
        assert_eq!(count(&server, list_clusters().header(name, "cn-hangzhou")).await, 0);
        assert_eq!(count(&server, list_clusters().header(name, "cn-beijing")).await, 1);
    }
    assert_eq!(count(&server, list_clusters().query("RegionId", "cn-hangzhou")).await, 0);
    for (host, expected) in [("cs.cn-hangzhou.example.com", 0), ("cs.cn-beijing.example.com", 1), ("cs.example.com", 1)]
    {
        let call = list_clusters().by(Auth::Acs3).with(|call| call.host = Some(host.to_owned()));
        assert_eq!(count(&server, call).await, expected, "{host}");
    }
    let unknown = list_clusters().header("x-acs-regionid", "cn-nowhere").send(&server).await;
    assert_eq!(unknown.failure(), (404, "InvalidRegionId.NotFound".to_owned()));
}

#[tokio::test]
async fn faults_strike_here_too() {
    let server = server().await;
    let faults = server.faults();
    faults.add(Fault::throttle().times(1));
    assert_eq!(list_clusters().send(&server).await.failure(), (400, "Throttling.User".to_owned()));
    for (code, status) in
        [("ErrorClusterNotFound", 404), ("ServiceUnavailable", 503), ("InternalError", 500), ("X", 400)]
    {
        faults.add(Fault::refuse(code, "injected").product("ack").operation("DescribeClustersV1").times(1));
        assert_eq!(list_clusters().send(&server).await.failure(), (status, code.to_owned()));
    }
    faults.add(Fault::http_status_retry_after(503, 7).product("ack").times(1));
    assert_eq!(list_clusters().send(&server).await.headers["retry-after"], "7");
    faults.add(Fault::garbage().times(1));
    assert!(serde_json::from_slice::<Value>(&list_clusters().send(&server).await.body).is_err());
    faults.add(Fault::cut_before().operation("CreateCluster").times(1));
    faults.add(Fault::cut_after().operation("CreateCluster").times(1));
    for name in ["first", "second"] {
        let request = create_cluster(name).request(&server);
        let cut = server.transport().send(request, crate::client::LIMITS).await.unwrap_err();
        assert_eq!(cut.kind, TransportErrorKind::Cut);
    }
    assert_eq!(count(&server, list_clusters()).await, 1, "the second one reached the world");
    faults.add(Fault::total(7).operation("DescribeClustersV1").times(1));
    assert_eq!(count(&server, list_clusters()).await, 7);
    faults.add(Fault::answer_with(|members| Ok(json!({"clusters": [], "page_info": members["page_size"]}))).times(1));
    assert_eq!(list_clusters().query("page_size", "3").send(&server).await.whole()["page_info"], 3);
}

#[tokio::test]
async fn too_large_is_told() {
    let server = server().await;
    let call = Call::new(Method::POST, "/templates", json!({"template": "x".repeat(11 << 20)}));
    assert_eq!(call.send(&server).await.failure(), (413, "RequestTooLarge".to_owned()));
}

#[tokio::test]
async fn the_same_comes_over_a_socket_and_the_other_dialects_stay() {
    let server = Server::builder().region("cn-beijing").time(Time::Manual).start().await.unwrap();
    let created = create_cluster("demo").send_by_socket(&server).await.unwrap();
    let head = String::from_utf8_lossy(&created).into_owned();
    assert!(head.starts_with("HTTP/1.1 200 OK") && head.contains("\"cluster_id\""), "{head}");
    server.advance(Duration::from_secs(200));
    let mut tencent = crate::client::Call::tke("DescribeClusters", json!({"Limit": 5}));
    tencent.region = "cn-beijing".to_owned();
    assert_eq!(tencent.send(&server).await.json()["TotalCount"], 0, "clouds are apart");
    assert_eq!(server.endpoint_of("ack").as_deref(), Some(server.endpoint()));
    assert_eq!((server.endpoint_of("sts").is_some(), server.endpoint_of("nothing")), (true, None));
}

#[tokio::test]
async fn truth_values_of_queries_are_taken_in_small_letters_and_in_capitals() {
    let server = server().await;
    for (truth, due) in [("true", true), ("True", true), ("false", false), ("False", false)] {
        let call = Call::new(Method::DELETE, "/clusters/c", Value::Null).query("retain_all_resources", truth);
        call.send(&server).await;
        assert_eq!(server.journal().last().unwrap().parameters["retain_all_resources"], due, "{truth}");
    }
}
