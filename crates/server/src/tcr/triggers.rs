//! Application triggers and the record of their runs.

use super::answer::local_time;
use super::{Answer, Context, Input, registry::Registries};
use crate::input::invalid;
use serde_json::{Value, json};
use wharf_world::kernel::ids::hash;
use wharf_world::registry::{Condition, Trigger, TriggerChange, TriggerRun, Workload, WorkloadKind};

const SOURCE: &str = "IMAGE_PUSH";
const ACTION: &str = "SERVICE_UPDATE";

pub(super) fn create(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let expression = input.filled("InvokeExpr")?.unwrap_or_default();
    let condition = Condition::parse(input.required("InvokeMethod")?, expression)?;
    let workload = Workload {
        cluster: input.required("ClusterId")?.to_owned(),
        region: input.required_number("ClusterRegion")?,
        namespace: input.required("Namespace")?.to_owned(),
        kind: WorkloadKind::parse(input.required("WorkloadType")?)?,
        name: input.required("WorkloadName")?.to_owned(),
        container: input.required("ContainerName")?.to_owned(),
    };
    let repository = input.required("RepoName")?;
    let name = input.required("TriggerName")?;
    registry.create_trigger(&context.account, name, repository, condition, workload)?;
    Ok(json!({}))
}

pub(super) fn modify(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let change = TriggerChange {
        name: input.owned("NewTriggerName")?,
        repository: input.owned("RepoName")?,
        method: input.owned("InvokeMethod")?,
        expression: input.owned("InvokeExpr")?,
        cluster: input.owned("ClusterId")?,
        region: input.number("ClusterRegion")?,
        namespace: input.owned("Namespace")?,
        kind: input.owned("WorkloadType")?,
        workload: input.owned("WorkloadName")?,
        container: input.owned("ContainerName")?,
    };
    registry.change_trigger(&context.account, input.required("TriggerName")?, change)?;
    Ok(json!({}))
}

pub(super) fn delete(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    registry.delete_trigger(&context.account, input.required("TriggerName")?)?;
    Ok(json!({}))
}

pub(super) fn describe(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let page = input.page()?;
    registry.require_user(&context.account)?;
    let mut found = registry.triggers(&context.account);
    let (repository, name) = (input.filled("RepoName")?, input.filled("TriggerName")?);
    found.retain(|trigger| {
        repository.is_none_or(|name| trigger.repository.to_string() == name)
            && name.is_none_or(|name| trigger.name == name)
    });
    let (total, triggers) = page.shown(found, |trigger| listed(trigger, context));
    Ok(json!({ "Data": { "TotalCount": total, "TriggerInfo": triggers } }))
}

/// The runs, newest first unless another order is asked for.
pub(super) fn describe_log(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let page = input.page()?;
    let ascending = match input.filled("Order")?.map(str::to_ascii_lowercase).as_deref() {
        None | Some("desc") => false,
        Some("asc") => true,
        Some(other) => return Err(invalid(format!("Order is `asc` or `desc`, not `{other}`")).into()),
    };
    let mut found = registry.trigger_runs(&context.account);
    if let Some(name) = input.filled("RepoName")? {
        registry.own_repository(&context.account, name)?;
        found.retain(|run| run.repository.to_string() == name);
    }
    // The runs come in the order of their times, and stable sorts keep it among equals.
    match input.filled("OrderBy")? {
        None | Some("invoke_time") => {}
        Some("repo_name") => found.sort_by_key(|run| run.repository.to_string()),
        Some("tag_name") => found.sort_by_key(|run| run.tag.clone()),
        Some("trigger_name") => found.sort_by_key(|run| run.trigger.clone()),
        Some(other) => {
            let known = "`invoke_time`, `repo_name`, `tag_name` or `trigger_name`";
            return Err(invalid(format!("OrderBy is {known}, not `{other}`")).into());
        }
    }
    if !ascending {
        found.reverse();
    }
    let (total, runs) = page.shown(found, |run| listed_run(run, context));
    Ok(json!({ "Data": { "TotalCount": total, "LogInfo": runs } }))
}

fn listed(trigger: &Trigger, context: &Context) -> Value {
    json!({
        "TriggerName": trigger.name,
        "InvokeSource": SOURCE,
        "InvokeAction": ACTION,
        "CreateTime": local_time(trigger.created),
        "UpdateTime": local_time(trigger.updated),
        "InvokeCondition": listed_condition(&trigger.condition),
        "InvokePara": listed_workload(&trigger.workload, context),
    })
}

fn listed_run(run: &TriggerRun, context: &Context) -> Value {
    json!({
        "RepoName": run.repository.to_string(),
        "TagName": run.tag,
        "TriggerName": run.trigger,
        "InvokeSource": SOURCE,
        "InvokeAction": ACTION,
        "InvokeTime": local_time(run.at),
        "InvokeCondition": listed_condition(&run.condition),
        "InvokePara": listed_workload(&run.workload, context),
        "InvokeResult": { "ReturnCode": run.result.code, "ReturnMsg": run.result.message },
    })
}

fn listed_condition(condition: &Condition) -> Value {
    json!({ "InvokeMethod": condition.method(), "InvokeExpr": condition.expression() })
}

/// The number that an account has in other services, which is not the account's own.
fn app_id(account: &str) -> String {
    format!("125{:07}", hash(account) % 10_000_000)
}

fn listed_workload(workload: &Workload, context: &Context) -> Value {
    json!({
        "AppId": app_id(&context.account),
        "ClusterId": workload.cluster,
        "Namespace": workload.namespace,
        "ServiceName": format!("{}:{}", workload.kind.name(), workload.name),
        "ContainerName": workload.container,
        "ClusterRegion": workload.region,
    })
}
