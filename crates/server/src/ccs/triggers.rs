//! Triggers: a push to a repository updates a service.

use super::Answer;
use super::codes::{INVALID, Refused};
use crate::handler::Context;
use crate::input::Input;
use crate::regions;
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::kernel::time::local;
use wharf_world::registry::{Condition, Trigger, TriggerChange, Workload, WorkloadKind};

pub(super) fn add(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let condition = Condition::parse(input.required("invokeMethod")?, input.text("invokeExpr")?.unwrap_or(""))?;
    let workload = Workload {
        cluster: input.required("clusterId")?.to_owned(),
        region: region(input)?.unwrap_or_default(),
        namespace: input.required("namespace")?.to_owned(),
        kind: WorkloadKind::Deployment,
        name: input.required("serviceName")?.to_owned(),
        container: input.required("containerName")?.to_owned(),
    };
    let (name, repository) = (input.required("triggerName")?, input.required("reponame")?);
    world.registry.open_user(&context.account);
    world.registry.create_trigger(&context.account, name, repository, condition, workload)?;
    Ok(json!({}))
}

/// The numbers of regions are fewer than those of the cloud.
fn region(input: Input<'_>) -> Result<Option<i64>, Refused> {
    match input.number("clusterRegion")? {
        Some(other) if !regions::OF_TRIGGERS.contains(&other) => {
            let all = regions::OF_TRIGGERS.map(|number| number.to_string()).join(", ");
            Err(Refused::new(INVALID, format!("clusterRegion is one of {all}, not {other}")))
        }
        given => Ok(given),
    }
}

pub(super) fn modify(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let change = TriggerChange {
        name: input.owned("newTriggerName")?,
        repository: input.owned("reponame")?,
        method: input.owned("invokeMethod")?,
        expression: input.owned("invokeExpr")?,
        cluster: input.owned("clusterId")?,
        region: region(input)?,
        namespace: input.owned("namespace")?,
        kind: None,
        workload: input.owned("serviceName")?,
        container: input.owned("containerName")?,
    };
    world.registry.open_user(&context.account);
    let name = input.required("triggerName")?;
    world.registry.change_trigger(&context.account, name, change)?;
    Ok(json!({}))
}

pub(super) fn delete(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    world.registry.open_user(&context.account);
    world.registry.delete_trigger(&context.account, input.required("triggerName")?)?;
    Ok(json!({}))
}

pub(super) fn describe(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let (name, repository) = (input.filled("triggerName")?, input.filled("reponame")?);
    let found = world.registry.triggers(&context.account).into_iter().filter(|trigger| {
        name.is_none_or(|name| trigger.name == name)
            && repository.is_none_or(|repository| trigger.repository.to_string() == repository)
    });
    let (total, page) = input.page_by("offset", "limit")?.of(found);
    let page: Vec<Value> = page.into_iter().map(|trigger| shown(trigger, context)).collect();
    Ok(json!({"totalCount": total, "triggerInfo": page}))
}

fn shown(trigger: &Trigger, context: &Context) -> Value {
    let workload = &trigger.workload;
    json!({
        "triggerName": trigger.name, "repoName": trigger.repository.to_string(), "invokeSource": "IMAGE_PUSH",
        "invokeAction": "SERVICE_UPDATE", "createTime": local(trigger.created), "updateTime": local(trigger.updated),
        "invokeCondition": {
            "invokeMethod": trigger.condition.method(), "invokeExpr": trigger.condition.expression(),
        },
        "invokePara": {
            "appId": context.account, "clusterId": workload.cluster, "namespace": workload.namespace,
            "serviceName": workload.name, "containerName": workload.container, "clusterRegion": workload.region,
        },
    })
}
