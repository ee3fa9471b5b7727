//! Data of the template of waiters.

use super::docs::{self, plain};
use super::expr::{self, Step};
use super::view::View;
use crate::Error;
use crate::emit::waiters::{Names, paragraphs};
use minijinja::{Value, context};
use serde::Serialize;
use wharf_spec::waiter::{Argument, ArgumentKind, Part, method, parts};
use wharf_spec::{Enumeration, Operation, Service, Type, Waiter, naming};

const NAMES: Names = Names {
    text: plain,
    operation: |product, waiter, name| match product.operation(name) {
        None => format!("`{name}`"),
        Some(operation) => {
            let name = naming::type_name(operation.called());
            let item = format!("operations::{name}");
            match docs::item(product, &operation.service, &waiter.service, &item) {
                Some(_) if operation.service == waiter.service => format!("[`{name}`](super::{item})"),
                Some(path) => format!("[`{name}`]({path})"),
                None => format!("`{name}`"),
            }
        }
    },
    grace: "[`grace`](Waiter::grace) period",
    not_found: "[`NotFound`](wharf_core::ErrorKind::NotFound)",
    options: " by default; see [`timeout`](Waiter::timeout). Reports each change of state to [`on_progress`](Waiter::on_progress)",
};

#[derive(Serialize)]
struct WaiterView {
    docs: Vec<String>,
    method: String,
    arguments: Vec<ArgumentView>,
    /// The type of the result.
    result: String,
    /// The type of the progress.
    progress: String,
    thing: String,
    goal: String,
    timeout: u64,
    grace: Option<u64>,
    poll: Option<PollView>,
    look: Option<LookView>,
}

#[derive(Serialize)]
struct ArgumentView {
    name: String,
    ty: &'static str,
    /// The type of the owned value.
    owned: &'static str,
    /// Expression that makes the owned value from the argument, if needed.
    own: Option<&'static str>,
}

/// A hand-written function that polls and judges.
#[derive(Serialize)]
struct PollView {
    function: String,
    /// True if it watches a list, and remembers which items have been listed.
    listed: bool,
    passed: Vec<String>,
}

/// A request, and the meaning of its response.
#[derive(Serialize)]
struct LookView {
    request: String,
    operation: String,
    /// The argument that is compared with a key.
    key: Option<String>,
    /// Expression that finds the resource in `output`, as an `Option`.
    select: Option<String>,
    /// Progress that is reported for a deleted resource.
    gone: Option<String>,
    /// Expression that reads the state of `found`; `None` if the verdict does not depend on it.
    state: Option<String>,
    /// Type that is made of `found`, if the progress is more than the state.
    progress: Option<String>,
    arms: Vec<ArmView>,
}

#[derive(Serialize)]
struct ArmView {
    pattern: String,
    verdict: &'static str,
}

