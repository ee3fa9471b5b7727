//! What the document's sections 4.1.9 to 4.1.12 restrict: nodes. Each row breaks one rule.

use super::constraints::Row;
use super::{Cloud, node, pool, text};
use serde_json::{Value, json};

/// A group of servers.
const GROUP: &str = "4d1ecb2c-229a-11e8-9c75-0255ac100ceb";

/// What a node is created with when nothing is wrong.
fn order(cluster: &str) -> Value {
    node(cluster, |node| {
        node["spec"]["dataVolumes"][0]["metadata"] = json!({"__system__encrypted": "1", "__system__cmkid": "key"});
        node["spec"]["publicIP"] = json!({
            "count": 1, "eip": {"iptype": "5_bgp", "bandwidth": {"size": 10, "sharetype": "PER"}},
        });
        node["spec"]["taints"] = json!([{"key": "status", "value": "unavailable", "effect": "NoSchedule"}]);
        node["spec"]["userTags"] = json!([{"key": "tag1", "value": "aaaa"}]);
        node["spec"]["extendParam"] = json!({});
    })
}

/// Rows of what CreateNode is given directly.
fn of_nodes(cluster: &str) -> Vec<Row> {
    let order = order(cluster);
    let row = |what, (way, value): (&str, Value), says| Row::new("CreateNode", &order, what, (way, value), says);
    let long = |length: usize| json!("a".repeat(length));
    vec![
        row((1961, "node_without_cluster"), ("cluster_id", json!("nowhere")), "nowhere").code(404, "CCE.01404001"),
        row((1997, "node_kind"), ("kind", json!("Cluster")), "`kind` is always Node"),
        row((1998, "node_api_version"), ("apiVersion", json!("v1")), "`apiVersion` is always v3"),
        row((1999, "node_without_metadata"), ("metadata", Value::Null), "`metadata` is missing"),
        row((2000, "node_without_spec"), ("spec", Value::Null), "`spec` is missing"),
        row((2005, "node_without_name"), ("metadata/name", Value::Null), "`metadata.name` is missing"),
        row((2005, "empty_node_name"), ("metadata/name", json!("")), "name"),
        row((2005, "long_node_name"), ("metadata/name", long(57)), "`metadata.name` is longer than 56"),
        row((2005, "node_name_of_40"), ("metadata/name", long(40)), "4 to 32"),
        row((2005, "node_name_of_3"), ("metadata/name", json!("abc")), "4 to 32"),
        row((2005, "node_name_with_capital"), ("metadata/name", json!("Myhost")), "name of a node"),
        row((2005, "node_name_with_digit_first"), ("metadata/name", json!("1host")), "name of a node"),
        row((2005, "node_name_with_hyphen_last"), ("metadata/name", json!("myhost-")), "name of a node"),
        row((2005, "node_name_with_point"), ("metadata/name", json!("my.host")), "name of a node"),
        row((2006, "node_labels_not_text"), ("metadata/labels", json!({"foo": 1})), "`metadata.labels.foo`"),
        row((2007, "node_annotations_not_text"), ("metadata/annotations", json!({"a": 1})), "`metadata.annotations.a`"),
        row((2012, "node_without_flavor"), ("spec/flavor", Value::Null), "`spec.flavor` is missing"),
        row((2012, "node_flavor"), ("spec/flavor", json!("huge")), "flavor huge"),
        row((2013, "node_without_zone"), ("spec/az", Value::Null), "`spec.az` is missing"),
        row((2015, "system"), ("spec/os", json!("Plan 9")), "os: the operating system Plan 9"),
        row(
            (2016, "version_of_system"),
            ("spec/os", json!("EulerOS newest")),
            "os: the operating system EulerOS newest",
        ),
        row((2016, "system_of_arm"), ("spec/os", json!("EulerOS 2.8")), "os: EulerOS 2.8 does not run on the x86"),
        row((2020, "node_without_login"), ("spec/login", Value::Null), "`spec.login` is missing"),
        row((2021, "node_without_root_disk"), ("spec/rootVolume", Value::Null), "`spec.rootVolume` is missing"),
        row((2022, "node_without_data_disk"), ("spec/dataVolumes", Value::Null), "`spec.dataVolumes` is missing"),
        row((2022, "node_with_no_data_disk"), ("spec/dataVolumes", json!([])), "dataVolumes"),
        row((2024, "node_billing_mode"), ("spec/billingMode", json!(1)), "billingMode is always 0"),
        row((2025, "node_without_count"), ("spec/count", Value::Null), "spec.count must be given"),
        row((2025, "no_nodes"), ("spec/count", json!(0)), "`spec.count` is smaller than 1"),
        row((2025, "too_many_nodes"), ("spec/count", json!(51)), "at most 50 nodes").code(400, "CCE.01400008"),
        row((2028, "group_not_a_uuid"), ("spec/ecsGroupId", json!("group")), "ecsGroupId"),
        row((2031, "tags_of_another_form"), ("spec/userTags", json!({"tag1": "aaaa"})), "key"),
        row(
            (2035, "many_labels"),
            ("spec/k8sTags", (0..21).map(|at| (format!("k{at}"), json!(""))).collect::<serde_json::Map<_, _>>().into()),
            "at most 20 labels",
        ),
        row((2036, "label_key_with_hyphen_first"), ("spec/k8sTags", json!({"-key": ""})), "label key -key"),
        row((2036, "label_key_with_blank"), ("spec/k8sTags", json!({"my key": ""})), "label key my key"),
        row((2036, "long_label_key"), ("spec/k8sTags", json!({"k".repeat(64): ""})), "label key kkk"),
        row((2036, "label_key_without_domain"), ("spec/k8sTags", json!({"/my-key": ""})), "label key /my-key"),
        row(
            (2036, "label_key_with_wrong_domain"),
            ("spec/k8sTags", json!({"Example_com/my-key": ""})),
            "label key Example_com",
        ),
        row(
            (2036, "label_key_with_long_domain"),
            ("spec/k8sTags", json!({format!("{}com/my-key", "domain.".repeat(36)): ""})),
            "label key domain",
        ),
        row((2037, "label_value_with_hyphen_first"), ("spec/k8sTags", json!({"key": "-v"})), "value of the label key"),
        row((2037, "label_value_with_blank"), ("spec/k8sTags", json!({"key": "a b"})), "value of the label key"),
        row((2037, "long_label_value"), ("spec/k8sTags", json!({"key": "v".repeat(64)})), "value of the label key"),
        row((2041, "taint_without_key"), ("spec/taints/0/key", Value::Null), "`spec.taints.0.key` is missing"),
        row((2041, "taint_key_with_hyphen_first"), ("spec/taints/0/key", json!("-status")), "taints.0.key"),
        row((2041, "long_taint_key"), ("spec/taints/0/key", long(64)), "taints.0.key"),
        row((2041, "taint_key_with_wrong_domain"), ("spec/taints/0/key", json!("a b/status")), "taints.0.key"),
        row((2042, "taint_value_with_hyphen_first"), ("spec/taints/0/value", json!("-no")), "taints.0.value"),
        row((2042, "taint_value_with_blank"), ("spec/taints/0/value", json!("not now")), "taints.0.value"),
        row((2042, "long_taint_value"), ("spec/taints/0/value", long(64)), "`spec.taints.0.value` is longer than 63"),
        row((2043, "taint_without_effect"), ("spec/taints/0/effect", Value::Null), "`spec.taints.0.effect` is missing"),
        row((2043, "taint_effect"), ("spec/taints/0/effect", json!("Never")), "effect is one of NoSchedule"),
        row((2054, "fault_domain_without_group"), ("spec/faultDomain", json!("1")), "faultDomain needs a group"),
        row(
            (2064, "subnet_of_another_network"),
            ("spec/nodeNicSpec/primaryNic/subnetId", json!("subnet-second01")),
            "subnet-second01",
        )
        .code(400, "CCE.01400002"),
        row((2570, "empty_node_flavor"), ("spec/flavor", json!("")), "flavor"),
        row((2570, "long_node_flavor"), ("spec/flavor", long(51)), "`spec.flavor` is longer than 50"),
        row((2571, "long_zone"), ("spec/az", long(201)), "`spec.az` is longer than 200"),
    ]
}

