//! Agents for the RAK host, in Zig: a descriptor, a function, one WebAssembly component.
//!
//! ```
//! const rak = @import("rak");
//!
//! pub const agent: rak.Descriptor = .{ .name = "greeter", .description = "Greets people." };
//!
//! pub fn run(cx: *rak.Context, name: []const u8) ![]const u8 {
//!     return cx.print("Hello, {s}!", .{name});
//! }
//! ```
//!
//! `run` takes the context and the input: a `Content`, its text as `[]const u8`, or any other type, which is parsed
//! from the text as JSON. It returns an `Outcome`, a `Content`, a text, a `Json` or nothing, or an error.
//!
//! One run is one invocation in a new instance: globals do not survive it, and nothing of another user is ever there.
//! Everything that the host offers goes through the `Context`. Natively it speaks to `testing.FakeHost`.

const std = @import("std");

const invoke = @import("invoke.zig");

pub const AgentOptions = @import("agents.zig").AgentOptions;
pub const AgentResult = @import("agents.zig").AgentResult;
pub const AgentSummary = @import("agents.zig").AgentSummary;
pub const AgentTask = @import("agents.zig").AgentTask;
pub const Agents = @import("agents.zig").Agents;
pub const ArtifactInfo = @import("artifacts.zig").ArtifactInfo;
pub const Artifacts = @import("artifacts.zig").Artifacts;
pub const Blob = @import("content.zig").Blob;
pub const Child = @import("agents.zig").Child;
pub const Completion = @import("models.zig").Completion;
pub const Content = @import("content.zig").Content;
pub const Context = @import("context.zig").Context;
pub const Custom = @import("content.zig").Custom;
pub const Decision = @import("people.zig").Decision;
pub const Delta = @import("models.zig").Delta;
pub const Descriptor = @import("descriptor.zig").Descriptor;
pub const Embeddings = @import("models.zig").Embeddings;
pub const Entry = @import("session.zig").Entry;
pub const Error = @import("failure.zig").Error;
pub const Event = @import("events.zig").Event;
pub const Events = @import("events.zig").Events;
pub const Failure = @import("failure.zig").Failure;
pub const FailureKind = @import("failure.zig").FailureKind;
pub const FileRef = @import("content.zig").FileRef;
pub const FinishReason = @import("models.zig").FinishReason;
pub const FunctionCall = @import("content.zig").FunctionCall;
pub const FunctionResponse = @import("content.zig").FunctionResponse;
pub const Hints = @import("tools.zig").Hints;
pub const Http = @import("http.zig").Http;
pub const HttpExchange = @import("http.zig").HttpExchange;
pub const HttpHead = @import("http.zig").HttpHead;
pub const HttpOptions = @import("http.zig").HttpOptions;
pub const HttpResponse = @import("http.zig").HttpResponse;
pub const Info = @import("context.zig").Info;
pub const Json = @import("Json.zig");
pub const Level = @import("log.zig").Level;
pub const Log = @import("log.zig").Log;
pub const ModelOptions = @import("models.zig").ModelOptions;
pub const ModelResponse = @import("models.zig").ModelResponse;
pub const ModelSummary = @import("models.zig").ModelSummary;
pub const ModelTool = @import("models.zig").ModelTool;
pub const Models = @import("models.zig").Models;
pub const Outcome = @import("outcome.zig").Outcome;
pub const Page = @import("session.zig").Page;
pub const Pages = @import("session.zig").Pages;
pub const Part = @import("content.zig").Part;
pub const People = @import("people.zig").People;
pub const Progress = @import("events.zig").Progress;
pub const Relay = @import("models.zig").Relay;
pub const Reply = @import("agents.zig").Reply;
pub const RunningTool = @import("tools.zig").RunningTool;
pub const Session = @import("session.zig").Session;
pub const Skill = @import("descriptor.zig").Skill;
pub const TextWriter = @import("TextWriter.zig");
pub const Tool = @import("tools.zig").Tool;
pub const ToolChoice = @import("models.zig").ToolChoice;
pub const ToolOptions = @import("tools.zig").ToolOptions;
pub const ToolResult = @import("tools.zig").ToolResult;
pub const Tools = @import("tools.zig").Tools;
pub const Usage = @import("models.zig").Usage;
pub const Waitable = @import("wait.zig").Waitable;
pub const role = @import("content.zig").role;

/// Unit tests for agents: a host in memory, with a clock that only moves when somebody waits. Natively only.
pub const testing = if (is_component) @compileError("`rak.testing` is native only") else @import("testing.zig");

const is_component = @import("host.zig").is_component;

/// Makes a namespace with a descriptor `agent` and a function `run` the component's agent. `addAgent` of build.zig does
/// it with the author's root file; natively it only checks that both are there.
pub fn exportAgent(comptime Agent: type) void {
    invoke.check(Agent);
    if (is_component) @import("guest/component.zig").exportAgent(Agent);
}

/// What the root file of a component declares beside the export: panics with their text on stderr, `std.log` in the
/// host's log, and `std.debug.print` on stderr.
pub const component = if (is_component)
    @import("guest/component.zig")
else
    @compileError("there is no component natively");
