//! Compares the types of `src/guest/abi.zig` with those of the bindings that are generated for C. It is compiled for
//! the component's own target, where sizes are what they are in a component; compiling it is the test.

const abi = @import("abi");
const c = @import("contract");

comptime {
    same(abi.String, c.contract_string_t);
    same(abi.Option(u64), c.contract_option_u64_t);
    same(abi.Failure, c.rak_agent_common_failure_t);
    same(abi.Custom, c.rak_agent_common_custom_t);
    same(abi.Blob, c.rak_agent_common_blob_t);
    same(abi.FileRef, c.rak_agent_common_file_ref_t);
    same(abi.FunctionCall, c.rak_agent_common_function_call_t);
    same(abi.FunctionResponse, c.rak_agent_common_function_response_t);
    same(abi.Part, c.rak_agent_common_part_t);
    same(abi.Content, c.rak_agent_common_content_t);
    same(abi.Info, c.rak_agent_context_info_t);
    same(abi.Progress, c.rak_agent_events_progress_t);
    same(abi.Event, c.rak_agent_events_event_t);
    same(abi.Entry, c.rak_agent_session_entry_t);
    same(abi.Page, c.rak_agent_session_page_t);
    same(abi.Field, c.contract_tuple2_string_string_t);
    same(abi.Skill, c.exports_rak_agent_entry_skill_t);
    same(abi.Descriptor, c.exports_rak_agent_entry_descriptor_t);
    same(abi.Outcome, c.exports_rak_agent_entry_outcome_t);
    same(abi.Decision, c.rak_agent_people_decision_t);
    same(abi.Result(abi.Decision), c.rak_agent_people_result_decision_failure_t);
    same(abi.Result(abi.String), c.rak_agent_people_result_json_failure_t);
    same(abi.Result(abi.Option(abi.Content)), c.rak_agent_people_result_option_content_failure_t);
    same(abi.Summary, c.rak_agent_agents_summary_t);
    same(abi.AgentReply, c.rak_agent_agents_reply_t);
    same(abi.Result(abi.List(abi.Summary)), c.rak_agent_agents_result_list_summary_failure_t);
    same(abi.Result(abi.AgentReply), c.rak_agent_agents_result_reply_failure_t);
    same(abi.Result(i32), c.rak_agent_agents_result_own_child_failure_t);
    same(abi.Tool, c.rak_agent_tools_tool_t);
    same(abi.Result(abi.List(abi.Tool)), c.rak_agent_tools_result_list_tool_failure_t);
    same(abi.Result(abi.FunctionResponse), c.rak_agent_tools_result_function_response_failure_t);
    same(
        abi.List(abi.Result(abi.FunctionResponse)),
        c.rak_agent_tools_list_result_function_response_failure_t,
    );
    same(abi.Result(i32), c.rak_agent_tools_result_own_running_failure_t);
    same(abi.Usage, c.rak_agent_common_usage_t);
    same(abi.ModelSummary, c.rak_agent_models_summary_t);
    same(abi.ModelTool, c.rak_agent_models_tool_spec_t);
    same(abi.ToolChoice, c.rak_agent_models_tool_choice_t);
    same(abi.ModelRequest, c.rak_agent_models_request_t);
    same(abi.FinishReason, c.rak_agent_models_finish_reason_t);
    same(abi.ModelResponse, c.rak_agent_models_response_t);
    same(abi.Delta, c.rak_agent_models_delta_t);
    same(abi.Embeddings, c.rak_agent_models_embeddings_t);
    same(abi.Result(abi.List(abi.ModelSummary)), c.rak_agent_models_result_list_summary_failure_t);
    same(abi.Result(abi.ModelResponse), c.rak_agent_models_result_response_failure_t);
    same(abi.Result(i32), c.rak_agent_models_result_own_completion_failure_t);
    same(abi.Result(abi.List(abi.Delta)), c.rak_agent_models_result_list_delta_failure_t);
    same(abi.Result(abi.Embeddings), c.rak_agent_models_result_embeddings_failure_t);
    same(abi.HttpRequest, c.rak_agent_http_request_t);
    same(abi.HttpHead, c.rak_agent_http_head_t);
    same(abi.HttpResponse, c.rak_agent_http_response_t);
    same(abi.Result(abi.HttpResponse), c.rak_agent_http_result_response_failure_t);
    same(abi.Result(i32), c.rak_agent_http_result_own_exchange_failure_t);
    same(abi.Result(abi.HttpHead), c.rak_agent_http_result_head_failure_t);
    same(abi.Result(abi.List(u8)), c.rak_agent_http_result_list_u8_failure_t);
    same(abi.ArtifactInfo, c.rak_agent_artifacts_info_t);
    same(abi.Result(u32), c.rak_agent_artifacts_result_u32_failure_t);
    same(abi.Result(abi.Option(abi.Blob)), c.rak_agent_artifacts_result_option_blob_failure_t);
    same(abi.Result(abi.List(u8)), c.rak_agent_artifacts_result_list_u8_failure_t);
    same(abi.Result(abi.List(abi.ArtifactInfo)), c.rak_agent_artifacts_result_list_info_failure_t);
    same(abi.Result(bool), c.rak_agent_artifacts_result_bool_failure_t);
    same(abi.Result(u64), c.rak_agent_events_result_u64_failure_t);
    same(abi.Result(abi.Page), c.rak_agent_session_result_page_failure_t);
    same(abi.Result(abi.Option(abi.String)), c.rak_agent_session_result_option_json_failure_t);
    same(abi.Result(abi.List(abi.String)), c.rak_agent_session_result_list_string_failure_t);
    same(abi.Result(abi.Void), c.rak_agent_session_result_void_failure_t);
    same(abi.Result(abi.Outcome), c.exports_rak_agent_entry_result_outcome_failure_t);
    sameTags(abi.Part.Tag, "RAK_AGENT_COMMON_PART_");
    sameTags(abi.Event.Tag, "RAK_AGENT_EVENTS_EVENT_");
    sameTags(abi.ToolChoice.Tag, "RAK_AGENT_MODELS_TOOL_CHOICE_");
    sameTags(abi.FinishReason.Tag, "RAK_AGENT_MODELS_FINISH_REASON_");
    sameTags(abi.Delta.Tag, "RAK_AGENT_MODELS_DELTA_");
    sameBits(abi.Hints, &.{
        .{ .{ .read_only = true }, c.RAK_AGENT_TOOLS_HINTS_READ_ONLY },
        .{ .{ .destructive = true }, c.RAK_AGENT_TOOLS_HINTS_DESTRUCTIVE },
        .{ .{ .idempotent = true }, c.RAK_AGENT_TOOLS_HINTS_IDEMPOTENT },
        .{ .{ .open_world = true }, c.RAK_AGENT_TOOLS_HINTS_OPEN_WORLD },
        .{ .{ .needs_approval = true }, c.RAK_AGENT_TOOLS_HINTS_NEEDS_APPROVAL },
    });
}

