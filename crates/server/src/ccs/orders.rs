//! Reading what a service is to be.

use super::containers;
use crate::input::Input;
use std::collections::BTreeSet;
use wharf_world::ccs::services::ServiceOrder;
use wharf_world::kernel::violation::{Outcome, Reason};
use wharf_world::kubernetes::template::{Condition, Source, Template, Volume};
use wharf_world::kubernetes::workloads::{Access, Port};

/// Most characters of the name of a service or a container.
pub(super) const LONGEST_NAME: usize = 63;

/// The namespace when none is named.
pub(super) fn namespace(input: Input<'_>) -> Outcome<&str> {
    Ok(input.filled("namespace")?.unwrap_or("default"))
}

/// Reads the parameters that creating and changing a service have in common.
pub(super) fn order(input: Input<'_>) -> Outcome<ServiceOrder> {
    let name = input.required("serviceName")?;
    if !is_service_name(name) {
        let message = format!(
            "serviceName has at most {LONGEST_NAME} small letters, digits and hyphens, begins with a letter and ends with a \
             letter or a digit; {name} has not"
        );
        return Err(Reason::Invalid.because(message));
    }
    let access = access(input)?;
    let ports = ports(input, &access)?;
    Ok(ServiceOrder {
        name: name.to_owned(),
        namespace: namespace(input)?.to_owned(),
        description: input.text("serviceDesc")?.unwrap_or("").to_owned(),
        replicas: replicas(input, "replicas")?,
        access,
        ports,
        template: template(input)?,
    })
}

/// The number of pods.
pub(super) fn replicas(input: Input<'_>, name: &str) -> Outcome<u64> {
    input.count(name)?.ok_or_else(|| Reason::Missing.because(format!("{name} must be given")))
}

/// Small letters, digits and hyphens, with a letter first and no hyphen last.
fn is_service_name(name: &str) -> bool {
    name.len() <= LONGEST_NAME
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.ends_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn access(input: Input<'_>) -> Outcome<Access> {
    match input.filled("accessType")?.unwrap_or("ClusterIP") {
        "LoadBalancer" => Ok(Access::Public),
        "ClusterIP" => Ok(Access::Cluster),
        "None" => Ok(Access::None),
        "SvcLBTypeInner" => match input.owned("subnetId")? {
            Some(subnet) => Ok(Access::Private { subnet }),
            None => Err(Reason::Missing.because("subnetId must be given with the access SvcLBTypeInner")),
        },
        other => {
            let message = format!("accessType is LoadBalancer, SvcLBTypeInner, ClusterIP or None, not {other}");
            Err(Reason::Invalid.because(message))
        }
    }
}

fn ports(input: Input<'_>, access: &Access) -> Outcome<Vec<Port>> {
    let mut ports = Vec::new();
    for (place, given) in input.structures("portMappings")?.into_iter().enumerate() {
        let number = |name: &str| {
            let number = given.count(name)?.filter(|number| (1..=65_535).contains(number));
            number.ok_or_else(|| Reason::Invalid.because(format!("portMappings.{place}.{name} is 1 to 65535")))
        };
        let protocol = given.required("protocol")?;
        if !["TCP", "UDP"].contains(&protocol) {
            let message = format!("portMappings.{place}.protocol is TCP or UDP, not {protocol}");
            return Err(Reason::Invalid.because(message));
        }
        // Ports of nodes belong to load balancers alone, and 0 is none.
        let node = given.count("nodePort")?.filter(|port| *port > 0 && *access != Access::Cluster);
        let (outside, container) = (number("lbPort")?, number("containerPort")?);
        ports.push(Port { outside, container, node, protocol: protocol.to_owned() });
    }
    Ok(ports)
}

fn template(input: Input<'_>) -> Outcome<Template> {
    let volumes = volumes(input)?;
    let names: BTreeSet<&str> = volumes.iter().map(|volume| volume.name.as_str()).collect();
    if names.len() < volumes.len() {
        return Err(Reason::Invalid.because("two volumes have the same name"));
    }
    let containers = containers::read(input, &names)?;
    Ok(Template {
        containers,
        node_affinity: conditions(input, "nodeAffinity", &["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"])?,
        pod_affinity: conditions(input, "podAffinity", &["In", "NotIn", "Exists", "DoesNotExist"])?,
        volumes,
    })
}

fn volumes(input: Input<'_>) -> Outcome<Vec<Volume>> {
    let mut volumes = Vec::new();
    for (place, given) in input.structures("volumes")?.into_iter().enumerate() {
        let due = |name: &str| {
            let text = given.filled(name)?.map(str::to_owned);
            text.ok_or_else(|| Reason::Missing.because(format!("volumes.{place}.{name} must be given")))
        };
        let source = match given.required("volumeType")? {
            "hostPath" => Source::Node { path: given.text("hostPath")?.unwrap_or("").to_owned() },
            "cbsDisk" => Source::Disk { id: due("cbsDiskId")? },
            "nfsDisk" => Source::Nfs { path: due("nfsPath")? },
            "configMap" => Source::Configuration {
                id: due("configId")?,
                version: due("configVersion")?,
                keys: given.some_texts("configKeys")?.ok_or_else(|| {
                    Reason::Missing.because(format!("volumes.{place}.configKeys must name at least one key"))
                })?,
            },
            other => {
                let message =
                    format!("volumes.{place}.volumeType is hostPath, cbsDisk, configMap or nfsDisk, not {other}");
                return Err(Reason::Invalid.because(message));
            }
        };
        volumes.push(Volume { name: due("name")?, source });
    }
    Ok(volumes)
}

fn conditions(input: Input<'_>, name: &str, operators: &[&str]) -> Outcome<Vec<Condition>> {
    let read = |(place, given): (usize, Input<'_>)| {
        let (key, operator) = (given.required("key")?.to_owned(), given.required("operator")?.to_owned());
        let values = given.texts("values")?;
        if !operators.contains(&operator.as_str()) {
            let message = format!("{name}.{place}.operator is one of {}, not {operator}", operators.join(", "));
            return Err(Reason::Invalid.because(message));
        }
        let fits = match operator.as_str() {
            "In" | "NotIn" => !values.is_empty(),
            "Gt" | "Lt" => values.len() == 1 && values.iter().all(|value| value.parse::<i64>().is_ok()),
            _ => values.is_empty(),
        };
        if !fits {
            return Err(Reason::Invalid.because(format!("{name}.{place}.values do not go with {operator}")));
        }
        Ok(Condition { key, operator, values })
    };
    input.structures(name)?.into_iter().enumerate().map(read).collect()
}

#[cfg(test)]
mod tests;
