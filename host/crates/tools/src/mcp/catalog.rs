//! The tools of a server, as this host sees them.

use std::collections::BTreeMap;

use rak_core::{ToolHints, ToolSpec};
use rmcp::model::{Tool, ToolAnnotations};
use serde_json::Value;

use super::full_name;
use crate::patterns::ToolPatterns;
use crate::settings::McpSettings;

/// The longest name of a tool, in bytes: what the protocol recommends.
const MAX_NAME_BYTES: usize = 128;

/// Tools by their names at the server.
pub(crate) type Catalog = BTreeMap<String, ToolSpec>;

/// Those that may be called. A tool that cannot be named here is left out, and the log says so.
pub(crate) fn catalog(
    server: &str,
    settings: &McpSettings,
    needs_approval: &ToolPatterns,
    tools: Vec<Tool>,
) -> Catalog {
    let allowed = tools.into_iter().filter(|tool| settings.allows(&tool.name));
    let usable = allowed.filter(|tool| {
        let usable = is_name(&tool.name);
        if !usable {
            tracing::warn!(target: "rak::mcp", server, tool = ?tool.name, "a tool with such a name is left out");
        }
        usable
    });
    usable.map(|tool| (tool.name.to_string(), spec(server, needs_approval, tool))).collect()
}

fn is_name(name: &str) -> bool {
    let usable = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    !name.is_empty() && name.len() <= MAX_NAME_BYTES && name.chars().all(usable)
}

fn spec(server: &str, needs_approval: &ToolPatterns, tool: Tool) -> ToolSpec {
    let name = full_name(server, &tool.name);
    let hints = ToolHints {
        needs_approval: needs_approval.matches(&name),
        ..hints(tool.annotations.as_ref().unwrap_or(&ToolAnnotations::default()))
    };
    ToolSpec {
        description: tool.description.or(tool.title.map(Into::into)).unwrap_or_default().into_owned(),
        parameters: Value::Object((*tool.input_schema).clone()),
        name,
        hints,
    }
}

/// What is absent means what the protocol says it does: a tool of which nothing is said may do anything.
fn hints(annotations: &ToolAnnotations) -> ToolHints {
    let read_only = annotations.read_only_hint.unwrap_or(false);
    ToolHints {
        read_only,
        destructive: !read_only && annotations.is_destructive(),
        idempotent: read_only || annotations.is_idempotent(),
        open_world: annotations.open_world_hint.unwrap_or(true),
        needs_approval: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::ToolsFile;
    use serde_json::json;

    fn of(text: &str, tools: Value) -> Vec<ToolSpec> {
        let file: ToolsFile = toml::from_str(text).unwrap();
        let settings = file.settings(std::path::Path::new(""), &|_| None).unwrap();
        let tools = serde_json::from_value(tools).unwrap();
        catalog("files", &settings.mcp["files"], &settings.needs_approval, tools).into_values().collect()
    }

    #[test]
    fn annotations_are_hints_and_what_is_not_said_may_be_anything() {
        let specs = of(
            "needs_approval = ['mcp.files.w*']\n[mcp.files]\ncommand = ['x']",
            json!([
                {"name": "write", "description": "Writes.", "inputSchema": {"type": "object"}},
                {"name": "read", "title": "Reads", "inputSchema": {"type": "object", "required": ["path"]},
                 "annotations": {"readOnlyHint": true, "openWorldHint": false}},
                {"name": "append", "inputSchema": {"type": "object"},
                 "annotations": {"destructiveHint": false, "idempotentHint": true}},
            ]),
        );
        let names: Vec<_> = specs.iter().map(|spec| spec.name.as_str()).collect();
        assert_eq!(names, ["mcp.files.append", "mcp.files.read", "mcp.files.write"]);
        let [append, read, write] = specs.as_slice() else { panic!("there are three") };
        let anything = ToolHints { destructive: true, open_world: true, ..ToolHints::default() };
        assert_eq!(write.hints, ToolHints { needs_approval: true, ..anything });
        assert_eq!(read.hints, ToolHints { read_only: true, idempotent: true, ..ToolHints::default() });
        assert_eq!(append.hints, ToolHints { destructive: false, idempotent: true, ..anything });
        assert_eq!((write.description.as_str(), read.description.as_str()), ("Writes.", "Reads"));
        assert_eq!(read.parameters, json!({"type": "object", "required": ["path"]}));
    }

    #[test]
    fn what_is_not_allowed_or_has_no_proper_name_is_left_out() {
        let tool = |name: &str| json!({"name": name, "inputSchema": {"type": "object"}});
        let specs = of(
            "[mcp.files]\ncommand = ['x']\nallow = ['r*', 'sp*']\ndeny = ['read_secret']",
            json!([tool("read"), tool("read_secret"), tool("write"), tool("sp ace"), tool(&"r".repeat(200))]),
        );
        assert_eq!(specs.iter().map(|spec| spec.name.as_str()).collect::<Vec<_>>(), ["mcp.files.read"]);
    }
}
