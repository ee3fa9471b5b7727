//! Examples: the smallest valid call of each operation, on the page of the operation and as a function that a test runs.
//!
//! The facts are those of the specs: required fields, enumerations, lists of values, bounds and defaults. The texts, and
//! what some operations need in addition, are in `specs/examples.json`.

mod texts;
mod value;

use super::view::is_argument;
use super::{format, module};
use crate::emit::words;
use crate::{Error, Files};
use minijinja::context;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use texts::Texts;
use value::{Place, Values};
use wharf_spec::{Catalog, Operation, Product, SHARED, naming};

/// The folder of the functions.
pub(crate) const FOLDER: &str = "tests/page_examples/generated";

/// Indentation of the body of a function.
const MARGIN: &str = "        ";

/// Characters in a line of code on a page that is 1280 pixels wide.
const WIDTH: usize = 76;

const TEMPLATES: &[(&str, &str)] =
    &[("examples", include_str!("examples.rs.jinja")), ("list", include_str!("list.rs.jinja"))];

/// The code of the examples.
#[derive(Default)]
pub(super) struct Examples {
    /// The functions, and the tables of them.
    pub files: Files,
    /// The lines of the example of an operation, by the file of the operation.
    lines: BTreeMap<PathBuf, Vec<String>>,
}

/// A client and the calls of its operations.
#[derive(Serialize)]
struct ClientView {
    name: String,
    calls: Vec<CallView>,
}

#[derive(Serialize)]
struct CallView {
    operation: String,
    name: String,
    /// The file of the operation.
    page: String,
    /// The request, without the end that sends it.
    request: String,
    paged: bool,
    deprecated: bool,
    /// True if the output has no fields worth printing.
    quiet: bool,
}

impl Examples {
    /// Writes the examples of all operations. Without `specs/examples.json` there are none.
    ///
    /// # Errors
    /// When the file cannot be read, or names something that the specs do not have.
    pub(super) fn of(catalog: &Catalog, root: &Path) -> Result<Self, Error> {
        let Some(texts) = Texts::read(&root.join("specs/examples.json"))? else { return Ok(Self::default()) };
        texts.check(catalog)?;
        let templates = words::environment(TEMPLATES)?;
        let render = |name: &str, context| {
            let text = templates.get_template(name).and_then(|template| template.render(context));
            text.map_err(|error| Error::new(FOLDER, error))
        };
        let mut files = Files::new();
        let (mut modules, mut problems) = (Vec::new(), Vec::new());
        for product in catalog.products() {
            let clients = clients(product, &texts, &mut problems);
            let module = product.key("_");
            let context = context! { clients, product => product.name, version => product.version };
            files.insert(PathBuf::from(FOLDER).join(format!("{module}.rs")), render("examples", context)?);
            modules.push(module);
        }
        if !problems.is_empty() {
            return Err(Error(problems.join("\n")));
        }
        files.insert(PathBuf::from(FOLDER).join("mod.rs"), render("list", context! { modules })?);
        format::narrow(&mut files, MARGIN.len() + WIDTH)?;
        let mut lines = BTreeMap::new();
        for product in catalog.products() {
            let path = PathBuf::from(FOLDER).join(format!("{}.rs", product.key("_")));
            let text = files.get(&path).map_or("", String::as_str);
            for operation in &product.operations {
                let body = body(text, client(product, operation), &method(operation));
                let body = body.ok_or_else(|| Error::new(path.display(), format!("has no {}", operation.name)))?;
                lines.insert(page(product, operation), body);
            }
        }
        Ok(Self { files, lines })
    }

    /// Returns the lines of the example of an operation.
    pub(super) fn lines(&self, product: &Product, operation: &Operation) -> &[String] {
        self.lines.get(&page(product, operation)).map_or(&[], Vec::as_slice)
    }
}

/// Returns the file of an operation.
fn page(product: &Product, operation: &Operation) -> PathBuf {
    let file = format!("operations/{}.rs", module(operation.called()));
    super::folder(product, &operation.service).join(file)
}

fn method(operation: &Operation) -> String {
    naming::method(operation.called())
}

fn clients(product: &Product, texts: &Texts, problems: &mut Vec<String>) -> Vec<ClientView> {
    let mut clients: BTreeMap<&str, Vec<CallView>> = BTreeMap::new();
    for operation in &product.operations {
        match call(product, operation, texts) {
            Ok(call) => clients.entry(client(product, operation)).or_default().push(call),
            Err(problem) => problems.push(format!("{} {}: {problem}", product.key(" "), operation.name)),
        }
    }
    clients.into_iter().map(|(name, calls)| ClientView { name: name.to_owned(), calls }).collect()
}

/// Returns the name of the client of an operation.
fn client<'a>(product: &'a Product, operation: &'a Operation) -> &'a str {
    match product.client(&operation.service) {
        "" => "client",
        name => name,
    }
}

/// Returns the call of an operation.
///
/// # Errors
/// The path of a field that has no value.
fn call(product: &Product, operation: &Operation, texts: &Texts) -> Result<CallView, String> {
    let spec = &operation.spec;
    let client = client(product, operation);
    let version = product.module().map_or_else(String::new, |module| format!(".{module}()"));
    let module = if operation.service == SHARED && client != "client" { format!("::{client}") } else { String::new() };
    let values = Values { product, texts, types: format!("{}{module}::types", product.key("::")) };
    let given = texts.inputs(product, &operation.name);
    let arguments = spec.input.iter().filter(|field| is_argument(field));
    let arguments: Vec<_> = arguments
        .map(|field| values.argument(field, given.and_then(|given| given.get(&field.name))))
        .collect::<Result<_, _>>()?;
    let setters = values.setters(&spec.input, given, Place::Request, 0)?;
    let name = method(operation);
    Ok(CallView {
        operation: operation.name.clone(),
        page: page(product, operation).to_string_lossy().replace('\\', "/"),
        request: format!("{}{version}.{client}().{name}({}){setters}", product.name, arguments.join(", ")),
        name,
        paged: spec.paginate.is_some(),
        deprecated: spec.deprecated.is_some(),
        quiet: spec.output.iter().all(|field| field.name == "RequestId"),
    })
}

/// Returns the lines of a function in a module of a formatted file, without the last expression, which is the result.
fn body(text: &str, client: &str, name: &str) -> Option<Vec<String>> {
    let mut lines = text.lines().skip_while(|line| *line != format!("mod {client} {{"));
    let start = format!("    pub(super) async fn {name}(");
    let first = lines.find(|line| line.starts_with(&start))?;
    // A long signature has several lines.
    if !first.ends_with('{') {
        lines.find(|line| line.ends_with('{'))?;
    }
    let body =
        lines.take_while(|line| *line != "    }").map(|line| line.strip_prefix(MARGIN).unwrap_or(line).to_owned());
    let mut body: Vec<_> = body.collect();
    body.pop().filter(|last| last == "Ok(())")?;
    Some(body)
}
