//! Which bounds are violated how often, in words: for titles.

use super::data::Data;
use crate::experiment::seen::list;
use crate::theory::Verdict;

/// "Violated: printed in 15 and sharp in 2 of 100 cells, derived in none": of those that claim to be lower bounds.
pub fn violated(data: &Data, cells: &[usize]) -> String {
    let bounds = (0..data.bounds.len()).filter(|&place| data.bounds[place].is_lower());
    let counted = bounds.map(|place| {
        let is = |&&cell: &&usize| data.rates[cell][place].verdict == Some(Verdict::Violated);
        (data.bounds[place].label, cells.iter().filter(is).count())
    });
    let (some, never): (Vec<_>, Vec<_>) = counted.partition(|(_, count)| *count > 0);
    let all = cells.len();
    if some.is_empty() {
        return format!("No bound is violated in any of {all} cells");
    }
    let some = some.iter().map(|(name, count)| format!("{name} in {count}"));
    let said = list(&some.collect::<Vec<_>>());
    let never: Vec<&str> = never.into_iter().map(|(name, _)| name).collect();
    match never.is_empty() {
        true => format!("Violated: {said} of {all} cells"),
        false => format!("Violated: {said} of {all} cells, {} in none", list(&never)),
    }
}
