//! Reviews: questions that are created and answered at once, and kept nowhere.
//!
//! Every caller may do everything here; rules of access are checked before a request is passed on.

use super::ControlPlane;
use super::api::{Call, Reply};
use super::names::{items, text};
use super::refusal::{Answer, FieldFault, Refusal};
use super::request::body;
use crate::kernel::Millis;
use crate::kernel::ids::hexadecimal;
use serde_json::{Value, json};

/// A token of a service account that is good until that moment.
pub fn token(cluster: &str, account: &Value, until: Millis) -> String {
    let (namespace, name) = (text(account, "/metadata/namespace"), text(account, "/metadata/name"));
    let secret = hexadecimal(&format!("token of {cluster}/{}/{until}", text(account, "/metadata/uid")), 40);
    format!("sa.{namespace}.{name}.{until}.{secret}")
}

impl ControlPlane<'_, '_> {
    /// Answers a review, or binds a pod.
    pub(super) fn review(&mut self, call: &Call<'_>) -> Answer<Reply> {
        let question = body(call.request.content_type, call.request.body)?;
        let mut answer = self.accept(call, question)?;
        if call.resource.kind == "Binding" {
            let pod = text(&answer, "/metadata/name").to_owned();
            return self.bind(call, &pod, &answer);
        }
        answer["status"] = match call.resource.kind.as_str() {
            "SelfSubjectAccessReview" | "LocalSubjectAccessReview" | "SubjectAccessReview" => {
                let attributes = ["resourceAttributes", "nonResourceAttributes"];
                let given = attributes.iter().filter(|name| answer["spec"].get(**name).is_some_and(Value::is_object));
                if given.count() != 1 {
                    let why = "exactly one of nonResourceAttributes or resourceAttributes must be specified";
                    let fault = FieldFault::invalid("spec.resourceAttributes", Value::Null, why);
                    return Err(Refusal::invalid(&call.resource, "", &[fault]));
                }
                json!({"allowed": true})
            }
            "SelfSubjectRulesReview" => json!({
                "resourceRules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}],
                "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}], "incomplete": false,
            }),
            "TokenReview" => self.review_token(call, &answer),
            _ => {
                json!({"userInfo": {"username": call.request.user.name, "groups": call.request.user.groups}})
            }
        };
        Ok(Reply::Object(201, answer))
    }

    fn review_token(&self, call: &Call<'_>, question: &Value) -> Value {
        let given = text(question, "/spec/token");
        match self.account_of(call.cluster, given) {
            Some((namespace, name, uid)) => json!({
                "authenticated": true, "audiences": items(question, "/spec/audiences"),
                "user": {"username": format!("system:serviceaccount:{namespace}:{name}"), "uid": uid,
                    "groups": ["system:serviceaccounts", format!("system:serviceaccounts:{namespace}"),
                        "system:authenticated"]},
            }),
            None => json!({"authenticated": false, "user": {}, "error": "the token is not valid"}),
        }
    }

    /// The service account whose token that is: namespace, name and identifier.
    pub fn account_of(&self, cluster: &str, given: &str) -> Option<(String, String, String)> {
        let mut parts = given.strip_prefix("sa.")?.splitn(4, '.');
        let (namespace, name, until) = (parts.next()?, parts.next()?, parts.next()?);
        let until: Millis = until.parse().ok()?;
        let key = super::store::Key::new("serviceaccounts", namespace, name);
        let account = self.cluster(cluster).ok()?.kubernetes.store.get(&key)?;
        let right = token(cluster, account, until) == given && until > self.0.now;
        right.then(|| (namespace.to_owned(), name.to_owned(), text(account, "/metadata/uid").to_owned()))
    }
}
