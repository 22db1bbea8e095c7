//! The state of a deployment that Seldon's operator rejects.

use super::has_no_engine_placeholder;
use super::tracing::{Doubt, Tracing, Verdict};
use crate::manifest::{Deployment, PredictorUnits, Refusal, RefusalKind};
use crate::yaml::Tree;

/// The reasons why Seldon's operator rejects a predictor.
pub(super) fn refusals<'t>(
    tree: &Tree<'_>,
    deployment: &Deployment<'t>,
    predictor: &PredictorUnits<'t>,
) -> Vec<Refusal<'t>> {
    let mut refusals = predictor.refusals.clone();
    let is_of_executor = |refusal: &&mut Refusal<'_>| {
        matches!(refusal.kind, RefusalKind::Split(..) | RefusalKind::NoNodeInFirst | RefusalKind::NoPod)
    };
    for refusal in refusals.iter_mut().filter(is_of_executor) {
        let may_be_elsewhere =
            has_no_engine_placeholder(tree, predictor.node) || deployment.may_have_separate_engine(tree);
        refusal.is_certain &= !may_be_elsewhere;
    }
    refusals
}

/// The doubt about each unit of a deployment that Seldon's operator rejects.
pub(super) fn refusal_doubt(refusals: &[Refusal<'_>]) -> Option<Doubt> {
    let refusal = refusals.iter().find(|refusal| refusal.is_certain).or(refusals.first())?;
    Some(match refusal.is_certain {
        true => Doubt::no(format!("Seldon's operator refuses the manifest: {refusal}")),
        false => Doubt::unknown(format!("Seldon's operator refuses the manifest as it is: {refusal}")),
    })
}

impl Tracing {
    /// Changes the state of a unit whose deployment Seldon's operator rejects.
    pub(super) fn apply_refusal(&mut self, doubt: &Doubt) {
        match doubt.verdict {
            Verdict::No => self.set_no(&doubt.reason),
            _ => self.set_unknown(&doubt.reason),
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