/// The same size, and the same kind of thing at each place. The C names of union fields are those of the cases.
fn same(comptime Ours: type, comptime Theirs: type) void {
    if (@sizeOf(Ours) != @sizeOf(Theirs) or @alignOf(Ours) != @alignOf(Theirs)) {
        @compileError(@typeName(Ours) ++ " has another size than " ++ @typeName(Theirs));
    }
    switch (@typeInfo(Ours)) {
        .@"struct" => |ours| sameFields(Ours, Theirs, ours, @typeInfo(Theirs).@"struct"),
        .@"union" => |ours| for (ours.field_names, ours.field_types) |name, Field| {
            same(Field, @FieldType(Theirs, name));
        },
        else => {},
    }
}

fn sameFields(comptime Ours: type, comptime Theirs: type, comptime ours: anytype, comptime theirs: anytype) void {
    // A result without a value is a union with one case in C.
    if (ours.field_names.len != theirs.field_names.len) {
        @compileError(@typeName(Ours) ++ " has other fields than " ++ @typeName(Theirs));
    }
    for (ours.field_names, theirs.field_names) |our_name, their_name| {
        if (@offsetOf(Ours, our_name) != @offsetOf(Theirs, their_name)) {
            @compileError(@typeName(Ours) ++ "." ++ our_name ++ " is elsewhere than " ++ their_name);
        }
        const Our = @FieldType(Ours, our_name);
        const Their = @FieldType(Theirs, their_name);
        if (@sizeOf(Our) != @sizeOf(Their)) @compileError(@typeName(Ours) ++ "." ++ our_name ++ " has another size");
    }
}

fn sameTags(comptime Tag: type, comptime prefix: []const u8) void {
    for (@typeInfo(Tag).@"enum".field_names, 0..) |name, index| {
        var upper: [name.len]u8 = undefined;
        for (name, &upper) |letter, *place| place.* = if (letter == '_') '_' else letter - 32;
        if (@field(c, prefix ++ &upper) != index) @compileError(name ++ " has another number");
    }
}

fn sameBits(comptime Flags: type, comptime pairs: []const struct { Flags, u8 }) void {
    for (pairs) |pair| {
        if (@as(u8, @bitCast(pair[0])) != pair[1]) @compileError("a flag of " ++ @typeName(Flags) ++ " is another bit");
    }
}
