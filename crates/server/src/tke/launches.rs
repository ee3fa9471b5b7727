//! The documents of scaling groups: `AutoScalingGroupPara` and `LaunchConfigurePara`.

use super::equipment::{MOST_TAGS, equipment_of_launch};
use super::machines::{charge, check_host_name, check_login, has_public_address};
use crate::input::{Input, invalid};
use wharf_world::cluster::nodes::NodeSettings;
use wharf_world::infra::machines::{Charge, Purchase};
use wharf_world::infra::seed::DEFAULT_NETWORK;
use wharf_world::kernel::violation::{Outcome, Reason, Violation};
use wharf_world::tke::groups::{NewGroup, Policies, Retry, SpotMix};

/// The members of `AutoScalingGroupPara`.
const GROUP: [&str; 24] = [
    "AutoScalingGroupName",
    "CapacityRebalance",
    "DefaultCooldown",
    "DesiredCapacity",
    "ForwardLoadBalancers",
    "HealthCheckType",
    "InstanceAllocationPolicy",
    "Ipv6AddressCount",
    "LaunchConfigurationId",
    "LoadBalancerHealthCheckGracePeriod",
    "LoadBalancerIds",
    "MaxSize",
    "MinSize",
    "MultiZoneSubnetPolicy",
    "ProjectId",
    "RetryPolicy",
    "ServiceSettings",
    "SpotMixedAllocationPolicy",
    "SubnetIds",
    "Tags",
    "TerminationPolicies",
    "VpcId",
    "Zones",
    "ZonesCheckPolicy",
];
/// The members of `LaunchConfigurePara`.
const LAUNCH: [&str; 24] = [
    "CamRoleName",
    "DataDisks",
    "DisasterRecoverGroupIds",
    "DiskTypePolicy",
    "EnhancedService",
    "HostNameSettings",
    "HpcClusterId",
    "ImageId",
    "InstanceChargePrepaid",
    "InstanceChargeType",
    "InstanceMarketOptions",
    "InstanceNameSettings",
    "InstanceTags",
    "InstanceType",
    "InstanceTypes",
    "InstanceTypesCheckPolicy",
    "InternetAccessible",
    "LaunchConfigurationName",
    "LoginSettings",
    "ProjectId",
    "SecurityGroupIds",
    "SystemDisk",
    "Tags",
    "UserData",
];
/// Most bytes of the name of a launch configuration.
const LONGEST_NAME: usize = 60;

fn scaling(message: impl Into<String>) -> Violation {
    Reason::Scaling.because(message.into())
}

fn unsupported(message: &'static str) -> Violation {
    Reason::Unsupported.because(message)
}

/// One of the values, as the scaling service refuses others.
fn one_of<'a>(para: Input<'a>, name: &str, known: &[&str]) -> Outcome<Option<&'a str>> {
    para.one_of(name, known).map_err(|fault| scaling(fault.message))
}

/// A number in a range, as the scaling service refuses others.
fn ranged(para: Input<'_>, name: &str, most: i64) -> Outcome<Option<i64>> {
    match para.number(name)? {
        Some(number) if !(0..=most).contains(&number) => Err(scaling(format!("{name} is 0 to {most}, not {number}"))),
        number => Ok(number),
    }
}

/// Reads the two documents.
pub(super) fn new_group(group: Input<'_>, launch: Input<'_>, settings: NodeSettings) -> Outcome<NewGroup> {
    for (para, known, place) in [(group, GROUP, "AutoScalingGroupPara"), (launch, LAUNCH, "LaunchConfigurePara")] {
        if let Some(name) = para.0.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(scaling(format!("{place} takes no {name}")));
        }
    }
    for (para, name) in [(group, "LaunchConfigurationId"), (launch, "ImageId"), (launch, "UserData")] {
        if para.0.get(name).is_some_and(|value| !value.is_null()) {
            return Err(scaling(format!("{name} is not accepted: it comes from the cluster and the other parameters")));
        }
    }
    check_login(launch.within("LoginSettings")?)?;
    let size = |name: &str| group.number(name)?.ok_or_else(|| scaling(format!("AutoScalingGroupPara needs {name}")));
    let types = types(launch)?;
    let mut template = template(launch, types.first().cloned())?;
    template.equipment.project = group.number("ProjectId")?.unwrap_or(0);
    let tags = group.pairs("Tags", "Key", "Value")?;
    if tags.len() > MOST_TAGS {
        return Err(scaling(format!("Tags of a scaling group has at most {MOST_TAGS} tags")));
    }
    template.equipment.tags.extend(tags);
    Ok(NewGroup {
        name: group.owned("AutoScalingGroupName")?,
        min: size("MinSize")?,
        max: size("MaxSize")?,
        desired: group.number("DesiredCapacity")?,
        network: group.filled("VpcId")?.unwrap_or(DEFAULT_NETWORK).to_owned(),
        subnets: group.texts("SubnetIds")?,
        policies: policies(group, launch, template.charge)?,
        template,
        types,
        settings,
        pool: None,
        disabled: false,
    })
}

