//! Path, host, method, region, parameters, envelope, faults.

use super::{Call, echoing, list};
use crate::client::LIMITS;
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;
use wharf_server::{Fault, Server, Time};

#[tokio::test]
async fn it_is_told_by_path_or_host_beside_the_newer_api() {
    let server = echoing().await;
    assert_eq!(list().code(&server).await, 0);
    assert_eq!(server.journal().last().unwrap().product, Some("ccs"));
    let below = list().with(|call| call.path = "/cloud/v2/index.php".into());
    assert_eq!(below.code(&server).await, 0);
    for host in ["ccs.api.qcloud.com", "ccs.api.cloud.example.com:8443"] {
        assert_eq!(list().with(|call| call.host = Some(host.into())).code(&server).await, 0, "{host}");
    }
    let elsewhere = list().with(|call| (call.host, call.path) = (Some("ccs.api.qcloud.com".into()), "/".into()));
    assert_eq!(elsewhere.code(&server).await, 4600);
    let newer = crate::describe_clusters().send(&server).await;
    assert_eq!((newer.code().as_str(), server.journal().last().unwrap().product), ("", Some("tke")));
}

#[tokio::test]
async fn each_action_belongs_to_a_domain() {
    let server = echoing().await;
    let metrics = [("namespace", "x"), ("metricName", "x"), ("dimensions.0.name", "x"), ("dimensions.0.value", "x")];
    for (action, parameters, due) in
        [("DescribeCluster", &[][..], "ccs"), ("GetLimit", &[][..], "ccr"), ("GetMonitorData", &metrics[..], "monitor")]
    {
        for host in ["ccs", "ccr", "monitor", "cvm"] {
            let call = Call::get(action, parameters).with(|call| call.host = Some(format!("{host}.api.qcloud.com")));
            let answer = call.send(&server).await;
            assert_eq!(answer["code"], if host == due { 0 } else { 6100 }, "{action} {host}: {answer}");
        }
        assert_eq!(Call::get(action, parameters).code(&server).await, 0, "a host without a service has all");
    }
    let unknown = Call::get("DescribeNothing", &[]).send(&server).await;
    assert_eq!(unknown["code"], 6100);
    assert_eq!(unknown.get("codeDesc"), None);
}

#[tokio::test]
async fn the_query_of_a_post_is_ignored() {
    let server = echoing().await;
    let call = Call::post("DescribeCluster", &[("limit", "2")]).with(|call| {
        call.query = "Action=Nothing&limit=7&Signature=x".into();
    });
    assert_eq!(call.send(&server).await["data"]["echo"], json!({"limit": 2}));
    let untyped = Call::post("DescribeCluster", &[("limit", "3")]).with(|call| call.content_type.clear());
    assert_eq!(untyped.send(&server).await["data"]["echo"], json!({"limit": 3}));
    let json = Call::post("DescribeCluster", &[]).with(|call| call.content_type = "application/json".into());
    assert_eq!(json.code(&server).await, 4600);
    let put = list().with(|call| call.method = Method::PUT);
    assert_eq!(put.code(&server).await, 4600);
}

#[tokio::test]
async fn regions_have_short_and_full_names() {
    let server = Server::builder().region("private-1").start().await.unwrap();
    let region = |name: &str| list().with(|call| call.parameters[1].1 = name.into());
    for name in ["gz", "bj", "sh", "hk", "ca", "ap-guangzhou", "na-toronto", "private-1"] {
        assert_eq!(region(name).code(&server).await, 0, "{name}");
    }
    assert_eq!(region("moon").code(&server).await, 4000);
    assert_eq!(server.journal().last().unwrap().region, "moon");
    let create = |name: &str| create_cluster().with(|call| call.parameters[1].1 = name.into());
    assert_eq!(create("bj").code(&server).await, 0);
    for (name, count) in [("bj", 1), ("ap-beijing", 1), ("gz", 0)] {
        assert_eq!(region(name).send(&server).await["data"]["totalCount"], count, "{name}");
    }
}

