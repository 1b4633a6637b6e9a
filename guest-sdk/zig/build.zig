//! The SDK as a package: the module `rak`, and `addAgent` for the build.zig of an agent.

const std = @import("std");
const Build = std.Build;

/// What makes an agent.
pub const AgentOptions = struct {
    /// The agent's name: its core module is `zig-out/bin/NAME.wasm`.
    name: []const u8,
    /// The file with the agent's `agent` and `run`.
    root_source_file: Build.LazyPath,
    /// What else it imports. `rak` is there already.
    imports: []const Build.Module.Import = &.{},
};

/// What `addAgent` made, for a build.zig that goes on with it.
pub const Agent = struct {
    /// The core module that `rak build` makes a component of, with debug information.
    core: *Build.Step.Compile,
    /// The agent's tests.
    tests: *Build.Step.Compile,
};

/// Room for the stack, in bytes: as much as Rust's components have. Nothing lies behind it, so endless recursion traps
/// and overwrites no data.
const stack_bytes = 1 << 20;

/// Adds an agent: `zig build` makes its core module, whatever machine this is; `zig build test` runs its tests,
/// natively. `-Doptimize=small` makes the core module a third smaller, without the checks that turn a mistake into a
/// panic.
pub fn addAgent(b: *Build, options: AgentOptions) Agent {
    const sdk = b.dependencyFromBuildZig(@This(), .{});
    const core = addCore(b, sdk, options);
    const stripped = b.addRunArtifact(sdk.artifact("strip_debug"));
    stripped.addArtifactArg(core);
    const name = b.fmt("{s}.wasm", .{options.name});
    b.getInstallStep().dependOn(&b.addInstallBinFile(stripped.addOutputFileArg(name), name).step);

    const module = agentModule(b, sdk, options);
    module.resolved_target = b.graph.host;
    module.optimize = .debug;
    const tests = b.addTest(.{ .name = options.name, .root_module = module });
    b.step("test", "Run the agent's tests").dependOn(&b.addRunArtifact(tests).step);
    return .{ .core = core, .tests = tests };
}

fn addCore(b: *Build, sdk: *Build.Dependency, options: AgentOptions) *Build.Step.Compile {
    const modes = "safe (the default), small, fast or debug";
    const optimize = b.option(std.builtin.Optimize, "optimize", modes) orelse .safe;
    const root = b.createModule(.{
        .root_source_file = sdk.path("src/component_root.zig"),
        .target = b.resolveTargetQuery(.{ .cpu_arch = .wasm32, .os_tag = .wasi }),
        .optimize = optimize,
        .imports = &.{
            .{ .name = "rak", .module = sdk.module("rak") },
            .{ .name = "agent", .module = agentModule(b, sdk, options) },
        },
    });
    // The contract's types, which the core module carries in a section of its own.
    root.addObjectFile(sdk.path("../c/bindings/contract_component_type.o"));
    const core = b.addExecutable(.{ .name = options.name, .root_module = root });
    core.entry = .disabled;
    core.wasi_exec_model = .reactor;
    core.rdynamic = true;
    core.stack_size = stack_bytes;
    return core;
}

fn agentModule(b: *Build, sdk: *Build.Dependency, options: AgentOptions) *Build.Module {
    const module = b.createModule(.{ .root_source_file = options.root_source_file, .imports = options.imports });
    module.addImport("rak", sdk.module("rak"));
    return module;
}

pub fn build(b: *Build) void {
    _ = b.addModule("rak", .{ .root_source_file = b.path("src/rak.zig") });
    const strip_debug = b.createModule(.{
        .root_source_file = b.path("tools/strip_debug.zig"),
        .target = b.graph.host,
        .optimize = .debug,
    });
    b.installArtifact(b.addExecutable(.{ .name = "strip_debug", .root_module = strip_debug }));
    // Who only depends on the SDK does not build its tests.
    if (b.isRoot()) addTests(b, strip_debug);
}

/// The SDK's own tests: of its files, of the examples in its README, and of how it sees the contract.
fn addTests(b: *Build, strip_debug: *Build.Module) void {
    const step = b.step("test", "Run the SDK's tests");
    const sdk = b.createModule(.{
        .root_source_file = b.path("tests.zig"),
        .target = b.graph.host,
        .optimize = .debug,
    });
    sdk.addAnonymousImport("contract.c", .{ .root_source_file = b.path("../c/bindings/contract.c") });
    for ([_]*Build.Module{ sdk, readmeTests(b), strip_debug }) |module| {
        step.dependOn(&b.addRunArtifact(b.addTest(.{ .root_module = module })).step);
    }
    step.dependOn(&abiTests(b).step);
}

fn readmeTests(b: *Build) *Build.Module {
    const module = b.createModule(.{
        .root_source_file = b.path("tests/readme.zig"),
        .target = b.graph.host,
        .optimize = .debug,
        .imports = &.{.{ .name = "rak", .module = b.modules.get("rak").? }},
    });
    module.addAnonymousImport("README.md", .{ .root_source_file = b.path("README.md") });
    return module;
}

/// Sizes are those of the component's target, so this is compiled and not run.
fn abiTests(b: *Build) *Build.Step.Compile {
    const target = b.resolveTargetQuery(.{ .cpu_arch = .wasm32, .os_tag = .wasi });
    const contract = b.addTranslateC(.{
        .root_source_file = b.path("../c/bindings/contract.h"),
        .target = target,
        .optimize = .debug,
    });
    const module = b.createModule(.{
        .root_source_file = b.path("tests/abi.zig"),
        .target = target,
        .optimize = .debug,
        .imports = &.{.{ .name = "contract", .module = contract.createModule() }},
    });
    module.addAnonymousImport("abi", .{ .root_source_file = b.path("src/guest/abi.zig") });
    return b.addObject(.{ .name = "abi", .root_module = module });
}
