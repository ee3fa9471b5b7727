//! Rules of retention of enterprise instances.

use super::registry::enterprise::{Keep, Retention, RetentionItem, RetentionTask, Schedule, Selector};
use super::registry::{Registries, RegistryError};
use super::{Answer, Context, Input, Refused, time};
use serde_json::{Value, json};

fn keep(rule: Input<'_>) -> Result<Keep, Refused> {
    Ok(Keep::parse(rule.required("Key")?, rule.required_number("Value")?)?)
}

fn selector(item: Input<'_>, name: &'static str) -> Result<Selector, Refused> {
    match item.structure(name)? {
        None => Ok(Selector::everything()),
        Some(filter) => Ok(Selector::parse(
            name,
            filter.filled("Decoration")?.unwrap_or("matches"),
            filter.filled("Pattern")?.unwrap_or("**"),
        )?),
    }
}

/// Reads a policy: one rule for the whole namespace, or several with selectors.
fn read(input: Input<'_>, id: i64) -> Result<Retention, Refused> {
    let mut items = Vec::new();
    for item in input.structures("AdvancedRuleItems")? {
        items.push(RetentionItem {
            keep: keep(item.within("RetentionPolicy")?)?,
            tags: selector(item, "TagFilter")?,
            repositories: selector(item, "RepositoryFilter")?,
        });
    }
    let advanced = !items.is_empty();
    if let Some(rule) = input.structure("RetentionRule")? {
        if advanced {
            let problem = "and AdvancedRuleItems exclude each other".to_owned();
            return Err(RegistryError::Invalid("RetentionRule", problem).into());
        }
        let (tags, repositories) = (Selector::everything(), Selector::everything());
        items.push(RetentionItem { keep: keep(rule)?, tags, repositories });
    }
    let schedule = Schedule::parse(input.required("CronSetting")?)?;
    let disabled = input.flag("Disabled")?;
    Ok(Retention { id, namespace: String::new(), items, advanced, schedule, disabled, next: None })
}

pub(in crate::tcr) fn create(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let (id, namespace) = (input.required("RegistryId")?, input.required_number("NamespaceId")?);
    registry.create_retention(&context.account, id, namespace, read(input, 0)?)?;
    Ok(json!({}))
}

pub(in crate::tcr) fn modify(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let (id, namespace) = (input.required("RegistryId")?, input.required_number("NamespaceId")?);
    let policy = read(input, input.required_number("RetentionId")?)?;
    registry.change_retention(&context.account, id, namespace, policy)?;
    Ok(json!({}))
}

pub(in crate::tcr) fn delete(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let (id, policy) = (input.required("RegistryId")?, input.required_number("RetentionId")?);
    registry.delete_retention(&context.account, id, policy)?;
    Ok(json!({}))
}

pub(in crate::tcr) fn execute(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let (id, policy) = (input.required("RegistryId")?, input.required_number("RetentionId")?);
    registry.execute_retention(&context.account, id, policy, input.flag("DryRun")?)?;
    Ok(json!({}))
}

pub(in crate::tcr) fn describe(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let page = input.endless_page()?;
    let namespace = input.filled("NamespaceName")?;
    let policies = &registry.instance(&context.account, input.required("RegistryId")?)?.enterprise.retention;
    let meant = |policy: &&Retention| namespace.is_none_or(|namespace| policy.namespace == namespace);
    let (total, list) = page.shown(policies.iter().filter(meant).collect(), listed);
    Ok(json!({ "RetentionPolicyList": list, "TotalCount": total }))
}

fn listed(policy: &Retention) -> Value {
    let rule = |item: &RetentionItem| {
        let (key, value) = item.keep.pair();
        json!({ "Key": key, "Value": value })
    };
    let filter = |selector: &Selector, [matches, excludes]: [&str; 2]| {
        let decoration = match selector.decoration {
            super::registry::enterprise::Decoration::Matches => matches,
            super::registry::enterprise::Decoration::Excludes => excludes,
        };
        json!({ "Decoration": decoration, "Pattern": selector.pattern })
    };
    let item = |item: &RetentionItem| {
        json!({
            "RetentionPolicy": rule(item),
            "TagFilter": filter(&item.tags, ["matches", "excludes"]),
            "RepositoryFilter": filter(&item.repositories, ["repoMatches", "repoExcludes"]),
        })
    };
    let advanced: Vec<Value> = policy.items.iter().filter(|_| policy.advanced).map(item).collect();
    json!({
        "RetentionId": policy.id,
        "NamespaceName": policy.namespace,
        "RetentionRuleList": policy.items.iter().map(rule).collect::<Vec<_>>(),
        "AdvancedRuleItems": advanced,
        "CronSetting": policy.schedule.name(),
        "Disabled": policy.disabled,
        "NextExecutionTime": policy.next.map(time).unwrap_or_default(),
    })
}

/// The executions of a policy, the newest first.
pub(in crate::tcr) fn describe_executions(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let page = input.endless_page()?;
    let (id, policy) = (input.required("RegistryId")?, input.required_number("RetentionId")?);
    registry.retention(&context.account, id, policy)?;
    let all = registry.instance(&context.account, id)?.enterprise.retention_executions.iter().rev();
    let (total, list) = page.shown(all.filter(|one| one.policy == policy).collect(), |one| {
        json!({
            "ExecutionId": one.id,
            "RetentionId": policy,
            "StartTime": time(one.at),
            "EndTime": time(one.at),
            "Status": "Succeed",
        })
    });
    Ok(json!({ "RetentionExecutionList": list, "TotalCount": total }))
}

/// What an execution did in each repository.
pub(in crate::tcr) fn describe_tasks(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let page = input.page()?;
    let (id, policy) = (input.required("RegistryId")?, input.required_number("RetentionId")?);
    let execution = input.required_number("ExecutionId")?;
    registry.retention(&context.account, id, policy)?;
    let all = &registry.instance(&context.account, id)?.enterprise.retention_executions;
    let found = all.iter().find(|one| one.policy == policy && one.id == execution);
    let found = found.ok_or_else(|| RegistryError::NotFound("execution", execution.to_string()))?;
    let (total, list) = page.shown(found.tasks.iter().collect(), |task: &RetentionTask| {
        json!({
            "TaskId": task.id,
            "ExecutionId": execution,
            "StartTime": time(found.at),
            "EndTime": time(found.at),
            "Status": "Succeed",
            "Total": task.total,
            "Retained": task.retained,
            "Repository": task.repository,
        })
    });
    Ok(json!({ "RetentionTaskList": list, "TotalCount": total }))
}
