//! The folder that each command of a script runs in, as far as `cd` with constant paths tells.

use std::collections::HashMap;

use super::read::Invocation;
use super::tree::{CommandId, ScopeId, ScopeKind, Script};

/// The folders of the commands that are `wanted`, each from where the script starts (`start`, a path of the repository); None where
/// it cannot be told. Branches are all taken, and functions run where they stand.
pub fn folders<'a>(
    script: &Script<'a>,
    start: Option<&str>,
    wanted: impl Fn(&Invocation<'_>) -> bool,
) -> HashMap<CommandId, Option<String>> {
    // Where each shell of the script is.
    let mut shells: HashMap<ScopeId, Option<String>> = HashMap::from([(ScopeId(0), start.map(str::to_owned))]);
    let mut found = HashMap::new();
    for (id, command) in script.iter() {
        let Some(invocation) = script.invocation(command) else { continue };
        let moves = matches!(&*invocation.name, "cd" | "pushd");
        if !moves && !wanted(&invocation) {
            continue;
        }
        let here = outward(script, command.scope).find_map(|shell| shells.get(&shell)).cloned().flatten();
        if moves {
            let to = invocation.args.first().and_then(|to| script.literal(to));
            shells.insert(shell_around(script, command.scope), to.zip(here).and_then(|(to, here)| joined(&here, &to)));
        } else {
            found.insert(id, here);
        }
    }
    found
}

/// No system has longer paths.
const MAX_PATH: usize = 4096;

/// A path as a command in a folder names it, without `.` and `..`; None where it cannot be told or leads out of the repository.
#[must_use]
pub fn joined(folder: &str, to: &str) -> Option<String> {
    if folder.len() + to.len() > MAX_PATH || to.contains(['$', '*', '`']) || to.starts_with(['/', '~', '-']) {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(to.split('/')).filter(|part| !matches!(*part, "" | ".")) {
        if part == ".." {
            parts.pop()?;
        } else {
            parts.push(part);
        }
    }
    Some(if parts.is_empty() { ".".to_owned() } else { parts.join("/") })
}

/// A scope and those around it.
pub fn outward(script: &Script<'_>, scope: ScopeId) -> impl Iterator<Item = ScopeId> {
    // A scope's parent has a smaller index.
    std::iter::successors(Some(scope), |scope| script.scope(*scope).map(|found| found.parent).filter(|parent| parent < scope))
}

/// The scope around this one that is a process of its own: `cd` counts for it alone.
#[must_use]
pub fn shell_around(script: &Script<'_>, scope: ScopeId) -> ScopeId {
    let same_shell = |kind| matches!(kind, ScopeKind::Group | ScopeKind::If | ScopeKind::Loop | ScopeKind::Case);
    outward(script, scope).find(|scope| !script.scope(*scope).is_some_and(|scope| same_shell(scope.kind))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::{Dialect, parse};
    use super::*;

    fn of(text: &str) -> Vec<String> {
        let script = parse(text, Dialect::Posix, &[]);
        let found = folders(&script, Some("a"), |invocation| invocation.name == "x");
        let mut found: Vec<_> = found.into_iter().collect();
        found.sort();
        found.into_iter().map(|(_, folder)| folder.unwrap_or_else(|| "?".to_owned())).collect()
    }

    #[test]
    fn a_change_counts_for_its_own_shell() {
        assert_eq!(of("x\ncd b && x\ncd ../../c\nx"), ["a", "a/b", "c"]);
        assert_eq!(of("(cd b; x)\nx"), ["a/b", "a"]);
        assert_eq!(of("if y; then cd b; fi\nx"), ["a/b"]);
        assert_eq!(of("cd b\ny=$(cd c; x)\nx"), ["a/b/c", "a/b"]);
    }

    #[test]
    fn what_cannot_be_told_is_not() {
        assert_eq!(of("cd \"$B\"; x; cd c; x"), ["?", "?"]);
        assert_eq!(of("cd /b; x"), ["?"]);
        assert_eq!(of("cd -; x"), ["?"]);
        assert_eq!(of("cd ../..; x"), ["?"]);
    }

    #[test]
    fn ten_thousand_changes_cost_little() {
        let script = "(cd b; x); ".repeat(10_000);
        assert_eq!(of(&script).len(), 10_000);
    }
}
