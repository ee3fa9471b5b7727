//! Repositories of the personal edition, its password and limits.
//!
//! None of the operations opens the edition or makes a namespace, which the vendor's console does. So both happen
//! here when they are first needed.

use super::answer::repository;
use super::machines::switch;
use super::nodes::named;
use super::{Answer, Refused};
use crate::handler::Context;
use crate::input::Input;
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::kernel::time::local;
use wharf_world::kernel::violation::Reason;
use wharf_world::registry::{Quota, RepositoryName};

pub(super) fn create(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let name = input.required("reponame")?;
    let public = switch(input, "public")?.unwrap_or(false);
    let description = input.text("description")?.unwrap_or("");
    let registry = &mut world.registry;
    registry.open_user(&context.account);
    let namespace = RepositoryName::parse(name).map(|name| name.namespace().to_owned());
    let new = namespace.filter(|namespace| !registry.namespace_exists(namespace));
    if let Some(namespace) = &new {
        registry.create_namespace(&context.account, namespace)?;
    }
    if let Err(error) = registry.create_repository(&context.account, name, public, description) {
        if let Some(namespace) = &new {
            registry.delete_namespace(&context.account, namespace)?;
        }
        return Err(error.into());
    }
    Ok(json!({}))
}

/// Deletes all of them, or none.
pub(super) fn delete(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let names = named(input, "reponames")?;
    world.registry.delete_repositories(&context.account, &names)?;
    Ok(json!({}))
}

pub(super) fn change_description(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let description = input.text("description")?.unwrap_or("");
    world.registry.set_description(&context.account, input.required("reponame")?, description)?;
    Ok(json!({}))
}

pub(super) fn change_access(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let public = switch(input, "public")?.unwrap_or(false);
    world.registry.set_public(&context.account, input.required("reponame")?, public)?;
    Ok(json!({}))
}

pub(super) fn describe_one(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let found = world.registry.repository(&context.account, input.required("reponame")?)?;
    Ok(repository(found, &context.account))
}

/// With a namespace that repository, without one any of the account that is called so.
pub(super) fn exists(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let name = input.required("reponame")?;
    let exists = match RepositoryName::parse(name) {
        Some(_) => world.registry.repository_exists(&context.account, name).unwrap_or(false),
        None => world.registry.repositories(&context.account).iter().any(|there| there.name().name() == name),
    };
    Ok(json!({"isExist": exists}))
}

pub(super) fn search(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let (name, namespace) = (input.filled("reponame")?, input.filled("namespace")?);
    let public = switch(input, "public")?;
    let found = world.registry.repositories(&context.account);
    let found = found.into_iter().filter(|there| {
        name.is_none_or(|name| there.name().to_string() == name)
            && namespace.is_none_or(|namespace| there.name().namespace() == namespace)
            && public.is_none_or(|public| there.is_public() == public)
    });
    let (total, page) = input.page_by("offset", "limit")?.of(found);
    let shown = page.into_iter().map(|there| {
        let mut shown = repository(there, &context.account);
        shown["tagCount"] = json!(there.tag_count());
        shown["updateTime"] = json!(local(there.updated()));
        shown
    });
    let shown: Vec<Value> = shown.collect();
    Ok(json!({"totalCount": total, "privilegeFiltered": false, "repoInfo": shown}))
}

pub(super) fn change_password(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let password = input.required("password")?;
    if !(8..=16).contains(&password.chars().count()) {
        return Err(Refused::from(Reason::Invalid.because("the password has 8 to 16 characters")));
    }
    world.registry.open_user(&context.account);
    world.registry.change_password(&context.account, password)?;
    Ok(json!({}))
}

pub(super) fn limits(world: &mut World, context: &Context, _: Input<'_>) -> Answer {
    let shown = Quota::PERSONAL.iter().map(|quota| {
        json!({"username": context.account, "type": quota.label(), "value": world.registry.quota(&context.account, *quota)})
    });
    Ok(json!({"limitInfo": shown.collect::<Value>()}))
}
