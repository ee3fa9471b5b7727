//! Replication between enterprise instances.

use super::registry::Registries;
use super::registry::enterprise::{ReplicationExecution, ReplicationFilter, ReplicationRule, RuleChange};
use super::{Answer, Context, Input, Refused, numbered, time};
use serde_json::{Value, json};

fn filters(rule: Input<'_>) -> Result<Vec<ReplicationFilter>, Refused> {
    let one = |item: Input<'_>| {
        Ok(ReplicationFilter::parse(item.required("Type")?, item.text("Value")?.unwrap_or_default())?)
    };
    rule.structures("Filters")?.into_iter().map(one).collect()
}

pub(in crate::tcr) fn create(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    // Instances of other accounts are not simulated.
    let peer = input.within("PeerReplicationOption")?;
    if peer.flag("EnablePeerReplication")? {
        input.refuse(&["PeerReplicationOption"])?;
    }
    let rule = input.within("Rule")?;
    let new = ReplicationRule {
        id: 0,
        name: rule.text("Name")?.unwrap_or_default().to_owned(),
        description: input.text("Description")?.unwrap_or_default().to_owned(),
        destination: input.required("DestinationRegistryId")?.to_owned(),
        namespace: rule.text("DestNamespace")?.unwrap_or_default().to_owned(),
        replace: rule.flag("Override")?,
        deletion: rule.flag("Deletion")?,
        enabled: true,
        filters: filters(rule)?,
        created: 0,
        updated: 0,
    };
    registry.create_replication(&context.account, input.required("SourceRegistryId")?, new)?;
    Ok(json!({}))
}

pub(in crate::tcr) fn modify(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let rule = input.within("Rule")?;
    let text = |input: Input<'_>, name| Ok::<_, Refused>(input.text(name)?.map(str::to_owned));
    let change = RuleChange {
        description: text(input, "Description")?,
        namespace: text(rule, "DestNamespace")?,
        replace: rule.truth("Override")?,
        deletion: rule.truth("Deletion")?,
        enabled: rule.truth("Enabled")?,
        filters: if rule.0.contains_key("Filters") { Some(filters(rule)?) } else { None },
    };
    let (id, name) = (input.required("SourceRegistryId")?, input.required("RuleName")?);
    registry.change_replication(&context.account, id, name, change)?;
    Ok(json!({}))
}

pub(in crate::tcr) fn delete(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let (id, name) = (input.required("SourceRegistryId")?, input.required("RuleName")?);
    registry.delete_replication(&context.account, id, name)?;
    Ok(json!({}))
}

pub(in crate::tcr) fn describe(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let page = numbered(input)?;
    let id = input.required("RegistryId")?;
    let instance = registry.instance(&context.account, id)?;
    let (total, list) = page.shown(instance.enterprise.replication.iter().collect(), |rule: &ReplicationRule| {
        let filters: Vec<Value> =
            rule.filters.iter().map(|filter| json!({ "Type": filter.name(), "Value": filter.pattern })).collect();
        let destination = registry.instance_name(&rule.destination).unwrap_or_default();
        json!({
            "ID": rule.id,
            "Name": rule.name,
            "Description": rule.description,
            "Filters": filters,
            "Override": rule.replace,
            "Enabled": rule.enabled,
            "SrcResource": instance.name(),
            "DestResource": format!("{destination}/{}", rule.namespace).trim_end_matches('/'),
            "CreationTime": time(rule.created),
            "UpdateTime": time(rule.updated),
        })
    });
    Ok(json!({ "ReplicationPolicyInfoList": list, "TotalCount": total }))
}

fn status(execution: &ReplicationExecution) -> &'static str {
    if execution.task.failure.is_none() { "Succeed" } else { "Failed" }
}

/// The executions of all rules, or of one, the newest first.
pub(in crate::tcr) fn describe_executions(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    input.refuse(&["ReplicationInstanceId"])?;
    let page = numbered(input)?;
    let policy = input.number("PolicyId")?;
    let instance = registry.instance(&context.account, input.required("RegistryId")?)?;
    let all = instance.enterprise.replication_executions.iter().rev();
    let found = all.filter(|one| policy.is_none_or(|policy| one.rule == policy)).collect();
    let (total, list) = page.shown(found, |one: &ReplicationExecution| {
        json!({
            "ExecutionID": one.id,
            "PolicyID": one.rule,
            "Status": status(one),
            "Total": 1,
            "Succeed": i64::from(one.task.failure.is_none()),
            "StartTime": time(one.at),
            "EndTime": time(one.at),
        })
    });
    Ok(json!({ "ReplicationExecutionList": list, "TotalCount": total }))
}

/// What an execution copied or deleted.
pub(in crate::tcr) fn describe_tasks(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let page = numbered(input)?;
    let execution = input.required_number("ExecutionId")?;
    let instance = registry.instance(&context.account, input.required("RegistryId")?)?;
    let all = instance.enterprise.replication_executions.iter();
    let found = all.filter(|one| one.id == execution).collect();
    let (total, list) = page.shown(found, |one: &ReplicationExecution| {
        json!({
            "ResourceType": one.task.kind,
            "SrcResource": one.task.source,
            "DstResource": one.task.destination,
            "JobID": one.task.job.to_string(),
            "Status": status(one),
            "StartTime": time(one.at),
            "EndTime": time(one.at),
        })
    });
    Ok(json!({ "ReplicationTaskList": list, "TotalCount": total }))
}
