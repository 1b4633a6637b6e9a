from dataclasses import dataclass

import rak

API = "https://api.example.com"


@dataclass
class Issue:
    title: str
    votes: int = 0


@rak.agent
def run(cx: rak.Context, project: str) -> rak.Stream:
    issues = cx.http.get(f"{API}/{project}/issues", credential="tracker", timeout=10)
    if not issues.ok:
        raise rak.Failure.not_found(f"there is no project {project}: {issues.text}")
    worst = max(issues.json(list[Issue]), key=lambda issue: issue.votes)
    cx.http.post(f"{API}/{project}/votes", json=worst, headers={"Idempotency-Key": cx.info.invocation_id})
    with cx.http.open(f"{API}/{project}/log") as exchange:
        # The client reads along.
        for line in exchange.lines():
            if worst.title in line:
                yield f"{line}\n"
    return worst.title
