use crate::about::{self, About};
use crate::embedded::Embedded;
use crate::file::{self, Protocol};
use crate::load::{self, Source};
use crate::problem::{Problem, Problems};
use crate::{imported, naming, reach, validate, waiter};
use std::collections::BTreeSet;
use std::fmt::Display;
use std::ops::Deref;
use std::path::Path;

/// Every product, its references checked.
#[derive(Debug, Clone)]
pub struct Catalog {
    pub(crate) products: Vec<Product>,
}

/// A version of a product of a cloud.
#[derive(Debug, Clone)]
pub struct Product {
    /// Short name (`tke`), which all versions share.
    pub name: String,
    /// Version of the API (`2018-05-25`).
    pub version: String,
    /// It is the version that the short name alone stands for.
    pub default: bool,
    /// What the product is; always there in a catalog that was read from a folder.
    pub about: Option<About>,
    /// How a call is written.
    pub protocol: Protocol,
    /// The operations, sorted by name.
    pub operations: Vec<Operation>,
    /// The waiters, in the order of their files.
    pub waiters: Vec<Waiter>,
    /// The structures, sorted by name.
    pub shapes: Vec<Shape>,
    /// The enumerations, sorted by name.
    pub enums: Vec<Enumeration>,
    /// The error codes, sorted.
    pub errors: Vec<ErrorCode>,
    /// What the HTTP status codes say, sorted; empty where the document does not.
    pub statuses: Vec<Status>,
}

/// An HTTP status code and what the document says of it.
#[derive(Debug, Clone)]
pub struct Status {
    /// The code.
    pub code: u16,
    /// The file that describes it.
    pub file: String,
    /// What the file says.
    pub spec: file::Status,
}

/// An operation and where it lives.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Short name of the product.
    pub product: String,
    /// Name in the API.
    pub name: String,
    /// The service crate.
    pub service: String,
    /// How a call is written.
    pub protocol: Protocol,
    /// The file that describes it.
    pub file: String,
    /// What the file says.
    pub spec: file::Operation,
}

/// A waiter and where it lives.
#[derive(Debug, Clone)]
pub struct Waiter {
    /// Name, one for each product (`cluster_running`).
    pub name: String,
    /// The service crate.
    pub service: String,
    /// The file that describes it.
    pub file: String,
    /// What the file says.
    pub spec: waiter::Waiter,
}

/// A structure, where it lives and where it is used.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Name in the API.
    pub name: String,
    /// The file that describes it.
    pub file: String,
    /// What the file says.
    pub spec: file::Shape,
    /// The crate that holds it.
    pub home: Home,
    /// A request may hold it.
    pub in_input: bool,
    /// An answer may hold it.
    pub in_output: bool,
    /// Fields by which it would contain itself without end.
    pub recursive: BTreeSet<String>,
}

/// An enumeration and where it lives.
#[derive(Debug, Clone)]
pub struct Enumeration {
    /// Name.
    pub name: String,
    /// The file that describes it.
    pub file: String,
    /// What the file says.
    pub spec: file::Enumeration,
    /// The crate that holds it.
    pub home: Home,
}

/// An error code.
#[derive(Debug, Clone)]
pub struct ErrorCode {
    /// The code.
    pub name: String,
    /// The file that describes it.
    pub file: String,
    /// What the file says.
    pub spec: file::ErrorCode,
}

/// The crate that holds what several service crates use, and operations that it needs itself.
pub const SHARED: &str = "products";

/// The crate that holds a structure or an enumeration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Home {
    /// The only service crate that uses it.
    Service(String),
    /// Several use it.
    Shared,
}

impl Catalog {
    /// Returns the catalog of the specs that this crate was built with, without their documentation.
    ///
    /// # Errors
    /// Files that cannot be read.
    pub fn embedded() -> Result<Self, Problems> {
        let products = Embedded::all().iter().map(Embedded::read).collect::<Result<_, _>>()?;
        Ok(Self { products })
    }

    /// The catalog of the specs in a folder.
    ///
    /// # Errors
    /// Files that cannot be read, or all rules that they break.
    pub fn load(folder: &Path) -> Result<Self, Problems> {
        Self::from_sources(&load::sources_in(folder)?)
    }

    /// The catalog of the hand-written specs in a folder: what the documents of the private clouds describe.
    ///
    /// # Errors
    /// Files that cannot be read.
    pub fn hand_written(folder: &Path) -> Result<Self, Problems> {
        let mut sources = load::sources_in(folder)?;
        sources.retain(|source| !source.is_imported());
        Self::unchecked(&sources)
    }

