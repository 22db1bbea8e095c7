//! A run of `argocd generate` or `argocd discover`. Argo CD's `cmpserver/plugin/plugin.go` runs them in the folder of the
//! Application: what `generate` prints is deployed, and `discover` matches if it prints anything.

mod build;
mod discover;
mod manifests;

use std::collections::BTreeSet;
use std::env;
use std::io;
use std::path::{Component, Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use clap::ValueEnum;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::colours::Colours;
use super::hint::LintCommand;
use super::job::Job;
use super::matching::{TypedSelection, has_deployment};
use super::settings::RunSettings;
use super::{RunStatus, policy, print, say};
use crate::cli::{ArgocdCommand, GenerateArgs, Output};
use crate::credentials::masked_value;
use crate::knowledge::{Backend, Key};
use crate::output::diagnostic::render_all;
use crate::settings::{Layer, Refused, SettingSource};
use crate::source::{CHART_FILE, Excludes, Gathered, SETTINGS_FILE, display_path, has_kind_line};
use build::built;
use discover::discover;
use manifests::manifests;

/// The files that make a folder one for kustomize or Helm, kustomize first: `KustomizationNames` in
/// `util/kustomize/kustomize.go` and `Discover` in `util/app/discovery/discovery.go` of Argo CD.
const BUILD_FILES: [&str; 4] = ["kustomization.yaml", "kustomization.yml", "Kustomization", CHART_FILE];

pub(super) fn run(command: ArgocdCommand) -> Result<RunStatus> {
    let args = match command {
        ArgocdCommand::Generate(args) => *args,
        ArgocdCommand::Discover { build } => {
            return match discover(build) {
                Some(path) => print(format!("{}\n", display_path(&path)).as_bytes()),
                None => Ok(RunStatus::Done),
            };
        }
    };
    generate(args).or_else(|error| {
        let Refused { name, text, faults } = error.downcast()?;
        say(&render_all(&faults, &name, &text, false));
        Ok(RunStatus::Failed)
    })
}

fn generate(args: GenerateArgs) -> Result<RunStatus> {
    let GenerateArgs { build, settings_file } = args;
    let known: &[&str] = if build { &["backend", "release-name", "value-files"] } else { &["backend", "recurse"] };
    check_parameters(known)?;
    let mut options = Layer::new(SettingSource::Options);
    let backend = parameter("backend");
    if let Some(text) = backend.as_deref().filter(|text| Backend::from_str(text, false).is_err()) {
        bail!("the parameter `backend` is `{}`: jaeger and datadog are possible", masked_value(text));
    }
    options.type_text(Key::Backend, backend);
    let top = build_file(Path::new("."));
    let root = repository().unwrap_or_default();
    let above = env::current_dir().unwrap_or_default();
    above.ancestors().take_while(|folder| folder.starts_with(&root)).try_for_each(check_settings_file)?;
    let gather = |excludes: Excludes| match top {
        Some(file) if build => Ok(Gathered { sources: vec![built(file)?], ..Gathered::default() }),
        Some(file) => bail!("this folder has a {file}: use the plugin for kustomize and Helm"),
        None if build => {
            bail!("this folder has no kustomization file and no {CHART_FILE}: use the plugin for manifests")
        }
        None => {
            let gathered = manifests(recurse()?, &excludes);
            let folders: BTreeSet<&Path> =
                gathered.sources.iter().filter_map(|source| source.origin.path()?.parent()).collect();
            folders.into_iter().flat_map(Path::ancestors).try_for_each(check_settings_file)?;
            Ok(gathered)
        }
    };
    let lint_command = LintCommand::default();
    let (settings, gathered) = RunSettings::of_gathered(settings_file, options, gather)?;
    // Argo CD would delete everything.
    if gathered.errors.is_empty() && gathered.sources.iter().all(|source| !has_kind_line(&source.bytes)) {
        bail!("there is no manifest to print");
    }
    let backend = match settings.backend()? {
        Some(backend) => backend,
        None if gathered.sources.iter().any(|source| has_deployment(&source.bytes)) => bail!(
            "no backend: set the parameter `backend` of the plugin to jaeger or datadog, or `backend` in {SETTINGS_FILE}"
        ),
        // Nothing changes without a deployment.
        None => Backend::Jaeger,
    };
    let policies = settings.policies(|stack| policy::of_enable(stack, backend, false))?;
    let require_match = settings.run.settings(&[]).is_on(Key::RequireMatch);
    let output = Output { quiet: true, ..Output::default() };
    let colours = Colours { stdout: false, stderr: false };
    let (typed, json_patch) = (TypedSelection::default(), false);
    let job = Job { settings, policies, require_match, typed, lint_command, output, json_patch, colours };
    job.run(gathered).map(|(status, _)| status)
}

/// A parameter of the Application. Argo CD sets PARAM_NAME: `Environ` of `ApplicationSourcePluginParameters` in
/// `pkg/apis/application/v1alpha1/types.go`. An empty one counts as missing, since the UI fills in empty ones.
fn parameter(name: &str) -> Option<String> {
    env::var(parameter_name(name)).ok().filter(|value| !value.is_empty())
}

fn parameter_name(name: &str) -> String {
    format!("PARAM_{}", name.to_ascii_uppercase().replace('-', "_"))
}

/// Returns an error for a parameter that does not exist, or of another type. Otherwise it would have no effect.
fn check_parameters(known: &[&str]) -> Result<()> {
    #[derive(Deserialize)]
    struct Parameter {
        name: String,
        array: Option<IgnoredAny>,
        map: Option<IgnoredAny>,
    }
    let all = env::var("ARGOCD_APP_PARAMETERS").unwrap_or_default();
    let all = if all.is_empty() { "null" } else { &all };
    let all: Option<Vec<Parameter>> =
        serde_json::from_str(all).map_err(|_| anyhow!("ARGOCD_APP_PARAMETERS is not a JSON list of parameters"))?;
    for Parameter { name, array, map } in all.into_iter().flatten() {
        if !known.contains(&name.as_str()) {
            bail!("there is no parameter `{}`: the plugin has {}", masked_value(&name), known.join(", "));
        }
        let is_list = name == "value-files";
        if map.is_some() || array.is_some() != is_list {
            bail!("the parameter `{name}` needs {}", if is_list { "an `array`" } else { "a `string`" });
        }
    }
    Ok(())
}

/// Returns an error for a settings file that is a link out of the repository: errors would show a file of the server.
fn check_settings_file(folder: &Path) -> Result<()> {
    let path = folder.join(SETTINGS_FILE);
    if path.is_symlink() && !path.canonicalize().is_ok_and(|path| repository().is_ok_and(|root| path.starts_with(root)))
    {
        bail!("{}: a link to a file outside of the repository", display_path(&path));
    }
    Ok(())
}

fn recurse() -> Result<bool> {
    match parameter("recurse").as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(other) => bail!("the parameter `recurse` is `{}`: true and false are possible", masked_value(other)),
    }
}

/// The name of the file by which kustomize or Helm builds a folder.
fn build_file(folder: &Path) -> Option<&'static str> {
    BUILD_FILES.into_iter().find(|name| folder.join(name).is_file())
}

/// The root of the repository, of which Argo CD gives the path to the working folder.
fn repository() -> io::Result<PathBuf> {
    let folder = env::current_dir()?.canonicalize()?;
    let path = env::var_os("ARGOCD_APP_SOURCE_PATH").unwrap_or_default();
    let path: PathBuf = Path::new(&path).components().filter(|part| matches!(part, Component::Normal(_))).collect();
    let levels = if folder.ends_with(&path) { path.components().count() } else { 0 };
    Ok(folder.ancestors().nth(levels).unwrap_or(&folder).to_owned())
}
