//! One sequence. At some moment the cloud is saved; the rest of the sequence runs once more in a cloud that was loaded, which
//! must answer the same and end as the same world.

use crate::client::LIMITS;
use crate::input::Maker;
use crate::known::Known;
use crate::random::Random;
use crate::recipes::{Recipe, recipes};
use crate::{lists, unfinished, wire};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;
use std::time::{Duration, UNIX_EPOCH};
use wharf_core::credentials::Credentials;
use wharf_server::{Coverage, Releases, Server, Time};
use wharf_spec::{Catalog, Operation, Product};
use wharf_world::{FailurePoint, MachineFault, World};

/// Calls of a sequence at most, after those that it begins with.
const MOST_CALLS: usize = 8;
/// By when all work must have ended.
const LONGEST_WORK: Duration = Duration::from_secs(2 * 60 * 60);
/// How often a shorter sequence is tried.
const ATTEMPTS: usize = 300;

const FAILURES: [FailurePoint; 11] = [
    FailurePoint::ClusterCreation,
    FailurePoint::ClusterDeletion,
    FailurePoint::NodeCreation,
    FailurePoint::ClusterUpgrade,
    FailurePoint::AddonInstallation,
    FailurePoint::AddonUpgrade,
    FailurePoint::ImageCache,
    FailurePoint::ReleaseInstallation,
    FailurePoint::ReleaseUpgrade,
    FailurePoint::UpgradeCheck,
    FailurePoint::NodeWork,
];

/// The operations that are simulated, with their products.
pub(crate) struct Simulated {
    pub(crate) products: Vec<Product>,
    /// Product and operation, by index.
    pub(crate) operations: Vec<(usize, usize)>,
    recipes: Vec<(Recipe, usize, usize)>,
}

pub(crate) static SIMULATED: LazyLock<Simulated> = LazyLock::new(|| {
    let coverage = Coverage::of_this_server();
    let unsimulated: BTreeMap<(&str, &str), _> =
        coverage.products.iter().map(|one| ((one.product, one.version), &one.unsimulated)).collect();
    let products = Catalog::embedded().unwrap().products().to_vec();
    let mut operations = Vec::new();
    for (place, product) in products.iter().enumerate().filter(|(_, product)| product.name != "sts") {
        let out = unsimulated.get(&(product.name.as_str(), product.version.as_str()));
        let simulated = product.operations.iter().enumerate().filter(|(_, operation)| {
            // Logins are no part of the world. Keys of certificates are really random.
            let is_random = ["Cert", "Kubeconfig"].iter().any(|part| operation.name.contains(part));
            let is_of_world = operation.service != wharf_spec::SHARED && !is_random;
            is_of_world && !out.is_some_and(|out| out.contains(&operation.name.as_str()))
        });
        operations.extend(simulated.map(|(operation, _)| (place, operation)));
    }
    let find = |recipe: Recipe| {
        let fits = |product: &Product| {
            product.name == recipe.product
                && recipe.version.as_ref().map_or(product.default, |version| *version == product.version)
        };
        let place = products.iter().position(fits).unwrap();
        let operation = products[place].operations.iter().position(|operation| operation.name == recipe.call);
        let operation = operation.unwrap_or_else(|| panic!("{} has no {}", recipe.product, recipe.call));
        (recipe, place, operation)
    };
    let recipes = recipes().into_iter().map(find).collect();
    Simulated { products, operations, recipes }
});

/// A step of a sequence.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Call {
        product: usize,
        operation: usize,
        input: Map<String, Value>,
    },
    Advance(Duration),
    /// Something is to fail.
    Fail(FailurePoint),
    /// A machine breaks; which one, depends on the number.
    Break(usize),
    /// An image is pushed to the personal registry.
    Push(String, String),
    /// The cloud is saved. What follows runs in a loaded cloud too.
    Save,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call { product, operation, input } => {
                let product = &SIMULATED.products[*product];
                let operation = &product.operations[*operation].name;
                write!(f, "{} {} {operation} {}", product.name, product.version, Value::Object(input.clone()))
            }
            other => write!(f, "{other:?}"),
        }
    }
}

/// What does not hold, and the steps until then.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) message: String,
    steps: Vec<Step>,
}

/// A cloud, and what is known of it.
pub(crate) struct Cloud {
    server: Server,
    known: Known,
}

/// A cloud that was saved, and what has happened to it since.
struct Saved {
    text: String,
    now: u64,
    /// The steps, with the answers to calls.
    since: Vec<(Step, Option<Answer>)>,
}

/// Status and body of an answer.
type Answer = (u16, Value);

/// The account of the sequences.
const ACCOUNT: &str = "100000000001";
/// When the sequences begin, since 1970.
const START: Duration = Duration::from_secs(1_717_200_000);
/// Steps with which a sequence begins.
const BEGINNING: usize = 4;

