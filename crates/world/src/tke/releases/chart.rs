//! The charts of applications: where they come from, their parameters and the objects that they make.

use crate::kernel::violation::{Outcome, Reason};
use crate::tke::addons::merge;
use crate::tke::charts::{ChartRepository, read_path};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The namespace of the charts of the market (002:46553).
pub const MARKET: &str = "opensource-stable";
/// A chart of the market.
struct Offer {
    name: &'static str,
    description: &'static str,
    /// Its versions with those of the application, oldest first.
    versions: &'static [(&'static str, &'static str)],
}

/// The charts of the market.
const OFFERS: [Offer; 3] = [
    Offer {
        name: "mysql",
        description: "A relational database",
        versions: &[("8.8.6", "8.0.26"), ("8.8.8", "8.0.26")],
    },
    Offer { name: "nginx", description: "A web server", versions: &[("9.5.1", "1.21.1"), ("9.5.4", "1.21.3")] },
    Offer {
        name: "redis",
        description: "A data store in memory",
        versions: &[("15.3.0", "6.2.5"), ("15.4.0", "6.2.6")],
    },
];

/// A version of a chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chart {
    pub name: String,
    pub version: String,
    pub app_version: String,
    pub description: String,
    /// The address of the package, if the chart is not of the market.
    pub address: Option<String>,
    /// Whether its only template is that of a package of the account.
    plain: bool,
}

/// The place of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    pub name: String,
    pub namespace: String,
}

impl Chart {
    /// A chart of the market, or of the account's own in that namespace. The newest version by default.
    pub fn of_market(own: &ChartRepository, namespace: &str, name: &str, version: Option<&str>) -> Outcome<Self> {
        if namespace == MARKET {
            let offer = OFFERS.iter().find(|offer| offer.name == name);
            let Offer { name, description, versions } =
                offer.ok_or_else(|| Reason::Invalid.because(format!("the market has no Chart {name}")))?;
            let found = match version {
                Some(version) => versions.iter().find(|(known, _)| *known == version),
                None => versions.last(),
            };
            let missing = || Reason::Invalid.because(format!("the chart {name} has no such version (ChartVersion)"));
            let (version, app_version) = found.ok_or_else(missing)?;
            return Ok(Self {
                name: (*name).to_owned(),
                version: (*version).to_owned(),
                app_version: (*app_version).to_owned(),
                description: (*description).to_owned(),
                address: None,
                plain: false,
            });
        }
        let none = |_| Reason::Invalid.because(format!("there is no Chart {name} in {namespace} (ChartNamespace)"));
        let chart = own.chart(name).map_err(none)?;
        if chart.namespace != namespace {
            let message =
                format!("the chart {name} is in the namespace {}, not {namespace} (ChartNamespace)", chart.namespace);
            return Err(Reason::Invalid.because(message));
        }
        let last = || chart.versions.iter().last().map(|version| version.version.as_str());
        let version = own.version(name, version.or_else(last).unwrap_or_default())?.version.clone();
        let (name, description) = (name.to_owned(), name.to_owned());
        Ok(Self { name, app_version: version.clone(), version, description, address: None, plain: true })
    }

    /// The chart in a package at an address (002:46486).
    pub fn at(address: &str, version: Option<&str>) -> Outcome<Self> {
        let wrong = || {
            let message =
                format!("Chart starts with http and ends in a package such as nginx-1.2.3.tgz, not {address}");
            Reason::Invalid.because(message)
        };
        let is_web = address.starts_with("http://") || address.starts_with("https://");
        let (name, found) = read_path(address).filter(|_| is_web).ok_or_else(wrong)?;
        if version.is_some_and(|version| version != found) {
            return Err(Reason::Invalid.because(format!("ChartVersion is not that of the package, which is {found}")));
        }
        Ok(Self {
            name: name.to_owned(),
            version: found.to_owned(),
            app_version: found.to_owned(),
            description: name.to_owned(),
            address: Some(address.to_owned()),
            plain: false,
        })
    }

    /// Its parameters with their defaults.
    pub fn defaults(&self) -> Value {
        let image = json!({"repository": self.name, "tag": self.app_version});
        if self.plain {
            return json!({"replicaCount": 1, "image": image});
        }
        json!({"replicaCount": 1, "image": image, "service": {"type": "ClusterIP", "port": 80}, "resources": {}})
    }

    /// Its parameters with those that were set.
    pub fn values(&self, set: &Value) -> Value {
        let mut values = self.defaults();
        merge(&mut values, set);
        values
    }

    /// The paths of its templates.
    pub fn templates(&self) -> &'static [&'static str] {
        if self.plain {
            &["templates/configmap.yaml"]
        } else {
            &["templates/deployment.yaml", "templates/service.yaml"]
        }
    }

    /// The objects that it makes.
    pub fn render(&self, place: &Place, set: &Value) -> Vec<Value> {
        let values = self.values(set);
        let get = |path: &str| values.pointer(path).cloned().unwrap_or_default();
        let text = |path: &str| match get(path) {
            Value::String(text) => text,
            Value::Null => String::new(),
            other => other.to_string(),
        };
        let image = format!("{}:{}", text("/image/repository"), text("/image/tag"));
        let metadata = |name: &str| {
            json!({
                "name": name, "namespace": place.namespace,
                "labels": {"app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/instance": place.name,
                    "app.kubernetes.io/name": self.name, "helm.sh/chart": format!("{}-{}", self.name, self.version)},
                "annotations": {"meta.helm.sh/release-name": place.name,
                    "meta.helm.sh/release-namespace": place.namespace},
            })
        };
        if self.plain {
            return vec![json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata(&place.name),
                "data": {"image": image}})];
        }
        // As charts name what they make.
        let name =
            if place.name.contains(&self.name) { place.name.clone() } else { format!("{}-{}", place.name, self.name) };
        let labels = json!({"app.kubernetes.io/name": self.name, "app.kubernetes.io/instance": place.name});
        let container = json!({"name": self.name, "image": image, "resources": get("/resources")});
        vec![
            json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata(&name),
                "spec": {"replicas": get("/replicaCount"), "selector": {"matchLabels": labels},
                    "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}}}}),
            json!({"apiVersion": "v1", "kind": "Service", "metadata": metadata(&name),
                "spec": {"type": get("/service/type"), "selector": labels,
                    "ports": [{"name": "http", "port": get("/service/port")}]}}),
        ]
    }

    /// What the chart tells those who install it.
    pub fn notes(&self, place: &Place) -> String {
        format!("{} {} is installed as {} in the namespace {}.", self.name, self.version, place.name, place.namespace)
    }
}
