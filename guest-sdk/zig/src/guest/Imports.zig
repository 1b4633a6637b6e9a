//! The host that a component has: its imports. It holds nothing.

const std = @import("std");
const Allocator = std.mem.Allocator;
const wasi = std.os.wasi;

const AgentOptions = @import("../agents.zig").AgentOptions;
const AgentReply = @import("../agents.zig").Reply;
const AgentSummary = @import("../agents.zig").AgentSummary;
const ArtifactInfo = @import("../artifacts.zig").ArtifactInfo;
const Blob = @import("../content.zig").Blob;
const Content = @import("../content.zig").Content;
const Decision = @import("../people.zig").Decision;
const Delta = @import("../models.zig").Delta;
const Embeddings = @import("../models.zig").Embeddings;
const Event = @import("../events.zig").Event;
const Field = @import("../log.zig").Field;
const FunctionCall = @import("../content.zig").FunctionCall;
const FunctionResponse = @import("../content.zig").FunctionResponse;
const HttpHead = @import("../http.zig").HttpHead;
const HttpOptions = @import("../http.zig").HttpOptions;
const HttpResponse = @import("../http.zig").HttpResponse;
const Info = @import("../context.zig").Info;
const Level = @import("../log.zig").Level;
const ModelOptions = @import("../models.zig").ModelOptions;
const ModelResponse = @import("../models.zig").ModelResponse;
const ModelSummary = @import("../models.zig").ModelSummary;
const Output = @import("../io.zig").Output;
const Page = @import("../session.zig").Page;
const Reply = @import("../host.zig").Reply;
const Tool = @import("../tools.zig").Tool;
const ToolOptions = @import("../tools.zig").ToolOptions;
const ToolResult = @import("../tools.zig").ToolResult;
const Waitable = @import("../wait.zig").Waitable;
const abi = @import("abi.zig");
const lift = @import("lift.zig");
const lower = @import("lower.zig");
const memory = @import("memory.zig");
const millis = @import("../wait.zig").millis;

const Imports = @This();

/// A handle of the host.
pub const Timer = i32;
/// Another agent that was started.
pub const Child = enum(i32) { _ };
/// A call of a tool that was started.
pub const Running = enum(i32) { _ };
/// An answer that a model is writing.
pub const Completion = enum(i32) { _ };
/// An answer over HTTP that is coming.
pub const Exchange = enum(i32) { _ };

/// There is one host.
pub var instance: Imports = .{};

pub fn info(_: *Imports, allocator: Allocator) Allocator.Error!Info {
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Info = undefined;
    abi.context.get(&theirs);
    return lift.info(theirs);
}

pub fn config(_: *Imports, allocator: Allocator, key: []const u8) Allocator.Error!?[]const u8 {
    const name = try lower.string(allocator, key);
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Option(abi.String) = undefined;
    abi.context.config(name.ptr, name.len, &theirs);
    return if (theirs.get()) |json| json.slice() else null;
}

pub fn configKeys(_: *Imports, allocator: Allocator) Allocator.Error![]const []const u8 {
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.List(abi.String) = undefined;
    abi.context.configKeys(&theirs);
    return lift.strings(allocator, theirs);
}

pub fn isCancelled(_: *Imports) bool {
    return abi.context.isCancelled() != 0;
}

pub fn remainingMs(_: *Imports) ?u64 {
    var theirs: abi.Option(u64) = undefined;
    abi.context.remainingMs(&theirs);
    return theirs.get();
}

pub fn emit(_: *Imports, allocator: Allocator, events: []const Event) Allocator.Error!Reply(u64) {
    const list = try lower.events(allocator, events);
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(u64) = undefined;
    abi.events.emit(list.ptr, list.len, &theirs);
    return if (refusal(u64, theirs)) |refused| refused else .{ .ok = theirs.value.ok };
}

pub fn history(_: *Imports, allocator: Allocator, before: ?u64, limit: u32) Allocator.Error!Reply(Page) {
    memory.landIn(allocator);
    defer memory.landed();
    const from: abi.OptionalNumber = .of(before);
    var theirs: abi.Result(abi.Page) = undefined;
    abi.session.history(from.is_some, from.value, limit, &theirs);
    return if (refusal(Page, theirs)) |refused| refused else .{ .ok = try lift.page(allocator, theirs.value.ok) };
}

