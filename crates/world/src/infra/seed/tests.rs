#![allow(clippy::unwrap_used)]
use super::*;

#[test]
fn everything_seeded_is_there() {
    let realm = realm("ap-guangzhou", 1_717_200_000_000);
    assert_eq!(realm.networks.len(), 3);
    assert_eq!(realm.machines.len(), MACHINES.len());
    for network in realm.networks.iter() {
        assert!(network.range.is_private());
        assert!(network.subnets.iter().all(|subnet| network.range.contains(subnet.range)));
        assert!(network.global_routes.iter().all(|route| !network.range.overlaps(*route)));
    }
    let addresses: std::collections::BTreeSet<_> = realm.machines.iter().map(|m| m.private_ip.clone()).collect();
    assert_eq!(addresses.len(), MACHINES.len());
}
