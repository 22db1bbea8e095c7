//! `argocd discover`: a folder matches if something in it mentions a SeldonDeployment. It never fails, since Argo CD
//! passes over a plugin that fails: what can't be read may mention one.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, DirEntry, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;
use memchr::memmem;

use super::manifests::{SKIP_MARKER, has_extension};
use super::{build_file, recurse, repository};
use crate::manifest::WORD;
use crate::source::{CHART_FILE, MAX_INPUT_LENGTH, is_never_taken, read_regular};
use crate::yaml::{Kind, Tree, stream};

/// The most bytes of a packed chart that are searched. One with more may mention a SeldonDeployment.
const MAX_PACKED_LENGTH: u64 = 64 << 20;

/// The most files and folders that are looked at.
const MAX_LOOKED_AT: usize = 100_000;

/// A file that mentions a SeldonDeployment, or that can't be read, in a folder for this plugin.
pub(super) fn discover(build: bool) -> Option<PathBuf> {
    let root = Path::new(".");
    let mut known = Visited { repository: repository().ok()?, paths: HashSet::new() };
    match build_file(root) {
        None if !build => {
            // `generate` refuses another value.
            let recurse = recurse().unwrap_or(true);
            let is_entered = |entry: &DirEntry| recurse && entry.file_type().is_ok_and(|kind| kind.is_dir());
            first_below(root, &mut known, &is_entered, &|path| has_extension(path) && mentions(path, true))
        }
        // Helm follows links.
        Some(CHART_FILE) if build => {
            first_below(root, &mut known, &|entry: &DirEntry| entry.path().is_dir(), &is_of_chart)
        }
        Some(_) if build => of_kustomize(&mut known),
        _ => None,
    }
}

/// The paths that were looked at.
struct Visited {
    repository: PathBuf,
    paths: HashSet<PathBuf>,
}

impl Visited {
    /// Returns true if a path of the repository is looked at for the first time.
    fn add(&mut self, path: &Path) -> bool {
        let path = path.canonicalize().ok().filter(|path| path.starts_with(&self.repository));
        path.is_some_and(|path| self.paths.len() < MAX_LOOKED_AT && self.paths.insert(path))
    }
}

/// The first file that is taken, sorted by name.
fn first_below(
    folder: &Path,
    known: &mut Visited,
    is_entered: &impl Fn(&DirEntry) -> bool,
    is_taken: &impl Fn(&Path) -> bool,
) -> Option<PathBuf> {
    if !known.add(folder) {
        return None;
    }
    entries(folder).into_iter().find_map(|entry| match is_entered(&entry) {
        true => first_below(&entry.path(), known, is_entered, is_taken),
        false => Some(entry.path()).filter(|path| is_taken(path)),
    })
}

/// The entries of a folder that can be read, sorted by name.
fn entries(folder: &Path) -> Vec<DirEntry> {
    let all = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut entries: Vec<DirEntry> = all.filter(|entry| !is_never_taken(&entry.file_name())).collect();
    entries.sort_by_key(DirEntry::file_name);
    entries
}

/// Returns true if a file mentions a SeldonDeployment, or can't be read.
fn mentions(path: &Path, reads_marker: bool) -> bool {
    if !fs::metadata(path).is_ok_and(|metadata| metadata.is_file()) {
        return false;
    }
    let Ok(mut text) = read_regular(path, MAX_INPUT_LENGTH) else { return true };
    // Argo CD decodes UTF-16.
    text.retain(|byte| *byte != 0);
    let has = |word: &str| memmem::find(&text, word.as_bytes()).is_some();
    has(WORD) && !(reads_marker && has(SKIP_MARKER))
}

/// Returns true for a file of a chart that mentions a SeldonDeployment. Templates have any extension, and a chart in
/// `charts` may be packed.
fn is_of_chart(path: &Path) -> bool {
    let is_rendered = path.components().any(|part| part.as_os_str() == "templates" || part.as_os_str() == "crds");
    match path.extension().and_then(OsStr::to_str) {
        Some("tgz") => mentions_packed(path),
        Some("yaml" | "yml" | "json" | "tpl") => mentions(path, false),
        _ => is_rendered && mentions(path, false),
    }
}

/// Returns true if an archive mentions a SeldonDeployment, or can't be read whole. Its files are in it as they are, but for
/// charts that are packed again.
fn mentions_packed(path: &Path) -> bool {
    if !fs::metadata(path).is_ok_and(|metadata| metadata.is_file()) {
        return false;
    }
    let Ok(file) = File::open(path) else { return true };
    let mut text = Vec::new();
    let read = MultiGzDecoder::new(BufReader::new(file)).take(MAX_PACKED_LENGTH).read_to_end(&mut text);
    read.map_or(true, |length| length as u64 == MAX_PACKED_LENGTH)
        || [WORD, ".tgz"].iter().any(|word| memmem::find(&text, word.as_bytes()).is_some())
}

/// A file of a kustomization, or of the local files and folders that it and those name.
fn of_kustomize(known: &mut Visited) -> Option<PathBuf> {
    let mut waiting = vec![PathBuf::from(".")];
    while let Some(path) = waiting.pop() {
        if !known.add(&path) {
            continue;
        }
        if !path.is_dir() {
            if mentions(&path, false) {
                return Some(path);
            }
            continue;
        }
        let mut own = entries(&path).into_iter().map(|entry| entry.path());
        if let Some(file) = own.find(|file| has_extension(file) && mentions(file, false)) {
            return Some(file);
        }
        let Some(file) = build_file(&path) else { continue };
        let text = read_regular(&path.join(file), MAX_INPUT_LENGTH).unwrap_or_default();
        waiting.extend(words(&String::from_utf8_lossy(&text)).iter().map(|name| path.join(name)));
    }
    None
}

/// The texts of a kustomization. Any of them may name a file or a folder.
fn words(text: &str) -> Vec<String> {
    let documents = stream::split(text).into_iter().map(|range| &text[range]);
    let of_document = |document: &str| match Tree::parse(document) {
        Ok(tree) => {
            let texts = tree.nodes().filter_map(|(_, node)| match &node.kind {
                Kind::Scalar { text, .. } => Some(text.to_string()),
                _ => None,
            });
            texts.collect::<Vec<_>>()
        }
        Err(_) => {
            document.split(|next: char| next.is_whitespace() || "'\"[]{},".contains(next)).map(str::to_owned).collect()
        }
    };
    documents.flat_map(of_document).filter(|name| !name.is_empty()).collect()
}
