//! Deep networks as safetensors, with the names that PyTorch would give them.

use super::{Architecture, Deep};
use crate::real::Real;
use ndarray::Array2;
use safetensors::tensor::{SafeTensors, TensorView};
use safetensors::{Dtype, SafeTensorError};
use std::collections::HashMap;
use thiserror::Error;

/// Why tensors are no such network.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TensorError {
    /// Not a safetensors file, or one that lacks a tensor.
    #[error("found {0}; allowed: a safetensors file with the tensors of the network")]
    Unreadable(#[from] SafeTensorError),
    /// A tensor of another size or type.
    #[error("{name}: found {found}; allowed: {allowed}")]
    Shape {
        /// the tensor
        name: String,
        /// what it is
        found: String,
        /// what it may be
        allowed: String,
    },
}

/// Names and shapes of a network's tensors, and their numbers, in a fixed order.
fn tensors<T: Real>(network: &mut Deep<T>) -> Vec<(String, Vec<usize>, &mut [T])> {
    let architecture = network.architecture.clone();
    // The index of the layer with weights that each stands with.
    let stages = architecture.stages().iter().enumerate();
    let indices = stages.flat_map(|(l, stage)| stage.clone().map(move |_| l));
    let mut all = Vec::new();
    let layers = architecture.layouts().zip(&mut network.parameters);
    for (l, (layout, parameters)) in indices.zip(layers) {
        let group = layout.group;
        for (vector, numbers) in layout.vectors.iter().zip(&mut parameters.vectors) {
            all.push((
                format!("{group}.{l}.{}", vector.name),
                vec![vector.length],
                numbers.as_slice_mut().expect("contiguous"),
            ));
        }
        if !layout.weights.is_empty() {
            all.push((
                format!("{group}.{l}.weight"),
                layout.weights,
                parameters.weights.as_slice_mut().expect("row by row"),
            ));
        }
    }
    all
}

fn dtype<T: Real>() -> Dtype {
    if size_of::<T>() == 4 { Dtype::F32 } else { Dtype::F64 }
}

/// The bytes of networks under one name each, of further matrices, and of remarks. The same input gives the same bytes.
///
/// # Errors
/// Two parts of one name.
pub fn write_tensors<T: Real>(
    networks: &[(&str, &Deep<T>)],
    matrices: &[(String, Array2<T>)],
    remarks: &[(&str, String)],
) -> Result<Vec<u8>, TensorError> {
    let mut parts: Vec<(String, Vec<usize>, Vec<u8>)> = Vec::new();
    for (prefix, network) in networks {
        let mut copy = (*network).clone();
        for (name, shape, numbers) in tensors(&mut copy) {
            let bytes = numbers.iter().flat_map(|x| x.to_le_bytes_vec()).collect();
            parts.push((format!("{prefix}{name}"), shape, bytes));
        }
    }
    for (name, matrix) in matrices {
        let bytes = matrix.iter().flat_map(|x| x.to_le_bytes_vec()).collect();
        parts.push((name.clone(), matrix.shape().to_vec(), bytes));
    }
    let views = parts
        .iter()
        .map(|(name, shape, bytes)| Ok((name, TensorView::new(dtype::<T>(), shape.clone(), bytes)?)))
        .collect::<Result<Vec<_>, SafeTensorError>>()?;
    // A single remark, so that the order of a hash map has no part in the bytes.
    let text: Vec<String> = remarks.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let metadata = HashMap::from([("luckflow".to_owned(), text.join("\n"))]);
    Ok(safetensors::serialize(views, (!remarks.is_empty()).then_some(metadata))?)
}

/// Keys and values beside the networks.
pub type Remarks = Vec<(String, String)>;

/// Networks of known architectures out of bytes, and the remarks beside them.
///
/// # Errors
/// Bytes that are no safetensors, a tensor that is missing or of another shape or type.
pub fn read_tensors<T: Real>(
    bytes: &[u8],
    wanted: &[(&str, &Architecture)],
) -> Result<(Vec<Deep<T>>, Remarks), TensorError> {
    let file = SafeTensors::deserialize(bytes)?;
    let (_, metadata) = SafeTensors::read_metadata(bytes)?;
    let text = metadata.metadata().as_ref().and_then(|map| map.get("luckflow").cloned()).unwrap_or_default();
    let remarks = text
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect();
    let mut networks = Vec::new();
    for (prefix, architecture) in wanted {
        let mut network = Deep::zeros(architecture);
        for (name, shape, numbers) in tensors(&mut network) {
            let name = format!("{prefix}{name}");
            let tensor = file.tensor(&name)?;
            if tensor.shape() != shape || tensor.dtype() != dtype::<T>() {
                return Err(TensorError::Shape {
                    name,
                    found: format!("{:?} of {:?}", tensor.shape(), tensor.dtype()),
                    allowed: format!("{shape:?} of {:?}", dtype::<T>()),
                });
            }
            let words = tensor.data().chunks_exact(size_of::<T>());
            for (number, bytes) in numbers.iter_mut().zip(words) {
                *number = T::from_le_slice(bytes);
            }
        }
        networks.push(network);
    }
    Ok((networks, remarks))
}

/// Where a network has a number that is none, with the name of its tensor: "NaN in teacher.layers.0.weight".
pub fn not_finite<T: Real>(prefix: &str, network: &Deep<T>) -> Option<String> {
    let mut copy = network.clone();
    tensors(&mut copy).into_iter().find_map(|(name, _, numbers)| {
        let mut entries = numbers.iter().map(|x| x.to_f64());
        let entry = entries.find(|x| !x.is_finite())?;
        Some(format!("{entry} in {prefix}{name}"))
    })
}

#[cfg(test)]
mod tests {
    use super::super::{BatchNorm, FullyConnected, Place, uniform};
    use super::*;
    use crate::rng::stream;

    #[test]
    fn what_is_written_is_read_back_and_has_the_same_bytes_each_time() {
        let recipe = FullyConnected {
            input: 3,
            hidden: vec![4, 5],
            output: 2,
            bias: true,
            batch_norm: Some(BatchNorm {
                place: Place::AfterRelu,
                affine: true,
            }),
        };
        let architecture = Architecture::from(recipe);
        let network = uniform::<f32>(&mut stream(1, "student", &[]), &architecture);
        let write = || {
            let remarks = [("epoch", "3".to_owned()), ("of", "a\tb".to_owned())];
            write_tensors(&[("a.", &network), ("b.", &network)], &[], &remarks).unwrap()
        };
        let bytes = write();
        assert_eq!(bytes, write());
        let wanted = [("b.", &architecture)];
        let (read, remarks) = read_tensors::<f32>(&bytes, &wanted).unwrap();
        assert_eq!(read[0], network);
        assert_eq!(remarks[0], ("epoch".to_owned(), "3".to_owned()));

        let wider = architecture.with_hidden(&[4, 6]);
        let error = read_tensors::<f32>(&bytes, &[("a.", &wider)]).unwrap_err();
        assert!(error.to_string().starts_with("a.layers.1.bias: found [5]"), "{error}");
        assert_eq!(not_finite("b.", &read[0]), None);
        let mut broken = network.clone();
        broken.linear_mut(1).weights[[0, 0]] = f32::INFINITY;
        assert_eq!(not_finite("b.", &broken).unwrap(), "inf in b.layers.1.weight");
        assert!(read_tensors::<f64>(&bytes, &wanted).is_err());
        assert!(read_tensors::<f32>(&bytes[..40], &wanted).is_err());
    }
}
