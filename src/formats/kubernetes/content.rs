//! What a string of a manifest is: a value, or a file that is carried in it.

/// How a string is to be taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Content {
    /// A value under its name.
    Value,
    /// A value in base64.
    Base64,
    /// A configuration file.
    Config,
    /// A `.pgpass`.
    Pgpass,
    /// A `.netrc`.
    Netrc,
    /// A shell script.
    Shell,
    /// A program in another language.
    Program,
    /// Words for people, and whatever names say nothing in.
    Prose,
}

/// A string under a file's name, or of several lines, is a file of the kind that its name or its first line says; of no kind
/// that we know, it is a configuration.
pub(super) fn of(name: &str, text: &str) -> Content {
    const CONFIG: [&str; 11] = ["env", "properties", "yaml", "yml", "json", "ini", "conf", "cfg", "cnf", "toml", "xml"];
    const SHELL: [&str; 3] = ["sh", "bash", "ash"];
    const PROGRAMS: [&str; 9] = ["py", "rb", "js", "ts", "lua", "go", "php", "groovy", "ps1"];
    const PROSE: [&str; 8] = ["md", "html", "css", "sql", "rego", "gotmpl", "tmpl", "tpl"];
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let first = text.lines().next().filter(|line| line.starts_with("#!"));
    match first {
        _ if ending == "pgpass" || name == "pgpass" => Content::Pgpass,
        _ if ending == "netrc" || matches!(name, "netrc" | "_netrc") => Content::Netrc,
        _ if CONFIG.contains(&ending) => Content::Config,
        // A script of one line is one by its name only.
        _ if SHELL.contains(&ending) && text.contains(' ') => Content::Shell,
        _ if !text.trim_end().contains('\n') => Content::Value,
        _ if name.eq_ignore_ascii_case("description") || PROSE.contains(&ending) => Content::Prose,
        _ if SHELL.contains(&ending) => Content::Shell,
        _ if PROGRAMS.contains(&ending) => Content::Program,
        Some(line) if line.trim_end().ends_with("sh") => Content::Shell,
        Some(_) => Content::Program,
        None => Content::Config,
    }
}
