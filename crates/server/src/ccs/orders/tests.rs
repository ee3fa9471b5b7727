use super::*;

#[test]
fn names_of_services() {
    for good in ["a", "my-web-service", "web2", &"a".repeat(63)] {
        assert!(is_service_name(good), "{good}");
    }
    for bad in ["", "2web", "-web", "web-", "Web", "w_b", "w.b", "ä", &"a".repeat(64)] {
        assert!(!is_service_name(bad), "{bad}");
    }
}
