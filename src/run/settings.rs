//! The settings of a run, and of the inputs that have a settings file nearer to them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use memchr::memmem;

use super::inputs::gather_inputs;
use crate::cli::{Inputs, SettingsFile};
use crate::diagnostic::Diagnostic;
use crate::knowledge::{Backend, Key};
use crate::manifest::WORD;
use crate::plan::Policy;
use crate::settings::{
    FILE_NAME, File, Finder, FoundFile, Layer, Refused, SettingSource, Stack, excludes, find, no_such_profile, open,
};
use crate::source::{Excludes, Gathered, Origin, Source};

/// The settings file of the admission webhook: the named one, or the nearest.
///
/// # Errors
/// There is none.
pub(super) fn webhook_settings(named: Option<PathBuf>) -> Result<FoundFile> {
    let working_folder = std::env::current_dir().unwrap_or_default();
    match named {
        Some(path) => Ok(FoundFile::named(&path, &working_folder)),
        None => find(&working_folder)
            .with_context(|| format!("there are no settings: write {FILE_NAME}, or name a file by --config")),
    }
}

/// The settings of the admission webhook, from its file alone.
///
/// # Errors
/// All errors in the file.
pub(super) fn of_webhook(file: File) -> Result<Stack, Refused> {
    file.refuse_paths("the settings of the admission webhook: the API server's objects have none")?;
    Stack::new(Some(file), None, Layer::new(SettingSource::Options))
}

/// The settings of a run, and of the settings files near its inputs.
#[derive(Debug)]
pub(super) struct RunSettings {
    /// The settings of the working folder, of `--config` or of a `functionConfig`.
    pub run: Arc<Stack>,
    /// Those of other settings files, without the keys for the whole run.
    beside: Vec<Arc<Stack>>,
    /// For each folder of inputs the index of its settings in `beside`, from 1; 0 for the settings of the run.
    folders: HashMap<PathBuf, usize>,
    /// True if an input has the settings of the run.
    is_run_used: bool,
    /// True if standard input is a call of a KRM function.
    pub is_call: bool,
    /// Warnings about keys for the whole run in other settings files.
    ignored: Vec<String>,
}

/// The settings file of the run, and what the command line has about files.
struct RunFile {
    found: Option<FoundFile>,
    file: Option<File>,
    /// True if no other file counts.
    is_fixed: bool,
    profile: Option<String>,
    working_folder: PathBuf,
}

impl RunFile {
    /// Opens the file of --config or of the working folder.
    fn open(args: SettingsFile) -> Result<Self> {
        let SettingsFile { config, no_config, profile } = args;
        // In a working folder that is gone there is no file either.
        let working_folder = std::env::current_dir().unwrap_or_default();
        let is_fixed = no_config || config.is_some();
        let found = match config {
            _ if no_config => None,
            Some(path) => Some(FoundFile::named(&path, &working_folder)),
            None => find(&working_folder),
        };
        let file = found.as_ref().map(open).transpose()?;
        Ok(Self { found, file, is_fixed, profile, working_folder })
    }
}

impl RunSettings {
    /// The settings of the `functionConfig` on standard input or, without one, those of files; and the inputs.
    ///
    /// # Errors
    /// All errors in the settings.
    pub(super) fn of_inputs(
        args: SettingsFile,
        options: Layer,
        inputs: &Inputs,
        stdin: Vec<u8>,
        shows_progress: bool,
    ) -> Result<(Self, Gathered)> {
        let folder = std::env::current_dir().unwrap_or_default();
        let text = std::str::from_utf8(&stdin).unwrap_or_default();
        match File::of_call(Origin::Stdin.display_name(), folder.clone(), text)? {
            None => Self::walked(args, options, inputs, stdin, shows_progress),
            Some(_) if args.config.is_some() => bail!("--config can't be used with a functionConfig"),
            Some(file) => {
                let excludes = excludes(Some(&file), args.profile.as_deref(), &options, &folder)?;
                let run = Arc::new(Stack::new(Some(file), args.profile.as_deref(), options)?);
                let gathered = gather_inputs(inputs, excludes, stdin, shows_progress);
                Ok((Self { is_call: true, ..Self::of_run(run) }, gathered))
            }
        }
    }

    /// The settings of files, and the inputs.
    ///
    /// # Errors
    /// All errors in the settings.
    pub(super) fn of_files(
        args: SettingsFile,
        options: Layer,
        inputs: &Inputs,
        shows_progress: bool,
    ) -> Result<(Self, Gathered)> {
        Self::walked(args, options, inputs, Vec::new(), shows_progress)
    }

    /// The settings of files, and inputs that are found another way, without what the settings exclude.
    ///
    /// # Errors
    /// All errors in the settings.
    pub(super) fn of_gathered(
        args: SettingsFile,
        options: Layer,
        gather: impl FnOnce(Excludes) -> Result<Gathered>,
    ) -> Result<(Self, Gathered)> {
        let of_run = RunFile::open(args)?;
        let excludes = excludes(of_run.file.as_ref(), of_run.profile.as_deref(), &options, &of_run.working_folder)?;
        let gathered = gather(excludes)?;
        Ok((Self::beside(of_run, options, &paths(&gathered))?, gathered))
    }

    /// The file of the run is opened before the walk, which leaves out what it excludes; the files beside inputs after it.
    fn walked(
        args: SettingsFile,
        options: Layer,
        inputs: &Inputs,
        stdin: Vec<u8>,
        shows_progress: bool,
    ) -> Result<(Self, Gathered)> {
        Self::of_gathered(args, options, |excludes| Ok(gather_inputs(inputs, excludes, stdin, shows_progress)))
    }

