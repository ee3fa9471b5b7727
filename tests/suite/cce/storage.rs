//! Cloud storage: claims and volumes.

use super::{Cloud, refusal};
use wharf::ErrorKind;
use wharf::cce::types::{
    AccessMode, CloudPvcSpec, CloudStorageType, FlexVolumeDriver, FlexVolumeFsType, PvPhase, PvcPhase,
};

scenarios! { a_claim_holds_its_volume, storage_goes_with_its_claim_when_asked }

fn gone() -> (ErrorKind, Option<u16>, String) {
    (ErrorKind::NotFound, Some(404), "NotFound".to_owned())
}

async fn a_claim_holds_its_volume(cloud: &Cloud) {
    let (clusters, cluster) = (&cloud.clusters, cloud.available("storage").await);
    let volume = clusters.create_cloud_pv(&cluster).metadata(|volume| volume.name("share")).spec(|spec| {
        spec.access_modes([AccessMode::ReadWriteMany]).capacity([("storage", "10Gi")]).flex_volume(|flex| {
            flex.driver(FlexVolumeDriver::HuaweiComFuxinfs)
                .fs_type(FlexVolumeFsType::Nfs)
                .options(|options| options.volume_id("share-1").storage_type("nfs").fs_type("nfs").region("region-1"))
        })
    });
    let volume = volume.send().await.unwrap();
    assert_eq!(volume.status.unwrap().phase, Some(PvPhase::Available));
    let claim = |name: &str| {
        let spec = CloudPvcSpec::default().access_modes([AccessMode::ReadWriteMany]).volume_name("share");
        let request = clusters.create_cloud_pvc(&cluster, "default").metadata(|claim| claim.name(name));
        request.set_spec(spec.resources(|size| size.requests([("storage", "10Gi")])))
    };
    let made = claim("data").send().await.unwrap();
    assert_eq!(made.metadata.namespace.as_deref(), Some("default"));
    let (kind, status, code) = refusal(claim("data").send().await);
    assert_eq!((kind, status, code.as_str()), (ErrorKind::Conflict, Some(409), "AlreadyExists"));
    cloud.pass(10);
    let (kind, status, _) = refusal(clusters.delete_cloud_pv(&cluster, "share").send().await);
    assert_eq!((kind, status), (ErrorKind::Conflict, Some(409)), "a claim holds it");

    let deleted = clusters.delete_cloud_pvc(&cluster, "default", "data").send().await.unwrap();
    let status = deleted.status.unwrap();
    assert_eq!(
        (status.phase, status.capacity),
        (Some(PvcPhase::Bound), Some([("storage".to_owned(), "10Gi".to_owned())].into()))
    );
    assert_eq!(refusal(clusters.delete_cloud_pvc(&cluster, "default", "data").send().await), gone());
    let kept = clusters.delete_cloud_pv(&cluster, "share").send().await.unwrap();
    assert_eq!(kept.metadata.uid, volume.metadata.uid);
    assert_eq!(refusal(clusters.delete_cloud_pv(&cluster, "share").send().await), gone());
}

async fn storage_goes_with_its_claim_when_asked(cloud: &Cloud) {
    let (clusters, cluster) = (&cloud.clusters, cloud.available("storage").await);
    for delete in [false, true] {
        let claim = clusters.create_cloud_pvc(&cluster, "default").metadata(|claim| claim.name("disk")).spec(|spec| {
            let disk = if delete { "disk-2" } else { "disk-1" };
            spec.volume_id(disk).storage_type(CloudStorageType::Bs).access_modes([AccessMode::ReadWriteMany])
        });
        let volume = claim.send().await.unwrap().spec.volume_name.unwrap();
        let request = clusters.delete_cloud_pvc(&cluster, "default", "disk");
        let request = if delete { request.delete_volume(true).storage_type(CloudStorageType::Bs) } else { request };
        request.send().await.unwrap();
        let volume = clusters.delete_cloud_pv(&cluster, volume).send().await;
        match delete {
            false => assert_eq!(volume.unwrap().status.unwrap().phase, Some(PvPhase::Released)),
            true => assert_eq!(refusal(volume), gone()),
        }
    }
}
