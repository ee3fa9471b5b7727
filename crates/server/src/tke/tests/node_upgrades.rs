//! Upgrades of nodes: one after another, drained as budgets allow; what pauses, ends and cancels them.

use super::upgrades::{order, states, with};
use super::{Cloud, PODS, empty_cluster, pod};
use serde_json::{Value, json};

#[test]
fn nodes_are_upgraded_one_after_another() {
    let mut cloud = Cloud::new();
    let (id, nodes) = cloud.ahead(2);
    cloud.ok("UpgradeClusterInstances", order(&id, &nodes, "major"));
    assert_eq!(
        (cloud.state(&id), cloud.cluster(&id)["ClusterStatus"].clone()),
        ("NodeUpgrading".into(), json!("NodeUpgrading"))
    );
    let progress = cloud.progress(&id);
    assert_eq!(
        (&progress["LifeState"], &progress["Total"], &progress["Done"]),
        (&json!("process"), &json!(2), &json!(0))
    );
    assert_eq!(states(&progress), ["process", "pending"]);
    cloud.pass(5);
    let shown = cloud.items(&id, "/api/v1/nodes");
    assert_eq!(shown[0]["spec"]["unschedulable"], true, "the node takes no more pods");
    assert_eq!(shown[1]["spec"]["unschedulable"], false);
    assert_eq!(cloud.nodes(&id)[0]["DrainStatus"], "draining");
    cloud.pass(60);
    assert_eq!(states(&cloud.progress(&id)), ["done", "process"]);
    assert_eq!(cloud.kubelets(&id), ["v1.12.4-tke.2", "v1.10.5-tke.1"]);
    assert_eq!(cloud.items(&id, "/api/v1/nodes")[0]["spec"]["unschedulable"], false);
    cloud.pass(120);
    let progress = cloud.progress(&id);
    assert_eq!((&progress["LifeState"], &progress["Done"]), (&json!("done"), &json!(2)));
    assert_eq!(cloud.kubelets(&id), ["v1.12.4-tke.2", "v1.12.4-tke.2"]);
    assert_eq!((cloud.state(&id), cloud.nodes(&id)[0]["DrainStatus"].clone()), ("Running".to_owned(), json!("")));
    let steps = progress["Instances"][0]["Detail"].as_array().unwrap();
    let names: Vec<&str> = steps.iter().map(|step| step["Step"].as_str().unwrap()).collect();
    assert_eq!(names, ["PreCheck", "DrainNode", "UpgradeComponents", "PostCheck"]);
    assert!(steps.iter().all(|step| step["LifeState"] == "success" && step["EndAt"].is_string()));
    let page = cloud.ok("GetUpgradeInstanceProgress", json!({"ClusterId": id, "Offset": 1, "Limit": 1}));
    assert_eq!((&page["Total"], &page["Instances"][0]["InstanceID"]), (&json!(2), &json!(nodes[1])));
    assert_eq!(cloud.tasks(&id, "node_upgrade_ctl"), [("done".to_owned(), String::new())]);
    assert_eq!(cloud.tasks(&id, "node_upgrade").len(), 2);
}

#[test]
fn nodes_are_upgraded_in_batches() {
    let mut cloud = Cloud::new();
    let (id, nodes) = cloud.ahead(3);
    let batches = with(order(&id, &nodes, "major"), "Concurrent", json!(2));
    for wrong in [0, 16, -1] {
        let request = with(batches.clone(), "Concurrent", json!(wrong));
        assert_eq!(cloud.code("UpgradeClusterInstances", request), "InvalidParameter.Param");
    }
    cloud.ok("UpgradeClusterInstances", batches);
    assert_eq!(states(&cloud.progress(&id)), ["process", "process", "pending"]);
    cloud.pass(600);
    assert_eq!(states(&cloud.progress(&id)), ["done", "done", "done"]);
}

