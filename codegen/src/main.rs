//! `cargo codegen`: see CONTRIBUTING.md.

use clap::{Parser, Subcommand};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use wharf_codegen::{Error, emit, import, inventory, tree};
use wharf_spec::Catalog;

/// Checks the specs and writes the code that follows from them.
#[derive(Debug, Parser)]
#[command(name = "cargo codegen", version)]
struct Arguments {
    /// Writes nothing; lists the files that differ from what would be written, and fails if there are any.
    #[arg(long)]
    check: bool,
    /// The workspace whose specs are read and whose code is written.
    #[arg(long, global = true, value_name = "FOLDER")]
    root: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Prints every operation as one JSON document.
    Inventory {
        /// Prints structures, enumerations and error codes too.
        #[arg(long)]
        shapes: bool,
    },
    /// Downloads the packages of `specs/imports.lock` and writes the specs of the public APIs from them.
    Import {
        /// The product; all of them without it.
        product: Option<String>,
    },
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            // If the error cannot be printed, nothing else can be done.
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let root = arguments.root.clone().unwrap_or_else(workspace);
    if let Some(Command::Import { product }) = &arguments.command {
        for line in import::run(&root, product.as_deref())? {
            writeln!(std::io::stdout(), "{line}")?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let catalog = Catalog::load(&root.join("specs")).map_err(Error::from)?;
    let mut out = std::io::stdout().lock();
    if let Some(Command::Inventory { shapes }) = arguments.command {
        serde_json::to_writer_pretty(&mut out, &inventory::of(&catalog, shapes))?;
        writeln!(out)?;
        return Ok(ExitCode::SUCCESS);
    }
    let files = emit::all(&catalog, &root)?;
    if arguments.check {
        let drift = tree::compare(&root, &files)?;
        for line in &drift {
            writeln!(out, "{line}")?;
        }
        let imports = import::drift(&root)?;
        for line in &imports {
            writeln!(out, "{line}")?;
        }
        if !imports.is_empty() {
            return Err(format!("{} imports were changed by hand; run `cargo codegen import`", imports.len()).into());
        }
        if drift.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        return Err(format!("{} files are not what the specs say; run `cargo codegen`", drift.len()).into());
    }
    let changed = tree::write(&root, &files)?;
    writeln!(out, "{} files, {changed} of them changed", files.len())?;
    Ok(ExitCode::SUCCESS)
}

/// Returns the folder above this package's, from Cargo's environment; without Cargo the current folder.
fn workspace() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    package.as_deref().and_then(Path::parent).map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}
