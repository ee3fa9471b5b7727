//! The storage classes of the vendors.

use wharf_world::kernel::engine::Engine;

fn names(engine: &dyn Engine, release: &str) -> Vec<(&'static str, &'static str)> {
    engine.storage_classes(release).into_iter().map(|class| (class.name, class.provisioner)).collect()
}

/// tce:7292-7315, cce:6653-6672, and ACK's page on storage classes.
#[test]
fn each_vendor_has_its_classes() {
    let qcloud = [("cbs", "finance.cloud.tencent.com/qcloud-cbs")];
    assert_eq!(names(&wharf_world::tke::ENGINE, "v1.20.6-tke.1"), qcloud);
    assert_eq!(names(&wharf_world::ccs::ENGINE, "v1.20.6-tke.1"), qcloud);
    let fuxi = names(&wharf_world::cce::ENGINE, "v1.13.10-r0");
    assert!(fuxi.contains(&("nfs-rw", "flexvolume-huawei.com/fuxinfs")), "{fuxi:?}");
    assert!(fuxi.contains(&("obs-standard", "flexvolume-huawei.com/fuxiobs")), "{fuxi:?}");
    let everest = names(&wharf_world::cce::ENGINE, "v1.15.11-r1");
    assert!(everest.iter().all(|(_, provisioner)| *provisioner == "everest-csi-provisioner"), "{everest:?}");
    let alibaba = wharf_world::ack::ENGINE.storage_classes("v1.20.4-aliyun.1");
    let waits: Vec<&str> = alibaba.iter().filter(|class| class.waits).map(|class| class.name).collect();
    assert_eq!(waits, ["alicloud-disk-topology-alltype"]);
}
