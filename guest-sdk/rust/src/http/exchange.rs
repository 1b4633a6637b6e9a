//! An answer that is coming.

use std::cell::OnceCell;
use std::io::{self, Read};

use super::HttpHead;
use crate::bytes::read_into;
use crate::host::{Current, Host, Receiving, Started};
use crate::{Failure, Waitable};

/// How much of an answer is asked for at once: what one read of the host gives in practice.
const PIECE_BYTES: u32 = 64 << 10;

/// An answer that is coming: [`Http::open`](crate::Http::open). Dropping it gives it up.
///
/// It is a [`Read`], so all that reads files reads answers. `?` makes the [`Failure`] of the host again of the error.
///
/// An answer lives as long as its host: where that ended while it came, the rest is lost, with a failure that
/// [is interrupted](Failure::is_interrupted), and may be asked for again.
///
/// ```
/// # extern crate rak_sdk as rak;
/// use std::io::{BufRead, BufReader};
///
/// use rak::testing::{FakeHost, HttpAnswer};
/// use rak::{Context, Failure};
///
/// /// Shows each line once it is there.
/// fn run(cx: &Context, url: String) -> Result<(), Failure> {
///     let exchange = cx.http().open(url)?;
///     if exchange.head()?.is_success() {
///         for line in BufReader::new(exchange).lines() {
///             cx.events().text_delta(line? + "\n")?;
///         }
///     }
///     Ok(())
/// }
///
/// let host = FakeHost::new().http("GET", "https://example.com/*", |_| HttpAnswer::pieces(["a\nb", "c\n"]));
/// let run = host.run(run, "https://example.com/feed");
/// assert_eq!(run.text_deltas().collect::<Vec<_>>(), ["a\n", "bc\n"]);
/// ```
#[must_use = "dropping it gives it up"]
pub struct HttpExchange {
    // Declared first, so that it is given up before what it belongs to.
    waitable: OnceCell<Waitable>,
    receiving: <Current as Host>::Exchange,
}

impl HttpExchange {
    pub(super) fn new(receiving: <Current as Host>::Exchange) -> Self {
        Self { waitable: OnceCell::new(), receiving }
    }

    /// Waits for the beginning of the answer. The same again for who asks again.
    pub fn head(&self) -> Result<HttpHead, Failure> {
        self.receiving.wait()
    }

    /// The body piece by piece as it comes, until its end. Each step waits for a piece where there is none; after a failure
    /// there are no more. A piece may end within a character: read texts as lines, or as a whole.
    pub fn pieces(&self) -> impl Iterator<Item = Result<Vec<u8>, Failure>> {
        let mut over = false;
        std::iter::from_fn(move || {
            if over {
                return None;
            }
            let piece = self.read_some(PIECE_BYTES);
            over = !matches!(&piece, Ok(piece) if !piece.is_empty());
            piece.map(|piece| (!piece.is_empty()).then_some(piece)).transpose()
        })
    }

    /// The next bytes, `max` at most, waiting for them; empty at the end.
    pub fn read_some(&self, max: u32) -> Result<Vec<u8>, Failure> {
        self.receiving.receive(max)
    }

    /// Gives it up; nothing where it is over.
    pub fn cancel(&self) {
        self.receiving.stop();
    }

    /// Ready when there is more of the answer than the agent knows: its beginning, bytes, or the end. For
    /// [`Context::wait_any`](crate::Context::wait_any).
    pub fn waitable(&self) -> &Waitable {
        self.waitable.get_or_init(|| Waitable::new(self.receiving.timer()))
    }
}

impl Read for HttpExchange {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self).read(buffer)
    }
}

impl Read for &HttpExchange {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        read_into(buffer, |max| self.read_some(max))
    }
}
