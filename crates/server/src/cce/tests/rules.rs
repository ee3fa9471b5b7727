//! The tables of rules in the docs are true as far as names go.

const TABLES: [&str; 2] =
    [include_str!("../../../../../docs/rules-cce.md"), include_str!("../../../../../docs/rules-cce-public.md")];

macro_rules! seen_from_outside {
    ($name:literal) => {
        include_str!(concat!("../../../tests/gateway/huawei/", $name, ".rs"))
    };
}

const TESTS: [(&str, &str); 16] = [
    ("addons", include_str!("addons.rs")),
    ("clusters", include_str!("clusters.rs")),
    ("creation", include_str!("creation.rs")),
    ("every_operation", seen_from_outside!("every_operation")),
    ("identity", seen_from_outside!("identity")),
    ("jobs", include_str!("jobs.rs")),
    ("nodes", include_str!("nodes.rs")),
    ("pool_tasks", include_str!("pool_tasks.rs")),
    ("pools", include_str!("pools.rs")),
    ("requests", seen_from_outside!("requests")),
    ("settings", include_str!("settings.rs")),
    ("signatures", seen_from_outside!("signatures")),
    ("tasks", include_str!("tasks.rs")),
    ("upgrades", include_str!("upgrades.rs")),
    ("volumes", include_str!("volumes.rs")),
    ("work_flows", include_str!("work_flows.rs")),
];

#[test]
fn each_row_names_a_test_that_sees_its_code() {
    let rows: Vec<Vec<&str>> = TABLES
        .iter()
        .flat_map(|table| table.lines())
        .filter(|line| line.starts_with("| ") && !line.starts_with("| Rule"))
        .map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`')).collect())
        .collect();
    assert!(rows.len() > 100, "{} rows", rows.len());
    for row in rows {
        let [rule, source, code, test] = row[..] else { panic!("{row:?}") };
        assert!(!source.is_empty(), "{rule}: no source");
        let (module, name) = test.split_once("::").unwrap();
        let (_, tests) = TESTS.iter().find(|(known, _)| *known == module).unwrap();
        let (_, body) = tests.split_once(&format!("fn {name}()")).unwrap_or_else(|| panic!("{rule}: no {test}"));
        let body = body.split("#[test]").next().unwrap().split("#[tokio::test]").next().unwrap();
        assert!(body.contains(&format!("\"{code}\"")) || code.is_empty(), "{rule}: {test} never sees {code}");
    }
}

/// Tests that no row of the tables names test more than rules: explanations, faults, the journal.
#[test]
fn nearly_every_test_is_in_a_table() {
    let tests = TESTS.iter().flat_map(|(module, text)| {
        let names = text.split("test]\n").skip(1).filter_map(|rest| rest.split_once("fn ")?.1.split_once('('));
        names.map(move |(name, _)| format!("{module}::{name}"))
    });
    let missing: Vec<String> = tests.filter(|test| !TABLES.iter().any(|table| table.contains(test))).collect();
    assert!(missing.len() <= 8, "{missing:?}");
}
