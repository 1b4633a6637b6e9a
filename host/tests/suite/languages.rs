//! Agents in every language: the behaviours of `guest-sdk/CONFORMANCE.md`, one column a language, and what a component costs its
//! author.
//!
//! `cargo xtask languages` builds the components.

mod behaviours;
mod cost;
mod projects;
mod subject;

use std::path::{Path, PathBuf};

use subject::Subject;

/// A language, and how its conformance agent was built.
struct Language {
    /// What its component is called.
    name: &'static str,
    /// What it calls itself.
    called: &'static str,
    /// Whether its exceptions have a stack that says which function threw.
    knows_stacks: bool,
}

/// Set where what a component costs is to be measured, too.
const MEASURE: &str = "RAK_MEASURE";

/// Where the components are.
fn folder() -> PathBuf {
    let folder = std::env::var_os("RAK_LANGUAGES").map(PathBuf::from);
    folder.unwrap_or_else(|| Path::new(env!("CARGO_TARGET_TMPDIR")).join("../languages"))
}

async fn column(language: Language) {
    let path = folder().join(format!("{}.wasm", language.name));
    let component = std::fs::read(&path).unwrap_or_else(|error| {
        panic!("{} cannot be read ({error}); `cargo xtask languages` builds it", path.display())
    });
    let mut subject = Subject::start(language, component.clone()).await;
    let failed = behaviours::run_all(&mut subject).await;
    assert!(
        failed.is_empty(),
        "{}: {} behaviours differ:\n{}",
        path.display(),
        failed.len(),
        failed.join("\n")
    );
    subject.stop().await;
    // Beside other tests it would measure those.
    if std::env::var_os(MEASURE).is_some() {
        cost::measure(&path, component).await;
    }
}

macro_rules! languages {
    ($($name:ident: $language:literal, $component:literal, $knows_stacks:literal;)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                let language =
                    Language { name: $component, called: $language, knows_stacks: $knows_stacks };
                Box::pin(column(language)).await;
            }
        )*
    };
}

languages! {
    rust: "rust", "rust", false;
    c: "c", "c", false;
    cpp: "cpp", "cpp", false;
    zig: "zig", "zig", false;
    go: "go", "go", true;
    javascript: "javascript", "javascript", true;
    javascript_on_starlingmonkey: "javascript", "javascript-starlingmonkey", true;
    python: "python", "python", true;
    javascript_built_in: "javascript", "javascript-built-in", true;
    python_built_in: "python", "python-built-in", true;
}

/// What was built against an older minor version of the contract goes on to run: this component was built against 0.1.0, and is
/// not built again.
#[tokio::test]
async fn a_guest_of_an_older_contract_runs() {
    let built =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guests/built/countdown-contract-0.1.0.wasm");
    let place = crate::support::Place::new(&[]);
    place.put("older.wasm", std::fs::read(built).expect("the component"));
    let host = place.serve().await;
    let (_, info) = host.agent("older").await;
    let imports: Vec<_> = info["imports"].as_array().expect("imports").iter().collect();
    assert!(imports.iter().any(|import| *import == "rak:agent/events@0.1.0"), "{imports:?}");
    let events = host.sse("s", crate::support::message("older", "2")).await.rest().await;
    let last = events.last().expect("an event");
    assert_eq!(last["turnComplete"], true, "{last}");
    assert!(last.get("errorCode").is_none(), "{last}");
}
