//! The subcommands that talk to a running server.

use super::client::{Order, Remote, escaped};
use clap::Subcommand;
use serde_json::{Map, Value, json};
use std::error::Error;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use wharf_server::{read_world_file, write_world_file};

/// A subcommand that talks to a running server, and prints its answer as JSON.
#[derive(Subcommand)]
pub(crate) enum Control {
    /// Tells whether a server answers.
    Health,
    /// Shows what there is in a cloud: clusters, nodes, pods, pools, registries, work, planned events.
    State,
    /// Lists the clouds of a server, makes one with fresh keys, or ends one.
    Clouds {
        #[command(subcommand)]
        action: Option<Clouds>,
    },
    /// Shows world time, moves it on, sets its speed, or sets the server's clock wrong.
    Clock {
        /// Seconds by which world time moves on.
        #[arg(long, value_name = "SECONDS")]
        advance: Option<f64>,
        /// `manual`, or how many times faster than real time.
        #[arg(long)]
        speed: Option<String>,
        /// Seconds by which the clock is wrong that checks signatures.
        #[arg(long, value_name = "SECONDS", allow_hyphen_values = true)]
        skew: Option<i64>,
        /// End all tokens and temporary credentials.
        #[arg(long)]
        expire_tokens: bool,
    },
    /// Lists, adds and removes faults.
    Fault {
        #[command(subcommand)]
        action: Fault,
    },
    /// Lets something go wrong in the world, or puts it right. Without a kind it lists what can, and what has.
    Mishap {
        /// node_breaks, node_repaired, machine_reclaimed, sold_out, in_stock, next_fails or registry_fails.
        kind: Option<String>,
        /// Members such as node=ins-1a2b3c4d or point=cluster_creation.
        #[arg(value_name = "NAME=VALUE", value_parser = member)]
        members: Vec<(String, Value)>,
    },
    /// Lists accounts, adds keys and sub-accounts, removes keys.
    Account {
        #[command(subcommand)]
        action: Account,
    },
    /// Lists images, or registers one without a push.
    Image {
        #[command(subcommand)]
        action: Image,
    },
    /// Reads, follows and clears the journal.
    Journal {
        #[command(subcommand)]
        action: Journal,
    },
    /// Saves a whole cloud as a file, or loads one. The file holds the secrets of the cloud's keys.
    World {
        #[command(subcommand)]
        action: World,
    },
    /// Empties a cloud.
    Reset,
}

