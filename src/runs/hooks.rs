//! What a long run asks and tells while it goes on.

/// What a long run asks and tells while it goes on.
pub trait Hooks: Sync {
    /// Whether it should stop and keep what it has.
    fn interrupted(&self) -> bool {
        false
    }

    /// How much is done, from 0 to 1, and of what.
    fn progress(&self, _fraction: f64, _of: &str) {}

    /// Something that the user should know, as that a damaged checkpoint was not used.
    fn remark(&self, _text: &str) {}
}

/// Never interrupts, shows nothing.
pub struct Silent;

impl Hooks for Silent {}