impl View<'_> {
    /// Returns the template's data for the waiters of a service crate, or `None` without waiters.
    pub(super) fn waiters(&self, service: &str) -> Result<Option<Value>, Error> {
        let waiters: Vec<_> = self.product.waiters.iter().filter(|waiter| waiter.service == service).collect();
        if waiters.is_empty() {
            return Ok(None);
        }
        let views = waiters.iter().map(|waiter| self.waiter(waiter)).collect::<Result<Vec<_>, _>>()?;
        let looks = || views.iter().filter_map(|view| view.look.as_ref());
        let by_hand = |view: &WaiterView| view.progress.starts_with("waiters::") || view.poll.is_some();
        let not_listed = |look: &LookView| look.select.is_some() && look.gone.is_none();
        let imports = context! {
            operations => views.iter().any(|view| view.result.contains("operations::")) || looks().any(not_listed),
            by_hand => views.iter().any(by_hand),
            types => views.iter().any(|view| view.result.contains("types::") || view.look.is_some()),
            verdict => looks().next().is_some(),
            operation => looks().any(not_listed),
            wait => looks().any(|look| look.select.is_some() || look.gone.is_some())
                || views.iter().any(|view| view.poll.as_ref().is_some_and(|poll| poll.listed)),
        };
        Ok(Some(context! { waiters => views, imports, product => self.product.name }))
    }

    fn waiter(&self, waiter: &Waiter) -> Result<WaiterView, Error> {
        let spec = &waiter.spec;
        let operation = self.product.operation(&spec.operation);
        let operation = operation.ok_or_else(|| Error::new(&waiter.name, "its operation is missing"))?;
        let result = match spec.returned() {
            None => "()".to_owned(),
            Some((name, list)) => {
                let folder = if self.product.shape(name).is_some() { "types" } else { "operations" };
                let name = format!("{folder}::{}", self.product.type_name(name));
                if list { format!("Vec<{name}>") } else { name }
            }
        };
        let look = match spec.poll {
            Some(_) => None,
            None => Some(self.look(waiter, operation)?),
        };
        let progress = match (&spec.progress, &look) {
            (Some(progress), _) => format!("waiters::{progress}"),
            (None, _) => state_type(self.states(waiter, operation)?),
        };
        let poll = spec.poll.as_ref().map(|function| PollView {
            function: function.clone(),
            listed: spec.arguments.iter().any(|argument| argument.kind == ArgumentKind::Texts),
            passed: spec.arguments.iter().map(passed).collect(),
        });
        Ok(WaiterView {
            docs: paragraphs(self.product, waiter, &NAMES),
            method: method(&waiter.name, Service::module(&waiter.service)),
            arguments: spec.arguments.iter().map(argument).collect(),
            result,
            progress,
            thing: format(waiter, &spec.thing)?,
            goal: format(waiter, &format!("{} to {}", spec.thing, spec.goal))?,
            timeout: spec.timeout,
            grace: spec.grace,
            poll,
            look,
        })
    }

    /// The enumeration of the thing's states.
    fn states(&self, waiter: &Waiter, operation: &Operation) -> Result<&Enumeration, Error> {
        let way = self.state_way(waiter, operation)?;
        let name = way.last().and_then(|step| step.field.enumeration.as_ref());
        let found = name.and_then(|name| self.product.enumeration(name));
        found.ok_or_else(|| Error::new(&waiter.name, "its state has no enumeration"))
    }

    fn state_way<'a>(&'a self, waiter: &'a Waiter, operation: &'a Operation) -> Result<Vec<Step<'a>>, Error> {
        let spec = &waiter.spec;
        let state = spec.state.as_deref().unwrap_or_default();
        match &spec.select {
            None => self.way(operation, state),
            // The resource's own fields follow those on the path to it.
            Some(select) => {
                let before = select.from.split('.').count();
                let mut way = self.way_through(operation, &select.from, state)?;
                Ok(way.split_off(before.min(way.len())))
            }
        }
    }

    fn look(&self, waiter: &Waiter, operation: &Operation) -> Result<LookView, Error> {
        let spec = &waiter.spec;
        let states = self.states(waiter, operation)?;
        let progress = spec.progress.as_ref().map(|progress| format!("waiters::{progress}"));
        let gone = spec.gone.as_ref().map(|state| {
            let state = format!("{}::from({state:?})", state_type(states));
            progress.as_ref().map_or_else(|| state.clone(), |progress| format!("{progress}::from({state})"))
        });
        let arms = arms(waiter, states);
        let needs_state = progress.is_none() || !arms.is_empty();
        let state = expr::state(&self.state_way(waiter, operation)?);
        let select = match &spec.select {
            None => None,
            Some(select) => {
                let mut way = self.way_through(operation, &select.from, &select.key)?;
                let key = way.pop().ok_or_else(|| Error::new(&waiter.name, "no way to the key"))?;
                Some(expr::select(&way, &key, &select.argument))
            }
        };
        Ok(LookView {
            request: request(waiter, operation),
            operation: naming::type_name(operation.called()),
            key: spec.select.as_ref().map(|select| select.argument.clone()),
            select,
            gone,
            state: needs_state.then_some(state),
            progress,
            arms,
        })
    }
}

