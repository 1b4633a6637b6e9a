//! Writes what `rak-componentize` starts from: for each engine one component that is linked, but not yet started, with
//! the contract of agents built in. `cargo run -- REPOSITORY`.

use std::path::Path;

use anyhow::{Context, Result};

mod python;
mod quickjs;

/// What componentize-py's bindings of its own interface are for its summary of a world.
mod exports {
    pub mod exports {
        pub use crate::python::symbols::*;
    }
}
mod summary {
    #![allow(dead_code, clippy::all, clippy::pedantic)]
    include!(concat!(env!("PYTHON"), "/src/summary.rs"));
}
mod util {
    #![allow(clippy::all, clippy::pedantic)]
    include!(concat!(env!("PYTHON"), "/src/util.rs"));
}

fn main() -> Result<()> {
    let repository = std::env::args_os().nth(1).context("usage: REPOSITORY")?;
    let repository = Path::new(&repository);
    let output = repository.join("host/crates/componentize/engines");
    std::fs::create_dir_all(&output)?;
    quickjs::write(&repository.join("guest-sdk/js/world"), &output).context("failed to write QuickJS")?;
    python::write(&repository.join("wit"), &output).context("failed to write Python")
}

/// As small as it gets: it is written once and read often.
fn compress(path: &Path, bytes: &[u8]) -> Result<()> {
    let compressed = zstd::encode_all(bytes, 19)?;
    println!("{}: {} bytes of {}", path.display(), compressed.len(), bytes.len());
    Ok(std::fs::write(path, compressed)?)
}