    /// The catalog of a set of files.
    ///
    /// # Errors
    /// All rules that the files break.
    pub fn from_sources(sources: &[Source]) -> Result<Self, Problems> {
        Self::read(sources, true)
    }

    /// Returns the catalog of files that are known to break no rule.
    pub(crate) fn unchecked(sources: &[Source]) -> Result<Self, Problems> {
        Self::read(sources, false)
    }

    fn read(sources: &[Source], check: bool) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let mut files = Vec::new();
        for source in sources {
            match load::parse(source) {
                Ok(file) => files.push((source.name.as_str(), file)),
                Err(problem) => problems.push(problem),
            }
        }
        if !problems.is_empty() {
            return Err(Problems(problems));
        }
        let (abouts, files): (Vec<_>, Vec<_>) =
            files.into_iter().partition(|(_, file)| matches!(file, file::File::About(_)));
        let mut products = assemble(files, &mut problems);
        // Without the imported files a version can have waiters alone.
        if !check {
            products.retain(|product| !product.operations.is_empty());
        }
        let abouts = abouts.into_iter().filter_map(|(name, file)| match file {
            file::File::About(about) => Some((name, about)),
            _ => None,
        });
        let mut wrong = Vec::new();
        about::join(&mut products, abouts, &mut wrong);
        if check {
            problems.append(&mut wrong);
        }
        for product in &mut products {
            reach::resolve(product);
            if check {
                validate::product(product, &mut problems);
            }
        }
        if problems.is_empty() {
            Ok(Self { products })
        } else {
            problems.sort();
            problems.dedup();
            Err(Problems(problems))
        }
    }

    /// The products, sorted by name, of each the default version first.
    pub fn products(&self) -> &[Product] {
        &self.products
    }

    /// The operations of all products.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.products.iter().flat_map(|product| &product.operations)
    }

    /// The default version of the product of that name.
    pub fn product(&self, name: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.name == name)
    }

    /// A version of a product.
    pub fn version(&self, name: &str, version: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.name == name && product.version == version)
    }
}

impl Deref for Operation {
    type Target = file::Operation;

    fn deref(&self) -> &file::Operation {
        &self.spec
    }
}

impl Operation {
    /// Returns whether an import has described it: only the public cloud has it.
    pub fn is_imported(&self) -> bool {
        load::is_imported(&self.file)
    }

    /// The name from which those of Rust, Python and C are made.
    pub fn called(&self) -> &str {
        self.spec.rename.as_deref().unwrap_or(&self.name)
    }

    /// The HTTP method; that of the protocol where the operation has none of its own.
    pub fn method(&self) -> &'static str {
        self.spec.method.unwrap_or(file::Method::Post).as_str()
    }

    /// The path, with `{name}` for the inputs that travel in it; that of the protocol where the operation has
    /// none of its own.
    pub fn path(&self) -> &str {
        let fixed = if self.protocol == Protocol::TencentV2 { "/v2/index.php" } else { "/" };
        self.spec.path.as_deref().unwrap_or(fixed)
    }

    /// Whose host it goes to: the product's, unless it says something else.
    pub fn host(&self) -> &str {
        self.spec.host.as_deref().unwrap_or(&self.product)
    }

    /// The member of the answer that holds the output, where it is not the answer itself.
    pub fn envelope(&self) -> Option<&str> {
        self.spec.envelope.as_deref()
    }

    /// The name that the specs have for its output: `DescribeClustersOutput`.
    pub fn output_name(&self) -> String {
        format!("{}Output", self.name)
    }

    /// The way to the identifier of the job that it starts.
    pub fn job(&self) -> Option<&str> {
        self.spec.job.as_ref().map(|job| job.id.as_str())
    }
}

impl Shape {
    /// The name from which those of Rust, Python and C are made.
    pub fn called(&self) -> &str {
        self.spec.rename.as_deref().unwrap_or(&self.name)
    }
}

impl Enumeration {
    /// The name from which those of Rust and C are made.
    pub fn called(&self) -> &str {
        self.spec.rename.as_deref().unwrap_or(&self.name)
    }
}

impl ErrorCode {
    /// The name from which those of Rust and C are made.
    pub fn called(&self) -> &str {
        self.spec.rename.as_deref().unwrap_or(&self.name)
    }
}

impl Product {
    /// The module of a version that is not the default one, below the product's: `2022-05-01` is `v20220501`.
    pub fn module(&self) -> Option<String> {
        let digits = || self.version.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
        (!self.default).then(|| format!("v{}", digits().trim_start_matches('v')))
    }

