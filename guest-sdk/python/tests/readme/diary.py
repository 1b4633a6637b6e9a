import rak


@rak.agent
def run(cx: rak.Context, input: rak.Content) -> str:
    diary = cx.artifacts.load("user:diary.md")
    version = cx.artifacts.save("user:diary.md", (diary.text if diary else "# Diary\n") + f"- {input.text}\n", "text/markdown")
    # What the user sent along is kept with the conversation.
    for number, part in enumerate(input.parts):
        if isinstance(part, rak.Blob):
            cx.artifacts.save(f"photos/{number}", part)
    with cx.artifacts.open("user:diary.md") as file:
        entries = sum(line.startswith(b"- ") for line in file)
    return f"{entries} entries in version {version}, {len(cx.artifacts.list('photos/'))} photos"
