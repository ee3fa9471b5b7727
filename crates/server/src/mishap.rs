//! Mishaps of the world: what goes wrong without a fault of the API, and how it is put right.

mod names;
mod order;

use crate::{Cloud, Problem};
use names::{FAULTS, POINTS};
pub(crate) use names::{fault_name, point_name};
use serde_json::{Value, json};
use wharf_world::kernel::engine::Engine;
use wharf_world::registry::InstanceState;
use wharf_world::{FailurePoint, MachineFault, World, ack, cce, ccs, tke};

/// Work that may wait to fail at the same time, and bytes of its reason.
const MOST_WAITING: usize = 1_000;
const LONGEST_REASON: usize = 1_000;

/// Something that goes wrong in the world, or is put right.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mishap {
    /// The machine of a node gets a fault.
    NodeBreaks {
        /// The node.
        node: Node,
        /// What goes wrong.
        fault: MachineFault,
    },
    /// The machine of a node is repaired.
    NodeRepaired {
        /// The node.
        node: Node,
        /// What is repaired; everything if nothing is named.
        fault: Option<MachineFault>,
    },
    /// The cloud takes the machine of a node back, as it does with spot instances.
    MachineReclaimed {
        /// The node.
        node: Node,
    },
    /// A zone or a type of machine has no stock.
    SoldOut(Stock),
    /// A zone or a type of machine has stock again.
    InStock(Stock),
    /// The next work of a kind fails.
    NextFails {
        /// The kind of work.
        point: FailurePoint,
        /// The reason that the cloud states.
        reason: String,
    },
    /// The creation of a registry instance fails.
    RegistryFails {
        /// The instance, which is being created.
        registry: String,
        /// The reason that the cloud states.
        reason: String,
    },
}

/// A node: the identifier of its machine or its name in Kubernetes, and its cluster if several have the name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The cluster's identifier.
    pub cluster: Option<String>,
    /// The machine or the name.
    pub name: String,
}

/// What can be out of stock. What is not named is the cloud's default, or all there is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stock {
    /// The product whose vendor sells the machines.
    pub product: String,
    /// The account. By default that of the cloud's first key.
    pub account: Option<String>,
    /// The region. By default the cloud's.
    pub region: Option<String>,
    /// The zone. By default all zones of the region.
    pub zone: Option<String>,
    /// The type of machine. By default all types.
    pub instance_type: Option<String>,
}

impl Mishap {
    /// Reads a mishap in JSON, as the control API describes it.
    ///
    /// # Errors
    /// The member that is wrong, and what is expected.
    pub fn from_json(order: Value) -> Result<Self, Problem> {
        order::read(order)
    }
}

impl Cloud {
    /// Lets something go wrong in the world, or puts it right. Returns what it happened to.
    ///
    /// # Errors
    /// If there is no such node, product, region, zone or registry, or if it cannot happen now.
    pub fn mishap(&self, mishap: &Mishap) -> Result<Vec<String>, Problem> {
        self.with_world(|world| match mishap {
            Mishap::NodeBreaks { node, fault } => {
                let machine = find(world, node)?;
                let done = world.break_machine(&machine, *fault);
                changed(done, machine, "node", "the node is not ready, or has the fault", "a node that is ready")
            }
            Mishap::NodeRepaired { node, fault } => {
                let machine = find(world, node)?;
                let there = faults_of(world, &machine);
                let repaired: Vec<MachineFault> = match fault {
                    None => there,
                    Some(fault) => there.into_iter().filter(|there| there == fault).collect(),
                };
                repaired.iter().for_each(|fault| world.repair_machine(&machine, *fault));
                changed(!repaired.is_empty(), machine, "node", "the machine has no such fault", "a fault that it has")
            }
            Mishap::MachineReclaimed { node } => {
                let machine = find(world, node)?;
                let done = world.reclaim_machine(&machine);
                changed(done, machine, "node", "the node leaves already", "a node that stays")
            }
            Mishap::SoldOut(stock) => self.stock(world, stock, true),
            Mishap::InStock(stock) => self.stock(world, stock, false),
            Mishap::NextFails { point, reason } => {
                if world.planned_failures().len() >= MOST_WAITING {
                    let message = format!("{MOST_WAITING} pieces of work are to fail, which is the most");
                    return Err(Problem::too_many("point", message, "fewer"));
                }
                world.fail_next(*point, reason.clone());
                Ok(vec![point_name(*point).to_owned()])
            }
            Mishap::RegistryFails { registry, reason } => {
                let now = world.now();
                let there = world.registry.all_instances().iter().find(|instance| instance.id() == registry);
                let unknown = || Problem::unknown("registry", format!("no registry {registry:?}"), "a registry");
                if there.ok_or_else(unknown)?.state(now) == InstanceState::Running {
                    let message = "the registry has been created";
                    return Err(Problem::conflict("registry", message, "a registry that is being created"));
                }
                world.registry.fail_instance(registry, reason).map_err(|error| {
                    Problem::conflict("registry", error.to_string(), "a registry that is being created")
                })?;
                Ok(vec![registry.clone()])
            }
        })
    }

