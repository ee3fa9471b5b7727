//! Tags, size, addresses and certificates of clusters.
//!
//! Limits and meanings are those of huaweicloudsdkcce 3.1.219 (`cce_client.py`, `model/`).

use super::{Cloud, node, none, with};
use serde_json::{Value, json};

fn of(cluster: &str) -> Value {
    json!({"cluster_id": cluster})
}

fn tags(cluster: &str, tags: Value) -> Value {
    json!({"cluster_id": cluster, "tags": tags})
}

#[test]
fn tags_are_added_changed_and_deleted() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let shown = |cloud: &mut Cloud| {
        let tags = cloud.ok("GetResourceTags", json!({"resource_type": "cce-cluster", "resource_id": cluster}))["tags"]
            .clone();
        assert_eq!(cloud.cluster(&cluster)["spec"]["clusterTags"], tags);
        tags
    };
    cloud.ok("BatchCreateClusterTags", tags(&cluster, json!([{"key": "a", "value": "1"}, {"key": "b", "value": ""}])));
    cloud.ok("BatchCreateClusterTags", tags(&cluster, json!([{"key": "a", "value": "2"}])));
    assert_eq!(shown(&mut cloud), json!([{"key": "a", "value": "2"}, {"key": "b", "value": ""}]));
    cloud.ok("BatchDeleteClusterTags", tags(&cluster, json!([{"key": "a"}, {"key": "nothing"}])));
    assert_eq!(shown(&mut cloud), json!([{"key": "b", "value": ""}]));
}

#[test]
fn a_cluster_has_twenty_tags_of_their_form() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let many = |from: usize, to: usize| -> Value {
        (from..to).map(|place| json!({"key": format!("key-{place}"), "value": "v"})).collect()
    };
    cloud.ok("BatchCreateClusterTags", tags(&cluster, many(0, 20)));
    for wrong in [
        many(20, 21),
        many(0, 21),
        json!([]),
        json!([{"key": "_sys_a", "value": ""}]),
        json!([{"key": " a", "value": ""}]),
        json!([{"key": "a*", "value": ""}]),
        json!([{"key": "key-1"}]),
        json!([{"key": "key-1", "value": "v".repeat(256)}]),
    ] {
        let order = tags(&cluster, wrong.clone());
        assert_eq!(cloud.refused("BatchCreateClusterTags", order), (400, "CCE.01400001".into()), "{wrong}");
    }
    let unknown = tags("nothing", many(0, 1));
    assert_eq!(cloud.refused("BatchCreateClusterTags", unknown), (404, "CCE.01404001".into()));
}

#[test]
fn a_cluster_becomes_larger() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let resize = |flavor: &str| json!({"cluster_id": cluster, "flavorResize": flavor});
    let job = cloud.ok("ResizeCluster", resize("cce.s1.medium"))["jobID"].clone();
    assert_eq!((cloud.phase(&cluster), cloud.job_phase(&job)), ("Resizing".into(), "Initializing".into()));
    assert_eq!(cloud.refused("CreateNode", node(&cluster, |_| ())), (409, "CCE.01409001".into()));
    cloud.pass(60);
    assert_eq!((cloud.phase(&cluster), cloud.job_phase(&job)), ("Available".into(), "Success".into()));
    assert_eq!(cloud.cluster(&cluster)["spec"]["flavor"], "cce.s1.medium");
    cloud.ok("CreateNode", node(&cluster, |node| node["spec"]["count"] = json!(51)));
    for wrong in ["cce.s1.small", "cce.s1.medium", "cce.s2.large", "cce.huge"] {
        assert_eq!(cloud.refused("ResizeCluster", resize(wrong)), (400, "CCE.01400001".into()), "{wrong}");
    }
    for (name, wrong) in [("skippedTasks", json!(["all"])), ("extendParam", json!({"decMasterFlavor": "x"}))] {
        let order = with(resize("cce.s1.large"), |order| order[name] = wrong);
        assert_eq!(cloud.code("ResizeCluster", order), "CCE.01400001", "{name}");
    }
}

