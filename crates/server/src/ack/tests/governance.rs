//! Policies, protection, permissions, repair policies, tags, instances of add-ons.
//!
//! Meanings and limits are those of alibabacloud_cs20151215 7.2.3 (`models/`).

use super::{Cloud, OLD, none, of, text};
use serde_json::{Value, json};

fn deploy(id: &str, policy: &str, action: &str, more: Value) -> Value {
    let mut order = json!({"ClusterId": id, "PolicyName": policy, "action": action});
    order.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    order
}

fn pod(name: &str, image: &str, privileged: bool) -> Value {
    json!({"metadata": {"name": name}, "spec": {"containers": [
        {"name": "main", "image": image, "securityContext": {"privileged": privileged}},
    ]}})
}

const PODS: &str = "/api/v1/namespaces/default/pods";
const SERVICES: &str = "/api/v1/namespaces/default/services";

#[test]
fn the_library_has_policies_by_category() {
    let mut cloud = Cloud::new();
    let library = cloud.ok("DescribePolicies", none());
    assert!(library["k8s-general"].as_array().unwrap().contains(&json!("ACKAllowedRepos")));
    let details = cloud.ok("DescribePolicyDetails", json!({"PolicyName": "ACKAllowedRepos"}));
    assert_eq!((&details["category"], &details["no_config"]), (&json!("k8s-general"), &json!(0)));
    assert!(text(&details["template"]).contains("ConstraintTemplate"));
    let other = cloud.ok("DescribePolicyDetails", json!({"PolicyName": "ACKPSPPrivilegedContainer"}));
    assert_eq!((&other["category"], &other["no_config"]), (&json!("psp"), &json!(1)));
    assert_eq!(cloud.code("DescribePolicyDetails", json!({"PolicyName": "nothing"})), "InvalidParameter");
}

#[test]
fn a_deployed_policy_refuses_what_violates_it() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let parameters = json!({"parameters": {"repos": ["registry.example/"]}});
    let instance =
        cloud.ok("DeployPolicyInstance", deploy(&id, "ACKAllowedRepos", "deny", parameters))["instances"][0].clone();
    let (status, refusal) = cloud.kubernetes(&id, "POST", PODS, &pod("a", "nginx:1", false));
    assert_eq!((status, &refusal["reason"]), (403, &json!("Forbidden")));
    assert!(text(&refusal["message"]).contains(&text(&instance)), "{refusal}");
    assert_eq!(cloud.kubernetes(&id, "POST", PODS, &pod("b", "registry.example/nginx:1", false)).0, 201);
    let shown = cloud.ok("DescribePolicyInstances", of(&id))[0].clone();
    assert_eq!(
        (&shown["instance_name"], &shown["policy_action"], &shown["policy_scope"]),
        (&instance, &json!("deny"), &json!("*"))
    );
    assert_eq!(shown["policy_parameters"], "{\"repos\":[\"registry.example/\"]}");
    let governance = cloud.ok("DescribePolicyGovernanceInCluster", of(&id));
    assert_eq!(governance["Violation"]["totalViolations"]["deny"], json!([{"severity": "high", "violations": "1"}]));
    let log = &governance["admit_log"]["logs"][0];
    assert_eq!((&log["constraint_name"], &log["resource_name"]), (&instance, &json!("a")));
    cloud.ok("DeletePolicyInstance", json!({"ClusterId": id, "PolicyName": "ACKAllowedRepos"}));
    assert_eq!(cloud.kubernetes(&id, "POST", PODS, &pod("a", "nginx:1", false)).0, 201);
    assert_eq!(cloud.ok("DescribePolicyInstances", of(&id)), json!([]));
}

