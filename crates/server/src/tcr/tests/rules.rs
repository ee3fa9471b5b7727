//! The table of rules in the docs is true as far as names go.

use super::spec;

const TABLE: &str = include_str!("../../../../../docs/rules-tcr.md");

const TESTS: [(&str, &str); 9] = [
    ("images", include_str!("images.rs")),
    ("instances", include_str!("instances.rs")),
    ("lifecycles", include_str!("lifecycles.rs")),
    ("namespaces", include_str!("namespaces.rs")),
    ("paging", include_str!("paging.rs")),
    ("random", include_str!("random.rs")),
    ("repositories", include_str!("repositories.rs")),
    ("triggers", include_str!("triggers.rs")),
    ("users", include_str!("users.rs")),
];

#[test]
fn each_row_names_a_test_that_sees_its_code() {
    let rows: Vec<Vec<&str>> = TABLE
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| Rule"))
        .map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`')).collect())
        .collect();
    assert!(rows.len() > 90, "{} rows", rows.len());
    for row in rows {
        let [rule, _, code, test] = row[..] else { panic!("{row:?}") };
        let (module, name) = test.split_once("::").unwrap();
        let (_, source) = TESTS.iter().find(|(known, _)| *known == module).unwrap();
        let (_, body) = source.split_once(&format!("fn {name}()")).unwrap_or_else(|| panic!("{rule}: no {test}"));
        let body = body.split("#[test]").next().unwrap();
        assert!(code.is_empty() || spec::is_code(code), "{rule}: {code} is no code");
        // A code that other codes begin with is told by its first word.
        let seen = if code.starts_with("InvalidParameter") && !code.contains('.') { "InvalidParameter" } else { code };
        assert!(body.contains(seen), "{rule}: {test} never sees {code}");
    }
}