#[test]
fn a_reset_installs_the_machine_anew_and_keeps_labels() {
    let mut cloud = Cloud::new();
    let (id, nodes) = cloud.ahead(2);
    let name = cloud.items(&id, "/api/v1/nodes")[0]["metadata"]["name"].as_str().unwrap().to_owned();
    let patch = json!({"metadata": {"labels": {"tier": "db"}}, "spec": {"taints": [{"key": "k", "value": "v", "effect": "PreferNoSchedule"}]}});
    let path = format!("/api/v1/nodes/{name}");
    let parameters = json!({"Method": "PATCH", "Path": path, "ClusterName": id, "RequestBody": patch.to_string(),
        "ContentType": "application/merge-patch+json"});
    cloud.ok("ForwardRequest", parameters);
    let taint = json!({"Key": "rack", "Value": "7", "Effect": "PreferNoSchedule"});
    let settings = json!({"Labels": [{"Name": "rack", "Value": "7"}], "Taints": [taint]});
    let reset = json!({"InstanceAdvancedSettings": settings, "SecurityGroupIds": ["sg-other"]});
    let in_place = with(order(&id, &nodes[..1], "major"), "ResetParam", reset.clone());
    assert_eq!(cloud.code("UpgradeClusterInstances", in_place), "InvalidParameter.Param");
    let wrong = json!({"InstanceAdvancedSettings": {"Taints": [{"Key": "k", "Value": "v", "Effect": "Maybe"}]}});
    let wrong = with(order(&id, &nodes[..1], "reset"), "ResetParam", wrong);
    assert_eq!(cloud.code("UpgradeClusterInstances", wrong), "InvalidParameter.Param");
    cloud.ok("UpgradeClusterInstances", with(order(&id, &nodes[..1], "reset"), "ResetParam", reset));
    cloud.pass(40);
    let node = cloud.kube(&id, "GET", &path, Value::Null);
    assert_eq!(node["status"]["conditions"][0]["status"], "False", "the machine is being installed, the object stays");
    assert_eq!(cloud.nodes(&id)[0]["InstanceState"], "initializing");
    cloud.pass(200);
    let node = cloud.kube(&id, "GET", &path, Value::Null);
    assert_eq!(node["status"]["conditions"][0]["status"], "True");
    assert_eq!(node["status"]["nodeInfo"]["kubeletVersion"], "v1.12.4-tke.2");
    assert_eq!((&node["metadata"]["labels"]["tier"], &node["metadata"]["labels"]["rack"]), (&json!("db"), &json!("7")));
    assert_eq!((&node["spec"]["taints"][0]["key"], &node["spec"]["taints"][1]["key"]), (&json!("k"), &json!("rack")));
    assert_eq!(node["spec"]["unschedulable"], false);
    let daemons = cloud.items(&id, &format!("/api/v1/pods?fieldSelector=spec.nodeName={name}"));
    assert!(daemons.iter().filter(|pod| pod["metadata"]["ownerReferences"][0]["kind"] == "DaemonSet").count() >= 2);
    let filter = json!({"Filters": [{"Name": "security-group-id", "Values": ["sg-other"]}]});
    assert_eq!(cloud.ok("DescribeExistedInstances", filter)["ExistedInstanceSet"][0]["InstanceId"], json!(nodes[0]));
}

