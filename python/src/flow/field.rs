//! The vector field as Python calls it.

use super::spec::Spec;
use super::state::{Kept, State, along, shaped};
use crate::overlap::is_small;
use crate::{arrays, errors, job};
use luckflow::flow::{Direction, FanOut, FlowJacobian};
use luckflow::overlap::HalfAngle;
use ndarray::{Array1, Array2, ArrayView1, Axis, s};
use numpy::{IntoPyArray, PyArray1, PyArray2};
use pyo3::prelude::*;
use std::sync::{Arc, Mutex, PoisonError};

type Vector<'py> = Bound<'py, PyArray1<f64>>;
type Matrix<'py> = Bound<'py, PyArray2<f64>>;

/// What `luckflow.Flow` is made of.
#[pyclass(subclass, frozen, module = "luckflow._luckflow")]
pub struct FlowField {
    pub(super) spec: Arc<Spec>,
    kept: Arc<Mutex<Option<Kept>>>,
}

#[pymethods]
impl FlowField {
    #[new]
    #[pyo3(signature = (w_star, v_star, b, b_star, projection, fan_out, sampling))]
    fn new(
        w_star: &Bound<'_, PyAny>,
        v_star: Option<&Bound<'_, PyAny>>,
        b: &Bound<'_, PyAny>,
        b_star: &Bound<'_, PyAny>,
        projection: bool,
        fan_out: &str,
        sampling: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let spec = Spec::read([w_star, b_star], v_star, b, (projection, fan_out), sampling)?;
        Ok(Self {
            spec: Arc::new(spec),
            kept: Arc::default(),
        })
    }

    /// Input dimension d.
    #[getter]
    fn input_dim(&self) -> usize {
        self.spec.teacher.weights.nrows()
    }

    /// Number of outputs C.
    #[getter]
    fn outputs(&self) -> usize {
        self.spec.outputs()
    }

    /// dW/dt and dV/dt.
    ///
    /// Parameters
    /// ----------
    /// W : array_like, shape (d, n)
    ///     Student nodes, a node per column. With projection only their directions matter to the overlaps; a node of
    ///     norm r moves r times as fast as its unit node.
    /// V : array_like, shape (n, C), optional
    ///     Fan-out weights; ones, if V_star was not given.
    ///
    /// Returns
    /// -------
    /// dW : ndarray, shape (d, n)
    ///     P⊥ (W* H*ᵀ − W Hᵀ), per unit of time.
    /// dV : ndarray, shape (n, C)
    ///     L* V* − L V; zero where V is fixed.
    ///
    /// Raises
    /// ------
    /// InputError
    ///     Shapes that do not belong together, entries that are not finite, nodes that are zero.
    #[pyo3(signature = (W, V=None))]
    #[expect(non_snake_case)]
    fn velocity<'py>(
        &self,
        py: Python<'py>,
        W: &Bound<'py, PyAny>,
        V: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<(Matrix<'py>, Matrix<'py>)> {
        let state = self.state(W, V)?;
        let (n, k) = state.nodes.dim();
        let (size, outputs) = (n * k, self.spec.outputs());
        let mut dw = self.evaluate(py, state, |kept, y| kept.velocity(y))?;
        let dv = match self.spec.is_fixed() {
            true => Array2::zeros((n, outputs)),
            false => shaped(dw[size..size + n * outputs].to_vec(), (n, outputs)),
        };
        dw.truncate(size);
        let dw = shaped(dw, (n, k)).reversed_axes();
        Ok((dw.into_pyarray(py), dv.into_pyarray(py)))
    }

