//! The Kubernetes API behind ForwardRequest.

use super::{Cloud, PODS, owned_pod, pod};
use serde_json::{Value, json};

#[test]
fn version_and_discovery() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let version = cloud.kube(&id, "GET", "/version", Value::Null);
    assert_eq!((&version["major"], &version["gitVersion"]), (&json!("1"), &json!("v1.10.5-tke.1")));
    let health = cloud.ok("ForwardRequest", json!({"ClusterName": id, "Method": "GET", "Path": "/healthz"}));
    assert_eq!(health["ResponseBody"], "ok");
    let core = cloud.kube(&id, "GET", "/api/v1", Value::Null);
    let pods = core["resources"].as_array().unwrap().iter().find(|resource| resource["name"] == "pods").unwrap();
    assert_eq!((&pods["kind"], &pods["shortNames"]), (&json!("Pod"), &json!(["po"])));
}

#[test]
fn unknown_paths_and_objects_give_kubernetes_own_status() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    for (method, path, code, reason) in [
        ("GET", "/nothing", 404, "NotFound"),
        ("GET", "/apis/none/v1/deployments", 404, "NotFound"),
        ("GET", "/api/v1/namespaces/none", 404, "NotFound"),
        ("GET", "/api/v1/namespaces/default/pods/none", 404, "NotFound"),
        ("DELETE", "/api/v1/namespaces/default/pods/none", 404, "NotFound"),
        ("PUT", "/api/v1/nodes", 405, "MethodNotAllowed"),
        ("DELETE", "/api/v1/namespaces/kube-system", 403, "Forbidden"),
        ("DELETE", "/api/v1/nodes/x", 403, "Forbidden"),
        ("POST", "/api/v1/nodes", 403, "Forbidden"),
    ] {
        let status = cloud.kube(&id, method, path, json!({}));
        assert_eq!(status["kind"], "Status", "{method} {path}");
        assert_eq!((&status["code"], &status["reason"]), (&json!(code), &json!(reason)), "{method} {path}");
        assert_eq!(status["status"], "Failure");
    }
}

#[test]
fn the_cluster_must_be_named_once() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let request = |name: Value, other: Value| json!({"Method": "GET", "Path": "/version", "ClusterName": name, "ClusterId": other});
    assert_eq!(cloud.code("ForwardRequest", request(Value::Null, Value::Null)), "MissingParameter");
    assert_eq!(cloud.code("ForwardRequest", request(json!(id), json!("cls-other"))), "InvalidParameter");
    assert_eq!(cloud.code("ForwardRequest", request(json!("cls-none"), Value::Null)), "ResourceNotFound");
    cloud.ok("ForwardRequest", request(Value::Null, json!(id)));
}

#[test]
fn namespaces_come_and_go_with_what_is_in_them() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.add_nodes(&id, 1);
    assert_eq!(cloud.items(&id, "/api/v1/namespaces").len(), 3);
    let made = cloud.kube(&id, "POST", "/api/v1/namespaces", json!({"metadata": {"name": "team"}}));
    assert_eq!((&made["kind"], &made["status"]["phase"]), (&json!("Namespace"), &json!("Active")));
    let again = cloud.kube(&id, "POST", "/api/v1/namespaces", json!({"metadata": {"name": "team"}}));
    assert_eq!((&again["code"], &again["reason"]), (&json!(409), &json!("AlreadyExists")));
    let pods = "/api/v1/namespaces/team/pods";
    cloud.kube(&id, "POST", pods, pod("a", "100m"));
    cloud.pass(3);
    let gone = cloud.kube(&id, "DELETE", "/api/v1/namespaces/team", Value::Null);
    assert_eq!(gone["status"]["phase"], "Terminating");
    assert_eq!(cloud.kube(&id, "POST", pods, pod("b", "100m"))["code"], 403);
    cloud.pass(6);
    assert_eq!(cloud.kube(&id, "GET", "/api/v1/namespaces/team", Value::Null)["code"], 404);
    assert_eq!(cloud.items(&id, pods).len(), 0);
    assert_eq!(cloud.kube(&id, "POST", pods, pod("b", "100m"))["code"], 404);
}

