//! What well-known commands do with what they are given.

mod environment;
mod filters;
mod settings;

use super::shells::is_terraform;
use super::{Language, fetch};
use crate::syntax::shell::{Dialect, Invocation, Script, Word};

pub(super) use environment::{jq_environment, one_liner};
pub(super) use filters::{looked_for, names_only, names_secrets, replaces, short, takes_claims};

use filters::{edits, hides};
use settings::{echoes, prints_settings};

/// What a command does with secrets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Effect {
    /// Prints its arguments from this one on.
    Print(usize),
    /// Prints what stands in the word that calls it: `[Console]::WriteLine(…)`.
    PrintWords,
    /// Prints the variable its first argument names.
    PrintVariable,
    /// `printf -v name …`: the first argument after `-v` is assigned the rest.
    Format,
    /// Tells the runner to mask its argument.
    Mask,
    /// Hands a value on in an old command of the runner: whether to the environment.
    Hand(bool),
    /// Prints what it reads.
    Copy,
    /// Gives what it reads to its block, item by item.
    Each,
    /// Prints the variables whose names begin so.
    Matching,
    /// Prints the lines that match.
    Grep,
    /// Prints the files it names, or what it reads.
    Files,
    /// Prints what it reads, and writes it to the files it names.
    Tee,
    /// Writes what it is given or reads to the file it names; whether it prints it, too.
    WriteFile(bool),
    /// Prints what it reads, changed.
    Change,
    /// Prints what it reads as base64; whether on one line.
    Base64(bool),
    /// Prints its `--arg` values as JSON; whether it reads nothing.
    JqArguments(bool),
    /// Prints what it is given, in a form of its own.
    Echo,
    /// Changes files where they are.
    Edit,
    /// Remembers where a repository is, or prints it.
    Remotes,
    /// Variables hold nothing any more.
    Unset,
    /// Prints a template with the variables that it names.
    Template,
    /// Prints what its filter takes out of the environment.
    JqEnvironment,
    /// Assigns what it reads to the variables it names.
    Read,
    /// Runs a script that it is given.
    Run(Language),
    /// Runs a line of another language that prints variables of the environment.
    OneLiner,
    /// Runs its arguments as a script, in this shell.
    Eval,
    /// Runs its arguments as a script on another machine.
    Remote,
    /// Runs a file in this shell.
    Source,
    /// Runs its first argument when the script ends.
    Trap,
    /// Runs a command with what it reads.
    Xargs,
    /// Makes one file of another.
    Duplicate,
    /// Moves the arguments of the script.
    Shift,
    /// Switches options of the shell.
    Switch,
    /// Gives variables to the programs that the script runs.
    Export,
    /// Prints the whole environment.
    Environment,
    /// Prints every variable.
    Variables,
    /// Prints settings in which credentials stand.
    Settings,
    /// `terraform output`: prints what a module hands out.
    Outputs,
    /// Prints a secret that it fetches.
    Fetch(&'static str),
    /// Nothing that is known to print.
    None,
}

