//! Text that no format reads: token shapes anywhere; names too where lines are `key = value`, and in a shell's exports.
//!
//! In shell scripts, Dockerfiles, Makefiles and Jenkinsfiles what commands are given counts where it was made up to be hard to guess.
//!
//! Names in source code and in prose say nothing: `password = input()` and "the password: see below" are no leaks. In code that only
//! sets what a program needs, such as `settings.py`, they do where the value can hardly be anything else.

mod build_files;
mod commands;
pub(super) mod comments;

use commands::Kind;

use super::{Format, View};
use crate::literal::{Literal, PathBuilder, Reading, Role, Value};
use crate::source::{Place, Source, Span, Text};
use crate::syntax::SyntaxError;

/// A text file, or the part of a file that its format could not read.
pub struct TextFile<'a> {
    source: &'a Source,
    spans: Vec<Span>,
    lines: Lines,
}

/// What a file's name says of its lines.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Lines {
    /// Keys and values.
    Config,
    /// A shell's: `export NAME=value` counts.
    Shell,
    /// Of code that sets what a program needs.
    Code,
    /// A Makefile's.
    Make,
    /// A Jenkinsfile's.
    Jenkins,
    /// Anything else.
    Prose,
}

impl<'a> TextFile<'a> {
    /// All of a file.
    #[must_use]
    pub fn new(source: &'a Source) -> Self {
        Self::unread(source, vec![Span::new(0, source.text.len())])
    }

    /// Its names left out: a view has seen every value that has one.
    #[must_use]
    pub fn nameless(self) -> Self {
        Self { lines: Lines::Prose, ..self }
    }

    /// The parts of a file that its format could not read.
    #[must_use]
    pub fn unread(source: &'a Source, spans: Vec<Span>) -> Self {
        Self { source, spans, lines: lines_of_file(source) }
    }

    fn visit(&self, name: &str, span: Span, reading: Reading, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
        self.give(name, Value::literal(Text::raw(&self.source.text, span)), reading, span.start, visit);
    }

    fn give(&self, name: &str, value: Value<'_>, reading: Reading, opener: u32, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
        visit(&Literal {
            role: Role::Text,
            name: name.into(),
            value,
            reading,
            source: self.source.id,
            setting: self.source.setting,
            opener,
            path: &|| if name.is_empty() { PathBuilder::default().build() } else { PathBuilder::default().key(name).build() },
        });
    }
}

impl View for TextFile<'_> {
    fn format(&self) -> Format {
        Format::Text
    }

    fn sources(&self) -> Vec<&Source> {
        vec![self.source]
    }

    fn literals(&self, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
        let lines = self.lines;
        for span in &self.spans {
            let reading = match lines {
                Lines::Config => Reading::Config,
                Lines::Code | Lines::Jenkins => Reading::Code,
                Lines::Shell | Lines::Make | Lines::Prose => Reading::Prose,
            };
            self.visit("", *span, reading, visit);
            let text = &self.source.text;
            let scripts = match lines {
                Lines::Shell => vec![(*span, Kind::Script)],
                Lines::Config if is_dockerfile(self.source.file_name()) => {
                    commands::of_dockerfile(text, *span).into_iter().map(|span| (span, Kind::Image)).collect()
                }
                Lines::Make => {
                    let (recipes, variables) = build_files::of_makefile(text, *span);
                    for (name, value) in variables.into_iter().filter(|(_, value)| commands::is_made_up(&text[value.range()], Kind::Script))
                    {
                        self.visit(name, value, Reading::Value, visit);
                    }
                    recipes.into_iter().map(|span| (span, Kind::Script)).collect()
                }
                Lines::Jenkins => build_files::of_jenkinsfile(text, *span).into_iter().map(|span| (span, Kind::Script)).collect(),
                Lines::Config | Lines::Code | Lines::Prose => Vec::new(),
            };
            for (script, kind) in scripts {
                let mut give = |name: &str, value: Value<'_>| {
                    // An instruction of a Dockerfile is one thing; a script is the whole file.
                    let own = value.as_literal().map_or(script.start, |text| text.span().start);
                    let opener = if kind == Kind::Image { script.start } else { own };
                    self.give(name, value, Reading::Value, opener, visit);
                };
                commands::given(text, script, kind, &mut give);
            }
            if lines == Lines::Shell {
                exports(text, *span, &mut |name, value| self.visit(name, value, Reading::Value, visit));
            }
        }
    }

    fn errors(&self) -> Vec<(&Source, &SyntaxError)> {
        Vec::new()
    }

    fn comments(&self) -> Vec<Place> {
        let comments = comments::of(self.source.file_name(), &self.source.text).into_iter();
        let here = comments.filter(|comment| self.spans.iter().any(|span| span.contains(*comment)));
        here.map(|comment| self.source.place(comment)).collect()
    }
}

/// How a file's lines are read. An example is read like the file it is copied to: `.env.example`, `app.yml.sample`.
fn lines_of_file(source: &Source) -> Lines {
    const ENDS: &[&str] = &[".example", ".sample", ".template", ".dist", ".tmpl", ".tpl"];
    let name = source.file_name();
    let lines = lines_of(ENDS.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name));
    // `settings/production.py` of Django.
    let in_settings = || name.ends_with(".py") && source.path.trim_end_matches(name).ends_with("settings/");
    if lines == Lines::Prose && in_settings() { Lines::Code } else { lines }
}

