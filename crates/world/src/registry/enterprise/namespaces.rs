//! Namespaces of an enterprise instance.

use crate::kernel::Millis;
use crate::registry::name::check_namespace;
use crate::registry::{Registries, RegistryError};
use serde::{Deserialize, Serialize};

/// The severity from which images with vulnerabilities may not be pulled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Severity {
    #[default]
    Unset,
    Low,
    Medium,
    High,
}

impl Severity {
    /// Reads a severity.
    pub fn parse(text: &str) -> Result<Self, RegistryError> {
        match text {
            "" => Ok(Self::Unset),
            "low" => Ok(Self::Low),
            "medium" => Ok(Self::Medium),
            "high" => Ok(Self::High),
            other => Err(RegistryError::Invalid("Severity", format!("takes low, medium or high, not `{other}`"))),
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unset => "",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// What a namespace is set to. `None` keeps what is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NamespaceSettings {
    pub public: Option<bool>,
    pub auto_scan: Option<bool>,
    pub prevent: Option<bool>,
    pub severity: Option<Severity>,
    pub whitelist: Option<Vec<String>>,
    pub tags: Option<Vec<(String, String)>>,
}

/// A namespace.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnterpriseNamespace {
    pub id: i64,
    pub name: String,
    pub created: Millis,
    pub public: bool,
    /// Whether images are scanned when they are pushed.
    pub auto_scan: bool,
    /// Whether images with vulnerabilities may not be pulled.
    pub prevent: bool,
    pub severity: Severity,
    /// The vulnerabilities that do not count.
    pub whitelist: Vec<String>,
    pub tags: Vec<(String, String)>,
}

impl EnterpriseNamespace {
    fn set(&mut self, settings: NamespaceSettings) {
        self.public = settings.public.unwrap_or(self.public);
        self.auto_scan = settings.auto_scan.unwrap_or(self.auto_scan);
        self.prevent = settings.prevent.unwrap_or(self.prevent);
        self.severity = settings.severity.unwrap_or(self.severity);
        if let Some(whitelist) = settings.whitelist {
            self.whitelist = whitelist;
        }
        if let Some(tags) = settings.tags {
            self.tags = tags;
        }
    }
}

/// How many namespaces the edition of an instance allows.
fn most_namespaces(edition: &str) -> usize {
    match edition {
        "basic" => 50,
        "standard" => 100,
        _ => 500,
    }
}

impl Registries {
    /// Creates a namespace of an instance.
    pub fn create_enterprise_namespace(
        &mut self,
        account: &str,
        id: &str,
        name: &str,
        settings: NamespaceSettings,
    ) -> Result<(), RegistryError> {
        let now = self.now;
        let instance = self.running_instance_mut(account, id)?;
        check_namespace(name)?;
        let most = most_namespaces(instance.edition());
        let content = &mut instance.enterprise;
        if content.namespaces.contains_key(name) {
            return Err(RegistryError::Exists("namespace", name.to_owned()));
        }
        if content.namespaces.len() >= most {
            return Err(RegistryError::EditionLimit("namespaces", most));
        }
        let mut namespace =
            EnterpriseNamespace { id: content.number(), name: name.to_owned(), created: now, ..Default::default() };
        namespace.set(settings);
        content.namespaces.insert(name.to_owned(), namespace);
        Ok(())
    }

    /// Changes a namespace of an instance.
    pub fn change_enterprise_namespace(
        &mut self,
        account: &str,
        id: &str,
        name: &str,
        settings: NamespaceSettings,
    ) -> Result<(), RegistryError> {
        let content = &mut self.running_instance_mut(account, id)?.enterprise;
        let found = content.namespaces.get_mut(name);
        found.ok_or_else(|| RegistryError::NotFound("namespace", name.to_owned()))?.set(settings);
        Ok(())
    }

    /// Deletes a namespace of an instance, which must be empty, with the rules that are for it.
    pub fn delete_enterprise_namespace(&mut self, account: &str, id: &str, name: &str) -> Result<(), RegistryError> {
        let content = &mut self.running_instance_mut(account, id)?.enterprise;
        if !content.namespaces.contains_key(name) {
            return Err(RegistryError::NotFound("namespace", name.to_owned()));
        }
        if content.repositories.values().any(|repository| repository.namespace() == name) {
            return Err(RegistryError::Precondition(format!("namespace {name} has repositories; delete them first")));
        }
        content.namespaces.remove(name);
        content.webhooks.retain(|webhook| webhook.namespace != name);
        content.immutable.retain(|rule| rule.namespace != name);
        content.retention.retain(|policy| policy.namespace != name);
        Ok(())
    }
}
