//! What well-known commands do with what they are given.

use super::shells::is_terraform;
use super::{Language, fetch};
use crate::syntax::shell::{Dialect, Invocation, Script, Word};

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
    /// Prints its `--arg` values as JSON.
    JqArguments,
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
            && args.iter().any(is_variable)
        {
            return Effect::PrintVariable;
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
        "cat" | "tac" | "nl" | "less" | "more" | "bat" => Effect::Files,
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
        "sed" | "awk" | "gawk" | "jq" | "dd" if hides(script, args) => Effect::None,
        "grep" | "egrep" | "rg" if has(&["-q", "--quiet", "--silent", "-c", "--count", "-l"]) => Effect::None,
        "grep" | "egrep" if has(&["-o", "--only-matching", "-oP", "-Po", "-oE", "-Eo", "-om1"]) => Effect::Change,
        "grep" | "egrep" | "rg" => Effect::Grep,
        "jq" | "yq" | "gojq" if jq_environment(script, args).is_some() => Effect::JqEnvironment,
        "jq" if has(&["-n", "--null-input", "-nr", "-rn", "-nc", "-cn"]) => Effect::JqArguments,
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

/// `echo "::add-mask::…"` masks; `::set-output` and the like are read by the runner and not shown.
fn workflow_command(script: &Script<'_>, args: &[Word], otherwise: Effect) -> Effect {
    let text = args.iter().map(|arg| script.literal_prefix(arg)).find(|text| text.starts_with("::") || !text.starts_with('-'));
    let text = text.unwrap_or_default();
    let commands = ["::set-output", "::save-state", "::set-env", "::add-path", "::add-matcher", "::stop-commands"];
    match &*text {
        text if text.starts_with("::add-mask::") => Effect::Mask,
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

/// What a filter takes out of the environment: one variable, or all of it where there is no name: `env.NAME`, `$ENV["NAME"]`, `env`
/// (<https://jqlang.org/manual/#$ENV-env>).
pub(super) fn jq_environment(script: &Script<'_>, args: &[Word]) -> Option<Option<String>> {
    if args.iter().any(|arg| matches!(&*script.literal_prefix(arg), "-i" | "--inplace")) {
        return None;
    }
    let texts = || args.iter().map(|arg| script.literal(arg).unwrap_or_default());
    // `strenv(NAME)` of yq: <https://mikefarah.gitbook.io/yq/operators/env-variable-operators>.
    if let Some((_, rest)) = texts().find_map(|text| text.split_once("env(").map(|(before, rest)| (before.to_owned(), rest.to_owned()))) {
        return Some(rest.split_once(')').map(|(name, _)| name.trim().to_owned()));
    }
    let filter = texts().find(|text| {
        let is_word = |text: &str| text == "env" || text.starts_with("env.") || text.starts_with("env[") || text.starts_with("env |");
        text.contains("$ENV") || is_word(text)
    })?;
    let after = filter.split_once("$ENV").map_or_else(|| filter.strip_prefix("env"), |(_, after)| Some(after))?;
    let name: String = after.trim_start_matches(['.', '[', '"']).chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    let is_named = after.starts_with(['.', '[']) && !name.is_empty();
    Some(is_named.then_some(name)).filter(|name| name.is_some() || !after.contains("keys"))
}

/// `openssl base64`, `openssl enc -base64` without a cipher.
fn is_base64(script: &Script<'_>, args: &[Word]) -> bool {
    let is = |at: usize, text: &str| args.get(at).is_some_and(|arg| script.is(arg, text));
    let plain = |arg: &Word| matches!(&*script.literal_prefix(arg), "-base64" | "-a" | "-A" | "-d" | "-e");
    is(0, "base64") || (is(0, "enc") && args.len() > 1 && args.iter().skip(1).all(plain))
}

/// The variables of the environment that a line of Ruby, Perl, PHP, Awk or Lua prints; none are named where it prints all.
pub(super) fn one_liner(script: &Script<'_>, args: &[Word]) -> Option<Vec<String>> {
    const ACCESS: [&str; 11] = [
        "ENV[\"",
        "ENV['",
        "ENV.fetch(\"",
        "ENV.fetch('",
        "$ENV{",
        "getenv(\"",
        "getenv('",
        "ENVIRON[\"",
        "$_ENV['",
        "$_SERVER['",
        "$_ENV[\"",
    ];
    const WHOLE: [&str; 6] = ["ENV.to_h", "ENV.each", "puts ENV", "p ENV", "getenv()", "keys %ENV"];
    const PRINTS: [&str; 7] = ["puts", "print", "echo", "say", "warn", "pp ", "p ENV"];
    const ASKS: [&str; 6] = ["length", "size", "nil?", "empty", "strlen", "defined"];
    let text =
        args.iter().map(|arg| script.literal(arg).unwrap_or_default()).find(|text| text.contains("ENV") || text.contains("getenv"))?;
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if !has(&PRINTS) || has(&ASKS) {
        return None;
    }
    // `getenv("X") ? "set" : "unset"`: only whether it is there.
    let is_asked = |rest: &&str| {
        let behind = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let behind = behind.trim_start_matches(['"', '\'', ']', ')', '}', ' ']);
        behind.starts_with('?') && !behind.starts_with("??") && !behind.starts_with("?:")
    };
    let named = ACCESS.iter().flat_map(|access| text.match_indices(access).map(|(at, found)| &text[at + found.len()..]));
    let names: Vec<String> = named
        .filter(|rest| !is_asked(rest))
        .map(|rest| rest.trim_start_matches(['\'', '"']).chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect())
        .collect();
    // `$ENV{$_}` names none.
    let names: Vec<String> = names.into_iter().filter(|name| !name.is_empty()).collect();
    (!names.is_empty() || has(&WHOLE)).then_some(names)
}

/// Whether a word of `sed` puts what stands at `before` behind the pattern: `s/pattern/$HERE/`.
pub(super) fn replaces(before: &str) -> bool {
    let before = before.trim_start_matches(|c: char| c.is_ascii_digit());
    let mut chars = before.chars();
    let Some(mark) = chars.next().filter(|first| *first == 's').and_then(|_| chars.next()) else { return false };
    before.matches(mark).count() >= 2
}

/// `cut -d. -f2`: of a JSON web token the claims.
pub(super) fn takes_claims(script: &Script<'_>, invocation: &Invocation<'_>) -> bool {
    let texts: Vec<_> = invocation.args.iter().map(|arg| script.literal(arg).unwrap_or_default()).collect();
    let second = texts.iter().any(|text| text == "-f2") || texts.windows(2).any(|pair| pair[0] == "-f" && pair[1] == "2");
    let dots = texts.iter().any(|text| matches!(&**text, "-d." | "-d" | "."));
    match &*invocation.name {
        "cut" => second && dots,
        "jq" => texts.iter().any(|text| text.contains("split(\".\")") && text.contains("[1]")),
        _ => false,
    }
}

/// `-w 0`, `--wrap 0`.
fn zero_width(script: &Script<'_>, args: &[Word]) -> bool {
    args.windows(2).any(|pair| (script.is(&pair[0], "-w") || script.is(&pair[0], "--wrap")) && script.is(&pair[1], "0"))
}

/// `head -c4`.
fn cuts_bytes(script: &Script<'_>, args: &[Word]) -> bool {
    args.iter().any(|arg| script.literal_prefix(arg).starts_with("-c") || script.literal_prefix(arg).starts_with("--bytes="))
}

/// `cut -d= -f1`, `sed 's/=.*//'`, `awk -F= '{print $1}'`: of `NAME=value` the name is printed.
pub(super) fn names_only(script: &Script<'_>, invocation: &Invocation<'_>) -> bool {
    let texts: Vec<_> = invocation.args.iter().map(|arg| script.literal(arg).unwrap_or_default()).collect();
    let has = |wanted: &str| texts.iter().any(|text| text.contains(wanted));
    match &*invocation.name {
        "cut" => has("-f1") || texts.windows(2).any(|pair| pair[0] == "-f" && pair[1] == "1"),
        "sed" => has("=.*"),
        "awk" | "gawk" => has("print $1"),
        // `gci env: | select Name`: a drive's items have names and values.
        name if ["select-object", "select"].iter().any(|known| name.eq_ignore_ascii_case(known)) => {
            let is = |wanted: &str| texts.iter().any(|text| text.eq_ignore_ascii_case(wanted));
            (is("name") || is("key")) && !is("value")
        }
        _ => false,
    }
}

/// Programs that print files of settings, their own or the job's: the words that must stand among their arguments.
const SETTINGS: [(&str, &[&str]); 12] = [
    ("docker", &["compose", "config"]),
    ("docker-compose", &["config"]),
    ("docker", &["inspect"]),
    ("helm", &["get", "values"]),
    ("terraform", &["show", "-json"]),
    ("terraform", &["state", "pull"]),
    ("tofu", &["show", "-json"]),
    ("tofu", &["state", "pull"]),
    ("npm", &["config", "ls", "-l"]),
    ("npm", &["config", "list", "-l"]),
    ("git", &["config", "--list"]),
    ("git", &["config", "-l"]),
];

fn prints_settings(script: &Script<'_>, invocation: &Invocation<'_>) -> bool {
    let args = invocation.args;
    let has = |word: &&str| args.iter().any(|arg| script.is(arg, word));
    // `docker compose config --quiet` and `--services` print no values.
    let quiet = ["-q", "--quiet", "--services", "--images", "--volumes", "--hash", "--profiles", "-o"];
    // Of `docker inspect` it picks a field; of `docker compose` it is the file.
    let picks = ["--format", "-f"];
    let mut rows = SETTINGS.iter().filter(|(program, _)| *program == invocation.name);
    let silent = |words: &[&str]| if words.contains(&"inspect") { picks.iter().any(&has) } else { quiet.iter().any(&has) };
    rows.any(|(program, words)| words.iter().all(has) && !(program.starts_with("docker") && silent(words)))
}

/// `sed 's/./*/g'`, `awk '{ print length }'`, `jq empty`, `dd of=file`: nothing of the value is printed.
fn hides(script: &Script<'_>, args: &[Word]) -> bool {
    args.iter().map(|arg| script.literal_prefix(arg)).any(|text| {
        let stars =
            ["*", "x", "X", "#"].iter().any(|star| text.contains(&format!("s/./{star}/g")) || text.contains(&format!("s/.*/{star}")));
        let filter = matches!(&*text, "empty" | "length" | "keys" | "keys[]" | "type" | ". | length");
        stars || filter || text.contains("print length") || text.starts_with("of=")
    })
}