    /// The settings of these inputs: from `--config` or, for each input, from the nearest file in its folder or above,
    /// else from that of the working folder.
    ///
    /// # Errors
    /// All errors in the files, or that none of them has the profile.
    pub(super) fn of_paths(args: SettingsFile, options: Layer, paths: &[Option<&Path>]) -> Result<Self> {
        Self::beside(RunFile::open(args)?, options, paths)
    }

    fn beside(of_run: RunFile, options: Layer, paths: &[Option<&Path>]) -> Result<Self> {
        let RunFile { found, file, is_fixed, profile, working_folder } = of_run;
        let profile = profile.as_deref();
        if is_fixed {
            return Ok(Self::of_run(Arc::new(Stack::new(file, profile, options)?)));
        }
        let (mut finder, mut folders) = (Finder::new(&working_folder), HashMap::new());
        let (mut files, mut places): (Vec<File>, HashMap<PathBuf, usize>) = Default::default();
        let mut is_run_used = paths.is_empty();
        for path in paths {
            let Some(folder) = path.map(folder_of) else {
                is_run_used = true;
                continue;
            };
            if folders.contains_key(folder) {
                continue;
            }
            let own = finder.find(folder).filter(|own| !found.as_ref().is_some_and(|found| found.is_same(own)));
            let place = match own {
                None => 0,
                Some(own) => match places.get(&own.folder) {
                    Some(place) => *place,
                    None => {
                        files.push(open(&own)?);
                        places.insert(own.folder, files.len());
                        files.len()
                    }
                },
            };
            is_run_used |= place == 0;
            folders.insert(folder.to_owned(), place);
        }
        let has = |file: &File| profile.filter(|name| file.has_profile(name));
        let all: Vec<&File> = file.iter().chain(&files).collect();
        if let Some(name) = profile.filter(|_| all.iter().all(|file| has(file).is_none())) {
            return Err(no_such_profile(&all, name).into());
        }
        let (mut beside, mut ignored) = (Vec::new(), Vec::new());
        for mut file in files {
            ignored.extend(file.drop_run_settings(profile));
            let profile = has(&file);
            beside.push(Arc::new(Stack::new(Some(file), profile, options.clone())?));
        }
        let of_run = file.as_ref().and_then(has);
        let run = Arc::new(Stack::new(file, of_run, options)?);
        Ok(Self { beside, folders, is_run_used, ignored, ..Self::of_run(run) })
    }

    fn of_run(run: Arc<Stack>) -> Self {
        let (beside, folders, ignored) = Default::default();
        Self { run, beside, folders, is_run_used: true, is_call: false, ignored }
    }

    /// The warnings, a line each.
    pub(super) fn warnings(&self) -> String {
        self.ignored.iter().map(|words| format!("warning: {words}\n")).collect()
    }

    /// All settings that an input has, those of the run first.
    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Stack>> {
        self.is_run_used.then_some(&self.run).into_iter().chain(&self.beside)
    }

    /// The settings of an input, and their index in [`Self::all`].
    pub(super) fn of_input(&self, origin: &Origin) -> (usize, &Arc<Stack>) {
        let place = origin.path().and_then(|path| self.folders.get(folder_of(path)));
        self.of_place(place.copied().unwrap_or(0))
    }

    fn of_place(&self, place: usize) -> (usize, &Arc<Stack>) {
        let beside = place.checked_sub(1).and_then(|at| Some((at, self.beside.get(at)?)));
        beside.map_or((0, &self.run), |(at, stack)| (at + usize::from(self.is_run_used), stack))
    }

    /// The policy of each of the settings, with the selection of the run.
    ///
    /// # Errors
    /// All errors in the settings.
    pub(super) fn policies(&self, policy: impl Fn(&Arc<Stack>) -> Result<Policy>) -> Result<Vec<Policy>> {
        let selection = self.run.settings(&[]).selection().map_err(|faults| self.run.refused(faults))?;
        let policies = self.all().map(policy);
        policies.map(|policy| Ok(Policy { selection: selection.clone(), ..policy? })).collect()
    }

    /// A backend in force; `None` if an input has the settings of the run, and these have none.
    ///
    /// # Errors
    /// Other settings have none.
    pub(super) fn backend(&self) -> Result<Option<Backend>> {
        let backend = |stack: &Arc<Stack>| stack.settings(&[]).word(Key::Backend);
        let run = backend(&self.run);
        if run.is_none() && self.is_run_used {
            return Ok(None);
        }
        let mut first = run;
        for stack in &self.beside {
            let own = backend(stack);
            if own.is_none() {
                let name = stack.file().map_or("", |file| &file.name);
                let message = format!("{name}: no `backend`, for inputs that have these settings");
                let help = "add `backend: jaeger` or `backend: datadog`, or give --backend";
                return Err(Refused::typed(vec![Diagnostic::new(message, help)]).into());
            }
            first = first.or(own);
        }
        Ok(first)
    }
}

/// The paths of the inputs that may have a deployment; `None` for standard input. Other inputs need no settings.
fn paths(gathered: &Gathered) -> Vec<Option<&Path>> {
    let has_word = |source: &&Source| memmem::find(&source.bytes, WORD.as_bytes()).is_some();
    gathered.sources.iter().filter(has_word).map(|source| source.origin.path()).collect()
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}
