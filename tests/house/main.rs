//! What holds of the project as a whole: its documentation, its rooms, its streams of random numbers.

mod docs;
mod rooms;
mod streams;
