//! Paths and I/O errors as they are shown to the user.

use std::io;
use std::path::Path;

use crate::text::drives_a_terminal;

/// The path with control characters and invalid UTF-8 escaped.
pub(crate) fn display_path(path: &Path) -> String {
    if path.as_os_str().is_empty() {
        return "''".to_owned();
    }
    let mut shown = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        for character in chunk.valid().chars() {
            if drives_a_terminal(character) {
                shown.extend(character.escape_default());
            } else {
                shown.push(character);
            }
        }
        shown.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    shown
}

/// The message of an I/O error in lower case, without the error number of the operating system.
pub(crate) fn cause(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => {
            let text = error.to_string();
            let text = text.split(" (os error").next().unwrap_or_default();
            let mut characters = text.chars();
            characters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(characters).collect()
        }
    }
}