fn create_cluster() -> Call {
    Call::post(
        "CreateCluster",
        &[
            ("clusterName", "test"),
            ("clusterCIDR", "172.16.0.0/16"),
            ("zoneId", "1"),
            ("goodsNum", "2"),
            ("cpu", "2"),
            ("mem", "4"),
            ("osName", "ubuntu16.04.1 LTSx86_64"),
            ("bandwidthType", "PayByTraffic"),
            ("bandwidth", "1"),
            ("vpcId", "vpc-default0"),
            ("subnetId", "subnet-default1"),
            ("isVpcGateway", "0"),
            ("rootSize", "20"),
            ("storageSize", "0"),
            ("imageId", "1"),
            ("storageType", "1"),
        ],
    )
}

#[tokio::test]
async fn parameters_are_typed_by_the_tables() {
    let server = echoing().await;
    let nested = [
        ("clusterId", "c"),
        ("serviceName", "s"),
        ("replicas", "2"),
        ("containers.0.containerName", "a"),
        ("containers.0.image", "i"),
        ("containers.0.privileged", "true"),
        ("containers.0.volumeMounts.0.volumeName", "v"),
        ("containers.0.volumeMounts.0.mountPath", "/d"),
        ("containers.0.arguments.0", "x"),
        ("containers.0.arguments.1", "y"),
        ("containers.0.cpu", ""),
        ("containers.1.containerName", "b"),
        ("containers.1.image", "i"),
        ("whatever.0.it", "is"),
        ("..", "x"),
    ];
    let answer = Call::post("CreateClusterService", &nested).send(&server).await;
    let expected = json!({
        "clusterId": "c", "serviceName": "s", "replicas": 2,
        "containers": [
            {"containerName": "a", "image": "i", "privileged": true, "arguments": ["x", "y"],
             "volumeMounts": [{"volumeName": "v", "mountPath": "/d"}]},
            {"containerName": "b", "image": "i"},
        ],
    });
    assert_eq!(answer["echo"], expected, "{answer}");
    for (name, value, hint) in [
        ("limit", "many", "whole number"),
        ("limit", "0", "smaller"),
        ("clusterIds", "cls-1", "list"),
        ("clusterIds.1", "cls-1", "gap"),
        ("clusterName.0", "x", "string"),
        ("status", "\u{fffd}", ""),
    ] {
        let answer = Call::get("DescribeCluster", &[(name, value)]).send(&server).await;
        let code = if hint.is_empty() { 0 } else { 4000 };
        assert_eq!(answer["code"], code, "{name}={value}: {answer}");
        assert!(answer["message"].as_str().unwrap().contains(hint), "{answer}");
    }
    for truth in ["True", "true", "False", "false"] {
        let call = Call::post("CreateClusterService", &nested).with(|call| call.parameters[7].1 = truth.into());
        assert_eq!(call.parameters[7].0, "containers.0.privileged");
        let answer = call.send(&server).await;
        let due = truth.eq_ignore_ascii_case("true");
        assert_eq!(answer["echo"]["containers"][0]["privileged"], due, "{truth}: {answer}");
    }
}

#[tokio::test]
async fn a_cluster_lives_over_the_wire() {
    let server = Server::builder().time(Time::Manual).start().await.unwrap();
    let created = create_cluster().send(&server).await;
    assert_eq!(created["code"], 0, "what the example sends besides is ignored: {created}");
    let (id, task) = (created["data"]["clusterId"].as_str().unwrap(), created["data"]["requestId"].to_string());
    let to = &server;
    let state = |call: Call| async move { call.send(to).await["data"].clone() };
    assert_eq!(state(Call::get("DescribeClusterTaskResult", &[("requestId", &task)])).await["status"], "running");
    server.advance(Duration::from_secs(60));
    assert_eq!(state(Call::post("DescribeClusterTaskResult", &[("requestId", &task)])).await["status"], "succ");
    assert_eq!(state(Call::get("DescribeCluster", &[("clusterIds.0", id)])).await["clusters"][0]["status"], "Running");
    let tke = crate::describe_clusters().send(&server).await;
    assert_eq!(tke.json()["TotalCount"], 0, "each product lists its own clusters");
    let metric = Call::get(
        "GetMonitorData",
        &[
            ("namespace", "qce/cvm"),
            ("metricName", "dc_mem_usage"),
            ("period", "300"),
            ("dimensions.0.name", "docker_clusterid"),
            ("dimensions.0.value", id),
        ],
    );
    server.advance(Duration::from_secs(600));
    let answer = metric.send(&server).await;
    assert!(answer.get("data").is_none() && answer["dataPoints"].is_array(), "beside the code: {answer}");
    let gone = Call::get("DescribeClusterServiceInfo", &[("clusterId", id), ("serviceName", "none")]);
    let refused = gone.send(&server).await;
    assert_eq!((&refused["code"], &refused["codeDesc"]), (&json!(4000), &json!("KubeResourceNotFound")));
    assert!(refused["message"].as_str().unwrap().starts_with("(-160004)the service none"), "{refused}");
    assert_eq!(server.journal().last().unwrap().code.as_deref(), Some("KubeResourceNotFound"));
}

