//! The specs of ACK and STS compared with their guide, row by row. Differences are explained in the specs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use wharf_codegen::inventory;
use wharf_spec::Catalog;

/// The inventory, and the rows of the guide.
struct Guide {
    inventory: Value,
    rows: Vec<Vec<String>>,
}

impl Guide {
    fn load() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let catalog = Catalog::hand_written(&root.join("specs")).unwrap();
        let table = fs::read_to_string(root.join("codegen/tests/data/ack.txt")).unwrap();
        let rows = table.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        Self {
            inventory: serde_json::to_value(inventory::of(&catalog, true)).unwrap(),
            rows: rows.map(|line| line.split_whitespace().map(str::to_owned).collect()).collect(),
        }
    }

    fn rows<const N: usize>(&self, kind: &str) -> Vec<[&str; N]> {
        let of_kind = self.rows.iter().filter(|row| row[0] == kind);
        let cells = |row: &'_ Vec<String>| -> Vec<usize> { (1..row.len()).collect() };
        of_kind
            .map(|row| cells(row).iter().map(|&at| row[at].as_str()).collect::<Vec<_>>().try_into().unwrap())
            .collect()
    }

    fn entries(&self, part: &str, product: &str) -> Vec<&Value> {
        self.inventory[part].as_array().unwrap().iter().filter(|entry| entry["product"] == product).collect()
    }

    fn operations(&self) -> Vec<&Value> {
        ["ack", "sts"].into_iter().flat_map(|product| self.entries("operations", product)).collect()
    }

    fn operation(&self, name: &str) -> &Value {
        let found = self.operations().into_iter().find(|operation| operation["operation"] == name);
        found.unwrap_or_else(|| panic!("no operation {name}"))
    }

    fn sum(&self, part: &str, product: &str, list: &str) -> usize {
        self.entries(part, product).iter().map(|entry| entry[list].as_array().unwrap().len()).sum()
    }
}

/// Returns the field of that name, or with that alias.
fn find<'a>(fields: &'a Value, name: &str) -> Option<&'a Value> {
    let fields = fields.as_array().unwrap();
    let also = |field: &&Value| field["aliases"].as_array().is_some_and(|names| names.iter().any(|also| also == name));
    fields.iter().find(|field| field["name"] == name).or_else(|| fields.iter().find(also))
}

/// Returns whether a type fits the type in the guide's tables.
fn fits(guide: &str, here: &str) -> bool {
    match guide.split(':').next().unwrap() {
        "String" => matches!(here, "string" | "timestamp") || here.starts_with("json"),
        "Boolean" => here == "bool",
        "Long" | "Integer" => here == "int",
        "List<String>" | "List" => here == "list<string>",
        "Array" => here.starts_with("list<"),
        "Struct" | "Json" => here.starts_with(char::is_uppercase),
        "Map" => here.starts_with("map<"),
        "?" => false,
        other => panic!("the guide has no type {other}"),
    }
}

/// Compares a field. If type or requirement differ from the guide's, the spec must explain it.
fn compare(at: &str, field: &Value, guide: &str, needed: Option<bool>) {
    let agrees =
        fits(guide, field["type"].as_str().unwrap()) && needed.is_none_or(|needed| field["required"] == needed);
    assert!(agrees || field["erratum"].is_string(), "{at} is {field}, {guide} in the guide, and no erratum says why");
}

/// Returns the fields without a row; each has an erratum that names its source.
fn beyond(operations: &[&Value], part: &str, rows: &BTreeSet<(&str, &str)>) -> Vec<String> {
    let mut found = Vec::new();
    for operation in operations {
        let name = operation["operation"].as_str().unwrap();
        for field in operation[part].as_array().unwrap() {
            if !rows.contains(&(name, field["name"].as_str().unwrap())) {
                assert!(field["erratum"].is_string(), "{name} {field}");
                found.push(format!("{name}.{}", field["name"].as_str().unwrap()));
            }
        }
    }
    found
}

#[test]
fn the_forty_operations_have_the_methods_and_paths_of_the_guide() {
    let guide = Guide::load();
    let rows = guide.rows::<5>("operation");
    assert_eq!((rows.len(), guide.operations().len()), (39 + 1, 39 + 1));
    for [product, name, method, path, line] in rows {
        let operation = guide.operation(name);
        assert_eq!((&operation["product"], &operation["host"]), (&product.into(), &product.into()), "{name}");
        assert_eq!((&operation["method"], &operation["path"]), (&method.into(), &path.into()), "{name}, line {line}");
    }
    let crates = |name: &str| guide.operations().iter().filter(|operation| operation["crate"] == name).count();
    assert_eq!(["cluster", "node", "scaling", "monitoring", "products"].map(crates), [28, 4, 6, 1, 1]);
    let paginated = guide.operations().into_iter().filter(|operation| operation["paginated"] == true);
    let names: Vec<_> = paginated.map(|operation| operation["operation"].as_str().unwrap()).collect();
    assert_eq!(names, ["DescribeClustersV1", "DescribeTemplates", "DescribeClusterNodes"]);
}

