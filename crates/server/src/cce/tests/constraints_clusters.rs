//! What the document's sections 4.1.1 to 4.1.8 restrict: clusters. Each row breaks one rule.

use super::constraints::Row;
use super::{Cloud, cluster, none, text};
use base64::Engine;
use serde_json::{Value, json};

const INSTALL: &str = "metadata/annotations/cluster.install.addons~1install";

/// What a cluster is created with when nothing is wrong.
fn order() -> Value {
    cluster(|order| {
        order["metadata"]["annotations"] = json!({});
        order["spec"]["authentication"] = json!({"mode": "rbac"});
        order["spec"]["masters"] = json!([{"availabilityZone": "az1.dc1", "flavor": "c6.large.2"}]);
    })
}

/// A cluster on dedicated hosts.
fn dedicated() -> Value {
    cluster(|order| {
        order["spec"]["flavor"] = json!("cce.dec.s1.small");
        order["spec"]["extendParam"] = json!({
            "clusterAZ": "dec.az1",
            "dssMasterVolumes":
                "c950ee97-587c-4f24-8a74-3367e3da570f.sas;6edbc2f4-1507-44f8-ac0d-eed1d2608d38.ssd",
        });
    })
}

/// The size of an add-on, as the document's example has it (cce:945).
fn flavor() -> Value {
    json!({
        "description": "Has only one instance", "name": "Single", "replicas": 1,
        "resources": [{"limitsCpu": "90m", "limitsMem": "200Mi", "name": "autoscaler", "requestsCpu": "50m",
                       "requestsMem": "100Mi"}],
    })
}

fn coredns() -> Value {
    let custom =
        json!({"stub_domains": {}, "upstream_nameservers": [], "tenant_id": "22a8a02394794b908d256103a5b63c65"});
    json!({"addonTemplateName": "coredns", "version": "1.13.3", "values": {"flavor": flavor(), "custom": custom}})
}

fn autoscaler() -> Value {
    let custom = json!({
        "coresTotal": 32000, "maxEmptyBulkDeleteFlag": 10, "maxNodesTotal": 1000, "memoryTotal": 128000,
        "scaleDownDelayAfterAdd": 10, "scaleDownDelayAfterDelete": 10, "scaleDownDelayAfterFailure": 3,
        "scaleDownEnabled": false, "scaleDownUnneededTime": 10, "scaleDownUtilizationThreshold": 0.5,
        "scaleUpCpuUtilizationThreshold": 1, "scaleUpMemUtilizationThreshold": 1, "scaleUpUnscheduledPodEnabled": true,
        "scaleUpUtilizationEnabled": true, "tenant_id": "22a8a02394794b908d256103a5b63c65",
        "unremovableNodeRecheckTimeout": 5,
    });
    json!({"addonTemplateName": "autoscaler", "version": "1.13.11", "values": {"flavor": flavor(), "custom": custom}})
}

fn gpu_beta() -> Value {
    let url = "https://us.download.nvidia.com/tesla/396.37/NVIDIA-Linux-x86_64-396.37.run";
    let custom = json!({"is_driver_from_nvidia": true, "nvidia_driver_download_url": url});
    json!({"addonTemplateName": "gpu-beta", "version": "1.1.7", "values": {"custom": custom}})
}

