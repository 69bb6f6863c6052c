//! The report as a whole, at several widths; its parts stand in the files below.

mod arbitrary;
mod excerpts;
mod spread;

use unicode_width::UnicodeWidthStr;

use super::*;
use crate::catalogue::Severity;
use crate::finding::LabelKind;
use crate::literal::LogicalPath;
use crate::report::escape::is_hidden;
use crate::report::sample::{LEAK, STATE, Sample};
use crate::report::{By, PassedOver, Suppressed};
use crate::source::{Place, Span};

fn written(report: &Report, options: TerminalOptions) -> String {
    let mut out = Vec::new();
    write(report, &options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn at(width: usize) -> TerminalOptions {
    TerminalOptions { width: Some(width), ..TerminalOptions::default() }
}

/// Without colours.
fn plain(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or("").to_owned();
    first + &parts.map(|part| part.split_once('m').unwrap().1).collect::<String>()
}

/// A flow over two files, a token, a suppressed password and a state file.
fn mixed() -> Sample {
    let mut sample = Sample::small();
    let (id, spans) = sample.file(
        "deploy/db.tf",
        "variable \"password\" {\n  default = \"«hunter2-hunter2-hunter2»\"\n}\n\n\n\n\n\noutput \"url\" {\n  value = \"x ${var.password}\"\n}\n",
    );
    let sink = sample.place(id, "var.password");
    let message = "the output `url` shows `var.password`, which is declared without `sensitive`, to everybody who reads the log of a run";
    sample.find(&LEAK, sink, message, |finding| {
        finding.help("add `sensitive = true` to the output");
        finding.label(LabelKind::Source, Place { source: id, span: spans[0] }, "the password is declared here");
        finding.label(LabelKind::Sink, sink, "and printed here");
    });
    let (state, spans) =
        sample.file("prod.tfstate", "{\n \"a\": \"«aaaaaaaaaaaaa»\",\n \"b\": \"«bbbbbbbbbbbbbbbb»\",\n \"c\": \"«cccccccccccc»\"\n}\n");
    for (index, span) in spans.into_iter().enumerate() {
        sample.find(&STATE, Place { source: state, span }, "`password` of a database stands in the state", |finding| {
            finding.path = LogicalPath::same(format!("module.db.aws_db_instance.db{index}[0].password"));
        });
    }
    sample
}

#[test]
fn at_sixty_columns() {
    let expected = "\
high[github-actions/plaintext-secret]
  × a token stands in plain text in `TOKEN`
   ╭─[.github/workflows/ci.yml:3:10]
 2 │ env:
 3 │   TOKEN: ****************
   ·          ────────────────
 4 │   PASSWORD: *******
   ╰────
  help: write `${{ secrets.TOKEN }}` here

high[github-actions/plaintext-secret]
  × the output `url` shows `var.password`, which is declared
    without `sensitive`, to everybody who reads the log of a
    run
    ╭─[deploy/db.tf:10:16]
 10 │   value = \"x ${var.password}\"
    ·                ──────┬─────
    ·                      ╰── and printed here
    ╰────
  → line 2: the password is declared here
  help: add `sensitive = true` to the output

medium[tfstate/sensitive-value-in-state]
  ⚠ `password` of a database stands in the state
   ╭─[prod.tfstate:2:8]
 1 │ {
 2 │  \"a\": \"*************\",
   ·        ─────────────
 3 │  \"b\": \"****************\",
   ╰────
  also: 2 more in `aws_db_instance`:
        module.db.aws_db_instance.db1[0].password,
        module.db.aws_db_instance.db2[0].password

incomplete: 1 file not linted, or only in part
  prod.tfstate: cannot be read: permission denied

5 findings: 2 high, 3 medium, 1 suppressed
4 files linted, 3 read as text, 40 passed over
`caulk explain ID` tells why it matters
";
    assert_eq!(written(&mixed().report, at(60)), expected);
}

#[test]
fn at_a_hundred_columns_in_ascii_and_verbose() {
    let mut sample = mixed();
    sample.report.findings.truncate(3);
    sample.report.coverage.files = vec![("a/ü.yml".to_owned(), "compose"), ("b.tf".to_owned(), "terraform")];
    let expected = "\
high[github-actions/plaintext-secret]
  x a token stands in plain text in `TOKEN`
   ,-[.github/workflows/ci.yml:3:10]
 2 | env:
 3 |   TOKEN: ****************
   :          ^^^^^^^^^^^^^^^^
 4 |   PASSWORD: *******
   `----
  help: write `${{ secrets.TOKEN }}` here

suppressed:
  .github/workflows/ci.yml:4:13 low[github-actions/plaintext-secret] `PASSWORD` holds a well-known
  or weak password: a throw-away database

read:
  a/\\u{fc}.yml compose
  b.tf terraform

incomplete: 1 file not linted, or only in part
  prod.tfstate: cannot be read: permission denied

1 finding: 1 high, 1 suppressed
4 files linted, 3 read as text, 40 passed over
`caulk explain ID` tells why it matters
";
    assert_eq!(written(&sample.report, TerminalOptions { unicode: false, verbose: true, ..at(100) }), expected);
}

#[test]
fn quiet_is_one_line_a_finding() {
    let mut sample = mixed();
    sample.report.findings.truncate(4);
    let quiet = TerminalOptions { quiet: true, ..TerminalOptions::default() };
    let expected = "\
.github/workflows/ci.yml:3:10: high[github-actions/plaintext-secret] a token stands in plain text in `TOKEN`
deploy/db.tf:10:16: high[github-actions/plaintext-secret] the output `url` shows `var.password`, which is declared without `sensitive`, to everybody who reads the log of a run
prod.tfstate: cannot be read: permission denied
";
    assert_eq!(written(&sample.report, quiet), expected);
    for line in written(&sample.report, TerminalOptions { quiet: true, ..at(60) }).lines() {
        assert!(line.width() <= 60, "{line}");
    }
}

#[test]
fn nothing_selected_is_said() {
    assert_eq!(written(&Report::default(), at(60)), "nothing to lint\n0 files linted\n");
    let mut sample = Sample::default();
    sample.file("a.yml", "a: b\n");
    assert_eq!(written(&sample.report, at(60)), "no findings\n1 file linted\n");
    sample.report.coverage.passed_over = (0..3)
        .map(|n| PassedOver { path: format!("chart/{n}.yaml"), reason: "template, read as text".to_owned(), incomplete: false, line: None })
        .collect();
    sample.report.coverage.ignored_telling = 1;
    let expected = "note: 3 files: template, read as text\n\nno findings\n1 file linted\n1 file with a telling name was not read, because git ignores\nit (`--include-ignored` reads such files)\n";
    assert_eq!(written(&sample.report, at(60)), expected);
}

#[test]
fn what_is_incomplete_is_listed_by_reason() {
    let mut sample = Sample::default();
    sample.file("a.yml", "a: b\n");
    let entry = |n: usize, reason: &str| PassedOver { path: format!("{n:02}.tf"), reason: reason.to_owned(), incomplete: true, line: None };
    sample.report.coverage.passed_over = (0..25).map(|n| entry(n, if n == 3 { "cannot be read" } else { "does not parse" })).collect();
    let text = written(&sample.report, at(60));
    let start = "incomplete: 25 files not linted, or only in part\n  03.tf: cannot be read\n  does not parse:\n    00.tf\n    01.tf\n";
    assert!(text.starts_with(start), "{text}");
    assert!(text.contains("    19.tf\n  and 5 more (`--verbose` lists them)\n\nno findings\n"), "{text}");
    assert!(written(&sample.report, TerminalOptions { verbose: true, ..at(60) }).contains("    24.tf\n\nno findings"));
}

#[test]
fn colours_change_nothing_else() {
    let report = mixed().report;
    for verbose in [false, true] {
        for quiet in [false, true] {
            let options = TerminalOptions { verbose, quiet, ..at(60) };
            let coloured = written(&report, TerminalOptions { color: true, ..options });
            assert!(coloured.contains("\u{1b}[31m"));
            assert_eq!(plain(&coloured), written(&report, options));
        }
    }
}

#[test]
fn a_state_group_is_spoken_for_by_its_worst() {
    let mut sample = mixed();
    sample.report.findings.remove(0);
    let worst = sample.report.findings.last_mut().unwrap();
    worst.finding.severity = Severity::Critical;
    let text = written(&sample.report, at(100));
    assert!(text.contains("critical[tfstate/sensitive-value-in-state]") && text.contains("prod.tfstate:4:8]"), "{text}");
    assert!(text.contains("also: 2 more in `aws_db_instance`: module.db.aws_db_instance.db0[0].password"), "{text}");
}
