//! What the engine of a cluster says of objects that users create, change and delete.

use super::ControlPlane;
use super::api::Call;
use super::names::name_of;
use super::refusal::{Answer, Refusal};
use crate::kernel::engine::Verdict;
use serde_json::Value;

impl ControlPlane<'_, '_> {
    /// Holds an object that is created or changed against the policies of the cluster.
    pub(super) fn check_verdicts(&mut self, call: &Call<'_>, object: &Value) -> Answer<()> {
        let engine = self.0.engine;
        for verdict in engine.review(self.0, call.cluster, object, call.request.user.name) {
            match verdict {
                Verdict::Warn(text) => call.warnings.borrow_mut().push(text),
                Verdict::Deny(text) => {
                    let message = format!("admission webhook denied the request: {text}");
                    return Err(Refusal::new(403, "Forbidden", message));
                }
            }
        }
        Ok(())
    }

    /// Whether an object may be deleted.
    pub(super) fn check_unprotected(&self, call: &Call<'_>, object: &Value) -> Answer<()> {
        match self.0.engine.protects(self.0, call.cluster, object) {
            Some(why) => Err(Refusal::forbidden(&call.resource, name_of(object), &why)),
            None => Ok(()),
        }
    }
}
