//! BLAS keeps to one thread whatever the environment asks for: in the library, from a thread with a small stack.

use luckflow::experiment::theorem5::Theorem5;
use luckflow::experiment::{Experiment, Silent};

#[path = "common/scenario.rs"]
mod common;

// As it comes with OpenBLAS.
unsafe extern "C" {
    fn openblas_set_num_threads(threads: std::ffi::c_int);
    fn openblas_get_num_threads() -> std::ffi::c_int;
}

#[test]
fn factorisations_on_several_threads_of_blas_do_not_overflow_a_small_stack() {
    // SAFETY: plain integers, and no other thread calls BLAS here.
    unsafe { openblas_set_num_threads(2) };
    let text = r#"
        experiment = "theorem5"
        teacher = { input_dim = 100, nodes = 5, threshold = 2.5, outputs = 5 }
        student = { extra = 100, theta0 = 0.1, e0 = 0.05 }
        integrate = { horizon = 1.0, outputs = 10 }
    "#;
    let scenario = common::interpret(text, &[] as &[&str]);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).stack_size(2 << 20).build().unwrap();
    let experiment: &Theorem5 = scenario.get().unwrap();
    let outcome = pool.install(|| experiment.simulate(&Silent)).unwrap();
    assert!(outcome.joint.is_some());
    // SAFETY: as above.
    assert_eq!(unsafe { openblas_get_num_threads() }, 1);
}

#[test]
fn there_is_one_way_to_lapack() {
    let mut left = vec![std::path::PathBuf::from("src")];
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if !path.ends_with("linalg.rs") && !path.ends_with("tests.rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(!text.contains("ndarray_linalg::"), "{}", path.display());
        }
    }
}
