// Keeping files.

#include <rak/testing.hpp>

using namespace std::chrono_literals;

static rak::Result<rak::Outcome> keep(rak::Context& cx, std::string_view) {
  const rak::Artifacts artifacts = cx.artifacts();
  const rak::Blob image{"image/png", {0, 255}};
  cx.sleep(1s);
  RAK_CHECK_EQ(RAK_TRY(artifacts.save("a/b", "one two three")), 1);
  RAK_CHECK_EQ(RAK_TRY(artifacts.save("a/b", image)), 2);
  RAK_CHECK(RAK_TRY(artifacts.load("a/b")) == image);
  RAK_CHECK_EQ(RAK_TRY(artifacts.load("a/b", 1))->text(), "one two three");
  RAK_CHECK(!RAK_TRY(artifacts.load("a/b", 3)) && !RAK_TRY(artifacts.load("nothing")));
  RAK_CHECK_EQ(RAK_TRY(artifacts.read("a/b", 1, 4, 3)), "two");
  std::string pieces;
  for (const rak::Result<std::string>& piece : artifacts.pieces("a/b", 1, 5)) pieces += RAK_TRY(piece) + "|";
  RAK_CHECK_EQ(pieces, "one t|wo th|ree|");
  const std::chrono::sys_time<std::chrono::milliseconds> in_a_second(1s);
  const std::vector<rak::ArtifactInfo> versions = {
      {.name = "a/b", .version = 2, .mime_type = "image/png", .size = 2, .created_at = in_a_second},
      {.name = "a/b", .version = 1, .mime_type = "text/plain; charset=utf-8", .size = 13, .created_at = in_a_second},
  };
  RAK_CHECK(RAK_TRY(artifacts.versions("a/b")) == versions);
  RAK_CHECK(RAK_TRY(artifacts.list("a/")) == std::vector{versions[0]});
  RAK_CHECK_EQ(RAK_TRY(artifacts.list()).size(), 2);
  RAK_CHECK(RAK_TRY(artifacts.remove("a/b", 2)) && !RAK_TRY(artifacts.remove("a/b", 2)));
  RAK_CHECK(RAK_TRY(artifacts.remove("user:old")) && !RAK_TRY(artifacts.remove("user:old")));
  RAK_CHECK(artifacts.read("a/b", 2, 0, 1).failure().kind == rak::FailureKind::not_found);
  return std::to_string(RAK_TRY(artifacts.save("a/b", "newest")));
}

RAK_TEST(files_are_kept) {
  rak::FakeHost host;
  host.artifact("user:old", "old");
  const rak::TestRun first = host.run(keep, "");
  RAK_CHECK_EQ(first.answer(), "3");
  RAK_CHECK_EQ(first.artifact("a/b")->text(), "newest");
  RAK_CHECK(!first.artifact("user:old"));

  const auto load = [](rak::Context& cx, std::string_view) -> rak::Result<rak::Outcome> {
    return RAK_TRY(cx.artifacts().load("a/b")).value_or(rak::Blob{}).text();
  };
  RAK_CHECK_EQ(host.run(load, "").answer(), "");
  RAK_CHECK_EQ(host.artifacts_after(first).run(load, "").answer(), "newest");
  RAK_CHECK(host.without_artifacts().run(load, "").failure().kind == rak::FailureKind::denied);
}
