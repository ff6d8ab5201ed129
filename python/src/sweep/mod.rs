//! Sweeps: in this process, or point by point wherever Python runs them.

mod plan;
mod store;

pub use plan::SweepPlan;
pub use store::SweepStore;

use crate::errors;
use luckflow::output::Folder;
use luckflow::sweep::aggregate::Form;
use luckflow::sweep::report::{ShowError, show};
use luckflow::sweep::{Condition, Plan, Refinement, Rounds, RoundsError, Shard, StoreError, Until};
use pyo3::exceptions::{PyOSError, PyUserWarning};
use pyo3::prelude::*;
use std::ffi::CString;

/// How a sweep is gone about: what the command line has as options.
#[derive(FromPyObject)]
pub struct Manner {
    /// Points at a time.
    jobs: usize,
    /// i/k, auto or auto/k.
    shard: String,
    fail_fast: bool,
    refine: Option<String>,
    coarse: u64,
    until: Option<String>,
    /// Whether aggregates and figures are wanted.
    draw: bool,
    columns: Option<Vec<String>>,
    long: bool,
}

impl Manner {
    /// What is aggregated, held to the columns that there are; none where nothing is drawn, as of a shard.
    fn form(&self, plan: &Plan, shard: Shard) -> PyResult<Option<Form>> {
        let form = form(self.columns.clone(), self.long);
        let columns = plan.kind().columns();
        form.check(&columns).map_err(|mistake| errors::in_words(&mistake.to_string()))?;
        Ok(Some(form).filter(|_| self.draw && shard == Shard::WHOLE))
    }

    fn shard(&self, plan: &Plan) -> PyResult<Shard> {
        let mistake = |words: String| errors::in_words(&words);
        let variable = |name: &str| std::env::var(name).ok();
        let shard = Shard::named(&self.shard, variable).map_err(mistake)?;
        shard.check(plan.points()).map_err(mistake)?;
        let in_rounds = self.refine.as_ref().or(self.until.as_ref());
        if let (false, Some(condition)) = (shard == Shard::WHOLE, in_rounds) {
            let found = format!("{shard} beside \"{condition}\"");
            let allowed = "the whole sweep with refine or until, which look at all rows";
            return Err(errors::argument("shard", found, allowed));
        }
        Ok(shard)
    }

    fn rounds(&self, plan: &Plan) -> PyResult<Option<Box<dyn Rounds>>> {
        let rounds = match (&self.refine, &self.until) {
            (None, None) => return Ok(None),
            (Some(_), Some(until)) => {
                let found = format!("\"{until}\" beside refine");
                return Err(errors::argument("until", found, "one of them"));
            }
            (Some(text), None) => Refinement {
                condition: condition("refine", text)?,
                coarse: self.coarse.max(1),
            }
            .rounds(plan),
            (None, Some(text)) => Until {
                condition: condition("until", text)?,
            }
            .rounds(plan),
        };
        rounds.map(Some).map_err(refused_round)
    }
}

/// What is aggregated.
pub fn form(columns: Option<Vec<String>>, long: bool) -> Form {
    Form { columns, long }
}

/// A condition, as the command line has it.
pub fn condition(argument: &str, text: &str) -> PyResult<Condition> {
    text.parse().map_err(|mistake: String| errors::in_words(&format!("{argument}: {mistake}")))
}

/// Draws what the command line draws; gives the paths of what was written.
pub fn drawn(folder: &Folder, form: &Form) -> Result<Vec<String>, ShowError> {
    let shown = show(folder, form)?;
    let paths = shown.written.iter();
    Ok(paths.map(|path| path.display().to_string()).collect())
}

/// A sweep that cannot be shown.
pub fn unshown(error: ShowError) -> PyErr {
    match error {
        ShowError::Column(mistake) => errors::in_words(&mistake.to_string()),
        ShowError::Folder(error) => errors::folder(&error),
        other => PyOSError::new_err(errors::in_python(&other.to_string())),
    }
}

fn refused(error: StoreError) -> PyErr {
    match error {
        StoreError::Folder(error) => errors::folder(&error),
        other => PyOSError::new_err(errors::in_python(&other.to_string())),
    }
}

fn refused_round(error: RoundsError) -> PyErr {
    match error {
        RoundsError::Store(error) => refused(error),
        mistake => errors::in_words(&mistake.to_string()),
    }
}

/// Warns of what the user should know.
fn warn(py: Python<'_>, remarks: &[String]) -> PyResult<()> {
    remarks.iter().try_for_each(|remark| {
        let text = CString::new(remark.replace('\0', " "))?;
        PyErr::warn(py, &py.get_type::<PyUserWarning>(), &text, 2)
    })
}