#[test]
fn a_policy_warns_counts_for_its_namespaces_and_is_changed() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let name = "ACKPSPPrivilegedContainer";
    let instance = cloud.ok("DeployPolicyInstance", deploy(&id, name, "warn", json!({})))["instances"][0].clone();
    assert_eq!(cloud.kubernetes(&id, "POST", PODS, &pod("a", "nginx:1", true)).0, 201);
    let status = cloud.ok("DescribePolicyInstancesStatus", of(&id));
    assert_eq!(status["instances_severity_count"], json!({"high": 1, "medium": 0, "low": 0}));
    let governance = cloud.ok("DescribePolicyGovernanceInCluster", of(&id));
    assert_eq!(governance["Violation"]["violations"]["warn"][0]["violations"], 1);
    assert_eq!(governance["on_state"][0], json!({"severity": "high", "total": 5, "enabled_count": 1}));
    assert_eq!(cloud.ok("DescribePolicyInstances", of(&id))[0]["total_violations"], 1);
    let change = deploy(&id, name, "deny", json!({"instance_name": instance, "namespaces": ["default"]}));
    assert_eq!(cloud.ok("ModifyPolicyInstance", change)["instances"], json!([instance]));
    assert_eq!(cloud.ok("DescribePolicyInstances", of(&id))[0]["policy_scope"], "default");
    assert_eq!(cloud.kubernetes(&id, "POST", PODS, &pod("b", "nginx:1", true)).0, 403);
    let elsewhere = PODS.replace("default", "kube-public");
    assert_eq!(cloud.kubernetes(&id, "POST", &elsewhere, &pod("b", "nginx:1", true)).0, 201);
}

#[test]
fn policies_are_about_services_labels_namespaces_and_processes_too() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let service = |kind: &str| json!({"metadata": {"name": kind.to_lowercase()}, "spec": {"type": kind, "ports": [{"port": 80}]}});
    let mut shared = pod("shared", "nginx:1", false);
    shared["spec"]["hostPID"] = json!(true);
    let restricted = json!({"parameters": {"restrictedNamespaces": ["default"]}});
    for (policy, more, path, object) in [
        ("ACKBlockLoadBalancer", json!({}), SERVICES, service("LoadBalancer")),
        ("ACKBlockNodePort", json!({}), SERVICES, service("NodePort")),
        ("ACKRequiredLabels", json!({"parameters": {"labels": [{"key": "app"}]}}), PODS, pod("a", "nginx:1", false)),
        ("ACKPSPHostNamespace", json!({}), PODS, shared),
        ("ACKRestrictNamespaces", restricted, SERVICES, service("ClusterIP")),
    ] {
        cloud.ok("DeployPolicyInstance", deploy(&id, policy, "deny", more));
        assert_eq!(cloud.kubernetes(&id, "POST", path, &object).0, 403, "{policy}");
        cloud.ok("DeletePolicyInstance", json!({"ClusterId": id, "PolicyName": policy}));
        assert_eq!(cloud.kubernetes(&id, "POST", path, &object).0, 201, "{policy}");
    }
}

#[test]
fn what_is_said_of_policies_is_checked() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    for wrong in [
        deploy(&id, "nothing", "deny", json!({})),
        deploy(&id, "ACKAllowedRepos", "deny", json!({})),
        deploy(&id, "ACKAllowedRepos", "refuse", json!({"parameters": {"repos": ["a"]}})),
        deploy(&id, "ACKBlockNodePort", "deny", json!({"parameters": {"repos": ["a"]}})),
    ] {
        assert_eq!(cloud.code("DeployPolicyInstance", wrong), "InvalidParameter");
    }
    for operation in ["ModifyPolicyInstance", "DeletePolicyInstance"] {
        let order = json!({"ClusterId": id, "PolicyName": "ACKBlockNodePort"});
        assert_eq!(cloud.code(operation, order), "InvalidParameter", "nothing is deployed");
    }
    let elsewhere = deploy("nothing", "ACKBlockNodePort", "deny", json!({}));
    assert_eq!(cloud.code("DeployPolicyInstance", elsewhere), "ErrorClusterNotFound");
}