/// Rows of what CreateCluster is given directly.
fn of_clusters() -> Vec<Row> {
    let order = order();
    let row = |what, (way, value): (&str, Value), says| Row::new("CreateCluster", &order, what, (way, value), says);
    let long = |length: usize| json!("a".repeat(length));
    let base64 = |text: &str| json!(base64::engine::general_purpose::STANDARD.encode(text));
    vec![
        row((751, "kind"), ("kind", json!("Node")), "`kind` is always Cluster"),
        row((752, "api_version"), ("apiVersion", json!("v1")), "`apiVersion` is always v3"),
        row((753, "no_metadata"), ("metadata", Value::Null), "`metadata` is missing"),
        row((756, "no_spec"), ("spec", Value::Null), "`spec` is missing"),
        row((761, "short_name"), ("metadata/name", json!("abc")), "name of a cluster"),
        row((761, "long_name"), ("metadata/name", long(129)), "`metadata.name` is longer than 128"),
        row((761, "name_with_capital"), ("metadata/name", json!("Cluster")), "name of a cluster"),
        row((761, "name_with_digit_first"), ("metadata/name", json!("1cluster")), "name of a cluster"),
        row((761, "name_with_hyphen_last"), ("metadata/name", json!("cluster-")), "name of a cluster"),
        row((761, "name_with_underscore"), ("metadata/name", json!("my_cluster")), "name of a cluster"),
        row((762, "labels_not_text"), ("metadata/labels", json!({"foo": 1})), "`metadata.labels.foo` is not a string"),
        row((763, "annotations_not_text"), ("metadata/annotations", json!({"a": {}})), "`metadata.annotations.a`"),
        row((854, "category"), ("spec/category", json!("Autopilot")), "category is one of CCE, Turbo"),
        row((857, "no_type"), ("spec/type", Value::Null), "`spec.type` is missing"),
        row((857, "type"), ("spec/type", json!("Windows")), "type is one of VirtualMachine, ARM64"),
        row((862, "no_flavor"), ("spec/flavor", Value::Null), "`spec.flavor` is missing"),
        row((862, "flavor"), ("spec/flavor", json!("cce.s1.tiny")), "flavor cce.s1.tiny"),
        row((876, "version"), ("spec/version", json!("1.15")), "version 1.15"),
        row((880, "long_description"), ("spec/description", long(201)), "`spec.description` is longer than 200"),
        row((883, "ipv6_before_1_15"), ("spec/ipv6enable", json!(true)), "IPv6 needs Kubernetes 1.15")
            .with("spec/version", json!("v1.13.10-r1")),
        row((884, "no_host_network"), ("spec/hostNetwork", Value::Null), "`spec.hostNetwork` is missing"),
        row(
            (885, "no_container_network"),
            ("spec/containerNetwork", Value::Null),
            "`spec.containerNetwork` is missing",
        ),
        row((887, "services_not_a_range"), ("spec/kubernetesSvcIpRange", json!("10.247.0.0")), "10.247.0.0"),
        row((895, "no_vpc"), ("spec/hostNetwork/vpc", Value::Null), "`spec.hostNetwork.vpc` is missing"),
        row((895, "unknown_vpc"), ("spec/hostNetwork/vpc", json!("vpc-nowhere")), "vpc-nowhere")
            .code(400, "CCE.01400002"),
        row((899, "vpc_router_with_extension"), ("spec/hostNetwork/vpc", json!("vpc-extended")), "vpc-router")
            .with("spec/hostNetwork/subnet", json!("subnet-extended"))
            .with("spec/containerNetwork/mode", json!("vpc-router")),
        row((900, "no_subnet"), ("spec/hostNetwork/subnet", Value::Null), "`spec.hostNetwork.subnet` is missing"),
        row((900, "subnet_elsewhere"), ("spec/hostNetwork/subnet", json!("subnet-second01")), "subnet-second01")
            .code(400, "CCE.01400002"),
        row((907, "master_without_zone"), ("spec/masters/0/availabilityZone", Value::Null), "availabilityZone"),
        row((907, "master_in_empty_zone"), ("spec/masters/0/availabilityZone", json!("")), "availabilityZone"),
        row((909, "fault_domain_without_zone"), ("spec/masters/0/faultDomain", json!("1")), "availabilityZone")
            .with("spec/masters/0/availabilityZone", json!("")),
        row((909, "fault_domain_in_two_zones"), ("spec/masters/0/faultDomain", json!("1")), "masters.faultDomain")
            .with(
                "spec/masters",
                json!([
                    {"availabilityZone": "az1.dc1", "flavor": "c6.large.2", "faultDomain": "1"},
                    {"availabilityZone": "az2.dc1", "flavor": "c6.large.2"},
                ]),
            ),
        row((909, "fault_domain_in_several_zones"), ("spec/masters/0/faultDomain", json!("1")), "masters.faultDomain")
            .with("spec/flavor", json!("cce.s2.small"))
            .with("spec/extendParam/clusterAZ", json!("multi_az")),
        row((914, "mode"), ("spec/authentication/mode", json!("ldap")), "mode is one of rbac"),
        row(
            (919, "no_network_mode"),
            ("spec/containerNetwork/mode", Value::Null),
            "`spec.containerNetwork.mode` is missing",
        ),
        row((919, "network_mode"), ("spec/containerNetwork/mode", json!("flannel")), "containerNetwork.mode"),
        row((920, "containers_not_a_range"), ("spec/containerNetwork/cidr", json!("172.16.0.0")), "172.16.0.0"),
        row((925, "zones_with_one_master"), ("spec/extendParam/clusterAZ", json!("multi_az")), "several zones"),
        row(
            (926, "storage_without_dedicated_hosts"),
            ("spec/extendParam/dssMasterVolumes", json!("a.SAS;b.SSD")),
            "dssMasterVolumes",
        ),
        row((930, "public_address"), ("spec/extendParam/clusterExternalIP", json!("somewhere")), "clusterExternalIP"),
        row(
            (1045, "ca_not_base64"),
            ("spec/authentication/mode", json!("authenticating_proxy")),
            "authenticatingProxy.ca",
        )
        .with("spec/authentication/authenticatingProxy/ca", json!("not base64 !!")),
        row((1561, "xlarge_with_one_master"), ("spec/flavor", json!("cce.s1.xlarge")), "flavor cce.s1.xlarge"),
        row((1582, "billing_mode"), ("spec/billingMode", json!(1)), "billingMode is always 0"),
        row((1593, "long_vpc"), ("spec/hostNetwork/vpc", long(65)), "`spec.hostNetwork.vpc` is longer than 64"),
        row(
            (1598, "long_subnet"),
            ("spec/hostNetwork/subnet", long(65)),
            "`spec.hostNetwork.subnet` is longer than 64",
        ),
        row(
            (1614, "long_range"),
            ("spec/containerNetwork/cidr", long(65)),
            "`spec.containerNetwork.cidr` is longer than 64",
        ),
        row((1621, "x509_after_1_11"), ("spec/authentication/mode", json!("x509")), "mode x509")
            .with("spec/version", json!("v1.13.10-r1")),
        row((1621, "x509_by_default"), ("spec/authentication/mode", json!("x509")), "mode x509"),
        row((1622, "no_proxy"), ("spec/authentication/mode", json!("authenticating_proxy")), "authenticatingProxy.ca"),
        row((1627, "no_ca"), ("spec/authentication/mode", json!("authenticating_proxy")), "authenticatingProxy.ca")
            .with("spec/authentication/authenticatingProxy", json!({})),
        row((1627, "ca_not_a_certificate"), ("spec/authentication/mode", json!("authenticating_proxy")), "X.509")
            .with("spec/authentication/authenticatingProxy/ca", base64("a certificate")),
        row((1627, "large_ca"), ("spec/authentication/authenticatingProxy/ca", long((1 << 20) + 1)), "ca` is longer"),
    ]
}

