//! What the engine of a cluster says of objects that users create, change and delete.

use super::ControlPlane;
use super::api::Call;
use super::names::name_of;
use super::refusal::{Answer, Refusal};
use crate::kernel::engine::{Act, Verdict};
use serde_json::Value;

impl ControlPlane<'_, '_> {
    /// Holds an object that is written or deleted against the policies of the vendor.
    pub(super) fn check_policies(&mut self, call: &Call<'_>, object: &Value, deletes: bool) -> Answer<()> {
        let engine = self.0.engine;
        let act = Act { cluster: call.cluster, object, deletes, user: call.request.user.name };
        for verdict in engine.review(self.0, &act) {
            match verdict {
                Verdict::Warn(text) => call.warnings.borrow_mut().push(text),
                Verdict::Deny(message) => return Err(Refusal::new(403, "Forbidden", message)),
                Verdict::Forbid(why) => return Err(Refusal::forbidden(&call.resource, name_of(object), &why)),
            }
        }
        Ok(())
    }
}