    /// Name and module, joined by `separator`; for the default version the name alone.
    pub fn key(&self, separator: &str) -> String {
        self.module().map_or_else(|| self.name.clone(), |module| format!("{}{separator}{module}", self.name))
    }

    /// The operation of that name.
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        find(&self.operations, name, |operation| &operation.name)
    }

    /// The structure of that name.
    pub fn shape(&self, name: &str) -> Option<&Shape> {
        find(&self.shapes, name, |shape| &shape.name)
    }

    /// The operation whose output has that name in the specs.
    pub fn operation_with_output(&self, name: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.output_name() == name)
    }

    /// The name that Rust and Python have for a structure or for the output of an operation.
    pub fn type_name(&self, name: &str) -> String {
        match (self.shape(name), self.operation_with_output(name)) {
            (Some(shape), _) => naming::type_name(shape.called()),
            (None, Some(operation)) => format!("{}Output", naming::type_name(operation.called())),
            (None, None) => naming::type_name(name),
        }
    }

    /// The name of an operation or a waiter in `wharf::any` and C. That of a version other than the default one begins
    /// with the version: `2022-05-01:DescribeClusters`.
    pub fn qualified(&self, name: &str) -> String {
        if self.default { name.to_owned() } else { format!("{}:{name}", self.version) }
    }

    /// The enumeration of that name.
    pub fn enumeration(&self, name: &str) -> Option<&Enumeration> {
        find(&self.enums, name, |enumeration| &enumeration.name)
    }

    /// The error code of that name.
    pub fn error(&self, name: &str) -> Option<&ErrorCode> {
        find(&self.errors, name, |error| &error.name)
    }

    /// The name of the client for what a service crate holds.
    pub fn client<'a>(&'a self, service: &'a str) -> &'a str {
        let mut services = self.about.iter().flat_map(About::services);
        services.find(|(name, ..)| *name == service).map_or(service, |(_, client, _)| client)
    }

    /// The service crates that hold its operations, sorted.
    pub fn services(&self) -> BTreeSet<&str> {
        self.operations.iter().map(|operation| operation.service.as_str()).collect()
    }

    /// The field of an answer at the end of a way such as `Data.RepoInfo`.
    pub fn output_field<'a>(&'a self, operation: &'a Operation, way: &str) -> Option<&'a file::Field> {
        self.field_at(&operation.spec.output, way)
    }

    /// The field of an input at the end of a way.
    pub fn input_field<'a>(&'a self, operation: &'a Operation, way: &str) -> Option<&'a file::Field> {
        self.field_at(&operation.spec.input, way)
    }

    /// The field at the end of a way that begins in one of these.
    pub fn field_at<'a>(&'a self, mut fields: &'a [file::Field], way: &str) -> Option<&'a file::Field> {
        let mut found = None;
        for name in way.split('.') {
            let field = fields.iter().find(|field| field.name == name)?;
            fields = match &field.ty {
                crate::Type::Shape(shape) => self.shape(shape).map_or(&[], |shape| shape.spec.fields.as_slice()),
                _ => &[],
            };
            found = Some(field);
        }
        found
    }
}

fn find<'a, T>(sorted: &'a [T], name: &str, key: impl Fn(&T) -> &String) -> Option<&'a T> {
    let at = sorted.binary_search_by(|entry| key(entry).as_str().cmp(name)).ok()?;
    sorted.get(at)
}