/// Rows of clusters on dedicated hosts.
fn of_dedicated_clusters() -> Vec<Row> {
    let order = dedicated();
    let row = |what, (way, value): (&str, Value), says| Row::new("CreateCluster", &order, what, (way, value), says);
    let storage = "spec/extendParam/dssMasterVolumes";
    vec![
        row((925, "dedicated_without_zone"), ("spec/extendParam/clusterAZ", Value::Null), "clusterAZ"),
        row((926, "dedicated_without_storage"), (storage, Value::Null), "dssMasterVolumes is needed"),
        row((926, "dedicated_with_empty_storage"), (storage, json!("")), "dssMasterVolumes is needed"),
        row((926, "storage_garbage"), (storage, json!("garbage")), "dssMasterVolumes is <pool>.<type>"),
        row((926, "storage_of_one_disk"), (storage, json!("c950ee97.sas")), "dssMasterVolumes is <pool>.<type>"),
        row(
            (926, "storage_without_type"),
            (storage, json!("c950ee97;6edbc2f4.ssd")),
            "dssMasterVolumes is <pool>.<type>",
        ),
        row((926, "storage_of_unknown_type"), (storage, json!("a.sas;b.tape")), "dssMasterVolumes is <pool>.<type>"),
    ]
}

/// Rows of the add-ons that a cluster is created with.
fn of_addons() -> Vec<Row> {
    let order = order();
    let row =
        |what, addons: Value, says| Row::new("CreateCluster", &order, what, (INSTALL, json!(addons.to_string())), says);
    let changed = |addon: Value, way: &str, value: Value| {
        let mut addon = addon;
        super::constraints::put(&mut addon, way, value);
        json!([addon])
    };
    let (dns, scaler, gpu) = (
        |way: &str, value: Value| changed(coredns(), way, value),
        |way: &str, value: Value| changed(autoscaler(), way, value),
        |way: &str, value: Value| changed(gpu_beta(), way, value),
    );
    let mut rows = vec![
        Row::new("CreateCluster", &order, (769, "addons_not_json"), (INSTALL, json!("[{")), "not a list of add-ons"),
        row((769, "addons_not_a_list"), coredns(), "not a list of add-ons"),
        row((774, "addon_without_name"), dns("addonTemplateName", Value::Null), "addonTemplateName is missing"),
        row(
            (774, "addon_of_another_name"),
            dns("addonTemplateName", json!("metrics-server")),
            "addonTemplateName is one of",
        ),
        row((775, "addon_version"), dns("version", json!("9.9.9")), "9.9.9").code(404, "CCE.01404001"),
        row((776, "values_not_an_object"), dns("values", json!([])), "values"),
        row((781, "coredns_without_flavor"), dns("values/flavor", Value::Null), "values.flavor is missing"),
        row((782, "coredns_without_custom"), dns("values/custom", Value::Null), "values.custom is missing"),
        row((787, "flavor_without_description"), dns("values/flavor/description", Value::Null), "flavor.description"),
        row((790, "flavor_without_name"), dns("values/flavor/name", Value::Null), "flavor.name"),
        row((791, "replicas_not_a_number"), dns("values/flavor/replicas", json!("2")), "flavor.replicas"),
        row((792, "flavor_without_resources"), dns("values/flavor/resources", Value::Null), "flavor.resources"),
        row(
            (806, "stub_domain_not_a_list"),
            dns("values/custom/stub_domains", json!({"acme.local": "10.0.0.1"})),
            "stub_domains",
        ),
        row(
            (806, "stub_domain_not_an_address"),
            dns("values/custom/stub_domains", json!({"acme.local": ["dns"]})),
            "stub_domains",
        ),
        row(
            (807, "four_name_servers"),
            dns("values/custom/upstream_nameservers", json!(["a", "b", "c", "d"])),
            "upstream_nameservers",
        ),
        row(
            (808, "coredns_without_tenant"),
            dns("values/custom/tenant_id", Value::Null),
            "custom.tenant_id is missing",
        ),
        row((813, "autoscaler_without_flavor"), scaler("values/flavor", Value::Null), "values.flavor is missing"),
        row((816, "autoscaler_without_custom"), scaler("values/custom", Value::Null), "values.custom is missing"),
        row((821, "cores_not_a_range"), scaler("values/custom/coresTotal", json!("9:1")), "custom.coresTotal"),
        row((824, "memory_not_a_range"), scaler("values/custom/memoryTotal", json!("all")), "custom.memoryTotal"),
        row(
            (843, "gpu_beta_without_custom"),
            gpu("values", json!({"driver": "x"})),
            "custom.is_driver_from_nvidia is missing",
        ),
        row(
            (848, "driver_of_another"),
            gpu("values/custom/is_driver_from_nvidia", json!(false)),
            "is_driver_from_nvidia is always true",
        ),
        row(
            (849, "gpu_beta_without_url"),
            gpu("values/custom/nvidia_driver_download_url", Value::Null),
            "nvidia_driver_download_url is missing",
        ),
    ];
    let resources = [
        (797, "resource_without_name", "name"),
        (798, "resource_without_cpu_limit", "limitsCpu"),
        (799, "resource_without_memory_limit", "limitsMem"),
        (800, "resource_without_cpu", "requestsCpu"),
        (801, "resource_without_memory", "requestsMem"),
    ];
    let without = |(line, name, member): (u32, &'static str, &'static str)| {
        row((line, name), dns(&format!("values/flavor/resources/0/{member}"), Value::Null), member)
    };
    rows.extend(resources.map(without));
    let numbers = [
        (822, "empty_nodes_not_a_number", "maxEmptyBulkDeleteFlag"),
        (823, "nodes_not_a_number", "maxNodesTotal"),
        (825, "pause_after_addition_not_a_number", "scaleDownDelayAfterAdd"),
        (826, "pause_after_deletion_not_a_number", "scaleDownDelayAfterDelete"),
        (827, "pause_after_failure_not_a_number", "scaleDownDelayAfterFailure"),
        (828, "scale_down_not_a_truth", "scaleDownEnabled"),
        (829, "unneeded_time_not_a_number", "scaleDownUnneededTime"),
        (830, "utilization_not_a_number", "scaleDownUtilizationThreshold"),
        (831, "cpu_threshold_not_a_number", "scaleUpCpuUtilizationThreshold"),
        (832, "memory_threshold_not_a_number", "scaleUpMemUtilizationThreshold"),
        (835, "unscheduled_not_a_truth", "scaleUpUnscheduledPodEnabled"),
        (836, "utilization_not_a_truth", "scaleUpUtilizationEnabled"),
        (838, "recheck_not_a_number", "unremovableNodeRecheckTimeout"),
    ];
    let mistyped = |(line, name, member): (u32, &'static str, &'static str)| {
        row((line, name), scaler(&format!("values/custom/{member}"), json!("many")), member)
    };
    rows.extend(numbers.map(mistyped));
    rows.push(row(
        (837, "autoscaler_without_tenant"),
        scaler("values/custom/tenant_id", Value::Null),
        "custom.tenant_id",
    ));
    rows
}

