import rak


@rak.agent
def run(cx: rak.Context, name: str) -> str:
    if not name.strip():
        raise rak.Failure.invalid_argument("send your name, for example `Ada`")

    # State: `greetings` alone would be this session's.
    times = cx.session.get("user:greetings", 0) + 1
    cx.session.set("user:greetings", times)

    # What the client sees while the agent works.
    cx.events.progress("thinking of something nice")
    cx.sleep(1)
    cx.check_cancelled()

    cx.log.info("greeted", times=times)
    return f"Hello, {name}! That makes {times}."
