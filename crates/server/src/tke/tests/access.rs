//! Who may do what in the Kubernetes of a cluster.

use super::{Cloud, DEVELOPER, OPERATOR, PODS, pod};
use serde_json::{Value, json};

const BINDINGS: &str = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";
const ROLES: &str = "/apis/rbac.authorization.k8s.io/v1/clusterroles";
const ACCOUNT: &str = "100000000001";

impl Cloud {
    /// The answer of the API server to a request of the sub-account.
    fn kube_as(&mut self, user: &'static str, cluster: &str, method: &str, path: &str, body: Value) -> Value {
        self.sub = Some(user);
        let answer = self.kube(cluster, method, path, body);
        self.sub = None;
        answer
    }

    /// The code of the API server's refusal; 0 if it did not refuse.
    fn status_as(&mut self, user: &'static str, cluster: &str, method: &str, path: &str, body: Value) -> u64 {
        self.kube_as(user, cluster, method, path, body)["code"].as_u64().unwrap_or_default()
    }

    fn grant(&mut self, user: &str, permissions: Value) {
        self.ok("GrantUserPermissions", json!({"TargetUin": user, "Permissions": permissions}));
    }

    fn permissions(&mut self, user: &str) -> Vec<Value> {
        let answer = self.ok("DescribeUserPermissions", json!({"TargetUin": user}));
        answer["Permissions"].as_array().unwrap().clone()
    }

    /// The token in the kubeconfig of a user, and the user of Kubernetes that it stands for.
    fn token(&mut self, user: Option<&'static str>, cluster: &str) -> String {
        self.sub = user;
        let answer = self.ok("DescribeClusterKubeconfig", json!({"ClusterId": cluster}));
        self.sub = None;
        let config = answer["Kubeconfig"].as_str().unwrap();
        config.lines().find_map(|line| line.trim().strip_prefix("token: ")).unwrap().to_owned()
    }

    fn user_of(&mut self, cluster: &str, token: &str) -> Option<String> {
        let realm = self.world.tke(self.account, self.region);
        let cluster = realm.running_cluster(cluster).unwrap();
        cluster.engine.user_of_token(cluster, token).map(|user| user.name)
    }

    fn common_name(&mut self, cluster: &str, user: &str) -> String {
        let request = json!({"ClusterId": cluster, "SubaccountUins": [user]});
        let answer = self.ok("DescribeClusterCommonNames", request);
        answer["CommonNames"][0]["CN"].as_str().unwrap().to_owned()
    }
}

fn of_cluster(cluster: &str, role: &str) -> Value {
    json!({"ClusterId": cluster, "RoleName": role, "RoleType": "cluster", "IsCustom": false})
}

fn of_namespace(cluster: &str, role: &str, namespace: &str) -> Value {
    json!({"ClusterId": cluster, "RoleName": role, "RoleType": "namespace", "Namespace": namespace, "IsCustom": false})
}

#[test]
fn a_sub_account_has_a_kubeconfig_of_its_own_without_rights() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let own = cloud.token(Some(DEVELOPER), &id);
    assert_ne!(own, cloud.token(None, &id));
    assert_eq!(own, cloud.token(Some(DEVELOPER), &id), "it is issued once");
    assert_eq!(cloud.user_of(&id, &own).unwrap(), format!("{DEVELOPER}-1717200060"));
    let refused = cloud.kube_as(DEVELOPER, &id, "GET", PODS, Value::Null);
    assert_eq!(
        refused["message"],
        format!(
            "pods is forbidden: User \"{DEVELOPER}-1717200060\" cannot list resource \"pods\" in API group \"\" in the \
             namespace \"default\""
        )
    );
    let review = json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {"verb": "list", "resource": "pods", "namespace": "default"}}});
    let path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    assert_eq!(cloud.kube_as(DEVELOPER, &id, "POST", path, review.clone())["status"]["allowed"], false);
    cloud.grant(DEVELOPER, json!([of_namespace(&id, "tke:ns:ro", "default")]));
    assert_eq!(cloud.kube_as(DEVELOPER, &id, "POST", path, review)["status"]["allowed"], true);
}

