//! Upgrades of clusters.

use super::{Answer, Scene};
use crate::input::{Input, invalid};
use serde_json::{Value, json};
use wharf_world::ack::upgrade::{NewUpgrade, Upgrade, UpgradeState};

pub(super) fn upgrade_cluster(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    input.one_of("component_name", &["k8s"])?;
    let id = input.required("ClusterId")?;
    let at_once = input.within("rolling_policy")?.count("max_parallelism")?;
    if at_once == Some(0) {
        return Err(invalid("rolling_policy.max_parallelism is at least 1"));
    }
    let new = NewUpgrade {
        from: input.filled("version")?,
        to: input.filled("next_version")?,
        masters_only: input.flag("master_only")?,
        at_once,
    };
    let task = scene.realm.start_upgrade(scene.owner, id, new)?;
    Ok(json!({"cluster_id": id, "task_id": task}))
}

pub(super) fn pause_cluster_upgrade(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    scene.realm.pause_upgrade(scene.owner, input.required("ClusterId")?)?;
    Ok(Value::Null)
}

pub(super) fn resume_upgrade_cluster(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    scene.realm.resume_upgrade(scene.owner, input.required("ClusterId")?)?;
    Ok(Value::Null)
}

pub(super) fn cancel_cluster_upgrade(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    scene.realm.cancel_upgrade(scene.owner, input.required("ClusterId")?)?;
    Ok(Value::Null)
}

pub(super) fn get_upgrade_status(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let (_, dedicated) = scene.realm.realm.dedicated(scene.owner, input.required("ClusterId")?)?;
    Ok(match &dedicated.upgrade {
        None => json!({"error_message": "", "upgrade_step": "not_start"}),
        Some(upgrade) => status_json(upgrade, scene.realm.now),
    })
}

fn status_json(upgrade: &Upgrade, now: u64) -> Value {
    let (done, all) = upgrade.progress(now);
    let message = format!("{done} of {all} nodes have the version {}", upgrade.to);
    let (status, step, task, error) = match &upgrade.state {
        UpgradeState::Running if upgrade.is_checking(now) => ("running", "prechecking", "running", String::new()),
        UpgradeState::Running => ("running", "upgrading", "running", String::new()),
        UpgradeState::Paused => ("pause", "pause", "running", String::new()),
        // There is no word for it; what is over and did not succeed has failed.
        UpgradeState::Cancelled => ("fail", "not_start", "Failed", "the upgrade was cancelled".to_owned()),
        UpgradeState::Failed(reason) => ("fail", "upgrading", "Failed", reason.clone()),
        UpgradeState::Done => ("success", "success", "Success", String::new()),
    };
    json!({
        "status": status, "upgrade_step": step, "error_message": error, "precheck_report_id": upgrade.report,
        "upgrade_task": {"status": task, "message": message},
    })
}
