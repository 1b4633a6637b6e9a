/** What the types say to an author, and what they refuse. Only checked, never run. */

import { type Agent, type AgentReply, type Child, Content, type Context, type Decision, type Event, type Failure, type Json } from "rak";
import { type Artifact, type ArtifactInfo, type Exchange, type HttpResponse } from "rak";
import { type Completion, type Delta, ModelResponse, Outcome, type Part, type Running, type ToolResponse, agent, progress, thought } from "rak";
import { FunctionTool, llmAgent, params, tool } from "rak/llm";
import { loop, sequential } from "rak/workflow";
import { Failed, FakeHost, FakeResponse, type TestRun } from "rak/testing";

const host = new FakeHost({ state: { a: { b: [1] } }, config: { c: "d" }, history: [{ author: "user", content: "x" }] });

const plain = agent({ name: "plain", run: (cx, input) => `${cx.info.userId} ${input.text}` });
const finished: TestRun = host.run(plain, "x");
const generator = agent({
  *run(cx, input) {
    const seq: number = yield input.text;
    yield [progress("a", seq, 2), Content.model(thought("b")), "c"];
    if (cx.isCancelled()) return new Outcome({ content: "d", extra: { e: 1 } });
    return Content.model("d");
  },
});
const generated: TestRun = host.run(generator, "x");
const promised: Promise<TestRun> = host.run(agent({ run: async () => "later" }), "x");
const streamed: Promise<TestRun> = host.run(async function* () {
  yield "a";
}, "x");
const nothing: TestRun = host.run(agent({ run() {} }), "x");
const any: Agent = generator;
const asked: TestRun = new FakeHost({ people: [{ approved: true }, { answer: { a: 1 } }, null], messages: ["x"] }).run(plain, "x");
const called: TestRun = new FakeHost({ agents: { a: (input) => input.text, b: { run: () => called, takesMs: 5 } } }).run(plain, "x");
const used: TestRun = new FakeHost({ tools: { a: ({ n }) => n + 1, b: { run: () => new Failed("x"), hints: { readOnly: true } } } }).run(plain, "x");
const answered: TestRun = new FakeHost({
  models: { a: "x", b: ["x", { mood: "good" }, [thought("hm"), "y"]], c: ({ contents }) => contents[0]?.text ?? "", d: { embed: () => [1] } },
}).run(plain, "x");
const wired: TestRun = new FakeHost({
  http: { "https://a": "x", "POST https://b": ({ body }) => ({ length: body.length }), "*": new FakeResponse({ a: 1 }, { status: 404 }) },
  artifacts: { "a.txt": "x", "b.bin": { 1: Uint8Array.of(1), 2: { type: "inline-data", mimeType: "a/b", data: new Uint8Array() } } },
}).run(plain, "x");
for (const { request, cancelled } of wired.httpCalls) console.log(request.headers.get("a"), cancelled, wired.artifacts["a.txt"]?.text());
for (const { model, request } of answered.modelCalls) console.log(model, request.contents.length, request.system ?? "");
for (const { agent, input, cancelled } of called.agentCalls) console.log(agent, input.text, cancelled);
for (const one of asked.asked) console.log(one.type === "ask" ? one.question : one.action, one.expiresInMs ?? 0);

