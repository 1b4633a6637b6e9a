//! Fractions as long as they are short, floating point otherwise.

use num_bigint::BigInt;
use num_integer::Integer as _;
use num_rational::BigRational;
use num_traits::{One as _, Pow as _, Signed as _, ToPrimitive as _, Zero as _};

/// How long the two halves of a fraction may be, in bits: more than a thousand digits. What is longer is rounded.
const MAX_BITS: u64 = 4096;
/// Of which number there is a factorial: its result still is a short fraction.
const MAX_FACTORIAL: u32 = 400;
/// How many digits after the point are written; a fraction that has more is rounded.
const MAX_DIGITS: u32 = 50;

/// A number, and whether it was rounded on the way.
#[derive(Clone, Debug)]
pub(super) enum Number {
    Exact(BigRational),
    /// Always finite.
    Near(f64),
}

impl Number {
    /// A fraction, rounded where it is too long.
    pub(super) fn exact(fraction: BigRational) -> Result<Self, String> {
        if fraction.numer().bits().max(fraction.denom().bits()) <= MAX_BITS {
            return Ok(Self::Exact(fraction));
        }
        Self::near(fraction.to_f64().unwrap_or(f64::INFINITY), "")
    }

    /// What floating point made of `what`.
    pub(super) fn near(value: f64, what: &str) -> Result<Self, String> {
        if value.is_nan() {
            return Err(format!("{what} is no real number"));
        }
        if value.is_infinite() {
            return Err("the result is too large to be calculated with".to_owned());
        }
        Ok(Self::Near(value))
    }

    pub(super) fn to_f64(&self) -> f64 {
        match self {
            Self::Exact(fraction) => fraction.to_f64().unwrap_or(f64::NAN),
            Self::Near(value) => *value,
        }
    }

    /// The whole number that it is.
    pub(super) fn whole(&self) -> Option<&BigInt> {
        match self {
            Self::Exact(fraction) if fraction.is_integer() => Some(fraction.numer()),
            _ => None,
        }
    }

    /// With two fractions or two floating points.
    pub(super) fn with(
        &self,
        other: &Self,
        exact: impl FnOnce(&BigRational, &BigRational) -> BigRational,
        near: impl FnOnce(f64, f64) -> f64,
    ) -> Result<Self, String> {
        match (self, other) {
            (Self::Exact(a), Self::Exact(b)) => Self::exact(exact(a, b)),
            _ => Self::near(near(self.to_f64(), other.to_f64()), "the result"),
        }
    }

    pub(super) fn is_zero(&self) -> bool {
        match self {
            Self::Exact(fraction) => fraction.is_zero(),
            Self::Near(value) => *value == 0.0,
        }
    }

    pub(super) fn negated(self) -> Self {
        match self {
            Self::Exact(fraction) => Self::Exact(-fraction),
            Self::Near(value) => Self::Near(-value),
        }
    }

    pub(super) fn divided(&self, by: &Self) -> Result<Self, String> {
        not_zero(by)?;
        self.with(by, |a, b| a / b, |a, b| a / b)
    }

    /// What is left, with the sign of what it is divided by.
    pub(super) fn remainder(&self, by: &Self) -> Result<Self, String> {
        not_zero(by)?;
        self.with(by, |a, b| a - b * (a / b).floor(), |a, b| a - b * (a / b).floor())
    }

    pub(super) fn power(&self, exponent: &Self) -> Result<Self, String> {
        let whole = exponent.whole().and_then(num_traits::ToPrimitive::to_i32);
        if exponent.to_f64() < 0.0 {
            not_zero(self)?;
        }
        if let (Self::Exact(base), Some(exponent)) = (self, whole) {
            let bits = base.numer().bits().max(base.denom().bits()).max(1);
            if bits.saturating_mul(exponent.unsigned_abs().into()) <= MAX_BITS {
                return Self::exact(base.pow(exponent));
            }
        }
        let (base, exponent) = (self.to_f64(), exponent.to_f64());
        Self::near(base.powf(exponent), &format!("{base}^{exponent}"))
    }

    pub(super) fn factorial(&self) -> Result<Self, String> {
        let whole = self.whole().and_then(num_traits::ToPrimitive::to_u32);
        let Some(whole) = whole.filter(|whole| *whole <= MAX_FACTORIAL) else {
            return Err(format!("a factorial is of a whole number from 0 to {MAX_FACTORIAL}"));
        };
        let product = (2..=whole).fold(BigInt::one(), |product, factor| product * factor);
        Self::exact(product.into())
    }

    pub(super) fn square_root(&self) -> Result<Self, String> {
        if let Self::Exact(fraction) = self
            && !fraction.is_negative()
        {
            let (above, below) = (fraction.numer().sqrt(), fraction.denom().sqrt());
            if &above * &above == *fraction.numer() && &below * &below == *fraction.denom() {
                return Ok(Self::Exact(BigRational::new(above, below)));
            }
        }
        let value = self.to_f64();
        Self::near(value.sqrt(), &format!("sqrt({value})"))
    }

    /// To this many digits after the point, halves away from zero.
    pub(super) fn rounded(&self, digits: i32) -> Result<Self, String> {
        let scale = BigRational::from(BigInt::from(10)).pow(digits);
        match self {
            Self::Exact(fraction) => Self::exact((fraction * &scale).round() / scale),
            Self::Near(value) => {
                let scale = scale.to_f64().unwrap_or(f64::INFINITY);
                Self::near((value * scale).round() / scale, "the result")
            }
        }
    }

    /// Its digits, and whether these are all of it.
    pub(super) fn written(&self) -> (String, bool) {
        let exact = match self {
            Self::Exact(fraction) => decimal(fraction),
            Self::Near(_) => None,
        };
        match exact {
            Some(digits) => (digits, true),
            None => (floating(self.to_f64()), false),
        }
    }
}

fn not_zero(number: &Number) -> Result<(), String> {
    if number.is_zero() { Err("a division by zero".to_owned()) } else { Ok(()) }
}

/// All digits of a fraction, where it has an end that is near.
fn decimal(fraction: &BigRational) -> Option<String> {
    let (ten, mut digits) = (BigInt::from(10), 0);
    let mut scaled = fraction.clone();
    while !scaled.is_integer() {
        digits += 1;
        if digits > MAX_DIGITS {
            return None;
        }
        scaled *= &ten;
    }
    let power = ten.pow(digits);
    let (whole, rest) = scaled.numer().abs().div_rem(&power);
    let sign = if fraction.is_negative() { "-" } else { "" };
    Some(match digits {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{:0>width$}", rest.to_string(), width = digits as usize),
    })
}

/// As people write it, with an exponent where there would be many zeros.
fn floating(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) { format!("{value:e}") } else { format!("{value}") }
}
