//! The routes of the control API.

use super::input::{Call, decoded};
use super::{
    Answer, PREFIX, Problem, accounts, clock, clouds, explain, faults, images, journal, json, mishaps, nothing, stream,
    text_answer, ui, world,
};
use serde_json::json;
use tokio::sync::watch;

/// The document that describes the API.
pub(super) const OPENAPI: &str = include_str!("openapi.json");

/// An operation of the control API, by its name in the OpenAPI document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Openapi,
    Health,
    Ui,
    UiFile,
    State,
    ListClouds,
    NewCloud,
    Cloud,
    EndCloud,
    SaveWorld,
    LoadWorld,
    Clock,
    ChangeClock,
    ListFaults,
    AddFault,
    ClearFaults,
    RemoveFault,
    Mishaps,
    AddMishap,
    ListAccounts,
    AddKey,
    AddSubAccount,
    RemoveKey,
    ListImages,
    AddImage,
    Journal,
    ClearJournal,
    FollowJournal,
    JournalEntry,
    Explain,
    Reset,
}

/// Method, path below the prefix, and operation. A segment in braces is a parameter.
pub(super) const ROUTES: &[(&str, &str, Operation)] = &[
    ("GET", "openapi.json", Operation::Openapi),
    ("GET", "health", Operation::Health),
    ("GET", "ui", Operation::Ui),
    ("GET", "ui/{file}", Operation::UiFile),
    ("GET", "state", Operation::State),
    ("GET", "clouds", Operation::ListClouds),
    ("POST", "clouds", Operation::NewCloud),
    ("GET", "clouds/{key}", Operation::Cloud),
    ("DELETE", "clouds/{key}", Operation::EndCloud),
    ("GET", "world", Operation::SaveWorld),
    ("PUT", "world", Operation::LoadWorld),
    ("GET", "clock", Operation::Clock),
    ("POST", "clock", Operation::ChangeClock),
    ("GET", "faults", Operation::ListFaults),
    ("POST", "faults", Operation::AddFault),
    ("DELETE", "faults", Operation::ClearFaults),
    ("DELETE", "faults/{id}", Operation::RemoveFault),
    ("GET", "mishaps", Operation::Mishaps),
    ("POST", "mishaps", Operation::AddMishap),
    ("GET", "accounts", Operation::ListAccounts),
    ("POST", "accounts", Operation::AddKey),
    ("POST", "accounts/sub-accounts", Operation::AddSubAccount),
    ("DELETE", "accounts/keys/{id}", Operation::RemoveKey),
    ("GET", "images", Operation::ListImages),
    ("POST", "images", Operation::AddImage),
    ("GET", "journal", Operation::Journal),
    ("DELETE", "journal", Operation::ClearJournal),
    ("GET", "journal/stream", Operation::FollowJournal),
    ("GET", "journal/{sequence}", Operation::JournalEntry),
    ("POST", "explain", Operation::Explain),
    ("POST", "reset", Operation::Reset),
];

/// The parameter of a path, if the path is that of the route.
fn matched(template: &str, path: &str) -> Option<Option<String>> {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    let mut parameter = None;
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(parameter),
            (Some(name), Some(value)) if name.starts_with('{') && !value.is_empty() => {
                parameter = Some(value.to_owned());
            }
            (Some(name), Some(value)) if name == value => {}
            _ => return None,
        }
    }
}

/// Finds the operation and the parameter of the path.
fn route(method: &str, path: &str) -> Result<(Operation, String), Problem> {
    let fitting =
        || ROUTES.iter().filter_map(|(verb, template, operation)| Some((*verb, *operation, matched(template, path)?)));
    // A route without a parameter comes before one with it.
    let found = fitting().filter(|(verb, ..)| *verb == method).min_by_key(|(.., parameter)| parameter.is_some());
    if let Some((_, operation, parameter)) = found {
        return Ok((operation, decoded(&parameter.unwrap_or_default())?));
    }
    let verbs: Vec<&str> = fitting().map(|(verb, ..)| verb).collect();
    if verbs.is_empty() {
        let expected = format!("a path of {PREFIX}openapi.json");
        return Err(Problem::unknown("path", "there is no such path", expected));
    }
    Err(Problem::http(405, "method", format!("{method} is not possible here"), verbs.join(", ")))
}

/// Answers a request.
pub(super) fn serve(call: Call, stopped: watch::Receiver<()>) -> Answer {
    let path = call.parts.uri.path().strip_prefix(PREFIX).unwrap_or_default().to_owned();
    let (operation, parameter) = route(call.parts.method.as_str(), &path)?;
    call.check_parameters(known_parameters(operation))?;
    match operation {
        Operation::Openapi => Ok(text_answer(200, "application/json", OPENAPI)),
        Operation::Health => {
            let clouds = call.first.clouds.count();
            json(200, &json!({"status": "ok", "version": env!("CARGO_PKG_VERSION"), "clouds": clouds}))
        }
        Operation::Ui => Ok(ui::file(ui::PAGE)),
        Operation::UiFile => Ok(ui::file(&parameter)),
        Operation::State => json(200, &call.cloud()?.state()),
        Operation::ListClouds => clouds::list(&call),
        Operation::NewCloud => clouds::add(&call),
        Operation::Cloud => clouds::show(&call.cloud_of(&parameter)?),
        Operation::EndCloud => clouds::end(&call.cloud_of(&parameter)?),
        Operation::SaveWorld => world::save(&call.cloud()?),
        Operation::LoadWorld => world::load(&call.cloud()?, &call),
        Operation::Clock => clock::show(&call.cloud()?),
        Operation::ChangeClock => clock::change(&call.cloud()?, &call),
        Operation::ListFaults => faults::list(&call.cloud()?),
        Operation::AddFault => faults::add(&call.cloud()?, &call),
        Operation::ClearFaults => {
            call.cloud()?.faults().clear();
            nothing()
        }
        Operation::RemoveFault => faults::remove(&call.cloud()?, &parameter),
        Operation::Mishaps => mishaps::list(&call.cloud()?),
        Operation::AddMishap => mishaps::add(&call.cloud()?, &call),
        Operation::ListAccounts => accounts::list(&call.cloud()?),
        Operation::AddKey => accounts::add_key(&call.cloud()?, &call),
        Operation::AddSubAccount => accounts::add_sub_account(&call.cloud()?, &call),
        Operation::RemoveKey => {
            call.cloud()?.remove_key(&parameter)?;
            nothing()
        }
        Operation::ListImages => images::list(&call.cloud()?),
        Operation::AddImage => images::add(&call.cloud()?, &call),
        Operation::Journal => journal::list(&call),
        Operation::ClearJournal => {
            call.cloud()?.journal().clear();
            nothing()
        }
        Operation::FollowJournal => stream::follow(&call, stopped),
        Operation::JournalEntry => journal::entry(&call, &parameter),
        Operation::Explain => explain::run(&call.cloud()?, &call),
        Operation::Reset => {
            call.cloud()?.reset();
            nothing()
        }
    }
}

/// The parameters of the query that an operation has.
fn known_parameters(operation: Operation) -> &'static [&'static str] {
    match operation {
        Operation::Openapi
        | Operation::Health
        | Operation::UiFile
        | Operation::ListClouds
        | Operation::NewCloud
        | Operation::Cloud
        | Operation::EndCloud => &[],
        Operation::Journal => journal::PARAMETERS,
        Operation::FollowJournal => journal::STREAM_PARAMETERS,
        _ => &["cloud"],
    }
}

#[cfg(test)]
mod tests;
