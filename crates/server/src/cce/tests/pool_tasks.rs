//! Work on the nodes of pools, and the settings of their components.
//!
//! Limits and meanings are those of huaweicloudsdkcce 3.1.219 (`cce_client.py`, `model/`).

use super::{Cloud, node, pool, text, with};
use serde_json::{Value, json};

impl Cloud {
    /// A pool of that many active nodes.
    fn full_pool(&mut self, cluster: &str, size: u64) -> String {
        let id = text(&self.ok("CreateNodePool", pool(cluster, "workers", size))["metadata"]["uid"]);
        self.pass(60);
        id
    }

    fn uids(&mut self, cluster: &str) -> Vec<String> {
        self.nodes(cluster).iter().map(|node| text(&node["metadata"]["uid"])).collect()
    }

    fn pool_size(&mut self, cluster: &str, id: &str) -> (Value, Value) {
        let there = self.ok("GetNodePool", json!({"cluster_id": cluster, "nodepool_id": id}));
        (there["spec"]["initialNodeCount"].clone(), there["status"]["currentNode"].clone())
    }

    /// The labels of nodes in Kubernetes.
    fn kube_labels(&mut self, cluster: &str) -> Vec<Value> {
        let nodes = self.ask(cluster, "GET", "/api/v1/nodes", "", &Value::Null).1;
        nodes["items"].as_array().unwrap().iter().map(|node| node["metadata"]["labels"].clone()).collect()
    }
}

fn scale(cluster: &str, id: &str, size: i64) -> Value {
    json!({
        "cluster_id": cluster, "nodepool_id": id, "apiVersion": "v3", "kind": "NodePool",
        "spec": {"desiredNodeCount": size, "scaleGroups": ["default"]},
    })
}

fn list(cluster: &str, nodes: Value) -> Value {
    json!({"cluster_id": cluster, "apiVersion": "v3", "kind": "List", "nodeList": nodes})
}

#[test]
fn a_pool_has_as_many_nodes_as_are_desired() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let id = cloud.full_pool(&cluster, 1);
    cloud.ok("ScaleNodePool", scale(&cluster, &id, 3));
    cloud.pass(60);
    assert_eq!((cloud.pool_size(&cluster, &id), cloud.kube_labels(&cluster).len()), ((json!(3), json!(3)), 3));
    cloud.ok("ScaleNodePool", scale(&cluster, &id, 0));
    cloud.pass(10);
    assert_eq!((cloud.pool_size(&cluster, &id), cloud.kube_labels(&cluster).len()), ((json!(0), json!(0)), 0));
    let group = with(scale(&cluster, &id, 1), |order| order["spec"]["scaleGroups"] = json!(["other"]));
    let prepaid = with(scale(&cluster, &id, 1), |order| {
        order["spec"]["options"] = json!({"billingConfigOverride": {"billingMode": 1}});
    });
    for wrong in [scale(&cluster, &id, -1), group, prepaid] {
        assert_eq!(cloud.refused("ScaleNodePool", wrong), (400, "CCE.01400001".into()));
    }
    assert_eq!(cloud.refused("ScaleNodePool", scale(&cluster, &id, 51)), (400, "CCE.01400008".into()));
    assert_eq!(cloud.refused("ScaleNodePool", scale(&cluster, "nothing", 1)), (404, "CCE.01404001".into()));
}

/// Counts are those of `NodePoolStatus` and `ScaleGroupStatus`.
#[test]
fn a_pool_counts_its_nodes() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let id = cloud.full_pool(&cluster, 3);
    let uids = cloud.uids(&cluster);
    cloud.ok("LockNodepoolNodeScaleDown", list(&cluster, json!([uids[0]])));
    cloud.ok("ScaleNodePool", scale(&cluster, &id, 2));
    let status = |cloud: &mut Cloud| {
        cloud.ok("GetNodePool", json!({"cluster_id": cluster, "nodepool_id": id}))["status"].clone()
    };
    let there = status(&mut cloud);
    assert_eq!(
        (&there["activeNode"], &there["deletingNode"], &there["creatingNode"]),
        (&json!(2), &json!(1), &json!(0))
    );
    cloud.pass(10);
    cloud.ok("ScaleNodePool", scale(&cluster, &id, 4));
    let there = status(&mut cloud);
    assert_eq!(
        (&there["activeNode"], &there["deletingNode"], &there["creatingNode"]),
        (&json!(2), &json!(0), &json!(2))
    );
    let group = &there["scaleGroupStatuses"][0];
    assert_eq!((&group["desiredNodeCount"], &group["scaleDownDisabledNodeCount"]), (&json!(4), &json!(1)));
    assert_eq!((&group["existingNodeCount"]["total"], &group["upcomingNodeCount"]["postPaid"]), (&json!(2), &json!(2)));
    assert_eq!(there["configurationSyncedNodeCount"], 4);
}

