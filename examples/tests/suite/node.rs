//! `examples/node/client.mjs`.

use rak::InvocationStatus;

use crate::support::{CuttingProxy, Program, TestHost, example};

fn client(url: &str, agent: &str, text: &str) -> Program {
    let client = example("node/client.mjs").into_os_string();
    let rest = ["--url", url, "--agent", agent, text].map(Into::into);
    Program::start("node", std::iter::once(client).chain(rest))
}

#[test]
fn prints_what_the_agent_says() {
    let host = TestHost::start();
    let mut client = client(&host.url(), "echo", "hello  from node\n- äöü");
    client.succeed();
    assert_eq!(client.out, "hello  from node\n- äöü\n");
    assert_eq!(host.status(client.invocation()), InvocationStatus::Completed);
}

#[test]
fn an_interrupt_cancels_the_run() {
    let host = TestHost::start();
    let mut client = client(&host.url(), "countdown", "600");
    client.wait_for("600\n");
    client.interrupt();
    assert_eq!(client.end(), 130);
    assert!(client.err.contains("error: Invocation cancelled (cancelled)"), "{}", client.err);
    assert!(client.err.contains("600 to go (0 of 600)"), "{}", client.err);
    assert_eq!(host.status(client.invocation()), InvocationStatus::Cancelled);
}

#[test]
fn a_broken_stream_goes_on_where_it_broke() {
    let host = TestHost::start();
    // Behind the id of the second event, before its data: it was not seen yet.
    let proxy = CuttingProxy::start(host.address, "id: 2");
    let mut client = client(&proxy.url(), "countdown", "3");
    client.succeed();
    assert_eq!(client.out, "3\n2\n1\nDone.\n");
    assert_eq!(proxy.cuts(), 1);
    assert!(client.err.contains("taken up again 1 times"), "{}", client.err);
}

#[test]
fn text_that_broke_off_is_completed() {
    let host = TestHost::start();
    let proxy = CuttingProxy::start(host.address, r#""text":"two "}"#);
    let mut client = client(&proxy.url(), "echo", "one two three four");
    client.succeed();
    assert_eq!(client.out, "one two three four\n");
    assert_eq!(proxy.cuts(), 1);
}

#[test]
fn says_what_is_wrong() {
    let host = TestHost::start();
    let mut failed = client(&host.url(), "countdown", "many");
    assert_eq!(failed.end(), 1);
    assert!(failed.err.contains("error: send a number of seconds"), "{}", failed.err);

    let mut unknown = client(&host.url(), "nobody", "");
    assert_eq!(unknown.end(), 1);
    assert!(unknown.err.contains("nobody"), "{}", unknown.err);
    assert!(!unknown.err.contains("    at "), "{}", unknown.err);

    let gone = host.url();
    drop(host);
    let mut alone = client(&gone, "echo", "");
    assert_eq!(alone.end(), 1);
    assert!(alone.err.contains("cannot reach") && alone.err.contains("rak serve"), "{}", alone.err);
}

#[test]
fn answers_what_an_agent_asks() {
    let host = TestHost::start();
    let program = format!(
        r#"
import {{ Rak, Text }} from {client:?};

const rak = new Rak({url:?});
const steps = [{{ op: "approve" }}, {{ op: "ask", schema: {{ type: "integer" }} }}, {{ op: "message" }}];
const run = await rak.run(await rak.createSession("program"), JSON.stringify(steps));
const answers = {{
  approve: {{ decision: {{ approved: true }}, by: "ada" }},
  ask: {{ answer: 4 }},
  message: {{ message: {{ parts: [{{ text: "stop" }}] }} }},
}};
const text = new Text();
for await (const event of run) {{
  const question = event.inputRequired;
  if (question?.kind === "ask") {{
    await run.respond(question.requestId, {{ answer: "x" }}).catch((error) => console.log(error.code));
  }}
  if (question) await run.respond(question.requestId, answers[question.kind]);
  process.stdout.write(text.add(event));
}}
"#,
        client = example("node/client.mjs"),
        url = host.url(),
    );
    let mut program = Program::start("node", ["--input-type=module", "-e", &program]);
    program.succeed();
    let answers = r#"[["approve",[true,"ada",null,null]],["ask",4],["message","stop"]]"#;
    assert_eq!(program.out, format!("invalid_answer\n{answers}\n"));
}

#[test]
fn is_a_module_too() {
    let host = TestHost::start();
    let program = format!(
        r#"
import {{ Rak, RunFailed }} from {client:?};

const rak = new Rak({url:?});
if (!(await rak.agents()).some(({{ name }}) => name === "echo")) throw new Error("no echo");
const session = await rak.createSession("counter", {{ user: "ada" }});
for (let i = 0; i < 2; i += 1) {{
  for await (const piece of (await rak.run(session, "count")).text()) process.stdout.write(piece);
}}
const run = await rak.run(await rak.createSession("countdown"), "600");
try {{
  for await (const event of run) await run.cancel();
}} catch (error) {{
  if (!(error instanceof RunFailed)) throw error;
  console.log(error.code, (await rak.invocation(run.invocationId)).status);
}}
"#,
        client = example("node/client.mjs"),
        url = host.url(),
    );
    let mut program = Program::start("node", ["--input-type=module", "-e", &program]);
    program.succeed();
    assert!(program.out.ends_with("cancelled cancelled\n"), "{}", program.out);
}