#[test]
fn each_method_is_for_its_distance() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let nodes = cloud.add_nodes(&id, 1);
    let able = |cloud: &mut Cloud, kind: &str| {
        let answer = cloud.ok("CheckInstancesUpgradeAble", json!({"ClusterId": id, "UpgradeType": kind}));
        answer["Total"].as_u64().unwrap()
    };
    for kind in ["reset", "hot", "major"] {
        assert_eq!(able(&mut cloud, kind), 0);
        assert_eq!(cloud.code("UpgradeClusterInstances", order(&id, &nodes, kind)), "InvalidParameter.Param");
    }
    cloud.upgrade(&id, "v1.10.5-tke.2");
    assert_eq!((able(&mut cloud, "hot"), able(&mut cloud, "major"), able(&mut cloud, "reset")), (1, 0, 0));
    let check = cloud.ok("CheckInstancesUpgradeAble", json!({"ClusterId": id}));
    assert_eq!((&check["ClusterVersion"], &check["LatestVersion"]), (&json!("v1.10.5-tke.2"), &json!("v1.10.5-tke.2")));
    assert_eq!(check["UpgradeAbleInstances"][0]["Version"], "v1.10.5-tke.1");
    cloud.kube(&id, "POST", PODS, pod("alone", "100m"));
    cloud.pass(5);
    cloud.ok("UpgradeClusterInstances", order(&id, &nodes, "hot"));
    cloud.pass(60);
    assert_eq!(cloud.kubelets(&id), ["v1.10.5-tke.2"]);
    assert_eq!(cloud.items(&id, PODS).len(), 1, "a revision comes without a drain");
    cloud.upgrade(&id, "1.12.4");
    assert_eq!((able(&mut cloud, "hot"), able(&mut cloud, "major"), able(&mut cloud, "reset")), (0, 1, 1));
    let check = cloud.ok("CheckInstancesUpgradeAble", json!({"ClusterId": id, "UpgradeType": "hot"}));
    assert_eq!(check["UnavailableVersionReason"][0]["InstanceId"], json!(nodes[0]));
    assert_eq!(
        cloud.code("CheckInstancesUpgradeAble", json!({"ClusterId": id, "UpgradeType": "x"})),
        "InvalidParameter.Param"
    );
}

#[test]
fn nodes_to_upgrade_are_chosen_by_filters() {
    let mut cloud = Cloud::new();
    let (id, nodes) = cloud.ahead(2);
    let shown = cloud.items(&id, "/api/v1/nodes")[1]["metadata"]["name"].clone();
    let mut count = |name: &str, value: &Value| {
        let filter = json!([{"Name": name, "Values": [value]}]);
        match cloud.call("CheckInstancesUpgradeAble", json!({"ClusterId": id, "Filter": filter})) {
            Ok(answer) => answer["Total"].to_string(),
            Err(refusal) => refusal.code.into_owned(),
        }
    };
    assert_eq!(count("instanceId", &json!(nodes[0])), "1");
    assert_eq!((count("hostname", &shown), count("ip", &shown)), ("1".to_owned(), "1".to_owned()));
    assert_eq!(count("label", &json!("none=1")), "0");
    assert_eq!(count("colour", &json!("red")), "InvalidParameter.Param");
    let page = cloud.ok("CheckInstancesUpgradeAble", json!({"ClusterId": id, "Offset": 1, "Limit": 1}));
    assert_eq!((&page["Total"], page["UpgradeAbleInstances"].as_array().unwrap().len()), (&json!(2), 1));
    let unknown = json!({"ClusterId": id, "InstanceIds": ["ins-none"]});
    assert_eq!(cloud.code("CheckInstancesUpgradeAble", unknown), "ResourceNotFound");
    assert_eq!(
        cloud.code("CheckInstancesUpgradeAble", json!({"ClusterId": "cls-none"})),
        "ResourceNotFound.ClusterNotFound"
    );
}

#[test]
fn orders_that_cannot_be_are_refused() {
    let mut cloud = Cloud::new();
    let (id, nodes) = cloud.ahead(1);
    let good = order(&id, &nodes, "major");
    for (name, value, code) in [
        ("Operation", json!("stop"), "InvalidParameter.Param"),
        ("UpgradeType", json!("warm"), "InvalidParameter.Param"),
        ("UpgradeType", Value::Null, "MissingParameter"),
        ("InstanceIds", json!([]), "InvalidParameter.Param"),
        ("InstanceIds", json!([nodes[0], nodes[0]]), "InvalidParameter.Param"),
        ("InstanceIds", json!(["ins-none"]), "ResourceNotFound"),
        ("MaxNotReadyPercent", json!(-1), "InvalidParameter.Param"),
        ("ClusterId", json!("cls-none"), "InternalError.ClusterNotFound"),
    ] {
        assert_eq!(
            cloud.code("UpgradeClusterInstances", with(good.clone(), name, value.clone())),
            code,
            "{name} {value}"
        );
    }
    assert_eq!(cloud.code("GetUpgradeInstanceProgress", json!({"ClusterId": id})), "InternalError.TaskNotFound");
    let pause = json!({"ClusterId": id, "Operation": "pause"});
    assert_eq!(cloud.code("UpgradeClusterInstances", pause), "InternalError.TaskNotFound");
}

