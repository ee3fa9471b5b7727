//! Saved worlds.

use wharf_world::World;

/// Loads a world. One that is accepted has no contradiction, is saved as it was loaded, and goes on.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(mut world) = World::load(text) else { return };
    let saved = world.save();
    let again = World::load(&saved).expect("what was saved can be loaded");
    assert_eq!(again.save(), saved);
    world.advance(world.now() + 60_000);
}
