//! Maintenance windows, roll-out sequences, and the upgrades that the platform plans by them.

use super::{Cloud, empty_cluster};
use serde_json::{Value, json};
use wharf_world::FailurePoint;

/// The start of the tests, in China: Saturday, 1 June 2024, 08:00.
const START: &str = "2024-06-01T00:00:00Z";

const CREATE: &str = "CreateClusterMaintenanceWindowAndExclusions";
const MODIFY: &str = "ModifyClusterMaintenanceWindowAndExclusions";
const DELETE: &str = "DeleteClusterMaintenanceWindowAndExclusion";
const DESCRIBE: &str = "DescribeClusterMaintenanceWindowAndExclusions";
const CREATE_GLOBAL: &str = "CreateGlobalMaintenanceWindowAndExclusions";
const MODIFY_GLOBAL: &str = "ModifyGlobalMaintenanceWindowAndExclusions";
const DELETE_GLOBAL: &str = "DeleteGlobalMaintenanceWindowAndExclusion";
const DESCRIBE_GLOBAL: &str = "DescribeGlobalMaintenanceWindowAndExclusions";

/// A window on those days from 02:00 to 06:00 in China.
fn window(cluster: &str, days: &[&str]) -> Value {
    json!({"ClusterID": cluster, "MaintenanceTime": "02:00:00", "Duration": 4, "DayOfWeek": days})
}

fn exclusion(name: &str, from: &str, until: &str) -> Value {
    json!({"ID": 0, "Name": name, "StartAt": from, "EndAt": until})
}

fn with(mut request: Value, name: &str, value: Value) -> Value {
    request[name] = value;
    request
}

impl Cloud {
    /// The plans of the only task.
    fn plans(&mut self) -> Vec<Value> {
        let tasks = self.ok("DescribeUpgradeTasks", json!({}));
        assert_eq!(tasks["TotalCount"], 1);
        let id = tasks["UpgradeTasks"][0]["ID"].clone();
        let detail = self.ok("DescribeUpgradeTaskDetail", json!({"ID": id}));
        detail["UpgradePlans"].as_array().unwrap().clone()
    }

    fn plan(&mut self, cluster: &str) -> Value {
        self.plans().into_iter().find(|plan| plan["ClusterID"] == cluster).unwrap()
    }

    fn release(&mut self, cluster: &str) -> Value {
        self.kube(cluster, "GET", "/version", Value::Null)["gitVersion"].clone()
    }

    /// A running cluster in its own range.
    fn another(&mut self, number: u8) -> String {
        let id = self.create(&format!("172.{number}.0.0/16"));
        self.pass(60);
        id
    }

    fn tag(&mut self, cluster: &str, value: &str) {
        let tags = json!([{"Key": "Env", "Value": value}]);
        self.ok("ModifyClusterRollOutSequenceTags", json!({"ClusterID": cluster, "Tags": tags}));
    }
}

#[test]
fn a_window_is_created_changed_and_deleted() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let exclusions = json!([exclusion("holidays", "2024-10-01 00:00:00", "2024-10-07 23:59:59")]);
    cloud.ok(CREATE, with(window(&id, &["MO", "TU"]), "Exclusions", exclusions));
    let shown = cloud.ok(DESCRIBE, json!({}))["MaintenanceWindowAndExclusions"][0].clone();
    assert_eq!((&shown["MaintenanceTime"], &shown["Duration"]), (&json!("02:00:00"), &json!(4)));
    assert_eq!((&shown["DayOfWeek"], &shown["Region"]), (&json!(["MO", "TU"]), &json!("ap-guangzhou")));
    assert_eq!((&shown["ClusterID"], &shown["ClusterVersion"]), (&json!(id), &json!("1.10.5")));
    let kept = shown["Exclusions"][0].clone();
    assert_eq!((&kept["Name"], &kept["EndAt"]), (&json!("holidays"), &json!("2024-10-07 23:59:59")));
    assert_eq!(cloud.code(CREATE, window(&id, &["MO"])), "ResourceInUse");
    cloud.ok(MODIFY, window(&id, &["SU"]));
    let shown = cloud.ok(DESCRIBE, json!({}))["MaintenanceWindowAndExclusions"][0].clone();
    assert_eq!((&shown["DayOfWeek"], &shown["Exclusions"][0]), (&json!(["SU"]), &kept));
    let two = json!([kept, exclusion("freeze", "2024-11-01 00:00:00", "2024-11-02 00:00:00")]);
    cloud.ok(MODIFY, with(window(&id, &["SU"]), "Exclusions", two));
    let shown = cloud.ok(DESCRIBE, json!({}))["MaintenanceWindowAndExclusions"][0]["Exclusions"].clone();
    assert_eq!((&shown[0]["ID"], shown.as_array().unwrap().len()), (&kept["ID"], 2));
    assert_ne!(shown[1]["ID"], shown[0]["ID"]);
    cloud.ok(DELETE, json!({"ClusterID": id}));
    assert_eq!(cloud.ok(DESCRIBE, json!({}))["TotalCount"], 0);
    for (operation, request) in [(MODIFY, window(&id, &["SU"])), (DELETE, json!({"ClusterID": id}))] {
        assert_eq!(cloud.code(operation, request), "FailedOperation.DbRecordNotFound");
    }
    assert_eq!(cloud.code(CREATE, window("cls-none", &["MO"])), "InternalError.ClusterNotFound");
}

