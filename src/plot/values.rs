//! Numbers of a figure as JSON has them: those that are not finite too, so that a figure that is read back is the same.
//!
//! For `#[serde(with = "values")]`: NaN is `null`, infinities are `"inf"` and `"-inf"`.

use serde::de::{DeserializeOwned, Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// One number.
pub(super) struct Value(f64);

/// Numbers in some arrangement.
pub(super) trait Numbers: Sized {
    type Values: Serialize + DeserializeOwned;
    fn values(&self) -> Self::Values;
    fn of(values: Self::Values) -> Self;
}

pub(super) fn serialize<T: Numbers, S: Serializer>(numbers: &T, to: S) -> Result<S::Ok, S::Error> {
    numbers.values().serialize(to)
}

pub(super) fn deserialize<'de, T: Numbers, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    T::Values::deserialize(from).map(T::of)
}

impl Numbers for f64 {
    type Values = Value;

    fn values(&self) -> Value {
        Value(*self)
    }

    fn of(Value(number): Value) -> Self {
        number
    }
}

impl<A: Numbers, B: Numbers> Numbers for (A, B) {
    type Values = (A::Values, B::Values);

    fn values(&self) -> Self::Values {
        (self.0.values(), self.1.values())
    }

    fn of((a, b): Self::Values) -> Self {
        (A::of(a), B::of(b))
    }
}

impl<A: Numbers, B: Numbers, C: Numbers> Numbers for (A, B, C) {
    type Values = (A::Values, B::Values, C::Values);

    fn values(&self) -> Self::Values {
        (self.0.values(), self.1.values(), self.2.values())
    }

    fn of((a, b, c): Self::Values) -> Self {
        (A::of(a), B::of(b), C::of(c))
    }
}

impl<A: Numbers> Numbers for [A; 2] {
    type Values = (A::Values, A::Values);

    fn values(&self) -> Self::Values {
        (self[0].values(), self[1].values())
    }

    fn of((a, b): Self::Values) -> Self {
        [A::of(a), A::of(b)]
    }
}

impl<A: Numbers> Numbers for Vec<A> {
    type Values = Vec<A::Values>;

    fn values(&self) -> Self::Values {
        self.iter().map(A::values).collect()
    }

    fn of(values: Self::Values) -> Self {
        values.into_iter().map(A::of).collect()
    }
}

impl<A: Numbers> Numbers for Option<A> {
    type Values = Option<A::Values>;

    fn values(&self) -> Self::Values {
        self.as_ref().map(A::values)
    }

    fn of(values: Self::Values) -> Self {
        values.map(A::of)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            number if number.is_finite() => to.serialize_f64(number),
            number if number.is_nan() => to.serialize_none(),
            number => to.serialize_str(if number > 0.0 { "inf" } else { "-inf" }),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(OfAnyKind)
    }
}

struct OfAnyKind;

impl Visitor<'_> for OfAnyKind {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a number, null, \"inf\" or \"-inf\"")
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Ok(Value(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(Value(number as f64))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(Value(number as f64))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value(f64::NAN))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        match text {
            "inf" => Ok(Value(f64::INFINITY)),
            "-inf" => Ok(Value(f64::NEG_INFINITY)),
            other => Err(E::invalid_value(Unexpected::Str(other), &self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_comes_back() {
        #[derive(Serialize, Deserialize)]
        struct Held(#[serde(with = "super")] Vec<(f64, f64)>);
        let all = vec![(f64::NAN, 0.1), (f64::INFINITY, f64::NEG_INFINITY), (-0.0, 5e-324), (1.0, 1.0 / 3.0)];
        let text = serde_json::to_string(&Held(all.clone())).unwrap();
        let Held(back) = serde_json::from_str(&text).unwrap();
        let bits =
            |all: &[(f64, f64)]| -> Vec<(u64, u64)> { all.iter().map(|p| (p.0.to_bits(), p.1.to_bits())).collect() };
        assert_eq!(bits(&back), bits(&all), "{text}");
        for wrong in ["[[1,true]]", "[[1,\"NaN\"]]", "[[1]]"] {
            assert!(serde_json::from_str::<Held>(wrong).is_err(), "{wrong}");
        }
    }
}
