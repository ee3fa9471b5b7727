//! What clusters are made of: networks, address ranges, machines, and what a region offers.

pub mod cidr;
pub mod equipment;
pub mod machines;
pub mod network;
pub mod offers;
pub mod seed;