#[test]
fn room_is_checked_at_once_or_later() {
    let mut cloud = Cloud::new();
    let cluster = cloud.create(|order| order["spec"]["flavor"] = json!("cce.s1.large"));
    cloud.pass(120);
    let id = cloud.full_pool(&cluster, 0);
    let order = |checking: &str| {
        with(scale(&cluster, &id, 300), |order| order["spec"]["options"] = json!({"scalableChecking": checking}))
    };
    assert_eq!(cloud.refused("ScaleNodePool", order("instant")), (400, "CCE.01400001".into()));
    assert_eq!(cloud.pool_size(&cluster, &id).1, 0);
    cloud.ok("ScaleNodePool", order("async"));
    cloud.pass(60);
    let there = cloud.ok("GetNodePool", json!({"cluster_id": cluster, "nodepool_id": id}));
    assert_eq!((&there["status"]["phase"], &there["status"]["currentNode"]), (&json!("SoldOut"), &json!(249)));
}

#[test]
fn locked_nodes_stay_when_their_pool_becomes_smaller() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let id = cloud.full_pool(&cluster, 3);
    let uids = cloud.uids(&cluster);
    cloud.ok("LockNodepoolNodeScaleDown", list(&cluster, json!([uids[2]])));
    let annotations = cloud.node(&cluster, &uids[2])["metadata"]["annotations"].clone();
    assert_eq!(annotations["cluster-autoscaler.kubernetes.io/scale-down-disabled"], "true");
    assert_eq!(cloud.refused("ScaleNodePool", scale(&cluster, &id, 0)), (409, "CCE.01409001".into()));
    let update = json!({"cluster_id": cluster, "nodepool_id": id, "spec": {"initialNodeCount": 0}});
    assert_eq!(cloud.code("UpdateNodePool", update), "CCE.01409001");
    cloud.ok("ScaleNodePool", scale(&cluster, &id, 1));
    cloud.pass(10);
    assert_eq!(cloud.uids(&cluster), uids[2..], "not the newest");
    cloud.ok("UnlockNodepoolNodeScaleDown", list(&cluster, json!([uids[2]])));
    cloud.ok("ScaleNodePool", scale(&cluster, &id, 0));
    cloud.pass(10);
    assert!(cloud.nodes(&cluster).is_empty());
}

#[test]
fn only_nodes_of_pools_are_locked() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let outside = cloud.add_nodes(&cluster, 1);
    assert_eq!(cloud.code("LockNodepoolNodeScaleDown", list(&cluster, json!(outside))), "CCE.01400001");
    assert_eq!(cloud.code("LockNodepoolNodeScaleDown", list(&cluster, json!([]))), "CCE.01400001");
    let unknown = list(&cluster, json!(["nothing"]));
    assert_eq!(cloud.refused("UnlockNodepoolNodeScaleDown", unknown), (404, "CCE.01404001".into()));
}

#[test]
fn servers_join_a_pool_as_its_template_says() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let order = with(pool(&cluster, "workers", 0), |order| {
        order["spec"]["nodeTemplate"]["k8sTags"] = json!({"tier": "web"});
        order["spec"]["nodeTemplate"]["os"] = json!("CentOS 7.6");
    });
    let id = text(&cloud.ok("CreateNodePool", order)["metadata"]["uid"]);
    let add = |servers: Value| with(list(&cluster, servers), |order| order["nodepool_id"] = json!(id));
    let servers = json!([{"serverID": "ins-default1"}, {"serverID": "ins-default2"}]);
    let job = cloud.ok("AddNodesToNodePool", add(servers.clone()))["jobid"].clone();
    cloud.pass(60);
    assert_eq!((cloud.job_phase(&job), cloud.pool_size(&cluster, &id)), ("Success".into(), (json!(2), json!(2))));
    let there = cloud.nodes(&cluster);
    assert_eq!(
        (&there[0]["spec"]["os"], &there[0]["status"]["configurationUpToDate"]),
        (&json!("CentOS 7.6"), &json!(true))
    );
    assert!(cloud.kube_labels(&cluster).iter().all(|labels| labels["tier"] == "web"));
    assert_eq!(cloud.code("AddNodesToNodePool", add(servers)), "CCE.01400001", "nodes already");
    assert_eq!(
        cloud.refused("AddNodesToNodePool", add(json!([{"serverID": "nothing"}]))),
        (404, "CCE.01404001".into())
    );
    let many: Vec<Value> = (0..201).map(|place| json!({"serverID": format!("s{place}")})).collect();
    assert_eq!(cloud.code("AddNodesToNodePool", add(json!(many))), "CCE.01400001");
}

