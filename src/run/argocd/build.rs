//! The manifests that kustomize or Helm builds.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::{parameter, parameter_name, repository};
use crate::credentials::{masked_value, tool_message};
use crate::source::{CHART_FILE, Origin, Source};

/// The manifests that kustomize or Helm builds from the working folder, as Argo CD calls them: `Build` in
/// `util/kustomize/kustomize.go`, `helmTemplate` in `reposerver/repository/repository.go` and `template` in
/// `util/helm/cmd.go`.
pub(super) fn built(file: &str) -> Result<Source> {
    let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let value_files: Vec<String> = (0..)
        .map_while(|at| env::var(parameter_name(&format!("value-files-{at}"))).ok())
        .filter(|name| !name.is_empty())
        .collect();
    let is_chart = file == CHART_FILE;
    let name = if is_chart { "helm template" } else { "kustomize build" };
    let mut arguments = Vec::new();
    if is_chart {
        // An Application of another namespace is called NAMESPACE_NAME.
        let of_app = || {
            variable("ARGOCD_APP_NAME")
                .map(|name| name.split_once('_').map_or(name.clone(), |(_, name)| name.to_owned()))
        };
        let release = parameter("release-name").or_else(of_app).context("ARGOCD_APP_NAME is not set")?;
        arguments.push(format!("--name-template={release}"));
        arguments.extend(variable("ARGOCD_APP_NAMESPACE").map(|name| format!("--namespace={name}")));
        arguments.extend(variable("KUBE_VERSION").map(|version| format!("--kube-version={version}")));
        for name in &value_files {
            arguments.push(format!("--values={}", value_file(name)?));
        }
        let versions = variable("KUBE_API_VERSIONS").unwrap_or_default();
        let versions = versions.split(',').filter(|version| !version.is_empty());
        arguments.extend(versions.map(|version| format!("--api-versions={version}")));
        arguments.push("--include-crds".to_owned());
    } else if !value_files.is_empty() || parameter("release-name").is_some() {
        bail!("the parameters `value-files` and `release-name` are for Helm, and this folder has a {file}");
    }
    let mut words = name.split(' ');
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words).arg(".").args(arguments).stdin(Stdio::null());
    let done = command.output().with_context(|| format!("{name} can't be run"))?;
    if !done.status.success() {
        let message = String::from_utf8_lossy(&done.stderr);
        let repository = repository()?;
        bail!("{name}: {}", tool_message(message.trim(), |path| is_file(path, &repository)));
    }
    Ok(Source { origin: Origin::Built { command: name }, bytes: done.stdout, named: true, under_chart: false })
}

/// The path of a value file, relative to the working folder or, with a `/` before it, to the repository, and within that,
/// as `ResolveValueFilePathOrUrl` in `util/io/path/resolved.go` of Argo CD has it.
fn value_file(name: &str) -> Result<String> {
    let shown = masked_value(name);
    let repository = repository()?;
    let path = name.strip_prefix('/').map_or_else(|| PathBuf::from(name), |name| repository.join(name));
    let path = path.canonicalize().with_context(|| format!("the value file `{shown}`"))?;
    if !path.starts_with(&repository) {
        bail!("the value file `{shown}` is outside of the repository");
    }
    // Helm splits the option at commas.
    let path = path.to_str().filter(|path| !path.contains([',', '"']));
    path.map(str::to_owned).with_context(|| format!("the value file `{shown}` has a name that Helm can't take"))
}

/// Returns true for a file of the repository, by a path relative to the working folder or, as Helm writes it, with the name
/// of the chart before it.
fn is_file(path: &str, repository: &Path) -> bool {
    let is_within = |path: &str| {
        let path = Path::new(path);
        path.is_file() && path.canonicalize().is_ok_and(|path| path.starts_with(repository))
    };
    is_within(path) || path.split_once('/').is_some_and(|(_, path)| is_within(path))
}