#[tokio::test]
async fn the_monitor_has_codes_of_its_own() {
    let server = Server::builder().start().await.unwrap();
    let call = |more: &[(&str, &str)]| {
        let due = [("namespace", "qce/cvm"), ("metricName", "dc_cpu_usage")];
        let dimensions = [("dimensions.0.name", "docker_clusterid"), ("dimensions.0.value", "cls-none")];
        Call::get("GetMonitorData", &[&due[..], &dimensions[..], more].concat())
    };
    for (code, word, call) in [
        (-502, "OperationDenied.SourceNotExists", call(&[])),
        (-503, "InvalidParameter", call(&[("period", "61")])),
        (-503, "InvalidParameter", call(&[("period", "x")])),
        (-505, "InvalidParameter.MissingParameter", call(&[]).with(|call| call.without = "metricName")),
        (-507, "OperationDenied.ExceedLimit", call(&[("period", "60"), ("startTime", "2000-01-01 00:00:00")])),
        (
            -509,
            "InvalidParameter.DimensionGroupError",
            call(&[("dimensions.1.name", "x"), ("dimensions.1.value", "y")]),
        ),
    ] {
        let answer = call.send(&server).await;
        assert_eq!((&answer["code"], &answer["codeDesc"]), (&json!(code), &json!(word)), "{answer}");
    }
    server.faults().add(Fault::refuse("InternalError.DBoperationFail", "The database is away.").times(1));
    assert_eq!(call(&[]).code(&server).await, -513);
}

#[tokio::test]
async fn faults_strike() {
    let server = echoing().await;
    for (fault, code) in [
        (Fault::throttle(), 4400),
        (Fault::refuse("5100", "Not now."), 5100),
        (Fault::refuse("4100", "Not you."), 4100),
        (Fault::refuse("InternalError", "Broken."), 6000),
    ] {
        server.faults().add(fault.product("ccs").operation("DescribeCluster").times(1));
        assert_eq!(list().code(&server).await, code);
    }
    server.faults().add(Fault::refuse("100004", "projectId is wrong").times(1));
    let module = list().send(&server).await;
    assert_eq!(module, json!({"code": 5100, "message": "(100004)projectId is wrong"}));
    server.faults().add(Fault::total(99).times(1));
    assert_eq!(list().send(&server).await["data"]["totalCount"], 99);
    server.faults().add(Fault::http_status(503).times(1));
    let answer = server.transport().send(list().request(&server), LIMITS).await.unwrap();
    assert_eq!(answer.status(), 503);
    server.faults().add(Fault::cut_after().times(1));
    assert!(server.transport().send(list().request(&server), LIMITS).await.is_err());
    let names: Vec<Option<&str>> = server.journal().calls().iter().map(|entry| entry.fault).collect();
    assert_eq!(names[names.len() - 2..], [Some("status"), Some("cut_after")]);
}

#[tokio::test]
async fn large_requests_and_nonsense_are_answered() {
    let server = echoing().await;
    let long = "x".repeat(40 << 10);
    let answer = Call::get("DescribeCluster", &[("clusterName", &long)]).send(&server).await;
    assert_eq!(answer["code"], 4000);
    assert_eq!(Call::post("DescribeCluster", &[("clusterName", &long)]).code(&server).await, 0);
    for body in ["", "Action=%ff", "Action", "&&&=", "\u{0}"] {
        let mut request = Call::post("DescribeCluster", &[]).request(&server);
        *request.body_mut() = bytes::Bytes::copy_from_slice(body.as_bytes());
        let answer = server.transport().send(request, LIMITS).await.unwrap();
        let answer: Value = serde_json::from_slice(answer.body()).unwrap();
        assert_eq!(answer["code"], 4000, "{body:?}: {answer}");
    }
}