    /// W and V as one vector: W node by node, then V node by node.
    ///
    /// Parameters
    /// ----------
    /// W : array_like, shape (d, n)
    /// V : array_like, shape (n, C), optional
    ///     Ones, if V_star was not given.
    ///
    /// Returns
    /// -------
    /// ndarray, shape (n (d + C),)
    #[pyo3(signature = (W, V=None))]
    #[expect(non_snake_case)]
    fn pack<'py>(
        &self,
        py: Python<'py>,
        W: &Bound<'py, PyAny>,
        V: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Vector<'py>> {
        let state = self.state(W, V)?;
        let packed: Array1<f64> = state.nodes.iter().chain(&state.fan_out).copied().collect();
        Ok(packed.into_pyarray(py))
    }

    /// dy/dt of a packed state, as scipy.integrate.solve_ivp calls it; t has no effect.
    ///
    /// Parameters
    /// ----------
    /// t : float
    ///     Time.
    /// y : array_like, shape (n (d + C),)
    ///     W and V as `pack` puts them.
    ///
    /// Returns
    /// -------
    /// ndarray, shape (n (d + C),)
    fn __call__<'py>(&self, py: Python<'py>, t: &Bound<'py, PyAny>, y: &Bound<'py, PyAny>) -> PyResult<Vector<'py>> {
        let _ = t;
        let state = self.unpacked(y)?;
        let size = state.nodes.len() + state.fan_out.len();
        let mut dy = self.evaluate(py, state, |kept, y| kept.velocity(y))?;
        // The library's state ends with an integral; V of a fixed one does not move.
        dy.pop();
        dy.resize(size, 0.0);
        Ok(Array1::from(dy).into_pyarray(py))
    }

    /// The population loss ½ E‖V*ᵀf*(x) − Vᵀf(x)‖², in closed form for x ~ N(0, I).
    ///
    /// Parameters
    /// ----------
    /// W : array_like, shape (d, n)
    /// V : array_like, shape (n, C), optional
    ///
    /// Returns
    /// -------
    /// float
    ///     With an absolute error of some 1e-16 of its largest term.
    #[pyo3(signature = (W, V=None))]
    #[expect(non_snake_case)]
    fn loss(&self, py: Python<'_>, W: &Bound<'_, PyAny>, V: Option<&Bound<'_, PyAny>>) -> PyResult<f64> {
        let state = self.state(W, V)?;
        self.evaluate(py, state, |kept, y| kept.snapshot(y).loss)
    }

    /// θ_j of student node j to teacher node j, for j < min(n, m), in radians; exact near 0 and π.
    ///
    /// Parameters
    /// ----------
    /// W : array_like, shape (d, n)
    ///
    /// Returns
    /// -------
    /// ndarray, shape (min(n, m),)
    #[expect(non_snake_case)]
    fn angles<'py>(&self, py: Python<'py>, W: &Bound<'py, PyAny>) -> PyResult<Vector<'py>> {
        let w = arrays::matrix(W, "W")?;
        let (w, teacher) = (w.as_array(), &self.spec.teacher.weights);
        let (k, n) = (teacher.nrows(), w.ncols());
        arrays::check_shape("W", w.dim(), "d × n", (k, n))?;
        let norm = |w: ArrayView1<f64>| w.dot(&w).sqrt();
        let pairs = w.columns().into_iter().zip(teacher.columns());
        let angles: Array1<f64> =
            pairs.map(|(w, star)| HalfAngle::between_scaled(w, norm(w), star, norm(star)).radians()).collect();
        Ok(angles.into_pyarray(py))
    }

    /// The derivative of the packed velocity in the packed state.
    ///
    /// Parameters
    /// ----------
    /// W : array_like, shape (d, n)
    ///     Nodes of any norm.
    /// V : array_like, shape (n, C), optional
    ///
    /// Returns
    /// -------
    /// ndarray, shape (n (d + C), n (d + C))
    ///
    /// Raises
    /// ------
    /// InputError
    ///     Also where the flow is not projected, V is normalized or overlaps are sampled: there is no derivative.
    #[pyo3(signature = (W, V=None))]
    #[expect(non_snake_case)]
    fn jacobian<'py>(
        &self,
        py: Python<'py>,
        W: &Bound<'py, PyAny>,
        V: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Matrix<'py>> {
        let (state, norms) = self.differentiable(W, V)?;
        let (spec, size) = (Arc::clone(&self.spec), state.nodes.len());
        let matrix = job::wide(py, move || {
            let network = spec.network(state.nodes.view(), state.fan_out.view());
            let mut matrix = FlowJacobian::at(&network, FanOut::Running).ambient_matrix();
            if spec.is_fixed() {
                matrix.slice_mut(s![size.., ..]).fill(0.0);
            }
            let k = size / norms.len();
            for (i, norm) in (0..size).map(|i| (i, norms[i / k])) {
                matrix.row_mut(i).mapv_inplace(|x| x * norm);
                matrix.column_mut(i).mapv_inplace(|x| x / norm);
            }
            matrix
        })?;
        Ok(matrix.into_pyarray(py))
    }

    /// `jacobian` times a direction, without the matrix: how dW/dt and dV/dt change along (dW, dV).
    ///
    /// Parameters
    /// ----------
    /// W, V
    ///     As for `jacobian`.
    /// dW : array_like, shape (d, n)
    /// dV : array_like, shape (n, C), optional
    ///     Zero if it is not given.
    ///
    /// Returns
    /// -------
    /// ndarray, shape (d, n), and ndarray, shape (n, C)
    #[pyo3(signature = (W, V, dW, dV=None))]
    #[expect(non_snake_case)]
    fn jvp<'py>(
        &self,
        py: Python<'py>,
        W: &Bound<'py, PyAny>,
        V: Option<&Bound<'py, PyAny>>,
        dW: &Bound<'py, PyAny>,
        dV: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<(Matrix<'py>, Matrix<'py>)> {
        let (state, norms) = self.differentiable(W, V)?;
        let (n, k) = state.nodes.dim();
        let dw = arrays::columns(dW, "dW")?;
        arrays::check_shape("dW", dw.dim(), "d × n", (k, n))?;
        let dv = match dV {
            Some(dv) => arrays::rows(dv, "dV")?,
            None => Array2::zeros(state.fan_out.dim()),
        };
        arrays::check_shape("dV", dv.dim(), "n × C", state.fan_out.dim())?;
        let mut direction = Direction {
            weights: dw.reversed_axes(),
            fan_out: dv,
        };
        scale(&mut direction.weights, &norms.mapv(f64::recip));
        let spec = Arc::clone(&self.spec);
        let mut change = job::wide(py, move || along(&spec, &state, direction))?;
        scale(&mut change.weights, &norms);
        let weights = change.weights.reversed_axes();
        Ok((weights.into_pyarray(py), change.fan_out.into_pyarray(py)))
    }
}