#[test]
fn the_inputs_travel_where_the_guide_says() {
    let guide = Guide::load();
    let rows = guide.rows::<6>("input");
    let placed = rows.iter().filter(|row| matches!(row[1], "path" | "query")).count();
    // 104 fields of the structures that are whole bodies, and 4 bodies that are lists.
    assert_eq!((placed, rows.len() - placed), (63, 104 + 4));
    for &[operation, place, name, ty, need, line] in &rows {
        let at = format!("{operation}.{name}, line {line},");
        let found = find(&guide.operation(operation)["input"], name);
        // The protocol writes the action.
        if place == "protocol" {
            assert!(found.is_none(), "{at}");
            continue;
        }
        let field = found.unwrap_or_else(|| panic!("{at} is missing"));
        let rpc = guide.operation(operation)["protocol"] == "acs_rpc";
        assert_eq!(field["in"], if rpc { "body" } else { place }, "{at}");
        compare(&at, field, ty, Some(need == "required"));
    }
    let known = rows.iter().map(|row| (row[0], row[2])).collect();
    assert_eq!(
        beyond(&guide.operations(), "input", &known),
        [
            "CreateCluster.security_group_id",
            "CreateCluster.key_pair",
            "DescribeAddons.cluster_profile",
            "DescribeAddons.cluster_spec",
            "DescribeAddons.cluster_version",
            "DescribeClustersV1.cluster_id",
            "DescribeClustersV1.profile",
            "DescribeClustersV1.cluster_spec",
            "DescribeClustersV1.region_id",
            "DescribeKubernetesVersionMetadata.Mode",
            "DescribeKubernetesVersionMetadata.QueryUpgradableVersion",
            "DescribeKubernetesVersionMetadata.runtime",
            "AttachInstances.key_pair",
            "DescribeClusterNodes.nodeIps",
            "DescribeClusterNodes.nodeNames",
            "DescribeClusterNodes.nodeLabels",
            "DescribeClusterNodePools.NodepoolName",
            "AssumeRole.DurationSeconds",
            "AssumeRole.ExternalId",
            "AssumeRole.SourceIdentity"
        ]
    );
}

#[test]
fn the_answers_have_what_the_guide_says() {
    let guide = Guide::load();
    let rows = guide.rows::<4>("output");
    assert_eq!(rows.len(), 80);
    for &[operation, name, ty, line] in &rows {
        let at = format!("{operation}.{name}, line {line},");
        let field = find(&guide.operation(operation)["output"], name).unwrap_or_else(|| panic!("{at} is missing"));
        compare(&at, field, ty, None);
    }
    let known = rows.iter().map(|row| (row[0], row[1])).collect();
    let accepted =
        ["DeleteCluster", "InstallClusterAddons", "UnInstallClusterAddons", "UpgradeCluster", "UpgradeClusterAddons"];
    let mut expected: BTreeSet<String> = accepted
        .iter()
        .flat_map(|name| ["cluster_id", "request_id", "task_id"].map(|field| format!("{name}.{field}")))
        .collect();
    expected.extend(
        [
            "DescribeClusterAddonsUpgradeStatus.addons",
            "DescribeClusterAddonsVersion.addons",
            "DescribeClusterAttachScripts.script",
            "CreateClusterNodePool.request_id",
            "CreateClusterNodePool.task_id",
            "DeleteClusterNodepool.task_id",
        ]
        .map(str::to_owned),
    );
    let found: BTreeSet<_> = beyond(&guide.operations(), "output", &known).into_iter().collect();
    assert_eq!(found, expected);
}