#[test]
fn the_credentials_of_the_administrator_are_not_given_to_sub_accounts() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let admin = cloud.ok("DescribeClusterSecurity", json!({"ClusterId": id}));
    assert_eq!(admin["UserName"], "admin");
    cloud.sub = Some(DEVELOPER);
    let own = cloud.ok("DescribeClusterSecurity", json!({"ClusterId": id}));
    cloud.sub = None;
    assert_eq!(own["UserName"], format!("{DEVELOPER}-1717200060"));
    assert_eq!(own["Password"].as_str().unwrap(), cloud.token(Some(DEVELOPER), &id));
    assert!(!own["Kubeconfig"].as_str().unwrap().contains(admin["Password"].as_str().unwrap()));
}

#[test]
fn the_account_and_the_creator_are_administrators() {
    let mut cloud = Cloud::new();
    cloud.sub = Some(OPERATOR);
    let id = cloud.create("172.16.0.0/16");
    cloud.pass(60);
    assert_eq!(cloud.kube(&id, "GET", "/api/v1/nodes", Value::Null)["kind"], "NodeList");
    cloud.sub = None;
    let bindings = cloud.items(&id, BINDINGS);
    let admins: Vec<&Value> = bindings.iter().filter(|binding| binding["roleRef"]["name"] == "tke:admin").collect();
    assert_eq!(admins.len(), 2);
    for (binding, user, nickname) in [(admins[0], ACCOUNT, ACCOUNT), (admins[1], OPERATOR, "operator")] {
        assert_eq!(binding["metadata"]["labels"], json!({"cloud.tencent.com/tke-account": user}));
        let annotations = json!({"cloud.tencent.com/tke-account-nickname": nickname});
        assert_eq!(binding["metadata"]["annotations"], annotations);
        assert_eq!(binding["subjects"][0]["name"], format!("{user}-1717200060"));
    }
    // Their rights last even if the binding is deleted.
    let name = admins[1]["metadata"]["name"].as_str().unwrap();
    cloud.kube(&id, "DELETE", &format!("{BINDINGS}/{name}"), Value::Null);
    assert_eq!(cloud.kube_as(OPERATOR, &id, "GET", "/api/v1/nodes", Value::Null)["kind"], "NodeList");
    assert_eq!(cloud.status_as(DEVELOPER, &id, "GET", "/api/v1/nodes", Value::Null), 403);
}

#[test]
fn preset_roles_have_a_label() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    for role in ["tke:admin", "tke:ops", "tke:dev", "tke:ro", "tke:ns:dev", "tke:ns:ro"] {
        let found = cloud.kube(&id, "GET", &format!("{ROLES}/{role}"), Value::Null);
        assert_eq!(found["metadata"]["labels"], json!({"cloud.tencent.com/tke-rbac-generated": "true"}), "{role}");
    }
    assert_eq!(cloud.kube(&id, "GET", &format!("{ROLES}/view"), Value::Null)["metadata"]["labels"], Value::Null);
}

#[test]
fn permissions_decide_what_a_user_may_do() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let all = "/api/v1/pods";
    cloud.grant(DEVELOPER, json!([of_cluster(&id, "tke:ro")]));
    assert_eq!(cloud.status_as(DEVELOPER, &id, "GET", all, Value::Null), 0);
    assert_eq!(cloud.status_as(DEVELOPER, &id, "POST", PODS, pod("a", "100m")), 403);
    // The list is complete: what is not in it is taken away.
    cloud.grant(DEVELOPER, json!([of_namespace(&id, "tke:ns:dev", "default")]));
    assert_eq!(cloud.status_as(DEVELOPER, &id, "GET", all, Value::Null), 403);
    assert_eq!(cloud.status_as(DEVELOPER, &id, "POST", PODS, pod("a", "100m")), 0);
    assert_eq!(cloud.status_as(DEVELOPER, &id, "GET", "/api/v1/namespaces/kube-system/pods", Value::Null), 403);
    assert_eq!(cloud.permissions(DEVELOPER), [of_namespace(&id, "tke:ns:dev", "default")]);
    cloud.grant(DEVELOPER, json!([]));
    assert_eq!(cloud.permissions(DEVELOPER), [] as [Value; 0]);
    assert_eq!(cloud.status_as(DEVELOPER, &id, "GET", PODS, Value::Null), 403);
}

