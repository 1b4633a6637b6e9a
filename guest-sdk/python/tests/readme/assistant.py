import rak


@rak.agent
def run(cx: rak.Context, question: str) -> str:
    # What a model is told: what it may call, and with what.
    tools = [{"name": tool.name, "parameters": tool.parameters} for tool in cx.tools.available()]
    asked = cx.tools.call("model", {"question": question, "tools": tools}, timeout=60).response
    calls = [rak.FunctionCall(**call) for call in asked["calls"]]
    lines = []
    for call, answer in zip(calls, cx.tools.call_all(calls), strict=True):
        match answer:
            case rak.FunctionResponse(response=response, failed=False):
                lines.append(f"{call.name}: {response}")
            case rak.FunctionResponse(response=error):
                lines.append(f"{call.name} says that it failed: {error}")
            case rak.Failure():
                lines.append(f"{call.name} could not be called: {answer.message}")
    return "\n".join(lines)