/// Rows of logins, disks and addresses.
fn of_servers(cluster: &str) -> Vec<Row> {
    let order = order(cluster);
    let row = |what, (way, value): (&str, Value), says| Row::new("CreateNode", &order, what, (way, value), says);
    let password = json!({"username": "root", "password": super::nodes::SALTED});
    let (data, eip) = ("spec/dataVolumes/0", "spec/publicIP/eip");
    let disk = |member: &str| format!("{data}/{member}");
    let address = |member: &str| format!("{eip}/{member}");
    vec![
        row(
            (2069, "long_key_name"),
            ("spec/login/sshKey", json!("k".repeat(65))),
            "`spec.login.sshKey` is longer than 64",
        ),
        row((2069, "key_name_with_blank"), ("spec/login/sshKey", json!("my key")), "login.sshKey"),
        row((2074, "key_and_password"), ("spec/login/userPassword", password), "login takes sshKey or userPassword"),
        row((2074, "neither_key_nor_password"), ("spec/login", json!({})), "login needs sshKey or userPassword"),
        row(
            (2075, "plain_password"),
            ("spec/login", json!({"userPassword": {"username": "root", "password": "Test@1234"}})),
            "salted password",
        ),
        row(
            (2083, "password_missing"),
            ("spec/login", json!({"userPassword": {"username": "root"}})),
            "`spec.login.userPassword.password` is missing",
        ),
        row((2092, "disk_without_size"), ("spec/rootVolume/size", Value::Null), "`spec.rootVolume.size` is missing"),
        row(
            (2093, "small_root_disk"),
            ("spec/rootVolume/size", json!(39)),
            "`spec.rootVolume.size` is smaller than 40",
        ),
        row((2093, "large_root_disk"), ("spec/rootVolume/size", json!(1_025)), "rootVolume.size is 40 to 1024"),
        row((2094, "small_data_disk"), (&disk("size"), json!(99)), "dataVolumes.0.size is 100 to 32768"),
        row(
            (2095, "disk_without_type"),
            ("spec/rootVolume/volumetype", Value::Null),
            "`spec.rootVolume.volumetype` is missing",
        ),
        row((2095, "disk_type"), (&disk("volumetype"), json!("TAPE")), "dataVolumes.0.volumetype is one of SATA"),
        row(
            (2600, "large_data_disk"),
            (&disk("size"), json!(32_769)),
            "`spec.dataVolumes.0.size` is larger than 32768",
        ),
        row(
            (2105, "addresses_and_count"),
            ("spec/publicIP/ids", json!(["address-1"])),
            "publicIP takes ids or count and eip",
        ),
        row(
            (2105, "addresses_and_kind"),
            ("spec/publicIP/ids", json!(["address-1"])),
            "publicIP takes ids or count and eip",
        )
        .with("spec/publicIP/count", Value::Null),
        row((2108, "count_without_kind"), (eip, Value::Null), "publicIP takes count and eip together"),
        row(
            (2109, "kind_without_count"),
            ("spec/publicIP/count", Value::Null),
            "publicIP takes count and eip together",
        ),
        row((2118, "address_without_type"), (&address("iptype"), Value::Null), "`spec.publicIP.eip.iptype` is missing"),
        row(
            (2119, "address_without_bandwidth"),
            (&address("bandwidth"), Value::Null),
            "`spec.publicIP.eip.bandwidth` is missing",
        ),
        row(
            (2124, "bandwidth_without_size"),
            (&address("bandwidth/size"), Value::Null),
            "`spec.publicIP.eip.bandwidth.size` is missing",
        ),
        row((2124, "bandwidth_of_nothing"), (&address("bandwidth/size"), json!(0)), "bandwidth.size is at least 1"),
        row(
            (2125, "bandwidth_without_share_type"),
            (&address("bandwidth/sharetype"), Value::Null),
            "`spec.publicIP.eip.bandwidth.sharetype` is missing",
        ),
        row((2125, "share_type"), (&address("bandwidth/sharetype"), json!("WHOLE")), "sharetype is one of PER"),
        row(
            (2327, "charge_mode"),
            (&address("bandwidth/chargemode"), json!("free")),
            "chargemode is one of bandwidth, traffic",
        ),
        row(
            (2139, "disk_without_encryption"),
            (&disk("metadata/__system__encrypted"), Value::Null),
            "__system__encrypted` is missing",
        ),
        row(
            (2139, "encryption_of_another_form"),
            (&disk("metadata/__system__encrypted"), json!("yes")),
            "dataVolumes.0.metadata.__system__encrypted is 0 or 1",
        ),
        row(
            (2140, "encryption_without_key"),
            (&disk("metadata/__system__cmkid"), Value::Null),
            "dataVolumes.0.metadata.__system__cmkid",
        ),
        row((2227, "tag_key_with_point"), ("spec/userTags/0/key", json!("tag.1")), "userTags: the key tag.1"),
        row((2227, "tag_key_with_stroke"), ("spec/userTags/0/key", json!("tag/1")), "userTags: the key tag/1"),
        row((2227, "tag_value_with_blank"), ("spec/userTags/0/value", json!("a a")), "userTags: the value of tag1"),
        row(
            (2227, "tag_twice"),
            ("spec/userTags", json!([{"key": "tag1", "value": "a"}, {"key": "tag1", "value": "b"}])),
            "userTags has the key tag1 twice",
        ),
    ]
}

