//! One evaluation of P small flows at once.

use super::pairs::{Close, List};
use super::tiles::{gather, spread};
use super::vectors::{Entries, add, chords, combine, dot, products, scale, zeros};
use super::{Constants, Shape};
use crate::overlap::HalfAngle;
use crate::overlap::gaussian::{ArcCosine, KernelTable, fused};
use multiversion::{multiversion, target::target_cfg_f};
use std::array;
use std::sync::Arc;

/// What a flow asks for.
pub struct Ask<'a> {
    /// Its constants.
    pub constants: &'a Constants,
    /// Where it is.
    pub state: &'a [f64],
    /// Where the velocity goes, and in the last place ‖Ẇ‖² + ‖V̇‖².
    pub velocity: &'a mut [f64],
    /// Where, if it is wanted, Σ β∘L − 2 Σ β\*∘L\* goes: of twice the loss what changes.
    pub loss: Option<&'a mut f64>,
}

/// Working memory of P flows of a shape; in each matrix an entry is P numbers, those of the lanes.
#[derive(Debug)]
pub struct Lanes<const P: usize> {
    shape: Shape,
    /// Which flow's constants a lane holds; 0 for none.
    occupants: [u64; P],
    tables: [Option<Arc<KernelTable>>; P],
    /// Unit nodes, students before teachers, (n + m) × k.
    nodes: Entries<P>,
    norms: Entries<P>,
    /// [−V; V*], (n + m) × C.
    fan_out: Entries<P>,
    /// [−β, β*], n × (n + m).
    beta: Entries<P>,
    /// Cosines of pairs from the diagonal on, n × (n + m).
    cosines: Entries<P>,
    /// A row of [−β, β*] ∘ [D, D*], n + m.
    h: Entries<P>,
    /// Pairs that need their chords.
    close: Close<P>,
    /// [D, D*], n × (n + m).
    gates: Entries<P>,
    /// [L, L*], n × (n + m).
    activations: Entries<P>,
    /// dWᵀ/dt, n × k, then dV/dt, n × C.
    velocity: Entries<P>,
    /// Pairs of one lane, where they are looked up lane by lane.
    list: List,
}

/// Compiled for each of some processors; which it is, is seen where it runs.
#[multiversion(targets("x86_64+avx512f+fma", "x86_64+avx2+fma"))]
fn evaluate<const P: usize>(lanes: &mut Lanes<P>, asks: [Option<Ask>; P]) {
    lanes.evaluate_with::<{ target_cfg_f!(target_feature = "fma") }>(asks);
}

impl<const P: usize> Lanes<P> {
    /// For flows of a shape; no lane is taken.
    pub fn new(shape: Shape) -> Self {
        let Shape { n, nodes, k, outputs } = shape;
        Self {
            shape,
            occupants: [0; P],
            tables: array::from_fn(|_| None),
            nodes: zeros(nodes * k),
            norms: zeros(n),
            fan_out: zeros(nodes * outputs),
            beta: zeros(n * nodes),
            cosines: zeros(n * nodes),
            h: zeros(nodes),
            close: Close::of(n * nodes),
            gates: zeros(n * nodes),
            activations: zeros(n * nodes),
            velocity: zeros(n * (k + outputs)),
            list: List::default(),
        }
    }

    /// Of its flows.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Writes the velocity of each lane that asks. O(P (n (n + m) (k + 2C) + n (n + m))), nothing is allocated but at first.
    pub fn evaluate(&mut self, asks: [Option<Ask>; P]) {
        evaluate(self, asks);
    }

