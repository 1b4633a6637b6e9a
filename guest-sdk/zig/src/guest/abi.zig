//! The contract as it lies in the component's memory (the canonical ABI), and its imports. `tests/abi.zig` compares all
//! of it with the bindings that are generated for C.

/// The contract's version. The component type that is linked in has the same.
pub const version = "0.1.5";

const Handle = i32;

pub const String = List(u8);

pub fn List(comptime T: type) type {
    return extern struct {
        ptr: [*]const T,
        len: usize,

        pub fn of(items: []const T) @This() {
            // The address of nothing has to lie in memory too, which the one of an empty slice need not.
            const ptr: [*]const T = if (items.len == 0) @ptrFromInt(@alignOf(T)) else items.ptr;
            return .{ .ptr = ptr, .len = items.len };
        }

        pub fn slice(list: @This()) []const T {
            // The pointer of an empty list is of no meaning.
            return if (list.len == 0) &.{} else list.ptr[0..list.len];
        }
    };
}

pub fn Option(comptime T: type) type {
    return extern struct {
        is_some: bool = false,
        value: T = undefined,

        pub const none: @This() = .{};

        pub fn some(value: T) @This() {
            return .{ .is_some = true, .value = value };
        }

        pub fn get(option: @This()) ?T {
            return if (option.is_some) option.value else null;
        }
    };
}

pub const Void = extern struct {};

/// A result with the contract's failure, as every call returns that can be refused.
pub fn Result(comptime T: type) type {
    return extern struct {
        is_err: bool,
        value: extern union { ok: T, err: Failure },
    };
}

pub const Failure = extern struct {
    kind: u8,
    code: Option(String),
    message: String,
    retry_after_ms: Option(u64),
    details: Option(String),
};

pub const Custom = extern struct { name: String, value: String };
pub const Blob = extern struct { mime_type: String, data: List(u8) };
pub const FileRef = extern struct { mime_type: Option(String), uri: String };
pub const FunctionCall = extern struct { id: String, name: String, args: String };
pub const FunctionResponse = extern struct { id: String, name: String, response: String, failed: bool };

/// The cases of a part, in the order of their tags.
pub const Part = extern struct {
    tag: Tag,
    value: extern union {
        text: String,
        thought: String,
        inline_data: Blob,
        file_data: FileRef,
        function_call: FunctionCall,
        function_response: FunctionResponse,
        other: Custom,
    },

    pub const Tag = enum(u8) { text, thought, inline_data, file_data, function_call, function_response, other };
};

pub const Content = extern struct { role: String, parts: List(Part) };

pub const Info = extern struct {
    invocation_id: String,
    session_id: String,
    user_id: String,
    agent: String,
    agent_version: String,
    attempt: u32,
    parent_id: Option(String),
    traceparent: Option(String),
    extra: Option(String),
};

pub const Progress = extern struct { message: String, done: Option(u64), total: Option(u64) };

/// The cases of an event, in the order of their tags.
pub const Event = extern struct {
    tag: Tag,
    value: extern union {
        content: Content,
        text_delta: String,
        thought_delta: String,
        progress: Progress,
        other: Custom,
    },

    pub const Tag = enum(u8) { content, text_delta, thought_delta, progress, other };
};

pub const Entry = extern struct { seq: u64, author: String, content: Content, at_ms: u64 };
pub const Page = extern struct { entries: List(Entry), next: Option(u64) };
pub const Decision = extern struct {
    approved: bool,
    by: Option(String),
    reason: Option(String),
    edited: Option(String),
};

pub const Summary = extern struct {
    name: String,
    description: String,
    version: String,
    input_schema: Option(String),
    extra: Option(String),
};

pub const AgentReply = extern struct {
    invocation_id: String,
    content: Option(Content),
    escalate: bool,
    transfer_to: Option(String),
    extra: Option(String),
};

/// The flags, in the order of their bits.
pub const Hints = packed struct(u8) {
    read_only: bool = false,
    destructive: bool = false,
    idempotent: bool = false,
    open_world: bool = false,
    needs_approval: bool = false,
    rest: u3 = 0,
};

pub const Tool = extern struct {
    name: String,
    description: String,
    parameters: String,
    hints: Hints,
    extra: Option(String),
};