    fn stock(&self, world: &mut World, stock: &Stock, sold_out: bool) -> Result<Vec<String>, Problem> {
        let account = stock.account.clone().unwrap_or_else(|| self.account());
        let region = stock.region.clone().unwrap_or_else(|| self.region().to_owned());
        if !self.gateway.accounts.keys().iter().any(|key| key.account == account) {
            return Err(Problem::unknown("account", format!("no account {account:?}"), "an account of the cloud"));
        }
        let known = self.regions().contains(&region) || crate::gateway::known_region(&region);
        if !known {
            return Err(Problem::unknown("region", format!("no region {region:?}"), self.regions().join(", ")));
        }
        let (kind, zone) = (stock.instance_type.as_deref().unwrap_or(""), stock.zone.as_deref().unwrap_or(""));
        let engine: &'static dyn Engine = match stock.product.as_str() {
            "tke" => &tke::ENGINE,
            "ccs" => &ccs::ENGINE,
            "cce" => &cce::ENGINE,
            "ack" => &ack::ENGINE,
            other => {
                let message = format!("no product {other:?} has machines");
                return Err(Problem::unknown("product", message, "tke, ccs, cce, ack"));
            }
        };
        let zones = world.zones(engine, &account, &region);
        if !zone.is_empty() && !zones.iter().any(|known| known == zone) {
            return Err(Problem::unknown("zone", format!("no zone {zone:?} in {region}"), zones.join(", ")));
        }
        let mut realm = world.realm(engine, &account, &region);
        if sold_out {
            realm.sell_out(kind, zone);
        } else {
            realm.restock(kind, zone);
        }
        let all = |text: &str| if text.is_empty() { "*".to_owned() } else { text.to_owned() };
        Ok(vec![format!("{}/{}", all(zone), all(kind))])
    }

    /// What can go wrong in the world, and what has.
    pub(crate) fn mishaps(&self) -> Value {
        let names = |faults: &[MachineFault]| faults.iter().map(|fault| fault_name(*fault)).collect::<Vec<_>>();
        self.with_world(|world| {
            let waiting = world.planned_failures().iter();
            let waiting = waiting.map(|failure| json!({"point": point_name(failure.point), "reason": failure.reason}));
            let waiting: Vec<Value> = waiting.collect();
            let (mut broken, mut sold_out) = (Vec::new(), Vec::new());
            for (key, realm) in world.realms() {
                for cluster in realm.clusters.iter() {
                    broken.extend(cluster.nodes.iter().filter(|node| !node.faults.is_empty()).map(|node| {
                        let faults = names(&node.faults);
                        json!({"cluster": cluster.id, "node": node.name, "machine": node.machine, "faults": faults})
                    }));
                }
                sold_out.extend(realm.sold_out.iter().map(|(kind, zone)| {
                    json!({
                        "product": key.vendor, "account": key.account, "region": key.region, "zone": zone,
                        "instance_type": kind,
                    })
                }));
            }
            json!({
                "machine_faults": FAULTS.map(|(name, _)| name), "points": POINTS.map(|(name, _)| name),
                "waiting": waiting, "broken": broken, "sold_out": sold_out,
            })
        })
    }
}

/// The machine of a node.
fn find(world: &World, node: &Node) -> Result<String, Problem> {
    if let Some(cluster) = &node.cluster
        && !world.realms().any(|(_, realm)| realm.clusters.contains(cluster))
    {
        return Err(Problem::unknown("cluster", format!("no cluster {cluster:?}"), "a cluster of the cloud"));
    }
    match world.find_nodes(node.cluster.as_deref(), &node.name).as_slice() {
        [(_, machine)] => Ok(machine.clone()),
        [] => Err(Problem::unknown("node", format!("no node {:?}", node.name), "a node of a cluster")),
        several => {
            let clusters: Vec<&str> = several.iter().map(|(cluster, _)| cluster.as_str()).collect();
            let message = format!("several clusters have a node {:?}", node.name);
            Err(Problem::conflict("cluster", message, clusters.join(", ")))
        }
    }
}

fn faults_of(world: &World, machine: &str) -> Vec<MachineFault> {
    let clusters = world.realms().flat_map(|(_, realm)| realm.clusters.iter());
    clusters.filter_map(|cluster| cluster.nodes.get(machine)).flat_map(|node| node.faults.clone()).collect()
}

fn changed(done: bool, what: String, place: &str, message: &str, expected: &str) -> Result<Vec<String>, Problem> {
    if done { Ok(vec![what]) } else { Err(Problem::conflict(place, message, expected)) }
}