fn assemble(files: Vec<(&str, file::File)>, problems: &mut Vec<Problem>) -> Vec<Product> {
    let mut products: Vec<Product> = Vec::new();
    let mut additions = Vec::new();
    let mut report = |file: &str, item: String, message: String| {
        problems.push(Problem { file: file.to_owned(), item, field: String::new(), message });
    };
    for (name, file) in files {
        let (product, version, protocol) = match &file {
            file::File::Operations(file) => (&file.product, &file.version, Some(file.protocol)),
            file::File::Shapes(file) => (&file.product, &file.version, None),
            file::File::Errors(file) => (&file.product, &file.version, None),
            file::File::Additions(file) => {
                additions.push((name, file.clone()));
                continue;
            }
            file::File::About(_) | file::File::Overrides => continue,
        };
        if let Some(folder) = name.split('/').nth(1).filter(|folder| !folder.ends_with(".json") && folder != version) {
            report(name, "version".to_owned(), format!("is {version}, which is not the name of the folder {folder}"));
        }
        let same = |known: &Product| known.name == *product && known.version == *version;
        let at = products.iter().position(same).unwrap_or_else(|| {
            products.push(Product {
                name: product.clone(),
                version: version.clone(),
                default: true,
                about: None,
                protocol: protocol.unwrap_or(Protocol::TencentV3),
                operations: Vec::new(),
                waiters: Vec::new(),
                shapes: Vec::new(),
                enums: Vec::new(),
                errors: Vec::new(),
                statuses: Vec::new(),
            });
            products.len() - 1
        });
        let known = &mut products[at];
        match file {
            file::File::About(_) | file::File::Additions(_) | file::File::Overrides => {}
            file::File::Operations(file) => {
                if known.operations.is_empty() {
                    known.protocol = file.protocol;
                } else if known.protocol != file.protocol {
                    report(name, String::new(), format!("another protocol than in other files of {}", known.name));
                }
                let service = match &file.family {
                    Some(family) => format!("{}/{family}", file.service),
                    None => file.service.clone(),
                };
                for (operation, spec) in file.operations.0 {
                    known.operations.push(Operation {
                        product: known.name.clone(),
                        name: operation,
                        service: service.clone(),
                        protocol: file.protocol,
                        file: name.to_owned(),
                        spec,
                    });
                }
                for (waiter, spec) in file.waiters.into_iter().flat_map(|waiters| waiters.0) {
                    if let Some(first) = known.waiters.iter().find(|known| known.name == waiter) {
                        report(name, format!("waiter {waiter}"), format!("is there twice, first in {}", first.file));
                        continue;
                    }
                    let (service, file) = (service.clone(), name.to_owned());
                    known.waiters.push(Waiter { name: waiter, service, file, spec });
                }
            }
            file::File::Shapes(file) => {
                for (shape, spec) in file.shapes.0 {
                    known.shapes.push(Shape {
                        name: shape,
                        file: name.to_owned(),
                        spec,
                        home: Home::Shared,
                        in_input: false,
                        in_output: false,
                        recursive: BTreeSet::new(),
                    });
                }
                for (enumeration, spec) in file.enums.0 {
                    known.enums.push(Enumeration {
                        name: enumeration,
                        file: name.to_owned(),
                        spec,
                        home: Home::Shared,
                    });
                }
            }
            file::File::Errors(file) => {
                for (code, spec) in file.errors.0 {
                    known.errors.push(ErrorCode { name: code, file: name.to_owned(), spec });
                }
                for (code, spec) in file.statuses.into_iter().flat_map(|statuses| statuses.0) {
                    match code.parse() {
                        Ok(code) => known.statuses.push(Status { code, file: name.to_owned(), spec }),
                        Err(_) => report(name, format!("status {code}"), "is no HTTP status code".to_owned()),
                    }
                }
            }
        }
    }
    products.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    for product in &mut products {
        if product.operations.is_empty() && product.waiters.is_empty() {
            let file = product.shapes.first().map(|each| &each.file);
            let file = file.or(product.enums.first().map(|each| &each.file));
            let file = file.or(product.errors.first().map(|each| &each.file)).map_or("", String::as_str);
            let message = format!("there are no operations of {} in version {}", product.name, product.version);
            report(file, "version".to_owned(), message);
        }
        sort(&mut product.operations, "operation", |entry| (&entry.name, &entry.file), &mut report);
        sort(&mut product.shapes, "shape", |entry| (&entry.name, &entry.file), &mut report);
        sort(&mut product.enums, "enum", |entry| (&entry.name, &entry.file), &mut report);
        sort(&mut product.errors, "error", |entry| (&entry.name, &entry.file), &mut report);
        sort(&mut product.statuses, "status", |entry| (&entry.code, &entry.file), &mut report);
    }
    for (name, file) in additions {
        let wanted = |product: &&mut Product| product.name == file.product && product.version == file.version;
        match products.iter_mut().find(wanted) {
            Some(product) => imported::add(product, file.additions, |item, message| report(name, item, message)),
            None => report(name, "version".to_owned(), format!("there is no {} {}", file.product, file.version)),
        }
    }
    products.iter_mut().for_each(imported::complete);
    products
}

/// Sorts by name and drops what is there twice, after saying so.
fn sort<T, K: Ord + Display>(
    entries: &mut Vec<T>,
    kind: &str,
    key: impl Fn(&T) -> (&K, &String),
    report: &mut impl FnMut(&str, String, String),
) {
    entries.sort_by(|a, b| key(a).cmp(&key(b)));
    entries.dedup_by(|again, first| {
        let ((name, file), (first_name, first_file)) = (key(again), key(first));
        let twice = name == first_name;
        if twice {
            report(file, format!("{kind} {name}"), format!("is there twice, first in {first_file}"));
        }
        twice
    });
}
