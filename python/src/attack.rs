//! The search for a start at which a bound fails.

use crate::run::Given;
use crate::{errors, job};
use luckflow::bound::Standing;
use luckflow::experiment::Scenario;
use luckflow::falsify::Search;
use luckflow::verify::{attack, can_attack};
use numpy::IntoPyArray;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

/// Most starts and steps of a search, as on the command line.
const MOST: u64 = 1_000_000;

/// Attacks on every bound of a scenario that claims something, with W*: b, the attacks, and what nothing is known against.
#[pyfunction]
pub fn attacks<'py>(
    py: Python<'py>,
    given: Given,
    starts: u64,
    iterations: u64,
    teachers: u64,
) -> PyResult<Bound<'py, PyDict>> {
    for (name, count) in [("starts", starts), ("iterations", iterations)] {
        if !(1..=MOST).contains(&count) {
            let allowed = format!("a whole number from 1 to {MOST}");
            return Err(errors::argument(name, count, allowed));
        }
    }
    if teachers > MOST {
        let allowed = format!("a whole number from 0 to {MOST}");
        return Err(errors::argument("teachers", teachers, allowed));
    }
    let document = given.document()?;
    let place = document.path.display().to_string();
    let scenario = Scenario::interpret(document).map_err(errors::scenario)?;
    if !can_attack(&scenario) {
        let found = format!("\"{}\"", scenario.kind().name);
        let allowed = "one with bounds that can be attacked, \"theorem4\" or \"theorem5\"";
        return Err(errors::argument("experiment", found, allowed));
    }
    let found = job::watched(py, None, move |hooks| {
        let search = Search {
            starts: starts as usize,
            iterations: iterations as usize,
            seed: scenario.seed(),
            hooks,
        };
        attack(&scenario, &search, teachers)
    })?;
    let found = found.map_err(|error| errors::experiment(&error, &place))?;
    let found = found.expect("there is something to attack");
    let attacks = PyList::empty(py);
    for attack in found.attacks {
        let one = PyDict::new(py);
        one.set_item("bound", attack.bound.name)?;
        one.set_item("proven", attack.bound.standing == Standing::Proven)?;
        one.set_item("claimed", attack.claimed)?;
        one.set_item("ratio", attack.found.ratio)?;
        let in_region = attack.in_region.as_ref();
        let more = in_region.map_or(0, |found| found.evaluations);
        one.set_item("in_region", in_region.map(|found| found.ratio))?;
        one.set_item("evaluations", attack.found.evaluations + more)?;
        one.set_item("W", attack.found.weights.into_pyarray(py))?;
        one.set_item("W_star", attack.teacher.into_pyarray(py))?;
        let fan_out = attack.found.fan_out;
        one.set_item("V", fan_out.map(|v| v.into_pyarray(py)))?;
        let fan_out = attack.teacher_fan_out;
        one.set_item("V_star", fan_out.map(|v| v.into_pyarray(py)))?;
        attacks.append(one)?;
    }
    let all = PyDict::new(py);
    all.set_item("attacks", attacks)?;
    all.set_item("b", found.threshold)?;
    all.set_item("without_search", found.without_search)?;
    Ok(all)
}
