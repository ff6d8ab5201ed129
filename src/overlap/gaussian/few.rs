//! Overlaps of few nodes: the kernels of all pairs in one list, so that no row is a call of its own.

use super::look_up::Places;
use super::table::KernelTable;
use crate::blas::SMALL;
use crate::network::rows;
use crate::overlap::{HalfAngle, Overlaps};
use ndarray::ArrayView2;

/// Working memory: an entry for each pair of a student with a node after it.
#[derive(Debug, Default)]
pub struct Few {
    cosines: Vec<f64>,
    d: Vec<f64>,
    l: Vec<f64>,
    places: Places,
}

impl Few {
    /// Whether it is the faster way for so many students, among so many nodes, in so many coordinates.
    pub fn suits(students: usize, nodes: usize, coordinates: usize) -> bool {
        students * nodes * coordinates <= SMALL
    }

    /// D, D*, L, L* of unit nodes, a row each, students before teachers, with the table's threshold.
    pub fn evaluate(&mut self, table: &KernelTable, nodes: ArrayView2<f64>, out: &mut Overlaps) {
        let (students, count) = (out.students(), nodes.nrows());
        let flat = nodes.to_slice().expect("stored node by node");
        let pairs = students * (students - 1) / 2 + students * (count - students);
        for list in [&mut self.cosines, &mut self.d, &mut self.l] {
            list.resize(pairs, 0.0);
        }
        rows::products(flat, count, &mut self.cosines);
        table.at_cosines(&self.cosines, &mut self.d, &mut self.l, &mut self.places);
        let gates = out.gates.as_slice_mut().expect("stored row by row");
        let activations = out.activations.as_slice_mut().expect("stored row by row");
        let itself = table.at_zero();
        let mut pair = 0;
        for j in 0..students {
            (gates[j * count + j], activations[j * count + j]) = (itself.d, itself.l);
            for i in j + 1..count {
                let (mut d, mut l) = (self.d[pair], self.l[pair]);
                if !HalfAngle::rho_is_safe(self.cosines[pair]) {
                    let value = table.at(HalfAngle::between_units(nodes.row(j), nodes.row(i)));
                    (d, l) = (value.d, value.l);
                }
                (gates[j * count + i], activations[j * count + i]) = (d, l);
                if i < students {
                    (gates[i * count + j], activations[i * count + j]) = (d, l);
                }
                pair += 1;
            }
        }
    }
}
