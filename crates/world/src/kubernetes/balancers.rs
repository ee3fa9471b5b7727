//! Load balancers of services and Ingresses, as far as all clouds agree. What annotations say is for the engines.

use super::names::text;
use super::refusal::FieldFault;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;

/// What carries the class of an Ingress.
const INGRESS_CLASS: &str = "kubernetes.io/ingress.class";

/// The load balancer that the annotations of a service ask for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub private: bool,
    /// Where a private one has its address.
    pub subnet: Option<String>,
    /// One that is there already.
    pub existing: Option<String>,
    /// Why the service gets no balancer.
    pub missing: Option<Cow<'static, str>>,
}

/// The annotations of an object that is to be made.
#[derive(Debug, Clone, Copy)]
pub struct Notes<'o>(pub &'o Value);

impl<'o> Notes<'o> {
    /// The annotation of that name.
    pub fn get(self, name: &str) -> Option<&'o str> {
        self.0.pointer("/metadata/annotations")?.get(name)?.as_str()
    }

    /// The field of an annotation.
    pub fn field(name: &str) -> String {
        format!("metadata.annotations[{name}]")
    }

    /// A fault if the annotation is there and has none of the values.
    pub fn one_of(self, name: &str, known: &[&str]) -> Option<FieldFault> {
        let value = self.get(name).filter(|value| !known.contains(value))?;
        Some(FieldFault::not_supported(Self::field(name), value, known))
    }
}

/// Whether a cloud's own controller, which is that of a class, serves an Ingress: one of the class, or of none.
pub(super) fn serves_ingress(own: &str, ingress: &Value) -> bool {
    let class = Notes(ingress).get(INGRESS_CLASS).unwrap_or_else(|| text(ingress, "/spec/ingressClassName"));
    class.is_empty() || class == own
}