#[test]
fn protected_objects_are_not_deleted() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let namespace = json!({"metadata": {"name": "shop"}});
    assert_eq!(cloud.kubernetes(&id, "POST", "/api/v1/namespaces", &namespace).0, 201);
    let service = json!({"metadata": {"name": "web"}, "spec": {"ports": [{"port": 80}]}});
    let services = SERVICES.replace("default", "shop");
    assert_eq!(cloud.kubernetes(&id, "POST", &services, &service).0, 201);
    let protect = |kind: &str, name: &str, enable: bool| json!({"ClusterId": id, "resource_type": kind, "namespace": "shop", "resources": [name], "enable": enable});
    for (kind, name, path) in
        [("services", "web", format!("{services}/web")), ("namespaces", "shop", "/api/v1/namespaces/shop".to_owned())]
    {
        let answer = cloud.ok("UpdateResourcesDeleteProtection", protect(kind, name, true));
        assert_eq!((&answer["protection"], &answer["resources"]), (&json!("true"), &json!([name])));
        let asked = json!({"ClusterId": id, "ResourceType": kind, "namespace": "shop", "resources": name});
        assert_eq!(cloud.ok("DescribeResourcesDeleteProtection", asked.clone())[0]["protection"], true);
        assert_eq!(cloud.kubernetes(&id, "DELETE", &path, &Value::Null).0, 403, "{kind}");
        cloud.ok("UpdateResourcesDeleteProtection", protect(kind, name, false));
        assert_eq!(cloud.ok("DescribeResourcesDeleteProtection", asked)[0]["protection"], false);
        assert_eq!(cloud.kubernetes(&id, "DELETE", &path, &Value::Null).0, 200, "{kind}");
    }
}

#[test]
fn protection_is_for_namespaces_and_services_that_exist() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let all = cloud.ok("DescribeResourcesDeleteProtection", json!({"ClusterId": id, "ResourceType": "namespaces"}));
    assert!(all.as_array().unwrap().iter().any(|one| one["name"] == "kube-system"));
    let services = json!({"ClusterId": id, "ResourceType": "services"});
    assert_eq!(cloud.code("DescribeResourcesDeleteProtection", services), "MissingParameter");
    for (kind, names) in [("pods", json!(["a"])), ("services", json!(["nothing"])), ("namespaces", json!(["nothing"]))]
    {
        let order = json!({"ClusterId": id, "resource_type": kind, "resources": names, "enable": true});
        assert_eq!(cloud.code("UpdateResourcesDeleteProtection", order), "InvalidParameter", "{kind}");
    }
}

#[test]
fn permissions_are_bindings_in_the_cluster() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let grant = |role: &str, kind: &str, namespace: &str| json!({"cluster": id, "role_name": role, "role_type": kind, "namespace": namespace, "is_ram_role": false});
    let path = "/apis/rbac.authorization.k8s.io/v1";
    let cluster_binding = format!("{path}/clusterrolebindings/200000000001-clusterrolebinding");
    let binding = format!("{path}/namespaces/default/rolebindings/200000000001-rolebinding");
    let to = |body: Value| json!({"Uid": "200000000001", "body": body});
    cloud.ok("GrantPermissions", to(json!([grant("ops", "cluster", ""), grant("dev", "namespace", "default")])));
    let bound = cloud.kubernetes(&id, "GET", &cluster_binding, &Value::Null).1;
    assert_eq!((&bound["roleRef"]["name"], &bound["subjects"][0]["name"]), (&json!("cs:ops"), &json!("200000000001")));
    assert_eq!(cloud.kubernetes(&id, "GET", &binding, &Value::Null).1["roleRef"]["name"], "cs:ns:dev");
    let shown = cloud.ok("DescribeUserPermission", json!({"Uid": "200000000001"}));
    assert_eq!(
        shown[0],
        json!({"resource_id": id, "resource_type": "cluster", "role_name": "", "role_type": "ops", "is_owner": 0, "is_ram_role": 0})
    );
    assert_eq!(
        (&shown[1]["resource_id"], &shown[1]["resource_type"]),
        (&json!(format!("{id}/default")), &json!("namespace"))
    );
    cloud.ok("GrantPermissions", to(json!([grant("restricted", "namespace", "default")])));
    assert_eq!(cloud.kubernetes(&id, "GET", &cluster_binding, &Value::Null).0, 404, "the permissions are replaced");
    assert_eq!(cloud.kubernetes(&id, "GET", &binding, &Value::Null).1["roleRef"]["name"], "cs:ns:restricted");
}