#[test]
fn windows_that_cannot_be_are_refused() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let good = window(&id, &["MO"]);
    let backwards = exclusion("x", "2024-10-02 00:00:00", "2024-10-01 00:00:00");
    let unnamed = exclusion("", "2024-10-01 00:00:00", "2024-10-02 00:00:00");
    let unreadable = exclusion("x", "October", "2024-10-02 00:00:00");
    for (name, value, code) in [
        ("MaintenanceTime", json!("2 o'clock"), "InvalidParameter"),
        ("MaintenanceTime", json!("24:00:00"), "InvalidParameter"),
        ("Duration", json!(0), "InvalidParameter"),
        ("Duration", json!(25), "InvalidParameter"),
        ("DayOfWeek", json!([]), "InvalidParameter"),
        ("DayOfWeek", json!(["Monday"]), "InvalidParameter"),
        ("DayOfWeek", json!(["MO", "MO"]), "InvalidParameter"),
        ("Exclusions", json!([backwards]), "InvalidParameter"),
        ("Exclusions", json!([unnamed]), "MissingParameter"),
        ("Exclusions", json!([unreadable]), "InvalidParameter"),
    ] {
        assert_eq!(cloud.code(CREATE, with(good.clone(), name, value.clone())), code, "{name} {value}");
    }
    assert_eq!(cloud.ok(DESCRIBE, json!({}))["TotalCount"], 0);
    cloud.ok(CREATE, good);
    let found = |cloud: &mut Cloud, name: &str, value: &str| {
        cloud.ok(DESCRIBE, json!({"Filters": [{"Name": name, "Values": [value]}]}))["TotalCount"].clone()
    };
    assert_eq!((found(&mut cloud, "ClusterID", &id), found(&mut cloud, "ClusterID", "cls-none")), (json!(1), json!(0)));
    let wrong = json!({"Filters": [{"Name": "Colour", "Values": ["red"]}]});
    assert_eq!(cloud.code(DESCRIBE, wrong), "InvalidParameter.Param");
}