#[test]
fn a_workload_must_keep_a_pod() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let nodes = cloud.add_nodes(&id, 1);
    cloud.guarded(&id, 1, 0);
    cloud.kube(&id, "POST", PODS, pod("alone", "100m"));
    cloud.add_nodes(&id, 1);
    cloud.upgrade(&id, "1.12.4");
    cloud.ok("UpgradeClusterInstances", order(&id, &nodes, "reset"));
    cloud.pass(5);
    let progress = cloud.progress(&id);
    assert_eq!((progress["LifeState"].clone(), states(&progress)), (json!("paused"), vec!["paused".into()]));
    assert_eq!(cloud.state(&id), "Pause");
    let check = &progress["Instances"][0]["CheckResult"];
    assert_eq!(check["CheckPass"], false);
    let item = &check["Items"][0];
    assert_eq!((&item["WorkLoadKind"], &item["WorkLoadName"]), (&json!("Deployment"), &json!("web")));
    assert_eq!((&item["Before"], &item["After"]), (&json!(1), &json!(0)));
    assert_eq!(check["SinglePods"], json!(["alone"]));
    assert!(progress["Instances"][0]["Detail"][0]["FailedMsg"].as_str().unwrap().contains("web"));
    // A second replica on the other node lets the check pass.
    let scale = json!({"Method": "PATCH", "Path": "/apis/apps/v1/namespaces/default/deployments/web", "ClusterName": id,
        "RequestBody": json!({"spec": {"replicas": 3}}).to_string(), "ContentType": "application/merge-patch+json"});
    cloud.ok("ForwardRequest", scale);
    cloud.pass(10);
    cloud.operate(&id, "resume");
    cloud.pass(600);
    assert_eq!(cloud.progress(&id)["LifeState"], "done");
    assert_eq!(cloud.kubelets(&id), ["v1.12.4-tke.2", "v1.10.5-tke.1"]);
    assert_eq!(cloud.items(&id, PODS).iter().filter(|pod| pod["metadata"]["name"] == "alone").count(), 0);
}

#[test]
fn the_one_pod_of_the_disk_controller_holds_no_drain_back() {
    let mut cloud = Cloud::new();
    let mut new = empty_cluster("172.16.0.0/16");
    new["ClusterBasicSettings"]["ClusterVersion"] = json!("1.18.4");
    let id = cloud.ok("CreateCluster", new)["ClusterId"].as_str().unwrap().to_owned();
    cloud.pass(60);
    let nodes = cloud.add_nodes(&id, 2);
    let pods = cloud.items(&id, "/api/v1/namespaces/kube-system/pods");
    let name = |pod: &Value| pod["metadata"]["name"].as_str().unwrap().to_owned();
    assert_eq!(pods.iter().filter(|pod| name(pod).starts_with("csi-cbs-controller-")).count(), 1);
    cloud.upgrade(&id, "1.20.6");
    cloud.ok("UpgradeClusterInstances", order(&id, &nodes, "major"));
    cloud.pass(600);
    assert_eq!(cloud.progress(&id)["LifeState"], "done");
    assert_eq!(cloud.kubelets(&id), ["v1.20.6-tke.2", "v1.20.6-tke.2"]);
}