pub const Usage = extern struct {
    input_tokens: u64,
    output_tokens: u64,
    cached_tokens: u64,
    thought_tokens: u64,
    extra: Option(String),
};

pub const ModelSummary = extern struct { name: String, description: String, extra: Option(String) };

pub const ModelTool = extern struct { name: String, description: String, parameters: String };

/// The cases of a choice, in the order of their tags.
pub const ToolChoice = extern struct {
    tag: Tag,
    value: extern union { named: String },

    pub const Tag = enum(u8) { auto, none, required, named };
};

pub const ModelRequest = extern struct {
    model: Option(String),
    system: Option(String),
    contents: List(Content),
    tools: List(ModelTool),
    tool_choice: ToolChoice,
    max_output_tokens: Option(u32),
    temperature: Option(f32),
    stop: List(String),
    response_schema: Option(String),
    relay: u8,
    extra: Option(String),
};

/// The cases of a reason, in the order of their tags.
pub const FinishReason = extern struct {
    tag: Tag,
    value: extern union { other: String },

    pub const Tag = enum(u8) { stop, length, function_calls, filtered, other };
};

pub const ModelResponse = extern struct {
    model: String,
    content: Content,
    finish: FinishReason,
    usage: Usage,
    extra: Option(String),
};

/// The cases of a delta, in the order of their tags.
pub const Delta = extern struct {
    tag: Tag,
    value: extern union {
        text: String,
        thought: String,
        function_call: FunctionCall,
        other: String,
    },

    pub const Tag = enum(u8) { text, thought, function_call, other };
};

pub const Embeddings = extern struct {
    model: String,
    vectors: List(List(f32)),
    usage: Usage,
    extra: Option(String),
};

pub const HttpRequest = extern struct {
    method: String,
    url: String,
    headers: List(Field),
    body: List(u8),
    credential: Option(String),
    timeout_ms: Option(u64),
    follow_redirects: bool,
    extra: Option(String),
};

pub const HttpHead = extern struct { status: u16, url: String, headers: List(Field), extra: Option(String) };

pub const HttpResponse = extern struct { head: HttpHead, body: List(u8) };

pub const ArtifactInfo = extern struct {
    name: String,
    version: u32,
    mime_type: String,
    size: u64,
    created_at_ms: u64,
    extra: Option(String),
};

pub const Field = extern struct { name: String, value: String };

pub const Skill = extern struct {
    id: String,
    name: String,
    description: String,
    tags: List(String),
    examples: List(String),
};

pub const Descriptor = extern struct {
    name: String,
    description: String,
    version: String,
    skills: List(Skill),
    input_schema: Option(String),
    extra: Option(String),
};

pub const Outcome = extern struct {
    content: Option(Content),
    escalate: bool,
    transfer_to: Option(String),
    extra: Option(String),
};

/// An optional number is two arguments: whether it is there, and what it is.
pub const OptionalNumber = struct {
    is_some: i32,
    value: u64,

    pub fn of(number: ?u64) OptionalNumber {
        return .{ .is_some = @intFromBool(number != null), .value = number orelse 0 };
    }
};

/// An optional text is three arguments.
pub const OptionalString = struct {
    is_some: i32,
    ptr: [*]const u8,
    len: usize,

    pub fn of(option: Option(String)) OptionalString {
        const text = option.get() orelse String.of("");
        return .{ .is_some = @intFromBool(option.is_some), .ptr = text.ptr, .len = text.len };
    }
};

pub const wait = struct {
    pub const ready = import(fn (Handle) callconv(.c) i32, "wait", "[method]waitable.ready");
    pub const block = import(fn (Handle) callconv(.c) void, "wait", "[method]waitable.block");
    pub const drop = import(fn (Handle) callconv(.c) void, "wait", "[resource-drop]waitable");
    pub const any = import(fn ([*]const Handle, usize, i32, u64, *List(u32)) callconv(.c) void, "wait", "any");
    pub const sleep = import(fn (u64) callconv(.c) void, "wait", "sleep");
    pub const timer = import(fn (u64) callconv(.c) Handle, "wait", "timer");
};

