//! What can be had: GPU drivers, machine types, the health of pools that scale.

use super::{Answer, filters};
use crate::handler::Context;
use crate::input::Input;
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::tke::native::drivers;

pub(super) fn describe_gpu_info(_world: &mut World, _context: &Context, input: Input<'_>) -> Answer {
    let drivers = drivers(input.required("InstanceType")?, input.text("OsName")?.unwrap_or_default());
    let shown = |driver: &&str| json!({"Driver": driver, "CUDA": "", "CUDNN": "", "MIGEnable": false, "Fabric": false});
    Ok(json!({"GPUParams": drivers.iter().map(shown).collect::<Vec<Value>>()}))
}

/// The document of this version has no field for what is found.
pub(super) fn describe_node_pools_elasticity_strength(_: &mut World, _: &Context, _: Input<'_>) -> Answer {
    Ok(json!({}))
}

/// The document of this version has no field for what is found. The filters are those of the machine service.
pub(super) fn describe_zone_instance_config_infos(_: &mut World, _: &Context, input: Input<'_>) -> Answer {
    const NAMES: [&str; 5] = ["zone", "instance-family", "instance-type", "instance-charge-type", "sort-keys"];
    for filter in filters(input, "Filters")? {
        if !NAMES.contains(&filter.name) {
            return filter.unknown("machine types");
        }
    }
    Ok(json!({}))
}
