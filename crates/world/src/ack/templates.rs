//! Orchestration templates: texts with a history. Every change makes a new revision with an identifier of its own.

use crate::Realm;
use crate::ack::Ack;
use crate::ack::tenancy::Owner;
use crate::kernel::Millis;
use crate::kernel::violation::{Outcome, Reason};
use serde::{Deserialize, Serialize};

/// A template in its newest revision.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// The same for all revisions.
    pub history: String,
    /// That of the newest revision.
    pub id: String,
    pub owner: Owner,
    pub text: TemplateText,
    pub created: Millis,
    pub updated: Millis,
}

/// What a template says.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateText {
    pub name: String,
    pub template: String,
    pub description: String,
    pub kind: String,
    pub tags: String,
}

/// Changes of a template.
#[derive(Debug, Clone, Default)]
pub struct TemplateChange {
    pub name: Option<String>,
    pub template: Option<String>,
    pub description: Option<String>,
    pub kind: Option<String>,
    pub tags: Option<String>,
}

impl Realm {
    /// The template, by the identifier of its newest revision or by that of its history.
    pub fn template(&self, owner: &Owner, id: &str) -> Outcome<&Template> {
        let found = self.ack.templates.iter().find(|template| template.id == id || template.history == id);
        let found = found.filter(|template| owner.sees(&template.owner));
        found.ok_or_else(|| Reason::NoPart.because(format!("the template {id} does not exist")))
    }
}

impl Ack<'_> {
    /// Makes a template and gives its identifier.
    pub fn make_template(&mut self, owner: &Owner, text: TemplateText) -> Outcome<String> {
        check(&text.name, &text.template)?;
        let taken = |there: &Template| there.owner == *owner && there.text.name == text.name;
        if self.0.realm.ack.templates.iter().any(taken) {
            return Err(Reason::InUse.because(format!("there is a template {} already", text.name)));
        }
        let (history, id, now) = (self.0.ids.uuid(), self.0.ids.uuid(), self.0.now);
        let owner = owner.clone();
        let template = Template { history: history.clone(), id: id.clone(), owner, text, created: now, updated: now };
        self.0.realm.ack.templates.insert(history, template);
        Ok(id)
    }

    /// Makes a new revision of a template.
    pub fn change_template(&mut self, owner: &Owner, id: &str, change: TemplateChange) -> Outcome<()> {
        let old = self.0.realm.template(owner, id)?;
        let history = old.history.clone();
        let was = old.text.clone();
        let text = TemplateText {
            name: change.name.unwrap_or(was.name),
            template: change.template.unwrap_or(was.template),
            description: change.description.unwrap_or(was.description),
            kind: change.kind.unwrap_or(was.kind),
            tags: change.tags.unwrap_or(was.tags),
        };
        check(&text.name, &text.template)?;
        let (id, now) = (self.0.ids.uuid(), self.0.now);
        if let Some(template) = self.0.realm.ack.templates.get_mut(&history) {
            (template.id, template.text, template.updated) = (id, text, now);
        }
        Ok(())
    }

    /// Deletes a template with all its revisions.
    pub fn drop_template(&mut self, owner: &Owner, id: &str) -> Outcome<()> {
        let history = self.0.realm.template(owner, id)?.history.clone();
        self.0.realm.ack.templates.remove(&history);
        Ok(())
    }
}

fn check(name: &str, template: &str) -> Outcome<()> {
    if name.trim().is_empty() || template.trim().is_empty() {
        return Err(Reason::Invalid.because("name and template of a template must not be empty"));
    }
    Ok(())
}
