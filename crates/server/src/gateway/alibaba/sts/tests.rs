use super::*;

#[test]
fn roles_are_named_by_account_and_name() {
    assert_eq!(read_arn("acs:ram::123:role/wharf"), Some(("123", "wharf")));
    for wrong in
        ["", "wharf", "acs:ram::123:user/wharf", "acs:ram::x:role/wharf", "acs:ram::123:role/", "acs:ram::123:role/a b"]
    {
        assert_eq!(read_arn(wrong), None, "{wrong}");
    }
}
