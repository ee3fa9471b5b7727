//! The operations of the identity service.

use super::super::{Gateway, seconds};
use super::identity::{Caller, Project, TOKEN_LIFE, User, id_of};
use crate::cce::answer::precise;
use crate::cce::{RestAnswer, RestRefusal};
use serde_json::{Map, Value, json};

/// The header that a new token comes in.
const TOKEN: &str = "X-Subject-Token";

fn refusal(status: u16, message: impl Into<String>) -> RestRefusal {
    RestRefusal::new(status, status.to_string(), message)
}

/// Issues a token for a password.
pub(super) fn create_token(gateway: &Gateway, members: &Map<String, Value>) -> Result<RestAnswer, RestRefusal> {
    let text = |way: &str| members.get("auth").and_then(|auth| auth.pointer(way)).and_then(Value::as_str);
    let methods = members.get("auth").and_then(|auth| auth.pointer("/identity/methods")).and_then(Value::as_array);
    if methods.is_none_or(|methods| methods.as_slice() != [json!("password")]) {
        return Err(refusal(400, "The only method of this service is password."));
    }
    let user = |place: &str| text(&format!("/identity/password/user/{place}")).unwrap_or_default();
    let found = gateway.identity.user(user("name"), user("domain/name"), user("password"));
    let user = found.ok_or_else(|| refusal(401, "The username or password is wrong."))?;
    let (id, name) = (text("/scope/project/id"), text("/scope/project/name"));
    let project = if id.is_some() || name.is_some() {
        let project = gateway.identity.project(&user.account, id, name);
        Some(project.ok_or_else(|| refusal(401, "The project of the scope is none of the account."))?.clone())
    } else {
        check_account(user, text("/scope/domain/id"), text("/scope/domain/name"))?;
        None
    };
    let now = seconds(gateway.faults.server_time());
    let caller = Caller { account: user.account.clone(), user: user.name.clone(), project, sub: user.sub.clone() };
    let token = gateway.identity.issue(caller.clone(), now);
    let body = json!({"token": token_json(&caller, now)});
    Ok(RestAnswer { status: 201, headers: vec![(TOKEN, token)], body: Some(body) })
}

fn check_account(user: &User, id: Option<&str>, name: Option<&str>) -> Result<(), RestRefusal> {
    let own = id_of("domain", &user.account);
    if id.is_some_and(|id| id != own) || name.is_some_and(|name| name != user.account) {
        return Err(refusal(401, "The account of the scope is not the user's."));
    }
    Ok(())
}

fn token_json(caller: &Caller, now: i64) -> Value {
    let moment = |seconds: i64| precise(u64::try_from(seconds).unwrap_or(0) * 1_000);
    let domain = json!({"name": caller.account, "id": id_of("domain", &caller.account)});
    let mut token = json!({
        "methods": ["password"], "issued_at": moment(now), "expires_at": moment(now + TOKEN_LIFE),
        "user": {
            "name": caller.user, "id": id_of("user", &format!("{} {}", caller.account, caller.user)),
            "password_expires_at": "", "domain": domain,
        },
    });
    match &caller.project {
        Some(project) => token["project"] = json!({"name": project.name, "id": project.id, "domain": domain}),
        None => token["domain"] = domain,
    }
    token
}

/// The projects that the caller has.
pub(super) fn list_projects(gateway: &Gateway, caller: &Caller, name: Option<&str>, url: &str) -> RestAnswer {
    let projects = gateway.identity.projects(&caller.account);
    let wanted = projects.filter(|project| name.is_none_or(|name| name == project.name));
    let items: Vec<Value> = wanted.map(|project| project_json(project, url)).collect();
    let links = json!({"next": null, "previous": null, "self": format!("{url}/v3/projects")});
    RestAnswer { status: 200, headers: Vec::new(), body: Some(json!({"projects": items, "links": links})) }
}

fn project_json(project: &Project, url: &str) -> Value {
    let domain = id_of("domain", &project.account);
    json!({
        "domain_id": domain, "is_domain": false, "parent_id": domain, "name": project.name, "description": "",
        "links": {"next": null, "previous": null, "self": format!("{url}/v3/projects/{}", project.id)},
        "id": project.id, "enabled": true,
    })
}
