//! The storage of backups.

use super::Cloud;
use serde_json::{Value, json};

fn order(name: &str) -> Value {
    json!({"Name": name, "StorageRegion": "ap-guangzhou", "Bucket": "tke-backup-1250000000"})
}

#[test]
fn a_location_is_created_listed_and_deleted() {
    let mut cloud = Cloud::new();
    let mut request = order("main");
    request["Path"] = json!("/clusters");
    cloud.ok("CreateBackupStorageLocation", request);
    cloud.ok("CreateBackupStorageLocation", order("other"));
    assert_eq!(cloud.code("CreateBackupStorageLocation", order("main")), "ResourceInUse");
    cloud.pass(150);
    // The account has it in every region.
    cloud.region = "ap-beijing";
    let found = cloud.ok("DescribeBackupStorageLocations", json!({"Names": ["main"]}));
    let expected = json!([{
        "Name": "main", "StorageRegion": "ap-guangzhou", "Provider": "tencentcloud", "Bucket": "tke-backup-1250000000",
        "Path": "/clusters", "State": "Available", "Message": "", "LastValidationTime": "2024-06-01T00:02:00Z",
    }]);
    assert_eq!(found["BackupStorageLocationSet"], expected);
    let all = cloud.ok("DescribeBackupStorageLocations", json!({}));
    assert_eq!(all["BackupStorageLocationSet"].as_array().unwrap().len(), 2);
    cloud.ok("DeleteBackupStorageLocation", json!({"Name": "main"}));
    assert_eq!(cloud.code("DeleteBackupStorageLocation", json!({"Name": "main"})), "ResourceNotFound");
    cloud.account = "100000000002";
    assert_eq!(cloud.ok("DescribeBackupStorageLocations", json!({}))["BackupStorageLocationSet"], json!([]));
}

#[test]
fn locations_that_cannot_be_are_refused() {
    let mut cloud = Cloud::new();
    let long = "a".repeat(64);
    for (field, value) in [
        ("Name", long.as_str()),
        ("Name", "Main"),
        ("Bucket", "backup-1250000000"),
        ("StorageRegion", "moon"),
        ("Provider", "aws"),
    ] {
        let mut request = order("main");
        request[field] = json!(value);
        assert_eq!(cloud.code("CreateBackupStorageLocation", request), "InvalidParameter", "{field} {value}");
    }
    for place in 0..100 {
        cloud.ok("CreateBackupStorageLocation", order(&format!("place-{place}")));
    }
    assert_eq!(cloud.code("CreateBackupStorageLocation", order("more")), "LimitExceeded");
}
