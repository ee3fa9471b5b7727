//! What an account finds in a region at the start: networks, and machines that were bought before.

use crate::Realm;
use crate::infra::cidr::Cidr;
use crate::infra::equipment::{Disk, Equipment};
use crate::infra::machines::{Charge, Machine, public_address, size_of};
use crate::infra::network::{Network, Subnet};
use crate::kernel::table::Table;
use crate::kernel::{MINUTE, Millis};

/// The network an account starts with; clusters that name no network are in it.
pub const DEFAULT_NETWORK: &str = "vpc-default0";
/// A second network, to show what differs between networks.
pub const SECOND_NETWORK: &str = "vpc-second00";
/// A network with an extension range, which not every way to connect pods can use.
const EXTENDED_NETWORK: &str = "vpc-extended";

/// Identifier, name, subnet, machine type, billing, whether it runs.
type Seeded = (&'static str, &'static str, &'static str, &'static str, Charge, bool);

const MACHINES: [Seeded; 8] = [
    ("ins-default1", "build-1", "subnet-default1", "S5.LARGE8", Charge::Hourly, true),
    ("ins-default2", "build-2", "subnet-default1", "S5.LARGE8", Charge::Hourly, true),
    ("ins-default3", "build-3", "subnet-default2", "S5.LARGE8", Charge::Hourly, true),
    ("ins-default4", "store-1", "subnet-default2", "S5.2XLARGE16", Charge::Prepaid, true),
    ("ins-default5", "store-2", "subnet-default3", "S5.MEDIUM4", Charge::Hourly, true),
    ("ins-stopped1", "retired", "subnet-default1", "S5.SMALL1", Charge::Hourly, false),
    ("ins-second01", "remote-1", "subnet-second01", "S5.LARGE8", Charge::Hourly, true),
    ("ins-second02", "remote-2", "subnet-second01", "S5.LARGE8", Charge::Prepaid, true),
];

/// The seeded realm. The identifiers are the same everywhere, so that programs can name them.
pub fn realm(region: &str, now: Millis) -> Realm {
    let mut realm = Realm::default();
    let zone = |number: usize| format!("{region}-{number}");
    let mut subnets = Table::default();
    for number in 1..=3 {
        let id = format!("subnet-default{number}");
        subnets.insert(id.clone(), Subnet::new(id, zone(number), range(&format!("10.200.{number}.0/24"))));
    }
    add_network(&mut realm, DEFAULT_NETWORK, "10.200.0.0/16", subnets, &["10.240.0.0/16"]);
    let mut subnets = Table::default();
    subnets.insert("subnet-second01", Subnet::new("subnet-second01", zone(1), range("192.168.128.0/24")));
    add_network(&mut realm, SECOND_NETWORK, "192.168.128.0/20", subnets, &[]);
    let mut subnets = Table::default();
    subnets.insert("subnet-extended", Subnet::new("subnet-extended", zone(1), range("10.210.1.0/24")));
    add_network(&mut realm, EXTENDED_NETWORK, "10.210.0.0/16", subnets, &[]);
    if let Some(network) = realm.networks.get_mut(EXTENDED_NETWORK) {
        network.extension = Some(range("100.64.0.0/16"));
    }
    for seeded in MACHINES {
        add_machine(&mut realm, now, seeded);
    }
    realm
}

/// A range written in this file; the tests read every one of them.
fn range(text: &str) -> Cidr {
    Cidr::parse(text).unwrap_or(Cidr::NOTHING)
}

fn add_network(realm: &mut Realm, id: &str, addresses: &str, subnets: Table<Subnet>, routes: &[&str]) {
    let global_routes = routes.iter().map(|route| range(route)).collect();
    let range = range(addresses);
    realm.networks.insert(id, Network { id: id.to_owned(), range, extension: None, subnets, global_routes });
}

fn add_machine(realm: &mut Realm, now: Millis, seeded: Seeded) {
    let (id, name, subnet, instance_type, charge, running) = seeded;
    for network in realm.networks.iter_mut() {
        let Some(place) = network.subnets.get_mut(subnet) else { continue };
        let (Some(private_ip), Some(size)) = (place.take(), size_of(instance_type)) else { continue };
        let machine = Machine {
            id: id.to_owned(),
            name: name.to_owned(),
            host_name: None,
            network: network.id.clone(),
            subnet: subnet.to_owned(),
            zone: place.zone.clone(),
            private_ip,
            public_ip: (charge == Charge::Prepaid).then(|| public_address(id)),
            instance_type: instance_type.to_owned(),
            size,
            charge,
            os: "centos7.6.0_x64".to_owned(),
            security_groups: vec!["sg-default0".to_owned()],
            created: now.saturating_sub(30 * 24 * 60 * MINUTE),
            running,
            cluster: None,
            managed: false,
            equipment: Equipment { system_disk: Some(Disk::usual(true)), ..Equipment::default() },
        };
        realm.machines.insert(id, machine);
    }
}

#[cfg(test)]
mod tests;
