//! Webhooks: HTTP requests that tell others what happens to images.

use super::record;
use crate::kernel::Millis;
use crate::registry::{Registries, RegistryError};
use regex_lite::Regex;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// How many webhooks a namespace may have.
const MOST_WEBHOOKS: usize = 10;
/// How many requests may wait to be sent.
const MOST_DELIVERIES: usize = 1_000;

/// An event that a webhook is notified of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventType {
    PushImage,
    PullImage,
    DeleteImage,
}

impl EventType {
    const ALL: [Self; 3] = [Self::PushImage, Self::PullImage, Self::DeleteImage];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::PushImage => "pushImage",
            Self::PullImage => "pullImage",
            Self::DeleteImage => "deleteImage",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Result<Self, RegistryError> {
        Self::ALL.into_iter().find(|event| event.name() == name).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            RegistryError::Invalid("Trigger.EventTypes", format!("takes {names}, not `{name}`"))
        })
    }
}

/// Where a webhook's requests are sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    pub address: String,
    /// They can contain secrets.
    pub headers: Vec<(String, Vec<String>)>,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Target").field("address", &self.address).finish_non_exhaustive()
    }
}

/// A webhook of a namespace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    pub id: i64,
    pub namespace: String,
    pub name: String,
    pub description: String,
    pub targets: Vec<Target>,
    pub events: Vec<EventType>,
    /// A regular expression that finds a match in `namespace/name:tag`; empty for all images.
    pub condition: String,
    pub enabled: bool,
}

/// A webhook to be created, or what one is replaced by.
pub type NewWebhook = Webhook;

/// A request of a webhook, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookLog {
    pub id: i64,
    pub webhook: i64,
    pub namespace: String,
    pub event: EventType,
    /// The body of the request.
    pub detail: String,
    pub created: Millis,
    pub updated: Millis,
    /// `None` while the request is being sent, else whether it was accepted.
    pub accepted: Option<bool>,
}

/// A request that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    pub instance: String,
    /// The entry of the log.
    pub log: i64,
    pub target: Target,
    pub body: String,
}

impl Webhook {
    fn check(&self) -> Result<(), RegistryError> {
        let invalid = |field, problem: String| Err(RegistryError::Invalid(field, problem));
        if self.name.is_empty() {
            return Err(RegistryError::Missing("Trigger.Name"));
        }
        if self.events.is_empty() {
            return Err(RegistryError::Missing("Trigger.EventTypes"));
        }
        if self.targets.is_empty() {
            return Err(RegistryError::Missing("Trigger.Targets"));
        }
        let known = |address: &str| address.starts_with("http://") || address.starts_with("https://");
        if self.targets.iter().any(|target| !known(&target.address)) {
            return invalid("Trigger.Targets", "has addresses that begin with http:// or https://".to_owned());
        }
        match Regex::new(&self.condition) {
            Ok(_) => Ok(()),
            Err(error) => invalid("Trigger.Condition", format!("is not a regular expression: {error}")),
        }
    }

    fn is_for(&self, event: EventType, namespace: &str, image: &str) -> bool {
        let meant = || Regex::new(&self.condition).is_ok_and(|regex| regex.is_match(image));
        self.enabled && self.namespace == namespace && self.events.contains(&event) && meant()
    }
}

impl Registries {
    /// Creates a webhook, and returns it with its number.
    pub fn create_webhook(&mut self, account: &str, id: &str, mut new: NewWebhook) -> Result<Webhook, RegistryError> {
        new.check()?;
        let content = &mut self.running_instance_mut(account, id)?.enterprise;
        if !content.namespaces.contains_key(&new.namespace) {
            return Err(RegistryError::NotFound("namespace", new.namespace));
        }
        let here = content.webhooks.iter().filter(|webhook| webhook.namespace == new.namespace);
        if here.clone().any(|webhook| webhook.name == new.name) {
            return Err(RegistryError::Exists("trigger", new.name));
        }
        if here.count() >= MOST_WEBHOOKS {
            return Err(RegistryError::EditionLimit("triggers in a namespace", MOST_WEBHOOKS));
        }
        new.id = content.number();
        content.webhooks.push(new.clone());
        Ok(new)
    }

