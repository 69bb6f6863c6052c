//! Where output goes: the last step of parsing, when all redirections are known.

use super::tree::*;

type Streams = [Sink; 2];

const LOG: Streams = [Sink::Log, Sink::Error];

/// Fills in `stdout` and `stderr` of every scope and command. `order` holds both in the order they were opened, so a scope
/// comes before what is in it, and `exec >file` counts for what follows.
pub(super) fn streams(script: &mut Script<'_>, order: &[Target]) {
    if let Some(root) = script.scopes.first_mut() {
        [root.stdout, root.stderr] = LOG;
    }
    for target in order {
        match target {
            Target::Scope(id) => {
                let streams = of_scope(script, *id);
                if let Some(scope) = script.scopes.get_mut(id.0 as usize) {
                    [scope.stdout, scope.stderr] = streams;
                }
            }
            Target::Command(id) => {
                let streams = of_command(script, *id);
                let Some(command) = script.commands.get_mut(id.0 as usize) else { continue };
                [command.stdout, command.stderr] = streams;
                let scope = command.scope;
                let is_exec = command.redirects.len().min(command.words.len()) > 0 && command.words.len() == 1;
                if is_exec && script.commands.get(id.0 as usize).is_some_and(|command| script.is(&command.words[0], "exec")) {
                    set_from_here(script, scope, streams);
                }
            }
        }
    }
}

/// `exec` changes the shell it runs in: all scopes up to the next one that is a process of its own.
fn set_from_here(script: &mut Script<'_>, mut id: ScopeId, streams: Streams) {
    while let Some(scope) = script.scopes.get_mut(id.0 as usize) {
        [scope.stdout, scope.stderr] = streams;
        let same_shell = matches!(scope.kind, ScopeKind::Group | ScopeKind::If | ScopeKind::Loop | ScopeKind::Case);
        if !same_shell || scope.parent == id {
            break;
        }
        id = scope.parent;
    }
}

fn inherited(script: &Script<'_>, id: ScopeId) -> Streams {
    script.scope(id).map_or(LOG, |scope| [scope.stdout, scope.stderr])
}

fn of_scope(script: &Script<'_>, id: ScopeId) -> Streams {
    let Some(scope) = script.scope(id) else { return LOG };
    let mut streams = inherited(script, scope.parent);
    if matches!(scope.kind, ScopeKind::Substitution | ScopeKind::ProcessInput) {
        streams[0] = Sink::Captured(id);
    }
    apply(script, streams, Target::Scope(id), scope.pipe, scope.pipe_both)
}

fn of_command(script: &Script<'_>, id: CommandId) -> Streams {
    let Some(command) = script.command(id) else { return LOG };
    apply(script, inherited(script, command.scope), Target::Command(id), command.pipe, command.pipe_both)
}

/// A pipe comes first, then the redirections from left to right: `2>&1 >f` and `>f 2>&1` differ.
fn apply(script: &Script<'_>, mut streams: Streams, owner: Target, pipe: Option<Target>, both: bool) -> Streams {
    if let Some(next) = pipe {
        streams[0] = Sink::Pipe(next);
    }
    for (index, redirect) in script.redirects(owner).iter().enumerate() {
        let file = match redirect.target.parts.as_slice() {
            [Part { kind: PartKind::Process(scope), .. }] => Sink::Pipe(Target::Scope(*scope)),
            _ => Sink::File { owner, redirect: index as u32 },
        };
        let fd = redirect.fd.unwrap_or(1);
        let stream = (fd as usize).checked_sub(1).filter(|stream| *stream < 2);
        let [out, err] = streams;
        match redirect.op {
            RedirectOp::Write | RedirectOp::Append => set(&mut streams, stream, file),
            RedirectOp::WriteBoth | RedirectOp::AppendBoth => streams = [file; 2],
            RedirectOp::DuplicateOutput => match script.literal(&redirect.target).as_deref() {
                Some("1") => set(&mut streams, stream, out),
                Some("2") => set(&mut streams, stream, err),
                Some("-") => set(&mut streams, stream, Sink::Closed),
                // Descriptors above 2 keep copies of the log in every script seen so far: `exec 3>&1`, then `>&3`.
                Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => set(&mut streams, stream, Sink::Error),
                _ if redirect.fd.is_none() => streams = [file; 2],
                _ => set(&mut streams, stream, file),
            },
            RedirectOp::Read | RedirectOp::DuplicateInput | RedirectOp::Heredoc | RedirectOp::HereString => {}
        }
    }
    if both {
        streams[1] = streams[0];
    }
    streams
}

fn set(streams: &mut Streams, stream: Option<usize>, sink: Sink) {
    if let Some(slot) = stream.and_then(|stream| streams.get_mut(stream)) {
        *slot = sink;
    }
}