/// Rows of further settings.
fn of_settings(cluster: &str) -> Vec<Row> {
    let order = order(cluster);
    let row = |what, member: &str, value: Value, says| {
        Row::new("CreateNode", &order, what, (&format!("spec/extendParam/{member}"), value), says)
    };
    let lvm = |name, text: &str, says| row((2134, name), "DockerLVMConfigOverride", json!(text), says);
    vec![
        row(
            (2130, "script_before_not_base64"),
            "alpha.cce~1preInstall",
            json!("not base64 !!"),
            "alpha.cce/preInstall is not",
        ),
        row(
            (2131, "script_after_not_base64"),
            "alpha.cce~1postInstall",
            json!("echo hello"),
            "alpha.cce/postInstall is not",
        ),
        lvm("division_garbage", "garbage", "DockerLVMConfigOverride is a list"),
        lvm("division_with_unknown_part", "thinpool=vgpaas/90%VG", "DockerLVMConfigOverride has no part thinpool"),
        lvm("division_without_group", "dockerThinpool=90%VG", "DockerLVMConfigOverride: dockerThinpool is a share"),
        lvm("division_in_gigabytes", "kubernetesLV=vgpaas/10G", "DockerLVMConfigOverride: kubernetesLV is a share"),
        lvm("division_over_100_percent", "userLV=vgpaas/101%VG", "DockerLVMConfigOverride: userLV is a share"),
        lvm("division_with_relative_path", "userPath=home/wqt-test", "DockerLVMConfigOverride: userPath is a path"),
        lvm("division_of_another_disk", "diskType=tape", "DockerLVMConfigOverride: diskType is evs, hdd or ssd"),
        lvm("division_of_another_kind", "lvType=mirrored", "DockerLVMConfigOverride: lvType is linear or striped"),
        lvm("division_with_part_twice", "lvType=linear;lvType=striped", "DockerLVMConfigOverride has lvType twice"),
        row((2265, "charging_mode"), "chargingMode", json!(1), "chargingMode is always 0"),
        row((2271, "few_pods"), "maxPods", json!(15), "`spec.extendParam.maxPods` is smaller than 16"),
        row((2271, "many_pods"), "maxPods", json!(257), "`spec.extendParam.maxPods` is larger than 256"),
    ]
}

