//! luckflow for Python: what `luckflow/*.py` calls.

mod arrays;
mod attack;
mod errors;
mod flow;
mod folders;
mod images;
mod job;
mod list;
mod network;
mod overlap;
mod proofs;
mod run;
mod sweep;
mod theory;

use pyo3::prelude::*;

/// The compiled part of the package.
#[pymodule]
mod _luckflow {
    #[pymodule_export]
    use crate::attack::attacks;
    #[pymodule_export]
    use crate::flow::FlowField;
    #[pymodule_export]
    use crate::flow::trajectory::simulate;
    #[pymodule_export]
    use crate::folders::{compare_folders, draw, find, merge, report, report_page, status};
    #[pymodule_export]
    use crate::images::ImageSet;
    #[pymodule_export]
    use crate::list::{experiments, explain, new, scenario_text, shipped};
    #[pymodule_export]
    use crate::network::DeepNetwork;
    #[pymodule_export]
    use crate::overlap::{kernel, overlaps, overlaps_mc};
    #[pymodule_export]
    use crate::proofs::{check_certificates, verify_claims};
    #[pymodule_export]
    use crate::run::{RunOutcome, memory, run, to_inline_toml, to_toml};
    #[pymodule_export]
    use crate::sweep::{SweepPlan, SweepStore};
    #[pymodule_export]
    use crate::theory::{certificates, exact_rate, theorem4_rates};

    use super::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        job::end_in_order();
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
