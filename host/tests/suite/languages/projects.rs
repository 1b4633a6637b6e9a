//! From nothing to a first answer in each language, as `rak new` and the README of the project say it; and the agents that
//! ship in other languages than Rust.

use std::io::ErrorKind;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;
use tokio::process::Command;

use crate::author::{building, new_agent};
use crate::support::{Ended, Host, Place, finish, finish_within};

/// Compilers take minutes where many run at the same time.
const COMPILERS_PATIENCE: Duration = Duration::from_mins(20);

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the repository")
}

/// A command with the compilers on its path that `cargo xtask languages` installs.
fn with_compilers(mut command: Command) -> Command {
    let ours =
        ["guest-sdk/.venv/bin", "guest-sdk/js/node_modules/.bin"].map(|place| repository().join(place));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(ours.into_iter().chain(std::env::split_paths(&path))).expect("a path");
    command.env("PATH", path).env("GOPROXY", "off").env("GOTOOLCHAIN", "local").env("GOFLAGS", "-mod=mod");
    command
}

/// A new project where it lay the last time. What Zig compiled of it then takes a minute to compile again.
async fn new_project(place: &Place, language: &str) -> PathBuf {
    let projects = Path::new(env!("CARGO_TARGET_TMPDIR")).join("author-projects");
    let folder = projects.join(format!("my-{language}-agent"));
    let (cache, kept) = (folder.join(".zig-cache"), projects.join(format!("zig-cache-{language}")));
    let _ = std::fs::rename(&cache, &kept);
    match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => panic!("{error}"),
        _ => {}
    }
    let mut command = place.rak(&["new", "--lang", language]);
    command.arg(&folder);
    let ended = finish(command).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let _ = std::fs::rename(&kept, &cache);
    folder
}

/// What `npm ci` would install, from where it is already: nothing is downloaded.
fn link_packages(folder: &Path) {
    let modules = folder.join("node_modules");
    std::fs::create_dir(&modules).expect("a folder");
    let installed = repository().join("guest-sdk/js/node_modules");
    for entry in std::fs::read_dir(&installed).expect("the compilers: `cargo xtask languages` installs them")
    {
        let entry = entry.expect("an entry");
        symlink(entry.path(), modules.join(entry.file_name())).expect("a link");
    }
    symlink(folder.join("rak-sdk/js"), modules.join("rak")).expect("a link");
}

async fn tested(folder: &Path, test: &[&str]) -> Ended {
    let mut command = with_compilers(Command::new(test[0]));
    command.args(&test[1..]).current_dir(folder);
    finish_within(COMPILERS_PATIENCE, command).await
}

/// Makes a project, tests it, builds it and talks to it.
async fn first_answer(language: &str, test: &[&str]) {
    let place = Place::new(&[]);
    let folder = new_project(&place, language).await;
    if folder.join("package.json").exists() {
        link_packages(&folder);
    }
    let ended = tested(&folder, test).await;
    assert_eq!(ended.code, Some(0), "{test:?}: {}{}", ended.out, ended.err);

    let mut build = with_compilers(place.rak(&["build", "--json", "--out", "agents"]));
    build.arg(&folder);
    let ended = finish_within(COMPILERS_PATIENCE, build).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let built: Value = serde_json::from_str(&ended.out).expect("JSON");
    let name = format!("my-{language}-agent");
    assert_eq!(built["language"], language);
    assert_eq!(
        (&built["name"], &built["descriptor"]["name"]),
        (&name.as_str().into(), &name.as_str().into())
    );
    assert!(
        built["descriptor"]["description"].as_str().is_some_and(|it| it.starts_with("Greets")),
        "{built}"
    );
    let run = finish_within(COMPILERS_PATIENCE, place.rak(&["run", &name, "Ada"])).await;
    assert_eq!((run.code, run.out.as_str()), (Some(0), "Hello, Ada! Nice to meet you.\n"), "{}", run.err);
    let run = finish_within(COMPILERS_PATIENCE, place.rak(&["run", &name, " "])).await;
    assert_eq!(run.code, Some(1));
    assert!(run.err.contains("as in `Ada`"), "{}", run.err);
}

macro_rules! projects {
    ($($name:ident: $language:literal, $test:expr;)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                Box::pin(first_answer($language, &$test)).await;
            }
        )*
    };
}

