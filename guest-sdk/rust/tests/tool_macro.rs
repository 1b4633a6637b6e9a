//! What `#[rak::tool]` and `#[derive(rak::Schema)]` take compiles, is found by its name, and stays callable from a native test.

extern crate rak_sdk as rak;

use rak::testing::{FakeHost, FakeModel, TestRun};
use rak::{Content, Context, Failure, Function, Json, LlmAgent, Outcome, Part, Schema};
use serde_json::{Value, json};

/// Where somebody lives.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, rak::Schema)]
#[serde(rename_all = "camelCase")]
struct Address {
    street_name: String,
    /// As it is written on the door.
    #[serde(rename = "no")]
    number: Number,
    #[serde(default)]
    floors: Vec<Floor>,
}

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, rak::Schema)]
struct Number(u16);

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, rak::Schema)]
#[serde(rename_all = "kebab-case")]
#[rak(crate = ::rak)]
enum Floor {
    GroundFloor,
    Attic,
}

mod tools {
    use super::*;

    /// Moves somebody
    /// to an address.
    #[rak::tool]
    pub(super) fn r#move(
        /// Who it is.
        who: String,
        cx: &Context,
        to: Address,
        /** How soon, in days. */
        mut days: Option<u8>,
    ) -> Result<Json<(String, Address, u8)>, Failure> {
        cx.check_cancelled()?;
        Ok(Json((who, to, *days.get_or_insert(7))))
    }

    /// Does nothing.
    #[rak::tool(name = "noop", crate = ::rak)]
    pub(super) fn nothing() {}
}

use tools::{r#move, nothing};

fn call(functions: impl IntoIterator<Item = Function<'static>>, name: &str, args: Value) -> TestRun {
    let model = FakeModel::new("small").calls(name, args).says("ok");
    let functions: Vec<_> = functions.into_iter().collect();
    let agent = LlmAgent::new("").with_tools(functions);
    FakeHost::new()
        .add_model(model)
        .run(|cx: &Context, input: Content| -> Result<Outcome, Failure> { agent.run(cx, input) }, "")
}

/// What came of the one call, and whether it failed.
fn response(run: &TestRun) -> Option<(bool, &Value)> {
    match run.contents().last()?.parts.as_slice() {
        [Part::FunctionResponse(response)] => Some((response.failed, &response.response)),
        _ => None,
    }
}

#[test]
fn the_model_reads_types_and_docs() {
    let run = call(rak::tools![r#move, tools::nothing], "noop", json!({}));
    let [offered, nothing] = run.model_calls[0].request.tools.as_slice() else { panic!("not two") };
    assert_eq!(
        (offered.name.as_str(), offered.description.as_str()),
        ("move", "Moves somebody\nto an address.")
    );
    let address = json!({
        "type": "object",
        "description": "Where somebody lives.",
        "properties": {
            "streetName": {"type": "string"},
            "no": {"type": "integer", "description": "As it is written on the door."},
            "floors": {"type": "array", "items": {"type": "string", "enum": ["ground-floor", "attic"]}},
        },
        "required": ["streetName", "no"],
        "additionalProperties": false,
    });
    assert_eq!(Address::schema(), address);
    let parameters = json!({
        "type": "object",
        "properties": {
            "who": {"type": "string", "description": "Who it is."},
            "to": address,
            "days": {"type": "integer", "description": "How soon, in days."},
        },
        "required": ["who", "to"],
        "additionalProperties": false,
    });
    assert_eq!(offered.parameters, parameters);
    assert_eq!((nothing.name.as_str(), &nothing.parameters["required"]), ("noop", &json!([])));
    assert_eq!(response(&run), Some((false, &Value::Null)));
}

#[test]
fn arguments_are_what_the_model_gives() {
    let to = json!({"streetName": "Main", "no": 7, "floors": ["attic"]});
    let run = call(rak::tools![r#move], "move", json!({"who": "Ada", "to": to}));
    assert_eq!(response(&run), Some((false, &json!(["Ada", to, 7]))));
    let bad = call(rak::tools![r#move], "move", json!({"who": "Ada", "to": {"streetName": "Main"}}));
    assert_eq!(
        response(&bad),
        Some((true, &json!({"error": "the argument `to` does not fit: missing field `no`"})))
    );
}

#[test]
fn a_tool_stays_a_function() {
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        let to = Address { street_name: "Main".into(), number: Number(7), floors: vec![Floor::GroundFloor] };
        assert_eq!(r#move("Ada".into(), cx, to.clone(), Some(1))?, Json(("Ada".into(), to, 1)));
        nothing();
        Ok(())
    }
    FakeHost::new().run(run, "").outcome();
}
