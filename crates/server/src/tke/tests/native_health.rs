//! Health check policies, faults of machines, and repairs.

use super::Cloud;
use super::native_machines::{ready, running};
use super::native_pools::{instances, kube_node, make, modify, names, native, pool};
use crate::MachineFault;
use serde_json::{Value, json};

fn policy(cluster: &str, name: &str, rules: &[(&str, bool, bool)]) -> Value {
    let rules = rules
        .iter()
        .map(|(name, enabled, repairs)| json!({"Name": name, "Enabled": enabled, "AutoRepairEnabled": repairs}));
    json!({"ClusterId": cluster, "HealthCheckPolicy": {"Name": name, "Rules": rules.collect::<Vec<_>>()}})
}

/// A running native node whose pool follows a policy with those rules: cluster, pool, machine.
fn watched(cloud: &mut Cloud, auto_repair: bool, rules: &[(&str, bool, bool)]) -> (String, String, String) {
    let id = cloud.recent();
    native(cloud).ok("CreateHealthCheckPolicy", policy(&id, "test-all", rules));
    let changes = json!({"Replicas": 1, "AutoRepair": auto_repair, "HealthCheckPolicyName": "test-all"});
    let np = make(cloud, &id, changes);
    cloud.pass(60);
    let machine = names(cloud, &id)[0].clone();
    (id, np, machine)
}

fn condition(cloud: &mut Cloud, cluster: &str, machine: &str, kind: &str) -> String {
    let node = kube_node(cloud, cluster, machine);
    let conditions = node["status"]["conditions"].as_array().unwrap();
    let found = conditions.iter().find(|condition| condition["type"] == kind);
    found.map_or("none", |condition| condition["status"].as_str().unwrap()).to_owned()
}

fn events(cloud: &mut Cloud, cluster: &str, reason: &str) -> Vec<Value> {
    let events = cloud.items(cluster, "/api/v1/namespaces/default/events");
    events.into_iter().filter(|event| event["reason"] == reason).collect()
}

/// The table of the guide.
#[test]
fn the_template_is_the_table_of_the_guide() {
    let mut cloud = Cloud::new();
    let answer = native(&mut cloud).ok("DescribeHealthCheckTemplate", json!({}));
    let rules = answer["HealthCheckTemplate"]["Rules"].as_array().unwrap().clone();
    let text = |rule: &Value, field: &str| rule[field].as_str().unwrap().to_owned();
    let shown: Vec<(String, String, String)> =
        rules.iter().map(|rule| (text(rule, "Name"), text(rule, "Severity"), text(rule, "RepairAction"))).collect();
    let expected = [
        ("FDPressure", "low", ""),
        ("RuntimeUnhealthy", "low", "RestartRuntime"),
        ("KubeletUnhealthy", "low", "RestartKubelet"),
        ("ReadonlyFilesystem", "high", ""),
        ("OOMKilling", "high", ""),
        ("TaskHung", "high", ""),
        ("UnregisterNetDevice", "high", ""),
        ("KernelOopsDivideError", "high", ""),
        ("KernelOopsNULLPointer", "high", ""),
        ("Ext4Error", "high", ""),
        ("Ext4Warning", "high", ""),
        ("IOError", "high", ""),
        ("MemoryError", "high", ""),
        ("DockerHung", "high", ""),
        ("KubeletRestart", "low", ""),
    ];
    assert_eq!(
        shown,
        expected.map(|(name, severity, action)| (name.to_owned(), severity.to_owned(), action.to_owned()))
    );
    for rule in &rules {
        assert_eq!(rule["ShouldRepair"], rule["RepairAction"] != "", "{rule}");
    }
}

