//! What channels see: kernels of the lowest layer, and the parts of held-out images at which a channel is most active, the
//! teacher's on the left and those of its winner on the right.

use crate::images::Mosaic;
use crate::measure::Winner;
use crate::network::deep::layers::Operation;
use crate::network::deep::{Architecture, Deep};
use crate::sgd::{DataSet, Mode, Pass, piece};
use ndarray::{ArrayView2, s};

/// Channels of a layer that are shown, the first ones that have a winner.
const SHOWN: usize = 16;

/// Parts of images for each.
const PARTS: usize = 4;

/// What is written as a PNG.
pub struct Picture {
    /// Of its file, without ending.
    pub name: String,
    /// What there is to see.
    pub caption: String,
    /// It.
    pub mosaic: Mosaic,
}

/// A part of a sample where a channel is active.
#[derive(Clone, Copy)]
struct Place {
    activation: f32,
    sample: usize,
    /// Row and column in the layer.
    at: [usize; 2],
}

/// Size of a kernel, and zeros around what it reads.
type Kernel = [usize; 2];

/// `kernels`, and `layer-1`, `layer-2`, …; nothing for dense layers.
pub fn pictures(
    teacher: &Deep<f32>,
    student: &Deep<f32>,
    winners: &[Vec<Option<Winner>>],
    held_out: &DataSet<f32>,
) -> Vec<Picture> {
    let Some(kernels) = kernels(&teacher.architecture) else {
        return Vec::new();
    };
    let pairs: Vec<Vec<[usize; 2]>> = winners
        .iter()
        .map(|layer| {
            let found = layer.iter().enumerate();
            let found = found.filter_map(|(j, winner)| Some([j, (*winner)?.student]));
            found.take(SHOWN).collect()
        })
        .collect();
    let mut all = vec![Picture {
        name: "kernels".into(),
        caption: "Kernels of the lowest layer: the teacher's, and below each that of its winner.".into(),
        mosaic: of_kernels(teacher, student, &pairs[0], kernels[0]),
    }];
    let owns = |side: usize| -> Vec<Vec<usize>> {
        let of_layer = |layer: &Vec<[usize; 2]>| layer.iter().map(|pair| pair[side]).collect();
        pairs.iter().map(of_layer).collect()
    };
    let found = [most_active(teacher, held_out, &owns(0)), most_active(student, held_out, &owns(1))];
    for l in 0..pairs.len() {
        let field = Field::of(&kernels[..=l]);
        let mut mosaic = Mosaic::new(teacher.architecture.input_shape().channels, field.side);
        let part = |place: &Place| field.part(&teacher.architecture, held_out, *place);
        let [own, winners] = &found;
        for (own, winner) in own[l].iter().zip(&winners[l]) {
            // White between them.
            let between = vec![1.0; mosaic.numbers()];
            let own = own.iter().map(part).chain([between]);
            mosaic.push_row(own.chain(winner.iter().map(part)).collect());
        }
        all.push(Picture {
            name: format!("layer-{}", l + 1),
            caption: format!(
                "Layer {}: parts of held-out images on which a channel of the teacher (left) and its winner (right) are most active.",
                l + 1
            ),
            mosaic,
        });
    }
    all
}

/// Of each hidden layer; `None` if one is no convolution.
fn kernels(architecture: &Architecture) -> Option<Vec<Kernel>> {
    let of = |l: usize| match &architecture.operations()[architecture.linear(l)] {
        Operation::Convolution(layer) => Some([layer.kernel, layer.padding]),
        _ => None,
    };
    (0..architecture.depth()).map(of).collect()
}

/// A row for the teacher's kernels, one for their winners'.
fn of_kernels(teacher: &Deep<f32>, student: &Deep<f32>, pairs: &[[usize; 2]], kernel: Kernel) -> Mosaic {
    let channels = teacher.architecture.input_shape().channels;
    let mut mosaic = Mosaic::new(channels, kernel[0]);
    for (side, network) in [teacher, student].into_iter().enumerate() {
        let of = |pair: &[usize; 2]| {
            let weights = network.linear(0).weights.row(pair[side]).to_vec();
            let most = weights.iter().fold(f32::MIN_POSITIVE, |most, w| most.max(w.abs()));
            weights.iter().map(|w| 0.5 + 0.5 * w / most).collect()
        };
        mosaic.push_row(pairs.iter().map(of).collect());
    }
    mosaic
}

/// What of an input a position of a layer reads.
struct Field {
    side: usize,
    /// Zeros that it may begin in.
    before: usize,
}

impl Field {
    fn of(kernels: &[Kernel]) -> Self {
        Self {
            side: 1 + kernels.iter().map(|kernel| kernel[0] - 1).sum::<usize>(),
            before: kernels.iter().map(|kernel| kernel[1]).sum(),
        }
    }

