//! The declarations.

use super::{ExtraWeights, FanOutWeights};
use crate::config::{Fallback, Key, Range, keys};

const DISTANCE: Range = Range::closed(0.0, 100.0, "a number from 0 to 100");

keys! {
    /// What `[teacher]` has beside W*.
    pub(in crate::experiment) TEACHER_FAN_OUT {
        OUTPUTS = Key::whole("teacher.outputs", 1, 1 << 14)
            .means("C; may be left out where the fan-out is a file")
            .label("outputs C")
            .example("3");
        FAN_OUT = Key::words::<FanOutWeights>("teacher.fan_out")
            .or(Fallback::Word("orthonormal"))
            .means("V\\*: orthonormal rows; N(0, 1/C) entries; ones; grid entries with normalised columns; a file, m × C");
    }
}

keys! {
    /// `[student]`
    pub(in crate::experiment) STUDENT {
        EXTRA = Key::whole("student.extra", 0, 1 << 14)
            .means("r = n − m; the student may be wider than the input")
            .label("extra student nodes r = n − m")
            .example("2");
        EXTRA_WEIGHTS = Key::words::<ExtraWeights>("student.extra_weights")
            .or(Fallback::Word("random"))
            .means("W_r: random unit columns, or a file, d × r, normalised");
        THETA0 = Key::form(
            "student.theta0",
            "an angle in (0, π/2), or a list with one for each teacher node",
        )
            .means("θ_j(0), j ∈ u")
            .unit("radians")
            .label("start angle θ₀ (radians)")
            .example("0.1");
        E0 = Key::number("student.e0", DISTANCE)
            .or(Fallback::Number(0.05))
            .means("‖v_i − v*_i‖ at the start, i ∈ u, in random directions")
            .label("error e₀ of V_u at the start");
        V0 = Key::number("student.v0", DISTANCE)
            .or(Fallback::Rule("e0"))
            .means("‖v_i‖ at the start, i ∈ r")
            .label("norm v₀ of V_r at the start")
            .example("0.05");
        WEIGHTS = Key::file("student.weights", &[("file", ".npy")])
            .or(Fallback::Rule("drawn, as theta0 and extra_weights say"))
            .means("in place of these: W at the start, d × n, u first, columns normalised");
        STUDENT_FAN_OUT = Key::file("student.fan_out", &[("file", ".npy")])
            .or(Fallback::Rule("drawn, as e0 and v0 say"))
            .means("in place of these: V at the start, n × C, u first");
        SIGNAL = Key::form("student.signal", "two numbers, [s for W, s for V], as in [1.0, 0.3]")
            .or(Fallback::Rule("none"))
            .means("[s_W, s_V], in place of theta0, e0 and v0: teacher·s + noise for u, noise for r")
            .example("[1.0, 0.3]");
        NOISE = Key::number("student.noise", Range::POSITIVE)
            .or(Fallback::Number(0.1))
            .means("standard deviation of that noise; belongs to signal");
    }
}

keys! {
    /// `[flow]`
    pub(in crate::experiment) FLOW {
        NORMALIZED_FAN_OUT = Key::flag("flow.normalized_fan_out")
            .or(Fallback::Flag(false))
            .means("keep V's columns at unit norm");
    }
}

keys! {
    /// `[certificate]`
    pub(in crate::experiment) CERTIFICATE {
        LARGEST_START = Key::flag("certificate.largest_start")
            .or(Fallback::Flag(true))
            .means("also look for the largest θ₀ = e₀ = v₀ that is certified: up to a second, which a large sweep may want to save");
    }
}