#[test]
fn policies_are_made_changed_listed_and_deleted() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    let answer = native(&mut cloud).ok("CreateHealthCheckPolicy", policy(&id, "NP1", &[("FDPressure", true, false)]));
    assert_eq!(answer["HealthCheckPolicyName"], "NP1");
    native(&mut cloud).ok("CreateHealthCheckPolicy", policy(&id, "NP2", &[]));
    let list = |cloud: &mut Cloud, more: Value| {
        let answer =
            native(cloud).ok("DescribeHealthCheckPolicies", super::native_pools::with(json!({"ClusterId": id}), more));
        (answer["HealthCheckPolicies"].clone(), answer["TotalCount"].clone())
    };
    let rules = json!([{"Name": "FDPressure", "Enabled": true, "AutoRepairEnabled": false}]);
    let filter = json!({"Filters": [{"Name": "HealthCheckPolicyName", "Values": ["NP1"]}]});
    assert_eq!(list(&mut cloud, filter), (json!([{"Name": "NP1", "Rules": rules}]), json!(1)));
    assert_eq!(list(&mut cloud, json!({"Limit": 1})).1, 2);
    native(&mut cloud).ok("ModifyHealthCheckPolicy", policy(&id, "NP1", &[("KubeletUnhealthy", true, true)]));
    assert_eq!(list(&mut cloud, json!({})).0[0]["Rules"][0]["Name"], "KubeletUnhealthy");
    let delete = |name: &str| json!({"ClusterId": id, "HealthCheckPolicyName": name});
    native(&mut cloud).ok("DeleteHealthCheckPolicy", delete("NP1"));
    assert_eq!(list(&mut cloud, json!({})).1, 1);
    assert_eq!(native(&mut cloud).code("DeleteHealthCheckPolicy", delete("NP1")), "ResourceNotFound");
    assert_eq!(native(&mut cloud).code("ModifyHealthCheckPolicy", policy(&id, "NP1", &[])), "ResourceNotFound");
    let wrong = json!({"ClusterId": id, "Filters": [{"Name": "Colour", "Values": ["red"]}]});
    assert_eq!(native(&mut cloud).code("DescribeHealthCheckPolicies", wrong), "InvalidParameter.Param");
}

#[test]
fn policies_that_break_a_rule_are_refused() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    native(&mut cloud).ok("CreateHealthCheckPolicy", policy(&id, "there", &[]));
    for (name, rules, code) in [
        ("new", vec![("Weather", true, false)], "InvalidParameter.Param"),
        ("new", vec![("FDPressure", true, false), ("FDPressure", true, false)], "InvalidParameter.Param"),
        ("new", vec![("FDPressure", true, true)], "InvalidParameter.Param"),
        ("a b", vec![], "InvalidParameter.Param"),
        ("", vec![], "MissingParameter"),
        ("there", vec![], "FailedOperation"),
    ] {
        assert_eq!(native(&mut cloud).code("CreateHealthCheckPolicy", policy(&id, name, &rules)), code, "{name}");
    }
    let code = native(&mut cloud).code("CreateHealthCheckPolicy", policy("cls-none", "new", &[]));
    assert_eq!(code, "ResourceNotFound");
}

#[test]
fn a_policy_that_a_pool_follows_stays() {
    let mut cloud = Cloud::new();
    let (id, np, _) = watched(&mut cloud, true, &[]);
    let answer = native(&mut cloud).ok("DescribeHealthCheckPolicyBindings", json!({"ClusterId": id}));
    let binding = &answer["HealthCheckPolicyBindings"][0];
    assert_eq!((&binding["Name"], &binding["NodePools"]), (&json!("test-all"), &json!([np])));
    assert_eq!(binding["CreatedAt"], "2024-06-01 08:01:00");
    let delete = json!({"ClusterId": id, "HealthCheckPolicyName": "test-all"});
    assert_eq!(native(&mut cloud).code("DeleteHealthCheckPolicy", delete.clone()), "FailedOperation");
    modify(&mut cloud, &id, &np, json!({"Native": {"HealthCheckPolicyName": ""}}));
    assert_eq!(pool(&mut cloud, &id, &np)["Native"]["HealthCheckPolicyName"], "");
    native(&mut cloud).ok("DeleteHealthCheckPolicy", delete);
}

