//! The whole product on two small repositories: the same company's, leaking everywhere and done right.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// What `caulk lint` writes for a fixture, and its exit code.
fn lint(name: &str, arguments: &[&str]) -> (String, Option<i32>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_caulk"));
    command.current_dir(fixture("..")).env_clear().arg("lint").args(arguments).arg(format!("fixtures/{name}"));
    let done = command.output().unwrap();
    (String::from_utf8(done.stdout).unwrap(), done.status.code())
}

fn findings(name: &str) -> Vec<serde_json::Value> {
    let (text, _) = lint(name, &["--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    report["findings"].as_array().unwrap().clone()
}

#[test]
fn the_clean_repository_has_no_findings() {
    let (text, exit) = lint("clean", &[]);
    assert_eq!((exit, text.lines().next()), (Some(0), Some("no findings")), "{text}");
}

#[test]
fn the_leaky_repository_has_findings_of_every_family_in_every_format() {
    let findings = findings("leaky");
    let of = |key: &str| findings.iter().map(|finding| finding[key].as_str().unwrap().to_owned()).collect::<BTreeSet<String>>();
    let families = of("family");
    for family in ["plaintext-secret", "secret-in-log", "missing-oidc", "unencrypted-state", "missing-sensitive"] {
        assert!(families.contains(family), "no finding of family {family}");
    }
    let formats = of("format");
    for format in ["github-actions", "gitlab-ci", "compose", "kubernetes", "terraform", "tfvars", "tfstate", "notebook", "text"] {
        assert!(formats.contains(format), "no finding in {format}");
    }
    assert_eq!(lint("leaky", &[]).1, Some(1));
}

/// The passwords of the leaky repository.
pub(crate) const PASSWORDS: &[&str] = &[
    "Tq8vN2xLr5wK",
    "VHE4dk4yeExyNXdL",
    "9fLq2vXz7RbT",
    "Wm4tK9zQp2sV",
    "vR7mQ2kXs9Lp",
    "Hn3cZ8tYw5Bd",
    "k2Jw8Nq4Xv7Rt5Lz",
    "cX5pL9vRt2Qw",
    "Zt6wP3nKx8Vq",
    "m7Qz2Kv9Xt4Lw8Rn5Pb3",
    "Yb4nW7kZq9Xs",
    "q8Zt5Lw2Xv9Kn4Rb7Ms3",
];

/// None of the passwords of the leaky repository appears in any report of it.
#[test]
fn no_report_of_the_leaky_repository_holds_a_password() {
    for arguments in
        [&["--verbose", "--pedantic"][..], &["--quiet"], &["--format", "json", "--pedantic"], &["--format", "sarif", "--pedantic"]]
    {
        let (text, _) = lint("leaky", arguments);
        for password in PASSWORDS {
            assert!(!text.contains(password), "{arguments:?} prints a password");
        }
    }
}

/// The README shows what the program prints. `UPDATE=1 cargo test readme` writes it.
#[test]
fn the_readme_shows_the_output() {
    let path = fixture("..").join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (output, _) = lint("leaky", &[]);
    let start = readme.find("```text\n").unwrap() + "```text\n".len();
    let end = start + readme[start..].find("\n```").unwrap();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, format!("{}{}{}", &readme[..start], shown(&output), &readme[end..])).unwrap();
    } else {
        assert_eq!(&readme[start..end], shown(&output), "run `UPDATE=1 cargo test readme`");
    }
}

/// The first findings and the summary; the whole would be a long page.
fn shown(output: &str) -> String {
    let lines: Vec<&str> = output.trim_end().lines().collect();
    let blocks: Vec<usize> = lines.iter().enumerate().filter(|(_, line)| line.is_empty()).map(|(at, _)| at).collect();
    let first = blocks.get(3).copied().unwrap_or(lines.len());
    let last = blocks.last().copied().unwrap_or(0);
    if first >= last {
        return lines.join("\n");
    }
    let trimmed = |line: &&str| line.trim_end().to_owned();
    let head: Vec<String> = lines[..first].iter().map(trimmed).collect();
    let tail: Vec<String> = lines[last..].iter().map(trimmed).collect();
    format!("{}\n\n[…]\n{}", head.join("\n"), tail.join("\n"))
}