#[test]
fn own_roles_can_be_granted() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let rules = json!([{"apiGroups": [""], "resources": ["nodes"], "verbs": ["get", "list"]}]);
    let role = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
        "metadata": {"name": "test-clusterrole"}, "rules": rules});
    let mut own = of_cluster(&id, "test-clusterrole");
    own["IsCustom"] = json!(true);
    let request = json!({"TargetUin": DEVELOPER, "Permissions": [own]});
    assert_eq!(cloud.code("GrantUserPermissions", request.clone()), "InvalidParameter.Param");
    cloud.kube(&id, "POST", ROLES, role);
    cloud.ok("GrantUserPermissions", request);
    assert_eq!(cloud.kube_as(DEVELOPER, &id, "GET", "/api/v1/nodes", Value::Null)["kind"], "NodeList");
    own["Namespace"] = json!("");
    assert_eq!(cloud.permissions(DEVELOPER), [own]);
    // A binding that was made with kubectl counts, too.
    let common_name = cloud.common_name(&id, DEVELOPER);
    let binding = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
        "metadata": {"name": "by-hand"}, "roleRef": {"kind": "ClusterRole", "name": "view"},
        "subjects": [{"kind": "User", "name": common_name}, {"kind": "User", "name": "somebody"}]});
    cloud.kube(&id, "POST", BINDINGS, binding);
    assert!(cloud.permissions(DEVELOPER).iter().any(|one| one["RoleName"] == "view" && one["IsCustom"] == true));
    cloud.grant(DEVELOPER, json!([]));
    let left = cloud.kube(&id, "GET", &format!("{BINDINGS}/by-hand"), Value::Null);
    assert_eq!(left["subjects"].as_array().unwrap().len(), 1, "others keep theirs");
}

#[test]
fn permissions_that_cannot_be_are_refused() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let code = |cloud: &mut Cloud, user: &str, permission: Value| {
        cloud.code("GrantUserPermissions", json!({"TargetUin": user, "Permissions": [permission]}))
    };
    let good = of_cluster(&id, "tke:ro");
    assert_eq!(code(&mut cloud, "100000000099", good.clone()), "InvalidParameter.Param");
    assert_eq!(code(&mut cloud, ACCOUNT, good.clone()), "InvalidParameter.Param");
    assert_eq!(code(&mut cloud, DEVELOPER, of_cluster("cls-nothing0", "tke:ro")), "ResourceNotFound.ClusterNotFound");
    let mut preset_as_own = good.clone();
    preset_as_own["IsCustom"] = json!(true);
    let without_namespace =
        json!({"ClusterId": id, "RoleName": "tke:ns:ro", "RoleType": "namespace", "IsCustom": false});
    let mut with_namespace = good.clone();
    with_namespace["Namespace"] = json!("default");
    for wrong in [
        of_cluster(&id, "tke:ns:ro"),
        of_cluster(&id, "tke:boss"),
        of_namespace(&id, "tke:ro", "default"),
        of_namespace(&id, "tke:ns:ro", "nowhere"),
        preset_as_own,
        without_namespace,
        with_namespace,
    ] {
        assert_eq!(code(&mut cloud, DEVELOPER, wrong.clone()), "InvalidParameter.Param", "{wrong}");
    }
    let many: Vec<Value> = (0..101).map(|_| good.clone()).collect();
    let request = json!({"TargetUin": DEVELOPER, "Permissions": many});
    assert_eq!(cloud.code("GrantUserPermissions", request), "InvalidParameter.Param");
    assert_eq!(cloud.permissions(DEVELOPER), [] as [Value; 0]);
    assert_eq!(cloud.code("DescribeUserPermissions", json!({"TargetUin": "1"})), "InvalidParameter.Param");
}

#[test]
fn only_administrators_grant() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let request = json!({"TargetUin": DEVELOPER, "Permissions": [of_cluster(&id, "tke:ro")]});
    cloud.sub = Some(OPERATOR);
    assert_eq!(cloud.code("GrantUserPermissions", request.clone()), "UnauthorizedOperation.CamNoAuth");
    cloud.ok("AcquireClusterAdminRole", json!({"ClusterId": id}));
    cloud.ok("GrantUserPermissions", request);
    // Not for itself.
    let own = json!({"TargetUin": OPERATOR, "Permissions": []});
    assert_eq!(cloud.code("GrantUserPermissions", own), "InvalidParameter.Param");
    cloud.sub = None;
    assert_eq!(cloud.permissions(DEVELOPER).len(), 1);
}

