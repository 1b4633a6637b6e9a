//! MCP servers: started, watched, started again, and called.
//!
//! A [`McpServer`] is what is known of one, and how it is called; a task keeps it there. `connection` is one life of a server,
//! `process` a server that is a child process, `lines` what that may send, `http` one that is served elsewhere, `client` what
//! a server hears of this host, `catalog` its tools as this host sees them, `answer` and `failure` what its answers mean here.

mod answer;
mod backoff;
mod catalog;
mod client;
mod connection;
mod failure;
mod http;
mod lines;
mod process;
mod server;

pub(crate) use server::McpServer;

/// The name of a tool of a server in the one namespace of all tools.
pub(crate) fn full_name(server: &str, tool: &str) -> String {
    format!("mcp.{server}.{tool}")
}

/// The server and the tool that a name means.
pub(crate) fn parts(name: &str) -> Option<(&str, &str)> {
    name.strip_prefix("mcp.")?.split_once('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_a_server_and_a_tool_that_may_have_dots() {
        assert_eq!(parts(&full_name("files", "admin.write")), Some(("files", "admin.write")));
        assert_eq!(parts("mcp.files"), None);
        assert_eq!(parts("clock"), None);
    }
}
