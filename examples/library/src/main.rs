//! A small library that agents search: an MCP server with one tool that changes nothing. It reads a message of JSON-RPC a line and
//! writes one, which is all there is to MCP on a program's input and output. The host starts it where its configuration says so, as
//! `agents/demo.toml` does:
//!
//! ```toml
//! [tools.mcp.library]
//! command = ["rak-library"]
//! ```

mod shelf;

use std::io::{self, BufRead as _, Write as _};

use serde::Deserialize;
use serde_json::{Value, json};

/// The revision of the protocol that is spoken, whichever the client would rather speak.
const PROTOCOL: &str = "2025-06-18";
/// The tool.
const SEARCH: &str = "search";

// Of JSON-RPC.
const PARSE_ERROR: i32 = -32700;
const METHOD_NOT_FOUND: i32 = -32601;
const INVALID_PARAMS: i32 = -32602;

fn main() -> anyhow::Result<()> {
    let mut output = io::stdout().lock();
    // Until the host closes the input.
    for line in io::stdin().lock().lines() {
        if let Some(answer) = answer(&line?) {
            writeln!(output, "{answer}")?;
            output.flush()?;
        }
    }
    Ok(())
}

/// What is asked for.
#[derive(Deserialize)]
struct Message {
    /// Absent where no answer is wanted.
    id: Option<Value>,
    /// Absent in an answer.
    method: Option<String>,
    #[serde(default)]
    params: Value,
}

/// Why something cannot be done.
struct Refusal {
    code: i32,
    message: String,
}

/// The answer to a line, where it wants one.
fn answer(line: &str) -> Option<Value> {
    let message: Message = match serde_json::from_str(line) {
        Ok(message) => message,
        Err(error) => {
            return Some(refused(&Value::Null, &Refusal { code: PARSE_ERROR, message: error.to_string() }));
        }
    };
    let (id, method) = (message.id?, message.method?);
    Some(match result(&method, &message.params) {
        Ok(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
        Err(refusal) => refused(&id, &refusal),
    })
}

fn refused(id: &Value, Refusal { code, message }: &Refusal) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}})
}

fn result(method: &str, params: &Value) -> Result<Value, Refusal> {
    match method {
        "initialize" => Ok(json!({
            "protocolVersion": PROTOCOL,
            "capabilities": {"tools": {}},
            "serverInfo": {"name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION")},
        })),
        "ping" => Ok(json!({})),
        "tools/list" => Ok(json!({"tools": [search_tool()]})),
        "tools/call" => call(params),
        _ => Err(Refusal { code: METHOD_NOT_FOUND, message: format!("there is no method {method:?}") }),
    }
}

fn search_tool() -> Value {
    json!({
        "name": SEARCH,
        "description": "Finds the texts of the library that say most about something.",
        "inputSchema": {
            "type": "object",
            "properties": {"query": {"type": "string", "description": "A question, or some words"}},
            "required": ["query"],
            "additionalProperties": false,
        },
        "annotations": {"readOnlyHint": true, "openWorldHint": false},
    })
}

fn call(params: &Value) -> Result<Value, Refusal> {
    let name = params.get("name").and_then(Value::as_str).unwrap_or_default();
    if name != SEARCH {
        return Err(Refusal { code: INVALID_PARAMS, message: format!("there is no tool {name:?}") });
    }
    let query = params.pointer("/arguments/query").and_then(Value::as_str);
    Ok(match query {
        Some(query) => {
            let found = json!({"results": shelf::search(query)});
            // As a text, too, for clients that read nothing else.
            json!({"content": [text(&found.to_string())], "structuredContent": found})
        }
        // Whoever asks is a model, and may ask again.
        None => json!({"content": [text("give a query: some words to look for")], "isError": true}),
    })
}

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: &str, params: &Value) -> Value {
        let message = json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params});
        let answer = answer(&message.to_string()).unwrap();
        assert_eq!((&answer["jsonrpc"], &answer["id"]), (&json!("2.0"), &json!(7)));
        answer
    }

    #[test]
    fn a_client_is_greeted_and_told_what_there_is() {
        let greeting = asked("initialize", &json!({"protocolVersion": "2024-11-05"}));
        assert_eq!(greeting["result"]["protocolVersion"], PROTOCOL);
        assert_eq!(answer(r#"{"jsonrpc": "2.0", "method": "notifications/initialized"}"#), None);
        let tools = asked("tools/list", &json!({}));
        assert_eq!(tools["result"]["tools"], json!([search_tool()]));
        assert_eq!(tools["result"]["tools"][0]["annotations"]["readOnlyHint"], true);
    }

    #[test]
    fn a_question_is_answered_with_passages() {
        let arguments = json!({"query": "how far has a honey bee flown?"});
        let answer = asked("tools/call", &json!({"name": SEARCH, "arguments": arguments}));
        let found = &answer["result"]["structuredContent"];
        assert_eq!(found["results"][0]["title"], "How a bee measures distance");
        assert_eq!(answer["result"]["content"][0]["text"], found.to_string());
    }

    #[test]
    fn a_mistake_is_said_to_who_made_it() {
        let without = asked("tools/call", &json!({"name": SEARCH, "arguments": {}}));
        assert_eq!(without["result"]["isError"], true);
        let unknown = asked("tools/call", &json!({"name": "burn"}));
        assert_eq!(unknown["error"]["code"], INVALID_PARAMS);
        assert_eq!(asked("server/discover", &json!({}))["error"]["code"], METHOD_NOT_FOUND);
        assert_eq!(answer("{").unwrap()["error"]["code"], PARSE_ERROR);
    }
}