#[test]
fn nodes_outside_of_pools_move_into_one_as_they_are() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let ids = cloud.add_nodes(&cluster, 2);
    let order =
        with(pool(&cluster, "workers", 0), |order| order["spec"]["nodeTemplate"]["k8sTags"] = json!({"tier": "web"}));
    let id = text(&cloud.ok("CreateNodePool", order)["metadata"]["uid"]);
    let migrate = |nodes: Value| with(list(&cluster, nodes), |order| order["nodepool_id"] = json!(id));
    cloud.ok("MigrateToNodePool", migrate(json!([{"nodeID": ids[0]}])));
    assert_eq!(
        (cloud.node_phase(&cluster, &ids[0]), cloud.pool_size(&cluster, &id)),
        ("Active".into(), (json!(1), json!(1)))
    );
    let labels = &cloud.kube_labels(&cluster)[0];
    assert_eq!((&labels["cce.cloud.com/cce-nodepool"], &labels["tier"]), (&json!("workers"), &json!("web")));
    assert_eq!(cloud.code("MigrateToNodePool", migrate(json!([{"nodeID": ids[0]}]))), "CCE.01400001", "in it already");
    let many: Vec<Value> = (0..51).map(|place| json!({"nodeID": format!("n{place}")})).collect();
    assert_eq!(cloud.code("MigrateToNodePool", migrate(json!(many))), "CCE.01400001");
    assert_eq!(
        cloud.refused("MigrateToNodePool", migrate(json!([{"nodeID": "nothing"}]))),
        (404, "CCE.01404001".into())
    );
    cloud.ok("ScaleNodePool", scale(&cluster, &id, 0));
    cloud.pass(10);
    assert_eq!(cloud.uids(&cluster), ids[1..], "it belongs to the pool");
}

#[test]
fn nodes_take_over_what_their_servers_have_by_now() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let ids = cloud.add_nodes(&cluster, 2);
    let names = |cloud: &mut Cloud| -> Vec<String> {
        cloud.nodes(&cluster).iter().map(|node| text(&node["metadata"]["name"])).collect()
    };
    for (place, id) in ids.iter().enumerate() {
        let server = text(&cloud.node(&cluster, id)["status"]["serverId"]);
        let realm = cloud.world.cce(cloud.account, cloud.region);
        realm.0.realm.machines.get_mut(&server).unwrap().name = format!("renamed-{place}");
    }
    assert_eq!(names(&mut cloud), ["myhost-1", "myhost-2"]);
    let answer = cloud.ok("SyncNode", json!({"cluster_id": cluster, "node_id": ids[0]}));
    assert_eq!(
        (answer, names(&mut cloud)),
        (json!("Sync node success"), vec!["renamed-0".to_owned(), "myhost-2".to_owned()])
    );
    assert_eq!(cloud.ok("BatchSyncNodes", json!({"cluster_id": cluster})), "Start to batch sync nodes");
    assert_eq!(names(&mut cloud), ["renamed-0", "renamed-1"]);
    let unknown = json!({"cluster_id": cluster, "node_id": "nothing"});
    assert_eq!(cloud.refused("SyncNode", unknown), (404, "CCE.01404001".into()));
}

#[test]
fn nodes_move_to_another_cluster_and_keep_their_system() {
    let mut cloud = Cloud::new();
    let (from, to) = (cloud.available(), cloud.available());
    cloud.ok("CreateNode", node(&from, |order| order["spec"]["os"] = json!("CentOS 7.6")));
    cloud.pass(60);
    let id = cloud.uids(&from).remove(0);
    let order = |to: &str, node: &str| {
        let spec = json!({"nodes": [{"uid": node}], "extendParam": {"alpha.cce/postInstall": "bHM="}});
        json!({"cluster_id": from, "target_cluster_id": to, "apiVersion": "v3", "spec": spec})
    };
    let answer = cloud.ok("InplaceMigrateNode", order(&to, &id));
    cloud.pass(70);
    assert_eq!(cloud.job_phase(&answer["status"]["jobID"]), "Success");
    let there = cloud.node(&to, &id);
    assert_eq!((&there["status"]["phase"], &there["spec"]["os"]), (&json!("Active"), &json!("CentOS 7.6")));
    assert_eq!(there["spec"]["extendParam"]["alpha.cce/postInstall"], "bHM=");
    assert_eq!((cloud.kube_labels(&from).len(), cloud.kube_labels(&to).len()), (0, 1));
    assert_eq!(cloud.refused("InplaceMigrateNode", order("nothing", &id)), (404, "CCE.01404001".into()));
    assert_eq!(cloud.code("InplaceMigrateNode", order(&from, &id)), "CCE.01400001");
}

