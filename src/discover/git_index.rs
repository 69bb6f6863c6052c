//! The paths in git's index, and nothing else of it.
//!
//! A reader of our own: the library that reads whole indices costs more crates than the rest of caulk together, maps the
//! file into memory and runs threads. Versions 2, 3 and 4: <https://git-scm.com/docs/index-format>.

use std::collections::HashSet;

/// Tracked paths, as bytes relative to the repository's root, `/`-separated. None where the index cannot be read,
/// or where it is only half of one (`core.splitIndex`).
#[must_use]
pub(super) fn paths(index: &[u8]) -> Option<HashSet<Vec<u8>>> {
    // The hash's length stands in the repository's configuration, which caulk does not read: only the right one parses.
    parse(index, 20).or_else(|| parse(index, 32))
}

fn parse(index: &[u8], hash: usize) -> Option<HashSet<Vec<u8>>> {
    let body = index.get(..index.len().checked_sub(hash)?)?;
    let version = u32_at(body, 4)?;
    let count = u32_at(body, 8)? as usize;
    if body.get(..4)? != b"DIRC" || !(2..=4).contains(&version) || count > body.len() / (42 + hash) + 1 {
        return None;
    }
    let mut paths = HashSet::with_capacity(count);
    let (mut at, mut previous) = (12, Vec::new());
    for _ in 0..count {
        let mode = u32_at(body, at + 24)?;
        let flags = u16_at(body, at + 40 + hash)?;
        let extended = flags & 0x4000 != 0;
        let name_at = at + 42 + hash + if extended { 2 } else { 0 };
        let path = if version == 4 {
            let (strip, after) = varint(body, name_at)?;
            let end = after + memchr::memchr(0, body.get(after..)?)?;
            let keep = previous.len().checked_sub(strip)?;
            let mut path = previous.get(..keep)?.to_vec();
            path.extend_from_slice(&body[after..end]);
            at = end + 1;
            path
        } else {
            let end = name_at + memchr::memchr(0, body.get(name_at..)?)?;
            // Entries are padded with 1 to 8 zeros to a multiple of eight bytes.
            at += (end - at) / 8 * 8 + 8;
            body[name_at..end].to_vec()
        };
        previous.clone_from(&path);
        // Regular files only: links, submodules and sparse directories are not read.
        if mode & 0o170_000 == 0o100_000 {
            paths.insert(path);
        }
    }
    // What follows must be extensions up to the very end, or the hash's length was guessed wrong.
    while at < body.len() {
        let signature = body.get(at..at + 4)?;
        if signature == b"link" {
            return None;
        }
        at = at.checked_add(8)?.checked_add(u32_at(body, at + 4)? as usize)?;
    }
    (at == body.len()).then_some(paths)
}

/// The offset encoding of pack files, which version 4 uses for the number of bytes to drop.
fn varint(bytes: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let mut byte = *bytes.get(at)?;
    let mut value = usize::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        at += 1;
        byte = *bytes.get(at)?;
        value = value.checked_add(1)?.checked_mul(128)?.checked_add(usize::from(byte & 0x7f))?;
    }
    Some((value, at + 1))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, mode: u32) -> Vec<u8> {
        let mut bytes = vec![0; 62];
        bytes[24..28].copy_from_slice(&mode.to_be_bytes());
        bytes.extend(path.bytes());
        let padding = 8 - bytes.len() % 8;
        bytes.extend(vec![0; padding]);
        bytes
    }

    fn index(entries: &[Vec<u8>], extension: &[u8]) -> Vec<u8> {
        let mut bytes = b"DIRC\0\0\0\x02".to_vec();
        bytes.extend(u32::try_from(entries.len()).unwrap().to_be_bytes());
        bytes.extend(entries.concat());
        bytes.extend(extension);
        bytes.extend([0; 20]);
        bytes
    }

    #[test]
    fn regular_files_are_listed_and_links_are_not() {
        let bytes = index(&[entry("a/b.tf", 0o100_644), entry("link", 0o120_000), entry("x", 0o100_755)], b"TREE\0\0\0\x02ab");
        assert_eq!(paths(&bytes).unwrap(), [b"a/b.tf".to_vec(), b"x".to_vec()].into_iter().collect());
    }

    #[test]
    fn half_an_index_is_none() {
        assert!(paths(&index(&[], b"link\0\0\0\0")).is_none());
    }

    #[test]
    fn any_cut_is_harmless() {
        let bytes = index(&[entry("some/path", 0o100_644)], b"");
        for end in 0..bytes.len() {
            let _ = paths(&bytes[..end]);
        }
        assert!(paths(b"DIRC\0\0\0\x02\xff\xff\xff\xff").is_none());
    }
}