#[test]
fn the_guides_structures_are_all_there() {
    let guide = Guide::load();
    let rows = guide.rows::<6>("field");
    assert_eq!(rows.len(), 573 - 104 - 80);
    for &[product, structure, here, name, ty, line] in &rows {
        let at = format!("{structure}.{name}, line {line},");
        let shape = guide.entries("shapes", product).into_iter().find(|shape| shape["name"] == here);
        let shape = shape.unwrap_or_else(|| panic!("{at} is to be in {here}"));
        let field = find(&shape["fields"], name).unwrap_or_else(|| panic!("{at} is missing in {here}"));
        compare(&at, field, ty, None);
    }
    let structures: BTreeSet<_> = rows.iter().map(|row| row[1]).collect();
    let whole = |kind: &str| -> BTreeSet<String> {
        let of_kind = guide.rows.iter().filter(|row| row[0] == kind);
        let inside = of_kind.filter(|row| kind == "output" || (!matches!(row[2].as_str(), "path" | "query")));
        // A body that is a list is not a structure; its items are.
        inside
            .filter(|row| row[0] == "output" || row[4] != "Array" || row[3] == "tags")
            .map(|row| row[1].clone())
            .collect()
    };
    assert_eq!(structures.len() + whole("input").len() + whole("output").len(), 110);
}

#[test]
fn the_guides_enumerations_are_all_there() {
    let guide = Guide::load();
    let rows = guide.rows::<3>("value");
    let named: BTreeSet<_> = rows.iter().map(|row| row[0]).collect();
    assert_eq!(named.len(), 39);
    // A number, a word that only the text has, and the one level that an example shows.
    let none: BTreeSet<_> = rows.iter().filter(|row| row[1] == "-").map(|row| row[0]).collect();
    assert_eq!(none.into_iter().collect::<Vec<_>>(), ["log_level", "network_plugin", "resource_auto_create"]);
    for [named, here, value] in rows.into_iter().filter(|row| row[1] != "-") {
        let enumeration = guide.entries("enums", "ack").into_iter().find(|enumeration| enumeration["name"] == here);
        let values = enumeration.unwrap_or_else(|| panic!("{named} is to be {here}"))["values"].as_array().unwrap();
        assert!(values.iter().any(|known| known.as_str().unwrap().replace(' ', "_") == value), "{named} {value}");
    }
}

#[test]
fn the_inventory_counts_what_the_guide_has() {
    let guide = Guide::load();
    let counts = |product: &str| {
        (
            guide.entries("operations", product).len(),
            guide.sum("operations", product, "input"),
            guide.sum("operations", product, "output"),
        )
    };
    // 14 filters of lists, and one of their outputs, come from the vendor's client.
    assert_eq!((counts("ack"), counts("sts")), ((39, 170 + 14, 98), (1, 6, 3)));
    let shapes = |product: &str| (guide.entries("shapes", product).len(), guide.sum("shapes", product, "fields"));
    assert_eq!((shapes("ack"), shapes("sts")), ((40, 254 + 1), (2, 6)));
    assert_eq!((guide.entries("enums", "ack").len(), guide.sum("enums", "ack", "values")), (35, 136));
    // The guide has codes only for STS, 8 of them; the others come from the gateway and ACK.
    assert_eq!((guide.entries("errors", "ack").len(), guide.entries("errors", "sts").len()), (23 + 10, 23 + 8 - 1));
}

#[test]
fn secrets_are_marked() {
    let guide = Guide::load();
    let mut secret = BTreeSet::new();
    for operation in guide.operations() {
        for part in ["input", "output"] {
            let fields = operation[part].as_array().unwrap().iter().filter(|field| field["sensitive"] == true);
            let name = operation["operation"].as_str().unwrap();
            secret.extend(fields.map(|field| format!("{name}.{}", field["name"].as_str().unwrap())));
        }
    }
    for shape in ["ack", "sts"].into_iter().flat_map(|product| guide.entries("shapes", product)) {
        let fields = shape["fields"].as_array().unwrap().iter().filter(|field| field["sensitive"] == true);
        let name = shape["name"].as_str().unwrap();
        secret.extend(fields.map(|field| format!("{name}.{}", field["name"].as_str().unwrap())));
    }
    assert_eq!(
        secret.into_iter().collect::<Vec<_>>(),
        [
            "Addon.config",
            "AddonVersion.value",
            "AssumeRole.ExternalId",
            "AttachInstances.password",
            "AttachInstances.user_data",
            "Cluster.meta_data",
            "CreateCluster.login_password",
            "CreateCluster.user_ca",
            "CreateCluster.user_data",
            "CreateScalingGroup.login_password",
            "CreateTemplate.template",
            "Credentials.AccessKeySecret",
            "Credentials.SecurityToken",
            "DescribeClusterAttachScripts.script",
            "DescribeClusterDetail.meta_data",
            "DescribeClusterUserKubeconfig.config",
            "DescribeExternalAgent.config",
            "InstallAddon.config",
            "KubernetesConfig.user_data",
            "ModifyScalingGroup.login_password",
            "ScalingGroup.login_password",
            "Template.template",
            "UpdateTemplate.template",
        ]
    );
}
