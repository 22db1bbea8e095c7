//! Deployments that vary in their predictors, containers, comments, quotes and indentation; about 2 kB each.

use std::fmt::Write as _;

/// The deployment with this number, after its `---`.
pub fn manifest(number: usize) -> String {
    let mut out = format!(
        "---\n# deployment {number}: see the runbook\napiVersion: machinelearning.seldon.io/v1\n\
         kind: SeldonDeployment\nmetadata:\n  name: model-{number}\n  labels: {{team: risk}}\nspec:\n  predictors:\n"
    );
    let dash = if number.is_multiple_of(3) { "  " } else { "" };
    for predictor in 0..=usize::from(number % 4 == 1) {
        push_predictor(&mut out, dash, number, predictor);
    }
    out
}

fn push_predictor(out: &mut String, dash: &str, number: usize, predictor: usize) {
    let containers = 2 + (number + predictor) % 4;
    let _ = write!(
        out,
        "  {dash}- name: main-{predictor}\n    {dash}replicas: {}\n    {dash}componentSpecs:\n    {dash}{dash}- spec:\n        \
         {dash}{dash}containers:\n",
        number % 5
    );
    let column = format!("        {dash}{dash}{dash}");
    for container in 0..containers {
        let _ = write!(
            out,
            "{column}- name: step-{container}\n{column}  image: registry.example.com/step:{number} # pinned\n{column}  \
             resources:\n{column}    requests:\n{column}      cpu: \"1\"\n{column}      memory: 2Gi\n"
        );
        if container % 2 == 0 {
            let _ = write!(
                out,
                "{column}  env:\n{column}  {dash}- name: LOG_LEVEL\n{column}  {dash}  value: 'info'\n{column}  {dash}# from \
                 the vault\n{column}  {dash}- name: TOKEN\n{column}  {dash}  valueFrom:\n{column}  {dash}    secretKeyRef: \
                 {{name: creds, key: token}}\n"
            );
        }
    }
    let _ = write!(out, "    {dash}graph:\n      {dash}name: step-0\n      {dash}children:\n");
    for container in 1..containers {
        let _ = writeln!(out, "      {dash}- name: step-{container}");
    }
}
