//! Rules on Seldon's operator: deployments that it rejects, and containers that replace the orchestrator.

use std::collections::HashSet;

use super::super::{Check, Found, Rule, Severity, scenes};
use super::near::near_containers;
use crate::manifest::{ExecutorPlace, NO_ENGINE_ANNOTATION, ORCHESTRATOR, Refusal, RefusalKind, Role, value_of};
use crate::survey::DeploymentSurvey;
use crate::yaml::{NodeId, Tree};

pub(super) const ST046: Rule = Rule {
    id: "ST046",
    severity: Severity::Error,
    finds: "a graph for which Seldon's operator makes no pods",
    explanation: "The operator refuses the whole SeldonDeployment in these cases, and nothing of it runs. A graph node \
                  that is no server of the operator's has no container. The first component spec, whose pod gets the \
                  orchestrator, has no graph node's container: the annotation seldon.io/engine-separate-pod of `spec` \
                  gives the orchestrator a pod of its own. A node with a container in two component specs counts as one \
                  of the last. seldon.io/no-engine, with any value, is on a predictor whose graph has several nodes. A \
                  predictor without any container may be a part of a manifest, and is not found. A node without a \
                  container, or with two, is an info: another tool may still rename or add one.",
    source: "tried with the operator of Seldon Core 1.17.1; 1.18.2, operator/controllers/seldondeployment_controller.go \
             (createComponents) and operator/apis/machinelearning.seldon.io/v1/seldondeployment_webhook.go",
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
                  nothing, unless the label is in the manifest. In another pod, with the annotation \
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
    let certain = survey.refusals.iter().filter(|refusal| refusal.is_certain && survey.is_selected());
    let mut certain = certain.peekable();
    if certain.peek().is_none() {
        return Vec::new();
    }
    // ST031 finds typos.
    let typos: HashSet<NodeId> = survey
        .predictors
        .iter()
        .flat_map(|predictor| near_containers(tree, predictor))
        .map(|(node, _)| node.unit.node)
        .collect();
    let found = certain.filter(|refusal| !typos.contains(&refusal.node)).map(|refusal| match refusal.kind {
        RefusalKind::NoContainer(_) | RefusalKind::NoName | RefusalKind::Split(..) => refusal_at(tree, refusal).info(),
        _ => refusal_at(tree, refusal),
    });
    found.collect()
}

fn refusal_at(tree: &Tree<'_>, refusal: &Refusal<'_>) -> Found {
    let name = || value_of(tree, refusal.node, "name").unwrap_or(refusal.node);
    let (node, help) = match refusal.kind {
        RefusalKind::NoName => (refusal.node, "give it the name of its container"),
        RefusalKind::NoContainer(_) => (name(), "add a container of that name, or give the node an `implementation`"),
        RefusalKind::Split(..) => {
            (name(), "rename one of the two, or set seldon.io/engine-separate-pod: 'true' in the annotations of `spec`")
        }
        RefusalKind::NoNodeInFirst | RefusalKind::NoPod => (
            refusal.node,
            "put a component spec with one first, or set seldon.io/engine-separate-pod: 'true' in the annotations of \
             `spec`",
        ),
        RefusalKind::NoEngineOfSeveral => {
            let annotations = value_of(tree, refusal.node, "annotations");
            let annotation = annotations.and_then(|all| value_of(tree, all, NO_ENGINE_ANNOTATION));
            (annotation.unwrap_or(refusal.node), "remove the annotation")
        }
    };
    Found::new(node, format!("{refusal}, and Seldon's operator refuses the manifest"), help)
}