pub fn get(_: *Imports, allocator: Allocator, key: []const u8) Allocator.Error!Reply(?[]const u8) {
    const name = try lower.string(allocator, key);
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(abi.Option(abi.String)) = undefined;
    abi.session.get(name.ptr, name.len, &theirs);
    if (refusal(?[]const u8, theirs)) |refused| return refused;
    return .{ .ok = if (theirs.value.ok.get()) |json| json.slice() else null };
}

pub fn set(_: *Imports, allocator: Allocator, key: []const u8, json: []const u8) Allocator.Error!Reply(void) {
    const name = try lower.string(allocator, key);
    const value = try lower.string(allocator, json);
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(abi.Void) = undefined;
    abi.session.set(name.ptr, name.len, value.ptr, value.len, &theirs);
    return refusal(void, theirs) orelse .ok;
}

pub fn remove(_: *Imports, allocator: Allocator, key: []const u8) Allocator.Error!Reply(void) {
    const name = try lower.string(allocator, key);
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(abi.Void) = undefined;
    abi.session.remove(name.ptr, name.len, &theirs);
    return refusal(void, theirs) orelse .ok;
}

pub fn keys(_: *Imports, allocator: Allocator, prefix: []const u8) Allocator.Error!Reply([]const []const u8) {
    const name = try lower.string(allocator, prefix);
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(abi.List(abi.String)) = undefined;
    abi.session.keys(name.ptr, name.len, &theirs);
    if (refusal([]const []const u8, theirs)) |refused| return refused;
    return .{ .ok = try lift.strings(allocator, theirs.value.ok) };
}

pub fn approve(
    _: *Imports,
    allocator: Allocator,
    action: []const u8,
    details: []const u8,
    expires_in_ms: ?u64,
) Allocator.Error!Reply(Decision) {
    const what = try lower.string(allocator, action);
    const shown = try lower.string(allocator, details);
    memory.landIn(allocator);
    defer memory.landed();
    const expiry: abi.OptionalNumber = .of(expires_in_ms);
    var theirs: abi.Result(abi.Decision) = undefined;
    abi.people.approve(what.ptr, what.len, shown.ptr, shown.len, expiry.is_some, expiry.value, &theirs);
    return refusal(Decision, theirs) orelse .{ .ok = lift.decision(theirs.value.ok) };
}

pub fn ask(
    _: *Imports,
    allocator: Allocator,
    question: []const u8,
    schema: []const u8,
    expires_in_ms: ?u64,
) Allocator.Error!Reply([]const u8) {
    const what = try lower.string(allocator, question);
    const shape = try lower.string(allocator, schema);
    memory.landIn(allocator);
    defer memory.landed();
    const expiry: abi.OptionalNumber = .of(expires_in_ms);
    var theirs: abi.Result(abi.String) = undefined;
    abi.people.ask(what.ptr, what.len, shape.ptr, shape.len, expiry.is_some, expiry.value, &theirs);
    return refusal([]const u8, theirs) orelse .{ .ok = theirs.value.ok.slice() };
}

pub fn nextMessage(_: *Imports, allocator: Allocator, timeout_ms: ?u64) Allocator.Error!Reply(?Content) {
    memory.landIn(allocator);
    defer memory.landed();
    const timeout: abi.OptionalNumber = .of(timeout_ms);
    var theirs: abi.Result(abi.Option(abi.Content)) = undefined;
    abi.people.nextMessage(timeout.is_some, timeout.value, &theirs);
    if (refusal(?Content, theirs)) |refused| return refused;
    return .{ .ok = if (theirs.value.ok.get()) |said| try lift.content(allocator, said) else null };
}

pub fn agents(_: *Imports, allocator: Allocator) Allocator.Error!Reply([]const AgentSummary) {
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(abi.List(abi.Summary)) = undefined;
    abi.agents.available(&theirs);
    if (refusal([]const AgentSummary, theirs)) |refused| return refused;
    return .{ .ok = try lift.summaries(allocator, theirs.value.ok) };
}

pub fn callAgent(
    _: *Imports,
    allocator: Allocator,
    agent: []const u8,
    input: Content,
    options: AgentOptions,
) Allocator.Error!Reply(AgentReply) {
    const theirs = try calledAgent(abi.AgentReply, abi.agents.call, allocator, agent, input, options);
    return replyOf(allocator, theirs);
}

pub fn startAgent(
    _: *Imports,
    allocator: Allocator,
    agent: []const u8,
    input: Content,
    options: AgentOptions,
) Allocator.Error!Reply(Child) {
    const theirs = try calledAgent(i32, abi.agents.start, allocator, agent, input, options);
    return refusal(Child, theirs) orelse .{ .ok = @fromBackingInt(theirs.value.ok) };
}

