//! A secret is never printed, and no line is a command: every byte of every format in every mode.

use super::sample::{LEAK, STATE as STATE_PAGE, Sample};
use super::*;
use crate::finding::LabelKind;
use crate::literal::LogicalPath;
use crate::secrets::Secret;
use crate::source::Place;

/// Every way a report can be written.
fn outputs() -> Vec<Output> {
    let gitlab = Output::GitlabSecretDetection(gitlab::Times::default());
    let mut outputs = vec![Output::Json, Output::Sarif, Output::Github, Output::Markdown, Output::GitlabCodeQuality, gitlab];
    for width in [None, Some(40), Some(60), Some(100), Some(1000)] {
        for bits in 0..16u8 {
            let bit = |n: u8| bits & (1 << n) != 0;
            outputs.push(Output::Terminal(TerminalOptions { width, color: bit(0), unicode: bit(1), quiet: bit(2), verbose: bit(3) }));
        }
    }
    outputs
}

fn written(report: &Report, output: Output) -> String {
    let mut out = Vec::new();
    write(report, output, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Fourteen secrets, each unique: alone, side by side, on lines next to a finding, suppressed, hidden, in labels, over many
/// lines, in the file that only a label points into, in state.
fn planted() -> (Sample, Vec<String>) {
    let secrets: Vec<String> = (0..14).map(|n| format!("PLANTED{n:02}xZqWv{n:02}kJ")).collect();
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n]: [&str; 14] = std::array::from_fn(|index| secrets[index].as_str());
    let mut sample = Sample::new();
    let (ci, spans) = sample.file(
        ".github/workflows/ci.yml",
        &format!("env:\n  A: «{a}» B: «{b}»\n  C: «{c}»\n  D: «{d}»\n  E: |\n    «-----BEGIN-----\n    {e}\n    {f}\n    -----END-----»\n  G: «{g}»\n"),
    );
    for (index, span) in spans.iter().enumerate() {
        // B and G are masked and nobody reports them; D is suppressed, C hidden.
        if [1, 5].contains(&index) {
            continue;
        }
        let reported = sample.find(&LEAK, Place { source: ci, span: *span }, "a token stands in plain text", |finding| {
            finding.help("revoke it");
            finding.secret = Some(Secret::new(a, "", Some(20), true));
            finding.severity = if index == 2 { Severity::Info } else { Severity::High };
        });
        reported.suppressed = (index == 3).then(|| Suppressed { by: By::File, reason: "known".to_owned() });
    }
    let (variables, spans) = sample.file("variables.tf", &format!("variable \"x\" {{\n  default = \"«{h}»\" # «{i}»\n}}\n"));
    let (outputs, _) = sample.file("outputs.tf", &format!("# «{j}»\noutput \"x\" {{ value = var.x }} # «{k}»\n"));
    let sink = sample.place(outputs, "var.x");
    sample.find(&LEAK, sink, "`var.x` is shown", |finding| {
        finding.label(LabelKind::Source, Place { source: variables, span: spans[0] }, "declared here");
        finding.label(LabelKind::Sink, sink, "shown here");
    });
    let long = "[1,2,3],".repeat(10_000);
    let (state, spans) = sample.file("terraform.tfstate", &format!("{{\"a\":\"«{l}»\",{long}\"b\":\"«{m}»\",\"c\":\"«{n}»\"}}"));
    for (span, address) in spans.iter().zip(["aws_db.a.password", "module.m.aws_db.b[0].password", "aws_db.c.password"]) {
        sample.find(&STATE_PAGE, Place { source: state, span: *span }, "`password` stands in the state", |finding| {
            finding.path = LogicalPath::same(address);
            finding.secret = Some(Secret::new(l, "", None, false));
        });
    }
    sample.report.coverage.files = vec![("variables.tf".to_owned(), "terraform")];
    (sample, secrets)
}

#[test]
fn no_planted_secret_is_in_any_report() {
    let (mut sample, secrets) = planted();
    for min_severity in [None, Some(Severity::Info)] {
        sample.report.min_severity = min_severity;
        for output in outputs() {
            let text = written(&sample.report, output);
            assert!(text.contains("variables.tf") || text.contains("tfstate"), "{output:?} is empty");
            for secret in &secrets {
                // Not even half of one, as an excerpt's edge might leave it.
                assert!(!text.contains(&secret[..8]) && !text.contains(&secret[12..]), "{secret} in {output:?}:\n{text}");
            }
        }
    }
}

#[test]
fn no_line_of_any_report_is_a_command() {
    let forged = "x\n::error file=a::b\r##[add-mask]c\u{2028}::stop-commands::d\u{1b}[2J\u{202e}##vso[task.complete]";
    let mut sample = Sample::new();
    let (id, _) = sample.file(&format!("::warning::{forged}"), &format!("::group::{forged}\n{forged}\n"));
    for text in ["##[add-mask]c", "::error", "x"] {
        let place = sample.place(id, text);
        let reported = sample.find(&LEAK, place, &format!("::debug::{forged}"), |finding| {
            finding.help(format!("::debug::{forged}"));
            finding.label(LabelKind::Source, place, forged);
            finding.label(LabelKind::Hop, Place { source: id, ..Place::default() }, format!("{forged}{}", " ::error::".repeat(40)));
            finding.path = LogicalPath::same(forged);
        });
        reported.suppressed = (text == "x").then(|| Suppressed { by: By::File, reason: format!("::error::{forged}") });
    }
    sample.report.coverage.passed_over = [true, false]
        .map(|incomplete| PassedOver { path: format!("::error::{forged}"), reason: forged.to_owned(), incomplete, line: None })
        .to_vec();
    sample.report.coverage.files = vec![(format!("::error::{forged}"), "text")];
    for output in outputs() {
        let text = written(&sample.report, output);
        let colours = matches!(output, Output::Terminal(options) if options.color);
        for line in text.split(['\n', '\r', '\u{2028}', '\u{2029}', '\u{85}']) {
            // What the commands of that report are made of is tested where they are written.
            let ours = output == Output::Github && ["::error ", "::warning "].iter().any(|start| line.starts_with(start));
            assert!(ours || !line.trim_start().starts_with("::"), "{output:?}: {line}");
            assert!(!line.contains("##[") && !line.contains("##vso["), "{output:?}: {line}");
            let hidden = |char: char| escape::is_hidden(char) && !(colours && char == '\u{1b}');
            assert!(!line.chars().any(hidden) && !line.contains("\u{1b}[2J"), "{output:?}: {line:?}");
        }
    }
}

#[test]
fn a_writer_that_fails_is_told_of() {
    struct Closed;
    impl io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    for output in outputs() {
        assert_eq!(write(&Sample::small().report, output, &mut Closed).unwrap_err().kind(), io::ErrorKind::BrokenPipe, "{output:?}");
    }
}
