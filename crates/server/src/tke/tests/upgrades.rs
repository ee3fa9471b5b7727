//! Upgrades: the control plane first, then the nodes; what the checks and budgets hold back.

use super::{Cloud, empty_cluster, owned_pod, texts};
use serde_json::{Value, json};
use wharf_world::FailurePoint;

/// How long the upgrade of a control plane takes, in seconds.
const CONTROL_PLANE: u64 = 420;

impl Cloud {
    /// Upgrades the control plane and waits until that is done.
    pub(super) fn upgrade(&mut self, cluster: &str, version: &str) {
        self.ok("UpdateClusterVersion", json!({"ClusterId": cluster, "DstVersion": version}));
        self.pass(CONTROL_PLANE);
        assert_eq!(self.state(cluster), "Running");
    }

    /// The state of the cluster.
    pub(super) fn state(&mut self, cluster: &str) -> String {
        let answer = self.ok("DescribeClusterStatus", json!({"ClusterIds": [cluster]}));
        answer["ClusterStatusSet"][0]["ClusterState"].as_str().unwrap().to_owned()
    }

    pub(super) fn git_version(&mut self, cluster: &str) -> String {
        self.kube(cluster, "GET", "/version", Value::Null)["gitVersion"].as_str().unwrap().to_owned()
    }

    /// The releases of the kubelets.
    pub(super) fn kubelets(&mut self, cluster: &str) -> Vec<String> {
        let nodes = self.items(cluster, "/api/v1/nodes");
        nodes.iter().map(|node| node["status"]["nodeInfo"]["kubeletVersion"].as_str().unwrap().to_owned()).collect()
    }

    pub(super) fn progress(&mut self, cluster: &str) -> Value {
        self.ok("GetUpgradeInstanceProgress", json!({"ClusterId": cluster}))
    }

    pub(super) fn operate(&mut self, cluster: &str, operation: &str) {
        self.ok("UpgradeClusterInstances", json!({"ClusterId": cluster, "Operation": operation}));
    }

    /// A cluster with that many nodes, whose control plane is a version ahead of them.
    pub(super) fn ahead(&mut self, nodes: u64) -> (String, Vec<String>) {
        let id = self.running();
        let machines = self.add_nodes(&id, nodes);
        self.upgrade(&id, "1.12.4");
        (id, machines)
    }

    /// The tasks of that kind: their states and errors.
    pub(super) fn tasks(&mut self, cluster: &str, kind: &str) -> Vec<(String, String)> {
        let filter = json!([{"Name": "ClusterId", "Values": [cluster]}, {"Name": "TaskType", "Values": [kind]}]);
        let tasks = self.ok("DescribeTasks", json!({"Filter": filter}))["Tasks"].clone();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        tasks.as_array().unwrap().iter().map(|task| (text(&task["LifeState"]), text(&task["LastError"]))).collect()
    }

    /// Makes a workload with that many replicas and a budget of that many available pods.
    pub(super) fn guarded(&mut self, cluster: &str, replicas: u64, least: u64) {
        let spec = owned_pod("web", "100m")["spec"].clone();
        let template = json!({"metadata": {"labels": {"app": "web"}}, "spec": spec});
        let deployment = json!({
            "kind": "Deployment", "apiVersion": "apps/v1", "metadata": {"name": "web"},
            "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, "template": template},
        });
        self.kube(cluster, "POST", "/apis/apps/v1/namespaces/default/deployments", deployment);
        let budget = json!({
            "kind": "PodDisruptionBudget", "apiVersion": "policy/v1beta1", "metadata": {"name": "web"},
            "spec": {"minAvailable": least, "selector": {"matchLabels": {"app": "web"}}},
        });
        self.kube(cluster, "POST", "/apis/policy/v1beta1/namespaces/default/poddisruptionbudgets", budget);
        self.pass(30);
    }
}

pub(super) fn order(cluster: &str, nodes: &[String], kind: &str) -> Value {
    json!({"ClusterId": cluster, "Operation": "create", "UpgradeType": kind, "InstanceIds": nodes})
}

pub(super) fn with(mut request: Value, name: &str, value: Value) -> Value {
    request[name] = value;
    request
}