/// A server whose time begins then.
async fn server(start: Duration) -> Server {
    let builder = Server::builder()
        .releases(Releases::Documents)
        .credentials(Credentials::new("AKIDsequences", "a-key-of-sequences"));
    let builder = builder.time(Time::Manual).start_of_time(UNIX_EPOCH + start);
    let builder = builder.rate_limits(false).diagnose_signatures(false).journal_capacity(4).without_socket();
    builder.start().await.unwrap()
}

/// Runs the steps, or those that the seed gives.
pub(crate) async fn run(seed: u64, steps: Option<&[Step]>) -> Result<(), Failure> {
    let mut random = Random::new(seed);
    let mut cloud = Cloud { server: server(START).await, known: Known::default() };
    let count = steps.map_or(BEGINNING + 4 + random.below(MOST_CALLS), <[Step]>::len);
    let saves_at = BEGINNING + random.below(count.saturating_sub(BEGINNING).max(1));
    let mut done: Vec<Step> = Vec::new();
    let mut saved = None;
    for place in 0..count {
        let step = match steps {
            Some(steps) => steps[place].clone(),
            None if place == saves_at => Step::Save,
            None => cloud.next_step(place, &mut random),
        };
        done.push(step.clone());
        let result = match step {
            Step::Save => cloud.save().map(|new| saved = Some(new)),
            step => cloud.take(&step).await.map(|answer| {
                if let Some(saved) = &mut saved {
                    saved.since.push((step, answer));
                }
            }),
        };
        if let Err(message) = result {
            return Err(Failure { message, steps: done });
        }
    }
    cloud.end(saved).await.map_err(|message| Failure { message, steps: done })
}

/// Cuts steps out as long as something does not hold.
pub(crate) async fn shrink(seed: u64, failure: Failure) -> (Vec<String>, Failure) {
    let mut shortest = failure;
    let mut attempts = 0;
    let mut size = (shortest.steps.len() / 2).max(1);
    loop {
        let mut place = 0;
        let before = shortest.steps.len();
        while place < shortest.steps.len() && attempts < ATTEMPTS {
            attempts += 1;
            let end = (place + size).min(shortest.steps.len());
            let rest = [&shortest.steps[..place], &shortest.steps[end..]].concat();
            match run(seed, Some(&rest)).await {
                Err(shorter) => shortest = shorter,
                Ok(()) => place = end,
            }
        }
        if attempts >= ATTEMPTS || size == 1 && shortest.steps.len() == before {
            break;
        }
        size = (size / 2).max(1);
    }
    (shortest.steps.iter().map(Step::to_string).collect(), shortest)
}

impl Cloud {
    /// The next step of the sequence: at first something is made in some products, and time passes.
    fn next_step(&self, place: usize, random: &mut Random) -> Step {
        if place < BEGINNING - 1 {
            let first: Vec<_> = SIMULATED.recipes.iter().filter(|(recipe, ..)| recipe.first).collect();
            let first = random.one(&first);
            return self.follow(first, random);
        }
        if place == BEGINNING - 1 {
            return Step::Advance(Duration::from_secs(300));
        }
        match random.below(100) {
            0..48 => self.follow(random.one(&SIMULATED.recipes), random),
            48..76 => {
                let (product, operation) = *random.one(&SIMULATED.operations);
                let (known, server) = (&self.known, &self.server);
                let of = &SIMULATED.products[product];
                let mut maker = Maker { product: of, server, known, random };
                let input = maker.input(&of.operations[operation].input, 0);
                Step::Call { product, operation, input }
            }
            76..90 => Step::Advance(Duration::from_secs(*random.one(&[1, 5, 15, 40, 120, 400, 3_000]))),
            90..92 => Step::Fail(*random.one(&FAILURES)),
            92..94 => Step::Break(random.below(100)),
            _ => Step::Push(format!("{0}/{0}", random.one(&["web", "db", "cache"])), "v1".to_owned()),
        }
    }

    fn follow(&self, (recipe, product, operation): &(Recipe, usize, usize), random: &mut Random) -> Step {
        let input = recipe.fill(&self.server, &self.known, random);
        Step::Call { product: *product, operation: *operation, input }
    }

    /// Takes a step. Returns the answer if it is a call.
    async fn take(&mut self, step: &Step) -> Result<Option<Answer>, String> {
        match step {
            Step::Call { product, operation, input } => {
                let product = &SIMULATED.products[*product];
                let answer = self.call(product, &product.operations[*operation], input).await?;
                self.known.learn(&product.name, "", &answer.1);
                return Ok(Some(answer));
            }
            Step::Advance(time) => self.server.advance(*time),
            Step::Fail(point) => self.server.with_world(|world| world.fail_next(*point, "it is to fail")),
            Step::Break(number) => self.server.with_world(|world| {
                let machines = machines(world);
                if !machines.is_empty() {
                    world.break_machine(&machines[number % machines.len()], MachineFault::Kubelet);
                }
            }),
            Step::Push(repository, tag) => self.server.with_world(|world| {
                let image = wharf_world::registry::Image::new("layer", 1_000);
                drop(world.push_image(ACCOUNT, repository, tag, image));
            }),
            Step::Save => {}
        }
        Ok(None)
    }

