//! What a user or an agent may use in a day, and what was used.

use std::fmt;

use crate::invocation::Usage;

/// What the invocations of a user came to in a day. An invocation counts on the day on which it was started, and what it
/// uses on the day on which that was stored: when it rests, and when it ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DailyUsage {
    /// Those that were started.
    pub invocations: u64,
    /// Time on a processor, in microseconds.
    pub cpu_micros: u64,
    /// The most memory that each held, for as long as it was in memory, in byte seconds.
    pub memory_byte_seconds: u64,
    /// Events, stored or not.
    pub events: u64,
    /// Their size, in bytes.
    pub event_bytes: u64,
    /// Tokens that models read and wrote.
    pub model_tokens: u64,
}

impl DailyUsage {
    /// Adds what an invocation used since it was last looked at.
    pub fn add(&mut self, before: &Usage, now: &Usage) {
        let add = |sum: &mut u64, before: u64, now: u64| {
            *sum = sum.saturating_add(now.saturating_sub(before));
        };
        add(&mut self.cpu_micros, before.cpu_micros, now.cpu_micros);
        add(&mut self.memory_byte_seconds, before.memory_byte_seconds, now.memory_byte_seconds);
        add(&mut self.events, before.events, now.events);
        add(&mut self.event_bytes, before.event_bytes, now.event_bytes);
        add(&mut self.model_tokens, before.model_tokens(), now.model_tokens());
    }
}

/// What may be used in a day by those that an invocation belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quotas {
    /// By its user.
    pub user: Quota,
    /// By its agent, all users together.
    pub agent: AgentQuota,
}

/// What a user may use in a day. What is absent is not limited; with 0 nothing may be started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quota {
    /// Invocations that are started.
    pub invocations: Option<u64>,
    /// Time on processors, in milliseconds.
    pub cpu_time_ms: Option<u64>,
    /// Memory, in MiB times seconds: the most that a run held, for as long as it was in memory.
    pub memory_mib_seconds: Option<u64>,
    /// Events, stored or not.
    pub events: Option<u64>,
    /// Their size, in bytes.
    pub event_bytes: Option<u64>,
    /// Tokens that models read and write.
    pub model_tokens: Option<u64>,
}

impl Quota {
    /// The first part of it that is used up.
    pub fn exceeded_by(&self, used: &DailyUsage) -> Option<QuotaExceeded> {
        let parts = [
            ("invocations", self.invocations, used.invocations),
            ("cpu_time_ms", self.cpu_time_ms, used.cpu_micros / 1000),
            ("memory_mib_seconds", self.memory_mib_seconds, used.memory_byte_seconds >> 20),
            ("events", self.events, used.events),
            ("event_bytes", self.event_bytes, used.event_bytes),
            (MODEL_TOKENS, self.model_tokens, used.model_tokens),
        ];
        parts.into_iter().find_map(|(part, limit, used)| exceeded(part, limit, used))
    }
}

/// What an agent may use in a day, all its users together. What is absent is not limited; with 0 nothing may be started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AgentQuota {
    /// Tokens that models read and write.
    pub model_tokens: Option<u64>,
}

impl AgentQuota {
    /// The part of it that is used up, where models read and wrote this many tokens.
    pub fn exceeded_by(&self, model_tokens: u64) -> Option<QuotaExceeded> {
        exceeded(MODEL_TOKENS, self.model_tokens, model_tokens)
    }
}

/// The part that quotas of users and of agents have.
const MODEL_TOKENS: &str = "model_tokens";

fn exceeded(part: &'static str, limit: Option<u64>, used: u64) -> Option<QuotaExceeded> {
    let limit = limit.filter(|limit| used >= *limit)?;
    Some(QuotaExceeded { part, limit })
}

/// The part of a quota that is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaExceeded {
    /// Its name, as in the configuration.
    pub part: &'static str,
    /// How much may be used in a day.
    pub limit: u64,
}

impl fmt::Display for QuotaExceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}", self.part, self.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_before_is_not_counted_again() {
        let mut day = DailyUsage::default();
        let rested = Usage { cpu_micros: 5, events: 7, ..Usage::default() };
        day.add(&Usage::default(), &rested);
        // A run that is repeated may be stopped before it has done again what it had done.
        day.add(&rested, &Usage { cpu_micros: 9, events: 3, event_bytes: 1, ..Usage::default() });
        assert_eq!((day.cpu_micros, day.events, day.event_bytes), (9, 7, 1));
        let tokens = |input_tokens, output_tokens| Usage { input_tokens, output_tokens, ..Usage::default() };
        day.add(&tokens(5, 1), &tokens(6, 4));
        assert_eq!(day.model_tokens, 4);
        day.add(&Usage::default(), &Usage { cpu_micros: u64::MAX, ..Usage::default() });
        assert_eq!(day.cpu_micros, u64::MAX);
    }

    #[test]
    fn a_quota_is_used_up_when_nothing_is_left_of_it() {
        let quota = Quota { cpu_time_ms: Some(2), memory_mib_seconds: Some(1), ..Quota::default() };
        let used = |cpu_micros, memory_byte_seconds| DailyUsage {
            invocations: 1000,
            cpu_micros,
            memory_byte_seconds,
            ..DailyUsage::default()
        };
        assert_eq!(quota.exceeded_by(&used(1999, (1 << 20) - 1)), None);
        assert_eq!(quota.exceeded_by(&used(2000, 0)).unwrap().to_string(), "cpu_time_ms = 2");
        assert_eq!(quota.exceeded_by(&used(0, 1 << 20)).unwrap().to_string(), "memory_mib_seconds = 1");
        let nothing = Quota { invocations: Some(0), ..Quota::default() };
        assert!(nothing.exceeded_by(&DailyUsage::default()).is_some());
        let tokens = Quota { model_tokens: Some(9), ..Quota::default() };
        let used = DailyUsage { model_tokens: 9, ..DailyUsage::default() };
        assert_eq!(tokens.exceeded_by(&used).unwrap().to_string(), "model_tokens = 9");
    }

    #[test]
    fn a_quota_of_an_agent_is_used_up_when_nothing_is_left_of_it() {
        let quota = AgentQuota { model_tokens: Some(9) };
        assert_eq!(quota.exceeded_by(8), None);
        assert_eq!(quota.exceeded_by(9).unwrap().to_string(), "model_tokens = 9");
        assert_eq!(AgentQuota::default().exceeded_by(u64::MAX), None);
    }
}
