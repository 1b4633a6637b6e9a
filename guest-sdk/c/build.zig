//! The SDK's part of an agent's build: `addAgent`.

const std = @import("std");

/// An agent as its `build.zig` describes it. Paths are relative to that file.
pub const Agent = struct {
    /// The component is `zig-out/bin/NAME.wasm`.
    name: []const u8,
    /// What the agent is made of; one of these files has `RAK_AGENT`. `.c` is C11, everything else C++20.
    sources: []const []const u8,
    /// What only the tests have; with the sources and `main` of the SDK they are one native program.
    tests: []const []const u8 = &.{},
    /// Folders with the agent's own headers.
    include: []const []const u8 = &.{"src"},
    /// More flags for the compiler, for example `-DNAME=value`.
    flags: []const []const u8 = &.{},
};

/// `zig build` compiles the core module of the component, and `zig build test` runs the tests natively.
pub fn addAgent(b: *std.Build, agent: Agent) void {
    const sdk = b.dependencyFromBuildZig(@This(), .{});
    b.installArtifact(addComponent(b, sdk.builder, agent));
    const test_step = b.step("test", "Run the agent's tests natively, against a fake host");
    if (agent.tests.len > 0) {
        test_step.dependOn(&addTests(b, addNative(b, sdk.builder), agent).step);
    }
}

/// The core module, which `rak build` makes a component of.
fn addComponent(b: *std.Build, sdk: *std.Build, agent: Agent) *std.Build.Step.Compile {
    const optimize = b.option(std.builtin.Optimize, "optimize", "small (the default), fast, safe or debug") orelse .small;
    const module = b.createModule(.{
        // A component whatever the machine is that compiles it.
        .target = b.resolveTargetQuery(.{ .cpu_arch = .wasm32, .os_tag = .wasi }),
        .optimize = optimize,
        .link_libc = true,
        .strip = optimize == .small,
        .sanitize_c = .off,
    });
    addAuthored(b, module, agent, agent.sources);
    addSdk(sdk, module, component_sources);
    if (isCpp(agent.sources)) addCppSdk(sdk, module, "cpp/all.cpp");
    module.addCSourceFile(.{ .file = sdk.path("bindings/contract.c"), .flags = c_flags });
    // What the component is made from: its imports and exports.
    module.addObjectFile(sdk.path("bindings/contract_component_type.o"));

    const core = b.addExecutable(.{ .name = agent.name, .root_module = module });
    core.entry = .disabled;
    core.wasi_exec_model = .reactor;
    // The stack lies below everything else, so that an endless recursion ends as a trap and overwrites nothing.
    core.stack_size = 1024 * 1024;
    return core;
}

/// The SDK as it is in native programs: with the fake host, and `main`. Libraries, so that several programs of one build
/// do not compile it each for itself.
const Native = struct {
    include: std.Build.LazyPath,
    c: *std.Build.Step.Compile,
    cpp: *std.Build.Step.Compile,
};

fn addNative(b: *std.Build, sdk: *std.Build) Native {
    const c = nativeModule(b);
    addSdk(sdk, c, native_sources);
    const cpp = nativeModule(b);
    cpp.addIncludePath(sdk.path("include"));
    addCppSdk(sdk, cpp, "cpp/all_native.cpp");
    return .{
        .include = sdk.path("include"),
        .c = b.addLibrary(.{ .name = "rak-c", .root_module = c }),
        .cpp = b.addLibrary(.{ .name = "rak-cpp", .root_module = cpp }),
    };
}

fn nativeModule(b: *std.Build) *std.Build.Module {
    return b.createModule(.{ .target = b.graph.host, .optimize = .debug, .link_libc = true });
}

/// The tests as one native program, which is run.
fn addTests(b: *std.Build, native: Native, agent: Agent) *std.Build.Step.Run {
    const module = nativeModule(b);
    const all = std.mem.concat(b.allocator, []const u8, &.{ agent.sources, agent.tests }) catch @panic("out of memory");
    module.addIncludePath(native.include);
    addAuthored(b, module, agent, all);
    if (isCpp(all)) module.linkLibrary(native.cpp);
    module.linkLibrary(native.c);
    return b.addRunArtifact(b.addExecutable(.{ .name = b.fmt("{s}-tests", .{agent.name}), .root_module = module }));
}

fn addAuthored(b: *std.Build, module: *std.Build.Module, agent: Agent, sources: []const []const u8) void {
    for (agent.include) |folder| module.addIncludePath(b.path(folder));
    for (sources) |source| {
        const language = if (isCpp(&.{source})) cpp_flags else c_flags;
        const flags = std.mem.concat(b.allocator, []const u8, &.{ language, agent.flags }) catch @panic("out of memory");
        module.addCSourceFile(.{ .file = b.path(source), .flags = flags });
    }
}

fn addSdk(sdk: *std.Build, module: *std.Build.Module, backend: []const []const u8) void {
    const src = sdk.path("src");
    module.addIncludePath(sdk.path("include"));
    module.addCSourceFiles(.{ .root = src, .files = common_sources, .flags = c_flags });
    module.addCSourceFiles(.{ .root = src, .files = backend, .flags = c_flags });
}

/// What C++ has over it.
fn addCppSdk(sdk: *std.Build, module: *std.Build.Module, file: []const u8) void {
    module.addCSourceFiles(.{ .root = sdk.path("src"), .files = &.{file}, .flags = cpp_flags });
    module.link_libcpp = true;
}

