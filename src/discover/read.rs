//! Opens regular files only, without ever blocking, and says why where it does not.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// A file is held whole up to this size.
pub const MAX_BYTES: u64 = 512 * 1024 * 1024;

/// Why a file was not read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReadFailure {
    /// A directory, FIFO, socket or device.
    NotRegular,
    /// Over `MAX_BYTES`.
    TooLarge,
    /// The system said no; what it said, without the path.
    Io(io::ErrorKind),
}

impl ReadFailure {
    /// The reason in words.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::NotRegular => "not a regular file, not opened".to_owned(),
            Self::TooLarge => format!("larger than {} MB, not read", MAX_BYTES / 1024 / 1024),
            Self::Io(kind) => format!("cannot be read: {}", why(*kind)),
        }
    }
}

/// What the system said of a file, in words for people.
#[must_use]
pub fn why(kind: io::ErrorKind) -> String {
    match kind {
        io::ErrorKind::NotFound => "it is not there".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        kind => kind.to_string(),
    }
}

/// Reads a regular file. The check is made on the opened file, so a file swapped after the walk changes nothing;
/// the size is limited while reading, so a file that grows does no harm.
///
/// # Errors
/// Says why it was not read.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, ReadFailure> {
    let file = open(path).map_err(|error| ReadFailure::Io(error.kind()))?;
    let meta = file.metadata().map_err(|error| ReadFailure::Io(error.kind()))?;
    if !meta.is_file() {
        return Err(ReadFailure::NotRegular);
    }
    if meta.len() > limit {
        return Err(ReadFailure::TooLarge);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or(0) + 1);
    file.take(limit + 1).read_to_end(&mut bytes).map_err(|error| ReadFailure::Io(error.kind()))?;
    if bytes.len() as u64 > limit { Err(ReadFailure::TooLarge) } else { Ok(bytes) }
}

/// Reads one of git's own files.
pub(super) fn read_plain(path: &Path) -> io::Result<Vec<u8>> {
    read(path, MAX_BYTES).map_err(|failure| match failure {
        ReadFailure::Io(kind) => io::Error::from(kind),
        ReadFailure::NotRegular | ReadFailure::TooLarge => io::Error::from(io::ErrorKind::InvalidData),
    })
}

/// Without `O_NONBLOCK` the open of a FIFO waits for a writer for ever; without `O_NOFOLLOW` a link put in the file's place would be followed.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    File::options().read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOFOLLOW | libc::O_CLOEXEC).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}