#[test]
fn checks_can_be_skipped() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let nodes = cloud.add_nodes(&id, 1);
    cloud.guarded(&id, 1, 0);
    cloud.upgrade(&id, "1.12.4");
    cloud.ok("UpgradeClusterInstances", with(order(&id, &nodes, "major"), "SkipPreCheck", json!(true)));
    cloud.pass(120);
    let progress = cloud.progress(&id);
    assert_eq!(
        (&progress["LifeState"], &progress["Instances"][0]["CheckResult"]["CheckPass"]),
        (&json!("done"), &json!(true))
    );
}

#[test]
fn a_budget_holds_the_drain_back_until_it_is_too_late() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let nodes = cloud.add_nodes(&id, 1);
    cloud.guarded(&id, 2, 2);
    let more = cloud.add_nodes(&id, 1);
    cloud.upgrade(&id, "1.12.4");
    let all = [nodes[0].clone(), more[0].clone()];
    let skip = with(order(&id, &all, "major"), "SkipPreCheck", json!(true));
    cloud.ok("UpgradeClusterInstances", skip.clone());
    cloud.pass(300);
    let progress = cloud.progress(&id);
    assert_eq!(progress["Instances"][0]["Detail"][1]["LifeState"], "running", "the drain waits for the budget");
    assert_eq!(cloud.items(&id, PODS).len(), 2);
    assert_eq!(cloud.kubelets(&id)[0], "v1.10.5-tke.1");
    cloud.pass(400);
    let progress = cloud.progress(&id);
    assert_eq!(
        (progress["LifeState"].clone(), states(&progress)),
        (json!("timeout"), vec!["timeout".into(), "aborted".into()])
    );
    assert!(progress["Instances"][0]["Detail"][1]["FailedMsg"].as_str().unwrap().contains("default/web"));
    assert_eq!(cloud.items(&id, "/api/v1/nodes")[0]["spec"]["unschedulable"], false, "the node takes pods again");
    let (state, error) = cloud.tasks(&id, "node_upgrade_ctl")[0].clone();
    assert_eq!((state.as_str(), error.contains("could not be drained")), ("timeout", true));
    // A budget that leaves room lets the pods go one by one.
    let relax = json!({"Method": "PATCH", "Path": "/apis/policy/v1beta1/namespaces/default/poddisruptionbudgets/web",
        "ClusterName": id, "RequestBody": json!({"spec": {"minAvailable": 1}}).to_string(),
        "ContentType": "application/merge-patch+json"});
    cloud.ok("ForwardRequest", relax);
    cloud.ok("UpgradeClusterInstances", skip);
    cloud.pass(600);
    assert_eq!(cloud.progress(&id)["LifeState"], "done");
    assert_eq!(cloud.kubelets(&id), ["v1.12.4-tke.2", "v1.12.4-tke.2"]);
}

#[test]
fn an_upgrade_of_nodes_is_paused_resumed_and_aborted() {
    let mut cloud = Cloud::new();
    let (id, nodes) = cloud.ahead(3);
    cloud.ok("UpgradeClusterInstances", order(&id, &nodes, "major"));
    assert_eq!(
        cloud.code("UpgradeClusterInstances", order(&id, &nodes, "major")),
        "FailedOperation.TaskAlreadyRunning"
    );
    let resume = json!({"ClusterId": id, "Operation": "resume"});
    assert_eq!(cloud.code("UpgradeClusterInstances", resume), "FailedOperation.TaskLifeStateError");
    cloud.operate(&id, "pause");
    assert_eq!(cloud.progress(&id)["LifeState"], "pauing", "the node that has begun is finished first");
    cloud.pass(120);
    let progress = cloud.progress(&id);
    assert_eq!(
        (progress["LifeState"].clone(), states(&progress)),
        (json!("paused"), vec!["done".into(), "pending".into(), "pending".into()])
    );
    assert_eq!(cloud.state(&id), "Pause");
    assert_eq!(
        cloud.code("UpgradeClusterInstances", order(&id, &nodes[1..], "major")),
        "FailedOperation.TaskAlreadyRunning"
    );
    cloud.operate(&id, "resume");
    cloud.pass(10);
    assert_eq!(cloud.items(&id, "/api/v1/nodes")[1]["spec"]["unschedulable"], true);
    cloud.operate(&id, "abort");
    let progress = cloud.progress(&id);
    assert_eq!(
        (progress["LifeState"].clone(), states(&progress)),
        (json!("aborted"), vec!["done".into(), "aborted".into(), "aborted".into()])
    );
    assert_eq!(cloud.items(&id, "/api/v1/nodes")[1]["spec"]["unschedulable"], false);
    let abort = json!({"ClusterId": id, "Operation": "abort"});
    assert_eq!(cloud.code("UpgradeClusterInstances", abort), "FailedOperation.TaskLifeStateError");
    cloud.pass(600);
    assert_eq!(cloud.kubelets(&id), ["v1.12.4-tke.2", "v1.10.5-tke.1", "v1.10.5-tke.1"]);
    cloud.ok("UpgradeClusterInstances", order(&id, &nodes[1..], "major"));
    cloud.pass(600);
    assert_eq!(cloud.kubelets(&id), ["v1.12.4-tke.2"; 3]);
}