projects! {
    first_answer_in_javascript: "javascript", ["npm", "test"];
    first_answer_in_typescript: "typescript", ["npm", "test"];
    first_answer_in_python: "python", ["pytest", "-q", "-p", "no:cacheprovider"];
    first_answer_in_go: "go", ["go", "test", "./..."];
    first_answer_in_c: "c", ["python-zig", "build", "test"];
    first_answer_in_cpp: "cpp", ["python-zig", "build", "test"];
    first_answer_in_zig: "zig", ["python-zig", "build", "test"];
}

/// What is missing is named, with the command that installs it.
#[tokio::test]
async fn what_is_not_installed_is_named() {
    for (language, missing, install) in [
        ("go", "Go, which", "pip install --require-hashes -r requirements.txt"),
        ("c", "Zig, which", "pip install --require-hashes -r requirements.txt"),
        ("cpp", "Zig, which", "pip install --require-hashes -r requirements.txt"),
        ("zig", "Zig, which", "pip install --require-hashes -r requirements.txt"),
    ] {
        let place = Place::new(&[]);
        let ended = finish(place.rak(&["new", "agent", "--lang", language])).await;
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        let mut build = place.rak(&["build", "agent"]);
        build.env("PATH", "/nonexistent");
        let ended = finish(build).await;
        assert_eq!(ended.code, Some(1), "{language}: {}", ended.out);
        assert!(ended.err.contains(missing) && ended.err.contains(install), "{language}: {}", ended.err);
    }
}

/// Neither Node nor Python is needed: their compilers are part of the program.
#[tokio::test]
async fn scripts_need_no_tools() {
    for language in ["javascript", "typescript", "python"] {
        let place = Place::new(&[]);
        let ended = finish(place.rak(&["new", "bare-agent", "--lang", language])).await;
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        let mut build = place.rak(&["build", "bare-agent", "--out", "agents"]);
        build.env("PATH", "/nonexistent");
        let ended = finish_within(COMPILERS_PATIENCE, build).await;
        assert_eq!(ended.code, Some(0), "{language}: {}", ended.err);
        let run = finish_within(COMPILERS_PATIENCE, place.rak(&["run", "bare-agent", "Ada"])).await;
        assert_eq!(run.out, "Hello, Ada! Nice to meet you.\n", "{language}: {}", run.err);
    }
}

/// An agent may be one file, with what it imports beside it.
#[tokio::test]
async fn one_file_is_an_agent() {
    let place = Place::new(&[]);
    let typescript = "import { agent } from \"rak\";\nimport { shout } from \"./shout\";\n\n\
        export default agent({ run: (_cx, input): string => shout(input.text) });\n";
    let shout = "export const shout = (text: string): string => text.toUpperCase();\n";
    let python = "import rak\n\n\n@rak.agent()\ndef run(cx: rak.Context, text: str) -> str:\n    return text.upper()\n";
    std::fs::write(place.path("shout.ts"), shout).expect("a file");
    for (file, text) in [("loud.ts", typescript), ("louder.py", python)] {
        std::fs::write(place.path(file), text).expect("a file");
        let mut build = place.rak(&["build", file]);
        build.env("PATH", "/nonexistent");
        let ended = finish_within(COMPILERS_PATIENCE, build).await;
        assert_eq!(ended.code, Some(0), "{file}: {}", ended.err);
        let component = format!("dist/{}.wasm", file.split('.').next().expect("a name"));
        let run = finish_within(COMPILERS_PATIENCE, place.rak(&["run", &component, "hey"])).await;
        assert_eq!(run.out, "HEY\n", "{file}: {}", run.err);
    }
    for (file, text, expected) in [
        ("broken.ts", "export default {\n  run: (\n", "broken.ts:"),
        ("broken.py", "def run(:\n", "broken.py\", line 1"),
        ("nothing.js", "export const a = 1;\n", "nothing.js"),
        ("missing.py", "import nowhere\n", "nowhere"),
        ("note.txt", "", "does not end in .js, .ts or .py"),
    ] {
        std::fs::write(place.path(file), text).expect("a file");
        let ended = finish_within(COMPILERS_PATIENCE, place.rak(&["build", file])).await;
        assert_eq!(ended.code, Some(1), "{file}: {}", ended.out);
        assert!(ended.err.contains(expected), "{file}: {}", ended.err);
    }
}

