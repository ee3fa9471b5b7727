//! What a product is: `specs/<product>/product.json`. A product exists when this file does.

use crate::file::Entries;
use crate::model::Product;
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The facts of a product from which its registrations are generated.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Short name, which is also the name of its folder (`tke`).
    pub product: String,
    /// Full name with the abbreviation (`Tencent Kubernetes Engine (TKE)`).
    pub title: String,
    /// Abbreviation, for running text (`TKE`).
    pub short: String,
    /// Whose product it is.
    pub vendor: Vendor,
    /// The label of its host name (`cs` for ACK).
    pub host: String,
    /// The known regions of the public cloud, sorted.
    #[serde(default)]
    pub regions: Vec<String>,
    /// Where the regions are from.
    #[serde(default)]
    pub regions_source: Option<String>,
    /// The Cargo feature that chooses it, where it is not its own name.
    #[serde(default)]
    pub feature: Option<String>,
    /// The version that its name alone stands for, where it has several.
    #[serde(default)]
    pub version: Option<String>,
    /// Crates that hold its operations, in the order in which clients are listed, and families of operations as
    /// `crate/family`. One list for all versions.
    pub services: Entries<Service>,
}

/// A service crate, seen from a product.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// What it is about, one sentence.
    #[serde(default)]
    pub doc: String,
    /// The name of its client, where it is not the usual one of the crate. Empty when the connection itself is the
    /// client.
    #[serde(default)]
    pub client: Option<String>,
}

/// The modules of service crates in the facade and their clients, where these differ from the crate's name.
const CLIENTS: &[(&str, &str, &str)] =
    &[("cluster", "cluster", "clusters"), ("node", "node", "nodes"), ("tcr", "registry", "registries")];

impl Service {
    /// The name of the facade's module for a service crate (`registry` for the crate `tcr`).
    pub fn module(package: &str) -> &str {
        if let Some((_, family)) = package.split_once('/') {
            return family;
        }
        usual(package).map_or(package, |(module, _)| module)
    }

    /// The name of its client in the crate: plural, where it is about things that can be counted.
    pub fn client<'a>(&'a self, package: &'a str) -> &'a str {
        let family = package.split_once('/').map(|(_, family)| family);
        let usual = || usual(package).map_or(package, |(_, client)| client);
        self.client.as_deref().or(family).unwrap_or_else(usual)
    }
}

fn usual(package: &str) -> Option<(&'static str, &'static str)> {
    CLIENTS.iter().find(|(name, ..)| *name == package).map(|(_, module, client)| (*module, *client))
}

/// A vendor of clouds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Vendor {
    /// Tencent Cloud and TCE.
    Tencent,
    /// Huawei Cloud and Huawei Cloud Stack.
    Huawei,
    /// Alibaba Cloud and Apsara Stack.
    Alibaba,
}

impl Vendor {
    /// The name that the files use, which is also the module of `wharf-products`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tencent => "tencent",
            Self::Huawei => "huawei",
            Self::Alibaba => "alibaba",
        }
    }
}

impl About {
    /// The Cargo feature that chooses the product.
    pub fn feature(&self) -> &str {
        self.feature.as_deref().unwrap_or(&self.product)
    }

    /// The services with the names of their crates and of their clients.
    pub fn services(&self) -> impl Iterator<Item = (&str, &str, &Service)> {
        self.services.0.iter().map(|(name, service)| (name.as_str(), service.client(name), service))
    }
}

/// Gives each version of a product its facts, the default version first.
pub(crate) fn join<'a>(
    products: &mut [Product],
    abouts: impl Iterator<Item = (&'a str, About)>,
    problems: &mut Vec<Problem>,
) {
    let mut named = BTreeSet::new();
    for (file, about) in abouts {
        named.insert(about.product.clone());
        let versions: Vec<_> = products.iter_mut().filter(|product| product.name == about.product).collect();
        check(&versions, file, &about, problems);
        let several = versions.len() > 1;
        for product in versions {
            product.default = !several || about.version.as_ref() == Some(&product.version);
            product.about = Some(about.clone());
        }
    }
    // A catalog of single files has no facts; then the first version is the default one.
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for product in products.iter_mut().filter(|product| !named.contains(&product.name)) {
        product.default = seen.insert(product.name.clone());
    }
    products.sort_by(|a, b| (&a.name, !a.default, &a.version).cmp(&(&b.name, !b.default, &b.version)));
}

/// Checks the facts of a product against the operations of its versions.
fn check(versions: &[&mut Product], file: &str, about: &About, problems: &mut Vec<Problem>) {
    let mut report = |item: &str, message: String| {
        let (file, item) = (file.to_owned(), item.to_owned());
        problems.push(Problem { file, item, field: String::new(), message });
    };
    if versions.is_empty() {
        report("product", format!("there are no operations of {}", about.product));
        return;
    }
    for (item, text) in [("title", &about.title), ("short", &about.short), ("host", &about.host)] {
        if text.trim().is_empty() {
            report(item, "is empty".to_owned());
        }
    }
    if !about.regions.is_sorted_by(|a, b| a < b) {
        report("regions", "are not sorted, or one is there twice".to_owned());
    }
    if about.regions.is_empty() != about.regions_source.is_none() {
        report("regions_source", "is there without regions, or missing".to_owned());
    }
    if !file.starts_with(&format!("{}/", about.product)) {
        report("product", format!("is {}, which is not the name of the folder", about.product));
    }
    let known: Vec<_> = versions.iter().map(|product| product.version.as_str()).collect();
    match &about.version {
        None if known.len() > 1 => {
            report("version", format!("is missing: {} has the versions {}", about.product, known.join(", ")));
        }
        Some(version) if !known.contains(&version.as_str()) => {
            report(
                "version",
                format!("{version} is not a version of {}, which has {}", about.product, known.join(", ")),
            );
        }
        _ => {}
    }
    let used: BTreeSet<_> = versions.iter().flat_map(|product| product.services()).collect();
    let mut clients = Vec::new();
    for (name, client, service) in about.services() {
        let item = format!("services.{name}");
        if !used.contains(name) {
            report(&item, format!("{} has no operations in this crate", about.product));
        }
        if service.doc.trim().is_empty() {
            report(&item, "description is missing".to_owned());
        }
        if clients.contains(&client) {
            report(&item, format!("its client `{client}` is also that of another service"));
        }
        clients.push(client);
    }
    for name in used {
        if !about.services().any(|(known, ..)| known == name) {
            report("services", format!("the crate {name} holds operations of {} and is not listed", about.product));
        }
    }
}