#[test]
fn a_public_address_is_bound_and_taken_away() {
    const ADDRESS: &str = "7b6d8c1e-9d6f-4d38-8c35-0d7f4f6c1a20";
    let mut cloud = Cloud::new();
    let (cluster, other) = (cloud.available(), cloud.available());
    let order = |cluster: &str, action: &str, id: &str| json!({"cluster_id": cluster, "spec": {"action": action, "spec": {"id": id}}});
    let public = |cloud: &mut Cloud| cloud.ok("ShowClusterEndpoints", of(&cluster))["status"]["publicEndpoint"].clone();
    assert_eq!(public(&mut cloud), "");
    assert_eq!(cloud.refused("UpdateClusterEip", order(&cluster, "unbind", "")), (409, "CCE.01409001".into()));
    let answer = cloud.ok("UpdateClusterEip", order(&cluster, "bind", ADDRESS));
    assert_eq!(
        (&answer["spec"]["spec"]["id"], &answer["status"]["publicEndpoint"]),
        (&json!(ADDRESS), &public(&mut cloud))
    );
    assert_eq!(cloud.cluster(&cluster)["status"]["endpoints"][1]["url"], public(&mut cloud));
    assert_eq!(cloud.ok("GetClusterCert", of(&cluster))["current-context"], "external");
    assert_eq!(cloud.code("UpdateClusterEip", order(&cluster, "bind", ADDRESS)), "CCE.01409001", "it has one");
    assert_eq!(cloud.code("UpdateClusterEip", order(&other, "bind", ADDRESS)), "CCE.01409001", "it is taken");
    for wrong in [order(&other, "bind", "x"), order(&other, "bind", ""), order(&other, "move", ADDRESS)] {
        assert_eq!(cloud.refused("UpdateClusterEip", wrong), (400, "CCE.01400001".into()));
    }
    cloud.ok("UpdateClusterEip", order(&cluster, "unbind", ""));
    assert_eq!(public(&mut cloud), "");
    let inner = cloud.ok("ShowClusterEndpoints", of(&cluster))["status"]["privateEndpoint"].clone();
    assert_eq!(cloud.cluster(&cluster)["status"]["endpoints"], json!([{"url": inner, "type": "Internal"}]));
}

#[test]
fn a_revoked_certificate_is_followed_by_another() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let key = |cloud: &mut Cloud| cloud.ok("GetClusterCert", of(&cluster))["users"][0]["user"].clone();
    let first = key(&mut cloud);
    assert_eq!(key(&mut cloud), first);
    let revoke = |user: Value| {
        with(of(&cluster), |order| order.as_object_mut().unwrap().extend(user.as_object().unwrap().clone()))
    };
    cloud.ok("RevokeKubernetesClusterCert", revoke(json!({"userId": "user-1"})));
    assert_ne!(key(&mut cloud), first);
    for wrong in [json!({}), json!({"userId": "a", "agencyId": "b"})] {
        assert_eq!(cloud.refused("RevokeKubernetesClusterCert", revoke(wrong)), (400, "CCE.01400001".into()));
    }
    let unknown = json!({"cluster_id": "nothing", "userId": "a"});
    assert_eq!(cloud.refused("RevokeKubernetesClusterCert", unknown), (404, "CCE.01404001".into()));
}

#[test]
fn the_quota_counts_clusters() {
    let mut cloud = Cloud::new();
    cloud.create(|_| ());
    let quota = cloud.ok("GetClusterQuota", none())["quotas"]["resources"][0].clone();
    assert_eq!(quota, json!({"type": "cluster", "quota": 15, "used": 1, "unit": "count"}));
}

#[test]
fn the_versions_of_the_api_are_listed() {
    let mut cloud = Cloud::new();
    let version = cloud.ok("ShowVersion", none())["versions"][0].clone();
    assert_eq!((&version["id"], &version["status"]), (&json!("v3"), &json!("CURRENT")));
    assert_eq!(version["links"][0], json!({"href": "http://127.0.0.1:4000/v3", "rel": "self"}));
}