fn isCpp(sources: []const []const u8) bool {
    for (sources) |source| {
        if (!std.mem.endsWith(u8, source, ".c")) return true;
    }
    return false;
}

/// An `assert` is worth having in a component too, where nobody has a debugger.
const common_flags = [_][]const u8{ "-Wall", "-Wextra", "-Werror=format", "-Werror=unused-result", "-UNDEBUG" };
const c_flags: []const []const u8 = &(common_flags ++ [_][]const u8{"-std=gnu11"});
/// Components have no exceptions, so the tests have none either.
const cpp_flags: []const []const u8 = &(common_flags ++ [_][]const u8{ "-std=gnu++20", "-fno-exceptions", "-fno-rtti" });

const common_sources: []const []const u8 = &.{
    "agents.c",     "arena.c",      "builder.c", "content.c",
    "events.c",     "failure.c",    "http.c",    "json_parse.c",
    "json_value.c", "json_write.c", "log.c",     "models.c",
    "outcome.c",    "panic.c",      "scratch.c", "session.c",
    "state.c",      "stream.c",     "text.c",    "tools.c",
    "utf8.c",
};
const component_sources: []const []const u8 = &.{
    "component/agents.c",    "component/artifacts.c", "component/exports.c",
    "component/from_host.c", "component/http.c",      "component/imports.c",
    "component/models.c",    "component/receive.c",   "component/to_host.c",
    "component/tools.c",     "component/wait.c",
};
const native_sources: []const []const u8 = &.{
    "testing/agents.c",      "testing/artifacts.c", "testing/calls.c",     "testing/clock.c",
    "testing/completions.c", "testing/copy.c",      "testing/fake_host.c", "testing/http.c",
    "testing/main.c",        "testing/map.c",       "testing/models.c",    "testing/people.c",
    "testing/program.c",     "testing/run.c",       "testing/task.c",      "testing/tools.c",
    "testing/wait.c",
};

/// The SDK by itself: its tests, and the bindings for the SDKs of other languages.
pub fn build(b: *std.Build) void {
    b.addNamedLazyPath("bindings", b.path("bindings"));
    // A copy in an agent's project has no tests.
    if (!b.isRoot()) return;
    const test_step = b.step("test", "Run the tests of the SDK");
    const native = addNative(b, b);
    for (own_tests) |tests| {
        const run = addTests(b, native, tests);
        // One of them reads the README.
        run.setCwd(b.path("."));
        test_step.dependOn(&run.step);
    }
}

/// The SDK's own tests: as agents, because the tests of an agent are made the same way.
const own_tests = [_]Agent{
    .{
        .name = "c",
        .sources = &.{},
        .tests = &.{
            "tests/c/agents_test.c",  "tests/c/artifacts_test.c",   "tests/c/events_test.c",
            "tests/c/http_test.c",    "tests/c/json_test.c",        "tests/c/models_test.c",
            "tests/c/people_test.c",  "tests/c/session_test.c",     "tests/c/text_test.c",
            "tests/c/tools_test.c",   "tests/c/wait_test.c",        "tests/readme/readme_test.c",
        },
        .flags = &.{"-Werror"},
    },
    .{
        .name = "cpp",
        .sources = &.{"tests/cpp/all_test.cpp"},
        .tests = &.{"tests/readme/cpp/examples_test.cpp"},
        .flags = &.{"-Werror"},
    },
    .{
        .name = "readme-c",
        .sources = &.{"tests/readme/c/greeter.c"},
        .tests = &.{"tests/readme/c/greeter_test.c"},
        .flags = &.{"-Werror"},
    },
    .{
        .name = "readme-skills",
        .sources = &.{"tests/readme/c/skills.c"},
        .tests = &.{"tests/readme/c/skills_test.c"},
        .flags = &.{"-Werror"},
    },
    .{
        .name = "readme-sender-c",
        .sources = &.{"tests/readme/c/sender.c"},
        .tests = &.{"tests/readme/c/sender_test.c"},
        .flags = &.{"-Werror"},
    },
    .{
        .name = "readme-briefer-c",
        .sources = &.{"tests/readme/c/briefer.c"},
        .tests = &.{"tests/readme/c/briefer_test.c"},
        .flags = &.{"-Werror"},
    },
    .{
        .name = "readme-reckoner-c",
        .sources = &.{"tests/readme/c/reckoner.c"},
        .tests = &.{"tests/readme/c/reckoner_test.c"},
        .flags = &.{"-Werror"},
    },
    .{
        .name = "readme-concierge-c",
        .sources = &.{"tests/readme/c/concierge.c"},
        .tests = &.{"tests/readme/c/concierge_test.c"},
        .flags = &.{"-Werror"},
    },
    .{
        .name = "readme-tracker-c",
        .sources = &.{"tests/readme/c/tracker.c"},
        .tests = &.{"tests/readme/c/tracker_test.c"},
        .flags = &.{"-Werror"},
    },
    .{
        .name = "readme-diarist-c",
        .sources = &.{"tests/readme/c/diarist.c"},
        .tests = &.{"tests/readme/c/diarist_test.c"},
        .flags = &.{"-Werror"},
    },
    .{
        .name = "readme-cpp",
        .sources = &.{"tests/readme/cpp/greeter.cpp"},
        .tests = &.{"tests/readme/cpp/greeter_test.cpp"},
        .flags = &.{"-Werror"},
    },
};