function uses(cx: Context, part: Part, event: Event): string {
  const known: number = cx.session.get<number>("n") ?? 0;
  const unknown: Json | undefined = cx.session.get("n");
  interface Settings {
    tone: string;
  }
  const tone: string | undefined = cx.config<Settings>("settings")?.tone;
  cx.session.set("n", { tone, at: new Date() });
  const decision: Decision<Settings> = cx.people.approve<Settings>("Do it?", { tone }, { expiresInMs: 5 });
  const edited: Json | undefined = cx.people.approve("Do it?").edited;
  const size: "S" | "M" = cx.people.ask<"S" | "M">("Which?", { enum: ["S", "M"] });
  const reply: AgentReply = cx.agents.call("a", new Content("user"), { session: "s", timeoutMs: 5, relay: true, extra: { tone } });
  const ends: (AgentReply | Failure)[] = cx.agents.callAll([{ agent: "a", input: reply.text }, { agent: "b" }], { detached: true });
  {
    using child: Child = cx.agents.start("a");
    const [index]: number[] = cx.waitAny([child, cx.timer(5)]);
    if (index === 0) return child.finish().transferTo ?? `${ends.length}`;
  }
  interface Total {
    total: number;
  }
  const total: ToolResponse<Total> = cx.tools.call<Total>("add", { a: 1 }, { timeoutMs: 5, idempotencyKey: "k" });
  const free: Json = cx.tools.call("now").response;
  if (part.type === "function-call") return new Content("function", [cx.tools.call(part, { relay: true })]).text;
  const [first]: (ToolResponse | Failure)[] = cx.tools.callAll([{ name: "add", args: { a: 1 } }, { id: "7", name: "now" }]);
  {
    using running: Running<Total> = cx.tools.start<Total>({ name: "add" }, { extra: first });
    if (cx.waitAny([running, cx.timer(5)]).length > 0) return `${running.finish().response.total} ${total.response.total} ${free}`;
  }
  if (cx.tools.available().some(({ hints }) => hints.needsApproval)) return "careful";
  interface Mood {
    mood: string;
  }
  const response: ModelResponse = cx.models.complete("hi", { tools: cx.tools.available(), toolChoice: { name: "add" }, relay: "text" });
  const { mood } = cx.models.complete([response.content], { responseSchema: {} }).json<Mood>();
  const guess: Json = cx.models.complete(new Content("user"), { model: mood }).json();
  {
    using completion: Completion = cx.models.open({ contents: [], system: `${guess}` }, { temperature: 0 });
    for (const delta of completion) if (delta.type === "thought-delta") cx.events.emit(delta);
    const rest: Delta[] = completion.read();
    if (cx.waitAny([completion], 5).length > 0) return `${completion.finish().usage.inputTokens} ${rest.length}`;
  }
  if (cx.models.embed(["a"], { model: "small" }).vectors[0]?.[0] === 0.5) return response.finish;
  const issue: HttpResponse = cx.http.fetch("https://a", { method: "POST", json: { mood }, headers: [["a", "b"]], redirect: "manual" });
  const named: Mood = issue.json<Mood>();
  {
    using exchange: Exchange = cx.http.open("https://a", { body: new Uint8Array(), credential: "c", timeoutMs: 5 });
    for (const piece of exchange) if (piece.length > 5) break;
    for (const line of exchange.lines()) if (exchange.head().ok) return line;
    if (cx.waitAny([exchange], 5).length > 0) return `${named.mood} ${issue.headers.getAll("a").length}`;
  }
  const version: number = cx.artifacts.save("a.txt", "a", "text/plain") + cx.artifacts.save("b.bin", issue.body);
  const artifact: Artifact | undefined = cx.artifacts.load("a.txt", version);
  if (artifact) return Content.model(artifact).text + artifact.text() + artifact.json<Mood>().mood;
  for (const piece of cx.artifacts.pieces("b.bin", { max: 5 })) if (piece.length > 5) return "long";
  const infos: ArtifactInfo[] = cx.artifacts.list("a");
  if (cx.artifacts.remove("a.txt")) return `${infos[0]?.createdAt.getTime()}`;
  const said: Content | undefined = cx.people.nextMessage(decision.approved ? 0 : undefined);
  if (said) return `${size} ${decision.edited?.tone} ${edited}`;
  if (part.type === "inline-data") return `${part.data.byteLength}`;
  if (event.type === "progress") return `${event.done ?? 0}`;
  return `${known} ${unknown} ${tone}`;
}

const order: FunctionTool = tool(
  { name: "order", parameters: params({ item: "string", count: "integer?", note: { type: "string", default: "" }, any: {} }) },
  ({ item, count, note, any }, cx) => {
    const wanted: [string, number | undefined, string] = [item, count, note];
    cx.session.set("order", wanted);
    return any ? wanted : undefined;
  },
);
const free = tool({ name: "free", parameters: { type: "object" } }, ({ anything }) => anything + 1);
const speaks: Agent<Outcome> = llmAgent({
  name: "speaks",
  instruction: (cx) => cx.info.userId,
  tools: [order, free],
  handOver: { billing: "for invoices" },
  history: { entries: 5 },
  beforeModel: (cx, request) => void request.contents.pop(),
  afterTool: (cx, { args }, { failed }) => (failed ? { args } : undefined),
});
const spoken: TestRun = host.run(speaks, "x");
const worked: TestRun = host.run(sequential(["a", (cx, input) => input.text, loop([speaks], { maxIterations: 2 })], { name: "works" }), "x");

// @ts-expect-error: a parameter is one of some types.
params({ a: "int" });
// @ts-expect-error: it may be left out.
tool({ name: "a", parameters: params({ n: "number?" }) }, ({ n }) => n + 1);
// @ts-expect-error: there is no such argument.
tool({ name: "a", parameters: params({ n: "number" }) }, ({ m }) => m);
// @ts-expect-error: there is no such key.
llmAgent({ tool: [] });
// @ts-expect-error: a loop has an end.
loop([speaks], {});
// @ts-expect-error: an agent has a function.
agent({ name: "a" });
// @ts-expect-error: there is no such key.
agent({ skils: [], run: () => "x" });
// @ts-expect-error: an answer is no number.
agent({ run: () => 5 });
// @ts-expect-error: a number cannot be emitted.
agent({ *run() { yield 5; } });
// @ts-expect-error: a skill has a name.
agent({ skills: [{ id: "a" }], run: () => "x" });
// @ts-expect-error: a tool is called by its name.
agent({ run: (cx) => void cx.tools.call({ args: {} }) });
// @ts-expect-error: a model is asked something.
agent({ run: (cx) => cx.models.complete().text });
// @ts-expect-error: there is no such relay.
agent({ run: (cx) => cx.models.complete("x", { relay: "thoughts" }).text });
// @ts-expect-error: there is no such redirect.
agent({ run: (cx) => cx.http.fetch("https://a", { redirect: "error" }).text() });
// @ts-expect-error: a file is a string or bytes.
agent({ run: (cx) => void cx.artifacts.save("a", 5) });
// @ts-expect-error: there is no such hint.
new FakeHost({ tools: { a: { run: () => 5, hints: { dangerous: true } } } });
// @ts-expect-error: a fake agent answers as an agent does.
new FakeHost({ agents: { a: () => 5 } });
// @ts-expect-error: a reply decides or answers.
new FakeHost({ people: [{ reason: "x" }] });
// @ts-expect-error: what is asynchronous ends later.
const early: TestRun = host.run(agent({ run: async () => "later" }), "x");

export { answered, any, asked, called, early, finished, generated, nothing, promised, spoken, streamed, wired, worked, used, uses };