pub const context = struct {
    pub const get = import(fn (*Info) callconv(.c) void, "context", "get");
    pub const config = import(fn ([*]const u8, usize, *Option(String)) callconv(.c) void, "context", "config");
    pub const configKeys = import(fn (*List(String)) callconv(.c) void, "context", "config-keys");
    pub const isCancelled = import(fn () callconv(.c) i32, "context", "is-cancelled");
    pub const remainingMs = import(fn (*Option(u64)) callconv(.c) void, "context", "remaining-ms");
};

pub const events = struct {
    pub const emit = import(fn ([*]const Event, usize, *Result(u64)) callconv(.c) void, "events", "emit");
};

pub const session = struct {
    pub const history = import(fn (i32, u64, u32, *Result(Page)) callconv(.c) void, "session", "history");
    pub const get = import(fn ([*]const u8, usize, *Result(Option(String))) callconv(.c) void, "session", "get");
    pub const set = import(
        fn ([*]const u8, usize, [*]const u8, usize, *Result(Void)) callconv(.c) void,
        "session",
        "set",
    );
    pub const remove = import(fn ([*]const u8, usize, *Result(Void)) callconv(.c) void, "session", "remove");
    pub const keys = import(fn ([*]const u8, usize, *Result(List(String))) callconv(.c) void, "session", "keys");
};

pub const people = struct {
    pub const approve = import(
        fn ([*]const u8, usize, [*]const u8, usize, i32, u64, *Result(Decision)) callconv(.c) void,
        "people",
        "approve",
    );
    pub const ask = import(
        fn ([*]const u8, usize, [*]const u8, usize, i32, u64, *Result(String)) callconv(.c) void,
        "people",
        "ask",
    );
    pub const nextMessage = import(
        fn (i32, u64, *Result(Option(Content))) callconv(.c) void,
        "people",
        "next-message",
    );
};

pub const agents = struct {
    /// The agent, the role and the parts of the input; the session, the timeout, whether events are relayed, whether
    /// the child is detached, and what else there is; where the result goes.
    fn Called(comptime T: type) type {
        return fn (
            [*]const u8,
            usize,
            [*]const u8,
            usize,
            [*]const Part,
            usize,
            i32,
            [*]const u8,
            usize,
            i32,
            u64,
            i32,
            i32,
            i32,
            [*]const u8,
            usize,
            *Result(T),
        ) callconv(.c) void;
    }

    pub const available = import(fn (*Result(List(Summary))) callconv(.c) void, "agents", "available");
    pub const call = import(Called(AgentReply), "agents", "call");
    pub const start = import(Called(Handle), "agents", "start");
    pub const invocationId = import(
        fn (Handle, *String) callconv(.c) void,
        "agents",
        "[method]child.invocation-id",
    );
    pub const finish = import(fn (Handle, *Result(AgentReply)) callconv(.c) void, "agents", "[method]child.finish");
    pub const cancel = import(fn (Handle) callconv(.c) void, "agents", "[method]child.cancel");
    pub const subscribe = import(fn (Handle) callconv(.c) Handle, "agents", "[method]child.subscribe");
    pub const drop = import(fn (Handle) callconv(.c) void, "agents", "[resource-drop]child");
};

pub const tools = struct {
    /// The id, the name and the arguments; the timeout, the key, whether events are relayed, and what else there is;
    /// where the result goes.
    fn Called(comptime T: type) type {
        return fn (
            [*]const u8,
            usize,
            [*]const u8,
            usize,
            [*]const u8,
            usize,
            i32,
            u64,
            i32,
            [*]const u8,
            usize,
            i32,
            i32,
            [*]const u8,
            usize,
            *Result(T),
        ) callconv(.c) void;
    }

    /// The same with a list of calls.
    const CalledAll = fn (
        [*]const FunctionCall,
        usize,
        i32,
        u64,
        i32,
        [*]const u8,
        usize,
        i32,
        i32,
        [*]const u8,
        usize,
        *List(Result(FunctionResponse)),
    ) callconv(.c) void;

    pub const available = import(fn (*Result(List(Tool))) callconv(.c) void, "tools", "available");
    pub const call = import(Called(FunctionResponse), "tools", "call");
    pub const callAll = import(CalledAll, "tools", "call-all");
    pub const start = import(Called(Handle), "tools", "start");
    pub const finish = import(
        fn (Handle, *Result(FunctionResponse)) callconv(.c) void,
        "tools",
        "[method]running.finish",
    );
    pub const cancel = import(fn (Handle) callconv(.c) void, "tools", "[method]running.cancel");
    pub const subscribe = import(fn (Handle) callconv(.c) Handle, "tools", "[method]running.subscribe");
    pub const drop = import(fn (Handle) callconv(.c) void, "tools", "[resource-drop]running");
};

