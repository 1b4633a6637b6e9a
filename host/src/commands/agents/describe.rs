//! Agents and their versions, as a person reads them.

use rak_core::{AgentInfo, AgentState, CodeTier, Pinning, VersionInfo, VersionState};

use super::version_words;
use crate::human::{self, Ages, Labelled, one_line, short_digest};
use crate::table::Table;

/// All agents of a host, and below them what was refused.
pub(super) fn list(agents: &[AgentInfo], host: &str, ages: Ages) -> String {
    if agents.is_empty() {
        return format!("there are no agents at {host}; `rak agents push` brings one");
    }
    let mut table = Table::new(&["NAME", "STATE", "VERSION", "DIGEST", "LOADED", "RUNS", "DESCRIPTION"]);
    for agent in agents {
        let current = agent.current.as_ref();
        let digest = current.map(|version| short_digest(&version.digest).to_owned());
        table.row([
            agent.name.to_string(),
            state(agent.state).to_owned(),
            current.map(|version| version.number.to_string()).unwrap_or_default(),
            digest.unwrap_or_default(),
            current.map(|version| ages.of(version.loaded_at)).unwrap_or_default(),
            agent.counters.active.to_string(),
            agent.descriptor.as_ref().map(|descriptor| descriptor.description.clone()).unwrap_or_default(),
        ]);
    }
    let mut text = table.to_string();
    for refused in agents.iter().filter_map(|agent| refused(agent, ages)) {
        text.push('\n');
        text.push_str(&refused);
    }
    text
}

/// One agent with its versions.
pub(super) fn one(agent: &AgentInfo, versions: &[VersionInfo], ages: Ages) -> String {
    let mut text = Labelled::default();
    text.line("name", agent.name.as_str());
    text.line("state", state(agent.state));
    if let Some(version) = &agent.current {
        let (size, age) = (human::bytes(version.bytes), ages.of(version.loaded_at));
        text.line("live", &format!("{}, {size}, {age}", version_words(version)));
    }
    if let Some(refused) = refused(agent, ages) {
        text.line("refused", &refused);
    }
    if let Some(descriptor) = &agent.descriptor {
        text.line("calls itself", &format!("{} {}", descriptor.name, descriptor.version));
        text.line("description", &descriptor.description);
        for skill in &descriptor.skills {
            text.line("skill", &format!("{}: {}", skill.name, skill.description));
            text.lines("  try", &skill.examples);
        }
    }
    text.lines("imports", &agent.imports);
    if let Some(grants) = &agent.grants {
        text.line("granted", &human::grants(grants));
    }
    text.lines("limit", agent.limits.iter().map(|(name, value)| format!("{name} = {value}")));
    if agent.pinning == Pinning::Session {
        text.line("sessions", "stay on the version that they began with");
    }
    text.line("runs", &runs(agent));
    if versions.is_empty() { text.to_string() } else { format!("{text}\n\n{}", table(versions, ages)) }
}

/// What its runs came to.
fn runs(agent: &AgentInfo) -> String {
    let counters = &agent.counters;
    let old = match agent.draining {
        0 => String::new(),
        draining => format!(" ({draining} on versions that were replaced)"),
    };
    format!(
        "{} active{old}, {} completed, {} failed, {} stopped",
        counters.active, counters.completed, counters.failed, counters.stopped
    )
}

fn table(versions: &[VersionInfo], ages: Ages) -> Table {
    let mut table =
        Table::new(&["VERSION", "STATE", "DIGEST", "SIZE", "LOADED", "RUNS", "CODE", "CALLS ITSELF"]);
    for version in versions {
        let state = match version.state {
            VersionState::Current => "current",
            VersionState::Kept => "kept",
            VersionState::Draining => "draining",
        };
        let code = version.code.map(|code| match code {
            CodeTier::Baseline => "baseline",
            CodeTier::Optimized => "optimized",
        });
        table.row([
            version.number.to_string(),
            state.to_owned(),
            short_digest(&version.digest).to_owned(),
            human::bytes(version.bytes),
            ages.of(version.loaded_at),
            version.runs.to_string(),
            code.unwrap_or_default().to_owned(),
            version.described_version.clone(),
        ]);
    }
    table
}

