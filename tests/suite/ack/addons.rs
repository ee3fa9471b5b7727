//! Add-ons: offered, installed, upgraded, removed.

use super::{Cloud, invalid, not_found, not_now, refusal};
use std::collections::BTreeMap;
use wharf::ErrorKind;
use wharf::ack::types::{AddonVersion, InstallAddon, UninstallAddon, UpgradeAddon, UpgradeTaskStatus};

scenarios! { add_ons_are_offered, an_add_on_lives, add_ons_that_cannot_be }

const NAME: &str = "ack-node-problem-detector";

async fn versions(cloud: &Cloud, cluster: &str) -> BTreeMap<String, AddonVersion> {
    cloud.clusters.describe_cluster_addons_version(cluster).send().await.unwrap().addons
}

fn install(version: &str) -> InstallAddon {
    InstallAddon::default().name(NAME).version(version)
}

async fn add_ons_are_offered(cloud: &Cloud) {
    let offered = cloud.clusters.describe_addons().region(cloud.server.region()).cluster_type("Kubernetes");
    let offered = offered.send().await.unwrap();
    let standard = &offered.standard_components[NAME];
    assert_eq!((standard.name.as_deref(), standard.required.as_deref()), (Some(NAME), Some("false")));
    assert!(standard.version.is_some() && standard.description.is_some());
    assert_eq!(offered.standard_components["coredns"].required.as_deref(), Some("true"));
    let grouped: Vec<_> = offered.component_groups.iter().flat_map(|group| &group.items).collect();
    assert_eq!(grouped.len(), offered.standard_components.len(), "each is in one group");
    let elsewhere = cloud.clusters.describe_addons().region("nowhere");
    assert_eq!(refusal(elsewhere.send().await), invalid());
}

async fn an_add_on_lives(cloud: &Cloud) {
    let id = cloud.running("addons").await;
    assert_eq!(versions(cloud, &id).await[NAME].exist, Some(false));
    let config = serde_json::json!({"sls": {"project": "日志"}});
    let answer =
        cloud.clusters.install_cluster_addons(&id).body([install("1.2.0").config(config)]).send().await.unwrap();
    assert_eq!(answer.cluster_id.as_deref(), Some(id.as_str()));
    let there = versions(cloud, &id).await;
    let addon = &there[NAME];
    assert_eq!(
        (addon.exist, addon.version.as_deref(), addon.ready_to_upgrade),
        (Some(true), Some("1.2.0"), Some(false))
    );
    assert!(addon.value.as_ref().unwrap().expose().contains("日志"), "the settings are kept");
    cloud.pass(60);
    let addon = versions(cloud, &id).await.remove(NAME).unwrap();
    assert_eq!((addon.can_upgrade, addon.ready_to_upgrade), (Some(true), Some(true)));
    let next = addon.next_version.unwrap();

    let upgrade = UpgradeAddon::default().component_name(NAME).version("1.2.0").next_version(&next);
    cloud.clusters.upgrade_cluster_addons(&id).body([upgrade.clone()]).send().await.unwrap();
    let status = async || {
        let names = [NAME, "coredns"];
        let request = cloud.clusters.describe_cluster_addons_upgrade_status(&id).component_ids(names);
        request.send().await.unwrap().addons.remove(NAME).unwrap()
    };
    let running = status().await;
    let task = running.tasks.unwrap();
    assert_eq!((task.status, task.is_canceled), (Some(UpgradeTaskStatus::Running), Some(false)));
    assert!(task.created_at.is_some() && task.finished_at.is_none());
    let twice = cloud.clusters.upgrade_cluster_addons(&id).body([upgrade]).send().await;
    assert_eq!(refusal(twice), not_now(), "it is being changed");
    cloud.pass(60);
    let done = status().await;
    assert_eq!(done.tasks.unwrap().status, Some(UpgradeTaskStatus::Success));
    assert_eq!(done.addon_info.unwrap().version.as_deref(), Some(next.as_str()));
    let addon = versions(cloud, &id).await.remove(NAME).unwrap();
    assert_eq!((addon.version.as_deref(), addon.can_upgrade), (Some(next.as_str()), Some(false)));

    let remove = cloud.clusters.uninstall_cluster_addons(&id).addons([UninstallAddon::default().name(NAME)]);
    remove.send().await.unwrap();
    cloud.pass(60);
    assert_eq!(versions(cloud, &id).await[NAME].exist, Some(false));
}

async fn add_ons_that_cannot_be(cloud: &Cloud) {
    let id = cloud.order("addons").send().await.unwrap().cluster_id;
    let clusters = &cloud.clusters;
    let put = |addon: InstallAddon| clusters.install_cluster_addons(&id).body([addon]);
    assert_eq!(refusal(put(install("1.2.0")).send().await), not_now());
    clusters.wait_until_running(&id).await.unwrap();
    cloud.pass(60);
    let absent = (ErrorKind::NotFound, Some(404), "AddonNotFound".to_owned());
    assert_eq!(refusal(put(install("0.0.1")).send().await), absent, "no such version");
    assert_eq!(refusal(put(InstallAddon::default().name("none").version("1")).send().await), absent);
    let remove = |name: &str| clusters.uninstall_cluster_addons(&id).addons([UninstallAddon::default().name(name)]);
    assert_eq!(refusal(remove(NAME).send().await), absent, "not installed");
    assert_eq!(refusal(remove("coredns").send().await), invalid(), "every cluster needs it");
    let upgrade = UpgradeAddon::default().component_name(NAME).next_version("1.2.1");
    assert_eq!(refusal(clusters.upgrade_cluster_addons(&id).body([upgrade]).send().await), absent);
    // All or none.
    let both =
        clusters.install_cluster_addons(&id).body([install("1.2.0"), InstallAddon::default().name("x").version("1")]);
    assert_eq!(refusal(both.send().await), absent);
    assert_eq!(versions(cloud, &id).await[NAME].exist, Some(false));
    assert_eq!(refusal(clusters.describe_cluster_addons_version("c-none").send().await), not_found());
    let status = clusters.describe_cluster_addons_upgrade_status("c-none").component_ids([NAME]);
    assert_eq!(refusal(status.send().await), not_found());
}
