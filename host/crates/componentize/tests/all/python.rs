//! Python.

use rak_componentize::{Error, Python, python};
use tempfile::TempDir;

use crate::sources::{MANIFEST, assert_is_agent, folder, sdk};

fn compile(folder: &TempDir, module: &str) -> Result<Vec<u8>, Error> {
    let sdk = sdk("python").join("src");
    python(&Python { module, path: &[folder.path()], sdk: &sdk, manifest: MANIFEST })
}

/// What the author of `files`, one of which is the agent's `module`, reads; the folder is `DIR`.
fn refusal(module: &str, files: &[(&str, &str)]) -> String {
    let folder = folder(files);
    let text = compile(&folder, module).unwrap_err().to_string();
    text.replace(&folder.path().display().to_string(), "DIR")
}

const AGENT: &str = r"
import random
import rak
from words import greet
from .names import NAME

@rak.agent
def run(cx: rak.Context, name: str) -> str:
    return greet(name or NAME) + str(random.random())
";

#[test]
fn an_agent_becomes_a_component() {
    let folder = folder(&[
        ("greeter/__init__.py", ""),
        ("greeter/my_agent.py", AGENT),
        ("greeter/names.py", "NAME = 'Ada'\n"),
        ("words.py", "def greet(name): return f'Hello, {name}!'\n"),
    ]);
    assert_is_agent(&compile(&folder, "greeter.my_agent").unwrap());
    assert!(!folder.path().join("__pycache__").exists());
}

#[test]
fn what_is_wrong_is_shown_as_python_does() {
    let text = refusal("agent", &[("agent.py", "# One.\ndef run(:\n    pass\n")]);
    assert_eq!(
        text,
        "failed to load DIR/agent.py: Traceback (most recent call last):\n  File \"DIR/agent.py\", line 2\n    def run(:\n            ^\nSyntaxError: invalid syntax"
    );
    let text = refusal("agent", &[("agent.py", "\nimport nothing_of_this_name\n")]);
    assert!(text.contains("line 2") && text.contains("No module named 'nothing_of_this_name'"), "{text}");
    let text = refusal("agent", &[("agent.py", "def first():\n    raise KeyError('too early')\nfirst()\n")]);
    assert!(
        text.contains("File \"DIR/agent.py\", line 3") && text.contains("KeyError: 'too early'"),
        "{text}"
    );
}

#[test]
fn what_is_no_agent_is_refused() {
    let text = refusal("agent", &[("agent.py", "x = 1\n")]);
    assert_eq!(
        text,
        "failed to load DIR/agent.py: LookupError: agent has no agent: put @rak.agent on a function"
    );
    let text = refusal("string", &[("string.py", "x = 1\n")]);
    assert!(text.contains("Python itself has a module string: rename the file"), "{text}");
    let text = refusal("none", &[]);
    assert!(text.contains("No module named 'none'"), "{text}");
}
