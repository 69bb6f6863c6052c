//! Where the comments of a text file are, by the syntax that its name tells. Only comments: a marker inside a string is text.

use memchr::memmem;

use crate::source::Span;
use crate::syntax::shell::{self, Dialect};
use crate::syntax::{python, yaml};

/// How comments and strings are written.
struct Syntax {
    /// What begins a comment that ends with its line.
    line: &'static [&'static str],
    /// What begins and ends a comment of several lines.
    block: &'static [(&'static str, &'static str)],
    /// What begins and ends a string of one line.
    quotes: &'static [u8],
    /// What begins and ends a string of several lines.
    long: &'static [&'static str],
    /// Behind a value a marker is part of it.
    alone: bool,
}

const PLAIN: Syntax = Syntax { line: &[], block: &[], quotes: b"\"'", long: &[], alone: false };

/// Dotenv files, Ruby, R, Make and the like.
const HASH: Syntax = Syntax { line: &["#"], ..PLAIN };

/// Files in which all that follows a name is its value: Java's properties, `.netrc`, a Dockerfile's instructions.
const LINES: Syntax = Syntax { line: &["#", "!"], quotes: &[], alone: true, ..PLAIN };

/// INI files; <https://docs.python.org/3/library/configparser.html>.
const INI: Syntax = Syntax { line: &["#", ";"], ..PLAIN };

/// <https://toml.io/en/v1.0.0#comment>.
const TOML: Syntax = Syntax { line: &["#"], long: &["\"\"\"", "'''"], ..PLAIN };

/// Languages that look like C.
const CURLY: Syntax = Syntax { line: &["//"], block: &[("/*", "*/")], long: &["\"\"\"", "`"], ..PLAIN };

/// Those of them that know `#` too: PHP, HCL.
const CURLY_HASH: Syntax = Syntax { line: &["//", "#"], ..CURLY };

/// SQL and Lua.
const DASHES: Syntax = Syntax { line: &["--"], block: &[("/*", "*/"), ("--[[", "]]")], ..PLAIN };

/// Languages whose comments begin with one sign: Lisps, TeX and Erlang, Visual Basic, Fortran, Vim's scripts.
const SEMICOLON: Syntax = Syntax { line: &[";"], quotes: b"\"", ..PLAIN };
const PERCENT: Syntax = Syntax { line: &["%"], quotes: b"\"", ..PLAIN };
const APOSTROPHE: Syntax = Syntax { line: &["'"], quotes: b"\"", ..PLAIN };
const EXCLAMATION: Syntax = Syntax { line: &["!"], ..PLAIN };
const QUOTATION: Syntax = Syntax { line: &["\""], quotes: &[], alone: true, ..PLAIN };

/// <https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/rem>.
const BATCH: Syntax = Syntax { line: &["rem ", "REM ", "Rem ", "@rem ", "@REM ", "::"], quotes: &[], alone: true, ..PLAIN };

/// XML and HTML; Markdown is prose, and shows its comments to nobody. An apostrophe is no quote there.
const MARKUP: Syntax = Syntax { block: &[("<!--", "-->")], quotes: &[], ..PLAIN };

/// Endings, and whole names where no dot comes first.
const SYNTAXES: &[(&Syntax, &[&str])] = &[
    (&INI, &[".ini", ".cfg", ".conf", ".cnf", ".npmrc", ".pypirc", ".editorconfig", ".service", "pip.conf"]),
    (&LINES, &[".properties", ".netrc", "_netrc", ".pgpass", "dockerfile", "containerfile", ".gitignore", ".dockerignore"]),
    (&TOML, &[".toml"]),
    (
        &HASH,
        &[
            ".env",
            ".rb",
            ".pl",
            ".pm",
            ".r",
            ".jl",
            ".ex",
            ".exs",
            ".nix",
            ".pp",
            ".rego",
            ".cmake",
            ".mk",
            ".graphql",
            ".nginx",
            ".fish",
            ".awk",
            ".tcl",
            ".cr",
            ".nim",
            ".bzl",
            ".pyx",
            "makefile",
            "gemfile",
            "vagrantfile",
            "brewfile",
            "rakefile",
            "procfile",
            "justfile",
        ],
    ),
    (
        &CURLY,
        &[
            ".js",
            ".mjs",
            ".cjs",
            ".jsx",
            ".ts",
            ".mts",
            ".cts",
            ".tsx",
            ".java",
            ".kt",
            ".kts",
            ".scala",
            ".groovy",
            ".gradle",
            ".go",
            ".rs",
            ".c",
            ".h",
            ".cc",
            ".cpp",
            ".hpp",
            ".cs",
            ".swift",
            ".dart",
            ".m",
            ".proto",
            ".jsonc",
            ".json5",
            ".scss",
            ".less",
            ".css",
            ".bicep",
            ".sol",
            ".zig",
            ".cue",
            "jenkinsfile",
        ],
    ),
    (&CURLY_HASH, &[".php", ".hcl", ".nomad", ".tf", ".tofu"]),
    (&DASHES, &[".sql", ".lua", ".psql", ".hs", ".elm", ".adb", ".ads", ".vhd"]),
    (&SEMICOLON, &[".clj", ".cljs", ".edn", ".el", ".lisp", ".scm", ".rkt", ".asm", ".ahk"]),
    (&PERCENT, &[".tex", ".sty", ".erl", ".hrl"]),
    (&APOSTROPHE, &[".vb", ".vbs", ".bas", ".cls"]),
    (&EXCLAMATION, &[".f90", ".f95", ".f03"]),
    (&QUOTATION, &[".vim", ".vimrc"]),
    (&BATCH, &[".bat", ".cmd"]),
    (
        &MARKUP,
        &[
            ".xml", ".html", ".htm", ".xhtml", ".svg", ".vue", ".svelte", ".plist", ".xaml", ".config", ".csproj", ".props", ".targets",
            ".jelly", ".wsdl", ".pom",
        ],
    ),
];