fn state(state: AgentState) -> &'static str {
    match state {
        AgentState::Ready => "ready",
        AgentState::Refused => "refused",
    }
}

/// The newest version that was not taken, with what that means for the agent.
fn refused(agent: &AgentInfo, ages: Ages) -> Option<String> {
    let Some(refusal) = &agent.refused else {
        let reason = agent.reason.as_ref().filter(|_| agent.state == AgentState::Refused)?;
        return Some(format!("{} was refused: {}", agent.name, one_line(reason)));
    };
    let (age, reason) = (ages.of(refusal.at), one_line(&refusal.reason));
    Some(match &agent.current {
        None => format!("{} was refused {age}: {reason}", agent.name),
        Some(version) => format!(
            "{}: a newer version was refused {age}, version {} stays live: {reason}",
            agent.name, version.number
        ),
    })
}

#[cfg(test)]
mod tests {
    use rak_core::time::UnixMillis;
    use rak_core::{AgentDescriptor, AgentGrants, AgentSource, AppName, Refusal};

    use super::*;

    const NOW: UnixMillis = UnixMillis(1_000_000_000);

    fn version(number: u64, state: VersionState) -> VersionInfo {
        VersionInfo {
            version: format!("sha256:{number:064x}"),
            number,
            digest: format!("sha256:{number:064x}"),
            bytes: 150 << 10,
            state,
            source: AgentSource::Upload,
            loaded_at: UnixMillis(NOW.0 - 120_000),
            code: Some(CodeTier::Optimized),
            runs: 1,
            described_version: "0.1.0".to_owned(),
        }
    }

    fn agents() -> Vec<AgentInfo> {
        let name = |name| AppName::new(name).unwrap();
        let refusal = Refusal {
            reason: "it is not\nWebAssembly".to_owned(),
            at: UnixMillis(NOW.0 - 5000),
            digest: None,
        };
        let descriptor = AgentDescriptor {
            name: "echo".to_owned(),
            description: "Says what it is told.".to_owned(),
            version: "0.1.0".to_owned(),
            ..AgentDescriptor::default()
        };
        let echo = AgentInfo {
            current: Some(version(3, VersionState::Current)),
            descriptor: Some(descriptor),
            grants: Some(AgentGrants::default()),
            refused: Some(refusal.clone()),
            ..AgentInfo::ready(name("echo"))
        };
        vec![AgentInfo::refused(name("broken"), refusal), echo]
    }

    #[test]
    fn a_list_is_a_table_with_what_was_refused_below() {
        let host = "http://127.0.0.1:8080";
        assert_eq!(
            list(&agents(), host, Ages(NOW)),
            "NAME    STATE    VERSION  DIGEST        LOADED  RUNS  DESCRIPTION\n\
             broken  refused  -        -             -       0     -\n\
             echo    ready    3        000000000000  2m ago  0     Says what it is told.\n\
             broken was refused 5s ago: it is not WebAssembly\n\
             echo: a newer version was refused 5s ago, version 3 stays live: it is not WebAssembly"
        );
        assert!(list(&[], host, Ages(NOW)).contains("rak agents push"));
    }

    #[test]
    fn one_agent_has_all_its_versions() {
        let versions = [version(3, VersionState::Current), version(2, VersionState::Kept)];
        let mut echo = agents().remove(1);
        echo.draining = 1;
        echo.counters.active = 2;
        let text = one(&echo, &versions, Ages(NOW));
        for expected in [
            "live         version 3 (000000000000), 150 KiB, 2m ago\n",
            "granted      history; state of session, user, app; artifacts of session, user; people; log\n",
            "runs         2 active (1 on versions that were replaced), 0 completed, 0 failed, 0 stopped",
            "\n\nVERSION  STATE    DIGEST        SIZE     LOADED  RUNS  CODE       CALLS ITSELF\n",
            "\n2        kept     000000000000  150 KiB  2m ago  1     optimized  0.1.0",
        ] {
            assert!(text.contains(expected), "{expected:?} in {text}");
        }
    }
}
