//! Which of the teacher's classes the student gives to the held-out samples.

use super::figures::setting;
use super::{Outcome, Variant};
use crate::experiment::deep::keys::Base;
use crate::experiment::deep::problem::Problem;
use crate::measure::Confusion;
use crate::network::deep::Deep;
use crate::output::{Cell, Column, Table};
use crate::plot::{Axis, Figure};
use crate::sgd::{Loss, Targets, classes, outputs};

/// The teacher's class and the student's of each held-out sample; `None` where outputs are no classes.
pub(super) fn confusion(base: &Base, problem: &Problem, student: &Deep<f32>) -> Option<Confusion> {
    let are_classes = base.teacher.training.is_some() || base.training.training.loss == Loss::CrossEntropy;
    if !are_classes {
        return None;
    }
    let said = outputs(student, problem.held_out.inputs.view());
    let of_student = classes(said.view());
    let of_teacher = match &problem.held_out.targets {
        Targets::Values(values) => classes(values.view()),
        Targets::Classes(classes) => classes.clone(),
    };
    Some(Confusion::between(&of_teacher, &of_student, said.ncols()))
}

/// `confusion.csv`: a row for each pair of classes of each training; `None` where there are no classes.
pub(super) fn table(outcome: &Outcome) -> Option<Table<'_>> {
    let columns = vec![
        Column::text("label", "which training"),
        Column::count("teacher_class", "largest output of the teacher, from 0"),
        Column::count("student_class", "largest output of the student, from 0"),
        Column::count("samples", "held-out samples with both"),
    ];
    let runs = outcome.runs.iter();
    let found = runs.filter_map(|run| Some((&run.label, run.confusion.as_ref()?)));
    found.clone().next()?;
    let rows = found.flat_map(|(label, confusion)| {
        confusion.counts.iter().enumerate().flat_map(move |(row, counts)| {
            counts.iter().enumerate().map(move |(column, &count)| {
                let counts = [row, column, count as usize].map(Cell::from);
                [label.clone().into()].into_iter().chain(counts).collect()
            })
        })
    });
    Some(Table::new("confusion.csv", columns, rows))
}

/// Both classes of all held-out samples, over the seeds of a variant.
pub(super) fn figure(outcome: &Outcome, variant: Variant) -> Option<Figure> {
    let all: Vec<&Confusion> = outcome.of(variant).filter_map(|run| run.confusion.as_ref()).collect();
    let classes = all.first()?.counts.len();
    let sum = |cell: usize| -> u64 {
        let of_one = |one: &&Confusion| one.counts[cell / classes][cell % classes];
        all.iter().map(of_one).sum()
    };
    let sums: Vec<u64> = (0..classes * classes).map(sum).collect();
    let samples: u64 = sums.iter().sum();
    let same: u64 = (0..classes).map(|class| sums[class * (classes + 1)]).sum();
    let most = sums.iter().copied().max().unwrap_or(0).max(2);
    let values = sums.iter().map(|&count| match count {
        0 => f64::NAN,
        count => count as f64,
    });
    let axis = |label: &str| Axis {
        label: label.into(),
        cells: (0..classes).map(|class| class as f64).collect(),
        names: (0..classes).map(|class| class.to_string()).collect(),
        ..Axis::default()
    };
    let title = format!(
        "Student and teacher give the same class to {:.1} % of {samples} held-out samples",
        100.0 * same as f64 / samples as f64
    );
    let seeds = match all.len() {
        1 => "One seed".to_owned(),
        seeds => format!("{seeds} seeds together"),
    };
    let figure = Figure::new(title)
        .caption("How many held-out samples have each class of the teacher and each of the student; on the diagonal both agree.")
        .setting(setting(outcome, variant))
        .axes(axis("class of the student"), axis("class of the teacher"))
        .heat("held-out samples", values.collect(), [1.0, most as f64])
        .note(format!("{seeds}. Blank: none."));
    Some(figure)
}
