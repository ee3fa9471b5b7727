//! What differs from one cloud and protocol to another: how a call is written, signed, refused and answered.

use super::parameters::{Problem, Rules};
use super::{Gateway, Request, alibaba, huawei, tencent};
use crate::access::{Permissions, Vendor};
use crate::catalog::{Operation, Product};
use crate::doctor::{Diagnosis, Doubt, Hide};
use crate::journal::{Entry, Verdict};
use crate::kubernetes::ClusterKey;
use crate::refusal::Refusal;
use bytes::Bytes;
use serde_json::{Map, Value};
use std::sync::Arc;
use wharf_world::ack::tenancy::Owner;

/// A request as one cloud reads it. Its methods are the parts of the stages that the clouds do differently; the
/// [`pipeline`](super::pipeline) calls them, each once and in its order.
pub(super) trait Dialect: Send + Sync {
    /// The vendor whose policies apply.
    fn vendor(&self) -> Vendor;

    /// The rules of validation in which clouds differ.
    fn rules(&self) -> Rules;

    /// Whether only known callers learn that an operation does not exist.
    fn hides_routes(&self) -> bool {
        false
    }

    /// Notes the parts of the request, before any of them is checked.
    fn identify(&self, gateway: &Gateway, entry: &mut Entry);

    /// Which parameters of a query or a form must not be shown.
    fn hide(&self, gateway: &Gateway) -> Hide;

    /// Bytes that a request of this form may have.
    fn size_limit(&self) -> usize;

    /// The refusal of a request that has more.
    fn too_large(&self, limit: usize) -> Refusal;

    /// Checks the form of the request: method, path, content type, and the parameters that all calls have.
    fn arrive(&self, _gateway: &Gateway) -> Result<(), Refusal> {
        Ok(())
    }

    /// Finds the operation.
    fn route(&self, gateway: &Gateway) -> Result<Route, Refusal>;

    /// The cluster of the caller whose API server the request is for, if it is for one and not for an operation.
    fn api_server(&self, _gateway: &Gateway, _caller: &Caller) -> Option<Result<ClusterKey, Refusal>> {
        None
    }

    /// The refusal of an operation that does not exist.
    fn unknown(&self, operation: &Operation) -> Refusal;

    /// Determines who calls. There is no route if there is no such operation.
    fn authenticate(&self, gateway: &Gateway, route: Option<&Route>) -> Result<Caller, Denied>;

    /// On whose behalf inside of the account the call is made.
    fn owner(&self) -> Result<Owner, Refusal> {
        Ok(Owner::default())
    }

    /// The region that the call is for; empty if it is for none.
    fn region(&self, gateway: &Gateway, route: &Route, caller: &Caller) -> Result<String, Refusal>;

    /// The account of the key or the token that the request names, and whether it has a token, before any is checked.
    fn claims(&self, gateway: &Gateway) -> Claims;

    /// The refusal of a call that comes too soon after others.
    fn throttled(&self, why: String) -> Refusal;

    /// The refusal of a call whose token has expired.
    fn expired_token(&self) -> Refusal;

    /// The operation's parameters, from wherever they stand in the request.
    fn gather(&self, route: Route) -> Result<Map<String, Value>, Problem>;

    /// The refusal because of a parameter.
    fn invalid(&self, product: &Product, operation: &Operation, problem: Problem) -> Refusal;

    /// The answer of an operation that is a part of the gateway, such as that of a token service.
    fn serve(&self, _gateway: &Gateway, _call: &Call<'_>) -> Option<Result<Value, Refusal>> {
        None
    }

    /// The refusal of an operation that has no world behind it.
    fn not_simulated(&self, operation: &Operation) -> Refusal {
        let message = format!("The reference server checks {} and does not simulate it.", operation.name);
        Refusal::with_status(501, "UnsupportedOperation", message)
    }

    /// The refusal of a wrong signature.
    fn mismatch(&self) -> Refusal;

    /// Writes an answer.
    fn reply(&self, gateway: &Gateway, reply: Reply, entry: &mut Entry) -> http::Response<Bytes>;

    /// Writes a refusal, and notes its code as clients tell it. Nothing is found if there is no such operation.
    fn refuse(
        &self,
        gateway: &Gateway,
        found: Option<Found>,
        refusal: Refusal,
        entry: &mut Entry,
    ) -> http::Response<Bytes>;
}

/// The dialect of a request. Without the body, what only that tells is not known yet.
pub(super) fn dialect(request: Request<'_>) -> Box<dyn Dialect + '_> {
    if alibaba::speaks(request) {
        Box::new(alibaba::Alibaba::new(request))
    } else if huawei::speaks(request.parts) {
        Box::new(huawei::Huawei::new(request))
    } else if tencent::v2::speaks(request.parts) {
        Box::new(tencent::v2::TencentV2::new(request))
    } else {
        Box::new(tencent::TencentV3::new(request))
    }
}

/// A product and an operation of it.
pub(super) type Found = (&'static Product, Operation);

/// Where a request leads: an operation, and the members that stand in the path.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) product: &'static Product,
    pub(super) operation: Operation,
    pub(super) path: Map<String, Value>,
}

/// Who calls. The default is no one: a caller of an operation that needs no authorization.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) account: String,
    /// The name of the user, or the key's identifier.
    pub(crate) user: String,
    /// The identifier of the project that the caller's token is limited to, if it is.
    pub(crate) project: Option<String>,
    /// What the caller may do, if that is not everything.
    pub(crate) sub: Option<Arc<Permissions>>,
}

/// Who a request says that it comes from.
#[derive(Debug, Default)]
pub(super) struct Claims {
    /// The account of the key or the token, if there is such a key or token.
    pub(super) account: Option<String>,
    /// Whether it has a session token, or a token of the identity service.
    pub(super) has_token: bool,
}

/// A caller who is refused.
#[derive(Debug)]
pub(super) struct Denied {
    pub(super) refusal: Refusal,
    pub(super) verdict: Verdict,
    /// Why the request is refused, if that is known without a search.
    pub(super) known: Option<Box<Diagnosis>>,
    /// Why the signature is wrong, if it is, which remains to be found out.
    pub(super) doubt: Option<Doubt>,
}

impl Denied {
    /// A caller who is refused for a reason that is known, and the cause of it.
    pub(super) fn because(verdict: Verdict, refusal: Refusal, cause: impl Into<String>) -> Self {
        Self { refusal, verdict, known: Some(Box::new(Diagnosis::known(cause))), doubt: None }
    }

    /// A caller whose signature is wrong.
    pub(super) fn doubtful(refusal: Refusal, doubt: Doubt) -> Self {
        Self { refusal, verdict: Verdict::Wrong, known: None, doubt: Some(doubt) }
    }
}

/// A request that is refused, but not because of who sent it.
impl From<Refusal> for Denied {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, verdict: Verdict::Unchecked, known: None, doubt: None }
    }
}

/// A call whose parameters have been validated.
pub(super) struct Call<'a> {
    pub(super) product: &'static Product,
    pub(super) operation: Operation,
    pub(super) caller: &'a Caller,
    pub(super) base_url: String,
    pub(super) parameters: &'a Map<String, Value>,
}

/// The answer to a call that succeeds.
pub(super) struct Reply {
    pub(super) product: &'static Product,
    pub(super) operation: Operation,
    /// HTTP status.
    pub(super) status: u16,
    /// Members that travel in headers.
    pub(super) headers: Vec<(&'static str, String)>,
    /// The body; `Null` for none.
    pub(super) body: Value,
}