/// Calls what takes an agent, an input and options.
fn calledAgent(
    comptime T: type,
    function: anytype,
    allocator: Allocator,
    agent: []const u8,
    input: Content,
    options: AgentOptions,
) Allocator.Error!abi.Result(T) {
    const name = try lower.string(allocator, agent);
    const said = try lower.content(allocator, input);
    const session: abi.OptionalString = .of(try lower.optionalString(allocator, options.session));
    const extra: abi.OptionalString = .of(try lower.optionalJson(allocator, options.extra));
    const timeout: abi.OptionalNumber = .of(if (options.timeout) |time| millis(time) else null);
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(T) = undefined;
    function(
        name.ptr,
        name.len,
        said.role.ptr,
        said.role.len,
        said.parts.ptr,
        said.parts.len,
        session.is_some,
        session.ptr,
        session.len,
        timeout.is_some,
        timeout.value,
        @intFromBool(options.relay),
        @intFromBool(options.detached),
        extra.is_some,
        extra.ptr,
        extra.len,
        &theirs,
    );
    return theirs;
}

pub fn childId(_: *Imports, allocator: Allocator, child: Child) Allocator.Error![]const u8 {
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.String = undefined;
    abi.agents.invocationId(@backingInt(child), &theirs);
    return theirs.slice();
}

pub fn finishChild(_: *Imports, allocator: Allocator, child: Child) Allocator.Error!Reply(AgentReply) {
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(abi.AgentReply) = undefined;
    abi.agents.finish(@backingInt(child), &theirs);
    return replyOf(allocator, theirs);
}

fn replyOf(allocator: Allocator, theirs: abi.Result(abi.AgentReply)) Allocator.Error!Reply(AgentReply) {
    if (refusal(AgentReply, theirs)) |refused| return refused;
    return .{ .ok = try lift.agentReply(allocator, theirs.value.ok) };
}

pub fn cancelChild(_: *Imports, child: Child) void {
    abi.agents.cancel(@backingInt(child));
}

pub fn childTimer(_: *Imports, child: Child) Timer {
    return abi.agents.subscribe(@backingInt(child));
}

pub fn dropChild(_: *Imports, child: Child) void {
    abi.agents.drop(@backingInt(child));
}

pub fn tools(_: *Imports, allocator: Allocator) Allocator.Error!Reply([]const Tool) {
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(abi.List(abi.Tool)) = undefined;
    abi.tools.available(&theirs);
    if (refusal([]const Tool, theirs)) |refused| return refused;
    return .{ .ok = try lift.tools(allocator, theirs.value.ok) };
}

pub fn callTool(
    _: *Imports,
    allocator: Allocator,
    function: FunctionCall,
    options: ToolOptions,
) Allocator.Error!Reply(FunctionResponse) {
    return responseOf(try calledTool(abi.FunctionResponse, abi.tools.call, allocator, function, options));
}

pub fn startTool(
    _: *Imports,
    allocator: Allocator,
    function: FunctionCall,
    options: ToolOptions,
) Allocator.Error!Reply(Running) {
    const theirs = try calledTool(i32, abi.tools.start, allocator, function, options);
    return refusal(Running, theirs) orelse .{ .ok = @fromBackingInt(theirs.value.ok) };
}

/// Calls what takes a call of a tool and options.
fn calledTool(
    comptime T: type,
    function: anytype,
    allocator: Allocator,
    asked: FunctionCall,
    options: ToolOptions,
) Allocator.Error!abi.Result(T) {
    const call = try lower.functionCall(allocator, asked);
    const how: LoweredToolOptions = try .of(allocator, options);
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(T) = undefined;
    function(
        call.id.ptr,
        call.id.len,
        call.name.ptr,
        call.name.len,
        call.args.ptr,
        call.args.len,
        how.timeout.is_some,
        how.timeout.value,
        how.key.is_some,
        how.key.ptr,
        how.key.len,
        how.relay,
        how.extra.is_some,
        how.extra.ptr,
        how.extra.len,
        &theirs,
    );
    return theirs;
}

