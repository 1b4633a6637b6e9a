import { Failure, agent } from "rak";

const API = "https://api.example.com";

export default agent({
  *run(cx, input) {
    const project = input.text;
    const response = cx.http.fetch(`${API}/${project}/issues`, { credential: "tracker", timeoutMs: 10_000 });
    if (!response.ok) throw Failure.notFound(`there is no project ${project}: ${response.text()}`);
    const [worst] = response.json().sort((a, b) => b.votes - a.votes);

    const headers = { "Idempotency-Key": cx.info.invocationId };
    cx.http.fetch(`${API}/${project}/votes`, { method: "POST", json: { title: worst.title }, headers });

    // The client reads along.
    for (const line of cx.http.open(`${API}/${project}/log`).lines()) {
      if (line.includes(worst.title)) yield `${line}\n`;
    }
    return worst.title;
  },
});