#[test]
fn a_planned_upgrade_begins_in_the_window() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    assert_eq!(cloud.ok("DescribeUpgradeTasks", json!({}))["TotalCount"], 0, "without a window nothing is planned");
    assert!(START < "2024-06-02");
    cloud.ok(CREATE, window(&id, &["MO"]));
    // The next Monday is 3 June; 02:00 in China is 18:00 of the day before in UTC.
    let plan = cloud.plan(&id);
    assert_eq!((&plan["Status"], &plan["PlanedStartAt"]), (&json!("Pending"), &json!("2024-06-02T18:00:00Z")));
    let task = cloud.ok("DescribeUpgradeTasks", json!({}))["UpgradeTasks"][0].clone();
    assert_eq!((&task["RelatedResources"], &task["PlanedStartAt"]), (&json!([id]), &plan["PlanedStartAt"]));
    cloud.pass(42 * 3600 - 61);
    assert_eq!((cloud.plan(&id)["Status"].clone(), cloud.release(&id)), (json!("Pending"), json!("v1.10.5-tke.1")));
    cloud.pass(1);
    assert_eq!(cloud.plan(&id)["Status"], "Processing");
    assert_eq!(cloud.cluster(&id)["ClusterStatus"], "Upgrading");
    cloud.pass(60);
    assert_eq!(cloud.plan(&id)["Status"], "Running");
    cloud.pass(360);
    let plan = cloud.plan(&id);
    assert_eq!((&plan["Status"], &plan["UpgradeStartAt"]), (&json!("Succeed"), &json!("2024-06-02T18:00:00Z")));
    assert_eq!(plan["UpgradeEndAt"], "2024-06-02T18:07:00Z");
    assert_eq!(cloud.release(&id), "v1.10.5-tke.2");
    assert_eq!(cloud.cluster(&id)["ClusterVersion"], "1.10.5", "the version stays");
    assert_eq!(cloud.code("DescribeUpgradeTaskDetail", json!({"ID": 99_999})), "FailedOperation.TaskNotFound");
}

#[test]
fn an_exclusion_keeps_the_window_closed() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let exclusions = json!([
        exclusion("freeze", "2024-06-02 00:00:00", "2024-06-04 00:00:00"),
        exclusion("late", "2024-06-10 00:00:00", "2024-06-10 03:30:00"),
    ]);
    cloud.ok(CREATE, with(window(&id, &["MO"]), "Exclusions", exclusions));
    assert_eq!(cloud.plan(&id)["PlanedStartAt"], "2024-06-09T19:30:00Z", "the rest of the next window is open");
    let forever = json!([exclusion("never", "2024-01-01 00:00:00", "2034-01-01 00:00:00")]);
    cloud.ok(MODIFY, with(window(&id, &["MO"]), "Exclusions", forever));
    let plan = cloud.plan(&id);
    assert_eq!((&plan["Status"], &plan["PlanedStartAt"]), (&json!("Pending"), &json!("")));
    assert!(plan["Reason"].as_str().unwrap().contains("closed"));
    cloud.pass(30 * 24 * 3600);
    assert_eq!(cloud.release(&id), "v1.10.5-tke.1");
    cloud.ok(MODIFY, with(window(&id, &["MO"]), "Exclusions", json!([])));
    cloud.pass(8 * 24 * 3600);
    assert_eq!(cloud.release(&id), "v1.10.5-tke.2");
}

#[test]
fn an_open_window_lets_work_begin_at_once() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    // It is Saturday, 08:01 in China, and the window of Friday is open for 24 hours.
    let long = json!({"ClusterID": id, "MaintenanceTime": "20:00:00", "Duration": 24, "DayOfWeek": ["FR"]});
    cloud.ok(CREATE, long);
    cloud.pass(420);
    assert_eq!(cloud.release(&id), "v1.10.5-tke.2");
}

#[test]
fn a_plan_is_cancelled_before_it_begins() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.ok(CREATE, window(&id, &["MO"]));
    let plan = cloud.plan(&id)["ID"].clone();
    let cancel = json!({"ClusterID": id, "PlanID": plan});
    assert_eq!(cloud.code("CancelUpgradePlan", json!({"ClusterID": id, "PlanID": 99_999})), "ResourceNotFound");
    let other = cloud.another(17);
    assert_eq!(cloud.code("CancelUpgradePlan", json!({"ClusterID": other, "PlanID": plan})), "ResourceNotFound");
    cloud.ok("CancelUpgradePlan", cancel.clone());
    assert_eq!(cloud.plan(&id)["Status"], "Cancelled");
    assert_eq!(cloud.code("CancelUpgradePlan", cancel), "ResourceUnavailable");
    cloud.ok(MODIFY, window(&id, &["TU"]));
    cloud.pass(14 * 24 * 3600);
    assert_eq!(cloud.release(&id), "v1.10.5-tke.1", "the caller's word holds for this release");
    assert_eq!(cloud.plans().len(), 1);
}