pub fn callTools(
    _: *Imports,
    allocator: Allocator,
    functions: []const FunctionCall,
    options: ToolOptions,
) Allocator.Error![]const ToolResult {
    const calls = try lower.functionCalls(allocator, functions);
    const how: LoweredToolOptions = try .of(allocator, options);
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.List(abi.Result(abi.FunctionResponse)) = undefined;
    abi.tools.callAll(
        calls.ptr,
        calls.len,
        how.timeout.is_some,
        how.timeout.value,
        how.key.is_some,
        how.key.ptr,
        how.key.len,
        how.relay,
        how.extra.is_some,
        how.extra.ptr,
        how.extra.len,
        &theirs,
    );
    const results = try allocator.alloc(ToolResult, theirs.len);
    for (theirs.slice(), results) |item, *result| result.* = switch (responseOf(item)) {
        .ok => |response| .{ .response = response },
        .refused => |failure| .{ .failure = failure },
    };
    return results;
}

/// Options of a call as arguments.
const LoweredToolOptions = struct {
    timeout: abi.OptionalNumber,
    key: abi.OptionalString,
    relay: i32,
    extra: abi.OptionalString,

    fn of(allocator: Allocator, options: ToolOptions) Allocator.Error!LoweredToolOptions {
        return .{
            .timeout = .of(if (options.timeout) |time| millis(time) else null),
            .key = .of(try lower.optionalString(allocator, options.idempotency_key)),
            .relay = @intFromBool(options.relay),
            .extra = .of(try lower.optionalJson(allocator, options.extra)),
        };
    }
};

pub fn finishTool(_: *Imports, allocator: Allocator, running: Running) Allocator.Error!Reply(FunctionResponse) {
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(abi.FunctionResponse) = undefined;
    abi.tools.finish(@backingInt(running), &theirs);
    return responseOf(theirs);
}

fn responseOf(theirs: abi.Result(abi.FunctionResponse)) Reply(FunctionResponse) {
    return refusal(FunctionResponse, theirs) orelse .{ .ok = lift.functionResponse(theirs.value.ok) };
}

pub fn cancelTool(_: *Imports, running: Running) void {
    abi.tools.cancel(@backingInt(running));
}

pub fn toolTimer(_: *Imports, running: Running) Timer {
    return abi.tools.subscribe(@backingInt(running));
}

pub fn dropTool(_: *Imports, running: Running) void {
    abi.tools.drop(@backingInt(running));
}

pub fn models(_: *Imports, allocator: Allocator) Allocator.Error!Reply([]const ModelSummary) {
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(abi.List(abi.ModelSummary)) = undefined;
    abi.models.available(&theirs);
    if (refusal([]const ModelSummary, theirs)) |refused| return refused;
    return .{ .ok = try lift.modelSummaries(allocator, theirs.value.ok) };
}

pub fn complete(
    _: *Imports,
    allocator: Allocator,
    contents: []const Content,
    options: ModelOptions,
) Allocator.Error!Reply(ModelResponse) {
    const request = try lower.modelRequest(allocator, contents, options);
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(abi.ModelResponse) = undefined;
    abi.models.complete(&request, &theirs);
    return modelResponseOf(allocator, theirs);
}

pub fn openCompletion(
    _: *Imports,
    allocator: Allocator,
    contents: []const Content,
    options: ModelOptions,
) Allocator.Error!Reply(Completion) {
    const request = try lower.modelRequest(allocator, contents, options);
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(i32) = undefined;
    abi.models.open(&request, &theirs);
    return refusal(Completion, theirs) orelse .{ .ok = @fromBackingInt(theirs.value.ok) };
}

pub fn nextDeltas(_: *Imports, allocator: Allocator, completion: Completion) Allocator.Error!Reply([]const Delta) {
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(abi.List(abi.Delta)) = undefined;
    abi.models.next(@backingInt(completion), &theirs);
    if (refusal([]const Delta, theirs)) |refused| return refused;
    return .{ .ok = try lift.deltas(allocator, theirs.value.ok) };
}

pub fn finishCompletion(
    _: *Imports,
    allocator: Allocator,
    completion: Completion,
) Allocator.Error!Reply(ModelResponse) {
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(abi.ModelResponse) = undefined;
    abi.models.finish(@backingInt(completion), &theirs);
    return modelResponseOf(allocator, theirs);
}

fn modelResponseOf(allocator: Allocator, theirs: abi.Result(abi.ModelResponse)) Allocator.Error!Reply(ModelResponse) {
    if (refusal(ModelResponse, theirs)) |refused| return refused;
    return .{ .ok = try lift.modelResponse(allocator, theirs.value.ok) };
}

pub fn cancelCompletion(_: *Imports, completion: Completion) void {
    abi.models.cancel(@backingInt(completion));
}

pub fn completionTimer(_: *Imports, completion: Completion) Timer {
    return abi.models.subscribe(@backingInt(completion));
}

