//! What every store has to do, case by case.
//!
//! A case takes an empty store and panics where the store does not do what the ports say. [`conformance_tests!`]
//! makes a test of each:
//!
//! ```
//! mod memory {
//!     rak_session::conformance_tests!({ (std::sync::Arc::new(rak_session::MemoryStore::new()), ()) });
//! }
//! # fn main() {}
//! ```
//!
//! [`conformance_tests!`]: crate::conformance_tests

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a case fails by panicking, as tests do"
)]

mod artifacts;
mod commits;
mod fixture;
mod history;
mod invocations;
mod journal;
mod load;
mod pins;
mod quotas;
mod sessions;
mod starts;
mod state;
mod steps;

pub use self::artifacts::*;
pub use self::commits::*;
pub use self::history::*;
pub use self::invocations::*;
pub use self::journal::*;
pub use self::load::*;
pub use self::pins::*;
pub use self::quotas::*;
pub use self::sessions::*;
pub use self::starts::*;
pub use self::state::*;
pub use self::steps::*;

/// Makes a `#[tokio::test]` of every case. The argument is an expression that gives an empty store in an `Arc` and
/// something to keep as long as the store is used, a temporary folder for example. Needs tokio with `macros` and
/// `rt-multi-thread`.
#[macro_export]
macro_rules! conformance_tests {
    ($open:expr) => {
        $crate::conformance_tests! {
            @cases $open;
            // sessions
            a_session_is_created_once
            an_absent_session_is_none
            a_session_is_found_by_its_id
            a_session_is_found_a_hundred_times_at_most
            the_same_id_under_other_agents_and_users_is_another_session
            a_list_is_read_in_pages_newest_change_first
            a_list_is_filtered_by_agent_and_user
            every_write_brings_a_session_to_the_front
            a_list_that_changes_while_it_is_read_leaves_nobody_out
            a_cursor_that_was_never_given_is_refused
            a_deleted_session_leaves_nothing_but_shared_state
            // state
            state_is_shared_by_its_prefix
            null_removes_a_key
            a_key_in_two_scopes_is_two_keys
            temporary_state_is_not_stored
            a_session_begins_with_the_state_it_is_given
            state_of_an_absent_session_is_not_written
            a_bad_key_is_refused_whole
            a_large_value_is_refused
            a_scope_has_a_largest_size
            // history
            history_is_read_forward_in_pages
            history_is_read_backward_in_pages
            history_of_an_absent_session_is_empty
            an_appended_event_changes_state_and_has_a_position
            an_event_for_an_absent_session_is_refused
            positions_grow_over_all_invocations_of_a_session
            // begin and commit
            beginning_makes_the_session
            beginning_a_queued_invocation_again_adds_the_message
            the_message_is_in_the_history_and_not_in_the_log
            beginning_gives_the_position_before_which_the_past_lies
            an_invocation_that_is_over_does_not_begin_again
            an_invocation_belongs_to_one_session
            a_commit_stores_events_and_state
            numbers_have_no_gap_and_no_repeat
            a_commit_of_an_unknown_invocation_is_refused
            nothing_follows_the_end
            an_end_is_terminal
            a_commit_that_is_refused_leaves_nothing
            a_deleted_session_takes_its_running_invocation_with_it
            // reading invocations
            a_log_is_read_after_a_number_up_to_a_limit
            a_record_comes_back_whole
            children_are_listed_by_their_parent
            an_end_is_kept_with_its_record
            invocations_are_listed_newest_first_in_pages
            invocations_are_listed_by_session_and_status
            // what starts are called
            a_start_is_found_by_its_key
            a_key_starts_one_invocation
            one_of_many_begins_with_a_key
            a_deleted_session_forgets_its_keys
            // what users and agents use
            what_is_used_is_counted_once
            a_quota_is_used_up
            a_quota_is_not_exceeded_by_a_crowd
            what_models_cost_is_counted_for_their_agent
            a_quota_of_an_agent_is_used_up
            // waiting, going on, ending
            a_resting_record_comes_back_whole
            an_invocation_rests_in_every_unfinished_status
            a_rest_is_not_terminal
            an_end_clears_what_was_waited_for
            invocations_are_listed_by_where_they_rest
            a_step_does_not_change_its_session
            the_message_of_an_invocation_is_found
            // journals
            a_journal_is_appended_and_read_in_order
            a_journal_has_no_gap_and_no_repeat
            a_journal_is_stored_with_its_commit_or_not_at_all
            a_long_journal_is_kept_and_removed
            a_large_chunk_comes_back
            beginning_again_goes_on_with_the_journal
            journals_are_removed_oldest_first
            a_run_without_entries_is_removed_like_others
            an_unfinished_run_keeps_its_journal
            a_deleted_session_takes_its_journals_with_it
            // versions of agents
            a_session_begins_with_the_version_it_is_given
            a_session_is_pinned_and_let_go
            beginning_pins_a_session_that_has_no_version
            a_queued_run_pins_when_it_begins
            pinned_versions_are_those_of_an_agents_sessions
            // artifacts
            an_artifact_is_kept_in_versions
            an_artifact_is_read_in_parts
            a_large_artifact_comes_back
            an_artifact_is_shared_by_its_prefix
            artifacts_are_listed_by_how_their_names_begin
            a_number_of_a_version_is_not_used_again
            a_save_is_made_once_by_its_origin
            a_user_has_no_more_than_it_may
            an_artifact_with_an_unusable_name_is_refused
            an_artifact_of_an_absent_session_is_refused
            a_deleted_session_takes_its_artifacts_with_it
            many_save_at_once
            // load
            any_text_comes_back
            a_large_event_comes_back
            many_tasks_commit_at_once
            one_of_many_creates_a_session
            a_store_that_works_says_so
        }
    };
    (@cases $open:expr; $($case:ident)*) => {
        $(
            #[::tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                let (store, _kept) = $open;
                $crate::conformance::$case(store).await;
            }
        )*

        /// The names of the cases that are run, for the test that none is forgotten.
        #[allow(dead_code, reason = "one test of this crate looks at it")]
        const CASES: &[&str] = &[$(stringify!($case)),*];
    };
}
