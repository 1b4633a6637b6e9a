//! What `rak.toml` says of an MCP server.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rak_settings::{Redactor, Secret, SettingsError, Values};
use reqwest::header::{HeaderName, HeaderValue};
use serde::Deserialize;

use super::patterns;
use crate::patterns::ToolPatterns;

/// How long a call may take: longer than what answers at all, and short enough that an agent can do something else.
const DEFAULT_TIMEOUT: Duration = Duration::from_mins(1);
/// The longest that can be set: what takes more than a day is no call.
const LONGEST_TIMEOUT: Duration = Duration::from_hours(24);
/// How large an answer may be: larger than what a model reads.
const DEFAULT_MAX_RESPONSE_BYTES: usize = 1 << 20;
/// The largest that can be set, in bytes: an answer is held in memory a few times over.
const LARGEST_RESPONSE_BYTES: usize = 256 << 20;
/// What a server that is started here finds in its environment beside what is written for it. All else may be a secret that
/// is none of its business.
const INHERITED: [&str; 10] =
    ["HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "TZ", "USER"];
/// Headers that the protocol sets.
const RESERVED: [&str; 4] = ["accept", "last-event-id", "mcp-protocol-version", "mcp-session-id"];

/// A table `tools.mcp.NAME`. Values may have secrets in them, so `Debug` shows none.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct McpFile {
    /// The program that is started, and its arguments; it speaks on its input and output.
    pub command: Vec<Secret>,
    /// Its environment, beside a few harmless variables of the host's.
    pub env: BTreeMap<String, Secret>,
    /// Where it is started.
    pub cwd: Option<PathBuf>,
    /// Or where it is served.
    pub url: Option<Secret>,
    /// What is sent along with each request.
    pub headers: BTreeMap<String, Secret>,
    /// Patterns of the tools that may be called, by their names at the server; all where absent.
    pub allow: Option<Vec<String>>,
    /// Of those that may not.
    pub deny: Vec<String>,
    /// How long a call may take.
    pub timeout_ms: Option<u64>,
    /// How large an answer may be.
    pub max_response_bytes: Option<usize>,
}

/// What it means.
#[derive(Clone, Debug)]
pub struct McpSettings {
    /// How to reach it.
    pub transport: McpTransport,
    /// The tools that may be called; all where absent.
    pub allow: Option<ToolPatterns>,
    /// Those that may not.
    pub deny: ToolPatterns,
    /// How long a call may take.
    pub timeout: Duration,
    /// How large an answer may be, in bytes of JSON.
    pub max_response_bytes: usize,
    /// The first pause before it is started again.
    pub restart_after: Duration,
    pub(crate) redactor: Redactor,
}

/// How to reach a server.
#[derive(Clone, Debug)]
pub enum McpTransport {
    /// It is started here, and speaks on its input and output.
    Process {
        /// The program.
        program: PathBuf,
        /// Its arguments.
        arguments: Vec<Secret>,
        /// All of its environment.
        environment: BTreeMap<String, Secret>,
        /// Where it is started; where the host was, where absent.
        folder: Option<PathBuf>,
    },
    /// It is served somewhere, as streamable HTTP.
    Http {
        /// Where.
        url: Secret,
        /// What is sent along with each request.
        headers: HashMap<HeaderName, HeaderValue>,
    },
}

