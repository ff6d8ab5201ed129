//! What a two-layer run takes of memory.

use super::settings::{Integrate, Overlap, Precision, Teacher};
use crate::overlap::Resample;
use crate::runs::Memory;

/// Copies of the state that a method keeps: stages, interpolant, the state itself and what watches it.
const COPIES: f64 = 40.0;

/// Overlaps of each pair of nodes: D and L, their slopes, and what looks them up.
const PER_PAIR: f64 = 8.0;

/// Samples that are drawn at a time where none is kept.
const DRAWN: f64 = 16.0 * 1024.0;

/// Numbers of a look beside those of each node: rows, curves, and what is written of them.
const PER_LOOK: f64 = 44.0;

/// Copies of a matrix whose spectrum is computed.
const SPECTRUM: f64 = 4.0;

/// What decides how much a run takes.
pub(in crate::experiment) struct Size<'a> {
    pub teacher: &'a Teacher,
    /// r = n − m
    pub extra: usize,
    /// C where V runs, else 0.
    pub outputs: usize,
    pub overlap: &'a Overlap,
    pub integrate: &'a Integrate,
    /// Whether whole states are kept.
    pub states: bool,
    /// Unknowns up to which the whole spectrum is computed.
    pub dense: usize,
}

impl Size<'_> {
    /// As far as the keys say: what a teacher's file has is not known yet.
    pub fn memory(&self) -> Memory {
        let m = self.teacher.nodes.unwrap_or(1) as f64;
        let n = m + self.extra as f64;
        let d = self.teacher.input_dim.map_or(m, |d| d as f64);
        // Directions that no node has drop out, but where the input is no Gaussian.
        let k = d.min(m + n);
        let unknowns = n * (k + self.outputs as f64);
        let looks = self.integrate.outputs.count() as f64;
        let dense = unknowns.min(self.dense as f64);
        let memory = Memory::default()
            .and("the state and the method's stages", COPIES * unknowns, 8)
            .and("overlaps", PER_PAIR * n * (n + m), 8)
            .and("the trajectory and its figures", looks * (2.0 * n + PER_LOOK), 8)
            .and("spectra", SPECTRUM * (dense * dense + n * n), 8);
        let memory = match self.states {
            true => memory.and("states", looks * unknowns, 8),
            false => memory,
        };
        let Overlap::MonteCarlo(sampling) = self.overlap else {
            return memory;
        };
        let size = match sampling.precision {
            Precision::F64 => 8,
            Precision::F32 => 4,
        };
        let kept = match sampling.resample {
            Resample::Never => sampling.samples as f64,
            Resample::EveryEvaluation => DRAWN.min(sampling.samples as f64),
        };
        memory
            .and("the sample", kept * k, size)
            .and("sums over the sample", 16.0 * PER_PAIR * n * (n + m), 8)
    }
}
