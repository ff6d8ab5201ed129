//! Networks as safetensors: a teacher's file.

use crate::sentence;
use luckflow::network::deep::{
    Architecture, BatchNorm, FullyConnected, Place, not_finite, read_tensors, uniform, write_tensors,
};
use luckflow::rng::stream;
use std::sync::LazyLock;

const NAME: &str = "teacher.";

static ARCHITECTURE: LazyLock<Architecture> = LazyLock::new(|| architecture(None));

fn architecture(batch_norm: Option<BatchNorm>) -> Architecture {
    Architecture::from(FullyConnected {
        input: 3,
        hidden: vec![2],
        output: 2,
        bias: true,
        batch_norm,
    })
}

/// What is read is written to what is read again.
pub fn read(data: &[u8]) {
    if let Err(error) = read_tensors::<f64>(data, &[(NAME, &ARCHITECTURE)]) {
        sentence(error);
    }
    let networks = match read_tensors::<f32>(data, &[(NAME, &ARCHITECTURE)]) {
        Err(error) => return sentence(error),
        Ok((networks, _)) => networks,
    };
    if not_finite(NAME, &networks[0]).is_none() {
        let bytes = write_tensors(&[(NAME, &networks[0])], &[], &[]).expect("it was read");
        let (again, _) = read_tensors::<f32>(&bytes, &[(NAME, &ARCHITECTURE)]).expect("it was written");
        assert_eq!(again, networks);
    }
}

/// The network, one of another kind, with and without remarks.
pub fn seeds() -> Vec<Vec<u8>> {
    let norm = BatchNorm {
        place: Place::AfterRelu,
        affine: true,
    };
    [architecture(None), architecture(Some(norm))]
        .iter()
        .flat_map(|architecture| {
            let network = uniform::<f32>(&mut stream(1, "teacher", &[]), architecture);
            let remarks = [("epoch", "3".to_owned())];
            [&[][..], &remarks]
                .map(|remarks| write_tensors(&[(NAME, &network)], &[], remarks).expect("a network can be written"))
        })
        .collect()
}