#[test]
fn a_node_whose_machine_is_being_changed_is_finished() {
    let mut cloud = Cloud::new();
    let (id, nodes) = cloud.ahead(2);
    cloud.ok("UpgradeClusterInstances", order(&id, &nodes, "major"));
    cloud.pass(30);
    cloud.operate(&id, "abort");
    assert_eq!(states(&cloud.progress(&id)), ["process", "aborted"]);
    assert_eq!(cloud.state(&id), "NodeUpgrading");
    cloud.pass(60);
    assert_eq!(states(&cloud.progress(&id)), ["done", "aborted"]);
    assert_eq!(cloud.kubelets(&id), ["v1.12.4-tke.2", "v1.10.5-tke.1"]);
    assert_eq!(cloud.state(&id), "Running");
}

#[test]
fn a_node_that_leaves_is_passed_over() {
    let mut cloud = Cloud::new();
    let (id, nodes) = cloud.ahead(2);
    cloud.ok("UpgradeClusterInstances", order(&id, &nodes, "major"));
    let remove = json!({"ClusterId": id, "InstanceIds": [nodes[0]], "InstanceDeleteMode": "terminate"});
    cloud.ok("DeleteClusterInstances", remove);
    cloud.pass(200);
    let progress = cloud.progress(&id);
    assert_eq!(
        (progress["LifeState"].clone(), states(&progress)),
        (json!("done"), vec!["aborted".into(), "done".into()])
    );
    assert_eq!(cloud.kubelets(&id), ["v1.12.4-tke.2"]);
}

#[test]
fn unready_pods_delay_the_next_node() {
    let mut cloud = Cloud::new();
    let (id, nodes) = cloud.ahead(2);
    for number in 0..3 {
        cloud.kube(&id, "POST", PODS, pod(&format!("huge-{number}"), "64"));
    }
    let strict = with(order(&id, &nodes, "major"), "MaxNotReadyPercent", json!(5));
    cloud.ok("UpgradeClusterInstances", strict);
    cloud.pass(200);
    let progress = cloud.progress(&id);
    assert_eq!(progress["Instances"][0]["Detail"][3]["LifeState"], "running", "more than 5 % of the pods wait");
    assert_eq!(progress["ClusterStatus"]["NotReadyPod"], 3);
    cloud.pass(600);
    let progress = cloud.progress(&id);
    assert_eq!(
        (progress["LifeState"].clone(), states(&progress)),
        (json!("timeout"), vec!["timeout".into(), "aborted".into()])
    );
    let any = with(order(&id, &nodes[1..], "major"), "MaxNotReadyPercent", json!(0));
    cloud.ok("UpgradeClusterInstances", any);
    cloud.pass(200);
    assert_eq!(cloud.progress(&id)["LifeState"], "done", "0 is no limit");
}
