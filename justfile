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

# Each fuzz target for so many seconds, or the targets that are named: `just fuzz 60 answers`.
fuzz seconds="20" *targets:
    .ci/fuzz {{ seconds }} {{ targets }}

# Builds and tests with some of the features, such as `just features tke native-tls`.
features *names="all":
    PATH="$PATH:$(.ci/tools)" .ci/features {{ names }}

# The packages that are published, and what is in them.
packages:
    .ci/packages

# The C library as it is distributed, in target/dist.
library:
    cargo rustc --package wharf-ffi --lib --profile dist --crate-type cdylib --no-default-features --features products

# The wheel for manylinux_2_17, in target/wheel.
wheel:
    .ci/wheel --release
