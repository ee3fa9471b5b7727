//! What an enterprise instance contains: namespaces, repositories, and the rules that act on them.

mod happenings;
mod images;
mod immutable;
mod namespaces;
mod patterns;
mod replication;
mod repositories;
mod retention;
mod service_accounts;
mod webhooks;

pub use happenings::Happening;
pub use images::ImageAt;
pub use immutable::ImmutableRule;
pub use namespaces::{EnterpriseNamespace, NamespaceSettings, Severity};
pub use patterns::{Decoration, Selector};
pub use replication::{
    ReplicationExecution, ReplicationFilter, ReplicationFilterKind, ReplicationRule, ReplicationTask, RuleChange,
};
pub use repositories::EnterpriseRepository;
pub use retention::{Keep, Retention, RetentionExecution, RetentionItem, RetentionTask, Schedule};
pub use service_accounts::{AccountChange, NewAccount, Permission, ServiceAccount};
pub use webhooks::{Delivery, EventType, NewWebhook, Target, Webhook, WebhookLog};

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// How many executions and logs an instance keeps; the oldest are dropped.
const MOST_RECORDS: usize = 1_000;

/// What an instance contains.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enterprise {
    /// How many things of it were numbered.
    issued: i64,
    pub namespaces: BTreeMap<String, namespaces::EnterpriseNamespace>,
    /// By path: `namespace/name`.
    pub repositories: BTreeMap<String, EnterpriseRepository>,
    /// By name.
    pub accounts: BTreeMap<String, ServiceAccount>,
    pub webhooks: Vec<Webhook>,
    /// The newest is the last.
    pub logs: VecDeque<WebhookLog>,
    pub immutable: Vec<ImmutableRule>,
    pub retention: Vec<Retention>,
    pub retention_executions: VecDeque<RetentionExecution>,
    pub replication: Vec<ReplicationRule>,
    pub replication_executions: VecDeque<ReplicationExecution>,
}

impl Enterprise {
    fn number(&mut self) -> i64 {
        self.issued += 1;
        self.issued
    }
}

/// Adds a record, and drops the oldest one if there are too many.
fn record<T>(records: &mut VecDeque<T>, new: T) {
    if records.len() >= MOST_RECORDS {
        records.pop_front();
    }
    records.push_back(new);
}