    /// The same for callers that are compiled for a processor.
    #[inline(always)]
    pub(super) fn evaluate_with<const FMA: bool>(&mut self, mut asks: [Option<Ask>; P]) {
        // What lanes that ask nothing hold is of an earlier time, and not looked at.
        let asking = asks.each_ref().map(Option::is_some);
        for (lane, ask) in asks.iter().enumerate() {
            if let Some(ask) = ask.as_ref().filter(|ask| ask.constants.id != self.occupants[lane]) {
                self.occupy(lane, ask.constants);
            }
        }
        let Some(first) = asks.iter().flatten().next().map(|ask| ask.state) else {
            return;
        };
        self.load::<FMA>(asks.each_ref().map(|ask| ask.as_ref().map_or(first, |ask| ask.state)));
        self.normalize::<FMA>();
        self.cosines::<FMA>();
        let closed_form = self.closed_form(asking);
        // Where V is fixed, L is of use for the loss alone.
        let with_losses = asks.iter().flatten().any(|ask| ask.loss.is_some());
        let with_activations = self.shape.outputs > 0 || with_losses;
        self.kernels::<FMA>(asking, closed_form.as_ref(), with_activations);
        self.mend::<FMA>(asking, closed_form.as_ref());
        self.mirror();
        let weights = self.velocity_of_weights::<FMA>();
        let fan_out = self.velocity_of_fan_out::<FMA>();
        let losses = if with_losses { self.losses() } else { [0.0; P] };
        let mut entries = [const { None }; P];
        for (lane, (ask, entries)) in asks.iter_mut().zip(&mut entries).enumerate() {
            if let Some(ask) = ask {
                let (last, rest) = ask.velocity.split_last_mut().expect("holds the energy");
                *last = weights[lane] + fan_out[lane];
                *entries = Some(rest);
                if let Some(loss) = &mut ask.loss {
                    **loss = losses[lane];
                }
            }
        }
        spread::<FMA, P>(&self.velocity, entries);
    }

    /// Takes in the states.
    #[inline(always)]
    fn load<const FMA: bool>(&mut self, states: [&[f64]; P]) {
        let Shape { n, k, outputs, .. } = self.shape;
        gather::<FMA, P>(states, &mut self.nodes[..n * k]);
        let fan_out = &mut self.fan_out[..n * outputs];
        gather::<FMA, P>(states.map(|state| &state[n * k..]), fan_out);
        scale(fan_out, [-1.0; P]);
    }

    /// The lane's constants become those of another flow.
    fn occupy(&mut self, lane: usize, constants: &Constants) {
        let Shape { n, nodes, k, outputs } = self.shape;
        self.occupants[lane] = constants.id;
        let put = |to: &mut [[f64; P]], from: &[f64]| {
            to.iter_mut().zip(from).for_each(|(to, &x)| to[lane] = x);
        };
        put(&mut self.nodes[n * k..], &constants.teacher);
        match outputs {
            0 => put(&mut self.beta, &constants.fan_out),
            _ => put(&mut self.fan_out[n * outputs..], &constants.fan_out),
        }
        let itself = constants.table.at_zero();
        for j in 0..n {
            self.gates[j * nodes + j][lane] = itself.d;
            self.activations[j * nodes + j][lane] = itself.l;
        }
        self.tables[lane] = Some(Arc::clone(&constants.table));
    }

    /// Students to unit norm, where they are not zero.
    #[inline(always)]
    fn normalize<const FMA: bool>(&mut self) {
        let k = self.shape.k;
        for (node, norm) in self.nodes.chunks_exact_mut(k).zip(self.norms.iter_mut()) {
            let squares = dot::<FMA, P>(node, node);
            *norm = squares.map(f64::sqrt);
            scale(node, norm.map(|norm| if norm > 0.0 { 1.0 / norm } else { 0.0 }));
        }
    }

    /// w_j·w_i of students j with all nodes i after them.
    #[inline(always)]
    fn cosines<const FMA: bool>(&mut self) {
        let Shape { n, nodes, k, .. } = self.shape;
        for j in 0..n {
            let (own, after) = self.nodes[j * k..].split_at(k);
            let row = &mut self.cosines[j * nodes + j + 1..(j + 1) * nodes];
            products::<FMA, P>(row, own, after);
        }
    }

