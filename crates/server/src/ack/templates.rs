//! Orchestration templates.

use super::answer::{local, page};
use super::{Answer, Scene, values};
use crate::input::Input;
use serde_json::{Value, json};
use wharf_world::ack::templates::{Template, TemplateChange, TemplateText};

/// The kind of those that are made without a word about it, and of those that are asked for so.
const MADE: &str = "compose";
const ASKED_FOR: &str = "kubernetes";

pub(super) fn create_template(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let name = input.required("name")?.to_owned();
    let text = TemplateText {
        template: input.required("template")?.to_owned(),
        description: input.owned("description")?.unwrap_or_default(),
        kind: input.filled("template_type")?.unwrap_or(MADE).to_owned(),
        tags: input.owned("tags")?.unwrap_or_else(|| name.clone()),
        name,
    };
    let id = scene.realm.make_template(scene.owner, text)?;
    Ok(json!({"template_id": id}))
}

pub(super) fn update_template(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let change = TemplateChange {
        name: input.owned("name")?,
        template: input.owned("template")?,
        description: input.text("description")?.map(str::to_owned),
        kind: input.owned("template_type")?,
        tags: input.owned("tags")?,
    };
    scene.realm.change_template(scene.owner, input.required("TemplateId")?, change)?;
    Ok(Value::Null)
}

pub(super) fn delete_template(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    scene.realm.drop_template(scene.owner, input.required("TemplateId")?)?;
    Ok(Value::Null)
}

pub(super) fn describe_template_attribute(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let template = scene.realm.realm.template(scene.owner, input.required("TemplateId")?)?;
    let wanted = input.filled("template_type")?.is_none_or(|kind| kind == template.text.kind);
    Ok(if wanted { json!([template_json(template)]) } else { json!([]) })
}

pub(super) fn describe_templates(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let kind = input.filled("template_type")?.unwrap_or(ASKED_FOR);
    let templates = scene.realm.realm.ack.templates.iter().rev();
    let seen = templates.filter(|template| scene.owner.sees(&template.owner) && template.text.kind == kind);
    let (templates, info) = page(seen.map(template_json).collect(), values::page(input, "page_num", "page_size")?);
    Ok(json!({"templates": templates, "page_info": info}))
}

fn template_json(template: &Template) -> Value {
    let text = &template.text;
    json!({
        "acl": "private", "created": local(template.created), "updated": local(template.updated),
        "description": text.description, "id": template.id, "name": text.name, "tags": text.tags,
        "template": text.template, "template_type": text.kind, "template_with_hist_id": template.history,
    })
}
