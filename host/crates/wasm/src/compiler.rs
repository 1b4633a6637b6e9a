//! From a component to machine code, within bounds.
//!
//! Compiling is the one step of loading that a component can make as long and as large as it likes, and that cannot be
//! stopped once it runs. So the host compiles in processes of their own: they have limits that the kernel keeps, wait
//! behind whatever serves, and a crash of the compiler is the refusal of one component.

use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rak_core::CodeTier;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Resource, Rlimit, Signal};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;

use crate::engine::compiling_engine;
use crate::loader::LoadError;

/// The largest machine code that is taken: a Python interpreter with its libraries has 60 MB.
const MAX_CODE_BYTES: u64 = 1 << 30;
/// How much of what a compiler says before it ends is shown.
const MAX_ERROR_BYTES: u64 = 8 << 10;
/// What a compiler may take on the wall, as a multiple of its processor time: on a busy machine it waits a lot.
const PATIENCE: u32 = 10;
/// How far a compiler stands back behind everything else on the machine.
const NICENESS: i32 = 10;
/// What the kernel kills first.
const MOST_DISPENSABLE: &str = "1000";
/// The exit code that says that the component cannot be compiled, and the error output why.
const REFUSED: i32 = 2;
/// The same for a component that the memory does not suffice for.
const NO_MEMORY: i32 = 3;
/// Signals by which somebody ends a process.
const STOPS: [Signal; 4] = [Signal::HUP, Signal::INT, Signal::QUIT, Signal::TERM];

/// What compiling one component may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CompileLimits {
    /// Time on processors, in milliseconds, all threads together: 2 minutes. A Python interpreter takes 10 to 20 seconds.
    pub cpu_time_ms: u64,
    /// Address space, in bytes: 4 GiB. A Python interpreter takes 1 to 2.
    pub memory_bytes: u64,
    /// How many components are compiled at a time: 2.
    pub parallel: u32,
    /// Threads for each of them: as many as there are processors, where 0.
    pub threads: u32,
}

impl Default for CompileLimits {
    fn default() -> Self {
        Self { cpu_time_ms: 2 * 60 * 1000, memory_bytes: 4 << 30, parallel: 2, threads: 0 }
    }
}
/// What tells mimalloc, which is the allocator of `rak`, how much to take at a time, in KiB.
const ALLOCATOR_TAKES: (&str, &str) = ("MIMALLOC_ARENA_RESERVE", "32768");

/// Compiles components. A clone is the same compiler.
#[derive(Clone)]
pub struct Compiler {
    limits: CompileLimits,
    /// Places for components that somebody waits for.
    urgent: Arc<Semaphore>,
    /// The one place for those that run already and become faster.
    later: Arc<Semaphore>,
    worker: Option<Arc<Worker>>,
}

/// A program that calls [`compile_worker`].
struct Worker {
    program: PathBuf,
    arguments: Vec<String>,
}

impl Compiler {
    /// Compiles in this process, on its own threads: nothing but their number is bounded. For programs that load only
    /// components they trust.
    pub fn in_process(limits: CompileLimits) -> Self {
        let parallel = usize::try_from(limits.parallel.max(1)).unwrap_or(1);
        let places = || Arc::new(Semaphore::new(parallel));
        Self { limits, urgent: places(), later: Arc::new(Semaphore::new(1)), worker: None }
    }

    /// Compiles in processes of a program that, with these arguments, calls [`compile_worker`].
    #[must_use]
    pub fn with_worker(self, program: PathBuf, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
        Self { worker: Some(Arc::new(Worker { program, arguments })), ..self }
    }

    /// Compiles a component that somebody waits for.
    pub(crate) async fn compile(&self, component: Arc<[u8]>, tier: CodeTier) -> Result<Vec<u8>, LoadError> {
        // The semaphores are never closed.
        let _place = self.urgent.acquire().await;
        self.run(component, tier).await
    }

    /// Compiles a component that runs already.
    pub(crate) async fn optimize(
        &self,
        component: Arc<[u8]>,
        is_wanted: impl Fn() -> bool,
    ) -> Result<Option<Vec<u8>>, LoadError> {
        let _place = self.later.acquire().await;
        if !is_wanted() {
            return Ok(None);
        }
        self.run(component, CodeTier::Optimized).await.map(Some)
    }

    async fn run(&self, component: Arc<[u8]>, tier: CodeTier) -> Result<Vec<u8>, LoadError> {
        match &self.worker {
            None => {
                tokio::task::spawn_blocking(move || compile(&component, tier)).await.map_err(|error| {
                    tracing::error!(%error, "compiling a component panicked");
                    LoadError::Host
                })?
            }
            Some(worker) => self.run_worker(worker, &component, tier).await,
        }
    }

