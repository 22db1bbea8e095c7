//! The indicator before a node.

use std::num::NonZeroU32;

/// The offset of an indicator plus one, so that an `Option` of it is no larger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lead(NonZeroU32);

impl Lead {
    pub(super) fn at(offset: usize) -> Option<Self> {
        NonZeroU32::new(offset as u32 + 1).map(Self)
    }

    pub(super) fn offset(self) -> usize {
        self.0.get() as usize - 1
    }
}
