const rak = @import("rak");

pub const agent: rak.Descriptor = .{
    .name = "adder",
    .description = "Adds numbers.",
    .version = "1.0.0",
    .skills = &.{.{
        .id = "add",
        .name = "Add",
        .description = "Adds the numbers of a list.",
        .examples = &.{"{\"numbers\":[1,2]}"},
    }},
    .input_schema = .literal(.{ .type = "object", .required = .{"numbers"} }),
};

pub fn run(cx: *rak.Context, input: struct { numbers: []const f64 }) !rak.Json {
    var sum: f64 = 0;
    for (input.numbers) |number| sum += number;
    return cx.json(.{ .sum = sum });
}
