//! Rules on Seldon's operator: deployments that it rejects, and containers that replace the orchestrator.

use std::collections::HashSet;

use super::super::{Check, Found, Rule, Severity, scenes};
use super::near::near_containers;
use crate::manifest::{Certainty, ExecutorPlace, ORCHESTRATOR, Refusal, Role, value_of};
use crate::survey::DeploymentSurvey;
use crate::yaml::{NodeId, Tree};

pub(super) const ST046: Rule = Rule {
    id: "ST046",
    severity: Severity::Error,
    finds: "a manifest that Seldon's operator or Kubernetes refuses",
    explanation: "If one thing in a SeldonDeployment is refused, nothing of it runs, and `status` shows `no` for all of it. \
                  The API server refuses fields of another type, such as a number in `args`; ST001 finds values that \
                  are no strings. Seldon's operator refuses a graph node without a container that is no server, and a graph \
                  that leaves no pod for the orchestrator: the first component spec has no graph node's container. The \
                  annotation seldon.io/engine-separate-pod of `spec` gives it a pod of its own. Kubernetes \
                  refuses a pod with two containers of one name, a container or a variable whose name it does not allow, \
                  or a mount of a volume that the pod does not have. It is an info where another tool may add what is missing (a container, a modelUri, a traffic, a volume, \
                  Kafka's variables), or give another name. A predictor without any \
                  container may be a part of a manifest, and the cluster may know a server that is not Seldon's: `status` \
                  shows `unknown`.",
    source: "tried with the operator of Seldon Core 1.17.1; 1.18.2, operator/controllers/seldondeployment_controller.go \
             (createComponents) and operator/apis/machinelearning.seldon.io/v1/seldondeployment_webhook.go; \
             Kubernetes' validation of pods",
    wrong: "\
spec:
  predictors:
  - name: main
    graph:
      name: classifier
    componentSpecs:
    - spec:
        containers:
        - name: cache
          image: redis:7
    - spec:
        containers:
        - name: classifier
          image: example.com/iris:1",
    right: "\
spec:
  predictors:
  - name: main
    graph:
      name: classifier
    componentSpecs:
    - spec:
        containers:
        - name: classifier
          image: example.com/iris:1
    - spec:
        containers:
        - name: cache
          image: redis:7",
    fix: None,
    check: Check::Deployment(refusals),
};

pub(super) const ST047: Rule = Rule {
    id: "ST047",
    severity: Severity::Warning,
    finds: "a container with the orchestrator's name",
    explanation: "A container seldon-container-engine replaces the orchestrator if it is in the orchestrator's pod, which \
                  is that of the first component spec. Its own variables count then, and those of svcOrchSpec do not. \
                  But the operator does not give that pod the label seldon-app, and the predictor's Service selects \
                  nothing, unless the manifest has the label with the Service's name. In another pod, with the annotation \
                  seldon.io/engine-separate-pod of `spec`, or with seldon.io/no-engine, it replaces nothing.",
    source: "tried with the operator of Seldon Core 1.17.1; 1.18.2, operator/controllers/seldondeployment_engine.go \
             (addEngineToDeployment)",
    wrong: "\
spec:
  predictors:
  - name: main
    graph:
      name: classifier
    componentSpecs:
    - spec:
        containers:
        - name: classifier
          image: example.com/iris:1
        - name: seldon-container-engine
          image: example.com/executor:1",
    right: "\
spec:
  predictors:
  - name: main
    graph:
      name: classifier
    componentSpecs:
    - spec:
        containers:
        - name: classifier
          image: example.com/iris:1",
    fix: None,
    check: Check::Units(|tree, deployment| {
        let found = scenes(tree, deployment).filter_map(|scene| {
            let node = value_of(tree, scene.unit().node, "name")?;
            let (message, help) = match (scene.unit().role, scene.predictor.pods.executor) {
                (Role::OwnOrchestrator(_), _) if scene.predictor.pods.is_unreached => (
                    "this container replaces the orchestrator, and the predictor's Service selects no pod",
                    "remove it, or give its pod the label seldon-app, with the Service's name, in \
                     `componentSpecs[].metadata.labels`",
                ),
                (Role::Sidecar(_), _) if scene.unit().name != ORCHESTRATOR => return None,
                (Role::Sidecar(_), ExecutorPlace::None) => (
                    "this container replaces no orchestrator, since seldon.io/no-engine is set",
                    "remove it, or the annotation",
                ),
                (Role::Sidecar(_), ExecutorPlace::Alone) => (
                    "this container does not replace the orchestrator, which has a pod of its own",
                    "remove it, and set the orchestrator's variables in svcOrchSpec.env",
                ),
                (Role::Sidecar(_), ExecutorPlace::Pod(_)) => (
                    "this container does not replace the orchestrator, which is in another pod",
                    "remove it, and set the orchestrator's variables in svcOrchSpec.env",
                ),
                _ => return None,
            };
            Some((scene.survey, Found::new(node, message, help)))
        });
        found.collect()
    }),
};

fn refusals(tree: &Tree<'_>, survey: &DeploymentSurvey<'_>) -> Vec<Found> {
    let sure = |refusal: &&Refusal| refusal.certainty < Certainty::Possible && refusal.rule.found_by == ST046.id;
    let mut refusals = survey.refusals.iter().filter(sure).filter(|_| survey.is_selected()).peekable();
    if refusals.peek().is_none() {
        return Vec::new();
    }
    // ST031 finds typos.
    let near = survey.predictors.iter().flat_map(|predictor| near_containers(tree, predictor));
    let typos: HashSet<Option<NodeId>> =
        near.map(|(node, _)| value_of(tree, node.unit.node, "name")).filter(Option::is_some).collect();
    let found = refusals.filter(|refusal| !typos.contains(&Some(refusal.node))).map(|refusal| {
        let found = Found::new(
            refusal.node,
            format!("{}, and {}: {}", refusal.text, refusal.consequence(), refusal.rule.words),
            refusal.rule.help,
        );
        if refusal.certainty == Certainty::Certain { found } else { found.info() }
    });
    found.collect()
}