fn synchronize(cluster: &str, id: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut spec = json!({"nodePoolID": id, "maxUnavailable": 2});
    change(&mut spec);
    json!({"cluster_id": cluster, "nodepool_id": id, "apiVersion": "v3", "kind": "NodePool", "spec": spec})
}

#[test]
fn the_nodes_of_a_pool_are_synchronized_batch_by_batch() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let id = cloud.full_pool(&cluster, 3);
    let up_to_date = |cloud: &mut Cloud| {
        cloud.nodes(&cluster).iter().filter(|node| node["status"]["configurationUpToDate"] == true).count()
    };
    assert_eq!(up_to_date(&mut cloud), 3);
    let taints = json!([{"key": "only", "value": "web", "effect": "NoSchedule"}]);
    let spec = json!({"initialNodeCount": 3, "nodeTemplate": {"taints": taints}});
    cloud.ok("UpdateNodePool", json!({"cluster_id": cluster, "nodepool_id": id, "spec": spec}));
    assert_eq!(up_to_date(&mut cloud), 0);
    let job = cloud.ok("UpgradeNodePool", synchronize(&cluster, &id, |_| ()))["jobid"].clone();
    let phases = |cloud: &mut Cloud| -> Vec<String> {
        cloud.nodes(&cluster).iter().map(|node| text(&node["status"]["phase"])).collect()
    };
    assert_eq!(
        (phases(&mut cloud), up_to_date(&mut cloud)),
        (["Installing", "Installing", "Active"].map(str::to_owned).to_vec(), 2)
    );
    cloud.pass(60);
    assert_eq!(
        (phases(&mut cloud), cloud.job_phase(&job).as_str()),
        (["Active", "Active", "Installing"].map(str::to_owned).to_vec(), "Running")
    );
    cloud.pass(60);
    assert_eq!((cloud.job_phase(&job).as_str(), up_to_date(&mut cloud)), ("Success", 3));
    assert!(cloud.nodes(&cluster).iter().all(|node| node["spec"]["taints"] == taints));
}

#[test]
fn some_nodes_are_synchronized_and_others_skipped() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let id = cloud.full_pool(&cluster, 3);
    let uids = cloud.uids(&cluster);
    let order = synchronize(&cluster, &id, |spec| {
        spec["nodeIDs"] = json!(uids[..2]);
        spec["skippedNodes"] = json!(uids[..1]);
    });
    cloud.ok("UpgradeNodePool", order);
    let at_work: Vec<bool> = cloud.nodes(&cluster).iter().map(|node| node["status"]["phase"] == "Installing").collect();
    assert_eq!(at_work, [false, true, false]);
    cloud.pass(60);
    for (name, wrong) in [("nodePoolID", json!("other")), ("maxUnavailable", json!(21)), ("retryTimes", json!(-1))] {
        let order = synchronize(&cluster, &id, |spec| spec[name] = wrong);
        assert_eq!(cloud.refused("UpgradeNodePool", order), (400, "CCE.01400001".into()), "{name}");
    }
    let order = synchronize(&cluster, &id, |spec| spec["nodeIDs"] = json!(["nothing"]));
    assert_eq!(cloud.refused("UpgradeNodePool", order), (404, "CCE.01404001".into()));
}

