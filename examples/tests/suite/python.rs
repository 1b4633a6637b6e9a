//! `examples/python/client.py`.

use rak::InvocationStatus;

use crate::support::{CuttingProxy, Program, TestHost, example};

fn client(url: &str, agent: &str, text: &str) -> Program {
    let client = example("python/client.py").into_os_string();
    let rest = ["--url", url, "--agent", agent, text].map(Into::into);
    Program::start("python3", std::iter::once(client).chain(rest))
}

#[test]
fn prints_what_the_agent_says() {
    let host = TestHost::start();
    let mut client = client(&host.url(), "echo", "hello  from python\n- äöü");
    client.succeed();
    assert_eq!(client.out, "hello  from python\n- äöü\n");
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
    assert!(!unknown.err.contains("Traceback"), "{}", unknown.err);

    let gone = host.url();
    drop(host);
    let mut alone = client(&gone, "echo", "");
    assert_eq!(alone.end(), 1);
    assert!(alone.err.contains("cannot reach") && alone.err.contains("rak serve"), "{}", alone.err);
}

#[test]
fn answers_what_an_agent_asks() {
    let host = TestHost::start();
    let steps = r#"[{"op":"approve"},{"op":"ask","schema":{"type":"integer"}},{"op":"message"}]"#;
    let answered = |lines: &str| {
        let script = r#"printf "$0" | python3 -B "$@""#;
        let file = example("python/approve.py").into_os_string();
        let rest = ["--url", &host.url(), "--agent", "program", steps].map(Into::into);
        Program::start("sh", ["-c", script, lines].map(Into::into).into_iter().chain([file]).chain(rest))
    };
    let mut approve = answered(r#"n too dear\n4 or so\n"x"\n4\nstop\n"#);
    approve.succeed();
    let expected = "[[\"approve\",[false,null,\"too dear\",null]],[\"ask\",4],[\"message\",\"stop\"]]\n";
    assert_eq!(approve.out, expected);
    for said in ["go on?", "not JSON", "this is no answer to ask-2"] {
        assert!(approve.err.contains(said), "{said:?} in {}", approve.err);
    }
    let mut alone = answered("");
    assert_eq!(alone.end(), 1);
    assert!(alone.err.contains("there is nobody to answer"), "{}", alone.err);
}

#[test]
fn is_a_module_too() {
    let host = TestHost::start();
    let program = format!(
        r#"
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, {folder:?})
from client import Rak, RunFailed

rak = Rak({url:?})
assert "echo" in [agent["name"] for agent in rak.agents()]
session = rak.create_session("counter", user="ada")
for _ in range(2):
    print(*rak.run(session, "count").text(), sep="", end="")
run = rak.run(rak.create_session("countdown"), "600")
try:
    for event in run:
        run.cancel()
except RunFailed as error:
    print(error.code, rak.invocation(run.invocation_id)["status"])
"#,
        folder = example("python"),
        url = host.url(),
    );
    let mut program = Program::start("python3", ["-c", &program]);
    program.succeed();
    assert!(program.out.ends_with("cancelled cancelled\n"), "{}", program.out);
}