    /// Channel by channel, from 0 for the least to 1 for the greatest number of the sample; what lies outside is 0.
    fn part(&self, architecture: &Architecture, data: &DataSet<f32>, place: Place) -> Vec<f32> {
        let shape = architecture.input_shape();
        let sample = data.inputs.row(place.sample);
        let (low, high) =
            sample.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), &x| (low.min(x), high.max(x)));
        let within = |at: usize, offset: usize, side: usize| {
            (at + offset).checked_sub(self.before).filter(|&place| place < side)
        };
        let mut part = Vec::with_capacity(shape.channels * self.side * self.side);
        for channel in 0..shape.channels {
            for y in 0..self.side {
                for x in 0..self.side {
                    let row = within(place.at[0], y, shape.height);
                    let pixel = row.zip(within(place.at[1], x, shape.width));
                    part.push(pixel.map_or(0.0, |(y, x)| {
                        let index = (channel * shape.height + y) * shape.width + x;
                        (sample[index] - low) / (high - low).max(f32::MIN_POSITIVE)
                    }));
                }
            }
        }
        part
    }
}

/// For each layer and each of its channels: the samples on which it is most active, with the places.
fn most_active(network: &Deep<f32>, data: &DataSet<f32>, channels: &[Vec<usize>]) -> Vec<Vec<Vec<Place>>> {
    let architecture = &network.architecture;
    let mut found: Vec<Vec<Vec<Place>>> = channels.iter().map(|layer| vec![Vec::new(); layer.len()]).collect();
    let capacity = piece(architecture, data.len());
    let mut pass = Pass::new(architecture, capacity);
    for begin in (0..data.len()).step_by(capacity) {
        let inputs = data.inputs.slice(s![begin..(begin + capacity).min(data.len()), ..]);
        pass.forward(network, inputs.t(), Mode::Evaluation);
        for (l, channels) in channels.iter().enumerate() {
            let width = architecture.hidden_shape(l).width;
            for (channel, found) in channels.iter().zip(&mut found[l]) {
                let row = pass.activations(l);
                let row = row.row(*channel);
                let size = (row.len() / inputs.nrows(), inputs.nrows());
                let row = row.into_shape_with_order(size).expect("positions by samples");
                found.extend(peaks(row, begin, width));
                found.sort_by(|a, b| b.activation.total_cmp(&a.activation));
                found.truncate(PARTS);
            }
        }
    }
    found
}

/// The greatest activation in each sample, of positions × samples.
fn peaks(row: ArrayView2<f32>, begin: usize, width: usize) -> Vec<Place> {
    let peak = |sample: usize| {
        let column = row.column(sample);
        let at = (0..column.len()).fold(0, |best, i| if column[i] > column[best] { i } else { best });
        Place {
            activation: column[at],
            sample: begin + sample,
            at: [at / width, at % width],
        }
    };
    (0..row.ncols()).map(peak).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::deep::{Convolutional, Shape};
    use crate::sgd::Targets;
    use ndarray::Array2;

    /// Channel 0 sees the middle of 3 × 3, channel 1 the place on its right.
    fn network(padding: usize) -> Deep<f32> {
        let architecture = Architecture::try_from(Convolutional {
            input: Shape::image(1, 5, 6),
            channels: vec![2],
            kernel: 3,
            padding,
            output: 1,
            bias: false,
            batch_norm: None,
        });
        let mut network = Deep::zeros(&architecture.unwrap());
        network.linear_mut(0).weights[[0, 4]] = 1.0;
        network.linear_mut(0).weights[[1, 5]] = 1.0;
        network
    }

    #[test]
    fn the_parts_shown_are_those_that_a_channel_is_most_active_on() {
        let mut inputs = Array2::zeros((3, 30));
        // Sample 2 is brightest at row 1, column 2; sample 0 darker, in a corner.
        inputs[[2, 6 + 2]] = 2.0;
        inputs[[2, 6 + 3]] = 1.0;
        inputs[[0, 0]] = 1.0;
        let data = DataSet {
            inputs,
            targets: Targets::Classes(vec![0; 3]),
        };
        for padding in [0, 1] {
            let network = network(padding);
            let found = most_active(&network, &data, &[vec![1, 0]]);
            let [right, middle] = [0, 1].map(|channel| found[0][channel][0]);
            assert_eq!((right.sample, middle.sample), (2, 2));
            assert_eq!(middle.at, [padding, 1 + padding]);
            assert_eq!(right.at, [padding, padding]);
            let field = Field::of(&kernels(&network.architecture).unwrap());
            let part = |place| field.part(&network.architecture, &data, place);
            assert_eq!(part(middle), [0.0, 0.0, 0.0, 0.0, 1.0, 0.5, 0.0, 0.0, 0.0]);
            assert_eq!(part(right)[5], 1.0);
        }
        // With zeros around, the corner can be in the middle.
        let corner = most_active(&network(1), &data, &[vec![0]])[0][0][1];
        assert_eq!((corner.sample, corner.at), (0, [0, 0]));
    }

    #[test]
    fn a_picture_for_the_kernels_and_one_for_each_layer() {
        let network = network(0);
        let data = DataSet {
            inputs: Array2::ones((6, 30)),
            targets: Targets::Classes(vec![0; 6]),
        };
        let winner = |student| {
            Some(Winner {
                student,
                correlation: 0.5,
            })
        };
        let found = pictures(&network, &network, &[vec![winner(1), None]], &data);
        let names: Vec<&str> = found.iter().map(|picture| &picture.name[..]).collect();
        assert_eq!(names, ["kernels", "layer-1"]);
    }
}
