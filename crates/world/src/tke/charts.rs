//! Helm charts of an account.

use crate::kernel::Millis;
use crate::kernel::table::Table;
use crate::kernel::violation::{Outcome, Reason};
use serde::{Deserialize, Serialize};

/// The charts of one account, by name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChartRepository {
    pub charts: Table<Chart>,
}

/// A chart.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chart {
    pub name: String,
    pub namespace: String,
    pub registry: String,
    pub versions: Table<ChartVersion>,
}

/// One version of a chart.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChartVersion {
    pub version: String,
    pub path: String,
    pub uploaded: Millis,
}

/// Name and version in the file name of a package: `nginx-ingress-1.2.3.tgz`.
pub(super) fn read_path(path: &str) -> Option<(&str, &str)> {
    let file = path.rsplit('/').next()?.strip_suffix(".tgz")?;
    let split = file.match_indices('-').map(|(at, _)| at).find(|at| is_version(&file[at + 1..]))?;
    Some((&file[..split], &file[split + 1..])).filter(|(name, _)| !name.is_empty())
}

/// Whether the text is a semantic version.
fn is_version(text: &str) -> bool {
    let core = text.split(['-', '+']).next().unwrap_or("");
    let numbers: Vec<&str> = core.split('.').collect();
    numbers.len() == 3 && numbers.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

impl ChartRepository {
    /// Takes in the package at that path of the object storage.
    pub fn upload(&mut self, path: &str, namespace: &str, registry: &str, now: Millis) -> Outcome<()> {
        let Some((name, version)) = read_path(path) else {
            let message = format!("CosPath must end in a package such as nginx-1.2.3.tgz, not in {path}");
            return Err(Reason::Invalid.because(message));
        };
        if !self.charts.contains(name) {
            let (namespace, registry) = (namespace.to_owned(), registry.to_owned());
            let chart = Chart { name: name.to_owned(), namespace, registry, versions: Table::default() };
            self.charts.insert(name, chart);
        }
        let Some(chart) = self.charts.get_mut(name) else { return Ok(()) };
        if chart.namespace != namespace {
            let message = format!("the chart {name} is in the namespace {} already", chart.namespace);
            return Err(Reason::Invalid.because(message));
        }
        if chart.versions.contains(version) {
            return Err(Reason::Invalid.because(format!("the chart {name} has a version {version} already")));
        }
        let uploaded = ChartVersion { version: version.to_owned(), path: path.to_owned(), uploaded: now };
        chart.versions.insert(version, uploaded);
        Ok(())
    }

    /// The chart, or why not.
    pub fn chart(&self, name: &str) -> Outcome<&Chart> {
        self.charts.get(name).ok_or_else(|| Reason::Invalid.because(format!("there is no chart {name}")))
    }

    /// The version of the chart, or why not.
    pub fn version(&self, name: &str, version: &str) -> Outcome<&ChartVersion> {
        let found = self.chart(name)?.versions.get(version);
        found.ok_or_else(|| Reason::Invalid.because(format!("the chart {name} has no version {version}")))
    }

    /// Takes a chart away; whether it was there.
    pub fn delete(&mut self, name: &str) -> bool {
        self.charts.remove(name).is_some()
    }

    /// Takes a version away, and the chart with its last version; whether it was there.
    pub fn delete_version(&mut self, name: &str, version: &str) -> bool {
        let Some(chart) = self.charts.get_mut(name) else { return false };
        let deleted = chart.versions.remove(version).is_some();
        if chart.versions.is_empty() {
            self.charts.remove(name);
        }
        deleted
    }
}

#[cfg(test)]
mod tests;