/// What groups of the service can have and those of this cloud cannot.
fn check_supported(group: Input<'_>) -> Outcome<()> {
    let balancers = (group.texts("LoadBalancerIds")?.len(), group.structures("ForwardLoadBalancers")?.len());
    if balancers.0 > 0 && balancers.1 > 0 {
        return Err(scaling("LoadBalancerIds and ForwardLoadBalancers exclude each other"));
    }
    if balancers != (0, 0) {
        return Err(unsupported("LoadBalancerIds, ForwardLoadBalancers: machines are not attached to load balancers"));
    }
    if !group.texts("Zones")?.is_empty() {
        return Err(unsupported("Zones are for the classic network; the group is in a private one"));
    }
    if ranged(group, "Ipv6AddressCount", 1)?.unwrap_or(0) > 0 {
        return Err(unsupported("Ipv6AddressCount: the subnets have no IPv6 addresses"));
    }
    if group.flag("CapacityRebalance")? {
        return Err(unsupported("CapacityRebalance: no machine is taken back by the cloud"));
    }
    let service = group.within("ServiceSettings")?;
    if one_of(service, "ReplaceMode", &["RECREATE", "RESET"])? == Some("RESET") {
        return Err(unsupported("ReplaceMode RESET: a node that is replaced gets a new machine"));
    }
    if service.flag("ReplaceLoadBalancerUnhealthy")? {
        return Err(unsupported("ReplaceLoadBalancerUnhealthy: machines are not attached to load balancers"));
    }
    // Without load balancers the machines alone are checked, whichever kind is asked for.
    one_of(group, "HealthCheckType", &["CVM", "CLB"])?;
    ranged(group, "LoadBalancerHealthCheckGracePeriod", 7_200)?;
    Ok(())
}

fn policies(group: Input<'_>, launch: Input<'_>, charge: Charge) -> Outcome<Policies> {
    check_supported(group)?;
    let removal = group.texts("TerminationPolicies")?;
    if removal.len() > 1 {
        return Err(scaling("TerminationPolicies takes a single policy"));
    }
    let newest_first = match removal.first().map(String::as_str) {
        None | Some("OLDEST_INSTANCE") => false,
        Some("NEWEST_INSTANCE") => true,
        Some(other) => return Err(scaling(format!("the TerminationPolicies item {other} is not known"))),
    };
    let retry = match group.filled("RetryPolicy")?.unwrap_or("IMMEDIATE_RETRY") {
        "IMMEDIATE_RETRY" => Retry::Soon,
        "INCREMENTAL_INTERVALS" => Retry::Later,
        "NO_RETRY" => Retry::Never,
        other => return Err(scaling(format!("the RetryPolicy {other} is not known"))),
    };
    let is_unique = |settings: &str, style: &str| {
        Ok(one_of(launch.within(settings)?, style, &["ORIGINAL", "UNIQUE"])? == Some("UNIQUE"))
    };
    Ok(Policies {
        retry,
        newest_first,
        stops: {
            let modes = ["CLASSIC_SCALING", "WAKE_UP_STOPPED_SCALING"];
            one_of(group.within("ServiceSettings")?, "ScalingMode", &modes)? == Some("WAKE_UP_STOPPED_SCALING")
        },
        even: one_of(group, "MultiZoneSubnetPolicy", &["PRIORITY", "EQUALITY"])? == Some("EQUALITY"),
        all_subnets: one_of(group, "ZonesCheckPolicy", &["ALL", "ANY"])? == Some("ALL"),
        replaces_unhealthy: group.within("ServiceSettings")?.flag("ReplaceMonitorUnhealthy")?,
        unique_names: is_unique("InstanceNameSettings", "InstanceNameStyle")?,
        unique_host_names: is_unique("HostNameSettings", "HostNameStyle")?,
        mix: mix(group, charge)?,
        cooldown: ranged(group, "DefaultCooldown", 3_600)?.unwrap_or(300),
    })
}

