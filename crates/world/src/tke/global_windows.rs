//! Maintenance windows for all clusters of regions. They belong to the account, not to one region.

use super::maintenance::{EVERYWHERE, GlobalWindow, Window};
use super::{ENGINE, Tke};
use crate::World;
use crate::infra::offers::is_region;
use crate::kernel::violation::{Outcome, Reason};

impl World {
    /// The windows of an account.
    pub fn global_windows(&self, account: &str) -> &[GlobalWindow] {
        self.windows.get(account).map_or(&[], Vec::as_slice)
    }

    /// Makes a window for regions and returns its number.
    pub fn create_global_window(
        &mut self,
        account: &str,
        region: &str,
        regions: Vec<String>,
        mut window: Window,
    ) -> Outcome<i64> {
        window.check()?;
        self.check_regions(account, region, &regions, None)?;
        let mut realm = Tke(self.realm(&ENGINE, account, region));
        realm.number(&mut window, &[]);
        let id = realm.0.ids.number() as i64;
        self.windows.entry(account.to_owned()).or_default().push(GlobalWindow { id, regions, window });
        self.share_windows(account);
        Ok(id)
    }

    /// Changes a window; without exclusions it keeps those that it has.
    pub fn change_global_window(
        &mut self,
        account: &str,
        region: &str,
        mut new: GlobalWindow,
        with_exclusions: bool,
    ) -> Outcome<()> {
        new.window.check()?;
        let old = self.global_window(account, new.id)?.window.exclusions.clone();
        self.check_regions(account, region, &new.regions, Some(new.id))?;
        if with_exclusions {
            Tke(self.realm(&ENGINE, account, region)).number(&mut new.window, &old);
        } else {
            new.window.exclusions = old;
        }
        let windows = self.windows.entry(account.to_owned()).or_default();
        if let Some(there) = windows.iter_mut().find(|there| there.id == new.id) {
            *there = new;
        }
        self.share_windows(account);
        Ok(())
    }

    /// Deletes a window; one for all regions stays.
    pub fn delete_global_window(&mut self, account: &str, id: i64) -> Outcome<()> {
        if self.global_window(account, id)?.regions.iter().any(|region| region == EVERYWHERE) {
            let message = format!("the maintenance window {id} is for all regions and cannot be deleted");
            return Err(Reason::Unsupported.because(message));
        }
        self.windows.entry(account.to_owned()).or_default().retain(|window| window.id != id);
        self.share_windows(account);
        Ok(())
    }

    fn global_window(&self, account: &str, id: i64) -> Outcome<&GlobalWindow> {
        let window = self.global_windows(account).iter().find(|window| window.id == id);
        window.ok_or_else(|| Reason::NoRecord.because(format!("the maintenance window {id} does not exist")))
    }

    /// Whether a window can be for these regions: each has one window at most.
    fn check_regions(&self, account: &str, here: &str, regions: &[String], own: Option<i64>) -> Outcome<()> {
        if regions.is_empty() {
            return Err(Reason::Invalid.because("TargetRegions must name at least one region"));
        }
        for (place, region) in regions.iter().enumerate() {
            if !is_region(region) && region != here && region != EVERYWHERE {
                return Err(Reason::Invalid.because(format!("TargetRegions: the region {region} is not offered")));
            }
            if regions.iter().take(place).any(|other| other == region) {
                return Err(Reason::Invalid.because(format!("TargetRegions names {region} twice")));
            }
            let mut others = self.global_windows(account).iter().filter(|window| Some(window.id) != own);
            if let Some(other) = others.find(|window| window.regions.contains(region)) {
                let message = format!("the region {region} has the maintenance window {} already", other.id);
                return Err(Reason::InUse.because(message));
            }
        }
        Ok(())
    }

    /// Tells the realms of the account about its windows.
    fn share_windows(&mut self, account: &str) {
        let windows = self.global_windows(account).to_vec();
        let own = self.realms.keys().filter(|key| key.account == account);
        let regions: Vec<String> = own.map(|key| key.region.clone()).collect();
        for region in regions {
            let mut realm = Tke(self.realm(&ENGINE, account, &region));
            realm.0.realm.tke.global_windows.clone_from(&windows);
            realm.plan_upgrades();
        }
    }
}
