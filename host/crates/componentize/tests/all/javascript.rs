//! JavaScript and TypeScript.

use rak_componentize::{Error, JavaScript, javascript};
use tempfile::TempDir;

use crate::sources::{MANIFEST, assert_is_agent, folder, sdk};

fn compile(folder: &TempDir, file: &str) -> Result<Vec<u8>, Error> {
    let source = folder.path().join(file);
    javascript(&JavaScript { source: &source, root: None, sdk: &sdk("js"), manifest: MANIFEST })
}

/// What the author of `files`, the first of which is the agent, reads; the folder is `DIR`.
fn refusal(files: &[(&str, &str)]) -> String {
    let folder = folder(files);
    let text = compile(&folder, files[0].0).unwrap_err().to_string();
    text.replace(&folder.path().display().to_string(), "DIR")
}

const AGENT: &str = r#"import { agent } from "rak";
export default agent({
  run(cx, input) {
    return `Hello, ${input.text}!`;
  },
});
"#;

#[test]
fn an_agent_in_one_file_becomes_a_component() {
    assert_is_agent(&compile(&folder(&[("agent.js", AGENT)]), "agent.js").unwrap());
    assert_is_agent(&compile(&folder(&[("my-agent.mjs", AGENT)]), "my-agent.mjs").unwrap());
}

#[test]
fn typescript_imports_what_is_beside_it() {
    let agent = r#"
import { agent, type Context } from "rak";
import { Greeting, greet } from "./lib/words.js";
import names from "./names.json" with { type: "json" };
import { shout } from "loud/voice";

enum Mood { Good = 1 }

export default agent({
  run(cx: Context, input): string {
    const greeting: Greeting = greet(names[0]!);
    return shout(greeting as string) + Mood.Good;
  },
});
"#;
    let folder = folder(&[
        ("agent.ts", agent),
        ("names.json", r#"["Ada"]"#),
        (
            "lib/words.ts",
            "import type { None } from './none';\nexport type Greeting = string;\nexport const greet = (name: string): Greeting => `Hello, ${name}!`;\n",
        ),
        ("node_modules/loud/package.json", r#"{"exports": {"./voice": "./voice.mjs"}}"#),
        ("node_modules/loud/voice.mjs", "export const shout = (text) => text.toUpperCase();\n"),
    ]);
    assert_is_agent(&compile(&folder, "agent.ts").unwrap());
}

#[test]
fn a_syntax_error_is_where_it_is() {
    let text = refusal(&[("agent.js", "// One.\nexport default {\n  run( { return 1; }\n};\n")]);
    assert!(text.starts_with("DIR/agent.js:3:"), "{text}");
    assert!(text.contains("\n      run( { return 1; }\n"), "{text}");
    let text = refusal(&[("agent.ts", "const a: string = 1;\nconst a: number = ;\n")]);
    assert!(text.starts_with("DIR/agent.ts:2:19: "), "{text}");
    let text = refusal(&[("agent.js", "let a = 1;\nlet a = 2;\nexport default a;\n")]);
    assert!(text.contains("agent.js:") && text.contains('a'), "{text}");
    let text = refusal(&[("agent.js", "import './b.js';\nexport default 1;\n"), ("b.js", "\n  const;\n")]);
    assert!(text.starts_with("DIR/b.js:2:"), "{text}");
}

#[test]
fn an_import_of_nothing_is_where_it_is() {
    for (import, expected) in [
        ("'./none.js'", "there is no module \"./none.js\""),
        ("'none'", "there is no package \"none\" in node_modules"),
        ("'node:fs'", "\"node:fs\" is a module of Node"),
        ("'fs'", "\"fs\" is a module of Node"),
        ("'rak/none'", "\"rak/none\""),
    ] {
        let text =
            refusal(&[("agent.ts", &format!("\nimport * as x from {import};\nx;\nexport default 1;\n"))]);
        assert!(text.starts_with("DIR/agent.ts:2:20: ") && text.contains(expected), "{text}");
    }
    let text = refusal(&[("src/agent.js", "import '../b.js';\n"), ("b.js", "")]);
    assert!(text.contains("not below DIR/src, the agent's folder"), "{text}");
    let text =
        refusal(&[("agent.js", "import { none } from './b.js';\nexport default none;\n"), ("b.js", "")]);
    assert!(text.contains("none") && text.contains("b.js"), "{text}");
}

#[test]
fn what_cannot_work_is_refused() {
    let text = refusal(&[("agent.js", "\nexport const run = 1;\n")]);
    assert_eq!(
        text,
        "DIR/agent.js: it has no default export: an agent's module ends with `export default` and the agent"
    );
    let text = refusal(&[("agent.js", "\nexport default () => import('./b.js');\n")]);
    assert!(text.starts_with("DIR/agent.js:2:22: `import()`"), "{text}");
    let text = refusal(&[
        ("agent.js", "import a from 'a';\nexport default a;\n"),
        ("node_modules/a/index.js", "module.exports = {};\n"),
    ]);
    assert!(text.contains("node_modules/a/index.js: it is a CommonJS module"), "{text}");
    let text = refusal(&[("agent.css", "")]);
    assert!(text.contains("not a module"), "{text}");
    let missing = compile(&folder(&[]), "agent.js").unwrap_err().to_string();
    assert!(missing.contains("failed to read") && missing.contains("agent.js"), "{missing}");
}

#[test]
fn what_is_thrown_while_it_is_loaded_is_shown_with_its_stack() {
    let text = refusal(&[(
        "agent.ts",
        "type A = string;\n\n\nfunction first(): A {\n  throw new TypeError('too early');\n}\nexport default first();\n",
    )]);
    assert!(text.starts_with("failed to load DIR/agent.ts: "), "{text}");
    assert!(text.contains("agent.ts: Error: too early\n"), "{text}");
    assert!(text.contains("DIR/agent.ts:5"), "{text}");
    assert!(text.contains("DIR/agent.ts:7"), "{text}");
    assert!(!text.contains("/tmp/.rak"), "{text}");
}

#[test]
fn what_is_no_agent_is_refused_by_the_sdk() {
    let text = refusal(&[("agent.js", "export default { run: 1 };\n")]);
    assert!(text.starts_with("failed to load DIR/agent.js: ") && text.contains("run"), "{text}");
    let text = refusal(&[("agent.js", "export default { async run() {} };\n")]);
    assert!(text.contains("asynchronous"), "{text}");
}
