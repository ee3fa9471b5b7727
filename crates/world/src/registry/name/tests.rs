use super::*;

#[test]
fn components_are_runs_with_separators_between() {
    for good in ["a", "tkefiletest", "a.b", "a_b", "a__b", "a---b", "0-9"] {
        assert!(is_component(good), "{good}");
    }
    for bad in ["", "-a", "a-", "A", "a..b", "a___b", "a.-b", "ä", "a b"] {
        assert!(!is_component(bad), "{bad}");
    }
}

#[test]
fn a_repository_name_has_one_slash() {
    assert_eq!(RepositoryName::parse("a/b").map(|name| name.to_string()), Some("a/b".to_owned()));
    for bad in ["", "a", "/a", "a/", "a/b/c", "/"] {
        assert_eq!(RepositoryName::parse(bad), None, "{bad}");
    }
}
