//! Options in Rust: fields of settings, setters of the builder, reading by name.

use super::file::{Entry, Field, FieldKind, Kind, Stored};
use super::table::{Family, Table};
use crate::Error;
use serde::Serialize;
use std::collections::BTreeSet;

/// The crates with code about options.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Crate {
    Core,
    Products,
    Facade,
}

/// Names that the code of a module imports.
pub(super) type Imports = BTreeSet<String>;

/// A field of a structure with settings.
#[derive(Serialize)]
pub(super) struct FieldView {
    doc: String,
    name: String,
    ty: String,
    default: String,
    /// Expression that `Debug` shows.
    shown: String,
}

#[derive(Serialize)]
pub(super) struct SetterView {
    docs: Vec<String>,
    name: String,
    parameters: String,
    body: String,
}

/// A function that reads an object.
#[derive(Serialize)]
pub(super) struct ObjectView {
    name: String,
    ty: String,
    /// Feature of the function; empty if all products have it.
    feature: String,
    needed: String,
    fields: Vec<String>,
}

/// Returns the path of a type as a crate writes it.
fn path(of: Crate, entry: &Entry, family: &Family, rust: &str) -> String {
    let full = match entry.kind {
        Kind::Word => format!("wharf_products::{}::{rust}", family.vendor),
        _ => rust.to_owned(),
    };
    match of {
        Crate::Core => full.replace("wharf_core::", "crate::"),
        Crate::Products => full.replace("wharf_products::", "crate::"),
        Crate::Facade => full,
    }
}

/// Returns the short name of an option's own type, and imports it.
fn own_type(of: Crate, entry: &Entry, family: &Family, imports: &mut Imports) -> String {
    let rust = entry.rust.as_deref().unwrap_or_default();
    let path = path(of, entry, family, rust);
    let name = path.rsplit("::").next().unwrap_or_default().to_owned();
    imports.insert(path);
    name
}

fn core(of: Crate, path: &str) -> String {
    format!("{}::{path}", if of == Crate::Core { "crate" } else { "wharf_core" })
}

/// Returns the field that stores an option; `None` if another option's field does.
pub(super) fn field(of: Crate, entry: &Entry, family: &Family, imports: &mut Imports) -> Option<FieldView> {
    if entry.kind == Kind::NoProxy || entry.stored == Stored::Vendor {
        return None;
    }
    let name = entry.field.clone().unwrap_or_else(|| entry.name.clone());
    let mut import = |path: String| {
        let name = path.rsplit("::").next().unwrap_or_default().to_owned();
        imports.insert(path);
        name
    };
    let (ty, default) = match entry.kind {
        Kind::Text | Kind::Url | Kind::Secret => ("Option<String>".to_owned(), "None".to_owned()),
        Kind::Bool => ("bool".to_owned(), entry.default_of(family).to_string()),
        Kind::Whole => ("usize".to_owned(), entry.default_of(family).to_string()),
        Kind::Seconds if entry.default.is_null() => {
            (format!("Option<{}>", import("std::time::Duration".to_owned())), "None".to_owned())
        }
        Kind::Seconds => {
            let duration = import("std::time::Duration".to_owned());
            (duration.clone(), format!("{duration}::from_secs({})", entry.default_of(family)))
        }
        Kind::Word => {
            let ty = own_type(of, entry, family, imports);
            let words = entry.words_of(family);
            let default = entry.default_of(family).as_str();
            let variant = words.iter().find(|(word, _)| Some(*word) == default).map_or("", |(_, variant)| variant);
            (ty.clone(), format!("{ty}::{variant}"))
        }
        Kind::Object => {
            let ty = own_type(of, entry, family, imports);
            match entry.optional {
                true => (format!("Option<{ty}>"), "None".to_owned()),
                false => (ty.clone(), format!("{ty}::default()")),
            }
        }
        Kind::Credentials => {
            let arc = import("std::sync::Arc".to_owned());
            let provider = import(core(of, "credentials::ProvideCredentials"));
            (format!("Option<{arc}<dyn {provider}>>"), "None".to_owned())
        }
        Kind::Interface => {
            let arc = import("std::sync::Arc".to_owned());
            let ty = own_type(of, entry, family, imports);
            match entry.many {
                true => (format!("Vec<{arc}<dyn {ty}>>"), "Vec::new()".to_owned()),
                false => (format!("Option<{arc}<dyn {ty}>>"), "None".to_owned()),
            }
        }
        Kind::Pem => ("Vec<Vec<u8>>".to_owned(), "Vec::new()".to_owned()),
        Kind::Path => (format!("Vec<{}>", import("std::path::PathBuf".to_owned())), "Vec::new()".to_owned()),
        Kind::Headers => (format!("Vec<(String, {})>", import(core(of, "model::Secret"))), "Vec::new()".to_owned()),
        Kind::Addresses => {
            let address = import("std::net::SocketAddr".to_owned());
            (format!("Vec<(String, {address})>"), "Vec::new()".to_owned())
        }
        Kind::Proxy => {
            let proxy = import(core(of, "transport::Proxy"));
            (proxy.clone(), format!("{proxy}::Environment"))
        }
        Kind::NoProxy => return None,
    };
    let shown = match entry.kind {
        Kind::Url => {
            imports.insert(core(of, "product::ShownUrl"));
            format!("&self.{name}.as_deref().map(ShownUrl)")
        }
        Kind::Pem => format!("&self.{name}.len()"),
        Kind::Headers => format!("&self.{name}.iter().map(|(name, _)| name).collect::<Vec<_>>()"),
        _ => format!("&self.{name}"),
    };
    let doc = entry.doc.split_once(". ").map_or_else(|| entry.doc.clone(), |(first, _)| format!("{first}."));
    Some(FieldView { doc, name, ty, default, shown })
}

