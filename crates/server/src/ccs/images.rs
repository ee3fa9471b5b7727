//! Images of a repository and the rule by which old ones go.

use super::Answer;
use super::nodes::named;
use crate::handler::Context;
use crate::input::Input;
use crate::registry::readable_size;
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::kernel::time::local;
use wharf_world::kernel::violation::Reason;
use wharf_world::registry::PERSONAL_HOST;
use wharf_world::registry::{PolicyKind, Tag};

pub(super) fn describe(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let repository = world.registry.repository(&context.account, input.required("reponame")?)?;
    let text = input.text("tag")?.unwrap_or("");
    let tags = repository.tags().into_iter().filter(|tag| tag.name().contains(text));
    let (total, page) = input.page_by("offset", "limit")?.of(tags);
    let page: Vec<Value> = page.into_iter().map(|tag| shown(tag, repository.name().name())).collect();
    Ok(json!({"reponame": repository.name().to_string(), "server": PERSONAL_HOST, "tagCount": total, "tagInfo": page}))
}

fn shown(tag: &Tag, repository: &str) -> Value {
    let image = tag.image();
    // Go's way to write a time.
    let time = |moment| format!("{} +0800 CST", local(moment));
    json!({
        "repo_name": repository, "tagName": tag.name(), "tagId": image.digest(), "imageId": image.id(),
        "size": readable_size(image.size()), "creationTime": time(tag.built()),
        "updateTime": time(tag.pushed()), "author": image.author, "architecture": image.architecture,
        "dockerVersion": image.docker_version, "os": image.os, "pushTime": time(tag.pushed()),
        "sizeByte": image.size(),
    })
}

/// Deletes all of them, or none.
pub(super) fn delete(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let tags = named(input, "tags")?;
    world.registry.delete_tags(&context.account, input.required("reponame")?, &tags)?;
    Ok(json!({}))
}

pub(super) fn duplicate(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let (from, to) = (input.required("src_image")?, input.required("dest_image")?);
    world.registry.duplicate_image(&context.account, from, to)?;
    Ok(json!({}))
}

pub(super) fn set_strategy(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let kind = match input.required("type")? {
        "keep_last_days" => PolicyKind::LastDays,
        "keep_last_nums" => PolicyKind::LastTags,
        other => {
            return Err(Reason::Invalid
                .because(format!("type is keep_last_days or keep_last_nums, not {other}"))
                .into());
        }
    };
    let keep = input.number("val")?.unwrap_or(0);
    world.registry.set_policy(&context.account, input.required("reponame")?, kind, keep)?;
    Ok(json!({}))
}

pub(super) fn close_strategy(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    world.registry.remove_policy(&context.account, input.required("reponame")?)?;
    Ok(json!({}))
}

pub(super) fn strategy(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let name = input.required("reponame")?;
    let policy = world.registry.policy(&context.account, name)?;
    let shown = policy.iter().map(|policy| {
        let kind = match policy.kind {
            PolicyKind::LastDays => "keep_last_days",
            PolicyKind::LastTags => "keep_last_nums",
        };
        json!({
            "username": context.account, "reponame": name, "type": kind, "value": policy.keep, "valid": 1,
            "creation_time": format!("{}+08:00", local(policy.created).replace(' ', "T")),
        })
    });
    let shown: Vec<Value> = shown.collect();
    Ok(json!({"totalCount": shown.len(), "strategyInfo": shown}))
}
