//! Texts about waiters for every language, from the facts in the specs.

use wharf_spec::{Operation, Product, Waiter};

/// Names in the texts, as a language writes them.
pub(super) struct Names {
    /// Writes a text of a spec.
    pub text: fn(&str) -> String,
    /// Writes an operation in the docs of a waiter.
    pub operation: fn(&Product, &Waiter, &str) -> String,
    /// The grace period of a resource that is not listed yet.
    pub grace: &'static str,
    /// The kind of error for a resource that does not exist.
    pub not_found: &'static str,
    /// Ending of the last sentence, after the timeout.
    pub options: &'static str,
}

/// Names in running text.
pub(super) const PLAIN: Names = Names {
    text: str::to_owned,
    operation: |_, _, name| format!("`{name}`"),
    grace: "grace period",
    not_found: "`NotFound`",
    options: "",
};

/// Returns two paragraphs: the goal of the waiter, and how the wait ends.
pub(super) fn paragraphs(product: &Product, waiter: &Waiter, names: &Names) -> Vec<String> {
    let spec = &waiter.spec;
    let operation = |name: &String| (names.operation)(product, waiter, name);
    let mut first = format!("{} Polls {}.", (names.text)(&spec.doc), operation(&spec.operation));
    let after: Vec<_> = spec.after.iter().map(operation).collect();
    if !after.is_empty() {
        first.push_str(&format!(" Call it after {}.", any_of(&after)));
    }
    let mut sentences = if spec.poll.is_some() { Vec::new() } else { ends(waiter, names) };
    sentences.extend(spec.details.as_deref().map(names.text));
    sentences.push(format!("Times out after {}{}.", duration(spec.timeout), names.options));
    vec![first, sentences.join(" ")]
}

/// Returns a sentence about the waiters for what an operation starts; `written` writes one of them.
pub(super) fn of_operation(
    product: &Product,
    operation: &Operation,
    written: impl Fn(&Waiter) -> String,
) -> Option<String> {
    let waiters = product.waiters.iter().filter(|waiter| waiter.spec.after.contains(&operation.name));
    let waiters: Vec<_> = waiters.map(written).collect();
    (!waiters.is_empty()).then(|| format!("To wait until it is done, call {}.", any_of(&waiters)))
}

/// Returns sentences about how the states end a wait.
fn ends(waiter: &Waiter, names: &Names) -> Vec<String> {
    let spec = &waiter.spec;
    let grace = names.grace;
    let mut sentences = Vec::new();
    match spec.failure.as_slice() {
        [] => {}
        [state] => sentences.push(format!("Fails in the state `{state}`.")),
        states => sentences.push(format!("Fails in the states {}.", all_of(states))),
    }
    match spec.rests.as_slice() {
        [] => {}
        [state] => sentences
            .push(format!("Fails in the state `{state}` when it lasts for the {grace} or follows another state.")),
        states => sentences.push(format!(
            "Fails in the states {} when they last for the {grace} or follow another state.",
            all_of(states)
        )),
    }
    if !spec.absent.is_empty() {
        let (noun, verb) = if spec.absent.len() == 1 { ("state", "means") } else { ("states", "mean") };
        sentences.push(format!("The {noun} {} {verb} that the resource does not exist.", all_of(&spec.absent)));
    }
    let every = if sentences.is_empty() { "every state" } else { "every other state" };
    match &spec.gone {
        Some(state) => {
            sentences.push(format!(
                "Keeps polling in {every}, because a resource that is being deleted may keep its state for a while."
            ));
            sentences.push(format!("Succeeds when the resource is not found; the state is then `{state}`."));
        }
        None => {
            let not_found = names.not_found;
            sentences.push(format!("Keeps polling in {every}, including unknown ones."));
            sentences.push(format!(
                "Fails with {not_found} when the resource does not appear within the {grace}, or disappears."
            ));
        }
    }
    sentences
}

fn any_of(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

fn all_of(states: &[String]) -> String {
    match states {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [first @ .., last] => format!("`{}` and `{last}`", first.join("`, `")),
    }
}

/// Writes seconds in words.
pub(super) fn duration(seconds: u64) -> String {
    let (number, unit) = match seconds {
        _ if seconds.is_multiple_of(3600) => (seconds / 3600, "hour"),
        _ if seconds.is_multiple_of(60) => (seconds / 60, "minute"),
        _ => (seconds, "second"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_in_the_largest_unit() {
        let said = [7200, 3600, 90, 1800, 60].map(duration);
        assert_eq!(said, ["2 hours", "1 hour", "90 seconds", "30 minutes", "1 minute"]);
    }
}
