//! Alibaba's resource access management: actions and resources of ACK, and of STS.

use super::{Call, Demand, Permissions, Resource, Vendor, authorize, texts};
use crate::refusal::Refusal;

/// Refuses what a sub-account or a session may not do: 403 `Forbidden.RAM`, at STS 403 `NoPermission` (ack:4905).
pub(super) fn check(caller: &Permissions, call: Call<'_>) -> Result<(), Refusal> {
    let code = if call.product == "sts" { "NoPermission" } else { "Forbidden.RAM" };
    authorize(caller, Vendor::Alibaba, &demand(call))
        .map_err(|forbidden| Refusal::with_status(403, code, forbidden.to_string()))
}

fn demand(call: Call<'_>) -> Demand {
    let account = call.account.to_owned();
    if call.product == "sts" {
        // `acs:ram::100000000001:role/wharf`: the ARN of the role is the resource.
        let arn = texts(call.parameters, "RoleArn").first().copied().unwrap_or_default();
        let path = arn.split_once(":role/").map_or("*".to_owned(), |(_, name)| format!("role/{name}"));
        let role = Resource { services: &["ram"], region: String::new(), account, path };
        return Demand { actions: vec![format!("sts:{}", call.operation)], resources: vec![role] };
    }
    // `acs:cs:*:*:cluster/<id>` (web:alibabacloud.com/help/en/cs/user-guide/custom-ram-authorization-policy).
    let clusters = texts(call.parameters, "ClusterId");
    let of =
        |path: String| Resource { services: &["cs"], region: call.region.to_owned(), account: account.clone(), path };
    let resources = clusters.into_iter().map(|id| of(format!("cluster/{id}"))).collect();
    Demand::new(vec![format!("cs:{}", call.operation)], resources, of("*".to_owned()))
}
