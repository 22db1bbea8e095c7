//! A run of `argocd generate` or `argocd discover`. Argo CD's `cmpserver/plugin/plugin.go` runs them in the folder of the
//! Application: what `generate` prints is deployed, and `discover` matches if it prints anything.

use std::collections::HashSet;
use std::env;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, bail};
use clap::ValueEnum;
use memchr::memmem;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_yaml::Value;

use super::colours::Colours;
use super::hint::LintCommand;
use super::job::Job;
use super::matching::{TypedSelection, has_deployment};
use super::settings::RunSettings;
use super::{RunStatus, policy, print, say};
use crate::cli::{ArgocdCommand, GenerateArgs, Output};
use crate::credentials::{HIDDEN, masked_value};
use crate::knowledge::{Backend, Key};
use crate::manifest::WORD;
use crate::output::diagnostic::render_all;
use crate::settings::{Layer, Refused, SettingSource};
use crate::source::{
    CHART_FILE, Excludes, Gathered, MAX_INPUT_LENGTH, Origin, SETTINGS_FILE, Source, SourceError, WalkExcludes,
    display_path, has_kind_line, is_never_taken, read_regular,
};

/// The files that make a folder one for kustomize or Helm, kustomize first: `KustomizationNames` in
/// `util/kustomize/kustomize.go` and `Discover` in `util/app/discovery/discovery.go` of Argo CD.
const BUILD_FILES: [&str; 4] = ["kustomization.yaml", "kustomization.yml", "Kustomization", CHART_FILE];

/// The extensions of the files that Argo CD's directory mode takes.
const EXTENSIONS: [&str; 4] = ["yaml", "yml", "json", "jsonnet"];

/// The keys of a kustomization whose entries name files and folders with resources.
const RESOURCE_KEYS: [&str; 5] = ["resources", "bases", "components", "patches", "patchesStrategicMerge"];

/// `skipFileRenderingMarker` in `reposerver/repository/repository.go` of Argo CD.
const SKIP_MARKER: &str = "+argocd:skip-file-rendering";

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
    let gather = |excludes: Excludes| match top {
        Some(file) if build => Ok(Gathered { sources: vec![built(file)?], ..Gathered::default() }),
        Some(file) => bail!("this folder has a {file}: use the plugin for kustomize and Helm"),
        None if build => {
            bail!("this folder has no kustomization file and no {CHART_FILE}: use the plugin for manifests")
        }
        None => Ok(manifests(recurse()?, &excludes)),
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
    let name = format!("PARAM_{}", name.to_ascii_uppercase().replace('-', "_"));
    env::var(name).ok().filter(|value| !value.is_empty())
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

fn recurse() -> Result<bool> {
    match parameter("recurse").as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(other) => bail!("the parameter `recurse` is `{}`: true and false are possible", masked_value(other)),
    }
}

/// The name of the file by which kustomize or Helm builds a folder.
fn build_file(folder: &Path) -> Option<&'static str> {
    BUILD_FILES.into_iter().find(|name| folder.join(name).exists())
}

/// The root of the repository, of which Argo CD gives the path to the working folder.
fn repository() -> io::Result<PathBuf> {
    let folder = env::current_dir()?.canonicalize()?;
    let path = env::var_os("ARGOCD_APP_SOURCE_PATH").unwrap_or_default();
    let path: PathBuf = Path::new(&path).components().filter(|part| matches!(part, Component::Normal(_))).collect();
    let levels = if folder.ends_with(&path) { path.components().count() } else { 0 };
    Ok(folder.ancestors().nth(levels).unwrap_or(&folder).to_owned())
}

/// The files that Argo CD's directory mode takes: `findManifests` in `reposerver/repository/repository.go`. They count as
/// named: what Argo CD takes must not be missing.
fn manifests(recurse: bool, excludes: &Excludes) -> Gathered {
    let root = Path::new(".");
    let excludes = excludes.of_walk(root);
    let mut gathered = Gathered::default();
    let mut paths = Vec::new();
    let found = files(root, recurse, Some(&excludes), &mut |path, is_folder| match build_file(&path) {
        Some(file) if is_folder => {
            let words = format!(
                "it has a {file}, and this plugin does not build it: give the folder an Application of its own, or exclude \
                 it by `exclude` in {SETTINGS_FILE}"
            );
            gathered.errors.push(unreadable(&path, io::Error::other(words)));
            false
        }
        _ => {
            paths.extend((!is_folder).then_some(path));
            true
        }
    });
    gathered.errors.extend(found.err().map(|error| unreadable(root, error)));
    for path in paths {
        match manifest(&path) {
            Ok(Some(bytes)) => {
                let origin = Origin::File { path };
                gathered.sources.push(Source { origin, bytes, named: true, under_chart: false });
            }
            Ok(None) => {}
            Err(error) => gathered.errors.push(unreadable(&path, error)),
        }
    }
    gathered
}

fn unreadable(path: &Path, error: io::Error) -> SourceError {
    SourceError::Unreadable { name: display_path(path), error }
}

/// Gives each file and folder below a folder to `take`, sorted by name and without following symlinks. A folder is entered
/// if `take` returns true.
fn files(
    folder: &Path,
    recurse: bool,
    excludes: Option<&WalkExcludes>,
    take: &mut impl FnMut(PathBuf, bool) -> bool,
) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (path, is_folder) = (entry.path(), entry.file_type()?.is_dir());
        if is_never_taken(&entry.file_name())
            || (is_folder && !recurse)
            || excludes.is_some_and(|globs| globs.has(&path, is_folder))
        {
            continue;
        }
        if take(path.clone(), is_folder) && is_folder {
            files(&path, recurse, excludes, take)?;
        }
    }
    Ok(())
}