#[test]
fn a_user_may_do_what_was_permitted() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let review = |verb: &str| json!({"spec": {"user": "2", "resourceAttributes": {"verb": verb, "resource": "pods", "namespace": "default"}}});
    let may = |cloud: &mut Cloud, verb: &str| {
        let path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
        cloud.kubernetes(&id, "POST", path, &review(verb)).1["status"]["allowed"] == true
    };
    assert!(!may(&mut cloud, "get"));
    let grant = |mode: &str, role: &str| {
        let body = json!([{"cluster": id, "role_name": role, "role_type": "namespace", "namespace": "default"}]);
        json!({"Uid": "2", "mode": mode, "body": body})
    };
    cloud.ok("UpdateUserPermissions", grant("patch", "restricted"));
    assert_eq!((may(&mut cloud, "get"), may(&mut cloud, "create")), (true, false));
    cloud.ok("UpdateUserPermissions", grant("patch", "dev"));
    assert!(may(&mut cloud, "create"));
    cloud.ok("UpdateUserPermissions", grant("delete", "dev"));
    assert!(!may(&mut cloud, "get"));
    let everywhere = json!([{"cluster": "", "role_name": "admin", "role_type": "all-clusters"}]);
    cloud.ok("GrantPermissions", json!({"Uid": "2", "body": everywhere}));
    assert!(may(&mut cloud, "create"));
    assert_eq!(cloud.ok("DescribeUserPermission", json!({"Uid": "2"}))[0]["resource_id"], "all-clusters");
    cloud.ok("CleanUserPermissions", json!({"Uid": "2", "Force": true}));
    assert!(!may(&mut cloud, "get"));
    assert_eq!(cloud.ok("DescribeUserPermission", json!({"Uid": "2"})), json!([]));
}

#[test]
fn roles_are_for_their_scopes() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let grant = |role: &str, kind: &str, cluster: &str, namespace: &str| json!([{"cluster": cluster, "role_name": role, "role_type": kind, "namespace": namespace}]);
    for wrong in [
        grant("admin", "namespace", &id, "default"),
        grant("admin-view", "all-clusters", "", ""),
        grant("king", "cluster", &id, ""),
        grant("ops", "cluster", &id, "default"),
        grant("dev", "namespace", &id, "nothing"),
        grant("ops", "all-clusters", &id, ""),
    ] {
        assert_eq!(cloud.code("GrantPermissions", json!({"Uid": "2", "body": wrong})), "InvalidParameter", "{wrong}");
    }
    assert_eq!(cloud.code("DescribeUserPermission", json!({"Uid": "someone"})), "InvalidParameter");
    let unknown = json!({"Uid": "2", "body": grant("ops", "cluster", "nothing", "")});
    assert_eq!(cloud.code("GrantPermissions", unknown), "ErrorClusterNotFound");
}

