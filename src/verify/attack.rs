//! A scenario's bounds under attack: the start within their premises at which each comes closest to failing, and the teacher, if asked.

use crate::bound::{Bound, Facts, Measure, Premise, THEOREM4, THEOREM5};
use crate::experiment::theorem4::Theorem4;
use crate::experiment::theorem5::{Certificates, Theorem5};
use crate::experiment::{Experiment, ExperimentError, Scenario};
use crate::falsify::{self, Found, Search, Within};
use crate::network::draw;
use crate::overlap::gaussian::normal::tail;
use crate::rng;
use crate::theory::assumption3::{Assumption3, TeacherAngles};
use crate::theory::certificate::Problem;
use crate::theory::euclidean::{Certificate, Start};
use ndarray::{Array2, ArrayView2};
use rand::RngExt;

/// A claim below this, in units of Q(b), drowns in the rounding of a rate: other teachers are not searched at for it.
const SMALLEST_CLAIM: f64 = 1e-3;

/// Where every so many teachers one is drawn anew; the others are near the worst one.
const ANEW: u64 = 3;

/// What a search against one bound came to.
#[derive(Debug)]
pub struct Attack {
    /// Which bound.
    pub bound: &'static Bound,
    /// λ, for θ₀ or the start of the scenario, and this teacher.
    pub claimed: f64,
    /// W\*, in the dimensions of the start that was found, a node per column: the scenario's, unless others were tried.
    pub teacher: Array2<f64>,
    /// V\*, m × C, of a flow in which V runs.
    pub teacher_fan_out: Option<Array2<f64>>,
    /// The smallest rate over λ of all starts that the claim is for: below 1 the bound is refuted.
    pub found: Found,
    /// The same over the region that no run leaves, where the claim is for all of its states.
    pub in_region: Option<Found>,
}

/// All attacks on a scenario.
#[derive(Debug)]
pub struct Attacks {
    /// b
    pub threshold: f64,
    /// On each bound that claims something and that can be searched against.
    pub attacks: Vec<Attack>,
    /// Names of bounds that claim something and for which there is no search.
    pub without_search: Vec<&'static str>,
}

/// Whether a scenario has bounds that can be attacked: one of Theorem 4 or 5.
pub fn can_attack(scenario: &Scenario) -> bool {
    scenario.get::<Theorem4>().is_some() || scenario.get::<Theorem5>().is_some()
}

/// Attacks a scenario's bounds; `None` where [`can_attack`] says so. The same for any number of threads.
///
/// At `teachers` more teachers of as many nodes and coordinates the bounds are computed and attacked too: orthonormal, random, equiangular,
/// antipodal ones, and changes of the one at which the ratio was smallest.
///
/// # Errors
/// A scenario that cannot be prepared.
pub fn attack(scenario: &Scenario, search: &Search, teachers: u64) -> Result<Option<Attacks>, ExperimentError> {
    if let Some(scenario) = scenario.get::<Theorem4>() {
        return of_theorem4(scenario, search, teachers).map(Some);
    }
    scenario.get::<Theorem5>().map(|scenario| of_theorem5(scenario, search, teachers)).transpose()
}

fn of_theorem4(scenario: &Theorem4, search: &Search, teachers: u64) -> Result<Attacks, ExperimentError> {
    let setup = scenario.prepare()?;
    let unmet = setup.unmet(scenario);
    let teacher = setup.network.teacher.weights.clone();
    let premises = Premises {
        threshold: setup.assumption.threshold,
        theta0: setup.assumption.theta0,
        search,
    };
    let bounds = THEOREM4.iter();
    let bounds = bounds.filter(|bound| bound.is_lower() && bound.applies(&unmet));
    let (of_steps, of_the_flow): (Vec<_>, Vec<_>) = bounds.partition(|bound| bound.premises.contains(&Premise::Steps));
    let attacks = of_the_flow.into_iter().filter_map(|bound| {
        let at = |teacher: &Array2<f64>, least| premises.attack(bound, teacher.view(), least);
        let least = SMALLEST_CLAIM * setup.assumption.d0;
        worst(at, &teacher, search, (teachers, least))
    });
    Ok(Attacks {
        threshold: premises.threshold,
        attacks: attacks.collect(),
        without_search: of_steps.into_iter().map(|bound| bound.name).collect(),
    })
}

/// The starts that Theorem 4's bounds are for.
struct Premises<'a> {
    threshold: f64,
    theta0: f64,
    search: &'a Search<'a>,
}

