//! Variables by their name, whatever is known of them.

use super::backends::{find, table};
use super::clients::programs::{Bad, Habit, Program, Reading};
use super::usage::UsageError;
use super::values::{go, nearest, python_integer};
use super::variables::unread::{UNREAD, Unread};
use super::variables::{KnownVariable, Takes};
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

/// Whether a program ends at start with this value of a variable. Nothing is said of values that are merely of no use.
pub(crate) fn ends_at_start(program: Program, name: &str, text: &str) -> bool {
    let of_program = |variable: &&KnownVariable| {
        let ends = |reading: &Reading| matches!(reading.habit, Habit::Reads { bad: Bad::Ends(_), .. });
        variable.readings.iter().any(|reading| reading.program == program && ends(reading))
    };
    let variable = BACKENDS.into_iter().filter_map(|backend| find(backend, name)).find(of_program);
    variable.is_some_and(|variable| match variable.takes {
        Takes::NotZero => python_integer(text).is_none(),
        Takes::True(_) | Takes::False | Takes::Boolean => go::boolean(text).is_none(),
        Takes::Port | Takes::Count => go::integer(text).is_none(),
        Takes::Number | Takes::Rate => go::float(text).is_none(),
        Takes::Word(words) => !words.iter().any(|word| word.eq_ignore_ascii_case(text)),
        Takes::Duration => go::duration(text).is_none(),
        Takes::Url(_) => go::request_uri(text).is_none(),
        // To the wrapper a second `=` is one too many.
        Takes::Pairs => text.split(',').any(|pair| match program {
            Program::Executor => !pair.contains('='),
            _ => pair.matches('=').count() != 1,
        }),
        _ => false,
    })
}
