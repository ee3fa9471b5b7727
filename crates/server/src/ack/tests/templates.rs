//! Orchestration templates.

use super::{Cloud, none, text};
use serde_json::{Value, json};

fn template(name: &str) -> Value {
    json!({"name": name, "template": "apiVersion: v1\nkind: ServiceAccount", "template_type": "kubernetes"})
}

fn create(cloud: &mut Cloud, name: &str) -> String {
    text(&cloud.ok("CreateTemplate", template(name))["template_id"])
}

fn read(cloud: &mut Cloud, id: &str) -> Value {
    cloud.ok("DescribeTemplateAttribute", json!({"TemplateId": id}))[0].clone()
}

#[test]
fn templates_are_made_read_and_deleted() {
    let mut cloud = Cloud::new();
    let id = create(&mut cloud, "web");
    let there = read(&mut cloud, &id);
    assert_eq!((&there["name"], &there["tags"], &there["acl"]), (&json!("web"), &json!("web"), &json!("private")));
    cloud.ok("DeleteTemplate", json!({"TemplateId": id}));
    for operation in ["DescribeTemplateAttribute", "DeleteTemplate", "UpdateTemplate"] {
        assert_eq!(cloud.code(operation, json!({"TemplateId": id})), "ErrorTemplateNotFound");
    }
}

#[test]
fn a_change_makes_a_new_revision() {
    let mut cloud = Cloud::new();
    let id = create(&mut cloud, "web");
    let before = read(&mut cloud, &id);
    cloud.pass(60);
    cloud.ok("UpdateTemplate", json!({"TemplateId": id, "description": "new", "template": "a: b"}));
    let history = text(&before["template_with_hist_id"]);
    let after = read(&mut cloud, &history);
    assert_eq!(
        (&after["template"], &after["description"], &after["name"]),
        (&json!("a: b"), &json!("new"), &json!("web"))
    );
    assert_ne!(after["id"], before["id"]);
    assert_eq!(after["template_with_hist_id"], before["template_with_hist_id"]);
    assert_eq!(after["created"], before["created"]);
    assert_ne!(after["updated"], before["updated"]);
    assert_eq!(cloud.code("DescribeTemplateAttribute", json!({"TemplateId": id})), "ErrorTemplateNotFound");
}

#[test]
fn templates_are_listed_by_kind_and_page() {
    let mut cloud = Cloud::new();
    for place in 0..12 {
        create(&mut cloud, &format!("t{place}"));
    }
    cloud.ok("CreateTemplate", json!({"name": "hidden", "template": "a: b"}));
    let first = cloud.ok("DescribeTemplates", none());
    assert_eq!(first["page_info"], json!({"page_number": 1, "page_size": 10, "total_count": 12}));
    assert_eq!(first["templates"].as_array().unwrap().len(), 10);
    let second = cloud.ok("DescribeTemplates", json!({"template_type": "kubernetes", "page_num": 2}));
    assert_eq!(second["templates"].as_array().unwrap().len(), 2);
    let composed = cloud.ok("DescribeTemplates", json!({"template_type": "compose"}));
    assert_eq!(composed["templates"][0]["name"], "hidden");
}

#[test]
fn a_template_has_a_name_and_a_text() {
    let mut cloud = Cloud::new();
    assert_eq!(cloud.code("CreateTemplate", json!({"name": "", "template": "a"})), "MissingParameter");
    assert_eq!(cloud.code("CreateTemplate", json!({"name": "a", "template": "  "})), "InvalidParameter");
    create(&mut cloud, "web");
    assert_eq!(cloud.code("CreateTemplate", template("web")), "InvalidParameter");
}

#[test]
fn an_attribute_is_asked_for_by_kind_too() {
    let mut cloud = Cloud::new();
    let id = create(&mut cloud, "web");
    let other = cloud.ok("DescribeTemplateAttribute", json!({"TemplateId": id, "template_type": "compose"}));
    assert_eq!(other, json!([]));
}
