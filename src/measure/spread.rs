//! Several like runs together: mean and spread of the largest angle on its log scale.

use super::Trajectory;

/// Over the runs, at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Time t.
    pub time: f64,
    /// Mean of log max θ.
    pub log_mean: f64,
    /// Standard deviation of log max θ among the runs.
    pub log_sd: f64,
}

/// At each time that all runs have reached. The runs must share their output times.
pub fn spread<'a>(runs: impl Iterator<Item = &'a Trajectory>) -> Vec<Spread> {
    let runs: Vec<&Trajectory> = runs.collect();
    let common = runs.iter().map(|run| run.rows.len()).min().unwrap_or(0);
    let count = runs.len() as f64;
    (0..common)
        .map(|i| {
            let logs: Vec<f64> = runs.iter().map(|run| run.rows[i].largest_angle().ln()).collect();
            let log_mean = logs.iter().sum::<f64>() / count;
            let squares: f64 = logs.iter().map(|log| (log - log_mean).powi(2)).sum();
            Spread {
                time: runs[0].rows[i].time,
                log_mean,
                log_sd: (squares / (count - 1.0).max(1.0)).sqrt(),
            }
        })
        .collect()
}