#[test]
fn permissions_are_deleted_one_by_one_or_all() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let (ro, dev) = (of_cluster(&id, "tke:ro"), of_namespace(&id, "tke:ns:dev", "default"));
    cloud.grant(DEVELOPER, json!([ro, dev]));
    assert_eq!(cloud.permissions(DEVELOPER).len(), 2);
    let one = json!({"TargetUin": DEVELOPER, "Permissions": [ro]});
    cloud.ok("DeleteUserPermissions", one.clone());
    assert_eq!(cloud.permissions(DEVELOPER), [dev]);
    assert_eq!(cloud.code("DeleteUserPermissions", one), "InvalidParameter.Param");
    cloud.ok("DeleteUserPermissions", json!({"TargetUin": DEVELOPER}));
    assert_eq!(cloud.permissions(DEVELOPER), [] as [Value; 0]);
    assert_eq!(cloud.status_as(DEVELOPER, &id, "GET", PODS, Value::Null), 403);
}

#[test]
fn the_creator_keeps_the_role_of_administrators() {
    let mut cloud = Cloud::new();
    cloud.sub = Some(OPERATOR);
    let id = cloud.running();
    cloud.sub = None;
    cloud.grant(OPERATOR, json!([]));
    let mut kept = of_cluster(&id, "tke:admin");
    kept["Namespace"] = json!("");
    assert_eq!(cloud.permissions(OPERATOR), [kept]);
    let request = json!({"TargetUin": OPERATOR, "Permissions": [of_cluster(&id, "tke:admin")]});
    assert_eq!(cloud.code("DeleteUserPermissions", request), "InvalidParameter.Param");
}

#[test]
fn the_role_of_administrators_is_acquired_once() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.sub = Some(DEVELOPER);
    assert_eq!(
        cloud.code("AcquireClusterAdminRole", json!({"ClusterId": "cls-nothing0"})),
        "ResourceNotFound.ClusterNotFound"
    );
    cloud.ok("AcquireClusterAdminRole", json!({"ClusterId": id}));
    assert_eq!(cloud.kube(&id, "GET", "/api/v1/secrets", Value::Null)["kind"], "SecretList");
    let again = cloud.code("AcquireClusterAdminRole", json!({"ClusterId": id}));
    assert_eq!(again, "FailedOperation.KubernetesResourceExisted");
}

#[test]
fn a_renewed_kubeconfig_ends_the_old_one_and_keeps_the_rights() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.grant(DEVELOPER, json!([of_cluster(&id, "tke:ro")]));
    let (token, name) = (cloud.token(Some(DEVELOPER), &id), cloud.common_name(&id, DEVELOPER));
    cloud.sub = Some(DEVELOPER);
    let answer = cloud.ok("UpdateClusterKubeconfig", json!({"ClusterId": id}));
    assert_eq!(answer["UpdatedSubAccounts"], json!([DEVELOPER]));
    // Others are renewed by administrators.
    let other = json!({"ClusterId": id, "SubAccounts": [OPERATOR]});
    assert_eq!(cloud.code("UpdateClusterKubeconfig", other.clone()), "UnauthorizedOperation");
    cloud.sub = None;
    cloud.ok("UpdateClusterKubeconfig", other);
    let renewed = cloud.token(Some(DEVELOPER), &id);
    assert_ne!(renewed, token);
    assert_eq!(cloud.user_of(&id, &token), None);
    let new_name = cloud.common_name(&id, DEVELOPER);
    assert_ne!(new_name, name);
    assert_eq!(cloud.user_of(&id, &renewed).unwrap(), new_name);
    assert_eq!(cloud.status_as(DEVELOPER, &id, "GET", PODS, Value::Null), 0);
    let realm = cloud.world.tke(cloud.account, cloud.region);
    let cluster = realm.running_cluster(&id).unwrap();
    assert!(cluster.engine.knows_user(cluster, &new_name) && !cluster.engine.knows_user(cluster, &name));
    assert_eq!(
        cloud.code("UpdateClusterKubeconfig", json!({"ClusterId": id, "SubAccounts": ["1"]})),
        "InvalidParameter.Param"
    );
}