/// The shares of machines of both kinds of billing, where a group mixes them.
fn mix(group: Input<'_>, charge: Charge) -> Outcome<Option<SpotMix>> {
    let known = ["LAUNCH_CONFIGURATION", "SPOT_MIXED"];
    let mixes = one_of(group, "InstanceAllocationPolicy", &known)? == Some("SPOT_MIXED");
    let shares = group.structure("SpotMixedAllocationPolicy")?;
    if !mixes {
        return match shares {
            Some(_) => Err(scaling("SpotMixedAllocationPolicy is for InstanceAllocationPolicy SPOT_MIXED")),
            None => Ok(None),
        };
    }
    if charge != Charge::Hourly {
        return Err(scaling("InstanceAllocationPolicy SPOT_MIXED is for machines that are POSTPAID_BY_HOUR"));
    }
    let shares = group.within("SpotMixedAllocationPolicy")?;
    one_of(shares, "SpotAllocationStrategy", &["COST_OPTIMIZED", "CAPACITY_OPTIMIZED"])?;
    let percent = ranged(shares, "OnDemandPercentageAboveBaseCapacity", 100)?.unwrap_or(70);
    Ok(Some(SpotMix {
        base: shares.count("BaseCapacity")?.unwrap_or(0),
        percent: percent.unsigned_abs(),
        compensates: shares.truth("CompensateWithBaseInstance")?.unwrap_or(true),
    }))
}

/// The machine types, the first choice first.
fn types(launch: Input<'_>) -> Outcome<Vec<String>> {
    let one = launch.owned("InstanceType")?;
    let several = launch.texts("InstanceTypes")?;
    if one.is_some() && !several.is_empty() {
        return Err(scaling("InstanceType and InstanceTypes exclude each other"));
    }
    one_of(launch, "InstanceTypesCheckPolicy", &["ALL", "ANY"])?;
    Ok(one.map_or(several, |one| vec![one]))
}

/// One machine of a launch configuration.
fn template(launch: Input<'_>, instance_type: Option<String>) -> Outcome<Purchase> {
    let name = launch.filled("LaunchConfigurationName")?.unwrap_or_default();
    if name.len() > LONGEST_NAME || !name.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c)) {
        let message = format!(
            "LaunchConfigurationName has at most {LONGEST_NAME} bytes: letters, digits, underscores, hyphens and dots"
        );
        return Err(scaling(message));
    }
    let charge = charge(launch)?;
    Ok(Purchase {
        count: 1,
        instance_type,
        charge,
        name: machine_name(launch.within("InstanceNameSettings")?)?,
        host_name: host_name(launch.within("HostNameSettings")?)?,
        security_groups: launch.texts("SecurityGroupIds")?,
        public_address: has_public_address(launch)?,
        equipment: equipment_of_launch(launch, charge)?,
        ..Purchase::default()
    })
}

/// A name with its suffix, which a dot separates; together they have at most one character less than the limit.
fn suffixed(name: &str, suffix: Option<&str>) -> String {
    suffix.map_or_else(|| name.to_owned(), |suffix| format!("{name}.{suffix}"))
}

fn machine_name(settings: Input<'_>) -> Outcome<Option<String>> {
    let suffix = settings.filled("InstanceNameSuffix")?;
    let Some(name) = settings.filled("InstanceName")? else { return Ok(None) };
    let length = name.chars().count();
    let longest = suffix.map_or(108, |suffix| 107 - suffix.chars().count().min(106));
    if !(2..=longest).contains(&length) || suffix.is_some_and(|suffix| suffix.chars().count() > 105) {
        let message =
            "InstanceName has 2 to 108 characters, InstanceNameSuffix 1 to 105, and both together at most 107";
        return Err(invalid(message));
    }
    Ok(Some(suffixed(name, suffix)))
}

fn host_name(settings: Input<'_>) -> Outcome<Option<String>> {
    let suffix = settings.filled("HostNameSuffix")?;
    let Some(name) = settings.filled("HostName")? else { return Ok(None) };
    check_host_name("HostName", name, 42)?;
    if name.chars().all(|c| c.is_ascii_digit()) {
        return Err(invalid("HostName has not only digits"));
    }
    let long = suffix.is_some_and(|suffix| suffix.len() > 39 || suffix.len() + name.len() > 41);
    let whole = suffixed(name, suffix);
    if long || check_host_name("HostNameSuffix", &whole, 42).is_err() {
        return Err(invalid("HostNameSuffix has 1 to 39 characters, at most 41 with HostName, and the rules of it"));
    }
    Ok(Some(whole))
}
