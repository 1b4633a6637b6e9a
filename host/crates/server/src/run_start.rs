//! Starting a run, the same for every route.

use rak_core::{AppName, Content, InvocationId, Role, RunConfig, SessionId, UserId};
use rak_runner::{RunRequest, SessionAddress, StartedRun};
use tracing::Instrument as _;

use crate::error::ApiError;
use crate::protocol::rest::RunBody;
use crate::protocol::ws::WsRun;
use crate::state::AppState;

/// A run as a client asks for it.
pub(crate) struct RunStart {
    session_id: SessionId,
    app_name: Option<AppName>,
    user_id: Option<UserId>,
    message: Content,
    config: RunConfig,
}

impl RunStart {
    /// A run of a REST route. `streaming` is what it means to say nothing about it.
    pub(crate) fn from_body(session_id: SessionId, body: RunBody, streaming: bool) -> Self {
        Self {
            session_id,
            config: body.config(streaming),
            app_name: body.app_name,
            user_id: body.user_id,
            message: body.new_message,
        }
    }

    /// A run of a WebSocket.
    pub(crate) fn from_message(message: WsRun) -> Self {
        Self {
            config: message.config(),
            session_id: message.session_id,
            app_name: message.app_name,
            user_id: message.user_id,
            message: message.new_message,
        }
    }

    /// Whether text that is still being written is wanted.
    pub(crate) fn streaming(&self) -> bool {
        self.config.streaming
    }

    /// Finds the session and starts the run.
    pub(crate) async fn start(self, state: &AppState, id: InvocationId) -> Result<StartedRun, ApiError> {
        check_role("newMessage", &self.message)?;
        let address =
            SessionAddress { session_id: self.session_id, app_name: self.app_name, user_id: self.user_id };
        let starting = async {
            let session = state.runner.locate(address).await?;
            let request = RunRequest {
                invocation_id: id,
                session,
                message: self.message,
                config: self.config,
                cancel_token: None,
            };
            Ok(state.runner.start(request).await?)
        };
        starting.instrument(tracing::info_span!("run", invocation = %id)).await
    }
}

/// A client speaks for the user, or answers a function call. What the history keeps as said by the system or the model
/// has to come from there.
pub(crate) fn check_role(field: &str, message: &Content) -> Result<(), ApiError> {
    if [Role::USER, Role::FUNCTION].contains(&message.role.as_str()) {
        return Ok(());
    }
    let role = &message.role;
    Err(ApiError::invalid(format!("{field}.role is {role:?}; a client says \"user\" or \"function\"")))
}