/// What this command does.
pub(super) fn effect(script: &Script<'_>, invocation: &Invocation<'_>, dialect: Dialect) -> Effect {
    let args = invocation.args;
    let has = |flags: &[&str]| args.iter().any(|arg| flags.contains(&&*script.literal_prefix(arg)));
    if dialect == Dialect::Cmd && invocation.name.eq_ignore_ascii_case("echo") && args.len() == 1 {
        let word = script.literal(&args[0]).unwrap_or_default().to_ascii_lowercase();
        if matches!(&*word, "on" | "off") {
            return Effect::Switch;
        }
    }
    if dialect == Dialect::PowerShell {
        if is_console(script, invocation) {
            return Effect::PrintWords;
        }
        let name = invocation.name.to_ascii_lowercase();
        let is_drive = |arg: &Word| matches!(&*script.literal_prefix(arg).to_ascii_lowercase(), "env:" | "env:*" | "env:\\" | "env:/");
        let is_variable = |arg: &Word| {
            script.literal_prefix(arg).to_ascii_lowercase().strip_prefix("env:").is_some_and(|name| !matches!(name, "" | "*" | "\\" | "/"))
        };
        if matches!(&*name, "get-childitem" | "gci" | "dir" | "ls" | "get-item" | "gi" | "get-content" | "gc")
            && let Some(variable) = args.iter().find(|arg| is_variable(arg))
        {
            return if script.literal_prefix(variable).ends_with('*') { Effect::Matching } else { Effect::PrintVariable };
        }
        let called = script.literal_prefix(invocation.word).to_ascii_lowercase();
        if matches!(&*called, "[environment]::getenvironmentvariables" | "[system.environment]::getenvironmentvariables") {
            return Effect::Environment;
        }
        if matches!(&*name, "get-childitem" | "gci" | "dir" | "ls" | "get-item" | "gi") && args.iter().any(is_drive) {
            return Effect::Environment;
        }
        let effect = powershell(&name);
        if effect != Effect::None {
            return workflow_command(script, args, effect);
        }
    }
    match &*invocation.name {
        "echo" | "print" => {
            let options = args.iter().take_while(|arg| matches!(&*script.literal_prefix(arg), "-n" | "-e" | "-E" | "-ne" | "-en")).count();
            workflow_command(script, args, Effect::Print(options))
        }
        "printf" if args.first().is_some_and(|arg| script.is(arg, "-v")) => Effect::Format,
        "printf" | "cowsay" | "figlet" => workflow_command(script, args, Effect::Print(0)),
        "printenv" if args.iter().all(|arg| script.literal_prefix(arg).starts_with('-')) => Effect::Environment,
        "printenv" => Effect::PrintVariable,
        "env" if lists(script, args) => Effect::Environment,
        "export" if args.is_empty() && dialect == Dialect::Posix || args.len() == 1 && script.is(&args[0], "-p") => Effect::Environment,
        "declare" | "typeset" if args.len() == 1 && has(&["-x", "-px", "-xp"]) => Effect::Environment,
        "declare" | "typeset" if args.len() == 1 && has(&["-p"]) => Effect::Variables,
        "export" if dialect == Dialect::Posix && !has(&["-n", "-f", "-nf"]) => Effect::Export,
        "declare" | "typeset" if dialect == Dialect::Posix && args.len() > 1 && has(&["-x"]) => Effect::Export,
        "declare" if args.len() > 1 && script.is(&args[0], "-p") => Effect::PrintVariable,
        "set" if args.is_empty() && dialect != Dialect::PowerShell => Effect::Variables,
        // `set NAME` without a value: <https://learn.microsoft.com/windows-server/administration/windows-commands/set_1>.
        "set" if dialect == Dialect::Cmd && args.len() == 1 && !script.slice(args[0].span).contains(['=', '/', '%']) => Effect::Matching,
        "set" if dialect == Dialect::Posix => Effect::Switch,
        program if is_terraform(program) && args.iter().any(|arg| script.is(arg, "output")) => Effect::Outputs,
        _ if prints_settings(script, invocation) => Effect::Settings,
        _ if echoes(script, invocation) => Effect::Echo,
        _ if edits(script, invocation) => Effect::Edit,
        "envsubst" => Effect::Template,
        "git" if args.iter().take(4).any(|arg| script.is(arg, "remote") || script.is(arg, "clone")) => Effect::Remotes,
        "unset" if !has(&["-f"]) => Effect::Unset,
        "logger" if short(script, args, 's') || has(&["--stderr"]) => Effect::Print(0),
        "diff" if !short(script, args, 'q') && !has(&["--brief"]) => Effect::Files,
        "cat" | "tac" | "nl" | "less" | "more" | "bat" | "paste" | "strings" => Effect::Files,
        "head" | "tail" if has(&["-c", "--bytes"]) || cuts_bytes(script, args) => Effect::Change,
        "tee" => Effect::Tee,
        "sort" | "uniq" | "head" | "tail" | "column" => Effect::Copy,
        // `tr '\0' '\n'`: one variable on each line.
        "tr" if args.first().is_some_and(|arg| matches!(&*script.literal_prefix(arg), "\\0" | "\\000")) => Effect::Copy,
        "xargs" => Effect::Xargs,
        "cp" | "mv" | "install" => Effect::Duplicate,
        "shift" if dialect == Dialect::Posix => Effect::Shift,
        "trap" => Effect::Trap,
        "source" | "." => Effect::Source,
        "eval" => Effect::Eval,
        "ssh" => Effect::Remote,
        "ruby" | "perl" | "php" | "awk" | "gawk" | "lua" if one_liner(script, args).is_some() => Effect::OneLiner,
        _ if hides(script, invocation) => Effect::None,
        "grep" | "egrep" | "fgrep" | "rg" if prints_no_line(script, args) => Effect::None,
        "grep" | "egrep" if has(&["-o", "--only-matching", "-oP", "-Po", "-oE", "-Eo", "-om1"]) => Effect::Change,
        "grep" | "egrep" | "fgrep" | "rg" => Effect::Grep,
        "jq" | "yq" | "gojq" if jq_environment(script, args).is_some() => Effect::JqEnvironment,
        "jq" if short(script, args, 'n') || has(&["--null-input"]) => Effect::JqArguments(true),
        "jq" | "gojq" if puts_arguments(script, args) => Effect::JqArguments(false),
        "jq" | "yq" | "cut" | "sed" | "awk" | "gawk" | "tr" | "rev" | "xxd" | "hexdump" | "od" | "fold" | "gzip" | "base32" | "dd" => {
            Effect::Change
        }
        "base64" if has(&["-d", "-D", "--decode", "-di"]) => Effect::Change,
        "base64" => Effect::Base64(has(&["-w0", "--wrap=0"]) || zero_width(script, args)),
        "openssl" if is_base64(script, args) => match has(&["-d"]) {
            true => Effect::Change,
            false => Effect::Base64(has(&["-A"])),
        },
        "read" | "mapfile" | "readarray" => Effect::Read,
        "bash" | "sh" | "zsh" | "dash" | "ksh" => Effect::Run(Language::Shell(Dialect::Posix)),
        "pwsh" | "powershell" => Effect::Run(Language::Shell(Dialect::PowerShell)),
        "perl" if has(&["-pe", "-lpe", "-ne", "-lne", "-nle", "-ple", "-p", "-n"]) => Effect::Change,
        "python" | "python3" | "python2" => Effect::Run(Language::Python),
        "node" | "nodejs" => Effect::Run(Language::JavaScript),
        "bun" | "deno" if has(&["-e", "-p", "eval"]) => Effect::Run(Language::JavaScript),
        "type" if dialect == Dialect::Cmd => Effect::Files,
        _ => fetch::fetched(script, invocation).map_or(Effect::None, Effect::Fetch),
    }
}