/// Returns the expression of the request with its arguments.
fn request(waiter: &Waiter, operation: &Operation) -> String {
    let fills = |name: &str| waiter.spec.arguments.iter().find(|argument| argument.input.as_deref() == Some(name));
    let (own, set): (Vec<_>, Vec<_>) = operation
        .spec
        .input
        .iter()
        .filter_map(|field| Some((field, fills(&field.name)?)))
        .partition(|(field, _)| super::view::is_argument(field));
    let own: Vec<_> = own.iter().map(|(_, argument)| passed(argument)).collect();
    let mut request = format!("client.{}({})", naming::method(operation.called()), own.join(", "));
    for (field, argument) in set {
        let value = match (&field.ty, argument.kind) {
            (Type::List(_), ArgumentKind::Text) => format!("[{}]", passed(argument)),
            _ => passed(argument),
        };
        request.push_str(&format!(".{}({value})", naming::request_setter(field.called())));
    }
    request
}

fn state_type(states: &Enumeration) -> String {
    format!("types::{}", naming::type_name(states.called()))
}

/// A state as a variant of the enumeration.
fn variant(states: &Enumeration, state: &str) -> String {
    let value = states.spec.values.iter().find(|value| value.value == state);
    format!("{}::{}", state_type(states), naming::variant(value.map_or(state, |value| value.called())))
}

/// The branches of what a state means, but for the last one.
fn arms(waiter: &Waiter, known: &Enumeration) -> Vec<ArmView> {
    let spec = &waiter.spec;
    let success = if spec.returns.is_some() { "Verdict::Success(found)" } else { "Verdict::Success(())" };
    let lists = [
        (&spec.success, success, spec.success_if.as_ref()),
        (&spec.failure, "Verdict::Failure", None),
        (&spec.rests, "Verdict::Rests", None),
        (&spec.absent, "Verdict::Absent", None),
    ];
    let mut arms = Vec::new();
    for (states, verdict, condition) in lists {
        let holds = condition.map(|method| format!("progress.{method}()"));
        if states.iter().any(String::is_empty) {
            let and = holds.as_ref().map(|holds| format!(" && {holds}")).unwrap_or_default();
            arms.push(ArmView { pattern: format!("state if state.as_str().is_empty(){and}"), verdict });
        }
        let named = states.iter().filter(|state| !state.is_empty());
        let named: Vec<_> = named.map(|state| variant(known, state)).collect();
        if !named.is_empty() {
            let holds = holds.map(|holds| format!(" if {holds}")).unwrap_or_default();
            arms.push(ArmView { pattern: format!("{}{holds}", named.join(" | ")), verdict });
        }
    }
    arms
}

fn argument(argument: &Argument) -> ArgumentView {
    let list = ".into_iter().map(Into::into).collect()";
    let (ty, owned, own) = match argument.kind {
        ArgumentKind::Text => ("impl Into<String>", "String", Some(".into()")),
        ArgumentKind::Texts => ("impl IntoIterator<Item = impl Into<String>>", "Vec<String>", Some(list)),
        ArgumentKind::Bool => ("bool", "bool", None),
        ArgumentKind::Whole => ("i64", "i64", None),
    };
    ArgumentView { name: argument.name.clone(), ty, owned, own }
}

/// Returns an argument as an expression.
fn passed(argument: &Argument) -> String {
    match argument.kind {
        ArgumentKind::Text | ArgumentKind::Texts => format!("&{}", argument.name),
        ArgumentKind::Bool | ArgumentKind::Whole => argument.name.clone(),
    }
}

/// Returns a text with arguments in it as an expression.
fn format(waiter: &Waiter, text: &str) -> Result<String, Error> {
    let parts = parts(text).ok_or_else(|| Error::new(&waiter.name, "has a brace without a partner"))?;
    let is_list = |name: &str| {
        let mut arguments = waiter.spec.arguments.iter();
        arguments.any(|argument| argument.name == name && argument.kind == ArgumentKind::Texts)
    };
    let (mut literal, mut values) = (String::new(), String::new());
    for part in parts {
        match part {
            Part::Text(text) => literal.push_str(text),
            Part::Argument(name) if is_list(name) => {
                literal.push_str("{}");
                values.push_str(&format!(", {name}.len()"));
            }
            Part::Argument(name) => literal.push_str(&format!("{{{name}}}")),
        }
    }
    let fixed = waiter.spec.arguments.is_empty();
    Ok(if fixed { format!("{literal:?}.to_owned()") } else { format!("format!({literal:?}{values})") })
}