#[test]
fn repair_policies_are_created_changed_and_deleted() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let rules = json!([{
        "incidents": [{"name": "Node.FaultNeedReboot.NodeNotReady", "type": "system"}],
        "repair_procedure": [{"name": "RestartNode", "intervention": {"enable": true, "type": "InquiringViaNodeLabel"}}],
    }]);
    let order = json!({"ClusterId": id, "name": "restart", "resource_type": "nodepool", "resource_sub_type": "ess", "rules": rules});
    let policy = cloud.ok("CreateAutoRepairPolicy", order.clone())["policy_id"].clone();
    assert_eq!(cloud.code("CreateAutoRepairPolicy", order), "InvalidParameter", "the name is taken");
    let this = json!({"ClusterId": id, "PolicyId": policy});
    let shown = cloud.ok("DescribeAutoRepairPolicy", this.clone());
    assert_eq!((&shown["rules"], &shown["resource_type"]), (&rules, &json!("nodepool")));
    cloud.ok("ModifyAutoRepairPolicy", json!({"ClusterId": id, "PolicyId": policy, "name": "other"}));
    let listed = cloud.ok("ListAutoRepairPolicies", of(&id))["items"].clone();
    assert_eq!((&listed[0]["name"], &listed[0]["rules"]), (&json!("other"), &rules));
    cloud.ok("DeleteAutoRepairPolicy", this.clone());
    for operation in ["DescribeAutoRepairPolicy", "ModifyAutoRepairPolicy", "DeleteAutoRepairPolicy"] {
        assert_eq!(cloud.code(operation, this.clone()), "InvalidParameter", "{operation}");
    }
    assert_eq!(cloud.code("CreateAutoRepairPolicy", of(&id)), "MissingParameter");
}

#[test]
fn tags_of_clusters_are_set_listed_and_taken_away() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let about = |more: Value| {
        let mut order = json!({"region_id": "cn-beijing", "resource_type": "CLUSTER", "resource_ids": [id]});
        order.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        order
    };
    cloud.ok("TagResources", about(json!({"tags": [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]})));
    cloud.ok("TagResources", about(json!({"tags": [{"key": "a", "value": "3"}]})));
    assert_eq!(cloud.detail(&id)["tags"], json!([{"key": "a", "value": "3"}, {"key": "b", "value": "2"}]));
    let list = |cloud: &mut Cloud, more: Value| {
        cloud.ok("ListTagResources", about(more))["tag_resources"]["tag_resource"].as_array().unwrap().clone()
    };
    assert_eq!(list(&mut cloud, json!({})).len(), 2);
    let found = list(&mut cloud, json!({"tags": [{"key": "a"}]}));
    assert_eq!(found, [json!({"resource_id": id, "resource_type": "CLUSTER", "tag_key": "a", "tag_value": "3"})]);
    cloud.ok("UntagResources", about(json!({"tag_keys": ["a"], "all": true})));
    assert_eq!(list(&mut cloud, json!({})).len(), 1, "all counts without keys alone");
    cloud.ok("UntagResources", about(json!({"tag_keys": [], "all": true})));
    assert!(list(&mut cloud, json!({})).is_empty());
    let many: Vec<Value> = (0..21).map(|place| json!({"key": format!("k{place}"), "value": "v"})).collect();
    for wrong in [
        json!({"tags": many}),
        json!({"tags": [{"key": "a", "value": ""}]}),
        json!({"tags": [{"key": "acs:a", "value": "1"}]}),
        json!({"tags": [{"key": "a", "value": "http://x"}]}),
        json!({"tags": [{"key": "a", "value": "1"}], "resource_type": "NODE"}),
        json!({"tags": [{"key": "a", "value": "1"}], "region_id": "cn-hangzhou"}),
    ] {
        assert_eq!(cloud.code("TagResources", about(wrong.clone())), "InvalidParameter", "{wrong}");
    }
    assert_eq!(cloud.code("TagResources", about(json!({}))), "MissingParameter");
    let unknown = about(json!({"resource_ids": ["nothing"], "tags": [{"key": "a", "value": "1"}]}));
    assert_eq!(cloud.code("TagResources", unknown), "ErrorClusterNotFound");
}

