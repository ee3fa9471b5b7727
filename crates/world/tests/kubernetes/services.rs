//! Services: ports on nodes, names, load balancers.

use super::{Cluster, NAMESPACE};
use serde_json::{Value, json};

fn service(name: &str, kind: &str, ports: Value) -> Value {
    json!({"metadata": {"name": name}, "spec": {"type": kind, "ports": ports}})
}

#[test]
fn services_that_are_wrong() {
    let mut cluster = Cluster::new(0);
    let path = format!("{NAMESPACE}/services");
    cluster.post(&path, service("taken", "NodePort", json!([{"port": 80, "nodePort": 30080}])));
    let noted = |key: &str, value: &str| {
        let mut object = service("a", "LoadBalancer", json!([{"port": 80}]));
        object["metadata"]["annotations"] = json!({ key: value });
        object
    };
    const CHARGE: &str = "service.kubernetes.io/qcloud-loadbalancer-internet-charge-type";
    const BANDWIDTH: &str = "service.kubernetes.io/qcloud-loadbalancer-internet-max-bandwidth-out";
    for (object, field) in [
        // tce:8705: 30000-32768, of which Kubernetes has the last one not.
        (service("a", "NodePort", json!([{"port": 80, "nodePort": 20000}])), "spec.ports[0].nodePort".to_owned()),
        (service("a", "NodePort", json!([{"port": 80, "nodePort": 30080}])), "spec.ports[0].nodePort".to_owned()),
        (service("a", "ClusterIP", json!([{"port": 80, "nodePort": 30081}])), "spec.ports[0].nodePort".to_owned()),
        (service("1abc", "ClusterIP", json!([{"port": 80}])), "metadata.name".to_owned()),
        (service("a", "Galaxy", json!([{"port": 80}])), "spec.type".to_owned()),
        (service("a", "ClusterIP", json!([])), "spec.ports".to_owned()),
        (service("a", "ClusterIP", json!([{"port": 0}])), "spec.ports[0].port".to_owned()),
        (service("a", "ClusterIP", json!([{"port": 80, "name": "a"}, {"port": 81}])), "spec.ports[1].name".to_owned()),
        // tce:4837, tce:4838.
        (noted(CHARGE, "FOO"), format!("metadata.annotations[{CHARGE}]")),
        (noted(BANDWIDTH, "5000"), format!("metadata.annotations[{BANDWIDTH}]")),
        (noted(BANDWIDTH, "0"), format!("metadata.annotations[{BANDWIDTH}]")),
    ] {
        let answer = cluster.call("POST", &path, object.clone());
        assert_eq!((answer.code, &answer.body["details"]["causes"][0]["field"]), (422, &json!(field)), "{object}");
    }
}

#[test]
fn what_the_server_gave_stays() {
    let mut cluster = Cluster::new(0);
    let path = format!("{NAMESPACE}/services");
    let made = cluster.post(&path, service("a", "NodePort", json!([{"port": 80}])));
    let node = made["spec"]["ports"][0]["nodePort"].clone();
    let mut next = service("a", "NodePort", json!([{"port": 80}]));
    next["metadata"]["labels"] = json!({"x": "y"});
    let after = cluster.call("PUT", &format!("{path}/a"), next).ok();
    assert_eq!(
        (&after["spec"]["clusterIP"], &after["spec"]["ports"][0]["nodePort"]),
        (&made["spec"]["clusterIP"], &node)
    );
    assert_eq!(after["metadata"]["uid"], made["metadata"]["uid"]);
    let inside = cluster.merge(&format!("{path}/a"), json!({"spec": {"type": "ClusterIP"}}));
    assert!(inside["spec"]["ports"][0].get("nodePort").is_none());
    let moved = json!({"spec": {"clusterIP": "172.16.255.250"}}).to_string();
    assert_eq!(cluster.call_as("PATCH", &format!("{path}/a"), "application/merge-patch+json", &moved).refusal().0, 422);
}

#[test]
fn a_load_balancer_that_is_there_is_used() {
    let mut cluster = Cluster::new(0);
    let path = format!("{NAMESPACE}/services");
    let address = |cluster: &mut Cluster, name: &str, id: &str| {
        let mut object = service(name, "LoadBalancer", json!([{"port": 80}]));
        // tce:4809.
        object["metadata"]["annotations"] = json!({"service.kubernetes.io/tke-existed-lbid": id});
        cluster.post(&path, object);
        cluster.pass(15);
        cluster.get(&format!("{path}/{name}"))["status"]["loadBalancer"]["ingress"][0]["ip"].clone()
    };
    let first = address(&mut cluster, "a", "lb-6swtxxxx");
    assert!(first.is_string());
    assert_eq!(address(&mut cluster, "b", "lb-6swtxxxx"), first);
    assert_ne!(address(&mut cluster, "c", "lb-other000"), first);
}

/// tce:5523-5526.
#[test]
fn ingresses_of_the_cloud_get_an_address() {
    let mut cluster = Cluster::new(0);
    let path = "/apis/networking.k8s.io/v1/namespaces/default/ingresses";
    let ingress = |name: &str, class: Option<&str>| {
        let backend = json!({"service": {"name": "web", "port": {"number": 80}}});
        json!({"metadata": {"name": name, "annotations": {"kubernetes.io/ingress.class": class}},
            "spec": {"defaultBackend": backend}})
    };
    for (name, class) in [("a", Some("qcloud")), ("b", Some("nginx"))] {
        cluster.post(path, ingress(name, class));
    }
    let mut plain = ingress("c", None);
    plain["metadata"]["annotations"] = json!({});
    cluster.post(path, plain);
    let address = |cluster: &mut Cluster, name: &str| {
        cluster.get(&format!("{path}/{name}"))["status"]["loadBalancer"]["ingress"][0]["ip"].is_string()
    };
    assert!(!address(&mut cluster, "a"), "it takes time");
    cluster.pass(15);
    assert_eq!(["a", "b", "c"].map(|name| address(&mut cluster, name)), [true, false, true]);
    cluster.merge(&format!("{path}/a"), json!({"metadata": {"annotations": {"kubernetes.io/ingress.class": "nginx"}}}));
    assert!(!address(&mut cluster, "a"), "the class has changed");
}
