#![allow(clippy::unwrap_used)]

use super::*;

/// The patterns are those of Harbor's documents, on which TCR is built.
#[test]
fn patterns_match_as_documented() {
    for (pattern, name, expected) in [
        ("**", "team/web", true),
        ("*", "web", true),
        ("*", "team/web", false),
        ("v*", "v1.0", true),
        ("v?", "v10", false),
        ("{release,v*}", "release", true),
        ("{release,v*}", "dev", false),
        ("team/**", "team/a/b", true),
        ("1.?", "1.2", true),
    ] {
        assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
    }
}

#[test]
fn an_excluding_selector_means_all_else() {
    let selector = Selector::parse("Rule", "excludes", "v*").unwrap();
    assert!(selector.selects("dev") && !selector.selects("v1"));
    assert!(Selector::parse("Rule", "unless", "v*").is_err());
    assert!(Selector::parse("Rule", "matches", "").is_err());
}
