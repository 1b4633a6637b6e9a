//! What a server hears and may ask of this host.

use std::sync::Arc;

use rmcp::ClientHandler;
use rmcp::model::{ClientCapabilities, ClientConfig, Implementation};
use rmcp::service::{NotificationContext, RoleClient};
use tokio::sync::Notify;

/// The host, as a server sees it. It offers nothing: no model, no files, nobody to ask.
pub(crate) struct Client {
    /// Told when the server has other tools.
    pub(crate) changed: Arc<Notify>,
}

impl ClientHandler for Client {
    fn get_info(&self) -> ClientConfig {
        let host = Implementation::new("rak", env!("CARGO_PKG_VERSION"));
        ClientConfig::new(ClientCapabilities::default(), host)
    }

    async fn on_tool_list_changed(&self, _: NotificationContext<RoleClient>) {
        self.changed.notify_one();
    }
}
