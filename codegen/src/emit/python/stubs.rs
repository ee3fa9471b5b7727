//! The stubs of clients and structures, in files by family. Only type checkers read them: at run time the classes are
//! created in the product's own modules.

use super::Writer;
use super::view::{ClientView, EnumView, ShapeView};
use crate::Error;
use minijinja::context;
use std::collections::{BTreeMap, BTreeSet};

/// Lines that a stub of the package has at most.
pub const MAX_LINES: usize = 2000;

/// Lines of structures in one file. More are in a file for each initial. The rest of [`MAX_LINES`] is for imports.
const MAX_CLASSES: usize = 1800;

/// The module of the enumerations.
const ENUMS: &str = "enums";

/// A structure with its text.
struct Class<'a> {
    shape: &'a ShapeView,
    text: String,
}

impl Writer<'_> {
    /// Writes two files for each client: one for blocking calls, and one for `asyncio`.
    pub(super) fn clients(&mut self, clients: &[ClientView]) -> Result<(), Error> {
        let product = self.product;
        self.file("_stubs/__init__.pyi", "stubs.pyi", &context! { product })?;
        for client in clients {
            for (end, prefix) in [("", ""), ("_async", "Async")] {
                let name = format!("_stubs/{}{end}.pyi", client.name);
                self.file(&name, "client.pyi", &context! { product, client, async => prefix })?;
            }
        }
        Ok(())
    }

    /// Writes the structures: those of a family are in its file. The enumerations have a file, and `types.pyi` exports
    /// everything.
    pub(super) fn structures(&mut self, shapes: &[ShapeView], enums: &[EnumView]) -> Result<(), Error> {
        let product = self.product;
        let mut classes = Vec::new();
        for shape in shapes {
            classes.push(Class { shape, text: self.text("structure.pyi", &context! { shape })? });
        }
        let modules = modules(&classes);
        let in_modules = modules
            .iter()
            .flat_map(|(module, classes)| classes.iter().map(|class| (class.shape.name.as_str(), module.as_str())));
        let home: BTreeMap<&str, &str> =
            in_modules.chain(enums.iter().map(|each| (each.name.as_str(), ENUMS))).collect();
        for (module, classes) in &modules {
            let imports = imports(module, classes, &home);
            let classes: String = classes.iter().map(|class| class.text.as_str()).collect();
            self.file(&format!("_stubs/{module}.pyi"), "structures.pyi", &context! { product, imports, classes })?;
        }
        let mut modules: Vec<_> = modules.keys().map(String::as_str).collect();
        if !enums.is_empty() {
            self.file(&format!("_stubs/{ENUMS}.pyi"), "enums.pyi", &context! { product, enums })?;
            modules.insert(0, ENUMS);
        }
        self.file("types.pyi", "types.pyi", &context! { product, modules, shapes })
    }
}

/// Returns the classes of each file, by the name of its module.
fn modules<'a, 'b>(classes: &'b [Class<'a>]) -> BTreeMap<String, Vec<&'b Class<'a>>> {
    let mut lines: BTreeMap<&str, usize> = BTreeMap::new();
    for class in classes {
        *lines.entry(&class.shape.family).or_default() += class.text.lines().count();
    }
    let mut modules: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for class in classes {
        let family = &class.shape.family;
        let is_long = lines.get(family.as_str()).is_some_and(|lines| *lines > MAX_CLASSES);
        let initial = class.shape.name.chars().next().filter(|_| is_long);
        let end = initial.map(|initial| format!("_{}", initial.to_ascii_lowercase())).unwrap_or_default();
        modules.entry(format!("{family}_types{end}")).or_default().push(class);
    }
    modules
}

/// Returns the names that the classes of a module have from other modules, by module.
fn imports<'a>(
    module: &str,
    classes: &[&Class<'_>],
    home: &BTreeMap<&'a str, &'a str>,
) -> BTreeMap<&'a str, BTreeSet<String>> {
    let mut imports: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for class in classes {
        for name in class.shape.words() {
            let found = home.get(name).or_else(|| home.get(name.strip_suffix("Dict")?));
            if let Some(other) = found.filter(|other| **other != module) {
                imports.entry(other).or_default().insert(name.to_owned());
            }
        }
    }
    imports
}
