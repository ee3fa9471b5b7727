//! Constraints of node pools (cce:3872 to 4780).

use super::constraint_table::{Row, Wire, row};
use serde_json::{Value, json};

const LVM: &str = "dockerThinpool=vgpaas/90%VG;kubernetesLV=vgpaas/10%VG;diskType=evs;lvType=linear";
/// `echo` in base64.
const SCRIPT: &str = "ZWNobwo=";
/// More nodes than a pool may have in a cluster of the smallest flavor.
const NODE_QUOTA: &str = "CCE.01400008";

/// A cluster and a pool in it.
pub(super) struct Places {
    cluster: Value,
    pool: Value,
}

impl Places {
    pub(super) async fn new(wire: &Wire) -> Self {
        let mut places = Self { cluster: wire.cluster(|_| ()).await, pool: Value::Null };
        places.pool = wire.ok("CreateNodePool", &places.right("CreateNodePool")).await["metadata"]["uid"].clone();
        places
    }

    /// A right request of that operation, with every member that its tables have.
    pub(super) fn right(&self, operation: &str) -> Value {
        let scaling = json!({
            "enable": true, "minNodeCount": 0, "maxNodeCount": 5, "scaleDownCooldownTime": 10, "priority": 1,
        });
        let taints = json!([{"key": "status", "value": "unavailable", "effect": "NoSchedule"}]);
        let mut request = json!({
            "cluster_id": self.cluster, "kind": "NodePool", "apiVersion": "v3", "metadata": {"name": "my-node-pool"},
        });
        if operation == "UpdateNodePool" {
            request["nodepool_id"] = self.pool.clone();
            request["spec"] = json!({
                "initialNodeCount": 0, "type": "vm", "autoscaling": scaling,
                "nodeTemplate": {"k8sTags": {"cce.io/node-label": "test-label"}, "taints": taints},
            });
            return request;
        }
        request["spec"] = json!({
            "type": "vm", "initialNodeCount": 0, "autoscaling": scaling, "faultDomain": "domain-1",
            "nodeManagement": {"serverGroupReference": "c8eb2c1a-3f2e-4c1a-9c1a-0f2e4c1a9c1a"},
            "nodeTemplate": {
                "flavor": "s6.large.2", "az": "random", "os": "EulerOS 2.5", "login": {"sshKey": "myKeypair"},
                "rootVolume": {"volumetype": "SATA", "size": 40}, "billingMode": 0,
                "dataVolumes": [{"volumetype": "SATA", "size": 100, "extendParam": {"useType": "docker"}}],
                "publicIP": {"count": 1, "eip": {"iptype": "5_bgp", "bandwidth": {"size": 10, "sharetype": "PER"}}},
                "nodeNicSpec": {"primaryNic": {"subnetId": "subnet-default1"}},
                "extendParam": {
                    "alpha.cce/preInstall": SCRIPT, "alpha.cce/postInstall": SCRIPT, "alpha.cce/NodeImageID": "",
                    "maxPods": 110, "DockerLVMConfigOverride": LVM,
                },
                "k8sTags": {"example.com/my-key": "value"}, "taints": taints,
            },
        });
        request
    }
}

fn labels(count: usize) -> Value {
    (0..count).map(|at| (format!("key-{at}"), json!("v"))).collect::<serde_json::Map<_, _>>().into()
}

fn taint(key: &str, value: &str, effect: &str) -> Value {
    json!([{"key": key, "value": value, "effect": effect}])
}

