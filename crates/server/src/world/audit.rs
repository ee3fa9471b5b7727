//! The audit log of a cluster and its dashboards.

use super::RealmMut;
use super::fault::{Outcome, Reason};
use super::ids::hexadecimal;
use super::offers::is_region;

/// Dashboards of the audit log.
pub(crate) const DASHBOARDS: [&str; 4] =
    ["audit-overview", "audit-search", "audit-node-overview", "audit-k8s-resource-overview"];

/// Where the audit log of a cluster goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Audit {
    pub log_set: String,
    pub topic: String,
}

impl RealmMut<'_> {
    /// Switches the audit log on, or over to another topic.
    pub(crate) fn enable_audit(
        &mut self,
        cluster_id: &str,
        log_set: Option<&str>,
        topic: Option<&str>,
        region: &str,
    ) -> Outcome<()> {
        self.realm.running_cluster(cluster_id)?;
        if !is_region(region) && region != self.key.1 {
            return Err(Reason::Invalid.because(format!("the region {region} is not offered")));
        }
        let given = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
        let audit = match (given(log_set), given(topic)) {
            (Some(log_set), Some(topic)) => Audit { log_set, topic },
            (None, None) => Audit {
                log_set: hexadecimal(&format!("{cluster_id}/audit"), 32),
                topic: hexadecimal(&format!("{cluster_id}/audit/topic"), 32),
            },
            _ => return Err(Reason::Invalid.because("LogsetId and TopicId are given together or not at all")),
        };
        self.realm.cluster_mut(cluster_id)?.audit = Some(audit);
        Ok(())
    }

    /// Switches the audit log off.
    pub(crate) fn disable_audit(&mut self, cluster_id: &str) -> Outcome<()> {
        self.realm.running_cluster(cluster_id)?;
        let audit = self.realm.cluster_mut(cluster_id)?.audit.take();
        audit.map(|_| ()).ok_or_else(|| Reason::Invalid.because(format!("the cluster {cluster_id} has no audit log")))
    }

    /// The dashboard of that type, which the audit log brings with it.
    pub(crate) fn dashboard(&self, cluster_id: &str, kind: &str) -> Outcome<String> {
        let cluster = self.realm.running_cluster(cluster_id)?;
        if !DASHBOARDS.contains(&kind) {
            return Err(Reason::Invalid.because(format!("DashboardType is one of {}", DASHBOARDS.join(", "))));
        }
        match &cluster.audit {
            None => Err(Reason::Invalid.because(format!("the cluster {cluster_id} has no audit log"))),
            Some(audit) => Ok(format!("dashboard-{}", hexadecimal(&format!("{}/{kind}", audit.topic), 8))),
        }
    }
}