pub(super) fn states(progress: &Value) -> Vec<String> {
    let nodes = progress["Instances"].as_array().unwrap();
    nodes.iter().map(|node| node["LifeState"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_control_plane_is_upgraded_to_the_next_version_only() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let available = cloud.ok("DescribeAvailableClusterVersion", json!({"ClusterId": id}));
    assert_eq!(available["Versions"], json!(["1.12.4"]));
    assert_eq!(available["Clusters"], json!([{"ClusterId": id, "Versions": ["1.12.4"]}]));
    for wanted in ["1.14.3", "1.10.5", "1.8.13", "2.0.0", "v1.12.4-tke.9", "nonsense", "1.12.4-tke."] {
        let refusal = cloud.refusal("UpdateClusterVersion", json!({"ClusterId": id, "DstVersion": wanted}));
        assert_eq!((refusal.code.as_ref(), refusal.message.contains("DstVersion")), ("InvalidParameter.Param", true));
    }
    cloud.ok("UpdateClusterVersion", json!({"ClusterId": id, "DstVersion": "1.12.4"}));
    assert_eq!(cloud.state(&id), "Upgrading");
    assert_eq!(cloud.cluster(&id)["ClusterStatus"], "Upgrading");
    assert_eq!(cloud.git_version(&id), "v1.10.5-tke.1", "the API server comes after the checks");
    let components = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"];
    let updating = |cloud: &mut Cloud| -> Vec<&str> {
        components.into_iter().filter(|component| cloud.component(&id, component) == "updating").collect()
    };
    assert_eq!(updating(&mut cloud), [""; 0]);
    for (seconds, component) in [(90, components[0]), (120, components[1]), (60, components[2])] {
        cloud.pass(seconds);
        assert_eq!(updating(&mut cloud), [component]);
        let release = if component == components[0] { "v1.10.5-tke.1" } else { "v1.12.4-tke.2" };
        assert_eq!(cloud.git_version(&id), release);
    }
    let switch = json!({"ClusterId": id, "Component": "kube-scheduler", "Operation": "shutdown"});
    assert_eq!(cloud.code("ModifyMasterComponent", switch), "ResourceUnavailable");
    assert_eq!(cloud.state(&id), "Upgrading");
    cloud.pass(150);
    assert_eq!((cloud.state(&id), cloud.cluster(&id)["ClusterVersion"].clone()), ("Running".into(), json!("1.12.4")));
    assert_eq!(cloud.tasks(&id, "master_upgrade"), [("done".to_owned(), String::new())]);
    let several = cloud.ok("DescribeAvailableClusterVersion", json!({"ClusterIds": [id]}));
    assert_eq!((&several["Versions"], &several["Clusters"][0]["Versions"]), (&Value::Null, &json!(["1.14.3"])));
}

#[test]
fn nothing_is_done_to_a_cluster_whose_control_plane_is_being_upgraded() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let nodes = cloud.add_nodes(&id, 1);
    cloud.ok("UpdateClusterVersion", json!({"ClusterId": id, "DstVersion": "1.12.4"}));
    let again = json!({"ClusterId": id, "DstVersion": "1.12.4"});
    assert_eq!(cloud.code("UpdateClusterVersion", again), "ResourceUnavailable.ClusterState");
    let code = cloud.code("UpgradeClusterInstances", order(&id, &nodes, "major"));
    assert_eq!(code, "ResourceUnavailable.ClusterState");
    let remove = json!({"ClusterId": id, "InstanceIds": nodes, "InstanceDeleteMode": "terminate"});
    assert_eq!(cloud.code("DeleteClusterInstances", remove), "ResourceUnavailable");
    let existing = json!({"ClusterId": id, "InstanceIds": ["ins-default1"]});
    assert_eq!(cloud.code("AddExistedInstances", existing), "ResourceUnavailable");
    let rename = json!({"ClusterId": id, "ClusterName": "other"});
    assert_eq!(cloud.code("ModifyClusterAttribute", rename.clone()), "ResourceUnavailable");
    cloud.pass(CONTROL_PLANE);
    cloud.ok("ModifyClusterAttribute", rename);
}

#[test]
fn clusters_to_upgrade_exist_run_and_are_named_once() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let none = json!({"ClusterId": "cls-none"});
    assert_eq!(cloud.code("DescribeAvailableClusterVersion", none), "ResourceNotFound.ClusterNotFound");
    let both = json!({"ClusterId": id, "ClusterIds": [id]});
    for request in [both, json!({})] {
        assert_eq!(cloud.code("DescribeAvailableClusterVersion", request), "InvalidParameter.Param");
    }
    let missing = json!({"ClusterId": "cls-none", "DstVersion": "1.12.4"});
    assert_eq!(cloud.code("UpdateClusterVersion", missing), "ResourceNotFound");
    let coming = cloud.create("172.17.0.0/16");
    let early = json!({"ClusterId": coming, "DstVersion": "1.12.4"});
    assert_eq!(cloud.code("UpdateClusterVersion", early), "ResourceUnavailable.ClusterState");
    let early = json!({"ClusterId": coming});
    assert_eq!(cloud.code("DescribeAvailableClusterVersion", early), "ResourceUnavailable.ClusterInAbnormalStat");
}