#[test]
fn pods_are_created_scheduled_started_and_deleted() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.add_nodes(&id, 1);
    let made = cloud.kube(&id, "POST", PODS, pod("a", "500m"));
    assert_eq!((&made["status"]["phase"], &made["metadata"]["name"]), (&json!("Pending"), &json!("a")));
    assert_eq!(cloud.kube(&id, "POST", PODS, pod("a", "500m"))["reason"], "AlreadyExists");
    cloud.pass(3);
    let path = format!("{PODS}/a");
    let running = cloud.kube(&id, "GET", &path, Value::Null);
    assert_eq!(running["status"]["phase"], "Running");
    assert!(running["status"]["podIP"].as_str().unwrap().starts_with("172.16."));
    let deleted = cloud.kube(&id, "DELETE", &path, Value::Null);
    assert!(deleted["metadata"]["deletionTimestamp"].is_string());
    cloud.pass(5);
    assert_eq!(cloud.kube(&id, "GET", &path, Value::Null)["code"], 404);
    let events = cloud.items(&id, "/api/v1/namespaces/default/events?fieldSelector=involvedObject.name=a");
    let reasons: Vec<&str> = events.iter().map(|event| event["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons, ["Scheduled", "Started", "Killing"]);
}

#[test]
fn objects_that_are_wrong_are_refused() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let nameless = json!({"metadata": {}, "spec": {"containers": [{"name": "a", "image": "b"}]}});
    let empty = json!({"metadata": {"name": "a"}, "spec": {"containers": []}});
    for (body, code) in [
        (pod("Upper", "1"), 422),
        (nameless, 422),
        (empty, 422),
        (json!({"kind": "Service", "metadata": {"name": "a"}}), 400),
        (json!([]), 400),
    ] {
        assert_eq!(cloud.kube(&id, "POST", PODS, body.clone())["code"], code, "{body}");
    }
    let mut elsewhere = pod("a", "1");
    elsewhere["metadata"]["namespace"] = json!("kube-system");
    assert_eq!(cloud.kube(&id, "POST", PODS, elsewhere)["code"], 400);
}

#[test]
fn pods_wait_until_a_node_can_take_them() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let mut selective = pod("selective", "100m");
    selective["spec"]["nodeSelector"] = json!({"tier": "db"});
    cloud.kube(&id, "POST", PODS, selective);
    cloud.kube(&id, "POST", PODS, pod("large", "3"));
    cloud.kube(&id, "POST", PODS, pod("small", "500m"));
    cloud.add_nodes(&id, 1);
    let phase = |cloud: &mut Cloud, name: &str| {
        let pod = cloud.kube(&id, "GET", &format!("{PODS}/{name}"), Value::Null);
        pod["status"]["phase"].as_str().unwrap().to_owned()
    };
    assert_eq!(phase(&mut cloud, "small"), "Running");
    assert_eq!(phase(&mut cloud, "large"), "Pending");
    assert_eq!(phase(&mut cloud, "selective"), "Pending");
    let node = cloud.items(&id, "/api/v1/nodes")[0]["metadata"]["name"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/nodes/{node}");
    cloud.kube(&id, "PATCH", &path, json!({"metadata": {"labels": {"tier": "db"}}}));
    cloud.pass(3);
    assert_eq!(phase(&mut cloud, "selective"), "Running");
    cloud.kube(&id, "PATCH", &path, json!({"spec": {"unschedulable": true}}));
    cloud.kube(&id, "POST", PODS, pod("late", "100m"));
    cloud.pass(3);
    assert_eq!(phase(&mut cloud, "late"), "Pending");
    cloud.kube(&id, "PATCH", &path, json!({"spec": {"unschedulable": null}}));
    cloud.pass(3);
    assert_eq!(phase(&mut cloud, "late"), "Running");
}

#[test]
fn a_node_takes_three_pods_fewer_than_its_block_has_addresses() {
    let mut cloud = Cloud::new();
    let settings = json!({"ClusterCIDR": "172.16.0.0/16", "MaxNodePodNum": 8});
    let request = json!({
        "ClusterType": "MANAGED_CLUSTER", "ClusterCIDRSettings": settings, "ClusterBasicSettings": {"VpcId": "vpc-default0"},
    });
    let id = cloud.ok("CreateCluster", request)["ClusterId"].as_str().unwrap().to_owned();
    cloud.pass(60);
    cloud.add_nodes(&id, 1);
    cloud.kube(&id, "POST", PODS, pod("one-too-many", "0"));
    let pods = cloud.items(&id, "/api/v1/pods");
    assert_eq!(pods.iter().filter(|pod| pod["spec"]["nodeName"].is_string()).count(), 5);
    assert_eq!(cloud.items(&id, "/api/v1/nodes")[0]["status"]["allocatable"]["pods"], "5");
}