#[derive(Subcommand)]
pub(crate) enum Clouds {
    /// Lists the clouds.
    List,
    /// Makes a cloud, and prints its credentials.
    New {
        /// The region.
        #[arg(long)]
        region: Option<String>,
        /// `manual`, or how many times faster than real time.
        #[arg(long)]
        speed: Option<String>,
    },
    /// Ends a cloud.
    End {
        /// A key of the cloud.
        key: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum Fault {
    /// Lists the faults that wait for calls.
    List,
    /// Adds a fault.
    Add {
        /// throttle, refuse, status, delay, cut_before, cut_after, truncate, garbage, empty, content_type, compressed,
        /// drip or expired_token.
        kind: String,
        /// Parameters of the kind, such as code=InternalError or seconds=3.
        #[arg(value_name = "NAME=VALUE", value_parser = member)]
        members: Vec<(String, Value)>,
        /// Only calls of that product.
        #[arg(long)]
        product: Option<String>,
        /// Only calls of that operation.
        #[arg(long)]
        operation: Option<String>,
        /// Only calls of that account.
        #[arg(long)]
        account: Option<String>,
        /// Not the first so many calls.
        #[arg(long)]
        after: Option<u32>,
        /// Only that many calls.
        #[arg(long)]
        times: Option<u32>,
    },
    /// Removes a fault.
    Remove {
        /// Its identifier.
        id: String,
    },
    /// Removes all faults.
    Clear,
}

#[derive(Subcommand)]
pub(crate) enum Account {
    /// Lists the accounts, without secrets.
    List,
    /// Adds a fresh key to an account, which may be new.
    Key {
        /// The account.
        #[arg(long)]
        account: Option<String>,
    },
    /// Adds a sub-account with a fresh key.
    Sub {
        /// Its name.
        name: String,
        /// The account.
        #[arg(long)]
        account: Option<String>,
        /// A policy in a file, as tencent=FILE, huawei=FILE or alibaba=FILE; may be repeated.
        #[arg(long, value_name = "VENDOR=FILE")]
        policy: Vec<String>,
    },
    /// Removes a key.
    RemoveKey {
        /// The key's identifier.
        id: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum Image {
    /// Lists the images of all registries.
    List,
    /// Registers an image.
    Add {
        /// Namespace and name of the repository, such as team/web.
        repository: String,
        /// The tag.
        tag: String,
        /// A registry instance; the personal edition without one.
        #[arg(long)]
        registry: Option<String>,
        /// Bytes of the image.
        #[arg(long)]
        size: Option<u64>,
    },
}

#[derive(Subcommand)]
pub(crate) enum Journal {
    /// Lists requests.
    List {
        /// Filters such as product=tke, status=403 or limit=10.
        #[arg(value_name = "NAME=VALUE", value_parser = filter)]
        filters: Vec<(String, String)>,
    },
    /// Shows one request.
    Show {
        /// Its sequence number.
        sequence: u64,
    },
    /// Prints requests as they are answered, one line each.
    Follow {
        /// Filters such as product=tke or code=InternalError.
        #[arg(value_name = "NAME=VALUE", value_parser = filter)]
        filters: Vec<(String, String)>,
    },
    /// Forgets all requests.
    Clear,
}

#[derive(Subcommand)]
pub(crate) enum World {
    /// Saves the cloud.
    Save {
        /// The file; `-` for standard output.
        file: PathBuf,
    },
    /// Replaces the cloud by that of a file.
    Load {
        /// The file; `-` for standard input.
        file: PathBuf,
    },
}

/// Splits `name=value`.
fn filter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').filter(|(name, _)| !name.is_empty()).ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Splits `name=value`. The value is JSON, or else a text.
fn member(text: &str) -> Result<(String, Value), String> {
    let (name, value) = filter(text)?;
    let json = serde_json::from_str(&value).ok();
    Ok((name, json.unwrap_or(Value::String(value))))
}

impl Control {
    /// Sends the request, and prints the answer.
    pub(crate) async fn run(self, remote: &Remote) -> Result<(), Box<dyn Error>> {
        let order = match self {
            Self::Journal { action: Journal::Follow { filters } } => {
                let order = Order::new("GET", with_query("journal/stream", &filters));
                return remote.follow(order, |line| write(&format!("{line}\n"))).await;
            }
            Self::World { action: World::Save { file } } => {
                let saved = remote.send(Order::new("GET", "world")).await?;
                let text = std::str::from_utf8(&saved)?;
                if file == Path::new("-") {
                    return write(text);
                }
                write_world_file(&file, text).map_err(|error| format!("{}: {error}", file.display()))?;
                return Ok(());
            }
            other => other.order()?,
        };
        let answer = remote.send(order).await?;
        if answer.is_empty() {
            return Ok(());
        }
        let answer: Value = serde_json::from_slice(&answer)?;
        write(&format!("{answer:#}\n"))
    }

    fn order(self) -> Result<Order, Box<dyn Error>> {
        Ok(match self {
            Self::Health => Order::of_server("GET", "health"),
            Self::State => Order::new("GET", "state"),
            Self::Clouds { action } => clouds(action.unwrap_or(Clouds::List)),
            Self::Clock { advance: None, speed: None, skew: None, expire_tokens: false } => Order::new("GET", "clock"),
            Self::Clock { advance, speed, skew, expire_tokens } => {
                let mut body = Map::new();
                put(&mut body, "advance", advance);
                put(&mut body, "speed", speed.map(|text| speed_json(&text)));
                put(&mut body, "skew", skew);
                put(&mut body, "expire_tokens", expire_tokens.then_some(true));
                Order::new("POST", "clock").json(&body.into())
            }
            Self::Fault { action } => fault(action),
            Self::Mishap { kind: None, .. } => Order::new("GET", "mishaps"),
            Self::Mishap { kind: Some(kind), members } => {
                let mut body = Map::from_iter(members);
                body.insert("kind".to_owned(), kind.into());
                Order::new("POST", "mishaps").json(&body.into())
            }
            Self::Account { action } => account(action)?,
            Self::Image { action } => image(action),
            Self::Journal { action } => match action {
                Journal::List { filters } => Order::new("GET", with_query("journal", &filters)),
                Journal::Show { sequence } => Order::new("GET", format!("journal/{sequence}")),
                Journal::Follow { filters } => Order::new("GET", with_query("journal/stream", &filters)),
                Journal::Clear => Order::new("DELETE", "journal"),
            },
            Self::World { action } => match action {
                World::Save { .. } => Order::new("GET", "world"),
                World::Load { file } => {
                    let text = read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
                    Order { body: Some(text.into()), ..Order::new("PUT", "world") }
                }
            },
            Self::Reset => Order::new("POST", "reset"),
        })
    }
}

fn clouds(action: Clouds) -> Order {
    match action {
        Clouds::List => Order::of_server("GET", "clouds"),
        Clouds::New { region, speed } => {
            let mut body = Map::new();
            put(&mut body, "region", region);
            put(&mut body, "speed", speed.map(|text| speed_json(&text)));
            Order::of_server("POST", "clouds").json(&body.into())
        }
        Clouds::End { key } => Order::of_server("DELETE", format!("clouds/{}", escaped(&key))),
    }
}

fn fault(action: Fault) -> Order {
    match action {
        Fault::List => Order::new("GET", "faults"),
        Fault::Add { kind, members, product, operation, account, after, times } => {
            let mut effect = Map::from_iter(members);
            effect.insert("kind".to_owned(), kind.into());
            let mut body = Map::from_iter([("effect".to_owned(), effect.into())]);
            put(&mut body, "product", product);
            put(&mut body, "operation", operation);
            put(&mut body, "account", account);
            put(&mut body, "after", after);
            put(&mut body, "times", times);
            Order::new("POST", "faults").json(&body.into())
        }
        Fault::Remove { id } => Order::new("DELETE", format!("faults/{}", escaped(&id))),
        Fault::Clear => Order::new("DELETE", "faults"),
    }
}

fn account(action: Account) -> Result<Order, Box<dyn Error>> {
    Ok(match action {
        Account::List => Order::new("GET", "accounts"),
        Account::Key { account } => {
            let mut body = Map::new();
            put(&mut body, "account", account);
            Order::new("POST", "accounts").json(&body.into())
        }
        Account::Sub { name, account, policy } => {
            let policies = policy.iter().map(|text| {
                let (vendor, file) = text.split_once('=').ok_or("a policy is VENDOR=FILE")?;
                let document = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
                let document: Value = serde_json::from_str(&document).map_err(|error| format!("{file}: {error}"))?;
                Ok(json!({"vendor": vendor, "document": document}))
            });
            let policies = policies.collect::<Result<Vec<Value>, Box<dyn Error>>>()?;
            let mut body = Map::from_iter([("name".to_owned(), name.into()), ("policies".to_owned(), policies.into())]);
            put(&mut body, "account", account);
            Order::new("POST", "accounts/sub-accounts").json(&body.into())
        }
        Account::RemoveKey { id } => Order::new("DELETE", format!("accounts/keys/{}", escaped(&id))),
    })
}

fn image(action: Image) -> Order {
    match action {
        Image::List => Order::new("GET", "images"),
        Image::Add { repository, tag, registry, size } => {
            let names = [("repository".to_owned(), repository.into()), ("tag".to_owned(), tag.into())];
            let mut body = Map::from_iter(names);
            put(&mut body, "registry", registry);
            put(&mut body, "size", size);
            Order::new("POST", "images").json(&body.into())
        }
    }
}

/// Adds a member, if it is set.
fn put(body: &mut Map<String, Value>, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        body.insert(name.to_owned(), value.into());
    }
}

/// `manual` or a number; the server refuses everything else.
fn speed_json(text: &str) -> Value {
    text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from)
}

fn with_query(path: &str, filters: &[(String, String)]) -> String {
    let pairs: Vec<String> =
        filters.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

fn read(file: &Path) -> std::io::Result<String> {
    if file != Path::new("-") {
        return read_world_file(file);
    }
    let mut text = String::new();
    std::io::stdin().lock().read_to_string(&mut text)?;
    Ok(text)
}

fn write(text: &str) -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}
