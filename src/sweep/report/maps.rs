//! Maps over two axes: verdicts, tightness, and what is left of Theorem 5's errors.

use super::contour;
use super::data::{Class, Data, Facet};
use crate::plot::{Fill, Lattice, Map, Panel, Ramp, Shade};

/// Levels below this are not told apart: that far down runs end by chance.
const NOISE: f64 = 1e-10;

/// An error above this at the end has not vanished.
const ALIVE: f64 = 1e-3;

/// Every map of a facet, with its file's name.
pub fn all(data: &Data, facet: &Facet) -> Vec<(&'static str, Map)> {
    let mut maps = vec![("verdicts", verdicts(data, facet))];
    maps.extend(tightness(data, facet).map(|map| ("tightness", map)));
    if data.kind.name == "theorem5" {
        maps.extend(limits(data, facet).map(|map| ("limits", map)));
        maps.extend(smallest_overlap(data, facet).map(|map| ("lambda_min_L", map)));
    }
    maps
}

fn lattices(data: &Data, facet: &Facet) -> (Lattice, Lattice) {
    let [x, y] = facet.axes;
    (data.axes[x].lattice(), data.axes[y].lattice())
}

fn title(data: &Data, facet: &Facet, what: &str) -> String {
    let mut title = format!("{what}. {}", data.title());
    for fixed in &facet.fixed {
        title += &format!(", {fixed}");
    }
    title
}

fn verdicts(data: &Data, facet: &Facet) -> Map {
    let (x, y) = lattices(data, facet);
    let mut present = Vec::new();
    let panels = bounds(data)
        .map(|place| {
            let class = |cell: &Option<usize>| cell.map(|cell| data.rates[cell][place].class);
            let classes: Vec<Option<Class>> = facet.cells.iter().map(class).collect();
            present.extend(classes.iter().flatten());
            let shades = || classes.iter().map(|class| class.map(shade));
            Panel {
                title: data.bounds[place].label.to_owned(),
                fills: shades()
                    .map(|shade| shade.map_or(Fill::Blank, Fill::Class))
                    .collect(),
                hatched: shades()
                    .map(|shade| shade.is_some_and(|shade| shade.is_hatched()))
                    .collect(),
                contour: gamma_zero(data, facet, place, &x, &y),
            }
        })
        .collect::<Vec<_>>();
    present.sort_unstable();
    present.dedup();
    Map {
        title: title(data, facet, "Where the bounds hold"),
        contour: contour_label(&panels),
        panels,
        classes: present
            .into_iter()
            .map(|class| (label(class, data.seeds), shade(class)))
            .collect(),
        ramp: None,
        hatching: None,
        notes: Vec::new(),
        x,
        y,
    }
}

fn tightness(data: &Data, facet: &Facet) -> Option<Map> {
    let (x, y) = lattices(data, facet);
    let of = |place: usize, cell: &Option<usize>| data.rates[(*cell)?][place].tightness;
    // Without its factor d₀ the poster's rate is on another scale.
    let shown = || bounds(data).filter(|&place| data.bounds[place].name != "printed");
    let all = || shown().flat_map(|place| facet.cells.iter().filter_map(move |c| of(place, c)));
    let least = all().fold(1.0, f64::min);
    let greatest = all().fold(1.0, f64::max);
    all().next()?;
    let panels: Vec<Panel> = shown()
        .map(|place| {
            let values = || facet.cells.iter().map(move |cell| of(place, cell));
            let is_violated = |cell: &Option<usize>| {
                cell.is_some_and(|cell| data.rates[cell][place].class == Class::Violated)
            };
            Panel {
                title: data.bounds[place].label.to_owned(),
                fills: values()
                    .zip(&facet.cells)
                    .map(|(level, cell)| match (level, cell) {
                        (Some(level), _) => Fill::Level(level),
                        (None, Some(_)) => Fill::Class(Shade::VACUOUS),
                        (None, None) => Fill::Blank,
                    })
                    .collect(),
                hatched: facet.cells.iter().map(is_violated).collect(),
                contour: gamma_zero(data, facet, place, &x, &y),
            }
        })
        .collect();
    let any_hatched = panels.iter().any(|panel| panel.hatched.contains(&true));
    let vacuous = Fill::Class(Shade::VACUOUS);
    let any_vacuous = panels.iter().any(|panel| panel.fills.contains(&vacuous));
    let vacuous = ("vacuous, or nothing to compare with".into(), Shade::VACUOUS);
    Some(Map {
        title: title(data, facet, "How tight the bounds are"),
        contour: contour_label(&panels),
        panels,
        classes: if any_vacuous {
            vec![vacuous]
        } else {
            Vec::new()
        },
        ramp: Some(Ramp {
            label: "bound / simulated rate".into(),
            range: [least.max(1e-2), greatest.clamp(1.001, 1e2)],
        }),
        hatching: any_hatched.then(|| "violated: above 1".into()),
        notes: vec!["Median over the runs of a cell.".into()],
        x,
        y,
    })
}

