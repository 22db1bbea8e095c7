//! The folders of the golden cases.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Returns `fixtures/GROUP/NAME` for each case, in sorted order.
pub fn cases() -> io::Result<Vec<PathBuf>> {
    let mut cases = Vec::new();
    for group in folders(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"))? {
        cases.extend(folders(&group)?);
    }
    Ok(cases)
}

fn folders(parent: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(parent)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.retain(|path| path.is_dir());
    paths.sort();
    Ok(paths)
}
