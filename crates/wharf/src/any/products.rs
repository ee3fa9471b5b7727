//! Products: constructors of connections from options, and waiters.

use super::generated;
use super::options::Reader;
use super::waiters::WaiterEntry;
use crate::Error;
use crate::lookup;
use serde_json::Value;
use std::sync::Arc;
use wharf_core::Connection;
use wharf_core::clock::Clock;
use wharf_core::credentials::ProvideCredentials;
use wharf_core::intercept::Intercept;
use wharf_core::operation::OperationMeta;
use wharf_core::transport::Transport;
use wharf_products::{Builder, Vendor};

/// Parts of a connection that are not options in JSON.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Extras {
    /// Transport of requests, instead of HTTP: into the reference server, or from a recording.
    pub transport: Option<Arc<dyn Transport>>,
    /// Source of time and randomness.
    pub clock: Option<Arc<dyn Clock>>,
    /// Provider of credentials, instead of those in the options.
    pub credentials: Option<Arc<dyn ProvideCredentials>>,
    /// Code that sees each call and each attempt.
    pub interceptors: Vec<Arc<dyn Intercept>>,
}

/// A product of this build.
pub(super) struct Product {
    pub name: &'static str,
    /// Names of the options, sorted.
    options: &'static [&'static str],
    connect: fn(&mut Reader<'_>, Extras) -> Result<Connection, Error>,
    /// Service crates and their clients.
    clients: &'static [(&'static str, &'static str)],
    pub waiters: &'static [WaiterEntry],
}

// begin products: written by `cargo codegen` from specs/*/product.json; do not edit
/// The products of this build, sorted by name.
static PRODUCTS: &[Product] = &[
    #[cfg(feature = "ack")]
    Product {
        name: "ack",
        options: generated::ALIBABA,
        connect: |options, extras| finish(generated::alibaba(wharf_products::ack::builder(), options)?, extras),
        clients: &[
            ("cluster", "clusters"),
            ("node", "nodes"),
            ("scaling", "scaling"),
            ("monitoring", "monitoring"),
            ("monitoring/triggers", "triggers"),
            ("node/vulnerabilities", "vulnerabilities"),
            ("monitoring/inspection", "inspection"),
            ("monitoring/tasks", "tasks"),
            ("monitoring/events", "events"),
            ("node/pools", "pools"),
            ("monitoring/policies", "policies"),
            ("cluster/addons", "addons"),
            ("monitoring/access", "access"),
            ("monitoring/settings", "settings"),
        ],
        waiters: super::waiters::generated::ack::WAITERS,
    },
    #[cfg(feature = "cce")]
    Product {
        name: "cce",
        options: generated::HUAWEI,
        connect: |options, extras| finish(generated::huawei(wharf_products::cce::builder(), options)?, extras),
        clients: &[
            ("cluster", "clusters"),
            ("node", "nodes"),
            ("scaling", "scaling"),
            ("products", "iam"),
            ("scaling/autopilot", "autopilot"),
            ("node/upgrades", "upgrades"),
            ("node/pools", "pools"),
            ("cluster/addons", "addons"),
            ("cluster/charts", "charts"),
            ("cluster/access", "access"),
            ("cluster/settings", "settings"),
        ],
        waiters: super::waiters::generated::cce::WAITERS,
    },
    #[cfg(feature = "ccs")]
    Product {
        name: "ccs",
        options: generated::CCS,
        connect: |options, extras| finish(generated::ccs(wharf_products::ccs::builder(), options)?, extras),
        clients: &[("cluster", "clusters"), ("node", "nodes"), ("monitoring", "monitoring"), ("tcr", "registries")],
        waiters: super::waiters::generated::ccs::WAITERS,
    },
    #[cfg(feature = "ack")]
    Product {
        name: "sts",
        options: generated::ALIBABA,
        connect: |options, extras| finish(generated::alibaba(wharf_products::sts::builder(), options)?, extras),
        clients: &[("products", "")],
        waiters: &[],
    },
    #[cfg(feature = "tcr")]
    Product {
        name: "tcr",
        options: generated::TENCENT,
        connect: |options, extras| finish(generated::tencent(wharf_products::tcr::builder(), options)?, extras),
        clients: &[
            ("tcr", "registries"),
            ("tcr/access", "access"),
            ("tcr/ai", "ai"),
            ("tcr/images", "images"),
            ("tcr/instances", "instances"),
            ("tcr/replication", "replication"),
            ("tcr/repositories", "repositories"),
            ("tcr/retention", "retention"),
            ("tcr/security", "security"),
            ("tcr/webhooks", "webhooks"),
        ],
        waiters: super::waiters::generated::tcr::WAITERS,
    },
    #[cfg(feature = "tke")]
    Product {
        name: "tke",
        options: generated::TENCENT,
        connect: |options, extras| finish(generated::tencent(wharf_products::tke::builder(), options)?, extras),
        clients: &[
            ("cluster", "clusters"),
            ("node", "nodes"),
            ("scaling", "scaling"),
            ("monitoring", "monitoring"),
            ("monitoring/prometheus", "prometheus"),
            ("node/edge", "edge"),
            ("scaling/serverless", "serverless"),
            ("monitoring/logs", "logs"),
            ("monitoring/inspection", "inspection"),
            ("node/external", "external"),
            ("node/pools", "pools"),
            ("node/upgrades", "upgrades"),
            ("cluster/addons", "addons"),
            ("monitoring/releases", "releases"),
            ("monitoring/maintenance", "maintenance"),
            ("monitoring/networks", "networks"),
            ("cluster/access", "access"),
            ("monitoring/backups", "backups"),
            ("monitoring/control_plane", "control_plane"),
            ("cluster/settings", "settings"),
        ],
        waiters: super::waiters::generated::tke::WAITERS,
    },
];
// end products

