//! Alibaba's resource access management: actions and resources of ACK, and of STS.

use super::{Call, Demand, Permissions, Resource, Vendor, authorize, texts};
use crate::cce::RestRefusal;

/// Refuses what a sub-account or a session may not do: 403 `Forbidden.RAM`, at STS 403 `NoPermission` (ack:4905).
pub(crate) fn check(caller: Option<&Permissions>, product: &str, call: Call<'_>) -> Result<(), RestRefusal> {
    let Some(caller) = caller else { return Ok(()) };
    let code = if product == "sts" { "NoPermission" } else { "Forbidden.RAM" };
    authorize(caller, Vendor::Alibaba, &demand(product, call))
        .map_err(|forbidden| RestRefusal::new(403, code, forbidden.to_string()))
}

fn demand(product: &str, call: Call<'_>) -> Demand {
    let account = call.account.to_owned();
    if product == "sts" {
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