#[test]
fn common_names_are_the_user_and_the_time_of_the_certificate() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.pass(100);
    let users = json!({"ClusterId": id, "SubaccountUins": [ACCOUNT, DEVELOPER]});
    let answer = cloud.ok("DescribeClusterCommonNames", users.clone());
    let expected = json!([
        {"SubaccountUin": ACCOUNT, "CN": format!("{ACCOUNT}-1717200060")},
        {"SubaccountUin": DEVELOPER, "CN": format!("{DEVELOPER}-1717200160")},
    ]);
    assert_eq!(answer["CommonNames"], expected);
    cloud.pass(100);
    assert_eq!(cloud.ok("DescribeClusterCommonNames", users)["CommonNames"], expected);
    let many: Vec<&str> = vec![DEVELOPER; 51];
    for wrong in [
        json!({"ClusterId": id}),
        json!({"ClusterId": id, "SubaccountUins": ["1"]}),
        json!({"ClusterId": id, "RoleIds": ["4611686018427397919"]}),
        json!({"ClusterId": id, "SubaccountUins": many}),
    ] {
        assert_eq!(cloud.code("DescribeClusterCommonNames", wrong), "InvalidParameter.Param");
    }
}

#[test]
fn nobody_grants_more_than_they_have() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let role = |name: &str, resource: &str, verb: &str| {
        json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": name},
            "rules": [{"apiGroups": [""], "resources": [resource], "verbs": [verb]}]})
    };
    let binding = |name: &str, role: &str| {
        json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": name},
            "roleRef": {"kind": "ClusterRole", "name": role}, "subjects": [{"kind": "User", "name": "friend"}]})
    };
    let roles = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles";
    let bindings = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings";
    // The role `admin` of Kubernetes may write roles of its namespace.
    let mut admin = of_namespace(&id, "admin", "default");
    admin["IsCustom"] = json!(true);
    cloud.grant(DEVELOPER, json!([admin]));
    assert_eq!(cloud.status_as(DEVELOPER, &id, "POST", roles, role("a", "pods", "get")), 0);
    let refused = cloud.kube_as(DEVELOPER, &id, "POST", roles, role("b", "nodes", "get"));
    let name = cloud.common_name(&id, DEVELOPER);
    assert_eq!(
        refused["message"],
        format!(
            "roles.rbac.authorization.k8s.io \"b\" is forbidden: user \"{name}\" (groups=[\"system:authenticated\"]) is \
             attempting to grant RBAC permissions not currently held:\n{{APIGroups:[\"\"], Resources:[\"nodes\"], \
             Verbs:[\"get\"]}}"
        )
    );
    let path = format!("{roles}/a");
    assert_eq!(cloud.status_as(DEVELOPER, &id, "PUT", &path, role("a", "pods", "*")), 403);
    assert_eq!(cloud.status_as(DEVELOPER, &id, "POST", bindings, binding("a", "view")), 0);
    assert_eq!(cloud.status_as(DEVELOPER, &id, "POST", bindings, binding("b", "cluster-admin")), 403);
    assert_eq!(cloud.status_as(DEVELOPER, &id, "POST", bindings, binding("b", "nothing")), 404);
    // The verb `bind` allows it, for the roles that it names.
    let mut rules = role("binder", "", "");
    rules["rules"] = json!([{"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["clusterroles"],
        "verbs": ["bind"], "resourceNames": ["cluster-admin"]}]);
    assert_eq!(cloud.kube(&id, "POST", roles, rules)["kind"], "Role");
    let mut binder = of_namespace(&id, "binder", "default");
    binder["IsCustom"] = json!(true);
    cloud.grant(DEVELOPER, json!([admin, binder]));
    assert_eq!(cloud.status_as(DEVELOPER, &id, "POST", bindings, binding("b", "cluster-admin")), 0);
    assert_eq!(cloud.status_as(DEVELOPER, &id, "POST", bindings, binding("c", "tke:admin")), 403);
}