    /// The closed form of D and L, where each lane that asks has it.
    #[inline(always)]
    fn closed_form(&self, asking: [bool; P]) -> Option<ArcCosine> {
        let lanes = self.tables.iter().zip(asking).filter(|(_, asks)| *asks);
        let mut forms = lanes.map(|(table, _)| table.as_deref()?.closed_form());
        let first = forms.next()??;
        forms.all(|form| form.is_some()).then(|| first.clone())
    }

    /// D and, where it is wanted or costs nothing, L of the pairs, good where their cosine is safe.
    #[inline(always)]
    fn kernels<const FMA: bool>(&mut self, asking: [bool; P], closed_form: Option<&ArcCosine>, with_activations: bool) {
        let (n, nodes) = (self.shape.n, self.shape.nodes);
        if let Some(kernels) = closed_form {
            for j in 0..n {
                let row = j * nodes + j + 1..(j + 1) * nodes;
                let gates = self.gates[row.clone()].as_flattened_mut();
                gates.copy_from_slice(self.cosines[row.clone()].as_flattened());
                match with_activations {
                    true => kernels.row_with::<FMA>(gates, self.activations[row].as_flattened_mut()),
                    false => kernels.gates_with::<FMA>(gates),
                }
            }
            return;
        }
        let pairs = n * nodes - n * (n + 1) / 2;
        self.list.resize(pairs);
        for lane in 0..P {
            let Some(table) = self.tables[lane].as_ref().filter(|_| asking[lane]) else {
                continue;
            };
            let List { cosines, d, l, places } = &mut self.list;
            let mut free = &mut cosines[..];
            for j in 0..n {
                let row = &self.cosines[j * nodes + j + 1..(j + 1) * nodes];
                let to = free.split_off_mut(..row.len()).expect("an entry for each pair");
                to.iter_mut().zip(row).for_each(|(to, cosine)| *to = cosine[lane]);
            }
            table.at_cosines(cosines, d, l, places);
            let (mut d, mut l) = (&d[..], &l[..]);
            for j in 0..n {
                let row = j * nodes + j + 1..(j + 1) * nodes;
                let put = |to: &mut [[f64; P]], from: &mut &[f64]| {
                    let from = from.split_off(..to.len()).expect("an entry for each pair");
                    to.iter_mut().zip(from).for_each(|(to, x)| to[lane] = *x);
                };
                put(&mut self.gates[row.clone()], &mut d);
                put(&mut self.activations[row], &mut l);
            }
        }
    }

    /// Pairs whose cosine does not tell the angle, by their chords.
    #[inline(always)]
    fn mend<const FMA: bool>(&mut self, asking: [bool; P], closed_form: Option<&ArcCosine>) {
        let Shape { n, nodes, k, .. } = self.shape;
        let Close { pairs, minus, plus } = &mut self.close;
        pairs.clear();
        for j in 0..n {
            for i in j + 1..nodes {
                let cosine = self.cosines[j * nodes + i];
                // All of them are looked at: that goes by vectors.
                let all_safe = cosine.iter().fold(true, |all, rho| all & HalfAngle::rho_is_safe(*rho));
                if !all_safe {
                    let node = |i: usize| &self.nodes[i * k..(i + 1) * k];
                    [minus[pairs.len()], plus[pairs.len()]] = chords::<FMA, P>(node(j), node(i));
                    pairs.push(j * nodes + i);
                }
            }
        }
        let (minus, plus) = (&mut minus[..pairs.len()], &mut plus[..pairs.len()]);
        if let Some(kernels) = closed_form {
            kernels.at_chords::<FMA>(minus.as_flattened_mut(), plus.as_flattened_mut());
        }
        for (&at, (minus, plus)) in pairs.iter().zip(minus.iter_mut().zip(plus)) {
            let safe = self.cosines[at].map(HalfAngle::rho_is_safe);
            if closed_form.is_none() {
                for lane in (0..P).filter(|&lane| !safe[lane]) {
                    let table = self.tables[lane].as_deref().filter(|_| asking[lane]);
                    let own = (&mut minus[lane..=lane], &mut plus[lane..=lane]);
                    match table.map(|table| (table, table.closed_form())) {
                        Some((_, Some(kernels))) => kernels.at_chords::<FMA>(own.0, own.1),
                        Some((table, None)) => {
                            let value = table.at_with::<FMA>(HalfAngle::from_squares(own.0[0], own.1[0]));
                            (own.0[0], own.1[0]) = (value.d, value.l);
                        }
                        None => {}
                    }
                }
            }
            let mend = |to: &mut [f64; P], by: &[f64; P]| {
                *to = array::from_fn(|p| if safe[p] { to[p] } else { by[p] });
            };
            mend(&mut self.gates[at], minus);
            mend(&mut self.activations[at], plus);
        }
    }

