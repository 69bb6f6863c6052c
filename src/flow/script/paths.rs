//! Names of files, as a job knows them whatever folder a command runs in: two names of one file are one path.
//!
//! A path counts from the job's folder; `/…`, `~…` and what begins with a variable stay as they are. Where a folder cannot be
//! told, paths in it begin with `?`: they meet each other and nothing else.

/// A folder that cannot be told.
pub(super) const UNKNOWN: &str = "?";

/// What the platforms call the folder that the job's scripts begin in.
const ROOTS: [&str; 5] = ["${{github.workspace}}", "$GITHUB_WORKSPACE", "${GITHUB_WORKSPACE}", "$CI_PROJECT_DIR", "${CI_PROJECT_DIR}"];
/// What an action calls its own folder.
const OWN: [&str; 3] = ["${{github.action_path}}", "$GITHUB_ACTION_PATH", "${GITHUB_ACTION_PATH}"];
/// Two ways to write one folder.
const SAME: [(&str, &str); 4] =
    [("${{runner.temp}}", "$RUNNER_TEMP"), ("${RUNNER_TEMP}", "$RUNNER_TEMP"), ("${HOME}", "~"), ("$HOME", "~")];

/// No system has longer paths.
const MAX_PATH: usize = 4096;

/// The path of a file that is called so in a folder; `own` is the folder of the action that the script belongs to.
#[must_use]
pub fn path(here: &str, own: &str, written: &str) -> String {
    let mut written = tight(written);
    // PowerShell's spelling of the environment.
    if let Some(rest) = written.get(..5).filter(|start| start.eq_ignore_ascii_case("$env:")).and_then(|_| written.get(5..)) {
        written = format!("${rest}");
    }
    for (other, name) in SAME {
        if let Some(rest) = behind(&written, other) {
            return normal(name, rest);
        }
    }
    if let Some(rest) = ROOTS.iter().find_map(|root| behind(&written, root)) {
        return normal("", rest);
    }
    if let Some(rest) = OWN.iter().find_map(|name| behind(&written, name)) {
        return normal(own, rest);
    }
    if let Some(rest) = behind(&written, "$PWD") {
        return normal(here, rest);
    }
    match written.starts_with(['/', '~', '$', '%', '-', '?']) {
        true => normal("", &written),
        false => normal(here, &written),
    }
}

/// Whether a path counts from the job's folder.
#[must_use]
pub(super) fn is_inside(path: &str) -> bool {
    !path.starts_with(['/', '~', '$', '%', '-', '?']) && !path.starts_with("..")
}

/// Expressions without the blanks in them.
fn tight(written: &str) -> String {
    let mut text = String::with_capacity(written.len());
    let mut rest = written;
    while let Some(at) = rest.find("${{") {
        let end = rest[at..].find("}}").map_or(rest.len(), |end| at + end + 2);
        text.push_str(&rest[..at]);
        text.extend(rest[at..end].chars().filter(|c| !c.is_whitespace()));
        rest = &rest[end..];
    }
    text.push_str(rest);
    text
}

/// What stands behind a folder's name.
fn behind<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let rest = text.strip_prefix(name)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix(['/', '\\']) }
}

/// A path in a folder, without `.` and `..`.
fn normal(folder: &str, rest: &str) -> String {
    if folder.len() + rest.len() > MAX_PATH {
        return UNKNOWN.to_owned();
    }
    let is_absolute = folder.starts_with('/') || (folder.is_empty() && rest.starts_with('/'));
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(rest.split('/')).filter(|part| !matches!(*part, "" | ".")) {
        let leads_on = parts.last().is_some_and(|last| *last != ".." && !last.starts_with(['$', '?', '~']));
        match part {
            ".." if leads_on => drop(parts.pop()),
            ".." if is_absolute && parts.is_empty() => {}
            _ => parts.push(part),
        }
    }
    let path = parts.join("/");
    if is_absolute { format!("/{path}") } else { path }
}

#[cfg(test)]
mod tests {
    use super::{is_inside, path};

    #[test]
    fn one_file_has_one_path() {
        for (here, written, wanted) in [
            ("", "./a", "a"),
            ("x", "a", "x/a"),
            ("x", "../a", "a"),
            ("", "../a", "../a"),
            ("x", "/tmp/../a", "/a"),
            ("x", "$GITHUB_WORKSPACE/a", "a"),
            ("x", "${{ github.workspace }}/y/a", "y/a"),
            ("x", "$PWD/a", "x/a"),
            ("x", "${{ runner.temp }}/a", "$RUNNER_TEMP/a"),
            ("x", "$env:RUNNER_TEMP/a", "$RUNNER_TEMP/a"),
            ("x", "$OTHER/a", "$OTHER/a"),
            ("${{matrix.dir}}", "a", "${{matrix.dir}}/a"),
            ("/tmp", "a", "/tmp/a"),
            ("?", "a", "?/a"),
            ("?", "../a", "?/../a"),
            ("x", "${{ github.action_path }}/a", "own/a"),
            ("x", "a-${{ matrix.os }}.txt", "x/a-${{matrix.os}}.txt"),
        ] {
            assert_eq!(path(here, "own", written), wanted, "{here} {written}");
        }
        assert!(is_inside("a/b") && !is_inside("$X/a") && !is_inside("../a"));
    }
}
