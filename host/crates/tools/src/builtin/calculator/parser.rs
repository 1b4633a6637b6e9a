//! Reads an expression, and calculates it on the way.

use std::cmp::Ordering;
use std::f64::consts;
use std::iter::Peekable;
use std::str::CharIndices;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Pow as _;

use super::number::Number;

/// How deep an expression may be nested: deeper than anybody reads, and far from the end of a thread's stack.
const MAX_DEPTH: usize = 64;
/// How many zeros a number may be written with.
const MAX_EXPONENT: i32 = 1000;
/// To how many digits a number may be rounded, before or after the point.
const MAX_ROUNDED: i32 = 100;

/// How strongly an operator holds what is beside it.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Strength {
    Nothing,
    Sum,
    Product,
    Sign,
    Power,
}

/// Between two values.
#[derive(Clone, Copy)]
enum Operator {
    Plus,
    Minus,
    Times,
    Divided,
    Remainder,
    Power,
}

impl Operator {
    fn strength(self) -> Strength {
        match self {
            Self::Plus | Self::Minus => Strength::Sum,
            Self::Times | Self::Divided | Self::Remainder => Strength::Product,
            Self::Power => Strength::Power,
        }
    }

    fn apply(self, a: &Number, b: &Number) -> Result<Number, String> {
        match self {
            Self::Plus => a.with(b, |a, b| a + b, |a, b| a + b),
            Self::Minus => a.with(b, |a, b| a - b, |a, b| a - b),
            Self::Times => a.with(b, |a, b| a * b, |a, b| a * b),
            Self::Divided => a.divided(b),
            Self::Remainder => a.remainder(b),
            Self::Power => a.power(b),
        }
    }
}

pub(super) struct Parser<'a> {
    text: &'a str,
    characters: Peekable<CharIndices<'a>>,
    depth: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, characters: text.char_indices().peekable(), depth: 0 }
    }

    /// What all of it comes to.
    pub(super) fn whole(mut self) -> Result<Number, String> {
        let value = self.expression(Strength::Nothing)?;
        match self.next_visible() {
            Some(_) => Err(self.unexpected()),
            None => Ok(value),
        }
    }

    /// As much as operators stronger than this hold together.
    fn expression(&mut self, stronger_than: Strength) -> Result<Number, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("the expression is nested more than {MAX_DEPTH} deep"));
        }
        let mut value = self.operand()?;
        while let Some((operator, characters)) = self.operator() {
            let strength = operator.strength();
            if strength <= stronger_than {
                break;
            }
            for _ in 0..characters {
                self.characters.next();
            }
            // A power is calculated from the right, and its exponent may have a sign.
            let beside = if strength == Strength::Power { Strength::Sign } else { strength };
            value = operator.apply(&value, &self.expression(beside)?)?;
        }
        self.depth -= 1;
        Ok(value)
    }

    fn operand(&mut self) -> Result<Number, String> {
        let Some(first) = self.next_visible() else {
            return Err("it ends where a value is expected".to_owned());
        };
        let mut value = match first {
            '-' | '−' | '+' => {
                self.characters.next();
                let value = self.expression(Strength::Sign)?;
                return Ok(if first == '+' { value } else { value.negated() });
            }
            '(' => {
                self.characters.next();
                let value = self.expression(Strength::Nothing)?;
                self.closing()?;
                value
            }
            '0'..='9' | '.' => self.number()?,
            letter if letter.is_alphabetic() => self.named()?,
            _ => return Err(format!("{}; a value is expected there", self.unexpected())),
        };
        while self.next_visible() == Some('!') {
            self.characters.next();
            value = value.factorial()?;
        }
        Ok(value)
    }

    /// The operator that comes next, and how many characters it has.
    fn operator(&mut self) -> Option<(Operator, usize)> {
        let operator = match self.next_visible()? {
            '+' => Operator::Plus,
            '-' | '−' => Operator::Minus,
            '*' => {
                let mut ahead = self.characters.clone();
                ahead.next();
                if ahead.next().is_some_and(|(_, next)| next == '*') {
                    return Some((Operator::Power, 2));
                }
                Operator::Times
            }
            '×' | '·' => Operator::Times,
            '/' | '÷' => Operator::Divided,
            '%' => Operator::Remainder,
            '^' => Operator::Power,
            _ => return None,
        };
        Some((operator, 1))
    }

    fn number(&mut self) -> Result<Number, String> {
        let mut last = ' ';
        let written = self.while_it(|character| {
            // The sign of an exponent belongs to the number.
            let exponent = matches!(last, 'e' | 'E') && matches!(character, '+' | '-');
            last = character;
            exponent || character.is_ascii_alphanumeric() || matches!(character, '.' | '_')
        });
        let plain = written.replace('_', "");
        let (mantissa, exponent) = plain.split_once(['e', 'E']).unwrap_or((&plain, "0"));
        let (whole, rest) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{rest}");
        let decimal = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        let (Some(digits), Ok(exponent)) =
            (BigInt::parse_bytes(digits.as_bytes(), 10).filter(|_| decimal), exponent.parse::<i32>())
        else {
            return Err(format!("{written:?} is no number"));
        };
        if exponent.abs() > MAX_EXPONENT {
            return Err(format!("{written:?} is too large or too small"));
        }
        let exponent = exponent - i32::try_from(rest.len()).unwrap_or(i32::MAX);
        Number::exact(BigRational::from(digits) * BigRational::from(BigInt::from(10)).pow(exponent))
    }

    fn named(&mut self) -> Result<Number, String> {
        let name = self.while_it(|character| character.is_alphanumeric() || character == '_');
        match name {
            "pi" | "π" => return Ok(Number::Near(consts::PI)),
            "e" => return Ok(Number::Near(consts::E)),
            "tau" => return Ok(Number::Near(consts::TAU)),
            "log" => return Err("say which logarithm: ln, log2 or log10".to_owned()),
            _ if !is_function(name) => return Err(format!("{name:?} is no function or constant")),
            _ => {}
        }
        if self.next_visible() != Some('(') {
            let place = self.place();
            return Err(format!("{place}\"(\" is expected after {name}"));
        }
        self.characters.next();
        let mut values = vec![self.expression(Strength::Nothing)?];
        while self.next_visible() == Some(',') {
            self.characters.next();
            values.push(self.expression(Strength::Nothing)?);
        }
        self.closing()?;
        call(name, &values)
    }

    fn closing(&mut self) -> Result<(), String> {
        match self.next_visible() {
            Some(')') => {
                self.characters.next();
                Ok(())
            }
            Some(_) => Err(format!("{}; \")\" is expected there", self.unexpected())),
            None => Err("it ends where \")\" is expected".to_owned()),
        }
    }

    fn while_it(&mut self, mut belongs: impl FnMut(char) -> bool) -> &'a str {
        let start = self.position();
        while self.characters.next_if(|(_, character)| belongs(*character)).is_some() {}
        self.text.get(start..self.position()).unwrap_or_default()
    }

    fn next_visible(&mut self) -> Option<char> {
        while self.characters.next_if(|(_, character)| character.is_whitespace()).is_some() {}
        self.characters.peek().map(|(_, character)| *character)
    }

    fn position(&mut self) -> usize {
        self.characters.peek().map_or(self.text.len(), |(position, _)| *position)
    }

    fn place(&mut self) -> String {
        let before = self.position();
        let number = self.text.get(..before).unwrap_or_default().chars().count() + 1;
        format!("at character {number}: ")
    }

    fn unexpected(&mut self) -> String {
        let place = self.place();
        let character = self.next_visible().map(String::from).unwrap_or_default();
        format!("{place}{character:?} is not expected")
    }
}

