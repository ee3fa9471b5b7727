//! The audit log of a cluster and its dashboards.

use crate::infra::offers::is_region;
use crate::kernel::ids::hexadecimal;
use crate::kernel::violation::{Outcome, Reason};
use crate::tke::Tke;
use serde::{Deserialize, Serialize};

/// Dashboards of the audit log.
pub const DASHBOARDS: [&str; 4] =
    ["audit-overview", "audit-search", "audit-node-overview", "audit-k8s-resource-overview"];

/// Where the audit log of a cluster goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audit {
    pub log_set: String,
    pub topic: String,
}

impl Audit {
    /// The audit log of a cluster, in a topic of its own if none is given.
    pub fn new(cluster_id: &str, log_set: Option<&str>, topic: Option<&str>) -> Outcome<Self> {
        let given = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
        match (given(log_set), given(topic)) {
            (Some(log_set), Some(topic)) => Ok(Self { log_set, topic }),
            (None, None) => Ok(Self {
                log_set: hexadecimal(&format!("{cluster_id}/audit"), 32),
                topic: hexadecimal(&format!("{cluster_id}/audit/topic"), 32),
            }),
            _ => Err(Reason::Invalid.because("LogsetId and TopicId are given together or not at all")),
        }
    }
}

impl Tke<'_> {
    /// Switches the audit log on, or over to another topic.
    pub fn enable_audit(
        &mut self,
        cluster_id: &str,
        log_set: Option<&str>,
        topic: Option<&str>,
        region: &str,
    ) -> Outcome<()> {
        self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        if !is_region(region) && region != self.0.key.region {
            return Err(Reason::Invalid.because(format!("the region {region} is not offered")));
        }
        let audit = Audit::new(cluster_id, log_set, topic)?;
        self.0.realm.cluster_mut(self.0.engine, cluster_id)?.tke_mut().audit = Some(audit);
        Ok(())
    }

    /// Switches the audit log off.
    pub fn disable_audit(&mut self, cluster_id: &str) -> Outcome<()> {
        self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        let audit = self.0.realm.cluster_mut(self.0.engine, cluster_id)?.tke_mut().audit.take();
        audit.map(|_| ()).ok_or_else(|| Reason::Invalid.because(format!("the cluster {cluster_id} has no audit log")))
    }

    /// The dashboard of that type, which the audit log brings with it.
    pub fn dashboard(&self, cluster_id: &str, kind: &str) -> Outcome<String> {
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        if !DASHBOARDS.contains(&kind) {
            return Err(Reason::Invalid.because(format!("DashboardType is one of {}", DASHBOARDS.join(", "))));
        }
        match &cluster.tke().audit {
            None => Err(Reason::Invalid.because(format!("the cluster {cluster_id} has no audit log"))),
            Some(audit) => Ok(format!("dashboard-{}", hexadecimal(&format!("{}/{kind}", audit.topic), 8))),
        }
    }
}