/// Rows of the template of a pool, where some members of a node are not for.
fn of_pools(cluster: &str) -> Vec<Row> {
    let order = pool(cluster, "workers", 1);
    let row = |what, (member, value): (&str, Value), says| {
        Row::new("CreateNodePool", &order, what, (&format!("spec/nodeTemplate/{member}"), value), says)
    };
    vec![
        row((2030, "group_of_a_pool"), ("ecsGroupId", json!(GROUP)), "nodeTemplate.ecsGroupId"),
        row((2048, "host_of_a_pool"), ("dedicatedHostId", json!("host")), "nodeTemplate.dedicatedHostId"),
        row((2050, "offloading_of_a_pool"), ("offloadNode", json!(true)), "nodeTemplate.offloadNode"),
    ]
}

/// Rows of the other calls about nodes.
fn of_other_calls(cluster: &str, node: &str) -> Vec<Row> {
    let (anywhere, here) =
        (json!({"cluster_id": "nowhere", "node_id": node}), json!({"cluster_id": cluster, "node_id": node}));
    let there =
        |operation, what| Row::new(operation, &anywhere, what, ("x", Value::Null), "nowhere").code(404, "CCE.01404001");
    let gone = |operation, what| {
        Row::new(operation, &here, what, ("node_id", json!("nothing")), "nothing").code(404, "CCE.01404001")
    };
    let update = |what, name: Value, says| Row::new("UpdateNode", &here, what, ("metadata/name", name), says);
    vec![
        there("GetNode", (2373, "read_a_node_of_no_cluster")),
        gone("GetNode", (2374, "read_a_node_that_is_not_there")),
        there("ListNodes", (2509, "list_nodes_of_no_cluster")),
        there("UpdateNode", (2723, "rename_a_node_of_no_cluster")),
        gone("UpdateNode", (2724, "rename_a_node_that_is_not_there")).with("metadata/name", json!("new-hostname")),
        update((2748, "new_name_with_capital"), json!("New-hostname"), "name of a node"),
        update((2748, "long_new_name"), json!("n".repeat(57)), "`metadata.name` is longer than 56"),
    ]
}