fn powershell(name: &str) -> Effect {
    match name {
        "write-host" | "write-output" | "write-information" | "write-verbose" | "write-warning" | "write-error" | "write-debug"
        | "write" => Effect::Print(0),
        "out-host" | "out-string" | "format-list" | "format-table" | "sort-object" | "convertto-json" => Effect::Copy,
        "tee-object" => Effect::WriteFile(true),
        "out-file" | "set-content" | "add-content" | "ac" | "sc" => Effect::WriteFile(false),
        // What a function returns is its output.
        "return" => Effect::Print(0),
        "convertfrom-json" | "select-string" | "select-object" => Effect::Change,
        "get-content" | "gc" | "type" => Effect::Files,
        "foreach-object" | "%" | "where-object" | "?" => Effect::Each,
        "set-psdebug" => Effect::Switch,
        "import-module" | "ipmo" => Effect::Source,
        _ => Effect::None,
    }
}

/// `[Console]::WriteLine(…)`, `[System.Console]::Error.Write(…)`.
fn is_console(script: &Script<'_>, invocation: &Invocation<'_>) -> bool {
    let called = script.literal_prefix(invocation.word).to_ascii_lowercase();
    let called = called.strip_prefix("[system.").or_else(|| called.strip_prefix('[')).and_then(|rest| rest.strip_prefix("console]::"));
    called.is_some_and(|method| matches!(method.rsplit('.').next(), Some("write" | "writeline")))
}