/// The three errors at the end of Theorem 5's runs.
fn limits(data: &Data, facet: &Facet) -> Option<Map> {
    let names = [
        ("w_u_final", "W_u → W*: largest angle"),
        ("v_u_final", "V_u → V*: largest ‖v − v*‖"),
        ("v_r_final", "V_r → 0: largest ‖v‖"),
    ];
    let mut map = levels(
        data,
        facet,
        &names,
        "error at the end of the run",
        |value| value > ALIVE,
    )?;
    map.title = title(data, facet, "Errors at the end");
    map.hatching = map
        .panels
        .iter()
        .any(|panel| panel.hatched.contains(&true))
        .then(|| "above 10⁻³: has not vanished".into());
    Some(map)
}

fn smallest_overlap(data: &Data, facet: &Facet) -> Option<Map> {
    let names = [("lambda_min_L", "λ_min(L) at the end")];
    let mut map = levels(data, facet, &names, "smallest eigenvalue of L", |_| false)?;
    map.title = title(data, facet, "How independent the student nodes are");
    Some(map)
}

/// A panel per column, on one ramp.
fn levels(
    data: &Data,
    facet: &Facet,
    names: &[(&str, &str)],
    label: &str,
    hatch: fn(f64) -> bool,
) -> Option<Map> {
    let (x, y) = lattices(data, facet);
    let of = |name: &str, cell: &Option<usize>| {
        Some(data.extra((*cell)?, name)?.median).filter(|value| value.is_finite())
    };
    let positive = || {
        let values = names
            .iter()
            .flat_map(|&(name, _)| facet.cells.iter().filter_map(move |cell| of(name, cell)));
        values.filter(|&value| value > 0.0)
    };
    let least = positive().reduce(f64::min)?.max(NOISE);
    let greatest = positive().fold(least, f64::max);
    let panel = |&(name, title): &(&str, &str)| {
        let values = || facet.cells.iter().map(move |cell| of(name, cell));
        Panel {
            title: title.to_owned(),
            fills: values()
                .zip(&facet.cells)
                .map(|(value, cell)| match (value, cell) {
                    (Some(value), _) => Fill::Level(value.max(least)),
                    (None, Some(_)) => Fill::Class(Shade::FAILED),
                    (None, None) => Fill::Blank,
                })
                .collect(),
            hatched: values().map(|value| value.is_some_and(hatch)).collect(),
            contour: Vec::new(),
        }
    };
    Some(Map {
        title: String::new(),
        panels: names.iter().map(panel).collect(),
        classes: Vec::new(),
        ramp: Some(Ramp {
            label: label.into(),
            range: [least, (1.01 * least).max(greatest)],
        }),
        hatching: None,
        contour: None,
        notes: vec!["Median over the runs of a cell; at least 10⁻¹⁰.".into()],
        x,
        y,
    })
}

/// Those that claim to be lower bounds.
fn bounds(data: &Data) -> impl Iterator<Item = usize> + '_ {
    (0..data.bounds.len()).filter(|&place| data.bounds[place].is_lower())
}

fn gamma_zero(
    data: &Data,
    facet: &Facet,
    place: usize,
    x: &Lattice,
    y: &Lattice,
) -> Vec<[(f64, f64); 2]> {
    let columns = x.values.len();
    contour::zero(x, y, |column, row| {
        data.rates[facet.cells[row * columns + column]?][place].gamma
    })
}

fn contour_label(panels: &[Panel]) -> Option<String> {
    let any = panels.iter().any(|panel| !panel.contour.is_empty());
    any.then(|| "γ = 0: beyond it the bound claims nothing".into())
}

fn shade(class: Class) -> Shade {
    match class {
        Class::Violated => Shade::VIOLATED,
        Class::Holds => Shade::HOLDS,
        Class::Vacuous => Shade::VACUOUS,
        Class::Untested | Class::NotApplicable | Class::Undecided => Shade::UNTESTED,
        Class::Failed => Shade::FAILED,
    }
}

fn label(class: Class, seeds: usize) -> String {
    let word = match class {
        Class::Violated if seeds > 1 => "violated in some run",
        Class::Violated => "violated",
        Class::Holds => "holds",
        Class::NotApplicable => "not applicable: a premise is not met",
        Class::Undecided => "undecided: within the run's own error",
        Class::Vacuous => "vacuous: the bound is not positive",
        Class::Untested => "untested",
        Class::Failed => "the run failed",
    };
    word.into()
}
