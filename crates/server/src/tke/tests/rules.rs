//! The tables of rules in the docs are true as far as names go.

const TABLES: &[&str] = &[
    include_str!("../../../../../docs/rules-tke.md"),
    include_str!("../../../../../docs/rules-tke-access.md"),
    include_str!("../../../../../docs/rules-tke-addons.md"),
    include_str!("../../../../../docs/rules-tke-native.md"),
    include_str!("../../../../../docs/rules-tke-pools.md"),
    include_str!("../../../../../docs/rules-tke-settings.md"),
    include_str!("../../../../../docs/rules-tke-upgrades.md"),
];

const TESTS: &[(&str, &str)] = &[
    ("access", include_str!("access.rs")),
    ("addons", include_str!("addons.rs")),
    ("arguments", include_str!("arguments.rs")),
    ("backups", include_str!("backups.rs")),
    ("charts", include_str!("charts.rs")),
    ("clusters", include_str!("clusters.rs")),
    ("endpoints", include_str!("endpoints.rs")),
    ("groups", include_str!("groups.rs")),
    ("health", include_str!("health.rs")),
    ("image_caches", include_str!("image_caches.rs")),
    ("inspection", include_str!("inspection.rs")),
    ("kubernetes", include_str!("kubernetes.rs")),
    ("levels", include_str!("levels.rs")),
    ("log_configs", include_str!("log_configs.rs")),
    ("logs", include_str!("logs.rs")),
    ("maintenance", include_str!("maintenance.rs")),
    ("native_health", include_str!("native_health.rs")),
    ("native_lists", include_str!("native_lists.rs")),
    ("native_machines", include_str!("native_machines.rs")),
    ("native_pools", include_str!("native_pools.rs")),
    ("native_scaling", include_str!("native_scaling.rs")),
    ("networks", include_str!("networks.rs")),
    ("node_pools", include_str!("node_pools.rs")),
    ("node_upgrades", include_str!("node_upgrades.rs")),
    ("nodes", include_str!("nodes.rs")),
    ("policies", include_str!("policies.rs")),
    ("pool_members", include_str!("pool_members.rs")),
    ("purchases", include_str!("purchases.rs")),
    ("registered_nodes", include_str!("registered_nodes.rs")),
    ("releases", include_str!("releases.rs")),
    ("settings", include_str!("settings.rs")),
    ("super_pods", include_str!("super_pods.rs")),
    ("upgrades", include_str!("upgrades.rs")),
    ("virtual_nodes", include_str!("virtual_nodes.rs")),
];

#[test]
fn each_row_names_a_test_that_sees_its_code() {
    let rows: Vec<Vec<&str>> = TABLES
        .iter()
        .flat_map(|table| table.lines())
        .filter(|line| line.starts_with("| ") && !line.starts_with("| Rule"))
        .map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`')).collect())
        .collect();
    assert!(rows.len() > 120, "{} rows", rows.len());
    for row in rows {
        let [rule, source, code, test] = row[..] else { panic!("{row:?}") };
        assert!(!source.is_empty(), "{rule}: no source");
        let (module, name) = test.split_once("::").unwrap();
        let (_, tests) = TESTS.iter().find(|(known, _)| *known == module).unwrap();
        let (_, body) = tests.split_once(&format!("fn {name}()")).unwrap_or_else(|| panic!("{rule}: no {test}"));
        let body = body.split("#[test]").next().unwrap();
        assert!(body.contains(&format!("\"{code}\"")) || code.is_empty(), "{rule}: {test} never sees {code}");
    }
}

/// Tests that no row of the tables names test more than rules: paging, discovery, whole lives.
#[test]
fn nearly_every_test_is_in_a_table() {
    let tests = TESTS.iter().flat_map(|(module, text)| {
        let names = text.split("#[test]\nfn ").skip(1).filter_map(|rest| rest.split_once('('));
        names.map(move |(name, _)| format!("{module}::{name}"))
    });
    let missing: Vec<String> = tests.filter(|test| !TABLES.iter().any(|table| table.contains(test))).collect();
    assert!(missing.len() <= 5, "{missing:?}");
}