impl Table {
    /// Returns the setter of an option in the builder.
    pub(super) fn setter(&self, entry: &Entry, family: &Family, imports: &mut Imports) -> SetterView {
        let name = entry.setter.clone().unwrap_or_else(|| entry.name.clone());
        let field = entry.field.as_deref().unwrap_or(&entry.name);
        let place =
            if entry.is_common() { format!("self.settings.{field}") } else { format!("self.vendor.settings.{field}") };
        let mut import = |path: &str| {
            imports.insert(path.to_owned());
        };
        let (ty, value) = match entry.kind {
            Kind::Text | Kind::Url => ("impl Into<String>".to_owned(), "value.into()".to_owned()),
            Kind::Secret => {
                import("wharf_core::model::Secret");
                ("impl Into<Secret>".to_owned(), "value.into()".to_owned())
            }
            Kind::Bool => ("bool".to_owned(), "value".to_owned()),
            Kind::Whole => ("usize".to_owned(), "value".to_owned()),
            Kind::Seconds => {
                import("std::time::Duration");
                ("Duration".to_owned(), "value".to_owned())
            }
            Kind::Word | Kind::Object => (own_type(Crate::Products, entry, family, imports), "value".to_owned()),
            Kind::Credentials => {
                import("std::sync::Arc");
                import("wharf_core::credentials::ProvideCredentials");
                ("impl ProvideCredentials + 'static".to_owned(), "Arc::new(value)".to_owned())
            }
            Kind::Interface if entry.many => {
                import("std::sync::Arc");
                let ty = own_type(Crate::Products, entry, family, imports);
                (format!("impl {ty} + 'static"), "Arc::new(value)".to_owned())
            }
            Kind::Interface => {
                import("std::sync::Arc");
                (format!("Arc<dyn {}>", own_type(Crate::Products, entry, family, imports)), "value".to_owned())
            }
            Kind::Pem => ("impl Into<Vec<u8>>".to_owned(), "value.into()".to_owned()),
            Kind::Path => {
                import("std::path::PathBuf");
                ("impl Into<PathBuf>".to_owned(), "value.into()".to_owned())
            }
            Kind::Headers => {
                import("wharf_core::model::Secret");
                (String::new(), "(name.into(), value.into())".to_owned())
            }
            Kind::Addresses => {
                import("std::net::SocketAddr");
                (String::new(), "(host.into(), address)".to_owned())
            }
            Kind::Proxy => {
                import("wharf_core::transport::Proxy");
                ("impl Into<String>".to_owned(), "Proxy::Url(value.into().into())".to_owned())
            }
            Kind::NoProxy => {
                import("wharf_core::transport::Proxy");
                (String::new(), "Proxy::None".to_owned())
            }
        };
        let parameters = match entry.kind {
            Kind::Addresses => ", host: impl Into<String>, address: SocketAddr".to_owned(),
            Kind::Headers => ", name: impl Into<String>, value: impl Into<Secret>".to_owned(),
            Kind::NoProxy => String::new(),
            _ => format!(", value: {ty}"),
        };
        let is_option = matches!(entry.kind, Kind::Text | Kind::Url | Kind::Credentials | Kind::Interface)
            || (entry.kind == Kind::Seconds && entry.default.is_null());
        let body = match entry.kind {
            _ if entry.stored == Stored::Vendor => format!("self.vendor.set_{}({value});", entry.name),
            Kind::Pem | Kind::Path | Kind::Headers | Kind::Addresses => format!("{place}.push({value});"),
            Kind::Interface if entry.many => format!("{place}.push({value});"),
            _ if is_option || entry.optional => format!("{place} = Some({value});"),
            _ => format!("{place} = {value};"),
        };
        SetterView { docs: self.setter_docs(entry, family), name, parameters, body }
    }
}