#[test]
fn nodes_come_before_the_next_version() {
    let mut cloud = Cloud::new();
    let (id, nodes) = cloud.ahead(1);
    assert_eq!(cloud.kubelets(&id), ["v1.10.5-tke.1"], "the nodes keep their release");
    assert_eq!(cloud.ok("DescribeAvailableClusterVersion", json!({"ClusterId": id}))["Versions"], json!([]));
    let next = json!({"ClusterId": id, "DstVersion": "1.14.3"});
    assert_eq!(cloud.code("UpdateClusterVersion", next.clone()), "FailedOperation.ClusterUpgradeNodeVersion");
    cloud.ok("UpgradeClusterInstances", order(&id, &nodes, "major"));
    cloud.pass(120);
    assert_eq!(cloud.kubelets(&id), ["v1.12.4-tke.2"]);
    cloud.ok("UpdateClusterVersion", next);
}

#[test]
fn a_version_drops_arguments_and_a_revision_keeps_them() {
    let mut cloud = Cloud::new();
    let mut request = empty_cluster("172.16.0.0/16");
    request["ClusterBasicSettings"]["ClusterVersion"] = json!("1.14.3");
    request["ClusterAdvancedSettings"] = json!({"ExtraArgs": {"KubeScheduler": ["kube-api-qps=60"]}});
    let id = cloud.ok("CreateCluster", request)["ClusterId"].as_str().unwrap().to_owned();
    cloud.pass(60);
    let arguments = |cloud: &mut Cloud| {
        cloud.ok("DescribeClusterExtraArgs", json!({"ClusterId": id}))["ClusterExtraArgs"]["KubeScheduler"].clone()
    };
    cloud.upgrade(&id, "v1.14.3-tke.2");
    assert_eq!(cloud.git_version(&id), "v1.14.3-tke.2");
    assert_eq!(arguments(&mut cloud), json!(["kube-api-qps=60"]));
    cloud.upgrade(&id, "1.16.3");
    assert_eq!(arguments(&mut cloud), json!([]));
    let wrong = json!({"ClusterId": id, "DstVersion": "1.18.4", "ExtraArgs": {"KubeScheduler": ["kube-api-qps=9"]}});
    assert_eq!(cloud.code("UpdateClusterVersion", wrong), "InvalidParameter.Param");
    let given = json!({"ClusterId": id, "DstVersion": "1.18.4", "ExtraArgs": {"KubeScheduler": ["kube-api-qps=70"]}});
    cloud.ok("UpdateClusterVersion", given);
    cloud.pass(CONTROL_PLANE);
    assert_eq!(arguments(&mut cloud), json!(["kube-api-qps=70"]));
}

#[test]
fn a_failed_upgrade_leaves_the_version() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.world.fail_next(FailurePoint::ClusterUpgrade, "a component did not start");
    cloud.upgrade(&id, "1.12.4");
    assert_eq!(cloud.git_version(&id), "v1.10.5-tke.1");
    let failed = ("aborted".to_owned(), "a component did not start".to_owned());
    assert_eq!(cloud.tasks(&id, "master_upgrade"), [failed]);
    cloud.upgrade(&id, "1.12.4");
    assert_eq!(cloud.git_version(&id), "v1.12.4-tke.2");
}

