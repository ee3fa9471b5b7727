//! Constraints of how servers are installed anew: AddNodes and ResetNodes (cce:3014 to 3482).

use super::constraint_table::{Row, row};
use serde_json::{Value, json};

pub(super) const LVM: &str = "dockerThinpool=vgpaas/90%VG;kubernetesLV=vgpaas/10%VG;diskType=evs;lvType=linear";
/// `echo` in base64.
pub(super) const SCRIPT: &str = "ZWNobwo=";
const KEY: &str = "0123456789abcdef0123456789abcdef0123";

/// What a server is installed anew with: every member that the tables have.
pub(super) fn fresh() -> Value {
    let selectors = json!([
        {"name": "cceUse", "storageType": "evs", "matchLabels": {
            "size": "100", "volumeType": "SSD", "metadataEncrypted": "1", "metadataCmkid": KEY, "count": "1",
        }},
        {"name": "fast", "storageType": "local"},
    ]);
    let groups = json!([
        {"name": "vgpaas", "cceManaged": true, "selectorNames": ["cceUse"], "virtualSpaces": [
            {"name": "kubernetes", "size": "10%", "lvmConfig": {"lvType": "linear"}},
            {"name": "runtime", "size": "90%", "runtimeConfig": {"lvType": "linear"}},
        ]},
        {"name": "vguser", "selectorNames": ["fast"], "virtualSpaces": [
            {"name": "user", "size": "100%", "lvmConfig": {"lvType": "striped", "path": "/data/a-b_c.d"}},
        ]},
    ]);
    json!({
        "os": "EulerOS 2.5", "login": {"sshKey": "myKeypair"}, "name": "node-1",
        "serverConfig": {
            "userTags": [{"key": "tag1", "value": "aaaa"}, {"key": "tag2", "value": "bbbb"}],
            "rootVolume": {"imageID": "1a2b", "cmkID": ""},
        },
        "volumeConfig": {"lvmConfig": LVM, "storage": {"storageSelectors": selectors, "storageGroups": groups}},
        "runtimeConfig": {"dockerBaseSize": 20, "runtime": {"name": "containerd"}},
        "k8sOptions": {
            "labels": {"example.com/my-key": "value"}, "maxPods": 110,
            "taints": [{"key": "status", "value": "unavailable", "effect": "NoSchedule"}],
        },
        "lifecycle": {"preInstall": SCRIPT, "postInstall": SCRIPT},
        "extendParam": {"alpha.cce/NodeImageID": ""},
    })
}

fn labels(count: usize) -> Value {
    (0..count).map(|at| (format!("key-{at}"), json!("v"))).collect::<serde_json::Map<_, _>>().into()
}

fn taint(key: &str, value: &str, effect: &str) -> Value {
    json!([{"key": key, "value": value, "effect": effect}])
}

pub(super) fn password(password: &str) -> Value {
    json!({"userPassword": {"username": "root", "password": password}})
}

