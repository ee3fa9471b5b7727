//! The offers, and their quotas.

use super::{Answer, Scene};
use crate::input::{Input, invalid};
use serde_json::{Value, json};
use wharf_world::ack::{next_release, releases};

pub(super) fn describe_user_quota(scene: &mut Scene<'_>, _input: Input<'_>) -> Answer {
    let quotas = &scene.realm.quotas.ack;
    Ok(json!({
        "cluster_quota": quotas.clusters, "cluster_nodepool_quota": quotas.pools, "node_quota": quotas.nodes,
        "amk_cluster_quota": quotas.managed_clusters,
    }))
}

pub(super) fn describe_kubernetes_version_metadata(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    input.one_of("ClusterType", &["Kubernetes", "ManagedKubernetes"])?;
    input.one_of("Profile", &["Default", "Edge"])?;
    let region = input.required("Region")?;
    if region != scene.region {
        return Err(invalid(format!("Region is {}, where the call was sent to, not {region}", scene.region)));
    }
    let spread = input.flag("MultiAZ")?;
    let wanted = input.filled("KubernetesVersion")?;
    // Clusters can be created of every version that is supported.
    input.one_of("Mode", &["supported", "creatable"])?;
    let runtime = input.one_of("runtime", &["docker", "containerd", "Sandboxed-Container.runv"])?;
    let upgradable = wanted.is_some() && input.flag("QueryUpgradableVersion")?;
    let offered = releases(scene.realm.releases).iter().rev();
    let offered = offered.filter(|release| wanted.is_none_or(|wanted| wanted == **release));
    let versions = offered.map(|release| {
        let mut shown = version_json(release, spread);
        if runtime == Some("Sandboxed-Container.runv") {
            shown["images"] = json!([]);
        }
        if upgradable {
            let next = next_release(release);
            shown["upgradable_versions"] = json!(next.into_iter().collect::<Vec<_>>());
        }
        shown
    });
    Ok(versions.collect::<Vec<Value>>().into())
}

fn version_json(release: &str, spread: bool) -> Value {
    json!({
        "version": release, "multi_az": spread,
        "images": [
            {
                "image_id": "aliyun_2_1903_x64_20G_alibase_20200904.vhd", "image_name": "Alibaba Cloud Linux 2.1903",
                "image_category": "system", "image_type": "AliyunLinux", "os_type": "Linux", "os_version": "2.1903",
                "platform": "AliyunLinux",
            },
            {
                "image_id": "centos_7_7_x64_20G_alibase_20200426.vhd", "image_name": "CentOS 7.7",
                "image_category": "system", "image_type": "Centos_7_64", "os_type": "Linux", "os_version": "7.7",
                "platform": "CentOS",
            },
        ],
        "runtimes": [{"name": "docker", "version": "19.03.15"}, {"name": "containerd", "version": "1.4.8"}],
        "meta_data": {
            "Architecture": "amd64", "DockerVersion": "19.03.15", "NodeNameMode": "true", "Platform": "AliyunLinux",
            "AuditProjectName": "", "PodVswitchId": "", "ResourceGroupId": "",
        },
    })
}