#[test]
fn nodes_outside_of_pools_are_synchronized_as_the_default_pool() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let id = cloud.add_nodes(&cluster, 1).remove(0);
    let template = json!({
        "lifeCycle": {"postInstall": "bHM=", "waitPostInstallFinish": true}, "login": {"sshKey": "other"},
        "volumeConfig": {"volumeResetPolicy": "reset_managed_volumes"},
    });
    cloud.ok("UpgradeNodePool", synchronize(&cluster, "DefaultPool", |spec| spec["nodeTemplate"] = template.clone()));
    cloud.pass(60);
    let there = cloud.node(&cluster, &id);
    assert_eq!((&there["status"]["phase"], &there["spec"]["login"]["sshKey"]), (&json!("Active"), &json!("other")));
    assert_eq!(there["spec"]["extendParam"]["alpha.cce/postInstall"], "bHM=");
    for (part, wrong) in [("login", json!({})), ("lifeCycle", json!({"preInstall": "%"}))] {
        let order = synchronize(&cluster, "DefaultPool", |spec| {
            spec["nodeTemplate"] = template.clone();
            spec["nodeTemplate"][part] = wrong;
        });
        assert_eq!(cloud.code("UpgradeNodePool", order), "CCE.01400001", "{part}");
    }
}

#[test]
fn a_node_that_is_synchronized_has_the_version_of_its_cluster() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let id = cloud.full_pool(&cluster, 1);
    let action = json!({"targetVersion": "v1.21", "isOnlyUpgrade": true, "strategy": {"type": "inPlaceRollingUpdate"}});
    let metadata = json!({"apiVersion": "v3", "kind": "UpgradeTask"});
    let order = json!({"cluster_id": cluster, "metadata": metadata, "spec": {"clusterUpgradeAction": action}});
    cloud.ok("UpgradeCluster", order);
    cloud.pass(60);
    let fresh = cloud.uids(&cluster).remove(0);
    cloud.ok("UpgradeNodePool", synchronize(&cluster, &id, |_| ()));
    assert!(cloud.kube_labels(&cluster).is_empty(), "it is being installed");
    cloud.pass(60);
    let nodes = cloud.ask(&cluster, "GET", "/api/v1/nodes", "", &Value::Null).1;
    assert_eq!(nodes["items"][0]["status"]["nodeInfo"]["kubeletVersion"], "v1.21.4-r0");
    assert_eq!(cloud.uids(&cluster), [fresh]);
}

fn configuration(cluster: &str, id: &str, package: &str, name: &str, value: Value) -> Value {
    let packages = json!([{"name": package, "configurations": [{"name": name, "value": value}]}]);
    json!({
        "cluster_id": cluster, "nodepool_id": id, "apiVersion": "v3", "kind": "Configuration",
        "metadata": {"name": "configuration"}, "spec": {"packages": packages},
    })
}

#[test]
fn settings_of_components_are_listed_and_changed() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let id = cloud.full_pool(&cluster, 0);
    for (id, package, name, new) in [
        (id.as_str(), "kubelet", "cpu-manager-policy", json!("static")),
        ("master", "kube-apiserver", "max-requests-inflight", json!(800)),
    ] {
        let this = json!({"cluster_id": cluster, "nodepool_id": id});
        let details = cloud.ok("ShowNodePoolConfigurationDetails", this.clone());
        let option = details[package].as_array().unwrap().iter().find(|option| option["name"] == name).unwrap().clone();
        let value = |answer: &Value| {
            let packages = answer["spec"]["packages"].as_array().unwrap();
            let found = packages.iter().find(|found| found["name"] == package).unwrap()["configurations"].clone();
            found.as_array().unwrap().iter().find(|item| item["name"] == name).unwrap()["value"].clone()
        };
        assert_eq!(value(&cloud.ok("ShowNodePoolConfigurations", this.clone())), option["default"]);
        cloud.ok("UpdateNodePoolConfiguration", configuration(&cluster, id, package, name, new.clone()));
        assert_eq!(value(&cloud.ok("ShowNodePoolConfigurations", this)), new);
    }
}

#[test]
fn settings_that_do_not_exist_are_ignored_and_wrong_values_refused() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let id = cloud.full_pool(&cluster, 0);
    let before = cloud.ok("ShowNodePoolConfigurations", json!({"cluster_id": cluster, "nodepool_id": id}));
    let after = cloud.ok("UpdateNodePoolConfiguration", configuration(&cluster, &id, "kubelet", "no-such", json!(1)));
    assert_eq!(before, after);
    for (name, wrong) in
        [("cpu-manager-policy", json!("some")), ("kube-api-qps", json!("many")), ("with-local-dns", json!("yes"))]
    {
        let order = configuration(&cluster, &id, "kubelet", name, wrong);
        assert_eq!(cloud.refused("UpdateNodePoolConfiguration", order), (400, "CCE.01400001".into()), "{name}");
    }
    let order = configuration(&cluster, "nothing", "kubelet", "kube-api-qps", json!(1));
    assert_eq!(cloud.refused("UpdateNodePoolConfiguration", order), (404, "CCE.01404001".into()));
}