impl Premises<'_> {
    /// On one bound at one teacher, k × m; `None` where it claims no more than `least`.
    fn attack(&self, bound: &'static Bound, teacher: ArrayView2<f64>, least: f64) -> Option<Attack> {
        let angles = TeacherAngles::of(teacher);
        let assumption = Assumption3::measure(&angles, self.threshold, self.theta0);
        let facts = Facts {
            assumption: Some(&assumption),
            angles: Some(&angles),
            teacher: Some(teacher),
            ..Facts::default()
        };
        let claimed = (bound.evaluate)(&facts).filter(|claimed| *claimed > least)?;
        let (b, theta0, search) = (self.threshold, self.theta0, self.search);
        let distance = |region| falsify::distance(teacher, b, region, claimed, search);
        let (found, in_region) = match bound.measure {
            Measure::Distance => {
                let region = Certificate::of(teacher, b, Start::Within(theta0))?;
                let wider = [region.radius, region.largest_angle];
                (distance([region.radius, theta0]), Some(distance(wider)))
            }
            measure => {
                let found = falsify::angle(teacher, b, theta0, (measure, claimed), search);
                (found, None)
            }
        };
        Some(Attack {
            bound,
            claimed,
            teacher: draw::pad_rows(teacher, teacher.nrows() + falsify::EXTRA),
            teacher_fan_out: None,
            found,
            in_region,
        })
    }
}

impl Attack {
    /// The smallest ratio.
    pub fn least(&self) -> f64 {
        let in_region = self.in_region.as_ref();
        in_region.map_or(self.found.ratio, |found| found.ratio.min(self.found.ratio))
    }
}

/// The attack of the smallest ratio, at the given teacher and at more where more than `least` is claimed.
fn worst(
    attack: impl Fn(&Array2<f64>, f64) -> Option<Attack>,
    given: &Array2<f64>,
    search: &Search,
    (teachers, least): (u64, f64),
) -> Option<Attack> {
    let mut best = attack(given, 0.0);
    let mut at = given.clone();
    for number in 0..teachers {
        if search.hooks.interrupted() {
            break;
        }
        let mut stream = rng::stream(search.seed, "falsify teacher", &[number]);
        let anew = number % ANEW == 0 || best.is_none();
        let teacher = match anew {
            true => falsify::draw_teacher(&mut stream, [given.nrows(), given.ncols()]).1,
            false => {
                let step = 10f64.powf(-2.0 * stream.random::<f64>());
                falsify::nearby_teacher(&mut stream, &at, step)
            }
        };
        let Some(found) = attack(&teacher, least) else {
            continue;
        };
        if best.as_ref().is_none_or(|best| found.least() < best.least()) {
            (best, at) = (Some(found), teacher);
        }
    }
    best
}

fn of_theorem5(scenario: &Theorem5, search: &Search, teachers: u64) -> Result<Attacks, ExperimentError> {
    let setup = scenario.prepare()?;
    let mut all = Attacks {
        threshold: setup.network.teacher.thresholds[0],
        attacks: Vec::new(),
        without_search: Vec::new(),
    };
    let Some(problem) = setup.problem() else {
        return Ok(all);
    };
    for bound in THEOREM5 {
        let at = |teacher: &Array2<f64>, least| {
            let mut problem = problem.clone();
            problem.teacher.assign(teacher);
            of_problem(bound, &problem, least, search)
        };
        let least = SMALLEST_CLAIM * tail(problem.threshold);
        let found = worst(at, &problem.teacher, search, (teachers, least));
        all.attacks.extend(found);
    }
    Ok(all)
}

/// On one of Theorem 5's bounds; `None` where it claims no more than `least`.
fn of_problem(bound: &'static Bound, problem: &Problem, least: f64, search: &Search) -> Option<Attack> {
    let certificates = Certificates::of(problem, false);
    let start = Within::start(problem);
    let (claimed, found, region) = match bound.measure {
        Measure::WeightedNorm => {
            let certificate = certificates.comparison.as_ref();
            let certificate = certificate.filter(|claim| claim.rate > least)?;
            let claim = (certificate.weights.to_vec(), certificate.rate);
            let region = Within::comparison(problem, certificate);
            let on = |set: &Within| falsify::weighted(problem, set, (claim.0.as_slice(), claim.1), search);
            (claim.1, on(&start), on(&region))
        }
        _ => {
            let certificate = certificates.euclidean.as_ref();
            let certificate = certificate.filter(|claim| claim.rate > least)?;
            let rate = certificate.rate;
            let region = Within::euclidean(problem, certificate);
            let on = |set: &Within| falsify::joint(problem, set, rate, search);
            (rate, on(&start), on(&region))
        }
    };
    let coordinates = problem.teacher.nrows() + falsify::EXTRA;
    Some(Attack {
        bound,
        claimed,
        teacher: draw::pad_rows(problem.teacher.view(), coordinates),
        teacher_fan_out: Some(problem.teacher_fan_out.clone()),
        found,
        in_region: Some(region),
    })
}
