//! Each rule of the registries, seen from the operations. Every answer and every refusal is held against the spec.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod images;
mod instances;
mod lifecycles;
mod namespaces;
mod paging;
mod random;
mod repositories;
mod rules;
mod spec;
mod triggers;
mod users;

use super::HANDLERS;
use crate::handler::Context;
use crate::input::Input;
use crate::refusal::Refusal;
use serde_json::{Value, json};
use wharf_world::ack::tenancy::Owner;
use wharf_world::registry::Image;
use wharf_world::{Millis, World};

const START: Millis = 1_717_200_000_000;
const HOUR: Millis = 60 * 60 * 1_000;
const DAY: Millis = 24 * HOUR;

/// A world with someone who calls it.
struct Cloud {
    world: World,
    account: &'static str,
    region: &'static str,
}

impl Cloud {
    fn new() -> Self {
        Self { world: World::new(START), account: "100001", region: "ap-guangzhou" }
    }

    /// With a user for both accounts, and for the caller a namespace and a repository `team/app`.
    fn furnished() -> Self {
        let mut cloud = Self::new();
        for account in ["100002", "100001"] {
            cloud.account = account;
            cloud.ok("CreateUserPersonal", json!({"Password": "hunter2hunter2"}));
        }
        cloud.ok("CreateNamespacePersonal", json!({"Namespace": "team"}));
        cloud.ok("CreateRepositoryPersonal", json!({"RepoName": "team/app"}));
        cloud
    }

    fn call(&mut self, operation: &str, input: Value) -> Result<Value, Refusal> {
        let (_, handler) = HANDLERS.iter().find(|(name, _)| *name == operation).expect("a handler");
        let context = Context {
            account: self.account.to_owned(),
            sub: None,
            region: self.region.to_owned(),
            owner: Owner::default(),
            base_url: "http://127.0.0.1:4000".to_owned(),
            now: self.world.now(),
            api_servers: None,
        };
        spec::check_input(operation, &input);
        handler(&mut self.world, &context, Input(input.as_object().expect("an object")))
    }

    /// The answer, which has the form that the spec gives it.
    fn ok(&mut self, operation: &str, input: Value) -> Value {
        let answer = self.call(operation, input).unwrap_or_else(|refusal| panic!("{operation}: {refusal}"));
        spec::check_output(operation, &answer);
        answer
    }

    /// The refusal, whose code is one of the operation's or a public one.
    fn refused(&mut self, operation: &str, input: Value) -> Refusal {
        let refusal = self.call(operation, input).expect_err("a refusal");
        spec::check_code(operation, &refusal.code);
        assert!(!refusal.message.is_empty());
        refusal
    }

    fn code(&mut self, operation: &str, input: Value) -> String {
        self.refused(operation, input).code.into_owned()
    }

    /// The same call by the other account.
    fn foreign_code(&mut self, operation: &str, input: Value) -> String {
        self.account = "100002";
        let code = self.code(operation, input);
        self.account = "100001";
        code
    }

    fn push(&mut self, tag: &str, content: &str) -> String {
        self.world.push_image("100001", "team/app", tag, Image::new(content, 1_536)).unwrap()
    }

    fn wait(&mut self, time: Millis) {
        let then = self.world.now() + time;
        self.world.advance(then);
    }

    fn tags(&mut self) -> Vec<String> {
        let answer = self.ok("DescribeImagePersonal", json!({"RepoName": "team/app", "Limit": 100}));
        names(&answer["Data"]["TagInfo"], "TagName")
    }
}

fn names(list: &Value, field: &str) -> Vec<String> {
    list.as_array().unwrap().iter().map(|item| item[field].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_operation_of_the_spec_is_handled_and_the_table_is_sorted() {
    let handled: Vec<&str> = HANDLERS.iter().map(|(name, _)| *name).collect();
    assert!(handled.is_sorted());
    let documented = spec::operations();
    assert!(documented.iter().all(|name| handled.contains(name)));
    assert_eq!(documented.len(), 37);
}
