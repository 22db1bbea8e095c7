//! Equal values, kept once.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// Values that many results share, each kept once.
pub(super) struct Shared<T: ?Sized>(Mutex<HashSet<Arc<T>>>);

impl<T: ?Sized> Default for Shared<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: ?Sized + Eq + Hash> Shared<T> {
    /// Makes those that are equal to one seen before share it.
    pub(super) fn share<'a>(&self, all: impl Iterator<Item = &'a mut Arc<T>>)
    where
        T: 'a,
    {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for one in all {
            match kept.get(one) {
                Some(same) => *one = Arc::clone(same),
                None => {
                    kept.insert(Arc::clone(one));
                }
            }
        }
    }
}