/// The comments of a file of this name, from their marker to their end, in order. Where nobody knows its syntax there are none.
pub(in crate::formats) fn of(name: &str, text: &str) -> Vec<Span> {
    let name = name.to_ascii_lowercase();
    let ends = |ends: &[&str]| ends.iter().any(|end| if end.starts_with('.') { name.ends_with(end) } else { name == *end });
    if ends(&[".yaml", ".yml"]) {
        // What does not parse as a whole says nothing of where a scalar ends.
        let tree = yaml::Tree::parse(text);
        return if tree.errors().is_empty() { tree.comments().to_vec() } else { Vec::new() };
    }
    if ends(&[".py", ".pyi", ".pyw"]) {
        return python::scan(text).comments;
    }
    if super::lines_of(&name) == super::Lines::Shell {
        return shell::parse(text, Dialect::Posix, &[]).comments;
    }
    if ends(&[".ps1", ".psm1", ".psd1"]) {
        return shell::parse(text, Dialect::PowerShell, &[]).comments;
    }
    if name.starts_with(".env") {
        return HASH.comments(text);
    }
    if super::is_dockerfile(&name) {
        return LINES.comments(text);
    }
    SYNTAXES.iter().find(|(_, names)| ends(names)).map_or_else(Vec::new, |(syntax, _)| syntax.comments(text))
}

impl Syntax {
    fn comments(&self, text: &str) -> Vec<Span> {
        let bytes = text.as_bytes();
        let mut found = Vec::new();
        // What was looked for in vain is not looked for again: before this place no string of one line ends, nowhere a long one.
        let mut unclosed = [0; 256];
        let mut endless: Vec<&str> = Vec::new();
        // Whether only blanks have stood on this line.
        let mut first = true;
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            let begins = |mark: &str| rest.starts_with(mark.as_bytes());
            let before = at.checked_sub(1).map_or(b' ', |before| bytes[before]);
            let stands_apart = first || matches!(before, b' ' | b'\t' | b';' | b',' | b'{' | b'}' | b')' | b'>');
            let may_begin = if self.alone { first } else { stands_apart };
            if let Some((open, close)) = self.block.iter().find(|(open, _)| begins(open)) {
                let end = memmem::find(&rest[open.len()..], close.as_bytes()).map_or(bytes.len(), |to| at + open.len() + to + close.len());
                found.push(Span::new(at, end));
                (at, first) = (end, false);
            } else if may_begin && self.line.iter().any(|mark| begins(mark)) {
                let end = at + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                found.push(Span::new(at, at + text[at..end].trim_end().len()));
                at = end;
            } else if let Some(mark) = self.long.iter().find(|mark| begins(mark) && !endless.contains(mark)) {
                match memmem::find(&rest[mark.len()..], mark.as_bytes()) {
                    Some(to) => at += to + 2 * mark.len(),
                    None => endless.push(mark),
                }
                first = false;
            } else if self.quotes.contains(&rest[0]) && at >= unclosed[usize::from(rest[0])] {
                let (len, closed) = quoted(rest);
                if !closed {
                    unclosed[usize::from(rest[0])] = at + len;
                }
                at += if closed { len } else { 1 };
                first = false;
            } else {
                let mark = rest.starts_with("\u{feff}".as_bytes());
                first = rest[0] == b'\n' || (first && (mark || rest[0].is_ascii_whitespace()));
                at += if mark { '\u{feff}'.len_utf8() } else { 1 };
            }
        }
        found
    }
}

