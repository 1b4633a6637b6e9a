import { agent } from "rak";

export default agent({
  run(cx, input) {
    const before = cx.artifacts.load("user:diary.md")?.text() ?? "# Diary\n";
    const version = cx.artifacts.save("user:diary.md", `${before}- ${input.text}\n`, "text/markdown");
    // What the user sent along is kept with the conversation.
    for (const [index, part] of input.parts.entries()) {
      if (part.type === "inline-data") cx.artifacts.save(`photos/${index}`, part);
    }
    return `version ${version}, ${cx.artifacts.list("photos/").length} photos`;
  },
});