/// The agents of the README that have a model, with all that stands beside them there.
#[tokio::test]
async fn the_agents_with_a_model_of_the_readme_answer() {
    let readme = include_str!("../../../../README.md");
    let section = readme.split("\n## ").find(|section| section.starts_with("Agents with a model\n"));
    let section = section.expect("the section");
    let blocks = |language: &str| {
        let opening = format!("\n```{language}\n");
        let blocks: Vec<_> = section.split(&opening).skip(1).collect();
        blocks.into_iter().map(|rest| rest.split("```").next().expect("its end")).collect::<Vec<_>>()
    };
    let ([python], [javascript], [rust]) = (&blocks("python")[..], &blocks("js")[..], &blocks("rust")[..])
    else {
        panic!("one of each: {section}");
    };
    for (code, comment) in [(python, "\"\"\""), (javascript, "//"), (rust, "//")] {
        let lines = code.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(comment));
        assert!(lines.count() <= 20, "{code}");
    }
    let [manifest, configuration, script] = &blocks("toml")[..] else { panic!("three files: {section}") };

    let place = Place::new(&[]);
    place.configure(configuration);
    std::fs::write(place.path("models.toml"), script).expect("a file");
    std::fs::write(place.path("waiter.py"), python).expect("a file");
    std::fs::write(place.path("waiter.js"), javascript).expect("a file");
    let project = new_agent(&place, "waiter", &[]).await;
    std::fs::write(project.join("src/lib.rs"), rust).expect("a file");
    let project = project.to_str().expect("a path");
    for (language, source) in [("python", "waiter.py"), ("js", "waiter.js"), ("rust", project)] {
        std::fs::create_dir(place.path(language)).expect("a folder");
        std::fs::write(place.path(language).join("agent.toml"), manifest).expect("a file");
        let component = format!("{language}/waiter.wasm");
        let build = building(place.rak(&["build", source, "--out", &component]));
        let ended = finish_within(COMPILERS_PATIENCE, build).await;
        assert_eq!(ended.code, Some(0), "{language}: {}", ended.err);
        let run =
            finish_within(COMPILERS_PATIENCE, place.rak(&["run", &component, "two teas, please"])).await;
        assert_eq!(run.code, Some(0), "{language}: {}", run.err);
        assert!(run.out.ends_with("Two teas, that makes 7 euros.\n"), "{language}: {}", run.out);
    }
}

/// `rak dev` takes such a file as it is.
#[tokio::test]
async fn one_file_is_worked_on() {
    let place = Place::new(&[]);
    let source = |answer: &str| {
        format!("import {{ agent }} from \"rak\";\n\nexport default agent({{ run: () => {answer} }});\n")
    };
    std::fs::write(place.path("quick.js"), source("\"first\"")).expect("a file");
    let mut dev = place.rak(&["dev", "quick.js", "--listen", "127.0.0.1:0", "--data", "data"]);
    dev.env("PATH", "/nonexistent").stderr(Stdio::piped());
    let mut host = Host::start(dev).await;
    host.line_with("live: quick version 1, ").await;
    assert_eq!(host.say("quick", "").await, "first");
    std::fs::write(place.path("quick.js"), source("nothing at all")).expect("a file");
    host.error_with("quick.js:3").await;
    host.error_with("version 1 of quick goes on").await;
    std::fs::write(place.path("quick.js"), source("\"second\"")).expect("a file");
    host.line_with("live: quick version 2, ").await;
    assert_eq!(host.say("quick", "").await, "second");
    host.signal(Signal::TERM);
    assert!(host.ended().await.success());
}

/// An agent that ships, without a host.
async fn said(agent: &str, words: &str) -> Ended {
    let place = Place::new(&[]);
    let component = super::folder().join(format!("agent-{agent}.wasm"));
    assert!(component.exists(), "{} is not there; `cargo xtask languages` builds it", component.display());
    finish_within(COMPILERS_PATIENCE, place.rak(&["run", component.to_str().expect("UTF-8"), words])).await
}

macro_rules! shipped {
    ($($name:ident: $agent:literal, $words:literal, $expected:literal;)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                let ended = said($agent, $words).await;
                assert_eq!(ended.code, Some(0), "{}", ended.err);
                assert!(ended.out.contains($expected), "{}", ended.out);
            }
        )*
    };
}

shipped! {
    columns_describes_a_table: "columns", "name,age\nAda,36\nGrace,45\n", "40.5";
    digest_hashes_a_text: "digest", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    jsondiff_names_what_changed: "jsondiff", "{\"a\": 1}\n---\n{\"a\": 2}", "/a";
    recap_takes_notes: "recap", "the first note", "Noted: 3 words";
    timers_ring: "timers", "tea 1s", "tea";
    todo_keeps_a_list: "todo", "add buy milk", "buy milk";
}