/// How long the string is that these bytes begin with, and whether it ends before its line does.
fn quoted(bytes: &[u8]) -> (usize, bool) {
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\n' => break,
            b'\\' => at += 1,
            byte if *byte == bytes[0] => return (at + 1, true),
            _ => {}
        }
        at += 1;
    }
    (at.min(bytes.len()), false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: &str, text: &str) -> Vec<String> {
        of(name, text).into_iter().map(|span| text[span.range()].to_owned()).collect()
    }

    #[test]
    fn every_language_has_its_comments() {
        let hash = ["# a", "# b"];
        for name in [".env", ".env.local", "prod.env", "a.rb", "a.py", "a.sh", ".bashrc", "a.ps1", "a.toml", "a.conf", "Makefile", "a.yaml"]
        {
            assert_eq!(shown(name, "# a\nx: 'y # c' # b\n"), hash, "{name}");
        }
        for name in ["a.ts", "Jenkinsfile", "a.go", "a.php", "a.kt"] {
            assert_eq!(
                shown(name, "// a\nx('// c', `\n// d`); // b\nhttp://x /* e\n// f */\n"),
                ["// a", "// b", "/* e\n// f */"],
                "{name}"
            );
        }
        assert_eq!(shown("a.sql", "-- a\nSELECT '-- c'; -- b\n"), ["-- a", "-- b"]);
        assert_eq!(shown("a.xml", "<!-- a -->\n<b c='it'/> <!-- b\nc -->\n"), ["<!-- a -->", "<!-- b\nc -->"]);
        for (name, text) in [
            ("a.hs", "-- a\nx = '-' -- b\n"),
            ("a.el", "; a\n(x \"; c\") ; b\n"),
            ("a.tex", "% a\nx % b\n"),
            ("a.vb", "' a\nx = \"'\" ' b\n"),
            ("a.f90", "! a\nx = '!' ! b\n"),
            ("a.bat", "rem a\r\nset X=rem c\r\n:: b\r\n"),
            ("a.vim", "\" a\nlet x = \"c\"\n  \" b\n"),
        ] {
            let found = shown(name, text);
            assert!(found.len() == 2 && found[0].ends_with(" a") && found[1].ends_with(" b"), "{name} {found:?}");
        }
        assert_eq!(shown("a.ini", "; a\n# b\nc = d ; e\n"), ["; a", "# b", "; e"]);
        assert_eq!(shown("a.toml", "a = \"\"\"\n# b\n\"\"\" # c\n"), ["# c"]);
    }

    #[test]
    fn behind_a_value_it_may_be_part_of_it() {
        assert_eq!(shown("a.properties", "! a\r\n  # b\r\nc = d # e\r\n"), ["! a", "# b"]);
        assert_eq!(shown("api.Dockerfile", "# a\nENV A=b # c\nRUN d \\\n  # e\n  f\n"), ["# a", "# e"]);
        assert_eq!(shown(".env", "A=b#c\nD=\"e # f\nG=h # i\n"), ["# f", "# i"]);
        assert!(shown("notes.txt", "# a\n").is_empty() && shown("a.yaml", "# a\nb: c: d\n").is_empty());
        assert!(shown("a.md", "# a\n<!-- b -->").is_empty());
        assert_eq!(shown("a.rb", "\u{feff}# a"), ["# a"]);
        assert_eq!(shown("a.js", "é('ü'); // ä\n"), ["// ä"]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "(\\PC|[ \n\"'`#/*<!-]){0,80}") {
            for name in ["a.js", "a.rb", "a.xml", "a.sql", "a.php", "a.toml", "a.properties", "Dockerfile", ".env", "a.ini"] {
                let found = of(name, &text);
                proptest::prop_assert!(found.iter().all(|span| text.get(span.range()).is_some()));
                proptest::prop_assert!(found.windows(2).all(|pair| pair[0].end <= pair[1].start));
            }
        }
    }

    #[test]
    fn what_never_ends_costs_no_square() {
        let work = |text: String| std::hint::black_box(of("a.js", &text)).len();
        for piece in ["'\\'", "\"", "`'", "/*", "\"\"\"", "'a\n", "// x "] {
            assert!(work(piece.repeat(200_000)) < 400_000, "{piece}");
        }
    }
}