    /// The lower half of the students' square is the upper one.
    #[inline(always)]
    fn mirror(&mut self) {
        let Shape { n, nodes, .. } = self.shape;
        for j in 0..n {
            for i in j + 1..n {
                let (at, other) = (j * nodes + i, i * nodes + j);
                self.gates[other] = self.gates[at];
                self.activations[other] = self.activations[at];
            }
        }
    }

    /// r_j P⊥_j Σ_i h_ji w_i; gives ‖Ẇ‖².
    #[inline(always)]
    fn velocity_of_weights<const FMA: bool>(&mut self) -> [f64; P] {
        let Shape { n, nodes, k, outputs } = self.shape;
        if outputs > 0 {
            for j in 0..n {
                let own = &self.fan_out[j * outputs..(j + 1) * outputs];
                let others = self.fan_out.chunks_exact(outputs);
                for (beta, other) in self.beta[j * nodes..].iter_mut().zip(others) {
                    *beta = dot::<FMA, P>(own, other).map(|product| -product);
                }
            }
        }
        let mut squares = [0.0; P];
        for (j, force) in self.velocity[..n * k].chunks_exact_mut(k).enumerate() {
            let row = j * nodes..(j + 1) * nodes;
            let pairs = self.gates[row.clone()].iter().zip(&self.beta[row]);
            for (h, (gate, beta)) in self.h.iter_mut().zip(pairs) {
                *h = array::from_fn(|p| gate[p] * beta[p]);
            }
            combine::<FMA, P>(force, &self.h, &self.nodes);
            let node = &self.nodes[j * k..(j + 1) * k];
            let back = dot::<FMA, P>(force, node).map(|along| -along);
            add::<FMA, P>(force, back, node);
            let norm = self.norms[j];
            for velocity in force {
                squares = array::from_fn(|p| fused::<FMA>(velocity[p], velocity[p], squares[p]));
                *velocity = array::from_fn(|p| norm[p] * velocity[p]);
            }
        }
        squares
    }

    /// L* V* − L V; gives ‖V̇‖².
    #[inline(always)]
    fn velocity_of_fan_out<const FMA: bool>(&mut self) -> [f64; P] {
        let Shape { n, nodes, k, outputs } = self.shape;
        let mut squares = [0.0; P];
        if outputs == 0 {
            return squares;
        }
        let out = self.velocity[n * k..].chunks_exact_mut(outputs);
        for (out, row) in out.zip(self.activations.chunks_exact(nodes)) {
            combine::<FMA, P>(out, row, &self.fan_out);
            for velocity in out {
                squares = array::from_fn(|p| fused::<FMA>(velocity[p], velocity[p], squares[p]));
            }
        }
        squares
    }

    /// Σ β∘L − 2 Σ β\*∘L\*.
    #[inline(always)]
    fn losses(&self) -> [f64; P] {
        let (n, nodes) = (self.shape.n, self.shape.nodes);
        let rows = self.beta.chunks_exact(nodes).zip(self.activations.chunks_exact(nodes));
        let mut sums = [0.0; P];
        for (beta, activations) in rows {
            for (i, (beta, activation)) in beta.iter().zip(activations).enumerate() {
                // Signed: −β and β*.
                let weight = if i < n { -1.0 } else { -2.0 };
                sums = array::from_fn(|p| sums[p] + weight * beta[p] * activation[p]);
            }
        }
        sums
    }
}
