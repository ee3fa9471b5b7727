use super::*;

#[test]
fn regions_and_zones_have_names_and_numbers() {
    assert_eq!(full_name("gz", &[]).as_deref(), Some("ap-guangzhou"));
    assert_eq!(full_name("ap-guangzhou", &[]).as_deref(), Some("ap-guangzhou"));
    assert_eq!(full_name("ca", &[]).as_deref(), Some("na-toronto"));
    assert_eq!(full_name("private-1", &["private-1".to_owned()]).as_deref(), Some("private-1"));
    assert_eq!(full_name("moon", &["private-1".to_owned()]), None);
    assert_eq!((number("ap-beijing"), number("private-1")), (8, 0));
    assert!(OF_TRIGGERS.iter().all(|number| all().any(|(_, _, known)| known == *number)));
    assert_eq!((zone_number("ap-guangzhou-3"), zone_number("ap-shanghai-2")), (100_003, 200_002));
    for given in ["ap-guangzhou-3", "100003", "3"] {
        assert!(is_zone(given, "ap-guangzhou-3"), "{given}");
    }
    assert!(!is_zone("2", "ap-guangzhou-3") && !is_zone("100002", "ap-guangzhou-3"));
}