#[test]
fn instances_of_add_ons_have_states_and_settings() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.pass(60);
    cloud.ok("InstallClusterAddons", json!({"ClusterId": id, "body": [{"name": "logtail-ds", "version": ""}]}));
    let instance = json!({"ClusterId": id, "InstanceName": "logtail-ds"});
    let older = json!({"ClusterId": id, "AddonName": "logtail-ds"});
    let states = |cloud: &mut Cloud| {
        let newer = cloud.ok("GetClusterAddonInstance", instance.clone())["state"].clone();
        (newer, cloud.ok("DescribeClusterAddonInstance", older.clone())["state"].clone())
    };
    assert_eq!(states(&mut cloud), (json!("updating"), json!("initial")));
    cloud.pass(20);
    assert_eq!(states(&mut cloud), (json!("active"), json!("active")));
    let modify = |config: &str| json!({"ClusterId": id, "ComponentId": "logtail-ds", "config": config});
    cloud.ok("ModifyClusterAddon", modify("{\"cpu\":\"1\"}"));
    assert_eq!(states(&mut cloud), (json!("updating"), json!("updating")));
    assert_eq!(cloud.code("ModifyClusterAddon", modify("{}")), "ErrorClusterState", "it is being changed");
    cloud.pass(20);
    assert_eq!(cloud.ok("GetClusterAddonInstance", instance.clone())["config"], "{\"cpu\":\"1\"}");
    assert_eq!(cloud.code("ModifyClusterAddon", modify("[]")), "InvalidParameter");
    let list = cloud.ok("ListClusterAddonInstances", of(&id))["addons"].as_array().unwrap().clone();
    assert!(list.iter().any(|one| one["name"] == "logtail-ds" && one["state"] == "active"));
    cloud.ok("UnInstallClusterAddons", json!({"ClusterId": id, "addons": [{"name": "logtail-ds"}]}));
    assert_eq!(states(&mut cloud), (json!("deleting"), json!("deleting")));
    cloud.pass(10);
    assert_eq!(cloud.code("DescribeClusterAddonInstance", older), "AddonNotFound");
}

#[test]
fn add_ons_are_offered_for_a_cluster_or_for_a_kind_of_cluster() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let offers = cloud.ok("ListAddons", json!({"cluster_id": id}))["addons"].as_array().unwrap().clone();
    let offer = |name: &str| offers.iter().find(|one| one["name"] == name).unwrap().clone();
    assert_eq!((&offer("coredns")["category"], &offer("logtail-ds")["category"]), (&json!("core"), &json!("monitor")));
    assert_eq!(
        (&offer("coredns")["install_by_default"], &offer("ack-arena")["install_by_default"]),
        (&json!(true), &json!(false))
    );
    let kind = json!({
        "region_id": "cn-beijing", "cluster_type": "ManagedKubernetes", "profile": "Default",
        "cluster_spec": "ack.standard", "cluster_version": OLD,
    });
    assert_eq!(cloud.ok("ListAddons", kind.clone())["addons"], json!(offers));
    let mut whole = kind.clone();
    whole.as_object_mut().unwrap().remove("profile");
    assert_eq!(cloud.code("ListAddons", whole), "MissingParameter");
    let mut wrong = kind;
    wrong["cluster_version"] = json!("1.1");
    assert_eq!(cloud.code("ListAddons", wrong), "InvalidParameter");
    assert_eq!(cloud.code("ListAddons", json!({"cluster_id": "nothing"})), "ErrorClusterNotFound");
    let older = json!({"AddonName": "coredns", "cluster_id": id, "version": "1.6.2"});
    let addon = cloud.ok("DescribeAddon", older);
    assert_eq!((&addon["version"], &addon["newer_versions"][0]["version"]), (&json!("1.6.2"), &json!("1.6.7")));
    assert_eq!(cloud.code("DescribeAddon", json!({"AddonName": "nothing", "cluster_id": id})), "AddonNotFound");
    let unknown = json!({"AddonName": "coredns", "cluster_id": id, "version": "9"});
    assert_eq!(cloud.code("DescribeAddon", unknown), "InvalidParameter");
}
