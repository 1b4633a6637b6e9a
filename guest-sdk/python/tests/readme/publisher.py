import rak

LANGUAGES = ["German", "French"]


@rak.agent
def run(cx: rak.Context, article: str) -> str:
    summary = cx.agents.call("summarizer", article, timeout=60).text
    # One for each language, at the same time.
    replies = cx.agents.call_all([("translator", f"{language}: {summary}") for language in LANGUAGES])
    lines = [summary]
    for language, reply in zip(LANGUAGES, replies, strict=True):
        if isinstance(reply, rak.Failure):
            lines.append(f"(not in {language}: {reply.message})")
        else:
            lines.append(reply.text)
    with cx.agents.start("critic", summary) as critic:
        # What is worth waiting for, but not for long.
        if cx.wait_any([critic], timeout=5):
            lines.append(critic.finish().text)
    return "\n".join(lines)