    async fn run_worker(
        &self,
        worker: &Worker,
        component: &[u8],
        tier: CodeTier,
    ) -> Result<Vec<u8>, LoadError> {
        let failed = |error: std::io::Error| {
            tracing::error!(%error, program = %worker.program.display(), "the compiler could not be run");
            LoadError::Host
        };
        let mut child = self.command(worker, tier).spawn().map_err(failed)?;
        let patience = Duration::from_millis(self.limits.cpu_time_ms).saturating_mul(PATIENCE);
        match tokio::time::timeout(patience, talk(&mut child, component)).await {
            Ok(Ok((status, code, said))) => self.judge(status, code, &said),
            Ok(Err(error)) => Err(failed(error)),
            Err(_) => Err(self.too_long()),
        }
    }

    fn command(&self, worker: &Worker, tier: CodeTier) -> Command {
        let mut command = Command::new(&worker.program);
        command
            .args(&worker.arguments)
            .arg(match tier {
                CodeTier::Baseline => "baseline",
                CodeTier::Optimized => "optimized",
            })
            .args([self.limits.cpu_time_ms.to_string(), self.limits.memory_bytes.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Ctrl-C in a terminal is for the host, which ends what it began in order.
            .process_group(0)
            .env("RUST_BACKTRACE", "0")
            // An allocator that takes a gigabyte of addresses at a time leaves none of the limit for anybody else.
            .env(ALLOCATOR_TAKES.0, ALLOCATOR_TAKES.1)
            .kill_on_drop(true);
        if self.limits.threads > 0 {
            command.env("RAYON_NUM_THREADS", self.limits.threads.to_string());
        }
        command
    }

    /// What the end of a compiler means for the component.
    fn judge(&self, status: ExitStatus, code: Vec<u8>, said: &[u8]) -> Result<Vec<u8>, LoadError> {
        use std::os::unix::process::ExitStatusExt as _;
        if status.success() {
            return Ok(code);
        }
        let said = String::from_utf8_lossy(said);
        let said = said.trim();
        if status.code() == Some(REFUSED) {
            return Err(LoadError::Invalid(said.to_owned()));
        }
        match status.signal() {
            Some(signal) if signal == Signal::XCPU.as_raw() => return Err(self.too_long()),
            Some(signal) if signal == Signal::KILL.as_raw() => {
                let reason = "the compiler was killed, most likely because the machine has no memory left";
                return Err(LoadError::TooCostly(reason.to_owned()));
            }
            // A supervisor ends all processes of the host. The component has done nothing.
            Some(signal) if STOPS.map(Signal::as_raw).contains(&signal) => {
                tracing::warn!(%status, "the compiler was stopped");
                return Err(LoadError::Host);
            }
            _ => {}
        }
        if status.code() == Some(NO_MEMORY)
            || said.contains("memory allocation of")
            || said.contains("Cannot allocate memory")
        {
            let mebibytes = self.limits.memory_bytes >> 20;
            return Err(LoadError::TooCostly(format!(
                "it took more than {mebibytes} MiB of memory (registry.compile.memory_bytes)"
            )));
        }
        tracing::warn!(%status, %said, "the compiler crashed");
        let last = said.lines().last().unwrap_or_default();
        Err(LoadError::TooCostly(format!("the compiler crashed on it ({status}): {last}")))
    }

    fn too_long(&self) -> LoadError {
        let seconds = seconds(self.limits.cpu_time_ms);
        LoadError::TooCostly(format!(
            "it took more than {seconds} s of processor time (registry.compile.cpu_time_ms)"
        ))
    }
}

/// Gives the component to the compiler, and takes what it makes.
async fn talk(child: &mut Child, component: &[u8]) -> std::io::Result<(ExitStatus, Vec<u8>, Vec<u8>)> {
    let (input, output, errors) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let give = async {
        if let Some(mut input) = input {
            // A compiler that ends before it has read everything has said why.
            let _ = input.write_all(component).await;
        }
    };
    let mut code = Vec::new();
    let take = async {
        match output {
            Some(output) => output.take(MAX_CODE_BYTES).read_to_end(&mut code).await.map(drop),
            None => Ok(()),
        }
    };
    let mut said = Vec::new();
    let hear = async {
        match errors {
            Some(errors) => errors.take(MAX_ERROR_BYTES).read_to_end(&mut said).await.map(drop),
            None => Ok(()),
        }
    };
    let ((), taken, heard) = tokio::join!(give, take, hear);
    taken.and(heard)?;
    Ok((child.wait().await?, code, said))
}

fn compile(component: &[u8], tier: CodeTier) -> Result<Vec<u8>, LoadError> {
    let refused = |error: wasmtime::Error| {
        if error.is::<wasmtime::OutOfMemory>() {
            return LoadError::TooCostly("there is not enough memory for it".to_owned());
        }
        LoadError::Invalid(format!("{error:#}"))
    };
    compiling_engine(tier).and_then(|engine| engine.precompile_component(component)).map_err(refused)
}

/// What a process does that compiles for a host: reads a component from its input and writes machine code to its
/// output. The arguments are those the host gives it. Gives the exit code, with the reason on the error output.
pub fn compile_worker(arguments: &[String]) -> u8 {
    match work(arguments) {
        Ok(()) => 0,
        Err(Failure { code, reason }) => {
            let _ = writeln!(std::io::stderr(), "{reason}");
            u8::try_from(code).unwrap_or(1)
        }
    }
}

/// Why a compiler ends without code.
struct Failure {
    code: i32,
    reason: String,
}

impl From<String> for Failure {
    fn from(reason: String) -> Self {
        Self { code: REFUSED, reason }
    }
}

fn work(arguments: &[String]) -> Result<(), Failure> {
    let [tier, cpu_time_ms, memory_bytes] = arguments else {
        let reason = "the compiler takes a tier, a time and a size; it is started by the host";
        return Err(reason.to_owned().into());
    };
    let tier = if tier == "baseline" { CodeTier::Baseline } else { CodeTier::Optimized };
    let cpu_time_ms = cpu_time_ms.parse().map_err(|error| format!("{cpu_time_ms}: {error}"))?;
    let memory_bytes = memory_bytes.parse().map_err(|error| format!("{memory_bytes}: {error}"))?;
    end_with_host();
    confine(cpu_time_ms, memory_bytes).map_err(|error| format!("it could not be confined: {error}"))?;
    let mut component = Vec::new();
    std::io::stdin().lock().read_to_end(&mut component).map_err(|error| error.to_string())?;
    let code = compile(&component, tier).map_err(|error| match error {
        LoadError::Invalid(reason) => Failure::from(reason),
        other => Failure { code: NO_MEMORY, reason: other.to_string() },
    })?;
    let mut output = std::io::stdout().lock();
    Ok(output.write_all(&code).and_then(|()| output.flush()).map_err(|error| error.to_string())?)
}

/// Ends this process as soon as the host is gone, also where that was killed: one that is started again and again is not
/// to leave a compiler each time. Without the thread it ends when it has compiled.
fn end_with_host() {
    let _ = std::thread::Builder::new().name("rak-host-watch".to_owned()).spawn(|| {
        let output = std::io::stdout();
        // What a poll always tells of is enough: that nobody reads any more.
        let mut watched = [PollFd::new(&output, PollFlags::empty())];
        if poll(&mut watched, None).is_ok() {
            leave();
        }
    });
}

#[expect(clippy::exit, reason = "there is nobody left to compile for")]
fn leave() -> ! {
    std::process::exit(1)
}

/// The kernel counts a process's time in whole seconds.
fn seconds(cpu_time_ms: u64) -> u64 {
    cpu_time_ms.div_ceil(1000)
}

fn confine(cpu_time_ms: u64, memory_bytes: u64) -> rustix::io::Result<()> {
    use rustix::process::{setpriority_process, setrlimit};
    let limit = |value: u64| Rlimit { current: Some(value), maximum: Some(value) };
    setrlimit(Resource::As, limit(memory_bytes))?;
    // The signal comes at the first number, death at the second.
    let seconds = seconds(cpu_time_ms);
    setrlimit(Resource::Cpu, Rlimit { current: Some(seconds), maximum: Some(seconds + 1) })?;
    setrlimit(Resource::Core, limit(0))?;
    // Where the machine has no memory left, this process is to go, and not the host. Not every system has this.
    let _ = std::fs::write("/proc/self/oom_score_adj", MOST_DISPENSABLE);
    setpriority_process(None, NICENESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

    #[test]
    fn code_runs_in_the_lane_of_its_tier() {
        let engine = crate::WasmEngine::new(crate::EngineSettings::default()).unwrap();
        for tier in [CodeTier::Baseline, CodeTier::Optimized] {
            let code = compile(EMPTY, tier).unwrap();
            crate::cache::load(&engine.lane(tier).unwrap().engine, &code).unwrap();
        }
    }

    #[test]
    fn what_a_compiler_ends_with_has_a_meaning() {
        use std::os::unix::process::ExitStatusExt as _;
        let compiler = Compiler::in_process(CompileLimits::default());
        let judge = |raw, said: &str| {
            compiler.judge(ExitStatus::from_raw(raw), Vec::new(), said.as_bytes()).unwrap_err().to_string()
        };
        assert!(judge(2 << 8, "unexpected end").contains("not a valid component: unexpected end"));
        assert!(judge(Signal::XCPU.as_raw(), "").contains("registry.compile.cpu_time_ms"));
        assert!(judge(3 << 8, "out of memory").contains("registry.compile.memory_bytes"));
        assert!(judge(Signal::KILL.as_raw(), "").contains("no memory left"));
        assert!(judge(Signal::TERM.as_raw(), "").contains("the host failed"));
        let text = judge(Signal::ABORT.as_raw(), "memory allocation of 16 bytes failed");
        assert!(text.contains("registry.compile.memory_bytes"), "{text}");
        let text = judge(101 << 8, "thread 'main' panicked:\nno such register");
        assert!(text.contains("crashed") && text.contains("no such register"), "{text}");
    }
}
