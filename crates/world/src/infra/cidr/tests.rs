#![allow(clippy::unwrap_used)]
use super::*;

fn cidr(text: &str) -> Cidr {
    Cidr::parse(text).unwrap()
}

#[test]
fn ranges_are_read_and_printed() {
    assert_eq!(cidr("10.1.0.0/14").to_string(), "10.0.0.0/14");
    assert_eq!(cidr("0.0.0.0/0").size(), 1 << 32);
    for wrong in ["", "10.0.0.0", "10.0.0.0/33", "10.0.0/8", "a/8", "10.0.0.0/-1"] {
        assert_eq!(Cidr::parse(wrong).unwrap_err().reason, Reason::RangeUnreadable, "{wrong}");
    }
}

#[test]
fn overlap_and_containment() {
    assert!(cidr("10.0.0.0/8").overlaps(cidr("10.3.0.0/16")));
    assert!(!cidr("10.2.0.0/16").overlaps(cidr("10.3.0.0/16")));
    assert!(cidr("172.16.0.0/12").contains(cidr("172.31.0.0/16")));
    assert!(cidr("192.168.0.1/18").is_private());
    assert!(!cidr("10.0.0.0/7").is_private());
    assert!(!cidr("11.0.0.0/16").is_private());
    assert_eq!(cidr("10.0.1.0/24").address(5).to_string(), "10.0.1.5");
}
