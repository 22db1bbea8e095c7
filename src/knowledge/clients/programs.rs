//! The programs that read tracing variables.

use super::ddtrace::{self, LibraryVersion};
use super::{ClientStart, EnvText, Environment, executor, pr2859, wrapper};
use crate::knowledge::Backend;
use crate::knowledge::readers::{Reader, Readers};

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

/// A program that may read a variable, and its behavior.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    pub program: Program,
    pub behavior: Behavior,
}

/// The behavior of a program toward a variable. [`Program::start`] computes the effect of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behavior {
    /// It reads the variable; if that is not set, it uses this.
    Reads(Unset),
    /// It does not read the variable, though one might expect it. The text is what it uses instead; it follows the
    /// program's name and a colon.
    Ignores(&'static str),
}

/// The default of a program for a variable that is not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unset {
    Value(&'static str),
    /// A behavior in words, since it is not a value of the variable.
    Words(&'static str),
    /// Nothing, or unknown.
    Nothing,
}

impl Program {
    pub const ALL: [Self; 5] =
        [Self::Executor, Self::Wrapper, Self::DatadogExecutor, Self::DatadogWrapper, Self::Libraries];

    /// The start of the program in this environment, with tracing on unless a variable switches it off. `None`: it
    /// traces to the other backend.
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

    pub fn name(self) -> &'static str {
        match self {
            Self::Executor => "executor",
            Self::Wrapper => "Python wrapper",
            Self::DatadogExecutor => "executor of PR 2859",
            Self::DatadogWrapper => "wrapper of PR 2859",
            Self::Libraries => "Datadog's libraries",
        }
    }

    /// The source of the facts about it.
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

    /// The env lists that it reads.
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
        matches!(self.behavior, Behavior::Reads(_))
    }
}

/// A program that reads the variable.
pub(in crate::knowledge) const fn reads(program: Program, unset: Unset) -> Reading {
    Reading { program, behavior: Behavior::Reads(unset) }
}

/// A program that ignores the variable.
pub(in crate::knowledge) const fn ignores(program: Program, instead: &'static str) -> Reading {
    Reading { program, behavior: Behavior::Ignores(instead) }
}
