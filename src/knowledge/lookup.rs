//! Variables by their name, whatever is known of them.

use super::backends::table;
use super::usage::UsageError;
use super::values::nearest;
use super::variables::KnownVariable;
use super::variables::unread::{UNREAD, Unread};
use super::{BACKENDS, Backend};

/// What is known of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// A variable that a client of this backend reads.
    Read(Backend, &'static KnownVariable),
    /// One that looks like it and is not.
    Unread(&'static Unread),
}

impl Known {
    /// The variable's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read(_, variable) => variable.name,
            Self::Unread(unread) => unread.name,
        }
    }

    /// The backend it is of, or looks to be of.
    pub fn backend(self) -> Backend {
        match self {
            Self::Read(backend, _) => backend,
            Self::Unread(unread) => unread.backend,
        }
    }
}

/// Everything known, backend by backend: what is read, in the order of the table, then what is not.
pub fn known() -> impl Iterator<Item = Known> {
    BACKENDS.into_iter().flat_map(|backend| {
        let read = table(backend).iter().map(move |variable| Known::Read(backend, variable));
        read.chain(UNREAD.iter().filter(move |unread| unread.backend == backend).map(Known::Unread))
    })
}

/// What is known of a variable, in whichever case its name is spelt: once, or once for each backend.
///
/// # Errors
/// That there is no such variable, and which is nearest.
pub(crate) fn look_up(name: &str) -> Result<Vec<Known>, UsageError> {
    let found: Vec<Known> = known().filter(|known| known.name().eq_ignore_ascii_case(name)).collect();
    if found.is_empty() {
        let nearest = nearest(name, known().map(Known::name));
        return Err(UsageError::Unheard { name: name.to_owned(), nearest });
    }
    Ok(found)
}