/// All rows of this file.
pub(super) fn table(cluster: &str, node: &str) -> Vec<Row> {
    [of_nodes(cluster), of_servers(cluster), of_settings(cluster), of_pools(cluster), of_other_calls(cluster, node)]
        .concat()
}

#[test]
fn a_node_that_breaks_a_rule_is_refused_with_the_name_of_the_member() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    cloud.refuses(&[of_nodes(&cluster), of_servers(&cluster), of_settings(&cluster)].concat());
    assert_eq!(cloud.nodes(&cluster), Vec::<Value>::new(), "nothing is made");
}

#[test]
fn members_of_nodes_outside_of_pools_are_not_for_pools() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    cloud.refuses(&of_pools(&cluster));
    assert_eq!(cloud.ok("ListNodePools", json!({"cluster_id": cluster}))["items"], json!([]), "nothing is made");
}

#[test]
fn other_calls_about_nodes_that_break_a_rule_are_refused() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let node = cloud.add_nodes(&cluster, 1).remove(0);
    cloud.refuses(&of_other_calls(&cluster, &node));
    assert_eq!(cloud.node(&cluster, &node)["metadata"]["name"], "myhost");
}

#[test]
fn nodes_that_keep_the_rules_are_taken() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let labels = json!({"key": "", "example.com/my-key": "a.b_c-1", "k".repeat(63): "v".repeat(63)});
    for (way, value) in [
        ("metadata/name", json!("node")),
        ("metadata/name", json!("n".repeat(32))),
        ("spec/os", json!("EulerOS")),
        ("spec/os", json!("EulerOS 2.5")),
        ("spec/os", json!("EulerOS 2.9")),
        ("spec/os", json!("CentOS 7.6")),
        ("spec/os", json!("Ubuntu 18.04 server 64bit")),
        ("spec/os", json!("Huawei Cloud EulerOS 2.0")),
        ("spec/k8sTags", labels),
        ("spec/taints", json!({"key": "status", "effect": "NoExecute"})),
        ("spec/taints", json!([{"key": "example.com/status", "value": "", "effect": "PreferNoSchedule"}])),
        ("spec/ecsGroupId", json!(GROUP)),
        ("spec/dedicatedHostId", json!("host-1")),
        ("spec/offloadNode", json!(true)),
        ("spec/userTags", json!([{"key": "团队_1", "value": "a@b.com"}, {"key": "tag-2"}])),
        ("spec/rootVolume/size", json!(1_024)),
        ("spec/dataVolumes", json!({"size": 32_768, "volumetype": "SSD"})),
        ("spec/dataVolumes/0/metadata", json!({"__system__encrypted": "0"})),
        ("spec/publicIP/eip/bandwidth/chargemode", json!("")),
        ("spec/publicIP", json!({"ids": ["address-1"]})),
        ("spec/extendParam", json!({"maxPods": 16, "chargingMode": 0, "alpha.cce/preInstall": "ZWNobwo="})),
        ("spec/extendParam", json!({"maxPods": 256, "alpha.cce/postInstall": "ZWNo\nbwo="})),
        (
            "spec/extendParam/DockerLVMConfigOverride",
            json!("dockerThinpool=vgpaas/90%VG;kubernetesLV=vgpaas/10%VG;diskType=evs;lvType=linear"),
        ),
        ("spec/extendParam/DockerLVMConfigOverride", json!("userLV=vgpaas/20%VG;userPath=/home/wqt-test")),
    ] {
        let mut order = order(&cluster);
        super::constraints::put(&mut order, way, value);
        cloud.taken("CreateNode", &order);
    }
    let mut order = order(&cluster);
    super::constraints::put(&mut order, "spec/faultDomain", json!("1"));
    super::constraints::put(&mut order, "spec/ecsGroupId", json!(GROUP));
    cloud.taken("CreateNode", &order);
    let mut order = pool(&cluster, "workers", 0);
    super::constraints::put(&mut order, "spec/nodeTemplate/faultDomain", json!("1"));
    super::constraints::put(&mut order, "spec/nodeManagement/serverGroupReference", json!(GROUP));
    cloud.taken("CreateNodePool", &order);
}