    /// Replaces a webhook of a namespace.
    pub fn change_webhook(&mut self, account: &str, id: &str, new: NewWebhook) -> Result<(), RegistryError> {
        new.check()?;
        let webhooks = &mut self.running_instance_mut(account, id)?.enterprise.webhooks;
        let same = |webhook: &Webhook| webhook.id == new.id && webhook.namespace == new.namespace;
        let twin =
            |webhook: &Webhook| webhook.id != new.id && webhook.namespace == new.namespace && webhook.name == new.name;
        if webhooks.iter().any(twin) {
            return Err(RegistryError::Exists("trigger", new.name));
        }
        let found = webhooks.iter_mut().find(|webhook| same(webhook));
        let found = found.ok_or_else(|| RegistryError::NotFound("trigger", new.id.to_string()))?;
        *found = new;
        Ok(())
    }

    /// Deletes a webhook with its log.
    pub fn delete_webhook(
        &mut self,
        account: &str,
        id: &str,
        namespace: &str,
        webhook: i64,
    ) -> Result<(), RegistryError> {
        let content = &mut self.running_instance_mut(account, id)?.enterprise;
        let before = content.webhooks.len();
        content.webhooks.retain(|one| one.id != webhook || one.namespace != namespace);
        if content.webhooks.len() == before {
            return Err(RegistryError::NotFound("trigger", webhook.to_string()));
        }
        content.logs.retain(|log| log.webhook != webhook);
        Ok(())
    }

    /// Orders the requests of the webhooks that are to be notified.
    pub(super) fn call_webhooks(&mut self, id: &str, event: EventType, path: &str, tag: &str, digest: &str) {
        let now = self.now;
        let mut ordered = Vec::new();
        let Some(instance) = self.any_instance_mut(id) else { return };
        let Some((namespace, name)) = path.split_once('/') else { return };
        let image = format!("{path}:{tag}");
        let (domain, account) = (instance.domain(), instance.account().to_owned());
        let content = &mut instance.enterprise;
        let public = content.namespaces.get(namespace).is_some_and(|namespace| namespace.public);
        let created = content.repositories.get(path).map_or(now, |repository| repository.created);
        let body = json!({
            "type": event.name(),
            "occur_at": now / 1_000,
            "event_data": {
                "resources": [{
                    "digest": digest, "tag": tag, "resource_url": format!("{domain}/{image}"),
                }],
                "repository": {
                    "date_created": created / 1_000,
                    "name": name,
                    "namespace": namespace,
                    "repo_full_name": path,
                    "repo_type": if public { "public" } else { "private" },
                },
            },
            "operator": account,
        })
        .to_string();
        let notified: Vec<Webhook> =
            content.webhooks.iter().filter(|webhook| webhook.is_for(event, namespace, &image)).cloned().collect();
        for webhook in notified {
            for target in webhook.targets {
                let log = WebhookLog {
                    id: content.number(),
                    webhook: webhook.id,
                    namespace: namespace.to_owned(),
                    event,
                    detail: body.clone(),
                    created: now,
                    updated: now,
                    accepted: None,
                };
                ordered.push(Delivery { instance: id.to_owned(), log: log.id, target, body: body.clone() });
                record(&mut content.logs, log);
            }
        }
        self.deliveries.extend(ordered);
        let surplus = self.deliveries.len().saturating_sub(MOST_DELIVERIES);
        self.deliveries.drain(..surplus);
    }

    /// Returns whether requests of webhooks are to be sent.
    pub fn has_deliveries(&self) -> bool {
        !self.deliveries.is_empty()
    }

    /// Takes the requests of webhooks that are to be sent.
    pub fn take_deliveries(&mut self) -> Vec<Delivery> {
        std::mem::take(&mut self.deliveries)
    }

    /// Notes how a request of a webhook ended.
    pub fn note_delivery(&mut self, delivery: &Delivery, accepted: bool) {
        let now = self.now;
        let logs = self.any_instance_mut(&delivery.instance).map(|instance| &mut instance.enterprise.logs);
        if let Some(log) = logs.into_iter().flatten().find(|log| log.id == delivery.log) {
            (log.accepted, log.updated) = (Some(accepted), now);
        }
    }
}