/// Returns the statement that reads an option by name and sets it.
pub(super) fn read(entry: &Entry, family: &Family) -> String {
    let name = &entry.name;
    let setter = entry.setter.as_deref().unwrap_or(name);
    let value = match entry.kind {
        Kind::Path => {
            return format!(
                "for path in options.texts(\"{name}\")?.unwrap_or_default() {{ builder = builder.{setter}(path); }}"
            );
        }
        Kind::Headers => {
            return format!(
                "for (header, value) in options.by_name(\"{name}\")? {{ builder = builder.{setter}(header, value); }}"
            );
        }
        Kind::Pem => {
            return format!(
                "for pem in options.texts(\"{name}\")?.unwrap_or_default() {{ builder = builder.{setter}(pem); }}"
            );
        }
        Kind::Addresses => {
            return format!(
                "for (host, address) in options.addresses(\"{name}\")? {{ builder = builder.{setter}(host, address); }}"
            );
        }
        Kind::NoProxy => {
            return format!("if options.truth(\"{name}\")? == Some(true) {{ builder = builder.{setter}(); }}");
        }
        Kind::Text | Kind::Url | Kind::Secret | Kind::Proxy => format!("options.text(\"{name}\")?"),
        Kind::Bool => format!("options.truth(\"{name}\")?"),
        Kind::Whole => format!("options.whole(\"{name}\")?"),
        Kind::Seconds => format!("options.seconds(\"{name}\")?"),
        Kind::Word => {
            let ty = path(Crate::Facade, entry, family, entry.rust.as_deref().unwrap_or_default());
            let words = entry.words_of(family);
            let words = words.iter().map(|(word, variant)| format!("(\"{word}\", {ty}::{variant})"));
            format!("options.word(\"{name}\", &[{}])?", words.collect::<Vec<_>>().join(", "))
        }
        Kind::Object | Kind::Credentials => format!("{name}(options)?"),
        Kind::Interface => return String::new(),
    };
    format!("if let Some(value) = {value} {{ builder = builder.{setter}(value); }}")
}

/// Returns the statement that reads an option of a call.
pub(super) fn read_for_call(entry: &Entry) -> Result<String, Error> {
    let name = &entry.name;
    let value = match entry.kind {
        Kind::Text => format!("options.text(\"{name}\")?.map(str::to_owned)"),
        Kind::Seconds => format!("options.seconds(\"{name}\")?"),
        Kind::Object => format!("{name}(options)?"),
        kind => {
            let place = format!("{}: {name}", super::table::PATH);
            return Err(Error::new(place, format!("scope: no option of a call is of the type {kind:?}")));
        }
    };
    Ok(format!("made.{name} = {value};"))
}

/// Returns the function that reads an option's object.
pub(super) fn object(entry: &Entry, family: &Family) -> Option<ObjectView> {
    if !matches!(entry.kind, Kind::Object | Kind::Credentials) {
        return None;
    }
    let needed = entry.fields.iter().filter(|field| field.required);
    let needed = needed.map(|field| format!("fields.needed(\"{}\")?", field.name)).collect::<Vec<_>>().join(", ");
    let fields = entry.fields.iter().filter(|field| !field.required).map(|field| {
        let setter = field.setter.as_deref().unwrap_or(&field.name);
        format!("if let Some(value) = {} {{ made = made.{setter}(value); }}", read_field(field))
    });
    Some(ObjectView {
        name: entry.name.clone(),
        ty: entry.rust.clone().unwrap_or_default(),
        feature: if entry.is_common() { String::new() } else { family.feature.clone() },
        needed,
        fields: fields.collect(),
    })
}

fn read_field(field: &Field) -> String {
    let name = &field.name;
    match field.kind {
        FieldKind::Text | FieldKind::Secret => format!("fields.text(\"{name}\")?"),
        FieldKind::Bool => format!("fields.truth(\"{name}\")?"),
        FieldKind::Seconds => format!("fields.seconds(\"{name}\")?"),
        FieldKind::Whole => format!("fields.whole(\"{name}\")?"),
        FieldKind::OneOf => {
            let ty = field.rust.as_deref().unwrap_or_default();
            let each = field.fields.iter().map(|inner| {
                let variant = inner.variant.as_deref().unwrap_or_default();
                match inner.kind {
                    FieldKind::Bool => {
                        format!("fields.truth(\"{}\")?.filter(|on| *on).map(|_| {ty}::{variant})", inner.name)
                    }
                    _ => format!("fields.text(\"{}\")?.map(|text| {ty}::{variant}(text.to_owned()))", inner.name),
                }
            });
            let each = each.collect::<Vec<_>>().join(", ");
            format!("fields.one_of(\"{name}\", |fields| Ok(vec![{each}]))?")
        }
    }
}
