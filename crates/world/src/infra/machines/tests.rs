#![allow(clippy::unwrap_used)]
use super::*;

#[test]
fn machine_types_tell_their_size() {
    assert_eq!(size_of("S5.MEDIUM4"), Some(Size { cores: 2, memory: 4 }));
    assert_eq!(size_of("SA2.2XLARGE16"), Some(Size { cores: 8, memory: 16 }));
    for wrong in ["S5", "S5.HUGE4", "s5.LARGE8", "S5.LARGE", "S5.XLARGE8", "S5.LARGE0", "."] {
        assert_eq!(size_of(wrong), None, "{wrong}");
    }
}

#[test]
fn names_count_up() {
    assert_eq!(numbered("web-{R:3}-x", 1, 2), "web-4-x");
    assert_eq!(numbered("web", 1, 2), "web2");
    assert_eq!(numbered("web", 0, 1), "web");
}
