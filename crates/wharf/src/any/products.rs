//! The products: how a connection to each is made from options, and its waiters.

use super::options::{Reader, common_options};
use super::waiters::{self, WaiterEntry};
use crate::Error;
use crate::lookup;
use serde_json::Value;
use std::sync::Arc;
use wharf_core::Connection;
use wharf_core::clock::Clock;
use wharf_core::credentials::ProvideCredentials;
use wharf_core::operation::OperationMeta;
use wharf_core::transport::Transport;

/// What a connection can be given besides its options.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Extras {
    /// How bytes travel, in the place of HTTP: into the reference server, or from a recording.
    pub transport: Option<Arc<dyn Transport>>,
    /// Where time and randomness come from.
    pub clock: Option<Arc<dyn Clock>>,
    /// Where credentials come from, in the place of those in the options.
    pub credentials: Option<Arc<dyn ProvideCredentials>>,
}

/// A product.
pub(super) struct Product {
    pub name: &'static str,
    /// The service crates and their clients.
    clients: &'static [(&'static str, &'static str)],
    connect: fn(&mut Reader<'_>, Extras) -> Result<Connection, Error>,
    pub waiters: &'static [WaiterEntry],
}

// begin products: written by `cargo codegen` from specs/*/product.json; do not edit
/// The products of this build, sorted by name.
static PRODUCTS: &[Product] = &[
    #[cfg(feature = "ack")]
    Product {
        name: "ack",
        connect: |options, extras| alibaba(wharf_products::ack::builder(), options, extras),
        clients: &[("cluster", "clusters"), ("node", "nodes"), ("scaling", "scaling"), ("monitoring", "monitoring")],
        waiters: waiters::ack::WAITERS,
    },
    #[cfg(feature = "cce")]
    Product {
        name: "cce",
        connect: |options, extras| huawei(wharf_products::cce::builder(), options, extras),
        clients: &[("cluster", "clusters"), ("node", "nodes"), ("scaling", "scaling")],
        waiters: waiters::cce::WAITERS,
    },
    #[cfg(feature = "ccs")]
    Product {
        name: "ccs",
        connect: |options, extras| tencent_v2(wharf_products::ccs::builder(), options, extras),
        clients: &[("cluster", "clusters"), ("node", "nodes"), ("monitoring", "monitoring"), ("tcr", "registries")],
        waiters: waiters::ccs::WAITERS,
    },
    #[cfg(feature = "ack")]
    Product {
        name: "sts",
        connect: |options, extras| alibaba(wharf_products::sts::builder(), options, extras),
        clients: &[("products", "")],
        waiters: &[],
    },
    #[cfg(feature = "tcr")]
    Product {
        name: "tcr",
        connect: |options, extras| tencent(wharf_products::tcr::builder(), options, extras),
        clients: &[("tcr", "registries")],
        waiters: waiters::tcr::WAITERS,
    },
    #[cfg(feature = "tke")]
    Product {
        name: "tke",
        connect: |options, extras| tencent(wharf_products::tke::builder(), options, extras),
        clients: &[("cluster", "clusters"), ("node", "nodes"), ("scaling", "scaling"), ("monitoring", "monitoring")],
        waiters: waiters::tke::WAITERS,
    },
];
// end products

/// The names of the products of this build, sorted.
pub fn products() -> impl Iterator<Item = &'static str> {
    PRODUCTS.iter().map(|product| product.name)
}

/// The names of the options that [`Connection::from_options`](super::Connection::from_options) takes for a
/// product, sorted.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) when this build has no such product.
pub fn option_names(product: &str) -> Result<Vec<&'static str>, Error> {
    Product::find(product).map(Product::options)
}

/// The name of the client that has an operation, as a method of the product's connection (`clusters`); empty where
/// the connection has the operation itself.
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
        let made = (self.connect)(&mut reader, extras)?;
        reader.finish()?;
        Ok(made)
    }

    /// The names of the options, found out by asking for none of them.
    fn options(&self) -> Vec<&'static str> {
        let nothing = Value::Null;
        let Ok(mut reader) = Reader::settings("", &nothing) else { return Vec::new() };
        // Whether a connection can be made without any is another question.
        let _ = (self.connect)(&mut reader, Extras::default());
        reader.into_asked()
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

#[cfg(feature = "_tencent")]
fn tencent(
    builder: wharf_products::tencent::Builder,
    options: &mut Reader<'_>,
    extras: Extras,
) -> Result<Connection, Error> {
    use wharf_products::tencent::{HttpMethod, SignatureMethod};

    let mut builder = builder;
    common_options!(builder, options, extras);
    let signatures = [
        ("TC3-HMAC-SHA256", SignatureMethod::Tc3HmacSha256),
        ("HmacSHA1", SignatureMethod::HmacSha1),
        ("HmacSHA256", SignatureMethod::HmacSha256),
    ];
    set!(signature_method, options.word("signature_method", &signatures)?);
    set!(http_method, options.word("http_method", &[("POST", HttpMethod::Post), ("GET", HttpMethod::Get)])?);
    set!(language, options.text("language")?);
    set!(request_client, options.text("request_client")?);
    builder.build()
}