fn is_function(name: &str) -> bool {
    floating(name).is_some()
        || matches!(
            name,
            "abs" | "ceil" | "floor" | "trunc" | "round" | "sqrt" | "min" | "max" | "gcd" | "lcm"
        )
}

/// Functions that floating point calculates.
fn floating(name: &str) -> Option<fn(f64) -> f64> {
    Some(match name {
        "cbrt" => f64::cbrt,
        "exp" => f64::exp,
        "ln" => f64::ln,
        "log2" => f64::log2,
        "log10" => f64::log10,
        "sin" => f64::sin,
        "cos" => f64::cos,
        "tan" => f64::tan,
        "asin" => f64::asin,
        "acos" => f64::acos,
        "atan" => f64::atan,
        _ => return None,
    })
}

fn call(name: &str, values: &[Number]) -> Result<Number, String> {
    if let Some(function) = floating(name) {
        let value = one(name, values)?.to_f64();
        return Number::near(function(value), &format!("{name}({value})"));
    }
    match name {
        "sqrt" => one(name, values)?.square_root(),
        "abs" => part(one(name, values)?, num_traits::Signed::abs, f64::abs),
        "ceil" => part(one(name, values)?, BigRational::ceil, f64::ceil),
        "floor" => part(one(name, values)?, BigRational::floor, f64::floor),
        "trunc" => part(one(name, values)?, BigRational::trunc, f64::trunc),
        "round" => round(values),
        "min" => chosen(values, Ordering::Less),
        "max" => chosen(values, Ordering::Greater),
        "gcd" => whole(name, values, num_integer::Integer::gcd),
        _ => whole(name, values, num_integer::Integer::lcm),
    }
}

fn one<'a>(name: &str, values: &'a [Number]) -> Result<&'a Number, String> {
    match values {
        [value] => Ok(value),
        _ => Err(format!("{name} takes one value, and not {}", values.len())),
    }
}

fn part(
    value: &Number,
    exact: fn(&BigRational) -> BigRational,
    near: fn(f64) -> f64,
) -> Result<Number, String> {
    value.with(value, |value, _| exact(value), |value, _| near(value))
}

fn round(values: &[Number]) -> Result<Number, String> {
    let (value, digits) = match values {
        [value] => (value, Some(0)),
        [value, digits] => (value, digits.whole().and_then(num_traits::ToPrimitive::to_i32)),
        _ => return Err(format!("round takes a value and how many digits, and not {} values", values.len())),
    };
    match digits.filter(|digits| digits.abs() <= MAX_ROUNDED) {
        Some(digits) => value.rounded(digits),
        None => Err(format!("round takes a whole number of digits from -{MAX_ROUNDED} to {MAX_ROUNDED}")),
    }
}

fn chosen(values: &[Number], wanted: Ordering) -> Result<Number, String> {
    let order = |a: &Number, b: &Number| match (a, b) {
        (Number::Exact(a), Number::Exact(b)) => a.cmp(b),
        _ => a.to_f64().total_cmp(&b.to_f64()),
    };
    let chosen = values.iter().reduce(|best, value| if order(value, best) == wanted { value } else { best });
    chosen.cloned().ok_or_else(|| "a value is expected".to_owned())
}

fn whole(name: &str, values: &[Number], join: fn(&BigInt, &BigInt) -> BigInt) -> Result<Number, String> {
    let wholes: Option<Vec<_>> = values.iter().map(Number::whole).collect();
    let wholes = wholes.ok_or_else(|| format!("{name} takes whole numbers"))?;
    let joined = wholes.into_iter().cloned().reduce(|a, b| join(&a, &b)).unwrap_or_default();
    Number::exact(joined.into())
}