#[test]
fn rotated_tokens_end() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let password =
        |cloud: &mut Cloud| cloud.ok("DescribeClusterSecurity", json!({"ClusterId": id}))["Password"].clone();
    let old = password(&mut cloud);
    cloud.ok("RotateClusterToken", json!({}));
    let new = password(&mut cloud);
    assert_ne!(old, new);
    let realm = cloud.world.tke(cloud.account, cloud.region);
    assert!(!realm.realm.opens(&id, old.as_str().unwrap(), realm.now));
    assert!(realm.realm.opens(&id, new.as_str().unwrap(), realm.now));
}

#[test]
fn authentication_options_take_effect_when_the_api_server_has_started_again() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let read = |cloud: &mut Cloud| cloud.ok("DescribeClusterAuthenticationOptions", json!({"ClusterId": id}));
    assert_eq!(read(&mut cloud)["ServiceAccounts"]["UseTKEDefault"], false);
    let accounts = json!({"UseTKEDefault": true, "AutoCreateDiscoveryAnonymousAuth": true});
    let request = json!({"ClusterId": id, "ServiceAccounts": accounts});
    cloud.ok("ModifyClusterAuthenticationOptions", request.clone());
    assert_eq!(read(&mut cloud)["LatestOperationState"], "Updating");
    assert_eq!(read(&mut cloud)["ServiceAccounts"]["UseTKEDefault"], false);
    assert_eq!(cloud.code("ModifyClusterAuthenticationOptions", request), "ResourceUnavailable.ClusterState");
    cloud.pass(60);
    let options = read(&mut cloud);
    assert_eq!(options["LatestOperationState"], "Success");
    let issuer = options["ServiceAccounts"]["Issuer"].as_str().unwrap();
    assert!(issuer.starts_with("https://ap-guangzhou-oidc.tke.tencentcs.com/id/"), "{issuer}");
    assert_eq!(options["ServiceAccounts"]["JWKSURI"], format!("{issuer}/openid/v1/jwks"));
    let binding = format!("{BINDINGS}/system:service-account-issuer-discovery");
    let found = cloud.kube(&id, "GET", &binding, Value::Null);
    assert_eq!(found["subjects"][0]["name"], "system:unauthenticated");
    let other = json!({"Issuer": "https://issuer.example.com"});
    cloud.ok("ModifyClusterAuthenticationOptions", json!({"ClusterId": id, "ServiceAccounts": other}));
    cloud.pass(60);
    assert_eq!(read(&mut cloud)["ServiceAccounts"]["Issuer"], "https://issuer.example.com");
    assert_eq!(cloud.kube(&id, "GET", &binding, Value::Null)["code"], 404);
    for wrong in [
        json!({"ClusterId": id}),
        json!({"ClusterId": id, "ServiceAccounts": {"Issuer": "http://issuer"}}),
        json!({"ClusterId": id, "ServiceAccounts": {"UseTKEDefault": true, "Issuer": "https://issuer"}}),
        json!({"ClusterId": id, "OIDCConfig": {"AutoCreateOIDCConfig": false, "AutoCreateClientId": ["a"]}}),
    ] {
        assert_eq!(cloud.code("ModifyClusterAuthenticationOptions", wrong), "InvalidParameter.Param");
    }
}

#[test]
fn controllers_run_as_the_arguments_of_the_cluster_say() {
    let mut cloud = Cloud::new();
    let states = |cloud: &mut Cloud, id: &str| {
        let answer = cloud.ok("DescribeClusterControllers", json!({"ClusterId": id}));
        let states = answer["ControllerStatusSet"].as_array().unwrap().clone();
        move |name: &str| states.iter().find(|state| state["Name"] == name).unwrap()["Enabled"] == true
    };
    let id = cloud.running();
    let on = states(&mut cloud, &id);
    assert!(on("deployment") && on("ttl") && !on("tokencleaner"));
    let mut request = super::empty_cluster("172.17.0.0/16");
    let arguments = json!({"KubeControllerManager": ["controllers=*,-ttl,tokencleaner"]});
    request["ClusterAdvancedSettings"] = json!({"ExtraArgs": arguments});
    let other = cloud.ok("CreateCluster", request)["ClusterId"].as_str().unwrap().to_owned();
    cloud.pass(60);
    let on = states(&mut cloud, &other);
    assert!(on("deployment") && !on("ttl") && on("tokencleaner"));
}