#[test]
fn a_plan_goes_with_its_window_or_its_reason() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.ok(CREATE, window(&id, &["MO"]));
    cloud.ok(DELETE, json!({"ClusterID": id}));
    let plan = cloud.plan(&id);
    assert_eq!((&plan["Status"], plan["Reason"].as_str().unwrap().contains("window")), (&json!("Cancelled"), true));
    cloud.ok(CREATE, window(&id, &["MO"]));
    assert_eq!(cloud.plans().last().unwrap()["Status"], "Pending", "a new window brings a new plan");
    cloud.ok("UpdateClusterVersion", json!({"ClusterId": id, "DstVersion": "v1.10.5-tke.2"}));
    cloud.pass(420);
    assert!(cloud.plans().iter().all(|plan| plan["Status"] == "Cancelled"), "the cluster has the release already");
}

#[test]
fn a_busy_cluster_is_upgraded_later_and_a_failure_is_told() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let nodes = cloud.add_nodes(&id, 2);
    cloud.ok("UpdateClusterVersion", json!({"ClusterId": id, "DstVersion": "1.12.4"}));
    cloud.pass(420);
    assert_eq!(cloud.release(&id), "v1.12.4-tke.2");
    let other = cloud.another(17);
    cloud.world.fail_next(FailurePoint::ClusterUpgrade, "no quorum");
    cloud.ok(
        CREATE,
        json!({"ClusterID": other, "MaintenanceTime": "00:00:00", "Duration": 24, "DayOfWeek": ["SA", "SU"]}),
    );
    cloud.pass(60);
    let plan = cloud.plan(&other);
    assert_eq!((&plan["Status"], &plan["Reason"]), (&json!("Failed"), &json!("no quorum")));
    let third = cloud.another(18);
    cloud.ok("ModifyClusterAttribute", json!({"ClusterId": third, "ClusterLevel": "L20"}));
    cloud.ok(
        CREATE,
        json!({"ClusterID": third, "MaintenanceTime": "00:00:00", "Duration": 24, "DayOfWeek": ["SA", "SU"]}),
    );
    cloud.pass(1);
    let plan = cloud.plan(&third);
    assert_eq!((&plan["Status"], cloud.release(&third)), (&json!("Pending"), json!("v1.10.5-tke.1")));
    cloud.pass(1_200);
    assert_eq!(cloud.release(&third), "v1.10.5-tke.2");
    assert_eq!(nodes.len(), 2);
}

#[test]
fn global_windows_are_for_regions_and_clusters_have_the_last_word() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let global = |days: Value, regions: Value| json!({"MaintenanceTime": "02:00:00", "Duration": 4, "DayOfWeek": days, "TargetRegions": regions});
    let window_id = cloud.ok(CREATE_GLOBAL, global(json!(["TU"]), json!(["ap-guangzhou"])))["ID"].clone();
    assert_eq!(cloud.plan(&id)["PlanedStartAt"], "2024-06-03T18:00:00Z");
    cloud.ok(CREATE, window(&id, &["MO"]));
    assert_eq!(cloud.plan(&id)["PlanedStartAt"], "2024-06-02T18:00:00Z", "the cluster's own window decides");
    cloud.ok(DELETE, json!({"ClusterID": id}));
    assert_eq!(cloud.plan(&id)["PlanedStartAt"], "2024-06-03T18:00:00Z");
    let everywhere = cloud.ok(CREATE_GLOBAL, global(json!(["WE"]), json!(["*"])))["ID"].clone();
    assert_eq!(cloud.plan(&id)["PlanedStartAt"], "2024-06-03T18:00:00Z", "the region's window decides");
    assert_eq!(cloud.code(DELETE_GLOBAL, json!({"ID": everywhere})), "UnsupportedOperation");
    let moved = with(global(json!(["TU"]), json!(["ap-beijing"])), "ID", window_id.clone());
    cloud.ok(MODIFY_GLOBAL, moved);
    assert_eq!(cloud.plan(&id)["PlanedStartAt"], "2024-06-04T18:00:00Z");
    // Windows are seen in every region of the account, and by no other account.
    cloud.region = "ap-beijing";
    let shown = cloud.ok(DESCRIBE_GLOBAL, json!({}));
    assert_eq!(
        (&shown["TotalCount"], &shown["MaintenanceWindowAndExclusions"][0]["TargetRegions"]),
        (&json!(2), &json!(["ap-beijing"]))
    );
    let there = cloud.another(17);
    assert_eq!(cloud.plan(&there)["PlanedStartAt"], "2024-06-03T18:00:00Z");
    let filter = json!({"Filters": [{"Name": "ID", "Values": [window_id.to_string()]}]});
    assert_eq!(cloud.ok(DESCRIBE_GLOBAL, filter)["TotalCount"], 1);
    cloud.ok(DELETE_GLOBAL, json!({"ID": window_id}));
    assert_eq!(cloud.ok(DESCRIBE_GLOBAL, json!({}))["TotalCount"], 1);
    cloud.account = "100000000002";
    assert_eq!(cloud.ok(DESCRIBE_GLOBAL, json!({}))["TotalCount"], 0);
    assert_eq!(cloud.code(DELETE_GLOBAL, json!({"ID": everywhere})), "InternalError.DbRecordNotFound");
}