pub fn dropCompletion(_: *Imports, completion: Completion) void {
    abi.models.drop(@backingInt(completion));
}

pub fn embed(
    _: *Imports,
    allocator: Allocator,
    model: ?[]const u8,
    texts: []const []const u8,
) Allocator.Error!Reply(Embeddings) {
    const alias: abi.OptionalString = .of(try lower.optionalString(allocator, model));
    const all = try lower.strings(allocator, texts);
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(abi.Embeddings) = undefined;
    abi.models.embed(alias.is_some, alias.ptr, alias.len, all.ptr, all.len, &theirs);
    if (refusal(Embeddings, theirs)) |refused| return refused;
    return .{ .ok = try lift.embeddings(allocator, theirs.value.ok) };
}

pub fn fetch(
    _: *Imports,
    allocator: Allocator,
    url: []const u8,
    options: HttpOptions,
) Allocator.Error!Reply(HttpResponse) {
    const request = try lower.httpRequest(allocator, url, options);
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(abi.HttpResponse) = undefined;
    abi.http.fetch(&request, &theirs);
    if (refusal(HttpResponse, theirs)) |refused| return refused;
    const response = theirs.value.ok;
    return .{ .ok = .init(try lift.httpHead(allocator, response.head), response.body.slice()) };
}

pub fn openExchange(
    _: *Imports,
    allocator: Allocator,
    url: []const u8,
    options: HttpOptions,
) Allocator.Error!Reply(Exchange) {
    const request = try lower.httpRequest(allocator, url, options);
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(i32) = undefined;
    abi.http.open(&request, &theirs);
    return refusal(Exchange, theirs) orelse .{ .ok = @fromBackingInt(theirs.value.ok) };
}

pub fn exchangeHead(_: *Imports, allocator: Allocator, exchange: Exchange) Allocator.Error!Reply(HttpHead) {
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(abi.HttpHead) = undefined;
    abi.http.head(@backingInt(exchange), &theirs);
    if (refusal(HttpHead, theirs)) |refused| return refused;
    return .{ .ok = try lift.httpHead(allocator, theirs.value.ok) };
}

pub fn readExchange(
    _: *Imports,
    allocator: Allocator,
    exchange: Exchange,
    max: u32,
) Allocator.Error!Reply([]const u8) {
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(abi.List(u8)) = undefined;
    abi.http.read(@backingInt(exchange), max, &theirs);
    return refusal([]const u8, theirs) orelse .{ .ok = theirs.value.ok.slice() };
}

pub fn cancelExchange(_: *Imports, exchange: Exchange) void {
    abi.http.cancel(@backingInt(exchange));
}

pub fn exchangeTimer(_: *Imports, exchange: Exchange) Timer {
    return abi.http.subscribe(@backingInt(exchange));
}

pub fn dropExchange(_: *Imports, exchange: Exchange) void {
    abi.http.drop(@backingInt(exchange));
}

pub fn saveArtifact(_: *Imports, allocator: Allocator, name: []const u8, content: Blob) Allocator.Error!Reply(u32) {
    const called = try lower.string(allocator, name);
    const mime_type = try lower.string(allocator, content.mime_type);
    const data: abi.List(u8) = .of(content.data);
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(u32) = undefined;
    abi.artifacts.save(called.ptr, called.len, mime_type.ptr, mime_type.len, data.ptr, data.len, &theirs);
    return refusal(u32, theirs) orelse .{ .ok = theirs.value.ok };
}

pub fn loadArtifact(
    _: *Imports,
    allocator: Allocator,
    name: []const u8,
    version: ?u32,
) Allocator.Error!Reply(?Blob) {
    const theirs = try versioned(abi.Option(abi.Blob), abi.artifacts.load, allocator, name, version);
    if (refusal(?Blob, theirs)) |refused| return refused;
    return .{ .ok = if (theirs.value.ok.get()) |content| lift.blob(content) else null };
}

pub fn readArtifact(
    _: *Imports,
    allocator: Allocator,
    name: []const u8,
    version: u32,
    offset: u64,
    max: u32,
) Allocator.Error!Reply([]const u8) {
    const called = try lower.string(allocator, name);
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(abi.List(u8)) = undefined;
    abi.artifacts.read(called.ptr, called.len, version, offset, max, &theirs);
    return refusal([]const u8, theirs) orelse .{ .ok = theirs.value.ok.slice() };
}

