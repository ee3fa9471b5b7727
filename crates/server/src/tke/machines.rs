//! Machines in the terms of the machine service, as `RunInstancesPara` and its relatives carry them.

use super::equipment::{equipment_of_purchase, keeps_image_login};
use crate::input::{Input, invalid};
use serde_json::{Map, Value, json};
use wharf_world::infra::machines::{Charge, Machine, Purchase};
use wharf_world::infra::seed::DEFAULT_NETWORK;
use wharf_world::kernel::violation::{Outcome, Reason};
use wharf_world::tke::Tke;

/// Most characters of the name of a machine.
const LONGEST_NAME: usize = 60;

/// Reads the parameters of `RunInstances`.
pub(super) fn purchase(realm: &Tke<'_>, para: &Map<String, Value>) -> Outcome<Purchase> {
    let para = Input(para);
    check_login(para.within("LoginSettings")?)?;
    let charge = charge(para)?;
    check_names(para)?;
    let zone = para.within("Placement")?.owned("Zone")?;
    let place = para.within("VirtualPrivateCloud")?;
    let network = place.filled("VpcId")?.unwrap_or(DEFAULT_NETWORK).to_owned();
    let subnet = match place.owned("SubnetId")? {
        Some(subnet) => subnet,
        None => {
            let subnets = realm.realm.network(&network)?.subnets.iter();
            let here = subnets.into_iter().find(|subnet| zone.as_ref().is_none_or(|zone| *zone == subnet.zone));
            here.map(|subnet| subnet.id.clone()).ok_or_else(|| {
                Reason::NoSubnet.because(format!("the private network {network} has no subnet in the zone"))
            })?
        }
    };
    Ok(Purchase {
        count: para.count("InstanceCount")?.unwrap_or(1),
        instance_type: para.owned("InstanceType")?,
        zone,
        network,
        subnet,
        charge,
        name: para.owned("InstanceName")?,
        host_name: para.owned("HostName")?,
        security_groups: para.texts("SecurityGroupIds")?,
        public_address: has_public_address(para)?,
        addresses: place.texts("PrivateIpAddresses")?,
        equipment: equipment_of_purchase(para, charge)?,
        token: para.owned("ClientToken")?,
        rehearsal: para.flag("DryRun")?,
    })
}

/// The rules for the names of machines, in which `{R:x}` stands for a number.
fn check_names(para: Input<'_>) -> Outcome<()> {
    let length = para.filled("InstanceName")?.map_or(0, |name| name.chars().count());
    if length > LONGEST_NAME {
        return Err(invalid(format!("InstanceName has at most {LONGEST_NAME} characters, not {length}")));
    }
    match para.filled("HostName")? {
        Some(name) => check_host_name("HostName", name, 60),
        None => Ok(()),
    }
}

/// The rules for host names.
pub(super) fn check_host_name(member: &str, name: &str, longest: usize) -> Outcome<()> {
    let plain = match (name.find("{R:"), name.find('}')) {
        (Some(from), Some(to)) if from < to => format!("{}0{}", &name[..from], &name[to + 1..]),
        _ => name.to_owned(),
    };
    let is_part = |part: &str| {
        !part.is_empty()
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !part.starts_with('-')
            && !part.ends_with('-')
            && !part.contains("--")
    };
    if !(2..=longest).contains(&name.chars().count()) || !plain.split('.').all(is_part) {
        let message = format!(
            "{member} has 2 to {longest} letters, digits and hyphens, in parts separated by dots: no two hyphens or \
             dots in a row, and none at the ends"
        );
        return Err(invalid(message));
    }
    Ok(())
}

/// Whether machines with these settings get a public address.
pub(super) fn has_public_address(para: Input<'_>) -> Outcome<bool> {
    let access = para.within("InternetAccessible")?;
    let bandwidth = access.number("InternetMaxBandwidthOut")?.unwrap_or(0);
    let wanted = access.truth("PublicIpAssigned")?;
    if wanted == Some(true) && bandwidth <= 0 {
        return Err(Reason::Machine.because("PublicIpAssigned needs InternetMaxBandwidthOut above 0"));
    }
    Ok(bandwidth > 0 && wanted != Some(false))
}

