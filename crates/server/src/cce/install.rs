//! The add-ons that a new cluster is to have, named in an annotation.

use super::input::{Input, invalid};
use crate::catalog::catalog;
use crate::gateway::parameters::{Problem, Rules, fields, validate};
use serde_json::{Map, Value, json};
use std::net::IpAddr;
use wharf_world::cce::addons::DEFAULT;
use wharf_world::kernel::violation::{Outcome, Reason};

/// The annotation that names them.
pub(super) const INSTALL: &str = "cluster.install.addons/install";
/// Those that can be named there.
const INSTALLED: [&str; 4] = ["coredns", "autoscaler", "gpu-beta", "storage-driver"];

/// An add-on: template, version, values.
type NewAddon = (String, Option<String>, Map<String, Value>);

/// The add-ons that the annotation names; the usual ones without it.
pub(super) fn addons_of(annotation: Option<&str>) -> Outcome<Vec<NewAddon>> {
    let Some(text) = annotation else {
        return Ok(DEFAULT.map(|name| (name.to_owned(), None, Map::new())).to_vec());
    };
    let unreadable = || invalid(format!("{INSTALL} is not a list of add-ons in JSON"));
    let items: Vec<Map<String, Value>> = serde_json::from_str(text).map_err(|_| unreadable())?;
    items.iter().enumerate().map(|(at, item)| addon(item, &format!("{INSTALL}.{at}"))).collect()
}

fn addon(item: &Map<String, Value>, path: &str) -> Outcome<NewAddon> {
    held(item.clone(), "ClusterAddonInstall", path)?;
    let item = Input(item);
    let name = item.one_of("addonTemplateName", &INSTALLED)?;
    let name = name.ok_or_else(|| Reason::Missing.because(format!("{path}.addonTemplateName must be given")))?;
    let values = item.members("values")?;
    if !values.is_empty() {
        check_values(name, values.clone(), &format!("{path}.values"))?;
    }
    Ok((name.to_owned(), item.owned("version")?, values))
}

fn check_values(name: &str, values: Map<String, Value>, path: &str) -> Outcome<()> {
    match name {
        "coredns" => {
            let values = held(understood(values), "CoreDNSValues", path)?;
            check_servers(&values, path)
        }
        "autoscaler" => held(understood(values), "AutoscalerValues", path).map(drop),
        "gpu-beta" => {
            // One example has the members of `custom` straight in the values.
            let values = if values.contains_key("custom") {
                values
            } else {
                Map::from_iter([("custom".to_owned(), Value::Object(values))])
            };
            let values = held(values, "GpuBetaValues", path)?;
            match Input(&values).within("custom")?.flag("is_driver_from_nvidia")? {
                true => Ok(()),
                false => Err(invalid(format!("{path}.custom.is_driver_from_nvidia is always true"))),
            }
        }
        _ => Ok(()),
    }
}

/// The servers that answer for the names under a suffix are named by their addresses.
fn check_servers(values: &Map<String, Value>, path: &str) -> Outcome<()> {
    let custom = Input(values).within("custom")?;
    let domains = custom.within("stub_domains")?;
    for domain in domains.0.keys() {
        if domains.texts(domain)?.iter().any(|server| server.parse::<IpAddr>().is_err()) {
            return Err(invalid(format!("{path}.custom.stub_domains.{domain} is a list of IP addresses")));
        }
    }
    Ok(())
}

/// The values with what the document writes in two ways in the one that its tables give a type: the name of a size,
/// a number in the example, and ranges, described as `<min>:<max>` and typed as a number.
fn understood(mut values: Map<String, Value>) -> Map<String, Value> {
    if let Some(name) = values.get_mut("flavor").and_then(|flavor| flavor.get_mut("name"))
        && name.is_number()
    {
        *name = json!(name.to_string());
    }
    for total in ["coresTotal", "memoryTotal"] {
        let range = values.get_mut("custom").and_then(|custom| custom.get_mut(total));
        if let Some(range) = range
            && let Some(most) = range.as_str().and_then(most)
        {
            *range = json!(most);
        }
    }
    values
}

/// The end of a range `<min>:<max>` whose beginning is not larger.
fn most(range: &str) -> Option<u64> {
    let (least, most) = range.split_once(':')?;
    let (least, most) = (least.parse::<u64>().ok()?, most.parse().ok()?);
    (least <= most).then_some(most)
}

/// The members, which are those of the structure of that name.
fn held(mut members: Map<String, Value>, shape: &str, path: &str) -> Outcome<Map<String, Value>> {
    let Some(spec) = catalog().product("cce").map(|product| product.spec()) else {
        return Ok(members);
    };
    match validate(&mut members, fields(spec, shape), spec, Rules::HUAWEI, path) {
        Ok(()) => Ok(members),
        Err(Problem::Missing(path)) => Err(Reason::Missing.because(format!("{path} is missing"))),
        Err(problem) => Err(invalid(problem.to_string().trim_end_matches('.').to_owned())),
    }
}
