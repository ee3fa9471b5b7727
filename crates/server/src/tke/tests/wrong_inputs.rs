//! Wrong inputs of the operations of the public cloud, each with the code and the word that tell what is wrong.

mod access;
mod applications;
mod maintenance;
mod native;
mod native_pools;
mod networks;
mod pools;
mod settings;
mod upgrades;

use super::native_pools::{make, names, native as of_native};
use super::{Cloud, empty_cluster};
use serde_json::{Value, json};

/// An operation, its parameters, the code of the refusal, a word that its message has, and the source: a line of the
/// guide (`002:4617`) or of the TCE document (`tce:14621`), or as in `docs/rules-tke.md`. Names with a dollar are
/// those of [`prepared`].
struct Row(&'static str, &'static str, &'static str, &'static str, &'static str);

/// The rows of each topic, and the version of the operations.
const TABLES: [(&str, &[Row]); 9] = [
    ("2018-05-25", upgrades::ROWS),
    ("2018-05-25", maintenance::ROWS),
    ("2018-05-25", settings::ROWS),
    ("2018-05-25", networks::ROWS),
    ("2018-05-25", access::ROWS),
    ("2018-05-25", applications::ROWS),
    ("2018-05-25", pools::ROWS),
    ("2022-05-01", native::ROWS),
    ("2022-05-01", native_pools::ROWS),
];

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A cloud with a protected cluster that has a node, a node pool, a native one with a policy, an add-on, an application and a
/// maintenance window; with a cluster of an old version without nodes; and with one that is still being created.
fn prepared() -> (Cloud, Vec<(&'static str, String)>) {
    let mut cloud = Cloud::new();
    let cluster = cloud.recent();
    let old = cloud.create("172.17.0.0/16");
    cloud.pass(60);
    let node = cloud.add_nodes(&cluster, 1)[0].clone();
    let rules = json!([{"Name": "KubeletUnhealthy", "Enabled": true, "AutoRepairEnabled": true}]);
    let policy = json!({"ClusterId": cluster, "HealthCheckPolicy": {"Name": "watch", "Rules": rules}});
    of_native(&mut cloud).ok("CreateHealthCheckPolicy", policy);
    let pool = make(&mut cloud, &cluster, json!({"Replicas": 1, "HealthCheckPolicyName": "watch"}));
    cloud.pass(90);
    let machine = names(&mut cloud, &cluster).into_iter().find(|name| *name != node).unwrap();
    let window = json!({"MaintenanceTime": "02:00:00", "Duration": 3, "DayOfWeek": ["MO"]});
    let with = |name: &str, value: Value| {
        let mut window = window.clone();
        window[name] = value;
        window
    };
    cloud.ok("CreateClusterMaintenanceWindowAndExclusions", with("ClusterID", json!(cluster)));
    let everywhere = with("TargetRegions", json!(["*"]));
    let everywhere = text(&cloud.ok("CreateGlobalMaintenanceWindowAndExclusions", everywhere)["ID"]);
    cloud.ok(
        "CreateClusterRouteTable",
        json!({"RouteTableName": "routes", "RouteTableCidrBlock": "10.70.0.0/16",
        "VpcId": "vpc-default0"}),
    );
    cloud.ok("InstallAddon", json!({"ClusterId": cluster, "AddonName": "cos"}));
    cloud.ok(
        "CreateClusterRelease",
        json!({"ClusterId": cluster, "Name": "web", "Namespace": "default",
        "Chart": "nginx", "ChartNamespace": "opensource-stable", "ChartVersion": "9.5.1"}),
    );
    let group = json!({"MinSize": 0, "MaxSize": 2, "DesiredCapacity": 0, "VpcId": "vpc-default0",
        "SubnetIds": ["subnet-default1"]});
    let machines = json!({"ClusterId": cluster, "Name": "machines", "EnableAutoscale": false,
        "AutoScalingGroupPara": group.to_string(), "LaunchConfigurePara": r#"{"InstanceType": "S5.MEDIUM4"}"#,
        "InstanceAdvancedSettings": {}, "DeletionProtection": true});
    let machines = text(&cloud.ok("CreateClusterNodePool", machines)["NodePoolId"]);
    cloud.ok("EnableClusterDeletionProtection", json!({"ClusterId": cluster}));
    cloud.pass(60);
    let new = text(&cloud.ok("CreateCluster", empty_cluster("172.18.0.0/16"))["ClusterId"]);
    let names = vec![
        ("\"$window\"", everywhere),
        ("$machines", machines),
        ("$cluster", cluster),
        ("$old", old),
        ("$new", new),
        ("$node", node),
        ("$pool", pool),
        ("$machine", machine),
    ];
    (cloud, names)
}

/// The text with the names of the prepared cloud.
fn filled(text: &str, names: &[(&str, String)]) -> String {
    names.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
}

/// What a row gets instead of what it is due, if that is something else.
fn fault(cloud: &mut Cloud, version: &'static str, row: &Row, names: &[(&str, String)]) -> Option<String> {
    let Row(operation, parameters, code, word, source) = row;
    let (parameters, word) = (filled(parameters, names), filled(word, names));
    let refusal = match cloud.at(version).call(operation, serde_json::from_str(&parameters).unwrap()) {
        Err(refusal) if refusal.code == *code && refusal.message.contains(&word) => return None,
        Err(refusal) => refusal.to_string(),
        Ok(answer) => format!("the answer {answer}"),
    };
    Some(format!("{operation} {parameters} ({source}): due is {code} with `{word}`, not {refusal}"))
}

/// What the prepared clusters are, which no refused call changes.
fn state(cloud: &mut Cloud, cluster: &str) -> [Value; 6] {
    let nodes = json!({"ClusterId": cluster, "Limit": 100});
    [
        cloud.ok("DescribeClusters", json!({})),
        cloud.ok("DescribeClusterMaintenanceWindowAndExclusions", json!({})),
        cloud.ok("DescribeAddon", json!({"ClusterId": cluster})),
        cloud.ok("DescribeClusterExtraArgs", json!({"ClusterId": cluster})),
        cloud.ok("DescribeClusterRouteTables", json!({})),
        cloud.at("2022-05-01").ok("DescribeClusterInstances", nodes),
    ]
}

#[test]
fn wrong_inputs_are_refused_with_the_documented_code_and_change_nothing() {
    let (mut cloud, names) = prepared();
    let cluster = names.iter().find(|(name, _)| *name == "$cluster").unwrap().1.clone();
    let before = state(&mut cloud, &cluster);
    let mut faults = Vec::new();
    let mut count = 0;
    for (version, rows) in TABLES {
        count += rows.len();
        faults.extend(rows.iter().filter_map(|row| fault(&mut cloud, version, row, &names)));
    }
    assert!(faults.is_empty(), "{} of {count}:\n{}", faults.len(), faults.join("\n"));
    assert!(count >= 200, "{count}");
    assert_eq!(state(&mut cloud, &cluster), before);
}

#[test]
fn no_wrong_input_is_in_the_tables_twice() {
    let mut seen = std::collections::BTreeSet::new();
    for (version, rows) in TABLES {
        for Row(operation, parameters, _, _, source) in rows {
            assert!(seen.insert((version, *operation, *parameters)), "{operation} {parameters}");
            let known = ["public", "ours", "helm", "002:", "tce:"].iter().any(|kind| source.starts_with(kind));
            assert!(known, "{operation} {parameters}: {source}");
        }
    }
}