/// The bytes of a file if Argo CD takes it: `getPotentiallyValidManifestFile` and `getObjsFromYAMLOrJSON` in
/// `reposerver/repository/repository.go`. It decodes UTF-16, so the search leaves out NULs.
fn manifest(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let extension = extension(path);
    if !EXTENSIONS.contains(&extension) {
        return Ok(None);
    }
    if fs::symlink_metadata(path)?.is_symlink() {
        match path.canonicalize() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
            Ok(target) if !target.starts_with(repository()?) => {
                return Err(io::Error::other("a link to a file outside of the repository"));
            }
            Ok(_) => {}
        }
    }
    if !fs::metadata(path)?.is_file() {
        return Ok(None);
    }
    let bytes = read_regular(path, MAX_INPUT_LENGTH)?;
    let text: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
    let has = |word: &str| memmem::find(&text, word.as_bytes()).is_some();
    if has(SKIP_MARKER) {
        return Ok(None);
    }
    if extension == "jsonnet" {
        return Err(io::Error::other(format!(
            "jsonnet, which Argo CD evaluates and this plugin can't: write {SKIP_MARKER} into it, or exclude it by `exclude` in \
             {SETTINGS_FILE}"
        )));
    }
    let is_resource = ["apiVersion:", "kind:", "metadata:"].into_iter().all(has);
    let is_taken = has_kind_line(&text) && (is_resource || extension == "json" || is_yaml(&text));
    Ok(is_taken.then_some(bytes))
}

fn is_yaml(text: &[u8]) -> bool {
    serde_yaml::Deserializer::from_slice(text).all(|document| IgnoredAny::deserialize(document).is_ok())
}

/// A file that mentions a SeldonDeployment in a folder for this plugin. What can't be read is not looked at.
fn discover(build: bool) -> Option<PathBuf> {
    let root = Path::new(".");
    match build_file(root) {
        // `generate` refuses another value.
        None if !build => mention_below(root, recurse().unwrap_or(true), &EXTENSIONS),
        Some(CHART_FILE) if build => mention_below(root, true, &["yaml", "yml", "json", "tpl"]),
        Some(_) if build => mention_of_kustomize(),
        _ => None,
    }
}

fn extension(path: &Path) -> &str {
    path.extension().and_then(|extension| extension.to_str()).unwrap_or_default()
}

/// Returns true if a file that Argo CD does not skip mentions a SeldonDeployment.
fn mentions(path: &Path, extensions: &[&str]) -> bool {
    if !extensions.contains(&extension(path)) || !fs::metadata(path).is_ok_and(|metadata| metadata.is_file()) {
        return false;
    }
    let mut text = read_regular(path, MAX_INPUT_LENGTH).unwrap_or_default();
    text.retain(|byte| *byte != 0);
    let has = |word: &str| memmem::find(&text, word.as_bytes()).is_some();
    has(WORD) && !has(SKIP_MARKER)
}

fn mention_below(folder: &Path, recurse: bool, extensions: &[&str]) -> Option<PathBuf> {
    let mut found = None;
    let mut take = |path: PathBuf, is_folder: bool| {
        if found.is_none() && !is_folder && mentions(&path, extensions) {
            found = Some(path);
        }
        found.is_none()
    };
    let _ = files(folder, recurse, None, &mut take);
    found
}

/// The same for the files of a kustomization, and for the local files and folders that it and those name.
fn mention_of_kustomize() -> Option<PathBuf> {
    let (mut waiting, mut known) = (vec![PathBuf::from(".")], HashSet::new());
    while let Some(path) = waiting.pop() {
        if !path.canonicalize().is_ok_and(|path| known.insert(path)) {
            continue;
        }
        if !path.is_dir() {
            if mentions(&path, &["yaml", "yml", "json"]) {
                return Some(path);
            }
            continue;
        }
        let mut own = Vec::new();
        let _ = files(&path, false, None, &mut |file, _| {
            own.push(file);
            false
        });
        if let Some(file) = own.into_iter().find(|file| mentions(file, &["yaml", "yml", "json"])) {
            return Some(file);
        }
        let Some(file) = build_file(&path) else { continue };
        let text = read_regular(&path.join(file), MAX_INPUT_LENGTH).unwrap_or_default();
        let value: Value = serde_yaml::from_slice(&text).unwrap_or_default();
        RESOURCE_KEYS.iter().for_each(|key| strings(&value[*key], &mut |name| waiting.push(path.join(name))));
    }
    None
}

/// Gives each string of a value to `take`.
fn strings(value: &Value, take: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => take(text),
        Value::Sequence(items) => items.iter().for_each(|item| strings(item, take)),
        Value::Mapping(mapping) => mapping.values().for_each(|value| strings(value, take)),
        _ => {}
    }
}

/// The manifests that kustomize or Helm builds from the working folder, as Argo CD calls them: `Build` in
/// `util/kustomize/kustomize.go`, `helmTemplate` in `reposerver/repository/repository.go` and `template` in
/// `util/helm/cmd.go`.
fn built(file: &str) -> Result<Source> {
    let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let value_files: Vec<String> = (0..).map_while(|at| parameter(&format!("value-files-{at}"))).collect();
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
        bail!("{name}: {}", masked(String::from_utf8_lossy(&done.stderr).trim()));
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

/// The words of a tool with credentials masked, and what a YAML parser quotes in backticks.
fn masked(words: &str) -> String {
    let hidden = HIDDEN.to_string();
    let line = |line: &str| {
        let parts = line.split('`').enumerate().map(|(at, part)| if at % 2 == 1 { hidden.as_str() } else { part });
        masked_value(&parts.collect::<Vec<_>>().join("`"))
    };
    words.lines().map(line).collect::<Vec<_>>().join("\n")
}
