//! Hosts of tools, and servers for them.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use rak_core::{
    AppName, Failure, InvocationId, SessionId, SessionKey, ToolAnswer, ToolCall, Toolbox as _, UserId,
};
use rak_tools::{Tools, ToolsFile};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// Longer than anything takes on a machine that is busy; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_mins(2);
/// What the variable `RAK_TEST_KEY` of the host is.
pub(crate) const KEY: &str = "hunter2-is-a-secret";

/// How a server is reached, and which revision of the protocol it speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Stdio,
    StdioOlder,
    Http,
    HttpJson,
    HttpOlder,
}

pub(crate) const ALL_WAYS: [Way; 5] = [Way::Stdio, Way::StdioOlder, Way::Http, Way::HttpJson, Way::HttpOlder];

impl Way {
    pub(crate) fn is_http(self) -> bool {
        matches!(self, Self::Http | Self::HttpJson | Self::HttpOlder)
    }

    pub(crate) fn is_older(self) -> bool {
        matches!(self, Self::StdioOlder | Self::HttpOlder)
    }

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Stdio => &[],
            Self::StdioOlder => &["--older"],
            Self::Http => &["--http"],
            Self::HttpJson => &["--http", "--json"],
            Self::HttpOlder => &["--http", "--older"],
        }
    }
}

/// The Python that has the SDK.
fn python() -> PathBuf {
    let python = repository().join("guest-sdk/.venv/bin/python");
    assert!(python.exists(), "{} is missing; `cargo xtask test` installs it", python.display());
    python
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/server.py")
}

/// A server that runs by itself; it ends with the test.
pub(crate) struct HttpServer {
    pub(crate) port: u16,
    _process: Child,
}

impl HttpServer {
    pub(crate) async fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(python());
        command.arg(script()).args(arguments).kill_on_drop(true).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let first = soon(lines.next_line()).await.unwrap().expect("it says its port");
        Self { port: first.parse().unwrap(), _process: process }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/mcp", self.port)
    }
}

/// A host with one server, which is called `one`.
pub(crate) struct Host {
    pub(crate) tools: Tools,
    _server: Option<HttpServer>,
}

impl Host {
    pub(crate) async fn start(way: Way, settings: &str) -> Self {
        let server = if way.is_http() { Some(HttpServer::start(way.arguments()).await) } else { None };
        let transport = match &server {
            Some(server) => format!("url = '{}'", server.url()),
            None => command(way.arguments()),
        };
        let host = Self { tools: tools(&format!("[mcp.one]\n{transport}\n{settings}")), _server: server };
        soon(host.tools.settled()).await;
        host
    }

    pub(crate) async fn call(&self, tool: &str, args: Value) -> Result<ToolAnswer, Failure> {
        soon(self.tools.call(call(&format!("mcp.one.{tool}"), args))).await
    }

    /// The names of the server's tools, without what they begin with.
    pub(crate) fn names(&self) -> Vec<String> {
        let specs = self.tools.specs();
        specs.iter().filter_map(|spec| spec.name.strip_prefix("mcp.one.")).map(str::to_owned).collect()
    }
}

/// What starts the server, word by word.
pub(crate) fn words(arguments: &[&str]) -> Vec<String> {
    let own = [python(), script()].map(|path| path.display().to_string());
    own.into_iter().chain(arguments.iter().map(|&argument| argument.to_owned())).collect()
}

/// The line of the configuration that does.
pub(crate) fn command(arguments: &[&str]) -> String {
    format!("command = {:?}", words(arguments))
}

/// The tools of a configuration; a server that ended is started again at once.
pub(crate) fn tools(text: &str) -> Tools {
    let file: ToolsFile = toml::from_str(text).unwrap();
    let variable = |name: &str| match name {
        "PATH" => Some("/usr/bin:/bin".to_owned()),
        "RAK_TEST_KEY" => Some(KEY.to_owned()),
        _ => None,
    };
    let mut settings = file.settings(Path::new(""), &variable).unwrap();
    for server in settings.mcp.values_mut() {
        server.restart_after = Duration::from_millis(10);
    }
    Tools::start(settings)
}

pub(crate) fn call(name: &str, args: Value) -> ToolCall {
    ToolCall {
        name: name.to_owned(),
        args,
        call_id: "call-1".to_owned(),
        idempotency_key: "key-of-the-call".to_owned(),
        timeout: None,
        session: SessionKey {
            app_name: AppName::new("echo").unwrap(),
            user_id: UserId::anonymous(),
            session_id: SessionId::new("s").unwrap(),
        },
        invocation: InvocationId::new(),
        grants: Arc::default(),
    }
}

/// What happens without being waited for too long.
pub(crate) async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("it takes too long")
}