#[test]
fn global_windows_that_cannot_be_are_refused() {
    let mut cloud = Cloud::new();
    let good =
        json!({"MaintenanceTime": "02:00:00", "Duration": 4, "DayOfWeek": ["MO"], "TargetRegions": ["ap-beijing"]});
    for (name, value) in [
        ("TargetRegions", json!([])),
        ("TargetRegions", json!(["mars"])),
        ("TargetRegions", json!(["ap-beijing", "ap-beijing"])),
        ("Duration", json!(99)),
        ("DayOfWeek", json!(["XX"])),
    ] {
        assert_eq!(cloud.code(CREATE_GLOBAL, with(good.clone(), name, value)), "InvalidParameter.Param", "{name}");
    }
    cloud.ok(CREATE_GLOBAL, good.clone());
    assert_eq!(cloud.code(CREATE_GLOBAL, good.clone()), "ResourceInUse");
    assert_eq!(cloud.code(MODIFY_GLOBAL, with(good, "ID", json!(99_999))), "ResourceNotFound");
    let wrong = json!({"Filters": [{"Name": "Colour", "Values": ["red"]}]});
    assert_eq!(cloud.code(DESCRIBE_GLOBAL, wrong), "InvalidParameter.Param");
}

#[test]
fn a_sequence_upgrades_clusters_in_its_order() {
    let mut cloud = Cloud::new();
    let (test, production, free) = (cloud.another(16), cloud.another(17), cloud.another(18));
    cloud.tag(&test, "Test");
    cloud.tag(&production, "Production");
    let step = |value: &str| json!({"Tags": [{"Key": "Env", "Value": [value]}], "SoakTime": 3600});
    let flows = json!([step("Test"), step("Production")]);
    let sequence = json!({"Name": "careful", "SequenceFlows": flows, "Enabled": true});
    let id = cloud.ok("CreateRollOutSequence", sequence)["ID"].clone();
    let open = json!({"MaintenanceTime": "00:00:00", "Duration": 24, "DayOfWeek": ["SA", "SU"], "TargetRegions": ["ap-guangzhou"]});
    cloud.ok(CREATE_GLOBAL, open);
    cloud.pass(1);
    let plan = cloud.plan(&production);
    assert_eq!((&plan["Status"], &plan["PlanedStartAt"]), (&json!("Pending"), &json!("")));
    assert!(plan["Reason"].as_str().unwrap().contains(&test));
    cloud.pass(420);
    assert_eq!((cloud.release(&test), cloud.release(&free)), (json!("v1.10.5-tke.2"), json!("v1.10.5-tke.2")));
    assert_eq!(cloud.release(&production), "v1.10.5-tke.1");
    cloud.pass(3_590);
    assert_eq!(cloud.plan(&production)["Status"], "Pending", "the hour of the first step is not over");
    cloud.pass(500);
    assert_eq!(cloud.release(&production), "v1.10.5-tke.2");
    let shown = cloud.ok("DescribeRollOutSequences", json!({}));
    assert_eq!(
        (&shown["TotalCount"], &shown["Sequences"][0]["SequenceFlows"]),
        (&json!(1), &json!([step("Test"), step("Production")]))
    );
    cloud.ok("DeleteRollOutSequence", json!({"ID": id}));
    assert_eq!(cloud.ok("DescribeRollOutSequences", json!({}))["TotalCount"], 0);
}