#[test]
fn pods_that_are_not_ready_stop_an_upgrade_unless_the_checks_are_skipped() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    // The pods of the system wait for a node.
    let strict =
        |skip: bool| json!({"ClusterId": id, "DstVersion": "1.12.4", "MaxNotReadyPercent": 50, "SkipPreCheck": skip});
    cloud.ok("UpdateClusterVersion", strict(false));
    cloud.pass(30);
    assert_eq!((cloud.state(&id), cloud.git_version(&id)), ("Running".to_owned(), "v1.10.5-tke.1".to_owned()));
    assert!(cloud.tasks(&id, "master_upgrade")[0].1.contains("not ready"));
    cloud.ok("UpdateClusterVersion", strict(true));
    cloud.pass(CONTROL_PLANE);
    assert_eq!(cloud.git_version(&id), "v1.12.4-tke.2");
    let wrong = json!({"ClusterId": id, "DstVersion": "1.14.3", "MaxNotReadyPercent": 101});
    assert_eq!(cloud.code("UpdateClusterVersion", wrong), "InvalidParameter.Param");
}

#[test]
fn masters_are_upgraded_with_the_control_plane() {
    let mut cloud = Cloud::new();
    let para =
        json!({"InstanceType": "S5.LARGE8", "InstanceCount": 3, "VirtualPrivateCloud": super::place()}).to_string();
    let request = json!({
        "ClusterType": "INDEPENDENT_CLUSTER", "ClusterCIDRSettings": {"ClusterCIDR": "172.16.0.0/16"},
        "RunInstancesForNode": [{"NodeRole": "MASTER_ETCD", "RunInstancesPara": [para]}],
    });
    let id = cloud.ok("CreateCluster", request)["ClusterId"].as_str().unwrap().to_owned();
    cloud.pass(60);
    cloud.ok("UpdateClusterVersion", json!({"ClusterId": id, "DstVersion": "1.12.4"}));
    cloud.pass(300);
    assert_eq!(cloud.kubelets(&id), ["v1.10.5-tke.1"; 3], "the kubelets come after the other components");
    cloud.pass(120);
    assert_eq!(cloud.kubelets(&id), ["v1.12.4-tke.2"; 3]);
    let listed = cloud.ok("DescribeClusterInstanceIds", json!({"ClusterId": id, "InstanceRole": "MASTER_ETCD"}));
    let master = texts(&listed["InstanceIdSet"]);
    assert_eq!(cloud.code("UpgradeClusterInstances", order(&id, &master, "major")), "InvalidParameter.Param");
}

#[test]
fn tasks_are_listed_by_kind() {
    let mut cloud = Cloud::new();
    let (id, nodes) = cloud.ahead(2);
    cloud.ok("UpgradeClusterInstances", order(&id, &nodes, "major"));
    cloud.pass(600);
    let filter = |name: &str, value: &str| json!([{"Name": name, "Values": [value]}]);
    assert_eq!(cloud.code("DescribeTasks", json!({"Filter": filter("ClusterId", &id)})), "InvalidParameter.Param");
    assert_eq!(cloud.code("DescribeTasks", json!({"Filter": filter("TaskType", "lunch")})), "InvalidParameter.Param");
    assert_eq!(cloud.code("DescribeTasks", json!({"Filter": filter("Colour", "red")})), "InvalidParameter.Param");
    let all = cloud.ok("DescribeTasks", json!({"Filter": filter("TaskType", "node_upgrade")}))["Tasks"].clone();
    assert_eq!((all.as_array().unwrap().len(), &all[1]["TargetObj"]), (2, &json!(nodes[1])));
    assert_eq!((&all[0]["TaskType"], &all[0]["ClusterID"]), (&json!("node_upgrade"), &json!(id)));
    let last = json!({"Filter": filter("TaskType", "node_upgrade"), "Latest": true});
    assert_eq!(cloud.ok("DescribeTasks", last)["Tasks"], json!([all[1]]));
}
