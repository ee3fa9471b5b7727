//! The blocks of a cluster's ranges that its nodes have for their pods.

use crate::cluster::{Cluster, PodNetwork};
use crate::infra::cidr::Cidr;
use std::collections::BTreeSet;

/// Addresses at the start of a block that no pod gets: that of the block and that of its gateway.
const FIRST: u64 = 2;

impl Cluster {
    /// The first block that no node has, if pods are connected through routes.
    pub fn free_block(&self) -> Option<Cidr> {
        if self.pod_network != PodNetwork::GlobalRoute || !self.max_pods.is_power_of_two() {
            return None;
        }
        let bits = 32 - self.max_pods.trailing_zeros() as u8;
        let taken: BTreeSet<Cidr> = self.nodes.iter().filter_map(|node| node.pod_range).collect();
        let ranges = self.range.iter().chain(&self.more_ranges);
        let mut blocks = ranges.flat_map(|range| {
            let numbers = 0..range.size() / self.max_pods;
            numbers.map(move |number| Cidr::new(range.address(number * self.max_pods), bits))
        });
        let is_free = |block: &Cidr| {
            !taken.contains(block) && !self.service_range.is_some_and(|services| services.overlaps(*block))
        };
        blocks.find(is_free)
    }

    /// The lowest address of a node's block that none of its pods has.
    pub fn block_address(&self, node: &str) -> Option<String> {
        let block = self.nodes.iter().find(|there| there.name == node)?.pod_range?;
        let pods = self.kubernetes.pods.iter().filter(|pod| pod.node.as_deref() == Some(node));
        let taken: BTreeSet<&str> = pods.filter_map(|pod| pod.address.as_deref()).collect();
        let mut addresses = (FIRST..block.size() - 1).map(|place| block.address(place).to_string());
        addresses.find(|address| !taken.contains(address.as_str()))
    }

    /// The next address of a range for a pod whose node has no block. It lies in no block.
    pub fn next_address(&mut self, range: Cidr) -> String {
        let inside = self.service_range.is_some_and(|services| range.contains(services));
        let usable = range.size() - if inside { self.max_services } else { 0 };
        let places = usable.saturating_sub(2).max(1);
        let mut address = range.address(1);
        for _ in 0..=self.nodes.len() {
            let place = self.kubernetes.next_address();
            address = range.address(1 + place % places);
            let one = Cidr::new(address, 32);
            let block = self.nodes.iter().filter_map(|node| node.pod_range).find(|block| block.contains(one));
            let Some(block) = block else { break };
            self.kubernetes.skip_addresses(block.size());
        }
        address.to_string()
    }
}