/// How machines are paid.
pub(super) fn charge(para: Input<'_>) -> Outcome<Charge> {
    match para.filled("InstanceChargeType")?.unwrap_or("POSTPAID_BY_HOUR") {
        "POSTPAID_BY_HOUR" => Ok(Charge::Hourly),
        "PREPAID" => match para.within("InstanceChargePrepaid")?.number("Period")? {
            Some(1..=12 | 24 | 36 | 48 | 60) => Ok(Charge::Prepaid),
            _ => Err(Reason::Machine.because("PREPAID needs InstanceChargePrepaid.Period: 1 to 12, 24, 36, 48 or 60")),
        },
        "SPOTPAID" => Ok(Charge::Spot),
        "CDHPAID" => Ok(Charge::Host),
        other => Err(Reason::Machine.because(format!("the InstanceChargeType {other} is not offered"))),
    }
}

pub(super) fn charge_name(charge: Charge) -> &'static str {
    match charge {
        Charge::Hourly => "POSTPAID_BY_HOUR",
        Charge::Prepaid => "PREPAID",
        Charge::Spot => "SPOTPAID",
        Charge::Host => "CDHPAID",
    }
}

/// The rules for logging in to machines. No message repeats the password.
pub(super) fn check_login(login: Input<'_>) -> Outcome<()> {
    let (password, keys) = (login.filled("Password")?, login.texts("KeyIds")?);
    if password.is_some() && !keys.is_empty() {
        return Err(Reason::Invalid.because("Password and KeyIds of LoginSettings exclude each other"));
    }
    if keys.len() > 1 {
        return Err(Reason::Invalid.because("LoginSettings takes a single key in KeyIds"));
    }
    if keeps_image_login(login)? {
        return Err(invalid("KeepImageLogin is for customized images, and nodes have the image of their cluster"));
    }
    password.map_or(Ok(()), check_password)
}

/// The rules for passwords of machines. No message repeats the password.
pub(super) fn check_password(password: &str) -> Outcome<()> {
    let has = |kind: fn(&char) -> bool| usize::from(password.chars().any(|c| kind(&c)));
    let kinds = has(char::is_ascii_alphabetic) + has(char::is_ascii_digit) + has(char::is_ascii_punctuation);
    if !(8..=16).contains(&password.chars().count()) || kinds < 2 {
        let message = "the password has 8 to 16 characters of at least two kinds: letters, digits, punctuation";
        return Err(Reason::Invalid.because(message));
    }
    Ok(())
}

/// Labels as the wire has them.
pub(super) fn labels_json(labels: &[(String, String)]) -> Value {
    labels.iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect()
}

/// Whether a filter of the machine service holds; nothing if there is no such filter.
pub(super) fn filter(machine: &Machine, name: &str, value: &str) -> Option<bool> {
    Some(match name {
        "instance-id" => machine.id == value,
        "instance-name" => machine.name == value,
        "vpc-id" => machine.network == value,
        "subnet-id" => machine.subnet == value,
        "zone" => machine.zone == value,
        "instance-type" => machine.instance_type == value,
        "instance-charge-type" => charge_name(machine.charge) == value,
        "private-ip-address" => machine.private_ip == value,
        "public-ip-address" => machine.public_ip.as_deref() == Some(value),
        "security-group-id" => machine.security_groups.iter().any(|group| group == value),
        "instance-state" => (if machine.running { "RUNNING" } else { "STOPPED" }) == value,
        "project-id" => machine.equipment.project.to_string() == value,
        "tag-key" => machine.equipment.tags.iter().any(|(key, _)| key == value),
        _ => return None,
    })
}
