//! Calculates what a model cannot: exactly where that is possible, and never longer than a blink.
//!
//! The published evaluators either go wrong on what a stranger may write (they recurse as deep as it is nested) or are
//! floating point throughout, with digits lost where a model asks for them.

mod number;
mod parser;

use serde_json::{Value, json};

use self::number::Number;
use self::parser::Parser;

pub(crate) const DESCRIPTION: &str = "Calculates an expression, exactly where that is possible. It knows + - * / % \
    (remainder) ^ (power) ! (factorial) and parentheses; pi, e and tau; abs, ceil, floor, trunc, round(x, digits), sqrt, \
    cbrt, exp, ln, log2, log10, sin, cos, tan, asin, acos, atan (in radians), and min, max, gcd, lcm of any number of \
    values. Example: (1 + 0.05)^10 * 1200";

/// The longest expression, in bytes: longer than what is written by hand, and calculated in well under a millisecond.
const MAX_EXPRESSION_BYTES: usize = 1000;

pub(crate) fn parameters() -> Value {
    json!({
        "type": "object",
        "properties": {"expression": {"type": "string", "description": "Such as 2 * (3 + 4)"}},
        "required": ["expression"],
        "additionalProperties": false,
    })
}

/// The answer, or what a model can read of why there is none.
pub(crate) fn call(args: &Value) -> Result<Value, String> {
    let expression = args.get("expression").and_then(Value::as_str).unwrap_or_default();
    let (result, exact) = evaluate(expression)?.written();
    Ok(json!({"result": result, "exact": exact}))
}

fn evaluate(expression: &str) -> Result<Number, String> {
    if expression.len() > MAX_EXPRESSION_BYTES {
        let bytes = expression.len();
        return Err(format!("the expression has {bytes} bytes, and {MAX_EXPRESSION_BYTES} are allowed"));
    }
    Parser::new(expression).whole()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn result(expression: &str) -> String {
        let (result, exact) =
            evaluate(expression).unwrap_or_else(|error| panic!("{expression}: {error}")).written();
        if exact { result } else { format!("~{result}") }
    }

    fn error(expression: &str) -> String {
        evaluate(expression).err().unwrap_or_else(|| panic!("{expression} has a result"))
    }

    #[test]
    fn what_has_an_exact_result_gets_it() {
        for (expression, expected) in [
            ("0.1 + 0.2", "0.3"),
            ("123456789 * 987654321", "121932631112635269"),
            ("2^100", "1267650600228229401496703205376"),
            ("2 ** 10", "1024"),
            ("2^-2", "0.25"),
            ("-2^2", "-4"),
            ("2^3^2", "512"),
            ("2 + 3 * 4 - 6 / 3", "12"),
            ("(2 + 3) * 4", "20"),
            ("7 × 6 ÷ 2 − 1", "20"),
            ("1_000_000 / 8", "125000"),
            ("1.5e3 + .5", "1500.5"),
            ("1/3 + 2/3", "1"),
            ("17 % 5", "2"),
            ("-17 % 5", "3"),
            ("5! / 3!", "20"),
            ("20!", "2432902008176640000"),
            ("sqrt(1.44)", "1.2"),
            ("(1 + 0.05)^2 * 1200", "1323"),
            ("round(2.345, 2) + round(-2.5)", "-0.65"),
            ("floor(-2.5) + ceil(2.1) + trunc(-1.9) + abs(-1)", "0"),
            ("min(3, 1, 2) + max(3, 1, 2)", "4"),
            ("gcd(12, 18) + lcm(4, 6)", "18"),
            ("--1", "1"),
            ("0^0", "1"),
        ] {
            assert_eq!(result(expression), expected, "{expression}");
        }
    }

    #[test]
    fn what_has_none_is_said_to_be_near() {
        for (expression, expected) in [
            ("1 / 3", "~0.3333333333333333"),
            ("sqrt(2)", "~1.4142135623730951"),
            ("sin(pi / 2)", "~1"),
            ("log10(1000) + log2(8) + ln(e)", "~7"),
            ("cbrt(27)", "~3"),
            ("2^0.5", "~1.4142135623730951"),
            ("10^5000 / 10^4999", "~"),
            ("1.0000001^100000000", "~22026"),
            ("2.5e-9 * pi", "~7.853981633974483e-9"),
        ] {
            let got = evaluate(expression).map_or_else(|error| error, |_| result(expression));
            match expected {
                "~" => assert!(got.contains("too large"), "{expression}: {got}"),
                _ => assert!(got.starts_with(expected), "{expression}: {got}"),
            }
        }
    }

    #[test]
    fn a_mistake_is_explained() {
        for (expression, reason) in [
            ("", "it ends where a value is expected"),
            ("1 +", "it ends where a value is expected"),
            ("1 2", "at character 3: \"2\" is not expected"),
            ("(1", "it ends where \")\" is expected"),
            ("1)", "at character 2: \")\" is not expected"),
            ("x + 1", "\"x\" is no function or constant"),
            ("sqrt 2", "at character 6: \"(\" is expected after sqrt"),
            ("sqrt(1, 2)", "sqrt takes one value, and not 2"),
            ("round()", "a value is expected"),
            ("log(5)", "ln, log2 or log10"),
            ("1 / 0", "a division by zero"),
            ("5 % 0", "a division by zero"),
            ("0^-1", "a division by zero"),
            ("sqrt(-1)", "sqrt(-1) is no real number"),
            ("(-8)^0.5", "is no real number"),
            ("asin(2)", "is no real number"),
            ("2.5!", "a factorial is of a whole number from 0 to 400"),
            ("401!", "a factorial is of a whole number from 0 to 400"),
            ("gcd(1.5, 2)", "gcd takes whole numbers"),
            ("9^9^9", "too large"),
            ("1e400 * pi", "too large"),
            ("1e99999", "is too large or too small"),
            ("1.2.3", "\"1.2.3\" is no number"),
            ("$5", "at character 1: \"$\" is not expected"),
        ] {
            let error = error(expression);
            assert!(error.contains(reason), "{expression}: {error}");
        }
    }

    #[test]
    fn a_long_or_deep_one_is_refused_before_it_hurts() {
        assert!(error(&"(".repeat(1001)).contains("1000 are allowed"));
        for deep in ["(", "-", "1^", "sqrt(", "2-(", "max(1,"] {
            let error = error(&deep.repeat(1000 / deep.len()));
            assert!(error.contains("nested more than"), "{deep}: {error}");
        }
        // As much work as fits.
        for long in ["1/7+", "99999^99*", "400!*", "400!/3!+"] {
            let mut expression = long.repeat(990 / long.len());
            expression.push('1');
            let _ = evaluate(&expression);
        }
    }

    proptest! {
        #[test]
        fn any_text_has_a_result_or_an_error(text in "[0-9a-z+*/%^!(),. -]{0,200}") {
            let _ = evaluate(&text).map(|number| number.written());
        }

        #[test]
        fn whole_numbers_are_calculated_as_the_processor_does(a in -1_000_000_i64..1_000_000, b in 1_i64..1000) {
            prop_assert_eq!(result(&format!("({a}) * {b}")), (a * b).to_string());
            prop_assert_eq!(result(&format!("({a}) % {b}")), a.rem_euclid(b).to_string());
            prop_assert_eq!(result(&format!("floor(({a}) / {b})")), a.div_euclid(b).to_string());
        }
    }
}
