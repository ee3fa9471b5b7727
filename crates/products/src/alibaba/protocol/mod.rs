//! How Alibaba's APIs are called: those with resources ([`resources`]) and those with actions ([`actions`]).

pub(super) mod actions;
pub(super) mod resources;
