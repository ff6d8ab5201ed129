//! The gaps that the linear noise approximation predicts, beside those that were found. No number is fitted.

use super::gap::{Law, fit_law};
use super::paths::Reference;
use super::{Path, SgdRun};
use crate::experiment::Hooks;
use crate::linalg::LinalgError;
use crate::measure::Span;
use crate::theory::Verdict;
use crate::theory::{Deviations, LinearNoise};
use ndarray::{Array1, ArrayView1, Axis};
use serde::Serialize;

/// Samples from which each covariance of gradients is estimated: to about a per cent.
const SAMPLES: usize = 8192;

/// Unknowns up to which it is computed: it costs O(N³) at each look.
pub const LARGEST: usize = 1500;

/// The part of the draws that a predicted span leaves out at each end.
const TAIL: f64 = 0.05;

/// Predicted and found, for one step and batch.
#[derive(Clone, Debug, Serialize)]
pub struct PredictedGap {
    /// η
    pub step: f64,
    /// B
    pub batch: usize,
    /// Of the predicted largest distance: median, and where 5 % of the draws lie below and above.
    #[serde(flatten)]
    pub span: Span,
    /// Geometric mean of the gaps found, over that of the gaps predicted.
    pub ratio: f64,
    /// Of ln ratio, from the predicted spread of single runs.
    pub standard_error: f64,
    /// Standard deviation of ln gap among the runs, over the predicted one; `None` of a single run.
    pub spread_ratio: Option<f64>,
    /// Spans of the distance at each time.
    #[serde(skip)]
    pub over_time: Vec<(f64, Span)>,
    /// Mean of the predicted ln gap.
    #[serde(skip)]
    log_mean: f64,
}

/// How well the prediction does for one step, or for all.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Agreement {
    /// Geometric mean of found over predicted.
    pub ratio: f64,
    /// Of ln ratio.
    pub standard_error: f64,
    /// Σ (ln ratio / its standard error)² over the pairs of step and batch.
    pub chi_squared: f64,
    /// Their number.
    pub pairs: usize,
    /// Holds where χ² is within two standard deviations of what chance gives: at most pairs + 2 √(2 pairs).
    pub verdict: Verdict,
}

/// The same for one step.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct StepAgreement {
    /// η
    pub step: f64,
    /// Over the batches.
    #[serde(flatten)]
    pub found: Agreement,
}

/// All that is predicted.
#[derive(Debug, Serialize)]
pub struct Prediction {
    /// Over all pairs.
    #[serde(flatten)]
    pub all: Agreement,
    /// For each η.
    pub steps: Vec<StepAgreement>,
    /// What power law of η and B is left in found over predicted; `None` where [`fit_law`] has none.
    pub left: Option<Law>,
    /// Batch by batch, step by step.
    pub gaps: Vec<PredictedGap>,
}

/// The draws of one step: of each batch the largest distances, and spans over time.
pub struct Drawn {
    largest: Vec<Vec<f64>>,
    over_time: Vec<Vec<(f64, Span)>>,
}

impl Drawn {
    /// Draws for every batch; `None` if the user broke it off.
    ///
    /// # Errors
    /// Of LAPACK.
    pub(super) fn of(
        reference: &Reference,
        flow: &Path,
        batches: &[usize],
        draws: usize,
        hooks: &dyn Hooks,
    ) -> Result<Option<Self>, LinalgError> {
        let noise = LinearNoise {
            step: reference.step,
            fan_out: reference.fan_out,
            samples: SAMPLES,
            draws,
            seed: reference.seed,
        };
        let network = &reference.setup.network;
        let nodes = network.student.weights.ncols() as f64;
        let mut drawn = Self {
            largest: vec![vec![0.0; draws]; batches.len()],
            over_time: vec![Vec::new(); batches.len()],
        };
        let looks = reference.looks.len();
        let mut complete = true;
        noise.along(network, &reference.looks, |look, seen| {
            let row = &flow.rows[look + 1];
            let parts = Parts::of(&seen, &row.coordinates());
            for (b, &batch) in batches.iter().enumerate() {
                let distances = parts.distances(batch as f64, nodes);
                let largest = drawn.largest[b].iter_mut();
                largest.zip(&distances).for_each(|(a, x)| *a = a.max(*x));
                drawn.over_time[b].push((row.time, central(distances)));
            }
            hooks.progress((look + 1) as f64 / looks as f64, "linear noise");
            complete = !hooks.interrupted();
            complete
        })?;
        Ok(complete.then_some(drawn))
    }
}

/// ‖b + δ/√B‖² = ‖b‖² + 2 b·δ/√B + ‖δ‖²/B, b being how far gradient descent is from the flow.
struct Parts {
    bias: f64,
    mixed: Array1<f64>,
    squares: Array1<f64>,
}

impl Parts {
    fn of(seen: &Deviations, flow: &[f64]) -> Self {
        let bias: Array1<f64> = seen.descent.iter().zip(flow).map(|(a, b)| a - b).collect();
        let square = |column: ArrayView1<f64>| column.iter().map(|x| x * x).sum::<f64>();
        Self {
            bias: bias.dot(&bias),
            mixed: seen.scaled.t().dot(&bias),
            squares: seen.scaled.map_axis(Axis(0), square),
        }
    }

