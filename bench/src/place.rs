//! Where a bench is made: what it starts, and with what.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Context as _;
use tempfile::TempDir;

use crate::http;
use crate::process::Program;

/// What all benches need to know.
pub(crate) struct Place {
    /// The program `rak`.
    pub(crate) rak: PathBuf,
    /// Where the components are: the agents that ship, the worker, and the smallest agent of each language.
    pub(crate) components: PathBuf,
    /// Whether it works is all that is wanted, and no numbers to be believed.
    pub(crate) quick: bool,
}

/// A host that is served by `rak`, with a folder of its own.
pub(crate) struct Host {
    pub(crate) program: Program,
    folder: TempDir,
}

impl Place {
    /// How often subject and floor take turns.
    pub(crate) fn rounds(&self) -> usize {
        if self.quick { 1 } else { 5 }
    }

    /// How long a turn is.
    pub(crate) fn round(&self) -> Duration {
        if self.quick { Duration::from_millis(50) } else { Duration::from_secs(1) }
    }

    /// One number for a bench that is believed, and one that is not.
    pub(crate) fn many<T>(&self, many: T, few: T) -> T {
        if self.quick { few } else { many }
    }

    /// A folder on the disk of the components: a temporary folder of the system may be memory.
    pub(crate) fn folder(&self) -> anyhow::Result<TempDir> {
        tempfile::tempdir_in(&self.components).context("failed to make a folder")
    }

    /// A component's bytes.
    pub(crate) fn component(&self, name: &str) -> anyhow::Result<Vec<u8>> {
        let path = self.components.join(format!("{name}.wasm"));
        std::fs::read(&path).with_context(|| format!("failed to read {}", path.display()))
    }

    /// Starts a host with these agents, and `rak.toml` as it is given.
    pub(crate) fn host(&self, agents: &[&str], settings: &str) -> anyhow::Result<Host> {
        let folder = self.folder()?;
        std::fs::create_dir(folder.path().join("agents"))?;
        for agent in agents {
            std::fs::write(
                folder.path().join("agents").join(format!("{agent}.wasm")),
                self.component(agent)?,
            )?;
        }
        std::fs::write(folder.path().join("rak.toml"), settings)?;
        let program = Program::start(&mut self.serve(folder.path()))?;
        let host = Host { program, folder };
        for agent in agents {
            http::until_optimized(host.program.address, agent)?;
        }
        Ok(host)
    }

    /// `rak serve` in a folder.
    pub(crate) fn serve(&self, folder: &Path) -> Command {
        let mut command = Command::new(&self.rak);
        command.args(["serve", "--listen", "127.0.0.1:0", "--log", "error"]).current_dir(folder);
        command
    }

    /// A program of this one's own: `rak-bench floor …` or `rak-bench host …`.
    pub(crate) fn own(arguments: &[&str], folder: Option<&Path>) -> anyhow::Result<Program> {
        let mut command = Command::new(std::env::current_exe()?);
        Program::start(command.args(arguments).args(folder))
    }
}

impl Host {
    /// Its folder: `agents`, `rak.toml` and `.rak` are in it.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// Writes so many agents, each a component of its own.
pub(crate) fn variants(folder: &Path, component: &[u8], count: usize) -> anyhow::Result<()> {
    let agents = folder.join("agents");
    std::fs::create_dir_all(&agents)?;
    for number in 0..count {
        let agent = variant(number);
        std::fs::write(agents.join(format!("{agent}.wasm")), varied(component, &agent)?)?;
    }
    Ok(())
}

/// The name of one of them.
pub(crate) fn variant(number: usize) -> String {
    format!("agent-{number}")
}

/// Another component that does the same: it has a section that nobody reads.
pub(crate) fn varied(component: &[u8], name: &str) -> anyhow::Result<Vec<u8>> {
    let length = u8::try_from(name.len())?;
    Ok([component, &[0, length + 1, length], name.as_bytes()].concat())
}
