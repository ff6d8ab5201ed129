//! luckflow
pub mod blas;
pub mod experiment;
pub mod flow;
pub mod integrate;
pub mod measure;
pub mod network;
pub mod overlap;
pub mod report;
pub mod rng;
pub mod scenario;
pub mod theory;