impl FlowField {
    /// W and V as they come in; V is ones where neither it nor V* was given.
    pub(super) fn state(&self, w: &Bound<'_, PyAny>, v: Option<&Bound<'_, PyAny>>) -> PyResult<State> {
        let fan_out = match v {
            Some(v) => arrays::rows(v, "V")?,
            None if self.spec.has_unit_fan_out => Array2::ones((arrays::matrix(w, "W")?.as_array().ncols(), 1)),
            None => {
                let allowed = "n × C, where V_star was given";
                return Err(errors::argument("V", "nothing", allowed));
            }
        };
        self.checked(w, fan_out)
    }

    fn checked(&self, w: &Bound<'_, PyAny>, fan_out: Array2<f64>) -> PyResult<State> {
        let nodes = arrays::columns(w, "W")?;
        self.spec.check(nodes.view(), fan_out.view())?;
        Ok(State {
            nodes: nodes.reversed_axes(),
            fan_out,
        })
    }

    fn unpacked(&self, y: &Bound<'_, PyAny>) -> PyResult<State> {
        let y = arrays::vector(y, "y")?;
        let y = y.as_array();
        let (k, outputs) = (self.input_dim(), self.spec.outputs());
        let n = y.len() / (k + outputs);
        if n == 0 || y.len() != n * (k + outputs) {
            let allowed = format!("n (d + C), a multiple of {}", k + outputs);
            return Err(errors::argument("y", format!("{} numbers", y.len()), allowed));
        }
        let (nodes, fan_out) = y.split_at(Axis(0), n * k);
        let state = State {
            nodes: shaped(nodes.to_vec(), (n, k)),
            fan_out: shaped(fan_out.to_vec(), (n, outputs)),
        };
        self.spec.check(state.nodes.t(), state.fan_out.view())?;
        Ok(state)
    }

    /// The state with its nodes on their spheres, and the nodes' norms: where there is a derivative.
    ///
    /// With S = diag(norms) on W and 1 on V the velocity is f(y) = S f(S⁻¹ y) for all y, so its derivative at y is
    /// S f'(S⁻¹ y) S⁻¹.
    fn differentiable(&self, w: &Bound<'_, PyAny>, v: Option<&Bound<'_, PyAny>>) -> PyResult<(State, Array1<f64>)> {
        let mut state = self.state(w, v)?;
        let options = self.spec.options;
        if !options.projection {
            return Err(errors::argument("projection", "False", "True, for a derivative"));
        }
        if options.fan_out == FanOut::RunningNormalized {
            let allowed = "\"fixed\" or \"running\", for a derivative";
            return Err(errors::argument("fan_out", "\"normalized\"", allowed));
        }
        if !self.spec.is_exact() {
            let allowed = "\"exact\", for a derivative";
            return Err(errors::argument("overlap", "samples", allowed));
        }
        let norms = state.nodes.map_axis(Axis(1), |w| w.dot(&w).sqrt());
        scale(&mut state.nodes, &norms.mapv(f64::recip));
        Ok((state, norms))
    }

    /// Asks the field about a state, on this thread if it is small.
    fn evaluate<T: Send + 'static>(
        &self,
        py: Python<'_>,
        state: State,
        ask: impl FnOnce(&mut Kept, &[f64]) -> T + Send + 'static,
    ) -> PyResult<T> {
        let (spec, kept) = (Arc::clone(&self.spec), Arc::clone(&self.kept));
        let (n, m) = (state.nodes.nrows(), spec.teacher.weights.ncols());
        let small = is_small(n, m) && spec.is_exact();
        let work = move || {
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            let fits = |kept: &Kept| kept.nodes == n && (!spec.is_fixed() || kept.fan_out == state.fan_out);
            let field = match kept.take().filter(fits) {
                Some(field) => kept.insert(field),
                None => kept.insert(Kept::of(&spec, &state)),
            };
            let y = state.packed(spec.is_fixed());
            ask(field, &y)
        };
        match small {
            true => job::short(py, work),
            false => job::wide(py, work),
        }
    }
}

/// Each row times its number.
fn scale(rows: &mut Array2<f64>, by: &Array1<f64>) {
    for (mut row, &by) in rows.rows_mut().into_iter().zip(by) {
        row *= by;
    }
}
