//! Who answers, whatever the way to it.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use rak_core::{Embeddings, Failure, ModelDelta, ModelPrompt, ModelResponse};

/// Who answers. Each call is one try; dropping its future gives it up.
#[async_trait]
pub(crate) trait Provider: Send + Sync + 'static {
    async fn complete(&self, prompt: &ModelPrompt, listener: &Listener<'_>)
    -> Result<ModelResponse, Failure>;

    async fn embed(&self, texts: &[String]) -> Result<Embeddings, Failure>;
}

/// Who wants to know what is written as it comes, if anybody does.
pub(crate) struct Listener<'a> {
    on_delta: Option<&'a (dyn Fn(ModelDelta) + Send + Sync)>,
    has_heard: AtomicBool,
}

impl<'a> Listener<'a> {
    pub(crate) fn new(on_delta: Option<&'a (dyn Fn(ModelDelta) + Send + Sync)>) -> Self {
        Self { on_delta, has_heard: AtomicBool::new(false) }
    }

    pub(crate) fn tell(&self, delta: ModelDelta) {
        if let Some(on_delta) = self.on_delta {
            self.has_heard.store(true, Ordering::Relaxed);
            on_delta(delta);
        }
    }

    /// Whether something was told, so that nobody may be asked again.
    pub(crate) fn has_heard(&self) -> bool {
        self.has_heard.load(Ordering::Relaxed)
    }
}