#[test]
fn lists_are_selected_and_paged() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    for number in 0..5 {
        let mut pod = pod(&format!("p{number}"), "0");
        pod["metadata"]["labels"] = json!({"odd": (number % 2 == 1).to_string()});
        cloud.kube(&id, "POST", PODS, pod);
    }
    assert_eq!(cloud.items(&id, &format!("{PODS}?labelSelector=odd%3Dtrue")).len(), 2);
    assert_eq!(cloud.items(&id, &format!("{PODS}?fieldSelector=metadata.name%21%3Dp0")).len(), 4);
    let first = cloud.kube(&id, "GET", &format!("{PODS}?limit=3"), Value::Null);
    assert_eq!((first["items"].as_array().unwrap().len(), &first["kind"]), (3, &json!("PodList")));
    let next = first["metadata"]["continue"].as_str().unwrap();
    let second = cloud.kube(&id, "GET", &format!("{PODS}?limit=3&continue={next}"), Value::Null);
    assert_eq!(second["items"].as_array().unwrap().len(), 2);
    assert!(second["metadata"].get("continue").is_none());
}

#[test]
fn services_get_addresses_and_balancers() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.add_nodes(&id, 1);
    cloud.kube(&id, "POST", PODS, owned_pod("web-1", "100m"));
    cloud.pass(3);
    let spec = json!({"type": "LoadBalancer", "selector": {"app": "web"}, "ports": [{"port": 80}]});
    let path = "/api/v1/namespaces/default/services";
    let made = cloud.kube(&id, "POST", path, json!({"metadata": {"name": "web"}, "spec": spec}));
    assert!(made["spec"]["clusterIP"].as_str().unwrap().starts_with("172.16.255."), "{made}");
    assert_eq!(made["spec"]["ports"][0]["nodePort"], 30000);
    let listed = cloud.ok("DescribeClusterServices", json!({"ClusterId": id}));
    assert_eq!(listed["TotalCount"], 2);
    let service =
        |cloud: &mut Cloud| cloud.ok("DescribeClusterServices", json!({"ClusterId": id}))["Services"][1].clone();
    let before = service(&mut cloud);
    assert_eq!(
        (&before["Name"], &before["LbStatus"], &before["ExternalIp"]),
        (&json!("web"), &json!("Creating"), &json!(""))
    );
    assert_eq!((&before["DesiredReplicas"], &before["CurrentReplicas"]), (&json!(1), &json!(1)));
    cloud.pass(10);
    assert_eq!(service(&mut cloud)["LbStatus"], "Running");
    assert_ne!(service(&mut cloud)["ExternalIp"], "");
    let all = cloud.ok("DescribeClusterServices", json!({"ClusterId": id, "AllNamespace": 1}));
    assert_eq!(all["TotalCount"], 4);
    cloud.kube(&id, "DELETE", &format!("{path}/web"), Value::Null);
    assert_eq!(cloud.ok("DescribeClusterServices", json!({"ClusterId": id}))["TotalCount"], 1);
    assert_eq!(
        cloud.code("DescribeClusterServices", json!({"ClusterId": "cls-none"})),
        "InvalidParameter.ClusterNotFound"
    );
}

#[test]
fn services_are_limited_by_their_range() {
    let mut cloud = Cloud::new();
    let settings = json!({"ClusterCIDR": "172.16.0.0/16", "MaxClusterServiceNum": 32});
    let request = json!({
        "ClusterType": "MANAGED_CLUSTER", "ClusterCIDRSettings": settings, "ClusterBasicSettings": {"VpcId": "vpc-default0"},
    });
    let id = cloud.ok("CreateCluster", request)["ClusterId"].as_str().unwrap().to_owned();
    cloud.pass(60);
    let path = "/api/v1/namespaces/default/services";
    let mut make = |number: usize| {
        let body = json!({"metadata": {"name": format!("s{number}")}, "spec": {"ports": [{"port": 80}]}});
        cloud.kube(&id, "POST", path, body)["code"].clone()
    };
    // 32 addresses, three services of the cluster's own, network number and broadcast.
    assert!((0..27).all(|number| make(number).is_null()));
    assert_eq!(make(27), 422);
}

