//! Doc comments: texts and layout.

use super::view::Side;
use crate::emit::waiters;
use crate::emit::words::{self, WIDTH, wrap};
use wharf_spec::file::{Field, ListStyle, Place};
use wharf_spec::waiter::method as method_name;
use wharf_spec::{Operation, Product, Service, Type, naming};

/// Formats paragraphs as an outer doc comment, indented by `indent` columns.
pub(super) fn outer(paragraphs: Vec<String>, indent: usize) -> String {
    let margin = " ".repeat(indent);
    let mut lines = Vec::new();
    for (at, paragraph) in paragraphs.iter().enumerate() {
        if at > 0 {
            lines.push(format!("{margin}///"));
        }
        lines.extend(wrap(paragraph, WIDTH - indent - 4).into_iter().map(|line| format!("{margin}/// {line}")));
    }
    lines.join("\n")
}

/// Escapes markup in a text of a spec.
pub(super) fn plain(text: &str) -> String {
    // Text between backquotes is not markup.
    let mut code = false;
    let words = text.split_whitespace().map(|word| {
        if word.starts_with("http://") || word.starts_with("https://") {
            let address = word.trim_end_matches(['.', ',', ';', ')']);
            return format!("<{address}>{}", &word[address.len()..]);
        }
        let mut out = String::new();
        for letter in word.chars() {
            code ^= letter == '`';
            if !code && matches!(letter, '[' | ']' | '<' | '>' | '*' | '\\') {
                out.push('\\');
            }
            out.push(letter);
        }
        out
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Returns the docs of an operation: its description and limits.
pub(super) fn operation(product: &Product, operation: &Operation) -> Vec<String> {
    let spec = &operation.spec;
    let mut facts = Vec::new();
    if let (Some(method), Some(path)) = (spec.method, &spec.path) {
        facts.push(format!("`{} {path}`.", method.as_str()));
    }
    facts.extend(words::facts(operation).iter().map(|fact| plain(fact)));
    let mut docs = vec![titled(&spec.doc, &operation.name, operation.called())];
    docs.push(facts.join(" "));
    docs.extend(waiters(product, operation));
    docs.extend(link(spec.link.as_deref()));
    docs
}

/// Returns a sentence with links to the waiters for what an operation starts.
fn waiters(product: &Product, operation: &Operation) -> Option<String> {
    waiters::of_operation(product, operation, |waiter| {
        let method = method_name(&waiter.name, Service::module(&waiter.service));
        let called = format!("`{}().{method}`", product.client(&waiter.service));
        let path = item(product, &waiter.service, &operation.service, &format!("Client::{method}"));
        path.map_or_else(|| called.clone(), |path| format!("[{called}]({path})"))
    })
}

/// Returns the path of an item of a service, for links in the docs of another one. Crates cannot link to each other.
pub(super) fn item(product: &Product, service: &str, from: &str, item: &str) -> Option<String> {
    let (package, family) = service.split_once('/').unwrap_or((service, ""));
    let same = from.split('/').next() == Some(package);
    let family = if family.is_empty() { String::new() } else { format!("{family}::") };
    same.then(|| format!("crate::{}::{family}{item}", product.key("::")))
}

/// Returns the section about the error codes of an operation.
pub(super) fn errors(operation: &Operation) -> Vec<String> {
    let codes = words::errors(operation).map(|codes| format!("The codes {codes}"));
    codes.into_iter().flat_map(|codes| ["# Errors".to_owned(), codes]).collect()
}

/// Returns the first sentence of a structure, an enumeration or an operation, with its API name if Rust has another.
pub(super) fn titled(doc: &str, wire: &str, called: &str) -> String {
    let name = if naming::type_name(called) == wire { String::new() } else { format!(" `{wire}` in the API.") };
    format!("{}{name}", words::sentence(&plain(doc)))
}

/// Returns a link to the vendor's document.
pub(super) fn link(address: Option<&str>) -> Option<String> {
    address.map(|address| words::link(format_args!("<{address}>")))
}

/// Returns the docs of a field: its description, API name and limits.
pub(super) fn field(field: &Field, side: Side) -> String {
    let mut facts = vec![format!("`{}`", field.name)];
    if let Type::Json(Some(form)) = field.ty.item() {
        let list = if form.is_list() { "list of `" } else { "`" };
        facts.extend(form.shape().map(|_| format!("JSON of a {list}{}`", field.named)));
    }
    match field.place() {
        Place::Body => {}
        Place::Header => facts.push("in a header".to_owned()),
        Place::Host => facts.push("in the host name".to_owned()),
        place => facts.push(format!("in the {}", place.as_str())),
    }
    match field.style {
        None | Some(ListStyle::Repeat) => {}
        Some(ListStyle::Comma) => facts.push("joined by commas".to_owned()),
        Some(ListStyle::Json) => facts.push("as a JSON list".to_owned()),
    }
    let required = (field.required && side == Side::Input).then(|| "required".to_owned());
    facts.extend(words::origin(field).or(required));
    facts.extend(words::limits(field));
    if !field.aliases.is_empty() {
        facts.push(format!("also read as `{}`", field.aliases.join("`, `")));
    }
    if let Some(entries) = &field.entries {
        facts.push(format!(
            "also read as an object with `{1}` as names and `{0}` as values",
            entries.value, entries.name
        ));
    }
    if let Some(name) = &field.said_by {
        facts.push(format!("also read as a text, the value of `{name}`"));
    }
    facts.extend(words::editions(field.editions.as_deref()));
    if field.hidden {
        facts.push("not public".to_owned());
    }
    if field.sensitive {
        facts.push("secret".to_owned());
    }
    format!("{} {}.", words::sentence(&plain(&field.doc)), facts.join("; "))
}

/// Returns the docs of a client's method; `needed` selects the fields that a setter must set.
pub(super) fn method(product: &Product, operation: &Operation, needed: impl Fn(&Field) -> bool) -> Vec<String> {
    let spec = &operation.spec;
    let input = naming::type_name(operation.called());
    let mut docs = vec![words::sentence(&plain(&spec.doc))];
    let setters: Vec<_> =
        spec.input.iter().filter(|field| needed(field)).map(|field| naming::request_setter(field.called())).collect();
    docs.extend(required(&setters));
    let paged = if spec.paginate.is_some() { ", in pages" } else { "" };
    docs.extend(waiters(product, operation));
    docs.push(format!("Returns [`{input}Output`]{paged}. Example, fields, limits and error codes: [`{input}`]."));
    docs
}

/// Returns a sentence about the required setters.
fn required(names: &[String]) -> Option<String> {
    let them = if names.len() > 1 { "them" } else { "it" };
    let fails = format!("`send` fails with `InvalidInput` without {them}");
    (!names.is_empty()).then(|| format!("Required: `{}`; {fails}.", names.join("`, `")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_wrapped_and_parted() {
        let long = ["word"; 40].join(" ");
        let text = outer(vec![long, "end".to_owned()], 4);
        assert!(text.lines().all(|line| line.len() <= WIDTH && line.starts_with("    ///")));
        assert!(text.ends_with("    ///\n    /// end"));
    }

    #[test]
    fn text_of_a_spec_is_no_markup() {
        assert_eq!(plain("a [b] <c>"), r"a \[b\] \<c\>");
        assert_eq!(plain("a* `b* [c]` d*"), r"a\* `b* [c]` d\*");
        assert_eq!(plain("See https://example.com/a."), "See <https://example.com/a>.");
    }
}