/// Rows of the other calls about clusters.
fn of_other_calls() -> Vec<Row> {
    let this = json!({"cluster_id": "nowhere"});
    let missing =
        |operation, what| Row::new(operation, &this, what, ("x", Value::Null), "nowhere").code(404, "CCE.01404001");
    let update = json!({"cluster_id": "nowhere", "spec": {}});
    vec![
        missing("GetCluster", (1145, "read_a_cluster_that_is_not_there")),
        Row::new(
            "GetCluster",
            &this,
            (1151, "long_error_status"),
            ("errorStatus", json!("e".repeat(11))),
            "`errorStatus` is longer than 10",
        ),
        Row::new("UpdateCluster", &update, (1400, "change_a_cluster_that_is_not_there"), ("x", Value::Null), "nowhere")
            .code(404, "CCE.01404001"),
        Row::new("UpdateCluster", &update, (1419, "change_without_spec"), ("spec", Value::Null), "`spec` is missing"),
        Row::new(
            "UpdateCluster",
            &update,
            (1577, "long_new_description"),
            ("spec/description", json!("d".repeat(201))),
            "`spec.description` is longer than 200",
        ),
        missing("DeleteCluster", (1505, "delete_a_cluster_that_is_not_there")),
        missing("HibernateCluster", (1736, "hibernate_a_cluster_that_is_not_there")),
        missing("AwakeCluster", (1785, "wake_a_cluster_that_is_not_there")),
        missing("GetClusterCert", (1836, "certificate_of_a_cluster_that_is_not_there")),
    ]
}

