//! Certificates: what an administrator needs to reach the API server of a cluster.

use super::Answer;
use super::input::{Input, invalid};
use crate::handler::Context;
use crate::input::missing;
use crate::kubernetes::{ApiServer, User};
use base64::Engine;
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair};
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::cluster::endpoints::AUTHORITY;
use wharf_world::kernel::violation::Outcome;

pub(super) fn get_cluster_cert(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.cce(&context.account, &context.region);
    let id = input.required("cluster_id")?;
    realm.realm.reachable(id, realm.now)?;
    let made = realm.realm.hosted(id)?.1.certificate.clone();
    let port = context.cluster("cce", id);
    let server = context.api_server(&port)?;
    let (certificate, key) = match (made, &context.api_servers) {
        (Some(made), _) => made,
        (None, Some(servers)) => {
            servers.certificate(&port, User::admin("admin")).map_err(|_| invalid("no certificate could be made"))?
        }
        (None, None) => certificate()?,
    };
    if let Some(hosted) = realm.realm.cce.clusters.get_mut(id) {
        hosted.certificate = Some((certificate.clone(), key.clone()));
    }
    let (_, hosted) = realm.realm.hosted(id)?;
    let context_of = |name: &str, cluster: &str| json!({"name": name, "context": {"cluster": cluster, "user": "user"}});
    let mut clusters = vec![json!({"name": "internalCluster", "cluster": {
        "server": url(server.as_ref(), &hosted.address),
        "certificate-authority-data": base64(server.as_ref().map_or(AUTHORITY, |it| &it.authority)),
    }})];
    let mut contexts = vec![context_of("internal", "internalCluster")];
    if let Some(address) = &hosted.public_address {
        clusters.push(json!({"name": "externalCluster", "cluster": {
            "server": url(server.as_ref(), address), "insecure-skip-tls-verify": true,
        }}));
        contexts.push(context_of("external", "externalCluster"));
    }
    let user = json!({"client-certificate-data": base64(&certificate), "client-key-data": base64(&key)});
    let current = if hosted.public_address.is_some() { "external" } else { "internal" };
    Ok(json!({
        "kind": "Config", "apiVersion": "v1", "preferences": {}, "clusters": clusters,
        "users": [{"name": "user", "user": user}], "contexts": contexts, "current-context": current,
    }))
}

pub(super) fn revoke_kubernetes_cluster_cert(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let (id, user, agency) = (input.required("cluster_id")?, input.filled("userId")?, input.filled("agencyId")?);
    match (user, agency) {
        (Some(_), Some(_)) => return Err(invalid("userId and agencyId are not given together")),
        (None, None) => return Err(missing("userId or agencyId")),
        _ => {}
    }
    // The users of an account have one certificate of a cluster in common.
    world.cce(&context.account, &context.region).revoke_certificates(id)?;
    if let Some(servers) = &context.api_servers {
        servers.revoke(&context.cluster("cce", id));
    }
    Ok(Value::Null)
}

/// The address of the API server: that of its port, or the one in the simulated cloud if the server has no socket.
fn url(server: Option<&ApiServer>, address: &str) -> String {
    server.map_or_else(|| format!("https://{address}:5443"), |server| format!("https://{}", server.address))
}

/// A certificate for an administrator and the key to it, of a server without a socket.
fn certificate() -> Outcome<(String, String)> {
    let failed = |_| invalid("no certificate could be made");
    let key = KeyPair::generate().map_err(failed)?;
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name.push(DnType::OrganizationName, "system:masters");
    parameters.distinguished_name.push(DnType::CommonName, "admin");
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let certificate = parameters.self_signed(&key).map_err(failed)?;
    Ok((certificate.pem(), key.serialize_pem()))
}

fn base64(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(text)
}