fn lines_of(name: &str) -> Lines {
    const CONFIG_NAMES: &[&str] = &[
        ".npmrc",
        ".pypirc",
        ".yarnrc",
        ".gemrc",
        ".netrc",
        "_netrc",
        "credentials",
        ".credentials",
        ".terraformrc",
        "terraform.rc",
        ".dockercfg",
        ".s3cfg",
        ".boto",
        "kubeconfig",
        "redis.conf",
        "my.cnf",
        // <https://www.postgresql.org/docs/current/libpq-pgpass.html>
        ".pgpass",
        "pgpass.conf",
        // <https://www.pgbouncer.org/config.html#authentication-file-format>
        "userlist.txt",
    ];
    const CONFIG_ENDS: &[&str] = &[
        ".yml",
        ".yaml",
        ".json",
        ".toml",
        ".ini",
        ".cfg",
        ".conf",
        ".cnf",
        ".config",
        ".properties",
        ".xml",
        ".env",
        ".plist",
        ".tf",
        ".tofu",
        ".hcl",
        ".tfvars",
        ".tfbackend",
        ".tfstate",
        ".secrets",
        ".secret",
    ];
    const SHELL_NAMES: &[&str] = &[".bashrc", ".bash_profile", ".profile", ".zshrc", ".zshenv", ".zprofile", ".envrc", ".bash_aliases"];
    const SHELL_ENDS: &[&str] = &[".sh", ".bash", ".zsh", ".ksh", ".envrc"];
    // What programs and servers are set up with in their own language.
    const CODE_NAMES: &[&str] = &[
        "settings.py",
        "local_settings.py",
        "config.py",
        "secrets.py",
        "credentials.py",
        "config.php",
        "settings.php",
        "local.php",
        "database.php",
        "parameters.php",
        "configuration.php",
        "config.inc.php",
        "wp-config.php",
        "config.js",
        "config.ts",
        "knexfile.js",
        "ormconfig.js",
        "database.rb",
        "build.gradle",
        "build.gradle.kts",
        "vagrantfile",
    ];
    const CODE_ENDS: &[&str] = &["_settings.py", "_config.py", "-config.php", ".config.php"];
    let lower = name.to_ascii_lowercase();
    let is = |names: &[&str], ends: &[&str]| names.contains(&lower.as_str()) || ends.iter().any(|end| lower.ends_with(end));
    let dotenv = lower == "env" || lower.starts_with(".env.") || lower == ".env";
    let dockerfile = is_dockerfile(name);
    if is(SHELL_NAMES, SHELL_ENDS) {
        Lines::Shell
    } else if dotenv || dockerfile || is(CONFIG_NAMES, CONFIG_ENDS) {
        Lines::Config
    } else if is(CODE_NAMES, CODE_ENDS) {
        Lines::Code
    } else if is(&["makefile", "gnumakefile"], &[".mk"]) {
        Lines::Make
    } else if lower.starts_with("jenkinsfile") || lower.ends_with(".jenkinsfile") {
        Lines::Jenkins
    } else {
        Lines::Prose
    }
}

fn is_dockerfile(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.starts_with("dockerfile") || lower.ends_with(".dockerfile") || lower.starts_with("containerfile")
}

/// `export NAME=value` at the beginning of a line: the name and the place of the value, without its quotes.
fn exports(text: &str, span: Span, give: &mut dyn FnMut(&str, Span)) {
    let mut at = span.start as usize;
    for line in text.get(span.range()).unwrap_or("").split_inclusive('\n') {
        let start = at;
        at += line.len();
        let Some((name, value)) = line.trim_start().strip_prefix("export ").and_then(|rest| rest.trim_start().split_once('=')) else {
            continue;
        };
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            continue;
        }
        let from = start + line.len() - value.len();
        let (skip, length) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => (1, value[1..].find(quote).unwrap_or(value.len() - 1)),
            _ => (0, value.find([' ', '\t', '\r', '\n', ';', '&', '|']).unwrap_or(value.len())),
        };
        give(name, Span::new(from + skip, from + skip + length));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_says_how_lines_are_read() {
        for (name, lines) in [
            (".env", Lines::Config),
            (".env.production", Lines::Config),
            ("prod.env", Lines::Config),
            ("values.yaml", Lines::Config),
            ("Dockerfile.dev", Lines::Config),
            ("deploy.sh", Lines::Shell),
            (".envrc", Lines::Shell),
            ("main.py", Lines::Prose),
            ("README.md", Lines::Prose),
            ("notes.txt", Lines::Prose),
            ("Jenkinsfile", Lines::Jenkins),
            ("rules.mk", Lines::Make),
            ("settings.py", Lines::Code),
            ("wp-config.php", Lines::Code),
        ] {
            assert_eq!(lines_of(name), lines, "{name}");
        }
    }

    #[test]
    fn an_example_is_read_like_its_copy() {
        for name in [".env.example", ".env.dist", "app.yml.sample", "example.env"] {
            assert_eq!(TextFile::new(&Source { path: name.into(), ..Source::default() }).lines, Lines::Config, "{name}");
        }
    }

    #[test]
    fn exports_are_found_with_their_values() {
        let text = "#!/bin/sh\nexport A=b c\n  export B=\"d e\" # f\nC=g\nexport D='\nexport E\n";
        let mut found = Vec::new();
        exports(text, Span::new(0, text.len()), &mut |name, span| found.push((name.to_owned(), &text[span.range()])));
        assert_eq!(found, [("A".to_owned(), "b"), ("B".to_owned(), "d e"), ("D".to_owned(), "\n")]);
    }
}
