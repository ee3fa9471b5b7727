//! Ingresses: those of the cloud's own controller get a load balancer.

use super::moment;
use crate::infra::machines::public_address;
use crate::kubernetes::ControlPlane;
use crate::kubernetes::balancers::serves_ingress;
use crate::kubernetes::names::text;
use crate::kubernetes::services::BALANCER;
use crate::kubernetes::store::Key;
use serde_json::{Value, json};

impl ControlPlane<'_, '_> {
    /// Gives an Ingress the address of its load balancer once that is up, and takes it away when another controller is to
    /// serve it.
    pub(super) fn serve_ingress(&mut self, cluster_id: &str, key: &Key, ingress: &Value) {
        let Ok(cluster) = self.cluster(cluster_id) else { return };
        let address = public_address(&format!("lb-{}", text(ingress, "/metadata/uid")));
        if !serves_ingress(cluster.engine.ingress_class(), ingress) {
            // What another controller has written stays.
            if text(ingress, "/status/loadBalancer/ingress/0/ip") == address {
                self.set_status(cluster_id, key, json!({"loadBalancer": {}}));
            }
            return;
        }
        let due = moment(text(ingress, "/metadata/creationTimestamp")).unwrap_or(0) + BALANCER;
        if self.0.now < due {
            self.wake_at(cluster_id, due);
            return;
        }
        self.set_status(cluster_id, key, json!({"loadBalancer": {"ingress": [{"ip": address}]}}));
    }
}
