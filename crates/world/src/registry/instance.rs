//! Enterprise instances: provisioned step by step, entered with temporary passwords.

use super::enterprise::Enterprise;
use super::token::InstanceToken;
use super::{Quota, Registries, RegistryError};
use crate::kernel::Millis;
use crate::kernel::save::forms::known;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

const SECOND: Millis = 1000;

/// When each step of the creation is begun and done, counted from the request.
const STEPS: [(&str, Millis, Millis); 3] = [
    ("Network", 10 * SECOND, 25 * SECOND),
    ("Storage", 15 * SECOND, 40 * SECOND),
    ("Service", 40 * SECOND, 60 * SECOND),
];

/// The editions, smallest first.
const EDITIONS: [&str; 3] = ["basic", "standard", "premium"];

/// The name of an edition.
type Edition = &'static str;

fn edition<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Edition, D::Error> {
    known(deserializer, "edition", |name| EDITIONS.into_iter().find(|edition| *edition == name))
}

/// The longest name: it is a part of a domain name.
const LONGEST_NAME: usize = 63;

/// State of an instance, or of a step of its creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum InstanceState {
    /// Not begun.
    Pending,
    /// Under way.
    Deploying,
    /// Ready.
    Running,
    /// The creation failed.
    FailedCreated,
}

impl InstanceState {
    /// The state's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Deploying => "Deploying",
            Self::Running => "Running",
            Self::FailedCreated => "FailedCreated",
        }
    }
}

impl fmt::Display for InstanceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A step of an instance's creation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceStep {
    /// Which step.
    pub name: &'static str,
    /// How far it is.
    pub state: InstanceState,
    /// Why, in a word; empty when there is nothing to say.
    pub reason: String,
}

/// An enterprise instance.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instance {
    account: String,
    id: String,
    name: String,
    #[serde(deserialize_with = "edition")]
    edition: Edition,
    region: String,
    created: Millis,
    failure: Option<Failure>,
    pub(super) tokens: Vec<InstanceToken>,
    /// What the instance contains.
    pub enterprise: Enterprise,
}

/// Why a creation failed, and when.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Failure {
    at: Millis,
    reason: String,
}

impl Instance {
    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The account that it belongs to.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its edition.
    pub fn edition(&self) -> &'static str {
        self.edition
    }

    /// Its region.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// When its creation was asked for.
    pub fn created(&self) -> Millis {
        self.created
    }

    /// The name under which it is reached from the internet.
    pub fn domain(&self) -> String {
        format!("{}.tencentcloudcr.com", self.name.to_ascii_lowercase())
    }

    /// The name under which it is reached from a private network.
    pub fn vpc_domain(&self) -> String {
        format!("{}-vpc.tencentcloudcr.com", self.name.to_ascii_lowercase())
    }

    /// How long a temporary password works, in hours.
    pub fn token_hours(&self) -> u64 {
        1
    }

    /// Its state at that moment.
    pub fn state(&self, now: Millis) -> InstanceState {
        if self.failure.is_some() {
            return InstanceState::FailedCreated;
        }
        let states = STEPS.map(|(_, begun, done)| self.reached(now, begun, done));
        match (states.iter().min(), states.iter().max()) {
            (Some(InstanceState::Running), _) => InstanceState::Running,
            (_, Some(InstanceState::Pending)) => InstanceState::Pending,
            _ => InstanceState::Deploying,
        }
    }

    /// The steps of its creation at that moment; none continues after a failure.
    pub fn steps(&self, now: Millis) -> Vec<InstanceStep> {
        let now = self.failure.as_ref().map_or(now, |failure| failure.at.min(now));
        let step = |(name, begun, done)| match (&self.failure, self.reached(now, begun, done)) {
            (Some(failure), state) if state != InstanceState::Running => {
                InstanceStep { name, state: InstanceState::FailedCreated, reason: failure.reason.clone() }
            }
            (_, state) => InstanceStep { name, state, reason: String::new() },
        };
        STEPS.into_iter().map(step).collect()
    }

    fn reached(&self, now: Millis, begun: Millis, done: Millis) -> InstanceState {
        match now.saturating_sub(self.created) {
            age if age >= done => InstanceState::Running,
            age if age >= begun => InstanceState::Deploying,
            _ => InstanceState::Pending,
        }
    }
}

/// What instances are chosen by: one of the values of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceFilter {
    attribute: Attribute,
    values: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attribute {
    Id,
    Name,
    Edition,
    State,
    Region,
}

