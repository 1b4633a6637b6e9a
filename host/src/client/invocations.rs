//! The invocations of a host.

use rak_core::{InputRequest, InvocationId, InvocationStatus, Reply, Respond, SessionId};
use rak_server::protocol::rest::{DecisionBody, InvocationBody, InvocationList, RespondAnswer, RespondBody};
use reqwest::{Method, Response};

use super::{ANSWER_TIMEOUT, Answer, ClientError, HostClient, Next, Said};

/// What is asked of an invocation.
#[derive(Clone, Copy)]
pub(crate) enum Wish {
    Pause,
    Resume,
    Cancel,
}

impl Wish {
    fn as_str(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Cancel => "cancel",
        }
    }
}

/// A recording on its way.
pub(crate) struct Download<'a> {
    host: &'a HostClient,
    response: Response,
}

impl Download<'_> {
    /// What comes next of it; none at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<impl AsRef<[u8]>>, ClientError> {
        self.response.chunk().await.map_err(|error| self.host.lost(error))
    }
}

impl HostClient {
    /// The newest of those that an invocation started, as many as a page has.
    pub(crate) async fn children(&self, parent: InvocationId) -> Result<Answer<InvocationList>, ClientError> {
        let request = self.request(Method::GET, &["invocations"]).query(&[("parentId", parent.to_string())]);
        self.answer(request.timeout(ANSWER_TIMEOUT)).await
    }

    pub(crate) async fn invocations(
        &self,
        status: Option<InvocationStatus>,
        session: Option<&SessionId>,
        limit: usize,
    ) -> Result<Answer<InvocationList>, ClientError> {
        let mut request = self.request(Method::GET, &["invocations"]).query(&[("limit", limit)]);
        if let Some(status) = status {
            request = request.query(&[("status", status.as_str())]);
        }
        if let Some(session) = session {
            request = request.query(&[("sessionId", session.as_str())]);
        }
        self.answer(request.timeout(ANSWER_TIMEOUT)).await
    }

    pub(crate) async fn invocation(&self, id: InvocationId) -> Result<Answer<InvocationBody>, ClientError> {
        let path = ["invocations", &id.to_string()];
        self.answer(self.request(Method::GET, &path).timeout(ANSWER_TIMEOUT)).await
    }

    /// Asks something of an invocation. Gives it as it is then.
    pub(crate) async fn wish(
        &self,
        id: InvocationId,
        wish: Wish,
    ) -> Result<Answer<InvocationBody>, ClientError> {
        let path = ["invocations", &id.to_string(), wish.as_str()];
        self.answer(self.request(Method::POST, &path).timeout(ANSWER_TIMEOUT)).await
    }

    /// Says something to an invocation. When the host answers, it is stored.
    pub(crate) async fn respond(
        &self,
        id: InvocationId,
        respond: Respond,
    ) -> Result<Answer<RespondAnswer>, ClientError> {
        let path = ["invocations", &id.to_string(), "respond"];
        let request = self.request(Method::POST, &path).json(&respond_body(respond));
        self.answer(request.timeout(ANSWER_TIMEOUT)).await
    }

    /// The questions that an invocation waits for.
    pub(crate) async fn questions(
        &self,
        invocation: &InvocationBody,
    ) -> Result<Vec<InputRequest>, ClientError> {
        let ids = invocation.waiting.as_ref().map(|waiting| waiting.requests.as_slice()).unwrap_or_default();
        let mut questions = Vec::new();
        if ids.is_empty() {
            return Ok(questions);
        }
        // They were stored before the invocation waited for them.
        let mut run = self.follow(invocation.invocation_id).await?;
        while questions.len() < ids.len() {
            match run.next().await? {
                Next::Said(Said { outcome: Ok(event), .. }) => {
                    questions
                        .extend(event.input_required.filter(|request| ids.contains(&request.request_id)));
                }
                Next::Said(_) | Next::Again => {}
                Next::End => break,
            }
        }
        Ok(questions)
    }

    /// Stops a run. One that is over stays as it is.
    pub(crate) async fn cancel(&self, run: Option<InvocationId>) -> Result<(), ClientError> {
        let id = run.ok_or_else(|| self.strange("it does not say which invocation it began".to_owned()))?;
        self.wish(id, Wish::Cancel).await.map(drop)
    }

    /// All that it takes to repeat an invocation.
    pub(crate) async fn recording(&self, id: InvocationId) -> Result<Download<'_>, ClientError> {
        let path = ["invocations", &id.to_string(), "journal"];
        let response = self.send(self.request(Method::GET, &path)).await?;
        Ok(Download { host: self, response })
    }
}

fn respond_body(respond: Respond) -> RespondBody {
    let Respond { reply, by, user_id } = respond;
    let body = RespondBody { by, user_id, ..RespondBody::default() };
    match reply {
        Reply::Decision { request_id, decision } => RespondBody {
            request_id: Some(request_id),
            decision: Some(DecisionBody::Whole(decision)),
            ..body
        },
        Reply::Answer { request_id, answer } => {
            RespondBody { request_id: Some(request_id), answer: Some(answer), ..body }
        }
        Reply::Message { request_id, content } => RespondBody { request_id, message: Some(content), ..body },
    }
}