#[test]
fn a_sequence_that_is_off_delays_nothing() {
    let mut cloud = Cloud::new();
    let (test, production) = (cloud.another(16), cloud.another(17));
    cloud.tag(&test, "Test");
    cloud.tag(&production, "Production");
    let step = |value: &str| json!({"Tags": [{"Key": "Env", "Value": [value]}], "SoakTime": 3600});
    let sequence = json!({"Name": "careful", "SequenceFlows": [step("Test"), step("Production")], "Enabled": true});
    let id = cloud.ok("CreateRollOutSequence", sequence.clone())["ID"].clone();
    cloud.ok(CREATE, window(&production, &["MO"]));
    cloud.ok(CREATE, window(&test, &["MO"]));
    assert_eq!(cloud.plan(&production)["PlanedStartAt"], "");
    let off = with(with(sequence.clone(), "Enabled", json!(false)), "ID", id);
    cloud.ok("ModifyRollOutSequence", off);
    assert_eq!(cloud.plan(&production)["PlanedStartAt"], "2024-06-02T18:00:00Z");
    let unknown = with(sequence, "ID", json!(99_999));
    assert_eq!(cloud.code("ModifyRollOutSequence", unknown), "ResourceNotFound.NotFound");
    assert_eq!(cloud.code("DeleteRollOutSequence", json!({"ID": 99_999})), "ResourceNotFound.NotFound");
}

#[test]
fn sequences_and_tags_that_cannot_be_are_refused() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let step = json!({"Tags": [{"Key": "Env", "Value": ["Test"]}], "SoakTime": 1});
    let good = json!({"Name": "s", "SequenceFlows": [step], "Enabled": true});
    for (name, value) in [
        ("Name", json!("")),
        ("SequenceFlows", json!([])),
        ("SequenceFlows", json!([{"Tags": [], "SoakTime": 1}])),
        ("SequenceFlows", json!([{"Tags": [{"Key": "Env", "Value": []}], "SoakTime": 1}])),
        ("SequenceFlows", json!([{"Tags": [{"Key": "Env", "Value": ["Test"]}], "SoakTime": -1}])),
        ("SequenceFlows", json!([{"Tags": [{"Key": "Env", "Value": ["Test"]}], "SoakTime": i64::MAX}])),
    ] {
        let code = cloud.code("CreateRollOutSequence", with(good.clone(), name, value.clone()));
        assert_eq!(code, "InvalidParameter", "{value}");
    }
    let tags = |tags: Value| json!({"ClusterID": id, "Tags": tags});
    for wrong in [
        json!([{"Key": "Colour", "Value": "red"}]),
        json!([{"Key": "Env", "Value": "Staging"}]),
        json!([{"Key": "Env", "Value": "Test"}, {"Key": "Env", "Value": "Production"}]),
    ] {
        assert_eq!(cloud.code("ModifyClusterRollOutSequenceTags", tags(wrong)), "InvalidParameter.Param");
    }
    let both = json!([{"Key": "Env", "Value": "Test"}, {"Key": "Protection-Level", "Value": "High"}]);
    cloud.ok("ModifyClusterRollOutSequenceTags", tags(both.clone()));
    let shown = |cloud: &mut Cloud| {
        let filter = json!({"Filters": [{"Name": "ClusterID", "Values": [id]}]});
        cloud.ok("DescribeClusterRollOutSequenceTags", filter)["ClusterTags"][0]["Tags"].clone()
    };
    assert_eq!(shown(&mut cloud), both);
    cloud.ok("ModifyClusterRollOutSequenceTags", tags(json!([])));
    assert_eq!(shown(&mut cloud), json!([]));
    let missing = json!({"ClusterID": "cls-none", "Tags": []});
    assert_eq!(cloud.code("ModifyClusterRollOutSequenceTags", missing), "ResourceNotFound");
    assert_eq!(cloud.ok("CreateCluster", empty_cluster("172.17.0.0/16"))["ClusterId"].as_str().unwrap().len(), 12);
}
