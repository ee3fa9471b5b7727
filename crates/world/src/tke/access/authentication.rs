//! How the API server of a cluster authenticates service accounts and identities of others.

use crate::kernel::ids::hexadecimal;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{Millis, SECOND};
use crate::tke::{Event, Tke};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// How long the API server takes to start again with other options.
const RESTART: Millis = 60 * SECOND;
/// The issuer of the tokens of service accounts in a new cluster.
const DEFAULT_ISSUER: &str = "https://kubernetes.default.svc.cluster.local";

/// The add-on that gives pods identities.
const WEBHOOK: &str = "podidentitywebhook";

/// The options of authentication and the change that is being made.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authentication {
    pub options: Options,
    changing: Option<Options>,
}

/// The options of authentication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    pub tke_default: bool,
    pub issuer: String,
    pub key_set: String,
    /// Whether everyone may read where the keys are.
    pub anonymous_discovery: bool,
    pub provider: bool,
    pub client_ids: Vec<String>,
    /// Whether the add-on that gives pods identities is installed.
    pub webhook: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            tke_default: false,
            issuer: DEFAULT_ISSUER.to_owned(),
            key_set: String::new(),
            anonymous_discovery: false,
            provider: false,
            client_ids: Vec::new(),
            webhook: false,
        }
    }
}

/// The options for service accounts that are asked for.
#[derive(Debug, Clone, Default)]
pub struct NewServiceAccounts {
    pub tke_default: bool,
    pub issuer: Option<String>,
    pub key_set: Option<String>,
    pub anonymous_discovery: bool,
}

/// The options for a provider of identities that are asked for.
#[derive(Debug, Clone, Default)]
pub struct NewProvider {
    pub create: bool,
    pub client_ids: Vec<String>,
    pub webhook: bool,
}

impl Authentication {
    /// Whether a change is being made.
    pub fn is_changing(&self) -> bool {
        self.changing.is_some()
    }
}

fn is_web_address(text: &str) -> bool {
    text.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
}

impl NewServiceAccounts {
    /// Checks the options and writes them, with what TKE itself uses for a cluster.
    fn apply(self, options: &mut Options, region: &str, cluster: &str) -> Outcome<()> {
        if self.tke_default {
            let base = format!("https://{region}-oidc.tke.tencentcs.com/id/{}", hexadecimal(cluster, 16));
            let keys = format!("{base}/openid/v1/jwks");
            let other = |given: &Option<String>, own: &str| given.as_deref().is_some_and(|given| given != own);
            if other(&self.issuer, &base) || other(&self.key_set, &keys) {
                return Err(Reason::Invalid.because("Issuer and JWKSURI are those of TKE if UseTKEDefault is true"));
            }
            (options.issuer, options.key_set) = (base, keys);
        } else {
            let issuer = self.issuer.unwrap_or_default();
            if !is_web_address(&issuer) {
                return Err(Reason::Invalid
                    .because("Issuer is an address that starts with https:// unless UseTKEDefault is true"));
            }
            let keys = self.key_set.unwrap_or_default();
            if !keys.is_empty() && !is_web_address(&keys) {
                return Err(Reason::Invalid.because("JWKSURI is an address that starts with https://"));
            }
            (options.issuer, options.key_set) = (issuer, keys);
        }
        options.tke_default = self.tke_default;
        options.anonymous_discovery = self.anonymous_discovery;
        Ok(())
    }
}

impl Tke<'_> {
    /// Changes the options of authentication. The API server has them when it has started again.
    pub fn change_authentication(
        &mut self,
        cluster_id: &str,
        service_accounts: Option<NewServiceAccounts>,
        provider: Option<NewProvider>,
    ) -> Outcome<()> {
        let region = self.0.key.region.clone();
        let cluster = self.0.running_cluster(cluster_id)?;
        let authentication = &cluster.tke().access.authentication;
        if authentication.is_changing() {
            let message = format!("the authentication options of the cluster {cluster_id} are being changed");
            return Err(Reason::Unavailable.because(message));
        }
        if service_accounts.is_none() && provider.is_none() {
            return Err(Reason::Invalid.because("ServiceAccounts or OIDCConfig must be given"));
        }
        let mut options = authentication.options.clone();
        if let Some(new) = service_accounts {
            new.apply(&mut options, &region, cluster_id)?;
        }
        if let Some(new) = provider {
            if !new.create && !new.client_ids.is_empty() {
                return Err(Reason::Invalid.because("AutoCreateClientId is for AutoCreateOIDCConfig"));
            }
            (options.provider, options.client_ids, options.webhook) = (new.create, new.client_ids, new.webhook);
        }
        self.0.cluster_mut(cluster_id)?.tke_mut().access.authentication.changing = Some(options);
        self.0.after(RESTART, Event::AuthenticationChanged { cluster: cluster_id.to_owned() });
        Ok(())
    }

    pub(in crate::tke) fn authentication_changed(&mut self, cluster_id: &str) {
        let Ok(cluster) = self.0.cluster_mut(cluster_id) else { return };
        let authentication = &mut cluster.tke_mut().access.authentication;
        let Some(options) = authentication.changing.take() else { return };
        authentication.options = options.clone();
        self.allow_discovery(cluster_id, options.anonymous_discovery);
        if options.webhook {
            // It may be installed already.
            let _ = self.install_addon(cluster_id, WEBHOOK, None, None);
        }
    }

    /// Lets everyone read where the keys of the cluster are, or not any more
    /// (kubernetes.io/docs/tasks/configure-pod-container/configure-service-account, "Service account issuer discovery").
    fn allow_discovery(&mut self, cluster_id: &str, allowed: bool) {
        const NAME: &str = "system:service-account-issuer-discovery";
        let group = "rbac.authorization.k8s.io";
        let base = format!("/apis/{group}/v1");
        let role = json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": NAME},
            "rules": [{"verbs": ["get"], "nonResourceURLs": ["/.well-known/openid-configuration", "/openid/v1/jwks"]}],
        });
        let binding = json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": NAME},
            "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": NAME},
            "subjects": [{"apiGroup": group, "kind": "Group", "name": "system:unauthenticated"}],
        });
        for (plural, object) in [("clusterroles", role), ("clusterrolebindings", binding)] {
            let path = format!("{base}/{plural}");
            // What is there, or is not there, already is as it should be.
            let _ = if allowed {
                self.kube(cluster_id, "POST", &path, Some(&object))
            } else {
                self.kube(cluster_id, "DELETE", &format!("{path}/{NAME}"), None)
            };
        }
    }
}
