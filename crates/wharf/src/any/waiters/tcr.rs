//! The waiters of TCR.

use super::{Gives, WaiterEntry, one, text, word};
use wharf_core::Connection;
use wharf_tcr::tcr as registry;

fn registry(connection: &Connection) -> registry::Client {
    registry::Client::new(connection.clone())
}

pub(in crate::any) static WAITERS: &[WaiterEntry] = &[WaiterEntry {
    name: "registry_running",
    client: "registries",
    method: "wait_until_registry_running",
    doc: "Waits until a registry instance is Running, and gives its state with the steps of its creation.",
    arguments: &[text("registry_id", "The registry instance.")],
    gives: Gives::One("RegistryStatus"),
    start: |connection, given| {
        let waiter = registry(connection).wait_until_registry_running(given.text("registry_id"));
        given.prepare(waiter, one, word)
    },
}];
