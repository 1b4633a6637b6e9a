//! The contract as it lies in the component's memory (the canonical ABI), and its imports. `tests/abi.zig` compares all
//! of it with the bindings that are generated for C.

/// The contract's version. The component type that is linked in has the same.
pub const version = "0.1.2";

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