/// cce:2016
#[test]
fn the_system_of_a_node_fits_the_processors_of_the_cluster() {
    let mut cloud = Cloud::new();
    let cluster = cloud.create(|order| order["spec"]["type"] = json!("ARM64"));
    cloud.pass(120);
    let with = |os: Value| node(&cluster, |node| node["spec"]["os"] = os);
    assert_eq!(cloud.refused("CreateNode", with(json!("EulerOS 2.5"))), (400, "CCE.01400001".into()));
    cloud.taken("CreateNode", &with(json!("EulerOS 2.8")));
    cloud.taken("CreateNode", &with(Value::Null));
    assert!(cloud.nodes(&cluster).iter().all(|node| node["spec"]["os"] == "EulerOS 2.8"));
}

/// cce:2423, cce:2451, cce:2652, cce:2779
#[test]
fn a_node_outside_of_pools_names_its_zone_flavor_and_system_as_its_pool() {
    const POOL: &str = "kubernetes.io/node-pool.id";
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let order = node(&cluster, |node| {
        node["metadata"]["annotations"] = json!({"annotation1": "abc"});
        node["spec"]["flavor"] = json!("s1.medium");
        node["spec"]["os"] = json!("EulerOS 2.2");
    });
    let answer = cloud.taken("CreateNode", &order);
    assert_eq!(answer["metadata"]["annotations"], json!({"annotation1": "abc"}), "as in cce:2303");
    let pool = json!("az1.dc1#s1.medium#EulerOS 2.2");
    let id = text(&answer["metadata"]["uid"]);
    let renamed = json!({"cluster_id": cluster, "node_id": id, "metadata": {"name": "new-hostname"}});
    for shown in [
        cloud.node(&cluster, &id),
        cloud.nodes(&cluster).remove(0),
        cloud.taken("UpdateNode", &renamed),
        cloud.ok("DeleteNode", json!({"cluster_id": cluster, "node_id": id})),
    ] {
        let annotations = &shown["metadata"]["annotations"];
        assert_eq!((&annotations[POOL], &annotations["annotation1"]), (&pool, &json!("abc")), "{shown}");
    }
    cloud.pass(60);
    let server = json!({"serverID": "ins-default1", "spec": {"os": "EulerOS 2.5", "login": {"sshKey": "key-1"}}});
    cloud.ok("AddNodes", json!({"cluster_id": cluster, "kind": "List", "apiVersion": "v3", "nodeList": [server]}));
    let there = cloud.nodes(&cluster).remove(0);
    let name = format!("{}#S5.LARGE8#EulerOS 2.5", text(&there["spec"]["az"]));
    assert_eq!(there["metadata"]["annotations"][POOL], json!(name));
}