/// All rows of this file.
pub(super) fn table() -> Vec<Row> {
    [of_clusters(), of_dedicated_clusters(), of_addons(), of_other_calls()].concat()
}

#[test]
fn a_cluster_that_breaks_a_rule_is_refused_with_the_name_of_the_member() {
    let mut cloud = Cloud::new();
    cloud.refuses(&[of_clusters(), of_dedicated_clusters()].concat());
    assert_eq!(cloud.ok("ListClusters", none())["items"], json!([]), "nothing is made");
}

#[test]
fn add_ons_that_break_a_rule_are_refused_with_the_name_of_the_member() {
    let mut cloud = Cloud::new();
    cloud.refuses(&of_addons());
    assert_eq!(cloud.ok("ListClusters", none())["items"], json!([]), "nothing is made");
}

#[test]
fn other_calls_about_clusters_that_break_a_rule_are_refused() {
    Cloud::new().refuses(&of_other_calls());
}

#[test]
fn what_keeps_the_rules_is_taken() {
    let mut cloud = Cloud::new();
    let certificate = "-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n";
    let certificate = base64::engine::general_purpose::STANDARD.encode(certificate);
    for (order, way, value) in [
        (order(), "metadata/name", json!("abcd")),
        (order(), "metadata/name", json!("a".repeat(128))),
        (order(), "spec/description", json!("述".repeat(200))),
        (order(), "spec/masters", json!({"availabilityZone": "az1.dc1", "flavor": "c6.large.2"})),
        (order(), "spec/masters/0/faultDomain", json!("1")),
        (order(), "spec/extendParam", json!({"dssMasterVolumes": "", "enterpriseProjectId": "0", "patchVersion": "1"})),
        (order(), "spec/extendParam/clusterExternalIP", json!("198.51.100.7")),
        (order(), "spec/category", json!("Turbo")),
        (order(), "spec/billingMode", json!(0)),
        (
            order(),
            "spec/authentication",
            json!({"mode": "authenticating_proxy", "authenticatingProxy": {"ca": certificate}}),
        ),
        (dedicated(), "spec/version", json!("v1.15")),
        (dedicated(), "spec/extendParam/dssMasterVolumes", json!("pool-1.SATA;pool-2.SAS")),
    ] {
        let mut order = order;
        super::constraints::put(&mut order, way, value);
        let id = text(&cloud.taken("CreateCluster", &order)["metadata"]["uid"]);
        cloud.ok("DeleteCluster", json!({"cluster_id": id}));
        cloud.pass(30);
    }
    let ranges = json!([{
        "addonTemplateName": "autoscaler", "values": {
            "flavor": {"description": "d", "name": 2500, "replicas": 1, "resources": flavor()["resources"][0]},
            "custom": autoscaler()["values"]["custom"],
        },
    }]);
    let ranges = ranges.to_string().replace("32000", "\"0:32000\"");
    let order = cluster(|order| order["metadata"]["annotations"] = json!({"cluster.install.addons/install": ranges}));
    cloud.taken("CreateCluster", &order);
}