pub(super) fn rows() -> Vec<Row> {
    let create = |line, name, pointer: &str, value: Value, says| {
        row(line, name, "CreateNodePool", json!({format!("/spec{pointer}"): value}), says)
    };
    let update = |line, name, pointer: &str, value: Value, says| {
        row(line, name, "UpdateNodePool", json!({format!("/spec{pointer}"): value}), says)
    };
    let template = |line, name, pointer: &str, value: Value, says| {
        create(line, name, &format!("/nodeTemplate{pointer}"), value, says)
    };
    let (form, both) =
        ("the form that Kubernetes asks for", json!({"userPassword": {"username": "root", "password": "x"}}));
    let mut rows = vec![
        template(
            2028,
            "a group of servers in a template",
            "/ecsGroupId",
            json!("c8eb2c1a-3f2e-4c1a-9c1a-0f2e4c1a9c1a"),
            "ecsGroupId",
        ),
        template(2046, "a dedicated host in a template", "/dedicatedHostId", json!("host-1"), "dedicatedHostId"),
        template(2049, "offloaded nodes in a template", "/offloadNode", json!(true), "offloadNode"),
        create(3924, "more nodes than the cluster may have", "/initialNodeCount", json!(51), "50").code(NODE_QUOTA),
        create(3924, "fewer nodes than none", "/initialNodeCount", json!(-1), "initialNodeCount"),
        create(3927, "a fault domain without a group", "/nodeManagement", json!({}), "faultDomain"),
        create(3938, "a smallest size below 0", "/autoscaling/minNodeCount", json!(-1), "minNodeCount"),
        create(3939, "a largest size below the smallest", "/autoscaling/minNodeCount", json!(6), "maxNodeCount"),
        create(3939, "a largest size above the cluster's", "/autoscaling/maxNodeCount", json!(51), "maxNodeCount"),
        create(3942, "a time below 0", "/autoscaling/scaleDownCooldownTime", json!(-1), "scaleDownCooldownTime"),
        create(3943, "a weight that is no number", "/autoscaling/priority", json!("high"), "priority"),
        create(4007, "nodes that are no virtual machines", "/type", json!("pm"), "type"),
        template(4169, "a flavor without a name", "/flavor", json!(""), "flavor"),
        template(
            4170,
            "a flavor of 51 characters",
            "/flavor",
            json!(format!("s6.large.{}", "2".repeat(42))),
            "longer than 50",
        ),
        template(4173, "a zone of 201 characters", "/az", json!("z".repeat(201)), "longer than 200"),
        template(4174, "a system that is not offered", "/os", json!("Plan 9"), "operating system"),
        template(4177, "no data disks", "/dataVolumes", json!([]), "dataVolumes"),
        template(4178, "an address without its kind", "/publicIP/eip", Value::Null, "publicIP"),
        template(
            4181,
            "a script that is not in base64",
            "/extendParam/alpha.cce~1preInstall",
            json!("not base64 !!"),
            "alpha.cce/preInstall",
        ),
        template(
            4181,
            "a script for later that is not in base64",
            "/extendParam/alpha.cce~1postInstall",
            json!("not base64 !!"),
            "alpha.cce/postInstall",
        ),
        template(4181, "15 pods", "/extendParam/maxPods", json!(15), "smaller than 16"),
        template(4181, "257 pods", "/extendParam/maxPods", json!(257), "larger than 256"),
        template(
            2134,
            "disks divided by a text of another form",
            "/extendParam/DockerLVMConfigOverride",
            json!("garbage"),
            "DockerLVMConfigOverride",
        ),
        template(4184, "21 labels", "/k8sTags", labels(21), "at most 20 labels"),
        template(4185, "a key that begins with a hyphen", "/k8sTags", json!({"-a": "b"}), form),
        template(4185, "a key of 64 characters", "/k8sTags", json!({"k".repeat(64): "b"}), form),
        template(
            4185,
            "a domain of 254 characters",
            "/k8sTags",
            json!({format!("{}.a/a", ["a"; 127].join(".")): "b"}),
            form,
        ),
        template(4186, "a value that begins with a dot", "/k8sTags", json!({"a": ".b"}), form),
        template(4186, "a value of 64 characters", "/k8sTags", json!({"a": "v".repeat(64)}), form),
        template(4192, "no login", "/login", json!({}), "login needs"),
        template(4192, "a password that is not salted", "/login", both, "salted password"),
        template(4197, "a root disk of another kind", "/rootVolume/volumetype", json!("TAPE"), "volumetype"),
        template(4202, "a root disk of 39 GB", "/rootVolume/size", json!(39), "40"),
        template(4202, "a root disk of 1025 GB", "/rootVolume/size", json!(1_025), "1024"),
        template(4208, "a data disk of another kind", "/dataVolumes/0/volumetype", json!("TAPE"), "volumetype"),
        template(4214, "a data disk of 99 GB", "/dataVolumes/0/size", json!(99), "100"),
        template(4214, "a data disk of 32769 GB", "/dataVolumes/0/size", json!(32_769), "32768"),
        template(
            4235,
            "a subnet of another network",
            "/nodeNicSpec/primaryNic/subnetId",
            json!("subnet-second01"),
            "subnet",
        )
        .code("CCE.01400002"),
        row(4537, "another kind of object", "UpdateNodePool", json!({"/kind": "Node"}), "kind"),
        row(4538, "another version of the API", "UpdateNodePool", json!({"/apiVersion": "v2"}), "apiVersion"),
        template(4180, "another way to pay", "/billingMode", json!(1), "billingMode"),
        update(4506, "another flavor later", "/nodeTemplate/flavor", json!("s6.xlarge.2"), "nodeTemplate.flavor"),
        update(4506, "another login later", "/nodeTemplate/login", json!({"sshKey": "another"}), "nodeTemplate.login"),
        update(4506, "a fault domain later", "/faultDomain", json!("domain-2"), "spec.faultDomain"),
        row(4506, "another name later", "UpdateNodePool", json!({"/metadata/name": "another"}), "metadata.name"),
        update(4550, "more nodes than the cluster may have", "/initialNodeCount", json!(51), "50").code(NODE_QUOTA),
        update(4550, "fewer nodes than none", "/initialNodeCount", json!(-1), "initialNodeCount"),
        update(4551, "nodes that are no virtual machines", "/type", json!("pm"), "type"),
        update(4555, "another zone later", "/nodeTemplate/az", json!("az1.dc1"), "nodeTemplate.az"),
        update(4561, "a smallest size below 0", "/autoscaling/minNodeCount", json!(-1), "minNodeCount"),
        update(4562, "a largest size below the smallest", "/autoscaling/minNodeCount", json!(6), "maxNodeCount"),
        update(4562, "a largest size above the cluster's", "/autoscaling/maxNodeCount", json!(51), "maxNodeCount"),
        update(4563, "a time below 0", "/autoscaling/scaleDownCooldownTime", json!(-1), "scaleDownCooldownTime"),
        update(4564, "a weight that is no number", "/autoscaling/priority", json!("high"), "priority"),
        update(4569, "21 labels", "/nodeTemplate/k8sTags", labels(21), "at most 20 labels"),
        update(4570, "a key that begins with a hyphen", "/nodeTemplate/k8sTags", json!({"-a": "b"}), form),
        update(4571, "a value that begins with a dot", "/nodeTemplate/k8sTags", json!({"a": ".b"}), form),
        update(
            4574,
            "a taint with a key of another form",
            "/nodeTemplate/taints",
            taint("a b", "c", "NoExecute"),
            form,
        ),
        update(
            4575,
            "a taint with a value of another form",
            "/nodeTemplate/taints",
            taint("a", "b c", "NoExecute"),
            form,
        ),
        update(4576, "a taint of another effect", "/nodeTemplate/taints", taint("a", "b", "Never"), "effect"),
    ];
    for (name, wrong, says) in [
        ("a name in capitals", "Pool".to_owned(), "name of a node pool"),
        ("a name that begins with a digit", "1pool".to_owned(), "name of a node pool"),
        ("a name that ends with a hyphen", "pool-".to_owned(), "name of a node pool"),
        ("a name of 51 characters", "p".repeat(51), "longer than 50"),
        ("the name of the default pool", "DefaultPool".to_owned(), "DefaultPool"),
    ] {
        let changes = json!({"/metadata/name": wrong});
        rows.push(row(3918, name, "CreateNodePool", changes.clone(), says));
        rows.push(row(4545, name, "UpdateNodePool", changes, says));
    }
    rows
}

#[tokio::test]
async fn each_constraint_of_pools_is_held() {
    let wire = Wire::new().await;
    let places = Places::new(&wire).await;
    wire.refuses_each(&rows(), |operation| places.right(operation)).await;
}