/// cce:2708: what else a change names stays as it is.
#[test]
fn only_the_name_of_a_node_changes() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let id = cloud.add_nodes(&cluster, 1).remove(0);
    let before = cloud.node(&cluster, &id);
    let change = json!({
        "cluster_id": cluster, "node_id": id, "spec": {"flavor": "s6.xlarge.2"},
        "metadata": {"name": "new-hostname", "labels": {"a": "b"}, "annotations": {"a": "b"}},
    });
    let after = cloud.taken("UpdateNode", &change);
    assert_eq!(after["metadata"]["name"], "new-hostname");
    for member in ["labels", "annotations", "uid"] {
        assert_eq!(after["metadata"][member], before["metadata"][member], "{member}");
    }
    assert_eq!(after["spec"], before["spec"]);
}

/// The request of cce:2152 to cce:2185, with the braces and commas that the document has lost.
#[test]
fn the_documents_request_for_a_node_is_taken() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let request = json!({
        "cluster_id": cluster, "kind": "Node", "apiVersion": "v3",
        "metadata": {"name": "myhost", "labels": {"foo": "bar"}, "annotations": {"annotation1": "abc"}},
        "spec": {
            "flavor": "s1.medium", "az": "az1.dc1", "login": {"sshKey": "myKeypair"},
            "rootVolume": {"size": 40, "volumetype": "SATA"}, "dataVolumes": [{"size": 100, "volumetype": "SATA"}],
            "publicIP": {
                "count": 2, "eip": {"iptype": "5_bgp", "bandwidth": {"size": 10, "sharetype": "PER"}},
            },
            "count": 2,
        },
    });
    let answer = cloud.taken("CreateNode", &request);
    assert_eq!((&answer["spec"]["count"], &answer["metadata"]["labels"]["foo"]), (&json!(2), &json!("bar")));
    assert_eq!(cloud.nodes(&cluster).len(), 2);
}

/// The request of cce:2753.
#[test]
fn the_documents_change_of_a_node_is_taken() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let id = cloud.add_nodes(&cluster, 1).remove(0);
    let request = json!({"cluster_id": cluster, "node_id": id, "metadata": {"name": "new-hostname"}});
    assert_eq!(cloud.taken("UpdateNode", &request)["metadata"]["name"], "new-hostname");
}
