//! Who reads tracing variables, and what each makes of one.

use crate::knowledge::variables::Readers;
use crate::knowledge::{Backend, Reader};

/// A program that reads tracing variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Program {
    /// Seldon's executor, with Jaeger's client for Go.
    Executor,
    /// Seldon's Python wrapper, with Jaeger's client for Python.
    Wrapper,
    /// The executor of pull request 2859, with Datadog's library for Go.
    DatadogExecutor,
    /// The Python wrapper of pull request 2859, with Datadog's library for Python.
    DatadogWrapper,
    /// Datadog's own libraries, in an image of either kind.
    Libraries,
}

/// What a program does with a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The program.
    pub program: Program,
    /// What it does.
    pub habit: Habit,
}

/// Whether a program reads a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// It does.
    Reads {
        /// What it goes by where the variable is not set.
        unset: Unset,
        /// What it does with a bad value.
        bad: Bad,
    },
    /// It does not, though one might think so; what it goes by instead, after its name and a colon.
    Ignores(&'static str),
}

/// What a program goes by where a variable is not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unset {
    /// This value.
    Value(&'static str),
    /// What these words say, which is no value of the variable.
    Words(&'static str),
    /// Nothing, or nothing that is known.
    Nothing,
}

/// What a program does with a bad value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bad {
    /// It ends at start; with what, in words that follow *with*.
    Ends(&'static str),
    /// It goes on, and means something else; what, in words that follow its name.
    GoesOn(&'static str),
    /// No value is bad to it, or none that is known.
    Nothing,
}

impl Program {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Executor => "executor",
            Self::Wrapper => "Python wrapper",
            Self::DatadogExecutor => "executor of PR 2859",
            Self::DatadogWrapper => "wrapper of PR 2859",
            Self::Libraries => "Datadog's libraries",
        }
    }

    /// Where what is said of it was read.
    pub fn source(self) -> &'static str {
        match self {
            Self::Executor => {
                "jaeger-client-go 2.25, config/config_env.go; Seldon Core 1.19.0-dev, executor/api/tracing/trace.go"
            }
            Self::Wrapper => {
                "Seldon Core 1.19.0-dev, python/seldon_core/utils.py and microservice.py, with jaeger-client 4"
            }
            Self::DatadogExecutor => "Seldon Core, pull request 2859, the executor with dd-trace-go 1.28",
            Self::DatadogWrapper => "Seldon Core, pull request 2859, the Python wrapper with ddtrace",
            Self::Libraries => "Datadog's guides for Flask and for Fargate; ddtrace and dd-trace-go",
        }
    }

    /// The backend to which it sends.
    pub fn backend(self) -> Backend {
        match self {
            Self::Executor | Self::Wrapper => Backend::Jaeger,
            Self::DatadogExecutor | Self::DatadogWrapper | Self::Libraries => Backend::Datadog,
        }
    }

    /// Whose env lists it reads.
    pub fn readers(self) -> Readers {
        match self {
            Self::Executor | Self::DatadogExecutor => Readers::from(Reader::Orchestrator),
            Self::Wrapper | Self::DatadogWrapper => Readers::from(Reader::Container),
            Self::Libraries => Readers::Both,
        }
    }
}

impl Reading {
    /// Whether the program reads the variable.
    pub fn is_read(&self) -> bool {
        matches!(self.habit, Habit::Reads { .. })
    }
}

/// A program that reads the variable.
pub(in crate::knowledge) const fn reads(program: Program, unset: Unset, bad: Bad) -> Reading {
    Reading { program, habit: Habit::Reads { unset, bad } }
}

/// A program that does not.
pub(in crate::knowledge) const fn ignores(program: Program, instead: &'static str) -> Reading {
    Reading { program, habit: Habit::Ignores(instead) }
}
