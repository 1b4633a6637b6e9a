//! `[admission]`: who may start how much.

use std::collections::BTreeMap;
use std::num::{NonZeroU32, NonZeroUsize};

use anyhow::bail;
use rak_core::{AppName, UserId};
use rak_runner::{AdmissionSettings, AgentAdmission, Rate, UserAdmission};
use serde::Deserialize;

/// What was written; see [`AdmissionSettings`].
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct AdmissionFile {
    max_queued: Option<usize>,
    user: LimitsFile,
    /// What is absent here is as for every user.
    users: BTreeMap<UserId, LimitsFile>,
    agents: BTreeMap<AppName, LimitsFile>,
}

/// What a user or an agent may do.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct LimitsFile {
    concurrent: Option<NonZeroUsize>,
    runs_per_minute: Option<NonZeroU32>,
    /// As many as in a minute, where absent.
    burst: Option<NonZeroU32>,
}

impl AdmissionFile {
    /// What it means.
    pub(super) fn settings(&self) -> anyhow::Result<AdmissionSettings> {
        let user = |limits: LimitsFile, table: &str| {
            anyhow::Ok(UserAdmission { concurrent: limits.concurrent, rate: limits.rate(table)? })
        };
        let mut settings = AdmissionSettings { user: user(self.user, "user")?, ..Default::default() };
        settings.max_queued = self.max_queued.unwrap_or(settings.max_queued);
        for (id, limits) in &self.users {
            let limits = limits.over(self.user);
            settings.users.insert(id.clone(), user(limits, &format!("users.{id}"))?);
        }
        for (name, limits) in &self.agents {
            let rate = limits.rate(&format!("agents.{name}"))?;
            let agent = AgentAdmission { concurrent: limits.concurrent, rate };
            settings.agents.insert(name.clone(), agent);
        }
        Ok(settings)
    }
}

impl LimitsFile {
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
            [users.bob]
            runs_per_minute = 6
            [users.eve]
            burst = 1
            [agents.echo]
            runs_per_minute = 3
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
        let echo = settings.agents[&AppName::new("echo").unwrap()];
        assert_eq!((echo.concurrent, echo.rate.unwrap().burst.get()), (None, 3));
    }

    #[test]
    fn what_makes_no_sense_is_an_error() {
        assert!(settings("[user]\nconcurrent = 0").is_err());
        assert!(settings("[user]\nper_minute = 1").is_err());
        let error = settings("[agents.echo]\nburst = 1").unwrap_err().to_string();
        assert!(error.starts_with("admission.agents.echo.burst"), "{error}");
    }
}
