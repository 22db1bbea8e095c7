//! The errors of a run as a plugin of Helm 4, which drops the standard error of a post-renderer: `runPostrenderer` in
//! `internal/plugin/runtime_subprocess.go` of Helm 4.3.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Prints an error on the standard error of Helm 4 too, if that runs the program. Where there is no way to it, the error is
/// on the terminal. That it can be printed nowhere is no error.
pub(super) fn tell(words: &str) {
    let is_plugin = env::var_os("HELM_PLUGIN_NAME").is_some_and(|name| name == env!("CARGO_PKG_NAME"));
    if is_plugin && is_of_helm_4() {
        let terminal = || OpenOptions::new().append(true).open("/dev/tty");
        let _ = stderr_of_parent().or_else(|_| terminal()).and_then(|mut file| file.write_all(words.as_bytes()));
    }
}

/// Returns true if the folder has a plugin for Helm 4. Helm 3 has no post-renderers that are plugins.
fn is_of_helm_4() -> bool {
    let folder = env::var_os("HELM_PLUGIN_DIR").unwrap_or_default();
    fs::read_to_string(Path::new(&folder).join("plugin.yaml")).is_ok_and(|plugin| plugin.contains("postrenderer/v1"))
}

#[cfg(target_os = "linux")]
fn stderr_of_parent() -> io::Result<File> {
    let process = format!("/proc/{}", std::os::unix::process::parent_id());
    let path = format!("{process}/fd/2");
    if fs::metadata(&path)?.is_file() && !appends(&fs::read_to_string(format!("{process}/fdinfo/2"))?) {
        // Helm would overwrite it.
        return Err(io::ErrorKind::Unsupported.into());
    }
    OpenOptions::new().append(true).open(path)
}

/// Returns true if a file of `/proc/PID/fdinfo` is of one that is open for appending.
#[cfg(target_os = "linux")]
fn appends(info: &str) -> bool {
    const O_APPEND: u32 = 0o2000;
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
    flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok()).is_some_and(|flags| flags & O_APPEND != 0)
}

#[cfg(not(target_os = "linux"))]
fn stderr_of_parent() -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}
