//! Constraints of add-ons (cce:5215 to 6430), jobs (cce:4784) and quotas (cce:6432).

use super::constraint_table::{Row, Wire, row};
use serde_json::{Value, json};

const BODY: &str = "SVCSTG.CCE-ADDONMGR.4000003";
const NOT_FOUND: &str = "SVCSTG.CCE-ADDONMGR.4040204";

/// A cluster, another one, and an add-on of the first.
pub(super) struct Places {
    cluster: Value,
    other: Value,
    addon: Value,
}

impl Places {
    pub(super) async fn new(wire: &Wire) -> Self {
        let (cluster, other) = (wire.cluster(|_| ()).await, wire.cluster(|_| ()).await);
        let mut places = Self { cluster, other, addon: Value::Null };
        let mut order = places.right("CreateAddonInstance");
        order["spec"]["addonTemplateName"] = json!("gpu-beta");
        places.addon = wire.ok("CreateAddonInstance", &order).await["metadata"]["uid"].clone();
        wire.pass(30);
        places
    }

    /// A right request of that operation.
    pub(super) fn right(&self, operation: &str) -> Value {
        let mut order = json!({
            "cluster_id": self.cluster, "kind": "Addon", "apiVersion": "v3",
            "metadata": {"addon.install/type": "install"},
            "spec": {
                "clusterID": self.cluster, "version": "1.0.0", "addonTemplateName": "metrics-server",
                "values": {"basic": {}},
            },
        });
        match operation {
            "CreateAddonInstance" => {}
            "UpdateAddonInstance" => {
                order["id"] = self.addon.clone();
                order["metadata"] = json!({"addon.upgrade/type": "upgrade"});
                order["spec"]["addonTemplateName"] = json!("gpu-beta");
                order["spec"]["version"] = json!("1.2.2");
            }
            "ListAddonTemplates" => return json!({"addon_template_name": "coredns"}),
            "ListAddonInstances" => return json!({"cluster_id": self.cluster}),
            "GetJob" => return json!({"job_id": "nothing"}),
            _ => return json!({"cluster_id": self.cluster, "id": self.addon}),
        }
        order
    }
}

pub(super) fn rows() -> Vec<Row> {
    let create = |line, name, changes, says| row(line, name, "CreateAddonInstance", changes, says).code(BODY);
    let update = |line, name, changes, says| row(line, name, "UpdateAddonInstance", changes, says).code(BODY);
    let read = |line, name, operation, changes| row(line, name, operation, changes, "nothing").code(NOT_FOUND);
    let gone = json!({"/id": "nothing"});
    vec![
        create(5250, "another purpose", json!({"/metadata": {"addon.install/type": "remove"}}), "addon.install/type"),
        create(
            5250,
            "another purpose in annotations",
            json!({"/metadata": {"annotations": {"addon.install/type": "remove"}}}),
            "addon.install/type",
        ),
        create(
            5250,
            "an upgrade of nothing",
            json!({"/metadata": {"addon.upgrade/type": "upgrade"}}),
            "addon.install/type",
        ),
        create(5256, "a version that is not offered", json!({"/spec/version": "9.9.9"}), "9.9.9").code(NOT_FOUND),
        create(
            5257,
            "a cluster that is not there",
            json!({"/spec/clusterID": "nothing", "/cluster_id": "nothing"}),
            "nothing",
        )
        .code("CCE.01404001"),
        create(5257, "a cluster that is not the one of the call", json!({"/cluster_id": "another"}), "spec.clusterID"),
        create(5258, "values that are no object", json!({"/spec/values": "basic"}), "spec.values"),
        create(5259, "a template that is not offered", json!({"/spec/addonTemplateName": "nothing"}), "nothing")
            .code(NOT_FOUND),
        row(
            5463,
            "a name of one character",
            "ListAddonTemplates",
            json!({"/addon_template_name": "c"}),
            "addon_template_name",
        )
        .code(BODY),
        row(
            5464,
            "a name of 31 characters",
            "ListAddonTemplates",
            json!({"/addon_template_name": "c".repeat(31)}),
            "longer than 30",
        )
        .code(BODY),
        read(5753, "a template that is not there", "ListAddonTemplates", json!({"/addon_template_name": "nothing"})),
        read(5773, "an add-on to change that is not there", "UpdateAddonInstance", gone.clone()),
        update(5794, "another purpose", json!({"/metadata": {"addon.upgrade/type": "install"}}), "addon.upgrade/type"),
        update(
            5794,
            "another installation",
            json!({"/metadata": {"annotations": {"addon.install/type": "install"}}}),
            "addon.upgrade/type",
        ),
        update(5800, "a version that is not offered", json!({"/spec/version": "9.9.9"}), "9.9.9").code(NOT_FOUND),
        update(5801, "a cluster that is not the one of the call", json!({"/cluster_id": "another"}), "spec.clusterID"),
        update(
            5803,
            "another template",
            json!({"/spec/addonTemplateName": "everest", "/spec/version": "1.2.28"}),
            "template",
        ),
        read(5986, "an add-on to delete that is not there", "DeleteAddonInstance", gone.clone()),
        row(
            5985,
            "an add-on to delete without its cluster",
            "DeleteAddonInstance",
            json!({"/cluster_id": null}),
            "cluster_id",
        )
        .code(BODY),
        read(6053, "an add-on to read that is not there", "GetAddonInstance", gone),
        row(
            6052,
            "an add-on to read without its cluster",
            "GetAddonInstance",
            json!({"/cluster_id": null}),
            "cluster_id",
        )
        .code(BODY),
        row(6233, "add-ons of no cluster", "ListAddonInstances", json!({"/cluster_id": null}), "cluster_id").code(BODY),
    ]
}

#[tokio::test]
async fn each_constraint_of_add_ons_is_held() {
    let wire = Wire::new().await;
    let places = Places::new(&wire).await;
    let (deletion, rest): (Vec<Row>, Vec<Row>) =
        rows().into_iter().partition(|row| row.operation == "DeleteAddonInstance");
    wire.refuses_each(&rest, |operation| places.right(operation)).await;
    wire.refuses_each(&deletion, |operation| places.right(operation)).await;
    assert_eq!(wire.ok("ListAddonInstances", &json!({"cluster_id": places.other})).await["kind"], "Addon");
}

/// cce:5250, cce:5266: the table has it in `metadata`, the example in the annotations.
#[tokio::test]
async fn the_purpose_of_a_call_stands_in_metadata_or_in_annotations_or_nowhere() {
    let wire = Wire::new().await;
    let places = Places::new(&wire).await;
    for (metadata, name) in [
        (json!({"addon.install/type": "install"}), "metrics-server"),
        (json!({"annotations": {"addon.install/type": "install"}}), "everest"),
        (json!({}), "autoscaler"),
    ] {
        let mut order = places.right("CreateAddonInstance");
        (order["metadata"], order["spec"]["addonTemplateName"]) = (metadata, json!(name));
        order["spec"]["version"] = json!("");
        wire.ok("CreateAddonInstance", &order).await;
    }
}