impl McpFile {
    pub(super) fn settings(
        &self,
        key: &str,
        base: &Path,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<McpSettings, SettingsError> {
        let mut values = Values::new(key, variable);
        let transport = match (self.command.split_first(), &self.url) {
            (Some((program, arguments)), None) => self.process(program, arguments, base, &mut values)?,
            (None, Some(url)) => self.http(url, &mut values)?,
            _ => {
                let problem = "give either command, a program to start, or url, where it is served";
                return Err(SettingsError::new(key, problem));
            }
        };
        let timeout = self.timeout_ms.map_or(DEFAULT_TIMEOUT, Duration::from_millis);
        if timeout.is_zero() || timeout > LONGEST_TIMEOUT {
            let problem = format!("give a number from 1 to {}, which is a day", LONGEST_TIMEOUT.as_millis());
            return Err(values.error("timeout_ms", problem));
        }
        let max_response_bytes = self.max_response_bytes.unwrap_or(DEFAULT_MAX_RESPONSE_BYTES);
        if !(1..=LARGEST_RESPONSE_BYTES).contains(&max_response_bytes) {
            let problem = format!("give a number from 1 to {LARGEST_RESPONSE_BYTES}");
            return Err(values.error("max_response_bytes", problem));
        }
        let allow = self.allow.as_deref().map(|allow| patterns(&format!("{key}.allow"), allow));
        Ok(McpSettings {
            transport,
            allow: allow.transpose()?,
            deny: patterns(&format!("{key}.deny"), &self.deny)?,
            timeout,
            max_response_bytes,
            restart_after: McpSettings::RESTART_AFTER,
            redactor: values.redactor(),
        })
    }

    fn process(
        &self,
        program: &Secret,
        arguments: &[Secret],
        base: &Path,
        values: &mut Values<'_>,
    ) -> Result<McpTransport, SettingsError> {
        if !self.headers.is_empty() {
            return Err(values.error("headers", "a program that is started gets env, and no headers"));
        }
        if program.expose().is_empty() {
            return Err(values.error("command", "the program has no name"));
        }
        let inherited = INHERITED.into_iter().filter_map(|name| Some((name, values.variable(name)?)));
        let mut environment: BTreeMap<_, _> =
            inherited.map(|(name, value)| (name.to_owned(), Secret::new(value))).collect();
        for (name, written) in &self.env {
            if name.is_empty() || name.contains(['=', '\0']) {
                return Err(values.error("env", format!("{name:?} cannot be the name of a variable")));
            }
            let value = values.value(&format!("env.{name}"), written)?;
            environment.insert(name.clone(), Secret::new(value));
        }
        // A bare name is looked for on the path, anything else is a file as seen from the configuration.
        let program = match program.expose() {
            name if name.contains('/') => base.join(name),
            name => name.into(),
        };
        let folder = self.cwd.as_ref().map_or_else(|| base.to_owned(), |cwd| base.join(cwd));
        Ok(McpTransport::Process {
            program,
            arguments: arguments.to_vec(),
            environment,
            folder: Some(folder).filter(|folder| !folder.as_os_str().is_empty()),
        })
    }

    fn http(&self, url: &Secret, values: &mut Values<'_>) -> Result<McpTransport, SettingsError> {
        if !self.env.is_empty() || self.cwd.is_some() {
            return Err(
                values.error("env", "a server that is served elsewhere gets headers, and no env or cwd")
            );
        }
        let url = values.url("url", url, "https://example.com/mcp")?;
        let headers = values.headers(&self.headers, &RESERVED)?;
        Ok(McpTransport::Http { url: Secret::new(url.to_string()), headers })
    }
}

impl McpSettings {
    /// The first pause before a server is started again; each further one is twice as long.
    pub const RESTART_AFTER: Duration = Duration::from_secs(1);

