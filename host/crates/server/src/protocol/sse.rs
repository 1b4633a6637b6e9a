//! What an SSE stream carries beside events.
//!
//! A frame is `data: <Event JSON>`, with `id:` where the event is stored. There are no names of events; the end of
//! the stream is the end of the connection's response.

use rak_core::{ErrorDetails, InvocationId};
use serde::{Deserialize, Serialize};

/// The last frame of a run that failed, in the place of its terminal event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StreamFailure {
    /// What went wrong, for a person.
    pub error: String,
    /// The same as a stable word.
    pub code: String,
    /// Which invocation.
    pub invocation_id: InvocationId,
    /// What else the agent said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_details: Option<ErrorDetails>,
}
