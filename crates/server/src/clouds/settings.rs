//! What clouds are made of: what all clouds of a server share, and what each has.

use super::CloudTag;
use crate::accounts::{Accounts, Setup};
use crate::catalog::Catalog;
use crate::clock::{Time, WorldClock};
use crate::distribution::{self, Store};
use crate::doctor::Doctor;
use crate::error::StartError;
use crate::fault::Faults;
use crate::gateway::{Gate, Gateway, Identity, Ram, Reading};
use crate::journal::Journal;
use crate::kubernetes::ApiServers;
use crate::limit::RateLimit;
use crate::unsimulated::{Edition, Unsimulated};
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tokio::runtime::Handle;
use wharf_world::infra::offers::{REGIONS, Releases};
use wharf_world::{Millis, World};

/// What all clouds of a server share.
#[derive(Clone)]
pub(crate) struct Common {
    pub(crate) catalog: &'static Catalog,
    /// Bytes of requests that are being read.
    pub(crate) reading: Arc<Reading>,
    /// Determines why signatures are wrong, if enabled.
    pub(crate) doctor: Option<Arc<Doctor>>,
    /// The layers of pushed images.
    pub(crate) layers: Store,
    pub(crate) unsimulated: Unsimulated,
    pub(crate) edition: Edition,
    /// The releases of Kubernetes and of operating systems that its clouds offer.
    pub(crate) releases: Releases,
    /// Whether an error contains what was signed.
    pub(crate) explain: bool,
    /// The scheme of the socket.
    pub(crate) scheme: &'static str,
    /// The interface of the ports of API servers, if the server has a socket.
    pub(crate) interface: Option<IpAddr>,
    /// What runs the tasks of clouds. Without one, as for the check of a captured request, a cloud has none.
    pub(crate) runtime: Option<Handle>,
}

impl std::fmt::Debug for Common {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Common").field("scheme", &self.scheme).finish_non_exhaustive()
    }
}

/// How many entries and bytes a journal keeps, and the file that it is written to.
#[derive(Debug, Clone)]
pub(crate) struct JournalSettings {
    pub(crate) entries: usize,
    pub(crate) bytes: usize,
    pub(crate) file: Option<PathBuf>,
}

impl JournalSettings {
    /// Opens the journal.
    fn open(self) -> Result<Journal, StartError> {
        let journal = Journal::new(self.entries, self.bytes);
        match self.file {
            Some(path) => journal.with_file(&path).map_err(|error| StartError::Journal { path, error }),
            None => Ok(journal),
        }
    }
}

/// What one cloud is to be.
#[derive(Debug, Clone)]
pub(crate) struct CloudSettings {
    pub(crate) region: String,
    pub(crate) time: Time,
    pub(crate) start: Millis,
    pub(crate) rate_limits: bool,
    pub(crate) journal: JournalSettings,
    pub(crate) setup: Setup,
}

impl Common {
    /// Creates a cloud.
    pub(crate) fn gateway(&self, settings: CloudSettings, tag: CloudTag) -> Result<Arc<Gateway>, StartError> {
        let CloudSettings { region, time, start, rate_limits, journal, setup } = settings;
        let mut regions: Vec<String> = REGIONS.iter().map(|region| region.name.to_owned()).collect();
        if !regions.contains(&region) {
            regions.push(region.clone());
        }
        let accounts =
            Accounts::new(region, regions, setup.clone()).map_err(|(error, sub)| error.at_start(sub.as_deref()))?;
        let (accounts, journal) = (Arc::new(accounts), journal.open()?);
        let gateway = Arc::new(Gateway {
            catalog: self.catalog,
            tag,
            setup,
            gate: Gate::new(accounts.clone()),
            identity: Identity::new(tag),
            ram: Ram::new(accounts.clone(), tag),
            accounts,
            world: Mutex::new(World::new(start).with_releases(self.releases)),
            clock: WorldClock::new(time, start),
            faults: Faults::default(),
            journal,
            registry: distribution::Service::new(self.layers.clone()),
            reading: self.reading.clone(),
            doctor: self.doctor.clone(),
            rate_limit: rate_limits.then(RateLimit::default),
            explain: self.explain,
            unsimulated: self.unsimulated,
            edition: self.edition,
            releases: self.releases,
            scheme: self.scheme,
            api_servers: (self.interface.zip(self.runtime.clone()))
                .map(|(interface, runtime)| Arc::new(ApiServers::new(interface, runtime))),
        });
        gateway.admit_users();
        if let Some(runtime) = &self.runtime {
            distribution::serve(&gateway, runtime);
        }
        if let Some(servers) = &gateway.api_servers {
            servers.serve(&gateway);
        }
        Ok(gateway)
    }
}
