//! Deep networks: their layers, and experiments on them end to end in the library.

#[path = "../common/scenario.rs"]
mod common;

mod beside_flow;
mod channels;
mod convolution;
mod experiments;
mod images;
mod network;
mod stopped;