pub fn artifacts(_: *Imports, allocator: Allocator, prefix: []const u8) Allocator.Error!Reply([]const ArtifactInfo) {
    return listed(abi.artifacts.available, allocator, prefix);
}

pub fn artifactVersions(
    _: *Imports,
    allocator: Allocator,
    name: []const u8,
) Allocator.Error!Reply([]const ArtifactInfo) {
    return listed(abi.artifacts.versions, allocator, name);
}

fn listed(
    function: anytype,
    allocator: Allocator,
    name: []const u8,
) Allocator.Error!Reply([]const ArtifactInfo) {
    const called = try lower.string(allocator, name);
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(abi.List(abi.ArtifactInfo)) = undefined;
    function(called.ptr, called.len, &theirs);
    if (refusal([]const ArtifactInfo, theirs)) |refused| return refused;
    return .{ .ok = try lift.artifactInfos(allocator, theirs.value.ok) };
}

pub fn removeArtifact(
    _: *Imports,
    allocator: Allocator,
    name: []const u8,
    version: ?u32,
) Allocator.Error!Reply(bool) {
    const theirs = try versioned(bool, abi.artifacts.remove, allocator, name, version);
    return refusal(bool, theirs) orelse .{ .ok = theirs.value.ok };
}

/// Calls what takes a name and perhaps a version.
fn versioned(
    comptime T: type,
    function: anytype,
    allocator: Allocator,
    name: []const u8,
    version: ?u32,
) Allocator.Error!abi.Result(T) {
    const called = try lower.string(allocator, name);
    memory.landIn(allocator);
    defer memory.landed();
    var theirs: abi.Result(T) = undefined;
    function(called.ptr, called.len, @intFromBool(version != null), version orelse 0, &theirs);
    return theirs;
}

pub fn sleep(_: *Imports, ms: u64) void {
    abi.wait.sleep(ms);
}

pub fn timer(_: *Imports, ms: u64) Timer {
    return abi.wait.timer(ms);
}

pub fn isReady(_: *Imports, handle: Timer) bool {
    return abi.wait.ready(handle) != 0;
}

pub fn block(_: *Imports, handle: Timer) void {
    abi.wait.block(handle);
}

pub fn drop(_: *Imports, handle: Timer) void {
    abi.wait.drop(handle);
}

pub fn any(
    _: *Imports,
    allocator: Allocator,
    of: []const Waitable,
    timeout_ms: ?u64,
) Allocator.Error![]const u32 {
    const handles = try allocator.alloc(Timer, of.len);
    for (of, handles) |waitable, *handle| handle.* = waitable.timer;
    memory.landIn(allocator);
    defer memory.landed();
    const timeout: abi.OptionalNumber = .of(timeout_ms);
    var theirs: abi.List(u32) = undefined;
    const list: abi.List(Timer) = .of(handles);
    abi.wait.any(list.ptr, list.len, timeout.is_some, timeout.value, &theirs);
    return theirs.slice();
}

pub fn log(
    _: *Imports,
    allocator: Allocator,
    level: Level,
    message: []const u8,
    fields: []const Field,
) Allocator.Error!void {
    const text = try lower.string(allocator, message);
    const list = try lower.fields(allocator, fields);
    abi.log.write(@backingInt(level), text.ptr, text.len, list.ptr, list.len);
}

pub fn now(_: *Imports, clock: std.Io.Clock) std.Io.Timestamp {
    const id: wasi.clockid_t = if (clock == .real) .REALTIME else .MONOTONIC;
    var nanoseconds: wasi.timestamp_t = 0;
    _ = wasi.clock_time_get(id, 1, &nanoseconds);
    return .{ .nanoseconds = nanoseconds };
}

pub fn random(_: *Imports, buffer: []u8) void {
    _ = wasi.random_get(buffer.ptr, buffer.len);
}

pub fn write(_: *Imports, output: Output, bytes: []const u8) error{InputOutput}!void {
    const file: wasi.fd_t = switch (output) {
        .stdout => 1,
        .stderr => 2,
    };
    var rest = bytes;
    while (rest.len > 0) {
        var written: usize = 0;
        const piece: wasi.ciovec_t = .{ .base = rest.ptr, .len = rest.len };
        if (wasi.fd_write(file, &.{piece}, 1, &written) != .SUCCESS) return error.InputOutput;
        rest = rest[written..];
    }
}

fn refusal(comptime T: type, theirs: anytype) ?Reply(T) {
    return if (theirs.is_err) .{ .refused = lift.failure(theirs.value.err) } else null;
}