#[test]
fn bodies_can_come_in_base64() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let request = |body: &str| {
        json!({
            "ClusterName": id, "Method": "POST", "Path": "/api/v1/namespaces", "EncodedBody": true, "RequestBody": body,
        })
    };
    // {"metadata":{"name":"coded"}}
    cloud.ok("ForwardRequest", request("eyJtZXRhZGF0YSI6eyJuYW1lIjoiY29kZWQifX0="));
    assert_eq!(cloud.kube(&id, "GET", "/api/v1/namespaces/coded", Value::Null)["kind"], "Namespace");
    assert_eq!(cloud.code("ForwardRequest", request("*")), "InvalidParameter");
}

/// tce:10919, tce:10920: the headers of the request that is passed on.
#[test]
fn headers_are_passed_on() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.kube(&id, "POST", PODS, pod("a", "100m"));
    let path = format!("{PODS}/a");
    let forward = |cloud: &mut Cloud, request: Value| -> Value {
        let mut whole = json!({"ClusterName": id, "Path": path});
        whole.as_object_mut().unwrap().extend(request.as_object().unwrap().clone());
        let answer = cloud.ok("ForwardRequest", whole);
        serde_json::from_str(answer["ResponseBody"].as_str().unwrap()).unwrap()
    };
    let steps = r#"[{"op":"add","path":"/metadata/labels/x","value":"y"}]"#;
    let patch = json!({"Method": "PATCH", "ContentType": "application/json-patch+json", "RequestBody": steps});
    assert_eq!(forward(&mut cloud, patch)["metadata"]["labels"]["x"], "y");
    let table = json!({"Method": "GET", "Accept": "application/json;as=Table;v=v1;g=meta.k8s.io"});
    assert_eq!(forward(&mut cloud, table)["kind"], "Table");
    let other = json!({"Method": "PATCH", "ContentType": "text/plain", "RequestBody": "x"});
    assert_eq!(forward(&mut cloud, other)["code"], 415);
    let yaml = "metadata:\n  name: b\nspec:\n  containers:\n  - name: c\n    image: i\n";
    let made = json!({"Method": "POST", "Path": PODS, "ContentType": "application/yaml", "RequestBody": yaml});
    assert_eq!(forward(&mut cloud, made)["metadata"]["name"], "b");
}

#[test]
fn a_dry_run_makes_nothing_and_a_watch_is_refused() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let made = cloud.kube(&id, "POST", &format!("{PODS}?dryRun=All"), pod("a", "100m"));
    assert_eq!(made["kind"], "Pod");
    assert_eq!(cloud.items(&id, PODS).len(), 0);
    let watched = cloud.kube(&id, "GET", &format!("{PODS}?watch=true"), Value::Null);
    assert_eq!((&watched["code"], &watched["reason"]), (&json!(405), &json!("MethodNotAllowed")));
    assert!(watched["message"].as_str().unwrap().contains("needs a connection that streams"));
}

/// tce:7190-7210, tce:7292.
#[test]
fn claims_of_the_class_that_clusters_have_are_bound() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let classes = "/apis/storage.k8s.io/v1/storageclasses";
    assert_eq!(cloud.kube(&id, "GET", &format!("{classes}/cbs"), Value::Null)["metadata"]["name"], "cbs");
    let claims = "/api/v1/namespaces/default/persistentvolumeclaims";
    let spec = |class: Value| {
        let mut spec = json!({"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}});
        if !class.is_null() {
            spec["storageClassName"] = class;
        }
        spec
    };
    cloud.kube(&id, "POST", claims, json!({"metadata": {"name": "named"}, "spec": spec(json!("cbs"))}));
    cloud.kube(&id, "POST", claims, json!({"metadata": {"name": "early"}, "spec": spec(Value::Null)}));
    cloud.pass(6);
    let phase = |cloud: &mut Cloud, name: &str| {
        cloud.kube(&id, "GET", &format!("{claims}/{name}"), Value::Null)["status"]["phase"].clone()
    };
    assert_eq!((phase(&mut cloud, "named"), phase(&mut cloud, "early")), (json!("Bound"), json!("Pending")));
    let notes = json!({"storageclass.beta.kubernetes.io/is-default-class": "true"});
    cloud.kube(&id, "PATCH", &format!("{classes}/cbs"), json!({"metadata": {"annotations": notes}}));
    cloud.pass(6);
    assert_eq!(phase(&mut cloud, "early"), "Bound");
}
