//! Decisions drawn from a list of numbers.
//!
//! A property test draws the list and shrinks it. A zero, or the end of the list, is the simplest decision. So a
//! failure shrinks to a simple manifest.

pub struct Dice<'r> {
    rolls: &'r [u16],
    at: usize,
}

impl<'r> Dice<'r> {
    pub fn new(rolls: &'r [u16]) -> Self {
        Self { rolls, at: 0 }
    }

    /// A number below `count`.
    pub fn below(&mut self, count: usize) -> usize {
        let roll = self.rolls.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        usize::from(roll) % count
    }

    /// A number below `count`, which may be more than a roll can tell apart.
    pub fn far_below(&mut self, count: usize) -> usize {
        (self.below(256) * 256 + self.below(256)) % count
    }

    /// A character boundary of a text, which may be its end.
    pub fn place(&mut self, text: &str) -> usize {
        boundary(text, self.far_below(text.len() + 1))
    }

    /// Returns true once in `count` times.
    pub fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == count - 1
    }

    /// One of these; the first is the plainest.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// Puts them in another order, if in the mood.
    pub fn shuffle<T>(&mut self, parts: &mut [T]) {
        for at in (1..parts.len()).rev() {
            let other = at - self.below(at + 1);
            parts.swap(at, other);
        }
    }
}

/// The last character boundary at or before `at`.
pub fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
