//! Blocks: what is written between markers in files that people write too.

/// The lines of a text outside of its blocks.
pub fn outside(text: &str) -> String {
    let mut inside = false;
    let kept = text.lines().filter(|line| {
        let begins = line.contains(" begin ") && line.contains("cargo codegen");
        let ends = inside && line.contains(" end ");
        inside = (inside || begins) && !ends;
        !inside
    });
    kept.collect::<Vec<_>>().join("\n")
}