/// Returns the names of the products of this build, sorted.
pub fn products() -> impl Iterator<Item = &'static str> {
    PRODUCTS.iter().map(|product| product.name)
}

/// Returns the names of the options that [`Connection::from_options`](super::Connection::from_options) accepts for a
/// product, sorted.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) when this build has no such product.
pub fn option_names(product: &str) -> Result<Vec<&'static str>, Error> {
    Product::find(product).map(|product| product.options.to_vec())
}

/// Returns the name of the client of an operation, as the method of the product's connection (`clusters`). The name is
/// empty if the connection has the operation itself.
pub fn client(meta: &OperationMeta) -> &'static str {
    let product = PRODUCTS.iter().find(|product| product.name == meta.product);
    let client = product.and_then(|product| product.clients.iter().find(|(service, _)| *service == meta.service));
    client.map_or(meta.service, |(_, client)| client)
}

impl Product {
    pub(super) fn find(name: &str) -> Result<&'static Self, Error> {
        PRODUCTS
            .iter()
            .find(|product| product.name == name)
            .ok_or_else(|| Error::invalid_input("product", lookup::unknown_product(name)))
    }

    pub(super) fn connect(&self, options: &Value, extras: Extras) -> Result<Connection, Error> {
        let what = format!("option of {}", self.name);
        let mut reader = Reader::settings(&what, options)?;
        if extras.credentials.is_some() {
            reader.given("credentials");
        }
        let made = (self.connect)(&mut reader, extras)?;
        reader.finish()?;
        Ok(made)
    }

    pub(super) fn waiter(&self, name: &str) -> Result<&'static WaiterEntry, Error> {
        let found = self.waiters.iter().find(|waiter| waiter.name == name);
        found.ok_or_else(|| {
            let what = format!("is no waiter of {}", self.name);
            let known = self.waiters.iter().map(|waiter| waiter.name);
            Error::invalid_input("waiter", lookup::unknown(name, &what, known))
        })
    }
}

/// Builds the connection with the extras.
fn finish<V: Vendor>(mut builder: Builder<V>, extras: Extras) -> Result<Connection, Error> {
    if let Some(transport) = extras.transport {
        builder = builder.transport(transport);
    }
    if let Some(clock) = extras.clock {
        builder = builder.clock(clock);
    }
    if let Some(credentials) = extras.credentials {
        builder = builder.credentials(credentials);
    }
    for interceptor in extras.interceptors {
        builder = builder.interceptor(interceptor);
    }
    builder.build()
}