    /// Whether a tool of this name may be called.
    pub(crate) fn allows(&self, tool: &str) -> bool {
        self.allow.as_ref().is_none_or(|allow| allow.matches(tool)) && !self.deny.matches(tool)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{error, settings};
    use super::*;

    fn server(text: &str) -> McpSettings {
        settings(&format!("[mcp.one]\n{text}")).unwrap().mcp.remove("one").unwrap()
    }

    #[test]
    fn a_program_gets_what_is_written_for_it_and_nothing_else() {
        let server =
            server("command = ['./serve', '--all']\ncwd = 'data'\n[mcp.one.env]\nKEY = 'x-${TOKEN}'");
        let McpTransport::Process { program, arguments, environment, folder } = server.transport else {
            panic!("it is a program");
        };
        assert_eq!(program, Path::new("/etc/rak/./serve"));
        assert_eq!(arguments, [Secret::new("--all")]);
        assert_eq!(folder.as_deref(), Some(Path::new("/etc/rak/data")));
        let names: Vec<_> = environment.keys().map(String::as_str).collect();
        assert_eq!(names, ["KEY", "PATH"], "TOKEN itself is not passed on");
        assert_eq!(environment["KEY"].expose(), "x-hunter2-secret");
    }

    #[test]
    fn a_bare_name_is_looked_for_on_the_path() {
        let McpTransport::Process { program, folder, .. } = server("command = ['npx']").transport else {
            panic!("it is a program");
        };
        assert_eq!((program.as_path(), folder.as_deref()), (Path::new("npx"), Some(Path::new("/etc/rak"))));
    }

    #[test]
    fn what_is_absent_is_the_default() {
        let server = server("url = 'https://example.com/mcp'");
        assert_eq!((server.timeout, server.max_response_bytes), (DEFAULT_TIMEOUT, 1 << 20));
        assert!(server.allows("anything"));
    }

    #[test]
    fn allowed_is_what_is_on_the_one_list_and_not_on_the_other() {
        let some = server("command = ['x']\nallow = ['read*', 'list']\ndeny = ['*secret*']");
        assert!(some.allows("read_file") && some.allows("list"));
        assert!(!some.allows("write") && !some.allows("read_secrets"));
        assert!(!server("command = ['x']\nallow = []").allows("read"));
    }

    #[test]
    fn no_secret_is_shown() {
        let text = "[mcp.one]\nurl = 'https://example.com/${TOKEN}'\nheaders = {authorization = 'Bearer plain-key'}\n\
                    [mcp.two]\ncommand = ['x', 'argument-key']\nenv = {KEY = 'plain-value'}";
        let file: crate::ToolsFile = toml::from_str(text).unwrap();
        let shown = format!("{file:?} {:?}", settings(text).unwrap());
        for secret in ["hunter2", "plain-key", "plain-value", "argument-key"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        let redactor = &settings(text).unwrap().mcp["one"].redactor;
        assert_eq!(redactor.redact("got plain-key at /hunter2-secret".to_owned()), "got *** at /***");
    }

    #[test]
    fn a_mistake_names_the_key_and_no_value() {
        for (text, reason) in [
            ("", "tools.mcp.one: give either command"),
            ("command = ['x']\nurl = 'http://x'", "tools.mcp.one: give either command"),
            ("command = ['']", "tools.mcp.one.command: the program has no name"),
            (
                "command = ['x']\nenv = {K = '${NONE}'}",
                "tools.mcp.one.env.K: the environment variable NONE is not set",
            ),
            ("command = ['x']\nenv = {'A=B' = ''}", "tools.mcp.one.env: \"A=B\""),
            ("command = ['x']\nheaders = {a = 'b'}", "tools.mcp.one.headers: a program"),
            ("url = 'ftp://x'", "tools.mcp.one.url: give an address"),
            ("url = 'hunter2'", "tools.mcp.one.url: give an address"),
            ("url = '${NONE}'", "tools.mcp.one.url: the environment variable NONE"),
            ("url = 'http://x'\ncwd = '.'", "tools.mcp.one.env: a server that is served"),
            ("url = 'http://x'\nheaders = {'a b' = 'x'}", "tools.mcp.one.headers.a b: this cannot be"),
            ("url = 'http://x'\nheaders = {a = \"hunter2\\n\"}", "tools.mcp.one.headers.a: its value has"),
            ("url = 'http://x'\nheaders = {Accept = 'x'}", "tools.mcp.one.headers.Accept: the protocol sets"),
            ("command = ['x']\nallow = ['[']", "tools.mcp.one.allow: \"[\" is no pattern"),
            ("command = ['x']\ndeny = ['[']", "tools.mcp.one.deny: \"[\" is no pattern"),
            ("command = ['x']\ntimeout_ms = 0", "tools.mcp.one.timeout_ms: give a number from 1 to 86400000"),
            (
                "command = ['x']\nmax_response_bytes = 0",
                "tools.mcp.one.max_response_bytes: give a number from 1",
            ),
            ("command = ['x']\ntimeout_ms = 86400001", "tools.mcp.one.timeout_ms: give a number"),
            ("command = ['x']\nmax_response_bytes = 999999999", "tools.mcp.one.max_response_bytes: give"),
            ("commands = ['x']", "unknown field `commands`"),
        ] {
            let error = error(&format!("[mcp.one]\n{text}"));
            assert!(error.contains(reason), "{text}: {error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
