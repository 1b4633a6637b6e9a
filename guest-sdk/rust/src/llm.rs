//! An agent that leaves the thinking to a model.

mod callbacks;
mod history;
mod instruction;
mod output;
mod toolbox;

use callbacks::Callbacks;
use history::Limits;
use instruction::Instruction;
use output::Output;
use toolbox::{Answers, HandOver, Toolbox};

use crate::{
    Content, Context, Failure, FinishReason, Function, FunctionCall, FunctionResponse, ModelRequest,
    ModelResponse, Outcome, Part, Relay,
};

/// How often a model is asked where the agent does not say: enough for a task of several steps, and an end for one that goes in
/// circles.
const MAX_STEPS: u32 = 10;

/// An agent that leaves the thinking to a model: it asks, calls the functions that the model wants called, tells it what came of
/// them, and asks again, until the model answers.
///
/// - The **instruction** is a text with values of the session's state in it, or [made](Self::with_instruction_by) for each run.
/// - **Functions** of the author's own are given with [`with_tools`](Self::with_tools); those of the host by their
///   [names](Self::with_host_tools). Where one fails, the model is told, and may try something else; only a run that is cancelled
///   or late ends.
/// - The **conversation** so far is told to the model, with the newest [entries](Self::with_history_entries) that fit.
/// - The **client** sees the text while the model writes ([`Relay::Text`]), and finished contents for the calls and what came of
///   them, which the next turn finds in the history.
///
/// A run survives a restart of the host like any other: what was asked and answered is in the host's record, and is neither asked
/// nor done again. An agent holds nothing between runs; make it in each.
///
/// ```
/// # extern crate rak_sdk as rak;
/// use rak::testing::{FakeHost, FakeModel};
/// use rak::{Content, Context, Failure, LlmAgent, Outcome};
/// use serde_json::json;
///
/// /// Tells the weather of a city.
/// #[rak::tool]
/// fn weather(city: String) -> String {
///     format!("It rains in {city}.")
/// }
///
/// #[rak::agent]
/// fn run(cx: &Context, input: Content) -> Result<Outcome, Failure> {
///     LlmAgent::new("You talk to {user:name?}. Be brief.").with_tools(rak::tools![weather]).run(cx, input)
/// }
///
/// # fn main() {
/// let model = FakeModel::new("small").calls("weather", json!({"city": "Rome"})).says("Take an umbrella.");
/// let run = FakeHost::new().state("user:name", "Ada").add_model(model).run(run, "What do I need in Rome?");
/// assert_eq!(run.answer(), "Take an umbrella.");
/// assert_eq!(run.model_calls[0].request.system.as_deref(), Some("You talk to Ada. Be brief."));
/// assert_eq!(run.contents().count(), 2); // the call, and what came of it
/// # }
/// ```
pub struct LlmAgent<'a> {
    instruction: Instruction<'a>,
    /// What is the same in each request.
    request: ModelRequest,
    functions: Vec<Function<'a>>,
    host_tools: Vec<String>,
    hand_over: Vec<HandOver>,
    history: Limits,
    max_steps: u32,
    output: Output,
    callbacks: Callbacks<'a>,
}

impl<'a> LlmAgent<'a> {
    /// An agent with this instruction, and the agent's default model.
    ///
    /// In the instruction, `{key}` stands for the value of the session's state at this key: a text as it is, everything else as
    /// JSON. The run fails with the code `missing_state` where there is none; `{key?}` is empty then. `{{` and `}}` stand for a brace
    /// each, and one alone is a failure of the run.
    pub fn new(instruction: impl Into<String>) -> Self {
        Self {
            instruction: Instruction::Text(instruction.into()),
            request: ModelRequest::default().with_relay(Relay::Text),
            functions: Vec::new(),
            host_tools: Vec::new(),
            hand_over: Vec::new(),
            history: Limits::default(),
            max_steps: MAX_STEPS,
            output: Output::default(),
            callbacks: Callbacks::default(),
        }
    }

    /// Makes the instruction for each run, in place of the text that was given. What it returns is taken as it is.
    #[must_use]
    pub fn with_instruction_by(
        mut self,
        instruction: impl Fn(&Context) -> Result<String, Failure> + 'a,
    ) -> Self {
        self.instruction = Instruction::By(Box::new(instruction));
        self
    }

    /// Asks the model of this alias.
    #[must_use]
    pub fn with_model(mut self, alias: impl Into<String>) -> Self {
        self.request.model = Some(alias.into());
        self
    }

