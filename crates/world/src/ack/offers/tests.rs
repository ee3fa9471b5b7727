#![allow(clippy::unwrap_used)]
use super::*;

#[test]
fn server_types_tell_their_size() {
    for (name, cores, memory) in [
        ("ecs.c5.xlarge", 4, 8),
        ("ecs.n4.large", 2, 4),
        ("ecs.d1ne.2xlarge", 8, 32),
        ("ecs.mn4.large", 2, 8),
        ("ecs.sn1ne.xlarge", 4, 8),
        ("ecs.sn2ne.xlarge", 4, 16),
        ("ecs.gn6i-c4g1.xlarge", 4, 16),
        ("ecs.r6.16xlarge", 64, 512),
    ] {
        assert_eq!(server_size(name).unwrap(), Size { cores, memory }, "{name}");
    }
    for wrong in ["", "ecs.c5", "c5.xlarge", "ecs.c.xlarge", "ecs.c5.huge", "ecs.q5.large", "ecs.c5.1xlarge"] {
        assert!(server_size(wrong).is_err(), "{wrong}");
    }
    assert_eq!(family("ecs.c5.xlarge"), "ecs.c5");
}