#[cfg(feature = "ccs")]
fn tencent_v2(
    builder: wharf_products::ccs::Builder,
    options: &mut Reader<'_>,
    extras: Extras,
) -> Result<Connection, Error> {
    use wharf_products::tencent::{HttpMethod, SignatureMethod};

    let mut builder = builder;
    common_options!(builder, options, extras);
    let signatures = [("HmacSHA1", SignatureMethod::HmacSha1), ("HmacSHA256", SignatureMethod::HmacSha256)];
    set!(signature_method, options.word("signature_method", &signatures)?);
    set!(http_method, options.word("http_method", &[("POST", HttpMethod::Post), ("GET", HttpMethod::Get)])?);
    set!(request_client, options.text("request_client")?);
    builder.build()
}

#[cfg(feature = "_alibaba")]
fn alibaba(
    builder: wharf_products::alibaba::Builder,
    options: &mut Reader<'_>,
    extras: Extras,
) -> Result<Connection, Error> {
    use wharf_products::alibaba::{Asapi, Gateway, Role, Signature};

    let mut builder = builder;
    common_options!(builder, options, extras);
    let signatures = [("HMAC-SHA1", Signature::RoaHmacSha1), ("ACS3-HMAC-SHA256", Signature::Acs3HmacSha256)];
    set!(signature, options.word("signature_method", &signatures)?);
    set!(organization, options.text("organization")?);
    set!(resource_group, options.text("resource_group")?);
    set!(instance, options.text("instance")?);
    set!(sts_endpoint, options.text("sts_endpoint")?);
    let asapi = options.object("asapi", |asapi| {
        let mut made = Asapi::new();
        if let Some(key) = asapi.text("product_ak")? {
            made = made.product_ak(key);
        }
        if let Some(role) = asapi.text("role_id")? {
            made = made.role_id(role);
        }
        Ok(made)
    })?;
    set!(gateway, asapi.map(Gateway::Asapi));
    let role = options.object("assume_role", |role| {
        let mut made = Role::new(role.needed("arn")?);
        if let Some(name) = role.text("session_name")? {
            made = made.session_name(name);
        }
        if let Some(duration) = role.seconds("duration")? {
            made = made.duration(duration);
        }
        if let Some(policy) = role.text("policy")? {
            made = made.policy(policy);
        }
        if let Some(region) = role.text("region")? {
            made = made.region(region);
        }
        Ok(made)
    })?;
    set!(assume_role, role);
    builder.build()
}

#[cfg(feature = "_huawei")]
fn huawei(
    builder: wharf_products::huawei::Builder,
    options: &mut Reader<'_>,
    extras: Extras,
) -> Result<Connection, Error> {
    use wharf_products::huawei::{ClusterAddressing, PasswordLogin, Scope};

    let mut builder = builder;
    common_options!(builder, options, extras);
    set!(project_id, options.text("project_id")?);
    set!(iam_endpoint, options.text("iam_endpoint")?);
    let addressing = [("host", ClusterAddressing::Host), ("path", ClusterAddressing::Path)];
    set!(cluster_addressing, options.word("cluster_addressing", &addressing)?);
    let ways = ["credentials", "token", "password_login"].map(|name| options.any(name).map(|_| name));
    if let [first, second, ..] = ways.into_iter().flatten().collect::<Vec<_>>()[..] {
        return Err(Error::configuration(second, format!("cannot stand beside {first}: give one of them")));
    }
    set!(token, options.text("token")?);
    let login = options.object("password_login", |login| {
        let made = PasswordLogin::new(login.needed("user")?, login.needed("password")?, login.needed("account")?);
        let scope = login.object("scope", |scope| {
            let project = scope.text("project")?.map(|name| Scope::Project(name.to_owned()));
            let id = scope.text("project_id")?.map(|id| Scope::ProjectId(id.to_owned()));
            let account = scope.truth("account")?.filter(|all| *all).map(|_| Scope::Account);
            match [project, id, account].into_iter().flatten().collect::<Vec<_>>().as_slice() {
                [one] => Ok(one.clone()),
                _ => Err(Error::configuration(
                    "password_login.scope",
                    "must have one member: project, project_id or account",
                )),
            }
        })?;
        Ok(match scope {
            Some(scope) => made.scope(scope),
            None => made,
        })
    })?;
    set!(password_login, login);
    builder.build()
}
