//! The readers of env lists.

/// The program that reads an env list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reader {
    /// The service orchestrator: Seldon's executor, written in Go.
    Orchestrator,
    /// A graph node's container: the Python wrapper, or a prepackaged server made of it.
    Container,
}

/// The env lists that a variable is added to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Only the orchestrator's.
    Orchestrator,
    /// Only those of containers.
    Container,
    /// All env lists.
    Both,
}

impl Readers {
    /// Returns true if it includes this one.
    pub fn include(self, reader: Reader) -> bool {
        self == Self::Both || self == Self::from(reader)
    }

    /// The readers that are included.
    pub fn each(self) -> impl Iterator<Item = Reader> {
        [Reader::Orchestrator, Reader::Container].into_iter().filter(move |reader| self.include(*reader))
    }
}

impl From<Reader> for Readers {
    fn from(reader: Reader) -> Self {
        match reader {
            Reader::Orchestrator => Self::Orchestrator,
            Reader::Container => Self::Container,
        }
    }
}