#[test]
fn a_broken_kubelet_is_found_and_restarted() {
    let mut cloud = Cloud::new();
    let (id, np, machine) = watched(&mut cloud, true, &[("KubeletUnhealthy", true, true)]);
    assert_eq!(condition(&mut cloud, &id, &machine, "KubeletUnhealthy"), "False");
    assert!(cloud.world.break_machine(&machine, MachineFault::Kubelet));
    assert!(!cloud.world.break_machine(&machine, MachineFault::Kubelet), "it is broken already");
    let node = kube_node(&mut cloud, &id, &machine);
    assert_eq!((&ready(&node)["status"], &ready(&node)["reason"]), (&json!("Unknown"), &json!("NodeStatusUnknown")));
    let listed = instances(&mut cloud, &id)[0].clone();
    assert_eq!((&listed["InstanceState"], &listed["Native"]["MachineState"]), (&json!("failed"), &json!("Failed")));
    assert!(listed["FailedReason"].as_str().unwrap().contains("Kubelet stopped posting node status"));
    cloud.pass(59);
    assert_eq!(condition(&mut cloud, &id, &machine, "KubeletUnhealthy"), "False", "it has not lasted long enough");
    cloud.pass(1);
    assert_eq!(condition(&mut cloud, &id, &machine, "KubeletUnhealthy"), "True");
    let warning = events(&mut cloud, &id, "KubeletUnhealthy").remove(0);
    assert_eq!((&warning["type"], &warning["involvedObject"]["kind"]), (&json!("Warning"), &json!("Node")));
    assert_eq!(events(&mut cloud, &id, "RestartKubelet").len(), 1);
    cloud.pass(30);
    assert_eq!(condition(&mut cloud, &id, &machine, "KubeletUnhealthy"), "False");
    assert_eq!(ready(&kube_node(&mut cloud, &id, &machine))["status"], "True");
    assert_eq!(instances(&mut cloud, &id)[0]["InstanceState"], "running");
    assert_eq!(pool(&mut cloud, &id, &np)["Native"]["ReadyReplicas"], 1);
}

#[test]
fn a_broken_runtime_is_restarted_with_its_containers() {
    let mut cloud = Cloud::new();
    let (id, _, machine) = watched(&mut cloud, true, &[("RuntimeUnhealthy", true, true)]);
    cloud.kube(&id, "POST", super::PODS, super::owned_pod("web", "100m"));
    cloud.pass(5);
    cloud.world.break_machine(&machine, MachineFault::Runtime);
    let node = kube_node(&mut cloud, &id, &machine);
    assert_eq!((&ready(&node)["status"], &ready(&node)["reason"]), (&json!("False"), &json!("KubeletNotReady")));
    cloud.pass(90);
    assert_eq!(ready(&kube_node(&mut cloud, &id, &machine))["status"], "True");
    assert_eq!(events(&mut cloud, &id, "RestartRuntime").len(), 1);
    assert_eq!(cloud.items(&id, super::PODS)[0]["status"]["containerStatuses"][0]["restartCount"], 1);
}

#[test]
fn nothing_is_repaired_unless_pool_and_rule_say_so() {
    for (auto_repair, rule, found) in [
        (false, ("KubeletUnhealthy", true, true), "True"),
        (true, ("KubeletUnhealthy", true, false), "True"),
        (true, ("KubeletUnhealthy", false, true), "none"),
    ] {
        let mut cloud = Cloud::new();
        let (id, _, machine) = watched(&mut cloud, auto_repair, &[rule]);
        cloud.world.break_machine(&machine, MachineFault::Kubelet);
        cloud.pass(200);
        assert_eq!(condition(&mut cloud, &id, &machine, "KubeletUnhealthy"), found);
        assert_eq!(ready(&kube_node(&mut cloud, &id, &machine))["status"], "Unknown");
        assert!(events(&mut cloud, &id, "RestartKubelet").is_empty());
    }
}

