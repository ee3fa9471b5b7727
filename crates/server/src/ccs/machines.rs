//! Machines as this product orders them: by cores, memory and kind.

use crate::input::Input;
use crate::regions;
use serde_json::{Map, json};
use wharf_world::ccs::Ccs;
use wharf_world::cluster::nodes::NodeSettings;
use wharf_world::infra::machines::{Charge, Machine, Purchase};
use wharf_world::kernel::violation::{Outcome, Reason};

/// Kinds of machines, before which `CVM.` stands.
const KINDS: [&str; 7] = ["S1", "S2", "I1", "I2", "M1", "M2", "C2"];

/// Reads what machines are to be bought, in that network, and what their nodes remember of it.
pub(super) fn order(realm: &Ccs<'_>, input: Input<'_>, network: &str) -> Outcome<(Purchase, NodeSettings)> {
    let subnet = realm.realm.subnet(network, input.required("subnetId")?)?;
    let zone = input.required("zoneId")?;
    if !regions::is_zone(zone, &subnet.zone) {
        let message = format!("the subnet {} is in the zone {}, not in {zone}", subnet.id, subnet.zone);
        return Err(Reason::Invalid.because(message));
    }
    let charge = charge(input)?;
    let bandwidth = input.number("bandwidth")?.unwrap_or(0);
    check_login(input)?;
    if input.number("storageSize")?.unwrap_or(0) % 10 != 0 {
        return Err(Reason::Invalid.because("storageSize is a multiple of 10"));
    }
    switch(input, "isVpcGateway")?;
    let mut given = Map::new();
    for name in ["bandwidthType", "period", "instanceType"] {
        if let Some(value) = input.0.get(name) {
            given.insert(name.to_owned(), value.clone());
        }
    }
    given.insert("instanceType".into(), json!(input.filled("instanceType")?.unwrap_or("CVM.S1")));
    let purchase = Purchase {
        count: input.count("goodsNum")?.unwrap_or(1),
        instance_type: Some(kind(input)?),
        network: network.to_owned(),
        subnet: subnet.id.clone(),
        charge,
        security_groups: input.owned("sgId")?.into_iter().collect(),
        public_address: bandwidth > 0 && switch(input, "wanIp")?.unwrap_or(true),
        ..Purchase::default()
    };
    Ok((purchase, NodeSettings { given, ..NodeSettings::default() }))
}

/// Reads 1 for yes and 0 for no.
pub(super) fn switch(input: Input<'_>, name: &str) -> Outcome<Option<bool>> {
    match input.number(name)? {
        None => Ok(None),
        Some(0) => Ok(Some(false)),
        Some(1) => Ok(Some(true)),
        Some(other) => Err(Reason::Invalid.because(format!("{name} is 0 or 1, not {other}"))),
    }
}

/// The machine type of that kind with so many cores and so much memory.
fn kind(input: Input<'_>) -> Outcome<String> {
    let given = input.filled("instanceType")?.unwrap_or("CVM.S1");
    let kind = given.strip_prefix("CVM.").filter(|kind| KINDS.contains(kind)).ok_or_else(|| {
        let all = KINDS.map(|kind| format!("CVM.{kind}")).join(", ");
        Reason::Invalid.because(format!("instanceType is one of {all}, not {given}"))
    })?;
    let (cores, memory) = (input.count("cpu")?.unwrap_or(0), input.count("mem")?.unwrap_or(0));
    let step = match cores {
        1 => "SMALL".to_owned(),
        2 => "MEDIUM".to_owned(),
        4 => "LARGE".to_owned(),
        8..=96 if cores % 4 == 0 => format!("{}XLARGE", cores / 4),
        _ => return Err(Reason::Machine.because(format!("machines with {cores} cores are not offered"))),
    };
    // So many GB for a core.
    if !(cores..=12 * cores).contains(&memory) {
        let message = format!("machines with {cores} cores have {cores} to {} GB, not {memory}", 12 * cores);
        return Err(Reason::Machine.because(message));
    }
    Ok(format!("{kind}.{step}{memory}"))
}

fn charge(input: Input<'_>) -> Outcome<Charge> {
    let given = input.filled("cvmType")?.unwrap_or("PayByHour");
    let charge = match given {
        "PayByHour" => Charge::Hourly,
        "PayByMonth" => Charge::Prepaid,
        other => return Err(Reason::Invalid.because(format!("cvmType is PayByHour or PayByMonth, not {other}"))),
    };
    if charge == Charge::Prepaid && input.number("period")?.is_none() {
        return Err(Reason::Missing.because("period must be given with PayByMonth"));
    }
    let network = input.required("bandwidthType")?;
    if network != "PayByTraffic" && network != given {
        let message = format!("bandwidthType is {given} or PayByTraffic for machines with {given}, not {network}");
        return Err(Reason::Invalid.because(message));
    }
    Ok(charge)
}

/// The rules for logging in to machines. No message repeats the password.
pub(super) fn check_login(input: Input<'_>) -> Outcome<()> {
    let Some(password) = input.filled("password")? else { return Ok(()) };
    if input.filled("keyId")?.is_some() {
        return Err(Reason::Invalid.because("password and keyId exclude each other"));
    }
    let has = |kind: fn(&char) -> bool| usize::from(password.chars().any(|c| kind(&c)));
    let kinds = has(char::is_ascii_alphabetic) + has(char::is_ascii_digit) + has(char::is_ascii_punctuation);
    if !(8..=16).contains(&password.chars().count()) || kinds < 2 {
        let message = "the password has 8 to 16 characters of at least two kinds: letters, digits, punctuation";
        return Err(Reason::Invalid.because(message));
    }
    Ok(())
}

/// How a machine is paid, by number.
pub(super) fn pay_mode(machine: &Machine) -> i64 {
    match machine.charge {
        Charge::Prepaid => 1,
        Charge::Hourly | Charge::Spot | Charge::Host => 2,
    }
}
