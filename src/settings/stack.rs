//! The layers of settings: the file, its profile, and the command line.

use std::collections::BTreeSet;
use std::path::Path;

use super::find::relative_by_links;
use super::{File, Layer, Override, Refused, Setting, SettingSource, Settings, Spot};
use crate::diagnostic::Diagnostic;
use crate::knowledge::nearest;
use crate::manifest::glob::GlobIndex;
use crate::source::Excludes;
use crate::text::LineStarts;

/// The settings file, if there is one, and the options of the command line.
#[derive(Debug)]
pub(crate) struct Stack {
    file: Option<File>,
    profile: Option<usize>,
    options: Layer,
    /// The overrides' globs of a path.
    paths: GlobIndex,
    /// The lines of the file.
    lines: LineStarts,
}

impl Stack {
    /// # Errors
    /// If the profile is unknown, or the globs of the overrides are too large together.
    pub(crate) fn new(file: Option<File>, profile: Option<&str>, options: Layer) -> Result<Self, Refused> {
        let position = |name| file.as_ref()?.profiles.iter().position(|profile| profile.name == name);
        let missing = |name| no_such_profile(&file.iter().collect::<Vec<_>>(), name);
        let at = profile.map(|name| position(name).ok_or_else(|| missing(name))).transpose()?;
        let overrides = file.iter().flat_map(|file| &file.overrides);
        let too_large = |message: String| Refused::typed(vec![Diagnostic::new(message, "")]);
        let paths = GlobIndex::new(overrides.map(|one| one.path.as_ref())).map_err(too_large)?;
        let lines = LineStarts::new(file.as_ref().map_or("", |file| &file.text));
        Ok(Self { file, profile: at, options, paths, lines })
    }

    /// The file.
    pub(crate) fn file(&self) -> Option<&File> {
        self.file.as_ref()
    }

    /// The overrides in ascending precedence.
    pub(crate) fn overrides(&self) -> &[Override] {
        self.file.as_ref().map_or(&[], |file| &file.overrides)
    }

    /// The effective settings with these overrides.
    pub(crate) fn settings(&self, overrides: &[usize]) -> Settings {
        let file = self.file.as_ref();
        let profile = self.profile.and_then(|at| file?.profiles.get(at)).map(|profile| &profile.layer);
        let overrides = overrides.iter().filter_map(|at| self.overrides().get(*at)).map(|one| &one.layer);
        let layers = file.map(|file| &file.defaults).into_iter().chain(profile).chain(overrides);
        Settings::of(layers.chain([&self.options]))
    }

    /// Each override with the effective settings if it is the only one, without the items of lists that other layers
    /// have: an item is valid or invalid by itself, and there may be as many overrides as items.
    pub(crate) fn each_override(&self) -> impl Iterator<Item = (&Override, Settings)> {
        let file = self.file.as_ref();
        let profile = self.profile.and_then(|at| file?.profiles.get(at)).map(|profile| &profile.layer);
        let before = file.map(|file| &file.defaults).into_iter().chain(profile);
        let before: Vec<Layer> = before.map(Layer::without_items).collect();
        let options = self.options.without_items();
        let settings = move |one: &Override| Settings::of(before.iter().chain([&one.layer, &options]));
        self.overrides().iter().map(move |one| (one, settings(one)))
    }

    /// The overrides that may be for manifests of a file, in order; of standard input without a path.
    pub(crate) fn overrides_of(&self, path: Option<&Path>) -> Vec<usize> {
        let Some(file) = &self.file else { return Vec::new() };
        let has_paths = file.overrides.iter().any(|one| one.path.is_some());
        let path = path.filter(|_| has_paths).and_then(|path| relative_by_links(path, &file.folder));
        self.paths.matches(path.as_deref())
    }

    /// The source of a setting for display.
    pub(crate) fn origin(&self, setting: &Setting) -> String {
        let place = setting.spot.as_ref().map(|spot| self.place(spot)).unwrap_or_default();
        match setting.source {
            SettingSource::Options => "option".to_owned(),
            SettingSource::Defaults | SettingSource::Override(_) => place,
            SettingSource::Profile => {
                let name = self.profile.and_then(|at| Some(&self.file.as_ref()?.profiles.get(at)?.name));
                format!("profile {} ({place})", name.map_or("", String::as_str))
            }
        }
    }

    /// A position in the file: `.seldon-trace.yaml:3`.
    pub(crate) fn place(&self, spot: &Spot) -> String {
        let Some(file) = &self.file else { return String::new() };
        format!("{}:{}", file.name, self.lines.line(spot.range.start))
    }

    /// The errors of the effective settings.
    pub(crate) fn refused(&self, faults: Vec<Diagnostic>) -> Refused {
        match &self.file {
            Some(file) => Refused::new(&file.name, &file.text, faults),
            None => Refused::typed(faults),
        }
    }
}

/// The paths that a walk skips, by a file, its profile if it has that, and the options.
///
/// # Errors
/// The errors in typed globs.
pub(crate) fn excludes(
    file: Option<&File>,
    profile: Option<&str>,
    options: &Layer,
    working_folder: &Path,
) -> Result<Excludes, Refused> {
    let profile = profile.and_then(|name| file?.profiles.iter().find(|profile| profile.name == name));
    let layers = file.map(|file| &file.defaults).into_iter().chain(profile.map(|profile| &profile.layer));
    let folder = file.map_or(working_folder, |file| &file.folder);
    Settings::of(layers.chain([options])).excludes(working_folder, folder).map_err(Refused::typed)
}

/// The error of a profile that none of these files has.
pub(crate) fn no_such_profile(files: &[&File], name: &str) -> Refused {
    /// The number of files that a message names.
    const NAMED: usize = 3;
    if files.is_empty() {
        let message = format!("--profile {name}: no settings file was found that could define it");
        let help = format!("write {}, or name a file by --config", super::FILE_NAME);
        return Refused::typed(vec![Diagnostic::new(message, help)]);
    }
    let profiles = || files.iter().flat_map(|file| file.profile_names());
    let help = match nearest(name, profiles()) {
        Some(nearest) => format!("did you mean {nearest}?"),
        None if profiles().next().is_none() => "there are no profiles".to_owned(),
        None => format!(
            "existing profiles: {}",
            profiles().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ")
        ),
    };
    let named: Vec<&str> = files.iter().take(NAMED).map(|file| file.name.as_str()).collect();
    let more = match files.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let message = format!("--profile {name}: there is no such profile in {}{more}", named.join(", "));
    Refused::typed(vec![Diagnostic::new(message, help)])
}
