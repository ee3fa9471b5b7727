use super::*;

#[test]
fn an_organization_sees_its_own_and_a_set_sees_itself() {
    let owner = |organization: &str, group: Option<&str>| Owner {
        organization: organization.to_owned(),
        group: group.map(str::to_owned),
    };
    let set = owner("3", Some("58"));
    assert!(owner("3", None).sees(&set) && set.sees(&set));
    assert!(!set.sees(&owner("3", None)) && !set.sees(&owner("3", Some("59"))));
    assert!(!owner("4", None).sees(&set) && !Owner::default().sees(&set));
}
