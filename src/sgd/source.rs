//! Where a trainer's batches come from.

use super::Batch;

/// Samples that batches are made of: numbers that are kept, or images that are changed at random in each epoch.
pub trait Source<T>: Sync {
    /// N
    fn samples(&self) -> usize;

    /// d
    fn input(&self) -> usize;

    /// C where targets are numbers, 0 where they are classes.
    fn values(&self) -> usize;

    /// Fills a batch with samples by their numbers, as they are in an epoch: a function of both alone, so that a resumed
    /// run sees the same.
    fn fill(&self, epoch: u64, rows: &[u32], batch: &mut Batch<T>);
}