/// `echo "::add-mask::…"` masks, `echo "::set-output name=x::…"` hands on; others are read by the runner and not shown.
fn workflow_command(script: &Script<'_>, args: &[Word], otherwise: Effect) -> Effect {
    let text = args.iter().map(|arg| script.literal_prefix(arg)).find(|text| text.starts_with("::") || !text.starts_with('-'));
    let text = text.unwrap_or_default();
    let commands = ["::save-state", "::add-path", "::add-matcher", "::stop-commands"];
    match &*text {
        text if text.starts_with("::add-mask::") => Effect::Mask,
        text if text.starts_with("::set-output") => Effect::Hand(false),
        text if text.starts_with("::set-env") => Effect::Hand(true),
        text if commands.iter().any(|command| text.starts_with(command)) => Effect::None,
        _ => otherwise,
    }
}

/// `env`, `env --null`, `env -u NAME`: no command follows the options.
fn lists(script: &Script<'_>, args: &[Word]) -> bool {
    let texts: Vec<_> = args.iter().map(|arg| script.literal_prefix(arg)).collect();
    let is_option = |(index, text): (usize, &std::borrow::Cow<'_, str>)| {
        let named = index.checked_sub(1).and_then(|before| texts.get(before)).is_some_and(|before| matches!(&**before, "-u" | "--unset"));
        named || matches!(&**text, "-0" | "--null" | "-u" | "--unset") || text.starts_with("--unset=")
    };
    texts.iter().enumerate().all(is_option)
}

/// `openssl base64`, `openssl enc -base64` without a cipher.
fn is_base64(script: &Script<'_>, args: &[Word]) -> bool {
    let is = |at: usize, text: &str| args.get(at).is_some_and(|arg| script.is(arg, text));
    let plain = |arg: &Word| matches!(&*script.literal_prefix(arg), "-base64" | "-a" | "-A" | "-d" | "-e");
    is(0, "base64") || (is(0, "enc") && args.len() > 1 && args.iter().skip(1).all(plain))
}

/// `grep -qE`, `grep --count`, `grep -L`: no line is printed.
fn prints_no_line(script: &Script<'_>, args: &[Word]) -> bool {
    let long = ["--quiet", "--silent", "--count", "--files-with-matches", "--files-without-match"];
    let is_short = |text: &str| text.strip_prefix('-').is_some_and(|rest| !rest.starts_with('-') && rest.contains(['q', 'c', 'l', 'L']));
    // What stands behind `-e` is a pattern.
    let flags = args.iter().map(|arg| script.literal_prefix(arg)).take_while(|text| text != "--");
    flags.into_iter().any(|text| long.contains(&&*text) || (is_short(&text) && !text.starts_with("-e")))
}

/// Whether a filter of `jq` puts an argument into what it prints: `.token = $t`, `{token: $t}`. `select(.id == $t)` does not.
fn puts_arguments(script: &Script<'_>, args: &[Word]) -> bool {
    let texts: Vec<_> = args.iter().map(|arg| script.literal_prefix(arg)).collect();
    let names =
        texts.windows(2).filter(|pair| matches!(&*pair[0], "--arg" | "--argjson" | "--rawfile")).map(|pair| format!("${}", pair[1]));
    let names: Vec<String> = names.collect();
    let puts = |filter: &str, name: &str| {
        filter.match_indices(name).any(|(at, _)| {
            let before = filter.get(..at).unwrap_or("").trim_end();
            let behind = filter.get(at + name.len()..).unwrap_or("");
            let whole = !behind.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
            let is_set = before.ends_with('=') && !["==", "!=", "<=", ">="].iter().any(|sign| before.ends_with(sign));
            whole && (is_set || before.ends_with([':', '{']))
        })
    };
    let filters = texts.iter().filter(|text| !text.starts_with('-'));
    filters.into_iter().any(|filter| names.iter().any(|name| puts(filter, name)))
}

/// `-w 0`, `--wrap 0`.
fn zero_width(script: &Script<'_>, args: &[Word]) -> bool {
    args.windows(2).any(|pair| (script.is(&pair[0], "-w") || script.is(&pair[0], "--wrap")) && script.is(&pair[1], "0"))
}

/// `head -c4`.
fn cuts_bytes(script: &Script<'_>, args: &[Word]) -> bool {
    args.iter().any(|arg| script.literal_prefix(arg).starts_with("-c") || script.literal_prefix(arg).starts_with("--bytes="))
}
