//! Every bound of the server.

use std::time::Duration;

/// What a server allows. [`Default`] gives the numbers below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerSettings {
    /// Web pages of these origins may use the server, beside its own: none. Written as a browser sends them, for
    /// example `https://agents.example.org` or `http://localhost:5173`.
    pub allowed_origins: Vec<String>,

    /// How many connections may be open at once: 10 000. Others wait in the listen queue of the kernel. One that is
    /// idle takes about 20 KiB and a file descriptor.
    pub max_connections: usize,

    /// How long a client may take to send the head of a request, which is also how long a connection may lie idle
    /// between two requests: 30 seconds.
    pub header_timeout: Duration,

    /// How long a client may take to send the body of a request: 30 seconds. An upload may take as long as it likes;
    /// for it this is how long it may pause.
    pub body_timeout: Duration,

    /// The largest body of a request: 4 MiB, room for a picture or two in base64. How large an upload may be is the
    /// registry's to say.
    pub max_body_bytes: usize,

    /// How long a client may leave something that is being sent to it untaken: 30 seconds. Then its connection is
    /// dropped, which is a lost connection for the runs it listened to.
    pub write_timeout: Duration,

    /// How often an SSE stream with nothing to say sends a comment, so that no proxy takes it for dead: every 15
    /// seconds, half of the shortest timeout that is common.
    pub keep_alive: Duration,

    /// The largest frame, and the largest message, a WebSocket client may send: 4 MiB, as a body.
    pub max_frame_bytes: usize,

    /// The buffer each WebSocket reads into: 8 KiB. It is allocated for each connection, so the library's 128 KiB
    /// would be over 1 GiB with all connections open.
    pub socket_read_buffer_bytes: usize,

    /// How much a WebSocket collects before it writes without being told to: 16 KiB. The writer flushes whenever it
    /// has nothing more to say, so this only sets the size of a write in a burst.
    pub socket_write_buffer_bytes: usize,

    /// How many messages may wait to be written to a WebSocket: 64. When it is full the runs of that socket wait,
    /// and read what they missed from the store.
    pub socket_queue: usize,

    /// How many runs and subscriptions may share a WebSocket: 64.
    pub max_runs_per_socket: usize,

    /// How often a WebSocket client is pinged: every 20 seconds.
    pub ping_interval: Duration,

    /// How long a WebSocket client may say nothing at all, not even the answer to a ping: 5 minutes. Peers that are
    /// gone are found within [`write_timeout`](Self::write_timeout) by the kernel, because pings are not
    /// acknowledged; this is for those whose kernel still answers. Simple clients answer pings only when they read,
    /// and a person may think for a while before the next message.
    pub idle_timeout: Duration,

    /// How long runs may go on after the shutdown began: 10 seconds. Then they are stopped.
    pub shutdown_grace: Duration,

    /// How long connections have, after the last run ended, to send what they hold and to close: 5 seconds. Also how
    /// long the end of a single connection may take.
    pub close_timeout: Duration,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            allowed_origins: Vec::new(),
            max_connections: 10_000,
            header_timeout: Duration::from_secs(30),
            body_timeout: Duration::from_secs(30),
            max_body_bytes: 4 << 20,
            write_timeout: Duration::from_secs(30),
            keep_alive: Duration::from_secs(15),
            max_frame_bytes: 4 << 20,
            socket_read_buffer_bytes: 8 << 10,
            socket_write_buffer_bytes: 16 << 10,
            socket_queue: 64,
            max_runs_per_socket: 64,
            ping_interval: Duration::from_secs(20),
            idle_timeout: Duration::from_mins(5),
            shutdown_grace: Duration::from_secs(10),
            close_timeout: Duration::from_secs(5),
        }
    }
}
