//! The table of rules in the docs is true as far as names go.

const TABLE: &str = include_str!("../../../../../docs/rules-ccs.md");

const TESTS: [(&str, &str); 12] = [
    ("clusters", include_str!("clusters.rs")),
    ("containers", include_str!("containers.rs")),
    ("instances", include_str!("instances.rs")),
    ("monitor", include_str!("monitor.rs")),
    ("namespaces", include_str!("namespaces.rs")),
    ("nodes", include_str!("nodes.rs")),
    ("registry", include_str!("registry.rs")),
    ("requests", include_str!("../../../tests/gateway/tencent_v2/requests.rs")),
    ("rollout", include_str!("rollout.rs")),
    ("services", include_str!("services.rs")),
    ("signatures", include_str!("../../../tests/gateway/tencent_v2/signatures.rs")),
    ("triggers", include_str!("triggers.rs")),
];

/// Those over the wire, where codes are numbers.
const WIRE: [&str; 2] = ["requests", "signatures"];

#[test]
fn each_row_names_a_test_that_sees_its_code() {
    let rows: Vec<Vec<&str>> = TABLE
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| Rule"))
        .map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`')).collect())
        .collect();
    assert!(rows.len() > 120, "{} rows", rows.len());
    for row in rows {
        let [rule, source, code, test] = row[..] else { panic!("{row:?}") };
        for source in source.split(", ") {
            let line = source.strip_prefix("ccs:").and_then(|line| line.parse::<u32>().ok());
            let known = ["public", "kubernetes", "ours"].contains(&source) || line.is_some_and(|line| line < 9_136);
            assert!(known, "{rule}: {source}");
        }
        let (module, name) = test.split_once("::").unwrap();
        let (_, tests) = TESTS.iter().find(|(known, _)| *known == module).unwrap();
        let (_, body) = tests.split_once(&format!("fn {name}()")).unwrap_or_else(|| panic!("{rule}: no {test}"));
        let body = body.split("test]\n").next().unwrap();
        let seen = if WIRE.contains(&module) { body.contains(code) } else { body.contains(&format!("\"{code}\"")) };
        assert!(seen || code.is_empty(), "{rule}: {test} never sees {code}");
    }
}

#[test]
fn every_test_is_in_the_table() {
    let tests = TESTS.iter().flat_map(|(module, text)| {
        let names = text.split("test]\n").skip(1).filter_map(|rest| rest.split_once("fn ")?.1.split_once('('));
        names.map(move |(name, _)| format!("{module}::{name}"))
    });
    let missing: Vec<String> = tests.filter(|test| !TABLE.contains(test)).collect();
    // The bounds of requests and what the doctor hides are the same for every product.
    assert!(missing.len() <= 2, "{missing:?}");
}