impl InstanceFilter {
    /// A filter on an attribute by its name on the wire.
    pub fn parse(name: &str, values: Vec<String>) -> Result<Self, RegistryError> {
        let attribute = match name {
            "RegistryId" => Attribute::Id,
            "RegistryName" => Attribute::Name,
            "RegistryType" => Attribute::Edition,
            "Status" => Attribute::State,
            "RegionName" => Attribute::Region,
            _ => {
                let takes =
                    format!("filter by RegistryId, RegistryName, RegistryType, Status or RegionName, not by `{name}`");
                return Err(RegistryError::Invalid("Filters", takes));
            }
        };
        Ok(Self { attribute, values })
    }

    /// Whether the instance has one of the values.
    pub fn matches(&self, instance: &Instance, now: Millis) -> bool {
        let has = match self.attribute {
            Attribute::Id => &instance.id,
            Attribute::Name => &instance.name,
            Attribute::Edition => instance.edition,
            Attribute::State => instance.state(now).name(),
            Attribute::Region => &instance.region,
        };
        self.values.iter().any(|value| value == has)
    }
}

impl Registries {
    /// Begins the creation of an instance and gives its id.
    pub fn create_instance(
        &mut self,
        account: &str,
        region: &str,
        name: &str,
        edition: &str,
    ) -> Result<String, RegistryError> {
        check_instance_name(name)?;
        let edition = EDITIONS.into_iter().find(|known| *known == edition).ok_or_else(|| {
            let takes = format!("takes one of {}, not `{edition}`", EDITIONS.join(", "));
            RegistryError::Invalid("RegistryType", takes)
        })?;
        // The name is a part of a domain, so it is one over all accounts, whatever its case.
        if self.instances.iter().any(|instance| instance.name.eq_ignore_ascii_case(name)) {
            return Err(RegistryError::InstanceExists(name.to_owned()));
        }
        self.check_quota(account, Quota::Instances, self.instances(account).len())?;
        let number = self.number();
        let id = format!("tcr-{}", self.seed("instance", number).short());
        self.instances.push(Instance {
            account: account.to_owned(),
            id: id.clone(),
            name: name.to_owned(),
            edition,
            region: region.to_owned(),
            created: self.now,
            failure: None,
            tokens: Vec::new(),
            enterprise: Enterprise::default(),
        });
        Ok(id)
    }

    /// The account's instances, oldest first.
    pub fn instances(&self, account: &str) -> Vec<&Instance> {
        self.instances.iter().filter(|instance| instance.account == account).collect()
    }

    /// One instance of the account.
    pub fn instance(&self, account: &str, id: &str) -> Result<&Instance, RegistryError> {
        let own = |instance: &&Instance| instance.account == account && instance.id == id;
        self.instances.iter().find(own).ok_or_else(|| RegistryError::NoInstance(id.to_owned()))
    }

    /// One instance of the account, which runs.
    pub fn running_instance(&self, account: &str, id: &str) -> Result<&Instance, RegistryError> {
        let instance = self.instance(account, id)?;
        match instance.state(self.now) {
            InstanceState::Running => Ok(instance),
            state => Err(RegistryError::InstanceNotRunning(id.to_owned(), state)),
        }
    }

    pub(super) fn running_instance_mut(&mut self, account: &str, id: &str) -> Result<&mut Instance, RegistryError> {
        self.running_instance(account, id)?;
        self.any_instance_mut(id).ok_or_else(|| RegistryError::NoInstance(id.to_owned()))
    }

    /// Deletes an instance with all that it contains, and the replication rules of others to it.
    pub fn delete_instance(&mut self, account: &str, id: &str) -> Result<(), RegistryError> {
        self.instance(account, id)?;
        self.instances.retain(|instance| instance.id != id);
        for instance in &mut self.instances {
            instance.enterprise.replication.retain(|rule| rule.destination != id);
        }
        self.collect();
        Ok(())
    }

    /// Makes the creation of an instance fail, as when its network cannot be set up.
    pub fn fail_instance(&mut self, id: &str, reason: &str) -> Result<(), RegistryError> {
        let now = self.now;
        let found = self.instances.iter_mut().find(|instance| instance.id == id);
        let instance = found.ok_or_else(|| RegistryError::NoInstance(id.to_owned()))?;
        match instance.state(now) {
            InstanceState::Running => {
                Err(RegistryError::Invalid("RegistryId", "is of an instance whose creation is over".to_owned()))
            }
            _ => {
                instance.failure = Some(Failure { at: now, reason: reason.to_owned() });
                Ok(())
            }
        }
    }
}

fn check_instance_name(name: &str) -> Result<(), RegistryError> {
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if name.len() > LONGEST_NAME || name.starts_with('-') || name.ends_with('-') || !name.chars().all(legal) {
        let takes = format!(
            "takes 1 to {LONGEST_NAME} letters, digits and `-`, not at either end, because it becomes a domain name"
        );
        return Err(RegistryError::Invalid("RegistryName", takes));
    }
    Ok(())
}
