use super::*;

#[test]
fn sizes_are_readable() {
    assert_eq!(readable_size(0), "0 B");
    assert_eq!(readable_size(1_023), "1023 B");
    assert_eq!(readable_size(1_536), "1.5 KB");
    assert_eq!(readable_size(128 << 20), "128 MB");
    assert_eq!(readable_size((5 << 30) + (1 << 28)), "5.25 GB");
    assert_eq!(readable_size(u64::MAX), "16777215.99 TB");
}
