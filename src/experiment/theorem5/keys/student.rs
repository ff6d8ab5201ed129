//! `[student]`: where an over-parameterized student starts.

use super::Result;
use super::declared::{E0, EXTRA, EXTRA_WEIGHTS, NOISE, SIGNAL, STUDENT_FAN_OUT, THETA0, V0, WEIGHTS};
use crate::config::document::Value;
use crate::config::section::Section;
use crate::config::words::words;
use crate::experiment::two_layer::settings::{FileTable, Teacher};
use serde::Serialize;
use std::f64::consts::FRAC_PI_2;

/// `[student]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Student {
    /// r: nodes beyond the teacher's m.
    pub extra: usize,
    /// W_r; of no account where all of W is a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra_weights: Option<ExtraWeights>,
    /// Where the student starts.
    #[serde(flatten)]
    pub start: Start,
}

words! {
    /// Where the nodes of W_r come from.
    pub enum ExtraWeights {
        /// Independent uniform directions.
        Random = "random",
    }
    files {
        /// Columns of a `.npy` file (d × r), normalised.
        File("file", ".npy"),
    }
}

/// Where the student starts.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Start {
    /// teacher·s + noise·N(0, 1) for u, noise alone for r, for W (columns then normalised) and for V: as the authors start.
    Perturbed {
        /// s for W and for V.
        signal: [f64; 2],
        /// Standard deviation of the noise.
        noise: f64,
    },
    /// W and V, each at given distances from the teacher or from a file.
    Parts {
        /// W
        #[serde(flatten)]
        weights: StartWeights,
        /// V
        #[serde(flatten)]
        fan_out: StartFanOut,
    },
}

/// W at the start.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum StartWeights {
    /// d × n, u first, columns to be normalised.
    File {
        /// The file.
        weights: FileTable,
    },
    /// At these angles to the teacher.
    Angles {
        /// θ_j(0), one for all or one each.
        theta0: Vec<f64>,
    },
}

/// V at the start.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum StartFanOut {
    /// n × C, u first.
    File {
        /// The file.
        fan_out: FileTable,
    },
    /// At these distances.
    Distances {
        /// ‖v_i − v*_i‖ for i ∈ u.
        e0: f64,
        /// ‖v_i‖ for i ∈ r.
        v0: f64,
    },
}

impl Student {
    /// Reads the section.
    pub(super) fn read(mut section: Section, teacher: &Teacher) -> Result<Self> {
        let extra = section.whole(&EXTRA)? as usize;
        let start = match section.has(SIGNAL.name()) {
            true => read_perturbed(&mut section)?,
            false => read_parts(&mut section, teacher)?,
        };
        let given = matches!(
            start,
            Start::Parts {
                weights: StartWeights::File { .. },
                ..
            }
        );
        let extra_weights = match given {
            true => {
                let allowed = "nothing here where weights are a file: it has W_r too";
                section.refuse([&&EXTRA_WEIGHTS], allowed)?;
                None
            }
            false => Some(section.word(&EXTRA_WEIGHTS)?),
        };
        section.finish()?;
        Ok(Self {
            extra,
            extra_weights,
            start,
        })
    }
}

fn read_perturbed(section: &mut Section) -> Result<Start> {
    let signal = section.form(&SIGNAL, pair)?;
    let others = [&THETA0, &E0, &V0, &WEIGHTS, &STUDENT_FAN_OUT];
    section.refuse(&others, "nothing here where signal is given")?;
    let noise = section.number(&NOISE)?;
    Ok(Start::Perturbed { signal, noise })
}

/// W and V, each drawn at given distances or from a file.
fn read_parts(section: &mut Section, teacher: &Teacher) -> Result<Start> {
    section.refuse([&&NOISE], "nothing here without signal")?;
    let weights = match section.file_if(&WEIGHTS)? {
        Some(file) => {
            section.refuse([&&THETA0], "nothing here where weights are a file")?;
            StartWeights::File {
                weights: FileTable { file },
            }
        }
        None => StartWeights::Angles {
            theta0: section.form(&THETA0, |value| angles(value, teacher))?,
        },
    };
    let fan_out = match section.file_if(&STUDENT_FAN_OUT)? {
        Some(file) => {
            section.refuse([&&E0, &&V0], "nothing here where fan_out is a file")?;
            StartFanOut::File {
                fan_out: FileTable { file },
            }
        }
        None => {
            let e0 = section.number(&E0)?;
            let v0 = section.number_if(&V0)?.unwrap_or(e0);
            StartFanOut::Distances { e0, v0 }
        }
    };
    Ok(Start::Parts { weights, fan_out })
}

/// One angle, or one for each teacher node.
fn angles(value: &Value, teacher: &Teacher) -> Option<Vec<f64>> {
    let angles = match value.items() {
        Some(_) => numbers(value)?,
        None => vec![value.number()?],
    };
    let count = angles.len();
    let right = count == 1 || teacher.nodes.is_none_or(|nodes| nodes == count);
    let inside = |&angle: &f64| angle > 0.0 && angle < FRAC_PI_2;
    (count > 0 && right && angles.iter().all(inside)).then_some(angles)
}

/// Two numbers.
pub(in crate::experiment) fn pair(value: &Value) -> Option<[f64; 2]> {
    numbers(value)?.try_into().ok()
}

/// A list of finite numbers.
fn numbers(value: &Value) -> Option<Vec<f64>> {
    let items = value.items()?.iter();
    items.map(|item| item.value.number()).collect()
}
