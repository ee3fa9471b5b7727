use super::*;

#[test]
fn a_text_that_is_cut_says_how_much_of_it_is_not_there() {
    assert_eq!(shortened("abc", 3), None);
    assert_eq!(shortened("abcdef", 3).as_deref(), Some("... [6 bytes left out]"));
    let long = "集群".repeat(100);
    let short = shortened(&long, 46).unwrap_or_default();
    assert_eq!(short, "集群... [594 bytes left out]");
    assert_eq!(shortened(&short, 46), None, "it is not cut again");
}

#[test]
fn room_is_given_until_there_is_none() {
    let mut room = Room(VALUE * 2);
    assert!(room.take(""));
    assert!(!room.take("") && !room.take(""));
    assert_eq!(Room(45).text(&"abcdef".repeat(10)), "abcde... [55 bytes left out]");
}
