//! What is let in, and how much of it at once.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use rak_core::{AgentQuota, AppName, Quota, Quotas, UserId};

use super::rate::Rate;

/// Limits of who starts runs. [`Default`] has none but the length of the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct AdmissionSettings {
    /// How many new runs may wait, for their session or for a place: 10 000, which is about 50 MB. With 0 a run that
    /// cannot begin at once is refused.
    pub max_queued: usize,
    /// What holds for each user.
    pub user: UserAdmission,
    /// What holds for certain users instead.
    pub users: BTreeMap<UserId, UserAdmission>,
    /// What holds for certain agents, all users together.
    pub agents: BTreeMap<AppName, AgentAdmission>,
}

impl Default for AdmissionSettings {
    fn default() -> Self {
        Self {
            max_queued: 10_000,
            user: UserAdmission::default(),
            users: BTreeMap::new(),
            agents: BTreeMap::new(),
        }
    }
}

impl AdmissionSettings {
    pub(super) fn of_user(&self, user: &UserId) -> UserAdmission {
        self.users.get(user).copied().unwrap_or(self.user)
    }

    pub(super) fn of_agent(&self, agent: &AppName) -> AgentAdmission {
        self.agents.get(agent).copied().unwrap_or_default()
    }

    /// What a user's runs of an agent may use.
    pub(crate) fn quotas(&self, user: &UserId, agent: &AppName) -> Quotas {
        Quotas { user: self.of_user(user).quota, agent: self.of_agent(agent).quota }
    }
}

/// What one user may do. What is absent is not limited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserAdmission {
    /// How many runs may be in memory at once; more of them wait.
    pub concurrent: Option<NonZeroUsize>,
    /// How fast runs may be started.
    pub rate: Option<Rate>,
    /// What may be used in a day. It is looked at when a run is started; one that runs is not cut by it.
    pub quota: Quota,
}

/// What all runs of an agent together may do. What is absent is not limited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AgentAdmission {
    /// How many runs may be in memory at once; more of them wait.
    pub concurrent: Option<NonZeroUsize>,
    /// How fast runs may be started.
    pub rate: Option<Rate>,
    /// What they may use in a day; looked at as that of a user is.
    pub quota: AgentQuota,
}