pub const models = struct {
    /// The model; the texts; where the result goes.
    const Embed = fn (
        i32,
        [*]const u8,
        usize,
        [*]const String,
        usize,
        *Result(Embeddings),
    ) callconv(.c) void;

    pub const available = import(fn (*Result(List(ModelSummary))) callconv(.c) void, "models", "available");
    pub const complete = import(
        fn (*const ModelRequest, *Result(ModelResponse)) callconv(.c) void,
        "models",
        "complete",
    );
    pub const open = import(fn (*const ModelRequest, *Result(Handle)) callconv(.c) void, "models", "open");
    pub const next = import(
        fn (Handle, *Result(List(Delta))) callconv(.c) void,
        "models",
        "[method]completion.next",
    );
    pub const finish = import(
        fn (Handle, *Result(ModelResponse)) callconv(.c) void,
        "models",
        "[method]completion.finish",
    );
    pub const cancel = import(fn (Handle) callconv(.c) void, "models", "[method]completion.cancel");
    pub const subscribe = import(fn (Handle) callconv(.c) Handle, "models", "[method]completion.subscribe");
    pub const drop = import(fn (Handle) callconv(.c) void, "models", "[resource-drop]completion");
    pub const embed = import(Embed, "models", "embed");
};

pub const http = struct {
    pub const fetch = import(fn (*const HttpRequest, *Result(HttpResponse)) callconv(.c) void, "http", "fetch");
    pub const open = import(fn (*const HttpRequest, *Result(Handle)) callconv(.c) void, "http", "open");
    pub const head = import(fn (Handle, *Result(HttpHead)) callconv(.c) void, "http", "[method]exchange.head");
    pub const read = import(
        fn (Handle, u32, *Result(List(u8))) callconv(.c) void,
        "http",
        "[method]exchange.read",
    );
    pub const cancel = import(fn (Handle) callconv(.c) void, "http", "[method]exchange.cancel");
    pub const subscribe = import(fn (Handle) callconv(.c) Handle, "http", "[method]exchange.subscribe");
    pub const drop = import(fn (Handle) callconv(.c) void, "http", "[resource-drop]exchange");
};

pub const artifacts = struct {
    /// The name; the type and the bytes; where the result goes.
    const Save = fn (
        [*]const u8,
        usize,
        [*]const u8,
        usize,
        [*]const u8,
        usize,
        *Result(u32),
    ) callconv(.c) void;

    /// The name; whether a version is meant, and which; where the result goes.
    fn Versioned(comptime T: type) type {
        return fn ([*]const u8, usize, i32, u32, *Result(T)) callconv(.c) void;
    }

    /// A name, or the beginning of one; where the result goes.
    const Listed = fn ([*]const u8, usize, *Result(List(ArtifactInfo))) callconv(.c) void;

    pub const save = import(Save, "artifacts", "save");
    pub const load = import(Versioned(Option(Blob)), "artifacts", "load");
    pub const read = import(
        fn ([*]const u8, usize, u32, u64, u32, *Result(List(u8))) callconv(.c) void,
        "artifacts",
        "read",
    );
    pub const available = import(Listed, "artifacts", "available");
    pub const versions = import(Listed, "artifacts", "versions");
    pub const remove = import(Versioned(bool), "artifacts", "remove");
};

pub const log = struct {
    pub const write = import(fn (i32, [*]const u8, usize, [*]const Field, usize) callconv(.c) void, "log", "write");
};

/// What the component exports.
pub const entry = struct {
    pub const describe = "rak:agent/entry@" ++ version ++ "#describe";
    pub const run = "rak:agent/entry@" ++ version ++ "#run";
};

fn import(comptime Fn: type, comptime interface: []const u8, comptime name: []const u8) *const Fn {
    return @extern(*const Fn, .{ .name = name, .library_name = "rak:agent/" ++ interface ++ "@" ++ version });
}
