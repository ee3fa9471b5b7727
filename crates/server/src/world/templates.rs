//! Orchestration templates: texts with a history. Every change makes a new revision with an identifier of its own.

use super::fault::{Outcome, Reason};
use super::tenancy::Owner;
use super::{Millis, Realm, RealmMut};

/// A template in its newest revision.
#[derive(Debug, Clone)]
pub(crate) struct Template {
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
#[derive(Debug, Clone, Default)]
pub(crate) struct TemplateText {
    pub name: String,
    pub template: String,
    pub description: String,
    pub kind: String,
    pub tags: String,
}

/// What is to change of a template.
#[derive(Debug, Clone, Default)]
pub(crate) struct TemplateChange {
    pub name: Option<String>,
    pub template: Option<String>,
    pub description: Option<String>,
    pub kind: Option<String>,
    pub tags: Option<String>,
}

impl Realm {
    /// The template, by the identifier of its newest revision or by that of its history.
    pub(crate) fn template(&self, owner: &Owner, id: &str) -> Outcome<&Template> {
        let found = self.templates.iter().find(|template| template.id == id || template.history == id);
        let found = found.filter(|template| owner.sees(&template.owner));
        found.ok_or_else(|| Reason::NoPart.because(format!("the template {id} does not exist")))
    }
}

impl RealmMut<'_> {
    /// Makes a template and gives its identifier.
    pub(crate) fn make_template(&mut self, owner: &Owner, text: TemplateText) -> Outcome<String> {
        check(&text.name, &text.template)?;
        let taken = |there: &Template| there.owner == *owner && there.text.name == text.name;
        if self.realm.templates.iter().any(taken) {
            return Err(Reason::InUse.because(format!("there is a template {} already", text.name)));
        }
        let (history, id, now) = (self.ids.uuid(), self.ids.uuid(), self.now);
        let owner = owner.clone();
        let template = Template { history: history.clone(), id: id.clone(), owner, text, created: now, updated: now };
        self.realm.templates.insert(history, template);
        Ok(id)
    }

    /// Makes a new revision of a template.
    pub(crate) fn change_template(&mut self, owner: &Owner, id: &str, change: TemplateChange) -> Outcome<()> {
        let old = self.realm.template(owner, id)?;
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
        let (id, now) = (self.ids.uuid(), self.now);
        if let Some(template) = self.realm.templates.get_mut(&history) {
            (template.id, template.text, template.updated) = (id, text, now);
        }
        Ok(())
    }

    /// Deletes a template with all its revisions.
    pub(crate) fn drop_template(&mut self, owner: &Owner, id: &str) -> Outcome<()> {
        let history = self.realm.template(owner, id)?.history.clone();
        self.realm.templates.remove(&history);
        Ok(())
    }
}

fn check(name: &str, template: &str) -> Outcome<()> {
    if name.trim().is_empty() || template.trim().is_empty() {
        return Err(Reason::Invalid.because("name and template of a template must not be empty"));
    }
    Ok(())
}