#[test]
fn a_fault_without_a_repair_is_reported_until_the_machine_reboots() {
    let mut cloud = Cloud::new();
    let rules = [("ReadonlyFilesystem", true, false), ("IOError", true, false)];
    let (id, _, machine) = watched(&mut cloud, true, &rules);
    cloud.world.break_machine(&machine, MachineFault::ReadonlyFilesystem);
    cloud.world.break_machine(&machine, MachineFault::Io);
    cloud.pass(60);
    assert_eq!(condition(&mut cloud, &id, &machine, "ReadonlyFilesystem"), "True");
    assert_eq!(ready(&kube_node(&mut cloud, &id, &machine))["status"], "True", "the node is ready nevertheless");
    native(&mut cloud).ok("RebootMachines", json!({"ClusterId": id, "MachineNames": [machine]}));
    cloud.pass(60);
    assert_eq!(condition(&mut cloud, &id, &machine, "ReadonlyFilesystem"), "False");
    assert_eq!(condition(&mut cloud, &id, &machine, "IOError"), "True", "a disk that fails does so after a reboot");
}

#[test]
fn a_policy_that_comes_later_finds_the_fault() {
    let mut cloud = Cloud::new();
    let (id, np, machines) = running(&mut cloud, 1);
    cloud.world.break_machine(&machines[0], MachineFault::Kubelet);
    cloud.pass(200);
    assert_eq!(condition(&mut cloud, &id, &machines[0], "KubeletUnhealthy"), "none", "nothing checks for it");
    native(&mut cloud).ok("CreateHealthCheckPolicy", policy(&id, "late", &[]));
    modify(&mut cloud, &id, &np, json!({"Native": {"HealthCheckPolicyName": "late", "AutoRepair": true}}));
    native(&mut cloud).ok("ModifyHealthCheckPolicy", policy(&id, "late", &[("KubeletUnhealthy", true, true)]));
    cloud.pass(90);
    assert_eq!(ready(&kube_node(&mut cloud, &id, &machines[0]))["status"], "True");
    native(&mut cloud).ok("ModifyHealthCheckPolicy", policy(&id, "late", &[]));
    assert_eq!(condition(&mut cloud, &id, &machines[0], "KubeletUnhealthy"), "False");
}

#[test]
fn a_fault_that_is_over_in_time_is_not_found() {
    let mut cloud = Cloud::new();
    let (id, _, machine) = watched(&mut cloud, true, &[("KubeletUnhealthy", true, true)]);
    cloud.world.break_machine(&machine, MachineFault::Kubelet);
    native(&mut cloud).ok("RebootMachines", json!({"ClusterId": id, "MachineNames": [machine], "StopType": "hard"}));
    cloud.pass(120);
    assert_eq!(condition(&mut cloud, &id, &machine, "KubeletUnhealthy"), "False");
    assert!(events(&mut cloud, &id, "KubeletUnhealthy").is_empty());
    assert_eq!(ready(&kube_node(&mut cloud, &id, &machine))["status"], "True");
}

#[test]
fn nodes_of_the_machine_service_break_and_are_not_repaired() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    let machines = cloud.add_nodes(&id, 1);
    assert!(!cloud.world.break_machine("ins-none", MachineFault::Kubelet));
    assert!(cloud.world.break_machine(&machines[0], MachineFault::Kubelet));
    cloud.pass(200);
    let listed = instances(&mut cloud, &id)[0].clone();
    assert_eq!((&listed["NodeType"], &listed["InstanceState"]), (&json!("Regular"), &json!("failed")));
    assert_eq!(cloud.nodes(&id)[0]["InstanceState"], "failed");
    assert_eq!(ready(&kube_node(&mut cloud, &id, &machines[0]))["status"], "Unknown");
    cloud.world.repair_machine(&machines[0], MachineFault::Kubelet);
    assert_eq!(cloud.nodes(&id)[0]["InstanceState"], "running");
    assert_eq!(ready(&kube_node(&mut cloud, &id, &machines[0]))["status"], "True");
}
