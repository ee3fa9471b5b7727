//! Rules of immutable tags of enterprise instances.

use super::registry::Registries;
use super::registry::enterprise::{Decoration, ImmutableRule, Selector};
use super::{Answer, Context, Input, Refused, numbered};
use serde_json::{Value, json};

fn read(input: Input<'_>, id: i64) -> Result<ImmutableRule, Refused> {
    let rule = input.within("Rule")?;
    let selector = |name, pattern, decoration| {
        let decoration = rule.required(decoration)?;
        Ok::<_, Refused>(Selector::parse(name, decoration, rule.required(pattern)?)?)
    };
    Ok(ImmutableRule {
        id,
        namespace: input.required("NamespaceName")?.to_owned(),
        repositories: selector("Rule.RepositoryPattern", "RepositoryPattern", "RepositoryDecoration")?,
        tags: selector("Rule.TagPattern", "TagPattern", "TagDecoration")?,
        disabled: rule.flag("Disabled")?,
    })
}

pub(in crate::tcr) fn create(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    registry.create_immutable_rule(&context.account, input.required("RegistryId")?, read(input, 0)?)?;
    Ok(json!({}))
}

pub(in crate::tcr) fn modify(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let rule = read(input, input.required_number("RuleId")?)?;
    registry.change_immutable_rule(&context.account, input.required("RegistryId")?, rule)?;
    Ok(json!({}))
}

pub(in crate::tcr) fn delete(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let (id, namespace) = (input.required("RegistryId")?, input.required("NamespaceName")?);
    registry.delete_immutable_rule(&context.account, id, namespace, input.required_number("RuleId")?)?;
    Ok(json!({}))
}

/// The rules, and the namespaces that have none.
pub(in crate::tcr) fn describe(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let page = numbered(input)?;
    let content = &registry.instance(&context.account, input.required("RegistryId")?)?.enterprise;
    let without = |name: &&String| !content.immutable.iter().any(|rule| rule.namespace == **name);
    let empty: Vec<&String> = content.namespaces.keys().filter(without).collect();
    let (total, rules) = page.shown(content.immutable.iter().collect(), listed);
    Ok(json!({ "Rules": rules, "EmptyNs": empty, "Total": total }))
}

fn listed(rule: &ImmutableRule) -> Value {
    let decoration = |selector: &Selector, [matches, excludes]: [&'static str; 2]| match selector.decoration {
        Decoration::Matches => matches,
        Decoration::Excludes => excludes,
    };
    json!({
        "RepositoryPattern": rule.repositories.pattern,
        "TagPattern": rule.tags.pattern,
        "RepositoryDecoration": decoration(&rule.repositories, ["repoMatches", "repoExcludes"]),
        "TagDecoration": decoration(&rule.tags, ["matches", "excludes"]),
        "Disabled": rule.disabled,
        "RuleId": rule.id,
        "NsName": rule.namespace,
    })
}