/// cce:1620, cce:1621
#[test]
fn the_mode_of_authentication_follows_the_version() {
    let mut cloud = Cloud::new();
    for (version, mode) in [("v1.9", "x509"), ("v1.11.7-r2", "x509"), ("v1.13.10-r1", "rbac"), ("v1.19", "rbac")] {
        let answer = cloud.taken("CreateCluster", &cluster(|order| order["spec"]["version"] = json!(version)));
        assert_eq!(answer["spec"]["authentication"]["mode"], mode, "{version}");
    }
    for mode in ["x509", "rbac"] {
        let order = cluster(|order| {
            order["spec"]["version"] = json!("v1.11");
            order["spec"]["authentication"] = json!({"mode": mode});
        });
        assert_eq!(cloud.taken("CreateCluster", &order)["spec"]["authentication"]["mode"], mode);
    }
}

/// cce:718, cce:862, cce:920: what cannot be changed stays, even if a change names it.
#[test]
fn ranges_and_flavor_of_a_cluster_stay() {
    let mut cloud = Cloud::new();
    let id = cloud.available();
    let before = cloud.cluster(&id)["spec"].clone();
    let change = json!({"cluster_id": id, "spec": {
        "description": "new description", "flavor": "cce.s2.large", "kubernetesSvcIpRange": "10.246.0.0/16",
        "containerNetwork": {"mode": "vpc-router", "cidr": "172.20.0.0/16"},
    }});
    let after = cloud.taken("UpdateCluster", &change)["spec"].clone();
    assert_eq!(after["description"], "new description");
    for member in ["flavor", "kubernetesSvcIpRange", "containerNetwork", "hostNetwork", "version"] {
        assert_eq!(after[member], before[member], "{member}");
    }
}

/// cce:763, cce:1000, cce:1541: annotations are answered once and not kept.
#[test]
fn annotations_of_a_cluster_are_not_kept() {
    let mut cloud = Cloud::new();
    let order = cluster(|order| {
        order["metadata"]["annotations"] = json!({"key1": "value1", "cluster.install.addons/install": "[]"});
    });
    let answer = cloud.taken("CreateCluster", &order);
    assert_eq!(answer["metadata"]["annotations"]["key1"], "value1");
    assert!(cloud.cluster(&text(&answer["metadata"]["uid"]))["metadata"].get("annotations").is_none());
}

