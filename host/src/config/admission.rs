//! `[admission]`: who may start how much.

use std::collections::BTreeMap;
use std::num::{NonZeroU32, NonZeroUsize};

use anyhow::bail;
use rak_core::{AgentQuota, AppName, Quota, UserId};
use rak_runner::{AdmissionSettings, AgentAdmission, Rate, UserAdmission};
use serde::Deserialize;

/// What was written; see [`AdmissionSettings`].
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct AdmissionFile {
    max_queued: Option<usize>,
    user: UserFile,
    /// What is absent here is as for every user.
    users: BTreeMap<UserId, UserFile>,
    agents: BTreeMap<AppName, AgentFile>,
}

/// What a user may do.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct UserFile {
    concurrent: Option<NonZeroUsize>,
    runs_per_minute: Option<NonZeroU32>,
    burst: Option<NonZeroU32>,
    quota: QuotaFile,
}

/// What a user may use in a day.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct QuotaFile {
    invocations: Option<u64>,
    cpu_time_ms: Option<u64>,
    memory_mib_seconds: Option<u64>,
    events: Option<u64>,
    event_bytes: Option<u64>,
    model_tokens: Option<u64>,
}

/// What the runs of an agent may do, all its users together.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct AgentFile {
    concurrent: Option<NonZeroUsize>,
    runs_per_minute: Option<NonZeroU32>,
    burst: Option<NonZeroU32>,
    quota: AgentQuotaFile,
}

/// What an agent may use in a day.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct AgentQuotaFile {
    model_tokens: Option<u64>,
}

/// What may be written of a user and of an agent alike.
#[derive(Clone, Copy, Debug)]
struct Limits {
    concurrent: Option<NonZeroUsize>,
    runs_per_minute: Option<NonZeroU32>,
    /// As many as in a minute, where absent.
    burst: Option<NonZeroU32>,
}

impl AdmissionFile {
    /// What it means.
    pub(super) fn settings(&self) -> anyhow::Result<AdmissionSettings> {
        let user = self.user.admission("user")?;
        let mut settings = AdmissionSettings { user, ..AdmissionSettings::default() };
        settings.max_queued = self.max_queued.unwrap_or(settings.max_queued);
        for (id, user) in &self.users {
            let user = user.over(self.user).admission(&format!("users.{id}"))?;
            settings.users.insert(id.clone(), user);
        }
        for (name, agent) in &self.agents {
            let agent = agent.admission(&format!("agents.{name}"))?;
            settings.agents.insert(name.clone(), agent);
        }
        Ok(settings)
    }
}

impl UserFile {
    fn limits(self) -> Limits {
        let Self { concurrent, runs_per_minute, burst, quota: _ } = self;
        Limits { concurrent, runs_per_minute, burst }
    }

    fn over(self, other: Self) -> Self {
        let Limits { concurrent, runs_per_minute, burst } = self.limits().over(other.limits());
        let (quota, all) = (self.quota, other.quota);
        let quota = QuotaFile {
            invocations: quota.invocations.or(all.invocations),
            cpu_time_ms: quota.cpu_time_ms.or(all.cpu_time_ms),
            memory_mib_seconds: quota.memory_mib_seconds.or(all.memory_mib_seconds),
            events: quota.events.or(all.events),
            event_bytes: quota.event_bytes.or(all.event_bytes),
            model_tokens: quota.model_tokens.or(all.model_tokens),
        };
        Self { concurrent, runs_per_minute, burst, quota }
    }

    fn admission(self, table: &str) -> anyhow::Result<UserAdmission> {
        let QuotaFile { invocations, cpu_time_ms, memory_mib_seconds, events, event_bytes, model_tokens } =
            self.quota;
        Ok(UserAdmission {
            concurrent: self.concurrent,
            rate: self.limits().rate(table)?,
            quota: Quota { invocations, cpu_time_ms, memory_mib_seconds, events, event_bytes, model_tokens },
        })
    }
}

impl AgentFile {
    fn admission(self, table: &str) -> anyhow::Result<AgentAdmission> {
        let Self { concurrent, runs_per_minute, burst, quota: AgentQuotaFile { model_tokens } } = self;
        let rate = Limits { concurrent, runs_per_minute, burst }.rate(table)?;
        Ok(AgentAdmission { concurrent, rate, quota: AgentQuota { model_tokens } })
    }
}

impl Limits {
    fn over(self, other: Self) -> Self {
        // A rate is one thing: a burst belongs to the number beside it.
        let rate = if self.runs_per_minute.is_some() { self } else { other };
        Self {
            concurrent: self.concurrent.or(other.concurrent),
            runs_per_minute: rate.runs_per_minute,
            burst: self.burst.or(rate.burst),
        }
    }

    fn rate(self, table: &str) -> anyhow::Result<Option<Rate>> {
        match (self.runs_per_minute, self.burst) {
            (None, Some(_)) => {
                bail!("admission.{table}.burst says nothing without runs_per_minute beside it")
            }
            (None, None) => Ok(None),
            (Some(per_minute), burst) => {
                Ok(Some(Rate { burst: burst.unwrap_or(per_minute), ..Rate::per_minute(per_minute) }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> anyhow::Result<AdmissionSettings> {
        toml::from_str::<AdmissionFile>(text)?.settings()
    }

    #[test]
    fn nothing_written_is_no_limit() {
        assert_eq!(settings("").unwrap(), AdmissionSettings::default());
        assert_eq!(settings("max_queued = 0").unwrap().max_queued, 0);
    }

    #[test]
    fn a_user_of_its_own_has_the_rest_from_all_users() {
        let text = "
            [user]
            concurrent = 2
            runs_per_minute = 60
            burst = 5
            [users.'ann@example.org']
            concurrent = 9
            [user.quota]
            invocations = 100
            events = 7
            model_tokens = 1000
            [users.bob]
            runs_per_minute = 6
            [users.bob.quota]
            invocations = 0
            model_tokens = 9
            [users.eve]
            burst = 1
            [agents.echo]
            runs_per_minute = 3
            [agents.echo.quota]
            model_tokens = 5000
        ";
        let settings = settings(text).unwrap();
        let of = |user: &str| {
            let user = settings.users[&UserId::new(user).unwrap()];
            let rate = user.rate.unwrap();
            (user.concurrent.unwrap().get(), rate.per_minute.get(), rate.burst.get())
        };
        assert_eq!(of("ann@example.org"), (9, 60, 5));
        assert_eq!(of("bob"), (2, 6, 6));
        assert_eq!(of("eve"), (2, 60, 1));
        let quota = |user: &str| settings.users[&UserId::new(user).unwrap()].quota;
        assert_eq!((quota("bob").invocations, quota("bob").events), (Some(0), Some(7)));
        assert_eq!((quota("bob").model_tokens, quota("eve").model_tokens), (Some(9), Some(1000)));
        assert_eq!(quota("eve"), settings.user.quota);
        let echo = settings.agents[&AppName::new("echo").unwrap()];
        assert_eq!((echo.concurrent, echo.rate.unwrap().burst.get()), (None, 3));
        assert_eq!(echo.quota.model_tokens, Some(5000));
    }

    #[test]
    fn what_makes_no_sense_is_an_error() {
        assert!(settings("[user]\nconcurrent = 0").is_err());
        assert!(settings("[user]\nper_minute = 1").is_err());
        assert!(settings("[agents.echo.quota]\nevents = 1").is_err(), "an agent has no quota of events");
        let error = settings("[agents.echo]\nburst = 1").unwrap_err().to_string();
        assert!(error.starts_with("admission.agents.echo.burst"), "{error}");
    }
}