    /// Says how freely the model chooses its words.
    #[must_use]
    pub fn with_temperature(mut self, temperature: f32) -> Self {
        self.request.temperature = Some(temperature);
        self
    }

    /// Bounds each answer of the model.
    #[must_use]
    pub fn with_max_output_tokens(mut self, tokens: u32) -> Self {
        self.request.max_output_tokens = Some(tokens);
        self
    }

    /// Says what the client sees while the model writes; its text, where this is not said.
    #[must_use]
    pub fn with_relay(mut self, relay: Relay) -> Self {
        self.request.relay = relay;
        self
    }

    /// Adds functions that the model may call: `rak::tools![weather, remind]`.
    #[must_use]
    pub fn with_tools(mut self, functions: impl IntoIterator<Item = Function<'a>>) -> Self {
        self.functions.extend(functions);
        self
    }

    /// Adds a function that the model may call.
    #[must_use]
    pub fn with_tool(self, function: Function<'a>) -> Self {
        self.with_tools([function])
    }

    /// Lets the model call tools of the host: by name, as in `calculator` or `agent.writer` for another agent, or by a pattern
    /// with `*` for anything, as in `mcp.files.*`. A tool that is named, and not there, is a failure of the run.
    ///
    /// Tools that are called in one answer are called at once. A model sees `_` for what it does not take in a name, as in
    /// `mcp_files_read`.
    #[must_use]
    pub fn with_host_tools<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.host_tools.extend(names.into_iter().map(Into::into));
        self
    }

    /// Lets the model hand the conversation over to an agent, and says to it when, as in `Questions about invoices.` The model calls
    /// a function `transfer_to_agent` for it, which ends the run with [`Outcome::transfer_to`].
    #[must_use]
    pub fn with_hand_over(mut self, agent: impl Into<String>, when: impl Into<String>) -> Self {
        self.hand_over.push(HandOver { agent: agent.into(), when: when.into() });
        self
    }

    /// Tells the model this many of the newest entries of the session's history, at most: 200, where this is not said. A call of a
    /// function and what came of it are told together or not at all, those of functions that are gone are not, and the first entry is one
    /// of the user's.
    #[must_use]
    pub fn with_history_entries(mut self, entries: u32) -> Self {
        self.history.entries = entries;
        self
    }

    /// Tells the model this many characters of the session's history, at most: 200 000, where this is not said.
    #[must_use]
    pub fn with_history_chars(mut self, chars: usize) -> Self {
        self.history.chars = chars;
        self
    }

    /// Asks the model this often in one run, at most: 10 times, where this is not said. The run fails with
    /// [`LimitExceeded`](crate::FailureKind::LimitExceeded) and the code `max_steps` where it wants to call functions even then.
    #[must_use]
    pub fn with_max_steps(mut self, steps: u32) -> Self {
        self.max_steps = steps;
        self
    }

    /// Wants the answer as JSON of this type. The run fails with the code `invalid_response` where it is not.
    ///
    /// ```
    /// # extern crate rak_sdk as rak;
    /// use rak::testing::FakeHost;
    /// use rak::{Content, Context, Failure, LlmAgent, Outcome};
    /// use serde_json::json;
    ///
    /// #[derive(serde::Deserialize, rak::Schema)]
    /// struct Ticket {
    ///     team: String,
    ///     urgent: bool,
    /// }
    ///
    /// fn run(cx: &Context, letter: Content) -> Result<Outcome, Failure> {
    ///     LlmAgent::new("Say who answers this letter.").with_output::<Ticket>().with_output_key("ticket").run(cx, letter)
    /// }
    ///
    /// # fn main() {
    /// let run = FakeHost::new().model("small", |_| r#"{"team": "sales", "urgent": true}"#).run(run, "Dear …");
    /// assert_eq!(run.state["ticket"], json!({"team": "sales", "urgent": true}));
    /// # }
    /// ```
    #[must_use]
    pub fn with_output<T: crate::Schema + serde::de::DeserializeOwned>(mut self) -> Self {
        self.request.response_schema = Some(T::schema());
        self.output.decode = Some(output::decode::<T>);
        self
    }

    /// Wants the answer as JSON that satisfies this JSON Schema.
    #[must_use]
    pub fn with_output_schema(mut self, schema: impl Into<serde_json::Value>) -> Self {
        self.request.response_schema = Some(schema.into());
        self.output.decode = Some(output::decode::<serde_json::Value>);
        self
    }

    /// Sets the answer in the session's state at this key: the text, or the value where it is JSON that was wanted.
    #[must_use]
    pub fn with_output_key(mut self, key: impl Into<String>) -> Self {
        self.output.key = Some(key.into());
        self
    }

    /// Is called before each time that the model is asked. It may change what is asked, or answer itself, with a content.
    /// A failure of it ends the run; so it is with the other three.
    #[must_use]
    pub fn before_model(
        mut self,
        callback: impl Fn(&Context, &mut ModelRequest) -> Result<Option<Content>, Failure> + 'a,
    ) -> Self {
        self.callbacks.before_model = Some(Box::new(callback));
        self
    }

    /// Is called with each answer of the model, or of [`before_model`](Self::before_model), and may change it.
    #[must_use]
    pub fn after_model(
        mut self,
        callback: impl Fn(&Context, &mut ModelResponse) -> Result<(), Failure> + 'a,
    ) -> Self {
        self.callbacks.after_model = Some(Box::new(callback));
        self
    }

    /// Is called before each function that the model calls. It may change the arguments, or answer itself.
    ///
    /// ```
    /// # extern crate rak_sdk as rak;
    /// use rak::testing::{FakeHost, FakeModel};
    /// use rak::{Content, Context, Failure, LlmAgent, Outcome};
    /// use serde_json::json;
    ///
    /// fn run(cx: &Context, input: Content) -> Result<Outcome, Failure> {
    ///     LlmAgent::new("Help with files.")
    ///         .with_host_tools(["mcp.files.*"])
    ///         .before_tool(|_cx, call| {
    ///             let secret = call.args["path"].as_str().is_some_and(|path| path.starts_with("/etc"));
    ///             Ok(secret.then(|| json!("that is none of your business")))
    ///         })
    ///         .run(cx, input)
    /// }
    ///
    /// let model = FakeModel::new("small").calls("mcp_files_read", json!({"path": "/etc/passwd"})).says("I may not.");
    /// let run = FakeHost::new().tool("mcp.files.read", |_| json!("root")).add_model(model).run(run, "Who is there?");
    /// assert_eq!(run.answer(), "I may not.");
    /// assert!(run.tool_calls.is_empty());
    /// ```
    #[must_use]
    pub fn before_tool(
        mut self,
        callback: impl Fn(&Context, &mut FunctionCall) -> Result<Option<serde_json::Value>, Failure> + 'a,
    ) -> Self {
        self.callbacks.before_tool = Some(Box::new(callback));
        self
    }

    /// Is called with what came of each function that the model called, and may change it.
    #[must_use]
    pub fn after_tool(
        mut self,
        callback: impl Fn(&Context, &FunctionCall, &mut FunctionResponse) -> Result<(), Failure> + 'a,
    ) -> Self {
        self.callbacks.after_tool = Some(Box::new(callback));
        self
    }

    /// Answers what the user says.
    pub fn run(&self, cx: &Context, input: impl Into<Content>) -> Result<Outcome, Failure> {
        let toolbox = Toolbox::new(cx, &self.functions, &self.host_tools, &self.hand_over)?;
        let tools = toolbox.offered();
        let mut request = ModelRequest {
            system: Some(self.instruction.text(cx)?).filter(|text| !text.is_empty()),
            contents: history::read(cx, self.history, &tools)?,
            tools,
            ..self.request.clone()
        };
        request.contents.push(input.into());
        for _ in 0..self.max_steps {
            let (content, finish) = self.ask(cx, request.clone())?;
            let calls: Vec<_> = content.parts.iter().filter_map(Part::as_function_call).cloned().collect();
            if calls.is_empty() {
                return self.output.outcome(cx, content, &finish);
            }
            // Stored before anything is called, so that the history says why it was.
            cx.events().content(content.clone())?;
            let Answers { content: answers, end } = toolbox.answer(cx, &self.callbacks, calls)?;
            cx.events().content(answers.clone())?;
            if let Some(outcome) = end {
                return Ok(outcome);
            }
            request.contents.extend([content, answers]);
        }
        let steps = self.max_steps;
        let failure =
            Failure::limit_exceeded(format!("the model did not come to an end within {steps} steps"));
        Err(failure.with_code("max_steps"))
    }

    /// What the model says, or a callback in its place.
    fn ask(&self, cx: &Context, mut request: ModelRequest) -> Result<(Content, FinishReason), Failure> {
        let instead = match &self.callbacks.before_model {
            Some(before) => before(cx, &mut request)?,
            None => None,
        };
        let mut response = match instead {
            Some(content) => ModelResponse::from(content),
            None => cx.models().complete(request)?,
        };
        if let Some(after) = &self.callbacks.after_model {
            after(cx, &mut response)?;
        }
        Ok((response.content, response.finish))
    }
}

#[cfg(test)]
mod tests;
