//! Filters and one-liners that take variables out of the environment: `jq -n env.NAME`, `ruby -e 'puts ENV["NAME"]'`.

use crate::syntax::shell::{Script, Word};

/// What a filter takes out of the environment: one variable, or all of it where there is no name: `env.NAME`, `$ENV["NAME"]`, `env`
/// (<https://jqlang.org/manual/#$ENV-env>).
pub(in crate::flow::script) fn jq_environment(script: &Script<'_>, args: &[Word]) -> Option<Option<String>> {
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

/// The variables of the environment that a line of Ruby, Perl, PHP, Awk or Lua prints; none are named where it prints all.
pub(in crate::flow::script) fn one_liner(script: &Script<'_>, args: &[Word]) -> Option<Vec<String>> {
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
    const WHOLE: [&str; 9] = ["ENV.to_h", "ENV.each", "ENV.sort", "ENV.map", "ENV.inspect", "puts ENV", "p ENV", "getenv()", "keys %ENV"];
    const PRINTS: [&str; 9] = ["puts", "print", "echo", "say", "warn", "pp ", "p ENV", "var_dump", "var_export"];
    const ASKS: [&str; 6] = ["length", "size", "nil?", "empty", "strlen", "defined"];
    let text =
        args.iter().map(|arg| script.literal(arg).unwrap_or_default()).find(|text| text.contains("ENV") || text.contains("getenv"))?;
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    // `perl -pe 's/X/$ENV{X}/'` prints each line.
    let prints_lines = || args.iter().map(|arg| script.literal_prefix(arg)).any(|text| matches!(&*text, "-pe" | "-lpe" | "-ple" | "-p"));
    if !(has(&PRINTS) || prints_lines()) || has(&ASKS) {
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
    // `for (k in ENVIRON) print k "=" ENVIRON[k]`
    let whole = has(&WHOLE) || (text.contains("in ENVIRON") && text.contains("ENVIRON["));
    (!names.is_empty() || whole).then_some(names)
}
