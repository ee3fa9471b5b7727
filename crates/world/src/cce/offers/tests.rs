#![allow(clippy::unwrap_used)]
use super::*;

#[test]
fn control_planes_tell_their_limits() {
    for (name, masters, nodes) in
        [("cce.s1.small", 1, 50), ("cce.s1.large", 1, 1_000), ("cce.s2.xlarge", 3, 2_000), ("cce.dec.s1.small", 1, 50)]
    {
        let plane = ControlPlane::named(name).unwrap();
        assert_eq!((plane.masters, plane.nodes), (masters, nodes), "{name}");
        assert_eq!(plane.dedicated, name.contains(".dec."), "{name}");
    }
    for wrong in ["", "cce.s1", "cce.s1.xlarge", "cce.s3.small", "s1.small", "cce.s1.tiny"] {
        assert!(ControlPlane::named(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn releases_are_completed() {
    assert_eq!(offered_release(None, Releases::Documents).unwrap().0, "v1.19.10-r0");
    assert_eq!(offered_release(None, Releases::Current).unwrap(), ("v1.31.1-r0".to_owned(), 31));
    assert_eq!(offered_release(Some("v1.29"), Releases::Current).unwrap().0, "v1.29.10-r0");
    assert!(offered_release(Some("v1.29"), Releases::Documents).is_err());
    assert_eq!(offered_release(Some("v1.15"), Releases::Current).unwrap().0, "v1.15.11-r1");
    assert_eq!(release("v1.15").unwrap().0, "v1.15.11-r1");
    assert_eq!(release("v1.15.6").unwrap().0, "v1.15.6-r1");
    assert_eq!(release("v1.17.9-r3").unwrap(), ("v1.17.9-r3".to_owned(), 17));
    assert_eq!((minor_and_patch("v1.15.11-r1"), minor_and_patch("v1.9.10-r2")), ((15, 11), (9, 10)));
    for wrong in ["1.15", "v1", "v2.15", "v1.99", "v1.15.x", "v1.15.1-r", "latest"] {
        assert!(release(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn servers_tell_their_size() {
    for (flavor, cores, memory) in
        [("s6.large.2", 2, 4), ("s1.medium", 1, 4), ("Si3.2xlarge.1", 8, 8), ("c6.xlarge.4", 4, 16)]
    {
        assert_eq!(server_size(flavor).unwrap(), Size { cores, memory }, "{flavor}");
    }
    for wrong in ["", "s6", "s6.huge.2", "large.s6", "s6.large.x", "s6.large.0", "s6.1xlarge.2", "S5.LARGE8"] {
        assert!(server_size(wrong).is_err(), "{wrong}");
    }
}