/// The request of cce:937 to cce:972, with the braces and commas that the document has lost.
#[test]
fn the_documents_request_for_a_cluster_is_taken() {
    let mut cloud = Cloud::new();
    let addons = r#"[{"addonTemplateName":"autoscaler","version":"1.13.11","values":{"flavor":{"description":"Has only one instance","name":"Single","replicas":1,"resources":[{"limitsCpu":"90m","limitsMem":"200Mi","name":"autoscaler","requestsCpu":"50m","requestsMem":"100Mi"}]},"custom":{"coresTotal":32000,"maxEmptyBulkDeleteFlaq":10,"maxNodesTotal":1000,"memoryTotal":128000,"scaleDownDelayAfterAdd":10,"scaleDownDelayAfterDelete":10,"scaleDownDelayAfterFailure":3,"scaleDownEnabled":false,"scaleDownUnneededTime":10,"scaleDownUtilizationThreshold":0.5,"scaleUpCpuUtilizationThreshold":1,"scaleUpMemUtilizationThreshold":1,"scaleUpUnscheduledPodEnabled":true,"scaleUpUtilizationEnabled":true,"tenant_id":"22a8a02394794b908d256103a5b63c65","unremovableNodeRecheckTimeout":5}}},{"addonTemplateName":"coredns","version":"1.13.3","values":{"flavor":{"description":"Has two instances","name":2500,"replicas":2,"resources":[{"limitsCpu":"500m","limitsMem":"512Mi","name":"coredns","requestsCpu":"500m","requestsMem":"512Mi"}]},"custom":{"stub_domains":{},"upstream_nameservers":[],"tenant_id":"22a8a02394794b908d256103a5b63c65"}}},{"addonTemplateName":"gpu-beta","version":"1.1.7","values":{"is_driver_from_nvidia":true,"nvidia_driver_download_url":"https://us.download.nvidia.com/tesla/396.37/NVIDIA-Linux-x86_64-396.37.run"}},{"addonTemplateName":"storage-driver","version":""}]"#;
    let request = json!({
        "kind": "Cluster", "apiVersion": "v3",
        "metadata": {
            "name": "mycluster", "labels": {"foo": "bar"}, "annotations": {"cluster.install.addons/install": addons},
        },
        "spec": {
            "type": "VirtualMachine", "flavor": "cce.s1.small", "version": "v1.15.11-r1",
            "description": "this is a demo cluster",
            "hostNetwork": {
                "vpc": "1cb74d47-8e09-4d14-a065-75f4fc03e5eb", "subnet": "d44c089c-fbdc-49b3-ae8f-7b42c64219cf",
            },
            "containerNetwork": {"mode": "overlay_l2", "cidr": "172.16.0.0/16"},
            "extendParam": {"foo": "bar"},
        },
    });
    // It has a member that no table has, which is answered.
    let answer = cloud.sent("CreateCluster", &request).unwrap();
    assert_eq!(
        (&answer["metadata"]["annotations"]["cluster.install.addons/install"], &answer["spec"]["extendParam"]["foo"]),
        (&json!(addons), &json!("bar"))
    );
    let id = text(&answer["metadata"]["uid"]);
    let installed = cloud.ok("ListAddonInstances", json!({"cluster_id": id}))["items"].clone();
    let names: Vec<&Value> = installed.as_array().unwrap().iter().map(|it| &it["spec"]["addonTemplateName"]).collect();
    assert_eq!(names, ["autoscaler", "coredns", "gpu-beta", "storage-driver"]);
    assert_eq!(installed[1]["spec"]["values"]["flavor"]["name"], 2500);
}

/// The request of cce:1428.
#[test]
fn the_documents_change_of_a_cluster_is_taken() {
    let mut cloud = Cloud::new();
    let id = cloud.available();
    let answer = cloud.taken("UpdateCluster", &json!({"cluster_id": id, "spec": {"description": "new description"}}));
    assert_eq!((&answer["kind"], &answer["spec"]["description"]), (&json!("Cluster"), &json!("new description")));
}
