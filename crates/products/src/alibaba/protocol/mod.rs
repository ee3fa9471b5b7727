//! Protocols of Alibaba's APIs: APIs with resources ([`resources`]) and APIs with actions ([`actions`]).

pub(super) mod actions;
pub(super) mod resources;
