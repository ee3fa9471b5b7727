//! A world that is saved and loaded is the same world, and a text that is no world is refused with the place.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod clouds;
mod refusals;

use clouds::busy_world;
use wharf_world::World;

#[test]
fn a_saved_world_is_the_same_after_loading_at_every_moment_of_its_work() {
    let mut world = busy_world();
    for step in 0..8 {
        let saved = world.save();
        let loaded = World::load(&saved).unwrap_or_else(|error| panic!("step {step}: {error}"));
        assert!(loaded.save() == saved, "step {step}");
        // The loaded world does what the first one does.
        let mut loaded = loaded;
        let next = world.now() + 35_000;
        loaded.advance(next);
        world.advance(next);
        assert!(loaded.save() == world.save(), "step {step}: the loaded world went another way");
    }
}

#[test]
fn a_saved_world_survives_tools_that_sort_fields() {
    let world = busy_world();
    let saved = world.save();
    let sorted = serde_json::from_str::<serde_json::Value>(&saved).unwrap().to_string();
    assert!(World::load(&sorted).unwrap().save() == saved);
}

#[test]
fn the_debug_form_of_a_world_has_none_of_its_secrets() {
    let world = busy_world();
    assert!(world.save().contains("hidden-word"));
    assert!(!format!("{world:?}").contains("hidden-word"));
}
