//! The operations of the identity service.

use super::super::dialect::{Call, Caller};
use super::super::path::query;
use super::super::{Gateway, seconds};
use super::identity::TOKEN_LIFE;
use crate::accounts::{Project, User, id_of};
use crate::refusal::Refusal;
use http::request::Parts;
use serde_json::{Map, Value, json};
use wharf_world::kernel::time::utc;

/// The header that a new token comes in.
const TOKEN: &str = "X-Subject-Token";

fn refusal(status: u16, message: impl Into<String>) -> Refusal {
    Refusal::with_status(status, status.to_string(), message)
}

/// The answer of one of the operations.
pub(super) fn serve(gateway: &Gateway, parts: &Parts, call: &Call<'_>) -> Result<Value, Refusal> {
    if call.operation.name == "IAMCreateToken" {
        return create_token(gateway, call.parameters);
    }
    let pairs = query(parts.uri.query().unwrap_or_default());
    let name = pairs.iter().find(|(name, _)| name == "name").map(|(_, value)| value.as_str());
    Ok(list_projects(gateway, call.caller, name, &call.base_url))
}

/// Issues a token for a password.
fn create_token(gateway: &Gateway, members: &Map<String, Value>) -> Result<Value, Refusal> {
    let text = |way: &str| members.get("auth").and_then(|auth| auth.pointer(way)).and_then(Value::as_str);
    let methods = members.get("auth").and_then(|auth| auth.pointer("/identity/methods")).and_then(Value::as_array);
    if methods.is_none_or(|methods| methods.as_slice() != [json!("password")]) {
        return Err(refusal(400, "The only method of this service is password."));
    }
    let user = |place: &str| text(&format!("/identity/password/user/{place}")).unwrap_or_default();
    let found = gateway.accounts.user(user("name"), user("domain/name"), user("password"));
    let user = found.ok_or_else(|| refusal(401, "The username or password is wrong."))?;
    let (id, name) = (text("/scope/project/id"), text("/scope/project/name"));
    let project = if id.is_some() || name.is_some() {
        let project = gateway.accounts.project(&user.account, id, name);
        Some(project.ok_or_else(|| refusal(401, "The project of the scope does not belong to the account."))?)
    } else {
        check_account(&user, text("/scope/domain/id"), text("/scope/domain/name"))?;
        None
    };
    let now = seconds(gateway.faults.server_time());
    let caller = Caller {
        account: user.account.clone(),
        user: user.name.clone(),
        project: project.as_ref().map(|project| project.id.clone()),
        sub: user.sub.clone(),
    };
    let token = gateway.identity.issue(caller.clone(), now);
    let shown = token_json(&caller, project.as_deref(), now);
    Ok(json!({TOKEN: token, "token": shown}))
}

fn check_account(user: &User, id: Option<&str>, name: Option<&str>) -> Result<(), Refusal> {
    let own = id_of("domain", &user.account);
    if id.is_some_and(|id| id != own) || name.is_some_and(|name| name != user.account) {
        return Err(refusal(401, "The account of the scope is not the user's."));
    }
    Ok(())
}

fn token_json(caller: &Caller, project: Option<&Project>, now: i64) -> Value {
    let moment =
        |seconds: i64| utc(u64::try_from(seconds).unwrap_or(0) * 1_000).format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string();
    let domain = json!({"name": caller.account, "id": id_of("domain", &caller.account)});
    let mut token = json!({
        "methods": ["password"], "issued_at": moment(now), "expires_at": moment(now + TOKEN_LIFE),
        "user": {
            "name": caller.user, "id": id_of("user", &format!("{} {}", caller.account, caller.user)),
            "password_expires_at": "", "domain": domain,
        },
    });
    match project {
        Some(project) => token["project"] = json!({"name": project.name, "id": project.id, "domain": domain}),
        None => token["domain"] = domain,
    }
    token
}

/// The projects that the caller has.
fn list_projects(gateway: &Gateway, caller: &Caller, name: Option<&str>, url: &str) -> Value {
    let projects = gateway.accounts.projects(&caller.account);
    let wanted = projects.iter().filter(|project| name.is_none_or(|name| name == project.name));
    let items: Vec<Value> = wanted.map(|project| project_json(project, url)).collect();
    let links = json!({"next": null, "previous": null, "self": format!("{url}/v3/projects")});
    json!({"projects": items, "links": links})
}

fn project_json(project: &Project, url: &str) -> Value {
    let domain = id_of("domain", &project.account);
    json!({
        "domain_id": domain, "is_domain": false, "parent_id": domain, "name": project.name, "description": "",
        "links": {"next": null, "previous": null, "self": format!("{url}/v3/projects/{}", project.id)},
        "id": project.id, "enabled": true,
    })
}
