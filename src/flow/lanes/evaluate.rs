//! One evaluation of P small flows at once.

use super::vectors::{add, chords, dot};
use super::{Constants, Shape};
use crate::overlap::HalfAngle;
use crate::overlap::gaussian::{KernelTable, Places, fused};
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
    nodes: Vec<[f64; P]>,
    norms: Vec<[f64; P]>,
    /// [−V; V*], (n + m) × C.
    fan_out: Vec<[f64; P]>,
    /// [−β, β*], n × (n + m).
    beta: Vec<[f64; P]>,
    /// Cosines of pairs from the diagonal on, n × (n + m).
    cosines: Vec<[f64; P]>,
    /// [D, D*], n × (n + m).
    gates: Vec<[f64; P]>,
    /// [L, L*], n × (n + m).
    activations: Vec<[f64; P]>,
    /// dWᵀ/dt, n × k, then dV/dt, n × C.
    velocity: Vec<[f64; P]>,
    list: List,
}

/// The pairs of one lane.
#[derive(Debug, Default)]
struct List {
    cosines: Vec<f64>,
    d: Vec<f64>,
    l: Vec<f64>,
    places: Places,
}

impl List {
    fn resize(&mut self, pairs: usize) {
        for list in [&mut self.cosines, &mut self.d, &mut self.l] {
            list.resize(pairs, 0.0);
        }
    }
}

