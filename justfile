# Short names for what is done often. `just` lists them; `.ci/run` is what must hold for a commit.

# Lists the recipes.
default:
    @just --list

# Everything that must hold for a commit.
ci:
    .ci/run

# The main job against the embedded server; `just quickstart cce` for another product.
quickstart product="tke":
    cargo run --quiet --example quickstart -- {{ product }}

# The tests of a crate, such as `just test core`.
test crate:
    cargo test -p wharf-{{ crate }}

# Writes the generated code from the specs.
codegen:
    cargo codegen
    cargo codegen --root codegen/tests/sample

# Format, drift of generated code, and lints.
check:
    cargo fmt --all --check
    cargo codegen --check
    cargo clippy --workspace --all-targets -- -D warnings

# The documentation of what users depend on, without that of its dependencies.
doc:
    cargo doc -p wharf -p wharf-server --no-deps --open

# The guide as a book, with a server that shows changes.
guide:
    mdbook serve guide --open

# The reference server, sixty times as fast as real time.
server *arguments:
    cargo run -p wharf-server -- --listen 127.0.0.1:4000 --speed 60 {{ arguments }}