    /// √((‖ΔW‖² + ‖ΔV‖²)/n) of each draw.
    fn distances(&self, batch: f64, nodes: f64) -> Vec<f64> {
        let draws = self.mixed.iter().zip(&self.squares);
        let square = |(mixed, square): (&f64, &f64)| self.bias + 2.0 * mixed / batch.sqrt() + square / batch;
        draws.map(|draw| (square(draw).max(0.0) / nodes).sqrt()).collect()
    }
}

/// Median, and where the tails begin.
fn central(mut values: Vec<f64>) -> Span {
    values.sort_by(f64::total_cmp);
    let at = |part: f64| values[((values.len() - 1) as f64 * part).round() as usize];
    Span {
        median: at(0.5),
        least: at(TAIL),
        greatest: at(1.0 - TAIL),
    }
}

/// Mean and standard deviation of the logarithms; of one value the deviation is NaN.
fn logs(values: &[f64]) -> [f64; 2] {
    let logs: Vec<f64> = values.iter().map(|x| x.ln()).collect();
    let mean = logs.iter().sum::<f64>() / logs.len() as f64;
    let squares: f64 = logs.iter().map(|log| (log - mean).powi(2)).sum();
    [mean, (squares / (logs.len() as f64 - 1.0)).sqrt()]
}

/// Two standard deviations of χ² of so many pairs.
fn allowed(pairs: f64) -> f64 {
    2.0 * (2.0 * pairs).sqrt()
}

impl Agreement {
    /// By how much χ² may exceed the number of pairs.
    pub fn allowed(&self) -> f64 {
        allowed(self.pairs as f64)
    }

    fn of(gaps: &[&PredictedGap]) -> Self {
        let pairs = gaps.len();
        let count = pairs as f64;
        let squares = |gap: &&PredictedGap| (gap.ratio.ln() / gap.standard_error).powi(2);
        let chi_squared: f64 = gaps.iter().map(squares).sum();
        let mean = gaps.iter().map(|gap| gap.ratio.ln()).sum::<f64>() / count;
        let variance: f64 = gaps.iter().map(|gap| gap.standard_error.powi(2)).sum();
        Self {
            ratio: mean.exp(),
            standard_error: variance.sqrt() / count,
            chi_squared,
            pairs,
            verdict: if chi_squared <= count + allowed(count) {
                Verdict::Holds
            } else {
                Verdict::Violated
            },
        }
    }
}

impl PredictedGap {
    /// Of the draws of batch number `b`, beside the gaps that were found; `None` where none was.
    fn of(drawn: &Drawn, [step, batch]: [f64; 2], b: usize, found: &[f64]) -> Option<Self> {
        let largest = &drawn.largest[b];
        let [log_mean, deviation] = logs(largest);
        let [mean, spread] = logs(found);
        let [runs, draws] = [found.len(), largest.len()].map(|count| count as f64);
        (!found.is_empty()).then(|| Self {
            step,
            batch: batch as usize,
            span: central(largest.clone()),
            ratio: (mean - log_mean).exp(),
            standard_error: deviation * (1.0 / runs + 1.0 / draws).sqrt(),
            spread_ratio: Some(spread / deviation).filter(|ratio| ratio.is_finite()),
            over_time: drawn.over_time[b].clone(),
            log_mean,
        })
    }
}

impl Prediction {
    /// Of what was drawn for each step, beside the runs; `None` without any.
    pub(super) fn of(steps: &[f64], batches: &[usize], drawn: &[Drawn], runs: &[SgdRun]) -> Option<Self> {
        let pairs = (0..batches.len()).flat_map(|b| (0..steps.len()).map(move |s| (s, b)));
        let predicted = pairs.filter_map(|(s, b)| {
            let (step, batch) = (steps[s], batches[b]);
            let own = runs.iter().filter(|run| (run.step, run.batch) == (step, batch));
            let found: Vec<f64> = own.map(|run| run.gap).collect();
            PredictedGap::of(&drawn[s], [step, batch as f64], b, &found)
        });
        let gaps: Vec<PredictedGap> = predicted.collect();
        if gaps.is_empty() {
            return None;
        }
        let by_step = steps.iter().filter_map(|&step| {
            let own: Vec<_> = gaps.iter().filter(|gap| gap.step == step).collect();
            (!own.is_empty()).then(|| StepAgreement {
                step,
                found: Agreement::of(&own),
            })
        });
        let over_predicted = runs.iter().filter_map(|run| {
            let is_its = |gap: &&PredictedGap| (gap.step, gap.batch) == (run.step, run.batch);
            let predicted = gaps.iter().find(is_its)?.log_mean.exp();
            Some([run.step, run.batch as f64, run.gap / predicted])
        });
        let over_predicted: Vec<[f64; 3]> = over_predicted.collect();
        Some(Self {
            all: Agreement::of(&gaps.iter().collect::<Vec<_>>()),
            steps: by_step.collect(),
            left: fit_law(&over_predicted),
            gaps,
        })
    }
}
