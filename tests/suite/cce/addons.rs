//! Add-ons: what is offered, and what is installed of it.

use super::{Cloud, refusal};
use serde_json::json;
use wharf::ErrorKind;
use wharf::cce::types::{
    AddonRequestMetadata, AddonStatus, ClusterAddonInstall, InstallAddonName, InstanceRequestSpec,
};

scenarios! { from_template_to_end, a_new_cluster_has_those_that_were_named }

fn wanted(cluster: &str, version: &str) -> InstanceRequestSpec {
    let values = [("custom", json!({"nodes": 2}))];
    InstanceRequestSpec::default().cluster_id(cluster).addon_template_name("gpu-beta").version(version).values(values)
}

async fn from_template_to_end(cloud: &Cloud) {
    let (clusters, cluster) = (&cloud.clusters, cloud.available("addons").await);
    let all = clusters.list_addon_templates().send().await.unwrap().items;
    assert!(all.len() > 1);
    let one = clusters.list_addon_templates().addon_template_name("gpu-beta").send().await.unwrap().items;
    assert_eq!((one.len(), one[0].metadata.name.as_str()), (1, "gpu-beta"));
    let versions: Vec<&str> = one[0].spec.versions.iter().map(|version| version.version.as_str()).collect();
    assert!(versions.contains(&"1.1.7") && versions.contains(&"1.2.2"), "{versions:?}");

    let install = clusters.create_addon_instance().set_metadata(AddonRequestMetadata::install());
    let installed = install.set_spec(wanted(&cluster, "1.1.7")).send().await.unwrap();
    assert_eq!(installed.status.status, AddonStatus::Installing);
    let id = installed.metadata.uid;
    cloud.pass(30);
    let there = clusters.get_addon_instance(&id, &cluster).send().await.unwrap();
    assert_eq!((there.status.status, there.spec.version.as_str()), (AddonStatus::Running, "1.1.7"));
    assert_eq!(there.spec.values["custom"], json!({"nodes": 2}));
    assert_eq!(there.status.target_versions, ["1.2.2"]);

    let upgrade = clusters.update_addon_instance(&id).set_metadata(AddonRequestMetadata::upgrade());
    let upgraded = upgrade.set_spec(wanted(&cluster, "1.2.2")).send().await.unwrap();
    assert_eq!(upgraded.status.status, AddonStatus::Upgrading);
    cloud.pass(30);
    let listed = clusters.list_addon_instances(&cluster).send().await.unwrap().items;
    let there = listed.iter().find(|addon| addon.metadata.uid == id).unwrap();
    assert_eq!((&there.status.status, there.spec.version.as_str()), (&AddonStatus::Running, "1.2.2"));

    clusters.delete_addon_instance(&id, &cluster).send().await.unwrap();
    cloud.pass(30);
    let gone = refusal(clusters.get_addon_instance(&id, &cluster).send().await);
    assert_eq!(gone, (ErrorKind::NotFound, Some(404), "SVCSTG.CCE-ADDONMGR.4040204".to_owned()));
}

/// They travel as JSON inside of a string.
async fn a_new_cluster_has_those_that_were_named(cloud: &Cloud) {
    let addon = |name| ClusterAddonInstall::default().addon_template_name(name);
    let named = [addon(InstallAddonName::Coredns), addon(InstallAddonName::Autoscaler).version("1.17.21")];
    let order = cloud.order("named").metadata(|cluster| cluster.install_addons(named));
    let id = order.send().await.unwrap().metadata.uid.unwrap();
    cloud.clusters.wait_until_available(&id).await.unwrap();
    let there = cloud.clusters.list_addon_instances(&id).send().await.unwrap().items;
    let mut there: Vec<_> =
        there.iter().map(|addon| (&*addon.spec.addon_template_name, &*addon.spec.version)).collect();
    there.sort_unstable();
    assert_eq!(there, [("autoscaler", "1.17.21"), ("coredns", "1.17.9")]);
}
