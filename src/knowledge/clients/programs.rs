//! The programs that read tracing variables.

use super::ddtrace::{self, LibraryVersion};
use super::{ClientStart, EnvText, Environment, executor, pr2859, wrapper};
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

/// How a program reads a variable. What it makes of a value, [`Program::start`] knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// It reads the variable, and uses this if that is not set.
    Reads(Unset),
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

impl Program {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Executor, Self::Wrapper, Self::DatadogExecutor, Self::DatadogWrapper, Self::Libraries];

    /// What it makes of its environment, in which tracing is on unless a variable of it is off. `None`: it traces to the
    /// other backend.
    pub(crate) fn start(self, environment: &Environment<'_>) -> Option<ClientStart> {
        let switched_on = |names: &[&'static str]| {
            let missing = names.iter().filter(|name| environment.get(name).is_none());
            missing.fold(environment.clone(), |all, name| all.with(name, EnvText::Literal("1")))
        };
        match self {
            Self::Executor => Some(executor::start(environment)),
            Self::Wrapper => Some(wrapper::start(&switched_on(&["TRACING"]))),
            Self::DatadogExecutor => pr2859::executor(&switched_on(&["DD_ENABLED"])),
            Self::DatadogWrapper => pr2859::wrapper(&switched_on(&["DD_ENABLED", "TRACING"])),
            Self::Libraries => Some(ddtrace::start(environment, LibraryVersion::NotKnown)),
        }
    }

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
    /// Returns true if the program reads the variable.
    pub fn is_read(&self) -> bool {
        matches!(self.habit, Habit::Reads(_))
    }
}

/// A program that reads the variable.
pub(in crate::knowledge) const fn reads(program: Program, unset: Unset) -> Reading {
    Reading { program, habit: Habit::Reads(unset) }
}

/// A program that does not.
pub(in crate::knowledge) const fn ignores(program: Program, instead: &'static str) -> Reading {
    Reading { program, habit: Habit::Ignores(instead) }
}
