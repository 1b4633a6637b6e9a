// `columns`: says of each column of a CSV what is in it. It shows work on data that came with the message, with what the
// standard library of C++ has for it: strings, sets, and no pointer to free.

#include "column.hpp"
#include "csv.hpp"

// How often progress is reported, at most.
static constexpr std::size_t reports = 20;

// The table: of the first data, else all of the text.
static std::string table_of(const rak::Content& input) {
  for (const rak::Part& part : input.parts) {
    if (const auto* blob = std::get_if<rak::Blob>(&part)) return {blob->data.begin(), blob->data.end()};
  }
  return input.text();
}

// The names of the columns are in the first record.
static rak::Result<std::vector<Column>> header_of(Csv& csv) {
  const auto names = RAK_TRY(csv.next());
  if (!names) {
    return rak::Failure::invalid_argument("send a CSV whose first line names the columns, as text or as data");
  }
  std::vector<Column> columns;
  for (std::size_t i = 0; i < names->size(); ++i) {
    const std::string& name = (*names)[i];
    columns.emplace_back(name.empty() ? "column " + std::to_string(i + 1) : name);
  }
  return columns;
}

static rak::Result<void> add_record(std::vector<Column>& columns, const Record& record, std::size_t line) {
  if (record.size() != columns.size()) {
    return rak::Failure::invalid_argument("line " + std::to_string(line) + ": " + std::to_string(record.size()) +
                                          " fields, and the first line has " + std::to_string(columns.size()));
  }
  for (std::size_t i = 0; i < record.size(); ++i) columns[i].add(record[i]);
  return {};
}

// All records but the first. The number of them.
static rak::Result<std::size_t> read(rak::Context& cx, Csv& csv, std::size_t size, std::vector<Column>& columns) {
  std::size_t rows = 0, reported = 0;
  for (auto record = RAK_TRY(csv.next()); record; record = RAK_TRY(csv.next())) {
    RAK_TRY(add_record(columns, *record, csv.line()));
    ++rows;
    const std::size_t report = csv.offset() * reports / size;
    if (report > reported) {
      reported = report;
      // The only call in the loop: here a cancellation is seen.
      const std::string message = std::to_string(rows) + " rows";
      RAK_TRY(cx.events().progress({.message = message, .done = csv.offset(), .total = size}));
    }
  }
  return rows;
}

static std::string line_of(const Column& column) {
  std::string line = column.name() + ": " + std::string(column.type()) + ", " + std::to_string(column.count()) + " values";
  if (column.missing() > 0) line += ", " + std::to_string(column.missing()) + " missing";
  if (column.count() == 0) return line;
  line += ", " + std::to_string(column.distinct()) + " distinct, " + column.min() + " to " + column.max();
  if (const auto mean = column.mean()) line += ", mean " + Column::short_number(*mean);
  return line;
}

static rak::Result<rak::Outcome> run(rak::Context& cx, const rak::Content& input) {
  std::string table = table_of(input);
  // What some programs write before UTF-8 is no part of the first name.
  if (table.starts_with("\xEF\xBB\xBF")) table.erase(0, 3);
  Csv csv(table);
  std::vector<Column> columns = RAK_TRY(header_of(csv));
  const std::size_t rows = RAK_TRY(read(cx, csv, table.size(), columns));

  rak::Json::Array all;
  std::string answer = std::to_string(rows) + " rows, " + std::to_string(columns.size()) + " columns\n";
  for (const Column& column : columns) {
    all.push_back(column.json());
    answer += line_of(column) + "\n";
  }
  RAK_TRY(cx.events().other("columns", rak::Json::object({{"rows", rows}, {"columns", std::move(all)}})));
  return answer;
}

RAK_AGENT(
  .name = "columns",
  .description = "Says of each column of a CSV what is in it: type, count, smallest, largest, mean, distinct values.",
  .version = "1.0.0",
  .skills = {{
    .id = "columns",
    .name = "Describe columns",
    .description = "Reads a CSV that is sent as text or as data.",
    .tags = {"demo", "data"},
    .examples = {"name,born\nAda,1815\n\"Hopper, Grace\",1906"},
  }},
  .run = run,
);