    /// Sends a call. Returns status and body.
    pub(crate) async fn call(
        &self,
        product: &Product,
        operation: &Operation,
        input: &Map<String, Value>,
    ) -> Result<Answer, String> {
        let request = wire::request(&self.server, product, operation, input);
        let answer = self.server.transport().send(request, LIMITS).await.map_err(|error| error.to_string())?;
        let status = answer.status().as_u16();
        let text = String::from_utf8_lossy(answer.body());
        if status == 500 || text.contains("AuthFailure") || text.contains("InternalError\"") {
            return Err(format!("{}: {status} {text}", operation.name));
        }
        let mut body = serde_json::from_slice(answer.body()).unwrap_or(Value::Null);
        mask(&mut body);
        Ok((status, body))
    }

    fn save(&self) -> Result<Saved, String> {
        let (now, text) = (self.server.now(), self.server.with_world(|world| world.save()));
        self.consistent()?;
        Ok(Saved { text, now, since: Vec::new() })
    }

    fn consistent(&self) -> Result<(), String> {
        match self.server.with_world(|world| world.check()).first() {
            Some(problem) => Err(format!("{}: {}", problem.path, problem.message)),
            None => Ok(()),
        }
    }

    /// What holds after the last step, and when nothing has been done for long.
    async fn end(&mut self, saved: Option<Saved>) -> Result<(), String> {
        self.consistent()?;
        self.server.advance(LONGEST_WORK);
        let end = self.server.with_world(|world| world.save());
        self.consistent()?;
        let state: Value = serde_json::from_str(&end).unwrap();
        if let Some(work) = unfinished::work(&state["state"]).first() {
            return Err(format!("work goes on after {LONGEST_WORK:?}: {work}"));
        }
        // Reading makes what an account finds in a region when it is first asked for, so it comes last.
        lists::agree(self, &self.known).await?;
        match saved {
            Some(saved) => repeat(saved, &end).await,
            None => Ok(()),
        }
    }

    /// The server that simulates the cloud.
    pub(crate) fn server(&self) -> &Server {
        &self.server
    }
}

/// Runs what has happened since a cloud was saved once more, in a cloud that is loaded. It must answer the same and end as
/// the same world.
async fn repeat(saved: Saved, end: &str) -> Result<(), String> {
    let loaded = World::load(&saved.text).map_err(|error| format!("the saved world is refused: {error}"))?;
    let again = loaded.save();
    if again != saved.text {
        return Err(format!("the loaded world differs: {}", difference(&saved.text, &again)));
    }
    let mut cloud = Cloud { server: server(Duration::from_millis(saved.now)).await, known: Known::default() };
    cloud.server.with_world(|world| *world = loaded);
    for (step, answer) in &saved.since {
        let other = cloud.take(step).await?;
        if other != *answer {
            let text = |answer: &Option<Answer>| answer.as_ref().map(|(_, body)| body.to_string()).unwrap_or_default();
            let part = difference(&text(answer), &text(&other));
            return Err(format!("the cloud that was loaded answers otherwise to {step}: {part}"));
        }
    }
    cloud.server.advance(LONGEST_WORK);
    let other = cloud.server.with_world(|world| world.save());
    if other == end {
        return Ok(());
    }
    Err(format!("the world that was loaded went another way: {}", difference(end, &other)))
}

/// The machines that are nodes of clusters.
fn machines(world: &mut World) -> Vec<String> {
    let realm = world.tke(ACCOUNT, "ap-guangzhou");
    realm.realm.clusters.iter().flat_map(|cluster| cluster.nodes.iter()).map(|node| node.machine.clone()).collect()
}

/// Takes out what differs between two answers to the same call: the identifier of the request.
fn mask(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(mask),
        Value::Object(members) => {
            for (name, value) in members.iter_mut() {
                if name.to_lowercase().replace('_', "") == "requestid" && value.is_string() {
                    *value = json!("");
                }
                mask(value);
            }
        }
        _ => {}
    }
}

/// The first place at which two texts differ.
fn difference(left: &str, right: &str) -> String {
    let at = left.bytes().zip(right.bytes()).take_while(|(one, other)| one == other).count();
    let part = |text: &str| {
        let bytes = &text.as_bytes()[at.saturating_sub(150).min(text.len())..(at + 150).min(text.len())];
        String::from_utf8_lossy(bytes).into_owned()
    };
    format!("`{}` and `{}`", part(left), part(right))
}
