//! The storage of backups.

use super::Answer;
use crate::handler::Context;
use crate::input::Input;
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::kernel::time::iso;
use wharf_world::tke::backups::Location;

/// The provider of all buckets.
const PROVIDER: &str = "tencentcloud";

pub(super) fn create_backup_storage_location(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    input.one_of("Provider", &[PROVIDER])?;
    let new = Location {
        name: input.required("Name")?.to_owned(),
        region: input.required("StorageRegion")?.to_owned(),
        bucket: input.required("Bucket")?.to_owned(),
        path: input.filled("Path")?.unwrap_or_default().to_owned(),
        created: world.now(),
    };
    world.backups(&context.account).create(new)?;
    Ok(json!({}))
}

pub(super) fn delete_backup_storage_location(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    world.backups(&context.account).delete(input.required("Name")?)?;
    Ok(json!({}))
}

pub(super) fn describe_backup_storage_locations(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let (now, names) = (world.now(), input.some_texts("Names")?);
    let all = world.backups(&context.account).locations.iter();
    let wanted = all.filter(|location| names.as_ref().is_none_or(|names| names.contains(&location.name)));
    let shown = wanted.map(|location| {
        json!({
            "Name": location.name, "StorageRegion": location.region, "Provider": PROVIDER, "Bucket": location.bucket,
            "Path": location.path, "State": "Available", "Message": "",
            "LastValidationTime": iso(location.checked(now)),
        })
    });
    Ok(json!({"BackupStorageLocationSet": shown.collect::<Vec<Value>>()}))
}
