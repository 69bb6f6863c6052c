//! Files that caulk writes: whole or not at all.

use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes beside the file, then takes its place: what cannot be written leaves the old one as it was. A link keeps pointing
/// to its file; a pipe or a device takes the text as it comes.
pub(super) fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let known = fs::metadata(path).ok();
    if known.as_ref().is_some_and(|known| !known.is_file() && !known.is_dir()) {
        return File::options().write(true).open(path)?.write_all(text);
    }
    let target: PathBuf = if known.is_some() { path.canonicalize()? } else { path.to_owned() };
    put(&target, text, known)
}

/// The same for a regular file that is there: nothing that took its place in the meantime is written through.
pub(super) fn swap(path: &Path, text: &[u8]) -> io::Result<()> {
    let known = fs::symlink_metadata(path)?;
    if !known.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    put(path, text, Some(known))
}

fn put(target: &Path, text: &[u8], known: Option<Metadata>) -> io::Result<()> {
    let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
    let beside = target.with_file_name(format!(".{name}.{}", std::process::id()));
    let mut file = File::options().write(true).create_new(true).open(&beside)?;
    let mut write = || {
        file.write_all(text)?;
        if let Some(known) = &known {
            file.set_permissions(known.permissions())?;
        }
        file.sync_all()?;
        fs::rename(&beside, target)
    };
    write().inspect_err(|_| _ = fs::remove_file(&beside))
}
