use proptest::prelude::*;

use super::*;

/// The commands that GitHub's runner has registered (`IActionCommandExtension` in its source).
const REGISTERED: &[&str] = &[
    "internal-set-repo-path",
    "set-env",
    "set-output",
    "save-state",
    "add-path",
    "add-mask",
    "add-matcher",
    "remove-matcher",
    "debug",
    "warning",
    "error",
    "notice",
    "group",
    "endgroup",
    "echo",
    "stop-commands",
];

/// What the runner does with a line, both syntaxes. Comparisons that follow the collation skip ignorable characters.
fn runner_takes(line: &str) -> bool {
    let line: String = line.chars().filter(|char| !is_hidden(*char) || char.is_whitespace()).collect();
    let name = |info: &str| REGISTERED.contains(&info.split(' ').next().unwrap_or("").to_ascii_lowercase().as_str());
    let second = line.trim_start().strip_prefix("::").and_then(|rest| rest.split_once("::")).is_some_and(|(info, _)| name(info));
    let first = line.match_indices("##[").any(|(at, mark)| line[at + mark.len()..].split_once(']').is_some_and(|(info, _)| name(info)));
    second || first || line.contains("##vso[")
}

/// A log is cut at every character that any reader takes for a line break.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'])
}

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::sample::select(vec![
            "::error::",
            "::add-mask::x",
            ":",
            "::",
            "##[",
            "##[add-mask]x",
            "#",
            "##",
            "[",
            "]",
            "##vso[task.setvariable]",
            "error",
            "\n",
            "\r",
            " ",
            "\t",
            "\u{a0}",
            "\u{3000}",
            "\u{200b}",
            "\u{ad}",
            "\u{feff}",
            "\u{1b}[2J",
            "\u{9b}2J",
            "\u{202e}",
            "\u{2028}",
            "\u{85}",
            "\\",
            "\"",
            "é",
            "𝄞",
        ])
        .prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_line_of_the_output_is_a_command(a in hostile(), b in hostile()) {
        let rendered = format!("{}\n        {}\n 7 │ {}\n\u{1b}[31m{}\u{1b}[0m\n", visible(&a), visible(&b), visible(&a), visible(&b));
        let out = guard_lines(&rendered);
        for line in lines(&out) {
            prop_assert!(!runner_takes(line), "{line:?}");
        }
        prop_assert_eq!(guard_lines(&out), out.clone());
    }

    #[test]
    fn visible_text_is_one_line_without_controls(text in hostile()) {
        prop_assert!(!visible(&text).chars().any(is_hidden));
    }

    #[test]
    fn json_holds_the_very_text_and_no_command(text in hostile()) {
        let mut out = Vec::new();
        json(&[&text], &mut out).unwrap();
        let out = String::from_utf8(out).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Vec<String>>(&out).unwrap()[0], &text);
        prop_assert!(!out.chars().any(|char| is_hidden(char) && char != '\n'));
        for line in lines(&out) {
            prop_assert!(!runner_takes(line), "{line:?}");
        }
    }

    #[test]
    fn uris_are_relative_and_plain(text in hostile()) {
        let uri = uri(&text);
        prop_assert!(uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte)));
        prop_assert!(!uri.starts_with('/') && !uri.starts_with("./") && !uri.contains("//"));
    }

    #[test]
    fn markdown_text_means_nothing(text in hostile()) {
        let out = markdown(&text);
        prop_assert!(!out.contains(['\n', '\r', '<', '@']));
        prop_assert!(!out.contains("](") && !out.contains("::"));
    }
}

#[test]
fn the_runner_of_these_tests_takes_commands() {
    for line in ["::error::x", " \t::add-mask::x", "7 | ##[add-mask]x", "##vso[a]", ":\u{200b}:error::x", "\u{a0}::ERROR file=a::x"] {
        assert!(runner_takes(line), "{line}");
    }
    assert!(!runner_takes("a::error::x") && !runner_takes("::nothing::") && !runner_takes("# [add-mask]"));
}

#[test]
fn what_is_hidden_becomes_visible() {
    assert_eq!(visible("a\u{1b}[2J\u{202e}\r"), "a\\u{1b}[2J\\u{202e}\\u{d}");
    assert_eq!(visible("a ##[b] ###vso[c] # # [d]"), "a #\\u{23}[b] ##\\u{23}vso[c] # # [d]");
    assert!(matches!(visible("arn:aws:iam::123456789012:role/x ✔ 🔑"), Cow::Borrowed(_)));
}

#[test]
fn a_command_at_the_start_of_a_line_is_broken() {
    assert_eq!(guard_lines("a\n  ::error::x\n::error::y\nz::"), "a\n \\::error::x\n\\::error::y\nz::");
    assert_eq!(guard_lines("\u{1b}[31m::error::x"), "\u{1b}[31m\\::error::x");
    assert!(matches!(guard_lines("a\nb\n"), Cow::Borrowed(_)));
}

#[test]
fn uris_have_no_scheme_and_no_dots() {
    let table = [
        ("./a b/ü.yml", "a%20b/%C3%BC.yml"),
        ("c:d.yml", "c%3Ad.yml"),
        ("/abs//x", "abs/x"),
        ("a?b#c%d", "a%3Fb%23c%25d"),
        (".github/workflows/ci.yml", ".github/workflows/ci.yml"),
    ];
    for (path, expected) in table {
        assert_eq!(uri(path), expected);
    }
}

#[test]
fn markdown_is_escaped() {
    assert_eq!(markdown("[a](b) <i> @me `x`"), "\\[a\\]\\(b\\) &lt;i&gt; &#64;me \\`x\\`");
}