/// Lines of AddNodes and of ResetNodes, which print the same tables, then what is put where in `spec`.
fn fresh_rows() -> Vec<(u32, u32, &'static str, &'static str, Value, &'static str)> {
    let (selectors, groups) = ("/volumeConfig/storage/storageSelectors", "/volumeConfig/storage/storageGroups");
    let (key, evs, local) =
        ("the form that Kubernetes asks for", json!({"name": "cceUse", "storageType": "evs"}), "local");
    let long = "k".repeat(64);
    vec![
        (3062, 3306, "a system that is not offered", "/os", json!("Plan 9 4"), "operating system"),
        (3062, 3306, "a system without its version", "/os", json!("EulerOS"), "version"),
        (3062, 3306, "a system of other processors", "/os", json!("EulerOS 2.8"), "x86"),
        (3063, 3309, "no login", "/login", json!({}), "login needs sshKey or userPassword"),
        (3063, 3309, "two logins", "/login/userPassword", json!({"password": "JDYk"}), "not both"),
        (3064, 3310, "a name that ends with a hyphen", "/name", json!("node-"), "name of a node"),
        (3064, 3310, "a name that begins with a digit", "/name", json!("1node"), "name of a node"),
        (3064, 3310, "a name in capitals", "/name", json!("Node"), "name of a node"),
        (3064, 3310, "a name of 57 characters", "/name", json!("n".repeat(57)), "longer than 56"),
        (3087, 3330, "a password that is not salted", "/login", password("Correct-Horse-7"), "salted password"),
        (3092, 3335, "two tags of one key", "/serverConfig/userTags/1/key", json!("tag1"), "key tag1 twice"),
        (
            3092,
            3335,
            "six tags",
            "/serverConfig/userTags",
            json!([1, 2, 3, 4, 5, 6].map(|at| json!({"key": at.to_string()}))),
            "more than 5",
        ),
        (3100, 3341, "a tag that begins with CCE-", "/serverConfig/userTags/0/key", json!("CCE-x"), "CCE-"),
        (
            3100,
            3341,
            "a tag of bare metal",
            "/serverConfig/userTags/0/key",
            json!("__type_baremetal"),
            "type_baremetal",
        ),
        (
            3114,
            3355,
            "a share of users without its unit",
            "/volumeConfig/lvmConfig",
            json!(format!("{LVM};userLV=20%")),
            "userLV is a share",
        ),
        (
            3115,
            3356,
            "a path that is not absolute",
            "/volumeConfig/lvmConfig",
            json!(format!("{LVM};userPath=home")),
            "userPath is a path",
        ),
        (
            3116,
            3357,
            "another kind of disk",
            "/volumeConfig/lvmConfig",
            json!(LVM.replace("evs", "tape")),
            "diskType is evs, hdd or ssd",
        ),
        (
            3117,
            3358,
            "another kind of volume",
            "/volumeConfig/lvmConfig",
            json!(LVM.replace("linear", "mirror")),
            "lvType is linear or striped",
        ),
        (
            3118,
            3359,
            "a share of more than all",
            "/volumeConfig/lvmConfig",
            json!(LVM.replace("90%", "900%")),
            "dockerThinpool is a share",
        ),
        (
            3119,
            3360,
            "a share without its group",
            "/volumeConfig/lvmConfig",
            json!(LVM.replace("vgpaas/10%VG", "10%VG")),
            "kubernetesLV is a share",
        ),
        (3112, 3353, "a text of another form", "/volumeConfig/lvmConfig", json!("garbage"), "volumeConfig.lvmConfig"),
        (3125, 3366, "no selectors", selectors, json!([]), "storageSelectors"),
        (3126, 3367, "no groups", groups, json!([]), "storageGroups"),
        (
            3131,
            3372,
            "two selectors of one name",
            "/volumeConfig/storage/storageSelectors/1/name",
            json!("cceUse"),
            "two selectors",
        ),
        (
            3132,
            3373,
            "another kind of storage",
            "/volumeConfig/storage/storageSelectors/0/storageType",
            json!("tape"),
            "storageType",
        ),
        (
            3132,
            3373,
            "two selectors of local disks",
            selectors,
            json!([evs, {"name": "fast", "storageType": local}, {"name": "more", "storageType": local}]),
            "at most one selector",
        ),
        (
            3132,
            3373,
            "local disks that are chosen",
            "/volumeConfig/storage/storageSelectors/1/matchLabels",
            json!({"size": "100"}),
            "local disks cannot be chosen",
        ),
        (
            3133,
            3374,
            "a label that disks do not have",
            "/volumeConfig/storage/storageSelectors/0/matchLabels/color",
            json!("red"),
            "matchLabels",
        ),
        (
            3138,
            3379,
            "a size that is no number",
            "/volumeConfig/storage/storageSelectors/0/matchLabels/size",
            json!("big"),
            "matchLabels.size",
        ),
        (
            3139,
            3380,
            "a kind that cannot be matched",
            "/volumeConfig/storage/storageSelectors/0/matchLabels/volumeType",
            json!("SATA"),
            "volumeType",
        ),
        (
            3140,
            3381,
            "a mark of encryption beside 0 and 1",
            "/volumeConfig/storage/storageSelectors/0/matchLabels/metadataEncrypted",
            json!("yes"),
            "metadataEncrypted",
        ),
        (
            3141,
            3382,
            "a key of 35 bytes",
            "/volumeConfig/storage/storageSelectors/0/matchLabels/metadataCmkid",
            json!(KEY[1..]),
            "36 bytes",
        ),
        (
            3141,
            3382,
            "a key of 37 bytes",
            "/volumeConfig/storage/storageSelectors/0/matchLabels/metadataCmkid",
            json!(format!("{KEY}0")),
            "36",
        ),
        (
            3142,
            3385,
            "a count that is no number",
            "/volumeConfig/storage/storageSelectors/0/matchLabels/count",
            json!("0"),
            "matchLabels.count",
        ),
        (
            3147,
            3390,
            "two groups of one name",
            "/volumeConfig/storage/storageGroups/1/name",
            json!("vgpaas"),
            "two groups",
        ),
        (
            3150,
            3391,
            "no group for Kubernetes",
            "/volumeConfig/storage/storageGroups/0/cceManaged",
            json!(false),
            "cceManaged",
        ),
        (
            3150,
            3391,
            "two groups for Kubernetes",
            "/volumeConfig/storage/storageGroups/1/cceManaged",
            json!(true),
            "exactly one",
        ),
        (
            3150,
            3391,
            "Kubernetes in another group",
            "/volumeConfig/storage/storageGroups/1/virtualSpaces/0",
            json!({"name": "kubernetes", "size": "10%", "lvmConfig": {"lvType": "linear"}}),
            "belongs to the group with cceManaged",
        ),
        (
            3151,
            3392,
            "a selector in two groups",
            "/volumeConfig/storage/storageGroups/1/selectorNames",
            json!(["cceUse"]),
            "another group has chosen it",
        ),
        (
            3151,
            3392,
            "a selector that is not there",
            "/volumeConfig/storage/storageGroups/1/selectorNames",
            json!(["slow"]),
            "no selector has this name",
        ),
        (
            3151,
            3392,
            "a group without selectors",
            "/volumeConfig/storage/storageGroups/1/selectorNames",
            json!([]),
            "selectorNames",
        ),
        (
            3152,
            3393,
            "a group without spaces",
            "/volumeConfig/storage/storageGroups/1/virtualSpaces",
            json!([]),
            "virtualSpaces",
        ),
        (
            3157,
            3398,
            "a space of another name",
            "/volumeConfig/storage/storageGroups/1/virtualSpaces/0/name",
            json!("swap"),
            "name is one of kubernetes, runtime, user",
        ),
        (
            3157,
            3398,
            "a space without its configuration",
            "/volumeConfig/storage/storageGroups/0/virtualSpaces/1/runtimeConfig",
            Value::Null,
            "the space runtime needs runtimeConfig",
        ),
        (
            3158,
            3399,
            "a size in parts of a percent",
            "/volumeConfig/storage/storageGroups/1/virtualSpaces/0/size",
            json!("99.5%"),
            "whole percentage",
        ),
        (
            3158,
            3399,
            "a size without the sign",
            "/volumeConfig/storage/storageGroups/1/virtualSpaces/0/size",
            json!("90"),
            "whole percentage",
        ),
        (
            3158,
            3399,
            "more than 100 % of a group",
            "/volumeConfig/storage/storageGroups/0/virtualSpaces/0/size",
            json!("11%"),
            "101 %",
        ),
        (
            3159,
            3400,
            "a runtime divided by LVM",
            "/volumeConfig/storage/storageGroups/0/virtualSpaces/1/lvmConfig",
            json!({"lvType": "linear"}),
            "takes runtimeConfig",
        ),
        (
            3160,
            3403,
            "users in a runtime",
            "/volumeConfig/storage/storageGroups/1/virtualSpaces/0/runtimeConfig",
            json!({"lvType": "linear"}),
            "takes lvmConfig",
        ),
        (
            3165,
            3408,
            "another mode of LVM",
            "/volumeConfig/storage/storageGroups/1/virtualSpaces/0/lvmConfig/lvType",
            json!("mirror"),
            "lvType",
        ),
        (
            3166,
            3409,
            "a path for Kubernetes",
            "/volumeConfig/storage/storageGroups/0/virtualSpaces/0/lvmConfig/path",
            json!("/data"),
            "path is for the space user",
        ),
        (
            3166,
            3409,
            "a path of other characters",
            "/volumeConfig/storage/storageGroups/1/virtualSpaces/0/lvmConfig/path",
            json!("/data dir"),
            "absolute path",
        ),
        (
            3171,
            3414,
            "another mode of the runtime",
            "/volumeConfig/storage/storageGroups/0/virtualSpaces/1/runtimeConfig/lvType",
            json!("mirror"),
            "lvType",
        ),
        (3176, 3419, "a size below 0", "/runtimeConfig/dockerBaseSize", json!(-1), "dockerBaseSize"),
        (3182, 3425, "another runtime", "/runtimeConfig/runtime/name", json!("zz"), "docker, containerd"),
        (3187, 3430, "21 labels", "/k8sOptions/labels", labels(21), "at most 20 labels"),
        (3188, 3430, "a key that begins with a hyphen", "/k8sOptions/labels", json!({"-a": "b"}), key),
        (3188, 3430, "a key of 64 characters", "/k8sOptions/labels", json!({&long: "b"}), key),
        (3188, 3430, "a domain in capitals", "/k8sOptions/labels", json!({"Example.com/a": "b"}), key),
        (
            3188,
            3430,
            "a domain of 254 characters",
            "/k8sOptions/labels",
            json!({format!("{}/a", ["a"; 127].join(".") + ".a"): "b"}),
            key,
        ),
        (3189, 3430, "a value with a blank", "/k8sOptions/labels", json!({"a": "b c"}), key),
        (3189, 3430, "a value of 64 characters", "/k8sOptions/labels", json!({"a": &long}), key),
        (3189, 3430, "a value that begins with a dot", "/k8sOptions/labels", json!({"a": ".b"}), key),
        (
            3193,
            3431,
            "21 taints",
            "/k8sOptions/taints",
            vec![taint("a", "b", "NoExecute")[0].clone(); 21].into(),
            "more than 20",
        ),
        (3194, 3431, "a taint with a key of another form", "/k8sOptions/taints", taint("a b", "c", "NoExecute"), key),
        (3195, 3431, "a taint with a value of another form", "/k8sOptions/taints", taint("a", "b c", "NoExecute"), key),
        (3196, 3431, "a taint of another effect", "/k8sOptions/taints", taint("a", "b", "Never"), "effect"),
        (3198, 3434, "15 pods", "/k8sOptions/maxPods", json!(15), "smaller than 16"),
        (3198, 3434, "257 pods", "/k8sOptions/maxPods", json!(257), "larger than 256"),
        (
            3210,
            3446,
            "a script that is not in base64",
            "/lifecycle/preInstall",
            json!("not base64 !!"),
            "preInstall is not a script",
        ),
        (
            3211,
            3447,
            "a script for later that is not in base64",
            "/lifecycle/postInstall",
            json!("not base64 !!"),
            "postInstall is not a script",
        ),
    ]
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row(3051, "no servers", "AddNodes", json!({"/nodeList": []}), "nodeList"),
        row(3056, "a server that is not there", "AddNodes", json!({"/nodeList/0/serverID": "nothing"}), "nothing")
            .code("CCE.01404001"),
        row(3295, "no nodes to reset", "ResetNodes", json!({"/nodeList": []}), "nodeList"),
        row(
            3300,
            "a node to reset that is not there",
            "ResetNodes",
            json!({"/nodeList/0/nodeID": "nothing"}),
            "nothing",
        )
        .code("CCE.01404001"),
    ];
    for (add, reset, name, pointer, value, says) in fresh_rows() {
        let changes = json!({format!("/nodeList/0/spec{pointer}"): value});
        rows.push(row(add, name, "AddNodes", changes.clone(), says));
        rows.push(row(reset, name, "ResetNodes", changes, says));
    }
    rows
}