impl<const P: usize> Lanes<P> {
    /// For flows of a shape; no lane is taken.
    pub fn new(shape: Shape) -> Self {
        let Shape { n, nodes, k, outputs } = shape;
        let zeros = |count: usize| vec![[0.0; P]; count];
        Self {
            shape,
            occupants: [0; P],
            tables: array::from_fn(|_| None),
            nodes: zeros(nodes * k),
            norms: zeros(n),
            fan_out: zeros(nodes * outputs),
            beta: zeros(n * nodes),
            cosines: zeros(n * nodes),
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
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            // SAFETY: the processor has both.
            return unsafe { self.evaluate_avx2(asks) };
        }
        self.evaluate_with::<false>(asks);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma")]
    fn evaluate_avx2(&mut self, asks: [Option<Ask>; P]) {
        self.evaluate_with::<true>(asks);
    }

    #[inline(always)]
    fn evaluate_with<const FMA: bool>(&mut self, mut asks: [Option<Ask>; P]) {
        // What lanes that ask nothing hold is of an earlier time, and not looked at.
        let asking = asks.each_ref().map(Option::is_some);
        for (lane, ask) in asks.iter().enumerate() {
            if let Some(ask) = ask {
                self.load(lane, ask.constants, ask.state);
            }
        }
        self.normalize::<FMA>();
        self.cosines::<FMA>();
        self.kernels(asking);
        self.mend::<FMA>(asking);
        let weights = self.velocity_of_weights::<FMA>();
        let fan_out = self.velocity_of_fan_out::<FMA>();
        for (lane, ask) in asks.iter_mut().enumerate() {
            if let Some(ask) = ask {
                let (last, entries) = ask.velocity.split_last_mut().expect("holds the energy");
                let velocity = entries.iter_mut().zip(&self.velocity);
                velocity.for_each(|(dy, velocity)| *dy = velocity[lane]);
                *last = weights[lane] + fan_out[lane];
                if let Some(loss) = &mut ask.loss {
                    **loss = self.loss(lane);
                }
            }
        }
    }

    /// Takes in a state and, where another flow had the lane, what is constant.
    #[inline(always)]
    fn load(&mut self, lane: usize, constants: &Constants, y: &[f64]) {
        let Shape { n, k, outputs, .. } = self.shape;
        if self.occupants[lane] != constants.id {
            self.occupy(lane, constants);
        }
        let (weights, rest) = y.split_at(n * k);
        let nodes = self.nodes.iter_mut().zip(weights);
        nodes.for_each(|(node, &w)| node[lane] = w);
        let fan_out = self.fan_out.iter_mut().zip(&rest[..n * outputs]);
        fan_out.for_each(|(to, &v)| to[lane] = -v);
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
        for (node, norm) in self.nodes.chunks_exact_mut(k).zip(&mut self.norms) {
            let squares = dot::<FMA, P>(node, node);
            *norm = squares.map(f64::sqrt);
            let scale = norm.map(|norm| if norm > 0.0 { 1.0 / norm } else { 0.0 });
            for x in node {
                *x = array::from_fn(|p| x[p] * scale[p]);
            }
        }
    }

    /// w_j·w_i of students j with all nodes i after them.
    #[inline(always)]
    fn cosines<const FMA: bool>(&mut self) {
        let Shape { n, nodes, k, .. } = self.shape;
        for j in 0..n {
            let (own, after) = self.nodes[j * k..].split_at(k);
            let row = &mut self.cosines[j * nodes + j + 1..(j + 1) * nodes];
            for (cosine, other) in row.iter_mut().zip(after.chunks_exact(k)) {
                *cosine = dot::<FMA, P>(own, other);
            }
        }
    }

    /// D and L of the pairs, good where their cosine is safe.
    #[inline(always)]
    fn kernels(&mut self, asking: [bool; P]) {
        let (n, nodes) = (self.shape.n, self.shape.nodes);
        let lanes = || self.tables.iter().zip(asking);
        let tables = || lanes().filter_map(|(table, asks)| table.as_ref().filter(|_| asks));
        let closed_form = tables().next().and_then(|table| table.closed_form());
        if let Some(kernels) = closed_form.filter(|_| tables().all(|table| table.closed_form().is_some())) {
            for j in 0..n {
                let row = j * nodes + j + 1..(j + 1) * nodes;
                let gates = self.gates[row.clone()].as_flattened_mut();
                gates.copy_from_slice(self.cosines[row.clone()].as_flattened());
                kernels.row(gates, self.activations[row].as_flattened_mut());
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

    /// Pairs whose cosine does not tell the angle, by their chords; and the lower half of the students' square.
    #[inline(always)]
    fn mend<const FMA: bool>(&mut self, asking: [bool; P]) {
        let Shape { n, nodes, k, .. } = self.shape;
        for j in 0..n {
            for i in j + 1..nodes {
                let at = j * nodes + i;
                let cosine = self.cosines[at];
                let safe: [bool; P] = array::from_fn(|p| !asking[p] | HalfAngle::rho_is_safe(cosine[p]));
                if safe != [true; P] {
                    let node = |i: usize| &self.nodes[i * k..(i + 1) * k];
                    let [minus, plus] = chords::<FMA, P>(node(j), node(i));
                    for lane in 0..P {
                        if let Some(table) = self.tables[lane].as_deref().filter(|_| !safe[lane]) {
                            let angle = HalfAngle::from_squares(minus[lane], plus[lane]);
                            let value = table.at_with::<FMA>(angle);
                            self.gates[at][lane] = value.d;
                            self.activations[at][lane] = value.l;
                        }
                    }
                }
                if i < n {
                    self.gates[i * nodes + j] = self.gates[at];
                    self.activations[i * nodes + j] = self.activations[at];
                }
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
            force.fill([0.0; P]);
            for (i, node) in self.nodes.chunks_exact(k).enumerate() {
                let (gate, beta) = (self.gates[j * nodes + i], self.beta[j * nodes + i]);
                let h = array::from_fn(|p| gate[p] * beta[p]);
                add::<FMA, P>(force, h, node);
            }
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
            out.fill([0.0; P]);
            for (activation, fan_out) in row.iter().zip(self.fan_out.chunks_exact(outputs)) {
                add::<FMA, P>(out, *activation, fan_out);
            }
            for velocity in out {
                squares = array::from_fn(|p| fused::<FMA>(velocity[p], velocity[p], squares[p]));
            }
        }
        squares
    }

    /// Of a lane, at the state that was evaluated last.
    fn loss(&self, lane: usize) -> f64 {
        let (n, nodes) = (self.shape.n, self.shape.nodes);
        let rows = self.beta.chunks_exact(nodes).zip(self.activations.chunks_exact(nodes));
        let mut sum = 0.0;
        for (beta, activations) in rows {
            for (i, (beta, activation)) in beta.iter().zip(activations).enumerate() {
                // Signed: −β and β*.
                let weight = if i < n { -1.0 } else { -2.0 };
                sum += weight * beta[lane] * activation[lane];
            }
        }
        sum
    }
}
