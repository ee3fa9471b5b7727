//! Who may do what in the Kubernetes of clusters: permissions, certificates, authentication.

use super::Answer;
use crate::handler::Context;
use crate::input::{Input, invalid, missing};
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::kernel::violation::Outcome;
use wharf_world::tke::access::authentication::{NewProvider, NewServiceAccounts};
use wharf_world::tke::access::grants::Permission;

/// The most users of a request about certificates.
const MOST_USERS: usize = 50;

pub(super) fn acquire_cluster_admin_role(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    world.tke(&context.account, &context.region).bind_admin(input.required("ClusterId")?, context.user())?;
    Ok(json!({}))
}

/// Reads permissions, each with its cluster.
fn permissions(input: Input<'_>) -> Outcome<Vec<(String, Permission)>> {
    let read = |item: Input<'_>| {
        let namespace = item.owned("Namespace")?;
        let kind = item.one_of("RoleType", &["cluster", "namespace"])?.ok_or_else(|| missing("RoleType"))?;
        match (kind, &namespace) {
            ("namespace", None) => return Err(invalid("Namespace must be given if RoleType is namespace")),
            ("cluster", Some(_)) => return Err(invalid("Namespace is for the RoleType namespace alone")),
            _ => {}
        }
        let role = item.required("RoleName")?.to_owned();
        let custom = item.flag("IsCustom")?;
        Ok((item.required("ClusterId")?.to_owned(), Permission { role, namespace, custom }))
    };
    input.structures("Permissions")?.into_iter().map(read).collect()
}

pub(super) fn grant_user_permissions(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    realm.grant(context.user(), input.required("TargetUin")?, &permissions(input)?)?;
    Ok(json!({}))
}

pub(super) fn delete_user_permissions(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    realm.revoke(context.user(), input.required("TargetUin")?, &permissions(input)?)?;
    Ok(json!({}))
}

pub(super) fn describe_user_permissions(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let user = input.required("TargetUin")?;
    let has = world.tke(&context.account, &context.region).permissions(user)?;
    let shown = |(cluster, permission): (String, Permission)| {
        let kind = if permission.namespace.is_some() { "namespace" } else { "cluster" };
        json!({
            "ClusterId": cluster, "RoleName": permission.role, "RoleType": kind, "IsCustom": permission.custom,
            "Namespace": permission.namespace.unwrap_or_default(),
        })
    };
    Ok(json!({"TargetUin": user, "Permissions": has.into_iter().map(shown).collect::<Vec<Value>>()}))
}

pub(super) fn describe_cluster_common_names(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let cluster = input.required("ClusterId")?;
    realm.running_cluster(cluster)?;
    let users = input.texts("SubaccountUins")?;
    if let Some(role) = input.texts("RoleIds")?.first() {
        return Err(invalid(format!("the account has no role {role} (RoleIds)")));
    }
    if users.is_empty() {
        return Err(invalid("SubaccountUins or RoleIds must be given"));
    }
    if users.len() > MOST_USERS {
        return Err(invalid(format!("SubaccountUins has at most {MOST_USERS} items, not {}", users.len())));
    }
    let mut names = Vec::new();
    for user in &users {
        realm.check_user(user)?;
    }
    for user in &users {
        names.push(json!({"SubaccountUin": user, "CN": realm.credential(cluster, user)?.common_name}));
    }
    Ok(json!({"CommonNames": names}))
}

pub(super) fn update_cluster_kubeconfig(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let mut users = input.some_texts("SubAccounts")?.unwrap_or_else(|| vec![context.user().to_owned()]);
    users.sort();
    users.dedup();
    realm.renew_credentials(input.required("ClusterId")?, context.user(), &users)?;
    Ok(json!({"UpdatedSubAccounts": users}))
}

pub(super) fn rotate_cluster_token(world: &mut World, context: &Context, _input: Input<'_>) -> Answer {
    world.tke(&context.account, &context.region).rotate_passwords();
    Ok(json!({}))
}

pub(super) fn describe_cluster_authentication_options(
    world: &mut World,
    context: &Context,
    input: Input<'_>,
) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let authentication = &realm.running_cluster(input.required("ClusterId")?)?.tke().access.authentication;
    let options = &authentication.options;
    let state = if authentication.is_changing() { "Updating" } else { "Success" };
    Ok(json!({
        "LatestOperationState": state,
        "ServiceAccounts": {
            "UseTKEDefault": options.tke_default, "Issuer": options.issuer, "JWKSURI": options.key_set,
            "AutoCreateDiscoveryAnonymousAuth": options.anonymous_discovery,
        },
        "OIDCConfig": {
            "AutoCreateOIDCConfig": options.provider, "AutoCreateClientId": options.client_ids,
            "AutoInstallPodIdentityWebhookAddon": options.webhook,
        },
    }))
}

pub(super) fn modify_cluster_authentication_options(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let accounts = |given: Input<'_>| -> Outcome<NewServiceAccounts> {
        Ok(NewServiceAccounts {
            tke_default: given.flag("UseTKEDefault")?,
            issuer: given.owned("Issuer")?,
            key_set: given.owned("JWKSURI")?,
            anonymous_discovery: given.flag("AutoCreateDiscoveryAnonymousAuth")?,
        })
    };
    let provider = |given: Input<'_>| -> Outcome<NewProvider> {
        Ok(NewProvider {
            create: given.flag("AutoCreateOIDCConfig")?,
            client_ids: given.texts("AutoCreateClientId")?,
            webhook: given.flag("AutoInstallPodIdentityWebhookAddon")?,
        })
    };
    let accounts = input.structure("ServiceAccounts")?.map(accounts).transpose()?;
    let provider = input.structure("OIDCConfig")?.map(provider).transpose()?;
    let mut realm = world.tke(&context.account, &context.region);
    realm.change_authentication(input.required("ClusterId")?, accounts, provider)?;
    Ok(json!({}))
}

pub(super) fn describe_cluster_controllers(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.running_cluster(input.required("ClusterId")?)?;
    let states = cluster.controller_states().into_iter().map(|(name, on)| json!({"Name": name, "Enabled": on}));
    Ok(json!({"ControllerStatusSet": states.collect::<Vec<Value>>()}))
}
