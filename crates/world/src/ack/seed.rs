//! What an account of a cloud with dedicated clusters finds in a region: networks, and servers bought before.

use crate::ack::Ack;
use crate::ack::offers::{node_name, server_size};
use crate::infra::cidr::Cidr;
use crate::infra::equipment::Equipment;
use crate::infra::machines::{Charge, Machine};
use crate::infra::network::{Network, Subnet};
use crate::kernel::MINUTE;
use crate::kernel::table::Table;
use std::net::Ipv4Addr;

/// The first network, with three subnets in three zones.
pub const NETWORK: &str = "vpc-2zewharf0000000000001";
/// A second network, to show what differs between networks.
pub const SECOND_NETWORK: &str = "vpc-2zewharf0000000000002";
/// The subnets of the first network.
pub const SUBNETS: [&str; 3] = ["vsw-2zewharf0000000000001", "vsw-2zewharf0000000000002", "vsw-2zewharf0000000000003"];
/// The subnet of the second network.
pub const SECOND_SUBNET: &str = "vsw-2zewharf0000000000004";

/// Identifier, network, subnet, billing, whether it runs.
type Seeded = (&'static str, &'static str, &'static str, Charge, bool);

const SERVERS: [Seeded; 6] = [
    ("i-2zewharf000000000001", NETWORK, SUBNETS[0], Charge::Hourly, true),
    ("i-2zewharf000000000002", NETWORK, SUBNETS[0], Charge::Hourly, true),
    ("i-2zewharf000000000003", NETWORK, SUBNETS[1], Charge::Hourly, true),
    ("i-2zewharf000000000004", NETWORK, SUBNETS[1], Charge::Prepaid, true),
    ("i-2zewharf000000000005", NETWORK, SUBNETS[2], Charge::Hourly, false),
    ("i-2zewharf000000000006", SECOND_NETWORK, SECOND_SUBNET, Charge::Hourly, true),
];

impl Ack<'_> {
    /// Makes sure that the networks and servers are there that every region has from the start.
    pub fn meet_seeds(&mut self) {
        if self.0.realm.networks.contains(NETWORK) {
            return;
        }
        self.add_network(NETWORK, Ipv4Addr::new(192, 168, 0, 0), &SUBNETS);
        self.add_network(SECOND_NETWORK, Ipv4Addr::new(10, 1, 0, 0), &[SECOND_SUBNET]);
        self.add_seeded_resources();
        for seeded in SERVERS {
            self.add_server(seeded);
        }
    }

    fn add_network(&mut self, id: &str, first: Ipv4Addr, subnets: &[&str]) {
        let range = Cidr::new(first, 16);
        let mut table = Table::default();
        for (place, subnet) in (0_u64..).zip(subnets) {
            let zone = format!("{}-{}", self.0.key.region, ["a", "b", "c"].get(place as usize).unwrap_or(&"a"));
            let block = Cidr::new(range.address(place << 12), 20);
            table.insert(*subnet, Subnet::new(*subnet, zone, block));
        }
        let (id, extension) = (id.to_owned(), None);
        let network = Network { id: id.clone(), range, extension, subnets: table, global_routes: Vec::new() };
        self.0.realm.networks.insert(id, network);
    }

    fn add_server(&mut self, seeded: Seeded) {
        let (id, network, subnet, charge, running) = seeded;
        let zone = self.0.realm.subnet(network, subnet).map(|subnet| subnet.zone.clone());
        let (Ok(zone), Some(private_ip)) = (zone, self.take_address(network, subnet)) else { return };
        let Ok(size) = server_size("ecs.c5.xlarge") else { return };
        let machine = Machine {
            id: id.to_owned(),
            name: format!("before-{}", &id[id.len() - 1..]),
            host_name: Some(node_name(&self.0.key.region, &private_ip)),
            network: network.to_owned(),
            subnet: subnet.to_owned(),
            zone,
            private_ip,
            public_ip: None,
            instance_type: "ecs.c5.xlarge".to_owned(),
            size,
            charge,
            os: "AliyunLinux".to_owned(),
            security_groups: vec![crate::ack::resources::SECURITY_GROUP.to_owned()],
            created: self.0.now.saturating_sub(30 * 24 * 60 * MINUTE),
            running,
            cluster: None,
            managed: false,
            equipment: Equipment::default(),
        };
        self.0.realm.machines.insert(id, machine);
    }
}
