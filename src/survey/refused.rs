//! The state of the units of a deployment that is refused.

use super::tracing::{Doubt, Tracing, Verdict};
use crate::manifest::{Certainty, Refusal};

/// The doubt about each unit of a deployment that is refused for this reason.
pub(super) fn doubt(refusal: &Refusal) -> Doubt {
    let words = format!("{}: {}", refusal.consequence(), refusal.text);
    match refusal.certainty {
        Certainty::Certain | Certainty::AsItIs => Doubt::no(words),
        Certainty::Possible => Doubt::unknown(words),
    }
}

impl Tracing {
    /// Changes the state of a unit whose deployment is refused.
    pub(super) fn apply_refusal(&mut self, doubt: &Doubt) {
        match doubt.verdict {
            Verdict::No => self.set_no(&doubt.reason),
            _ => self.set_unknown(&doubt.reason),
        }
    }

    /// Replaces the state of a unit by that without its env list, which the operator drops at a variable. The rules still
    /// check the variables.
    pub(super) fn replace_by_dropped(&mut self, left: Self, variable: &str) {
        let Self { start, client, .. } = std::mem::replace(self, left);
        (self.start, self.client) = (start, client);
        if self.verdict == Verdict::No {
            self.cause = None;
            self.reason = Some(format!("Seldon's operator drops the variables, since {variable} is one of them"));
        }
    }

    /// Changes `yes` and `unknown` to `no`, for this reason.
    pub(super) fn set_no(&mut self, reason: &str) {
        if matches!(self.verdict, Verdict::Yes | Verdict::Unknown) {
            self.verdict = Verdict::No;
            self.cause = None;
            self.reason = Some(reason.to_owned());
        }
    }

    /// Changes `yes` to `unknown`, for this reason.
    pub(super) fn set_unknown(&mut self, reason: &str) {
        if self.verdict == Verdict::Yes {
            self.verdict = Verdict::Unknown;
            self.reason = Some(reason.to_owned());
        }
    }
}
