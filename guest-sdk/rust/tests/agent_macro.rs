//! Everything `#[rak::agent]` takes compiles, is exported, and stays callable from a native test.

extern crate rak_sdk as rak;

use rak::testing::FakeHost;
use rak::{Agent, Content, Context, Descriptor, Failure, FailureKind, IntoOutcome, Json, Outcome, Skill};

mod takes_content {
    use super::*;

    #[rak::agent]
    fn run(_cx: &Context, input: Content) -> Result<impl IntoOutcome, Failure> {
        Ok(Content::model(input.text()))
    }

    #[test]
    fn and_returns_content() {
        assert_eq!(FakeHost::new().run(run, "hi").outcome(), &Outcome::text("hi"));
    }
}

mod takes_text {
    use super::*;

    #[rak::agent(name = "shout", description = concat!("Sho", "uts."), version = "9.9.9", crate = ::rak)]
    pub(crate) fn shout(_cx: &Context, mut input: String) -> String {
        input.make_ascii_uppercase();
        input
    }

    #[test]
    fn and_returns_text() {
        assert_eq!(FakeHost::new().run(shout, "hi").answer(), "HI");
    }
}

mod takes_json {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Question {
        a: f64,
        b: f64,
    }

    #[rak::agent]
    fn run(_cx: &Context, Json(Question { a, b }): Json<Question>) -> Json<f64> {
        Json(a / b)
    }

    #[test]
    fn and_returns_json() {
        assert_eq!(FakeHost::new().run(run, r#"{"a": 1, "b": 2}"#).answer(), "0.5");
        assert_eq!(FakeHost::new().run(run, "{}").failure().kind, FailureKind::InvalidArgument);
    }
}

mod returns_nothing {
    use super::*;

    #[rak::agent]
    fn run(cx: &Context, _: String) {
        cx.log().info("ran", &[]);
    }

    #[test]
    fn and_that_is_an_empty_outcome() {
        let run = FakeHost::new().run(run, "");
        assert_eq!((run.outcome(), run.logs.len()), (&Outcome::empty(), 1));
    }
}

mod fails_with_its_own_error {
    use super::*;

    #[derive(Debug)]
    struct TooLong;

    impl From<TooLong> for Failure {
        fn from(TooLong: TooLong) -> Self {
            Self::limit_exceeded("too long").with_code("too_long")
        }
    }

    #[rak::agent]
    fn run(_cx: &Context, input: String) -> Result<&'static str, TooLong> {
        if input.len() > 3 { Err(TooLong) } else { Ok("short") }
    }

    #[test]
    fn which_becomes_a_failure() {
        assert_eq!(FakeHost::new().run(run, "abc").answer(), "short");
        assert_eq!(FakeHost::new().run(run, "abcd").failure().code.as_deref(), Some("too_long"));
    }
}

mod described_by_a_function {
    use super::*;

    mod card {
        use super::*;

        pub(super) fn describe() -> Descriptor {
            rak::descriptor!().with_name("card").with_skill(Skill::new("a", "A"))
        }
    }

    #[rak::agent(describe = card::describe)]
    fn run(_cx: &Context, _input: String) {}

    #[test]
    fn which_is_testable_by_itself() {
        assert_eq!(card::describe().skills.len(), 1);
        assert_eq!(FakeHost::new().run(run, "").outcome(), &Outcome::empty());
    }
}

mod a_type_by_its_impl {
    use super::*;

    struct Typed;

    #[rak::agent]
    impl Agent for Typed {
        fn describe() -> Descriptor {
            Descriptor::new("typed")
        }

        fn run(_cx: &Context, input: Content) -> Result<Outcome, Failure> {
            Ok(Outcome::text(input.text()))
        }
    }

    #[test]
    fn runs_by_its_function() {
        assert_eq!(FakeHost::new().run(Typed::run, "hi").answer(), "hi");
        assert_eq!(Typed::describe().name, "typed");
    }
}

mod a_type_by_itself {
    use super::*;

    #[rak::agent]
    struct Typed;

    impl rak::Agent for Typed {
        fn describe() -> Descriptor {
            Descriptor::new("typed")
        }

        fn run(_cx: &Context, _input: Content) -> Result<Outcome, Failure> {
            Ok(Outcome::empty())
        }
    }

    #[test]
    fn runs_by_its_function() {
        assert_eq!(FakeHost::new().run(Typed::run, "").outcome(), &Outcome::empty());
    }
}
