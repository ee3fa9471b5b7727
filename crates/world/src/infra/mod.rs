//! What clusters are made of: networks, address ranges, machines, and what a region offers.

mod check;
pub mod cidr;
pub mod equipment;
pub mod ledger;
pub mod machines;
pub mod network;
pub mod offers;
pub mod seed;
