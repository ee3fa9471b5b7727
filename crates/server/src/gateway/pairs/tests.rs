use super::*;

#[test]
fn pairs_are_decoded_in_their_order() {
    let pairs = Pairs::read("b=1+2&&a=%E9%9B%86&c&d=%2B=".as_bytes());
    let list: Vec<(&str, &str)> = pairs.list.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(list, [("b", "1 2"), ("a", "集"), ("c", ""), ("d", "+=")]);
    assert_eq!((pairs.get("a"), pairs.get("x"), pairs.garbled), ("集", "", false));
}

#[test]
fn what_is_not_utf_8_is_told() {
    assert!(Pairs::read(b"a=%FF").garbled);
    assert!(Pairs::read(b"a=\xff").garbled);
}

#[test]
fn more_than_a_form_may_have_is_not_taken_apart() {
    let many = Pairs::read("a&".repeat(MOST).as_bytes());
    assert!(many.too_many && many.list.is_empty());
    assert_eq!(Pairs::read("a&".repeat(MOST - 1).as_bytes()).list.len(), MOST - 1);
}

#[test]
fn names_are_found_as_they_are_written_and_escaped() {
    assert!(names_any(b"x=1&AccessKeyId=2", &["AccessKeyId"]));
    assert!(names_any(b"x=1&Access%4BeyId=2", &["AccessKeyId"]));
    assert!(!names_any(b"x=AccessKeyId&AccessKeyIds=2", &["AccessKeyId"]));
}
