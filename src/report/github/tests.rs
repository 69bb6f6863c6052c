//! Lines read as the runner reads them.

use super::super::sample::{LEAK, Sample};
use super::*;
use crate::finding::Finding;

/// Command, properties, data.
type Command = (String, Vec<(String, String)>, String);

/// What the runner makes of a line. `##[` counts wherever it stands.
fn command_of(line: &str) -> Option<Command> {
    assert!(!line.contains("##["), "{line}");
    let rest = line.trim_start().strip_prefix("::")?;
    let (head, data) = rest.split_once("::")?;
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let decode = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",").replace("%25", "%");
    let pair = |part: &str| part.split_once('=').map(|(key, value)| (key.trim().to_owned(), decode(value)));
    let data = data.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
    Some((name.to_owned(), properties.split(',').filter_map(pair).collect(), data))
}

fn lines(report: &Report) -> Vec<String> {
    let mut out = Vec::new();
    write(report, &mut out).unwrap();
    String::from_utf8(out).unwrap().split(['\n', '\r']).map(str::to_owned).collect()
}

#[test]
fn nothing_from_a_file_becomes_a_command_or_a_property() {
    let hostile = "a,title=x:b%0A::stop-commands::y\n::error::z\r##[add-mask]w%25%3A\u{2028}";
    let mut sample = Sample::new();
    let (id, _) = sample.file(hostile, "x\n");
    let place = sample.place(id, "x");
    for _ in 0..30 {
        sample.find(&LEAK, place, &format!("::debug::{hostile}"), |finding| _ = finding.help(hostile));
    }
    sample.report.coverage.passed_over =
        vec![super::super::PassedOver { path: hostile.to_owned(), reason: hostile.to_owned(), incomplete: true, line: None }];
    let shown = escape::visible(hostile);
    let commands: Vec<_> = lines(&sample.report).iter().filter_map(|line| command_of(line)).collect();
    assert_eq!(commands.len(), 1 + SHOWN);
    assert_eq!(
        commands[0],
        ("warning".to_owned(), vec![("title".to_owned(), "caulk".to_owned())], format!("not linted, or only in part: {shown} ({shown})"))
    );
    for (name, properties, data) in &commands[1..] {
        assert_eq!(name, "error");
        let keys: Vec<&str> = properties.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["file", "line", "endLine", "col", "endColumn", "title"]);
        assert_eq!(properties[0].1, *shown);
        assert_eq!(*data, format!("::debug::{shown}\n{shown}"));
    }
}

#[test]
fn the_most_severe_are_annotated_and_the_rest_is_named() {
    let mut sample = Sample::new();
    let (id, _) = sample.file("a.yml", "x\n");
    let place = sample.place(id, "x");
    let mut add = |severity, count: usize| {
        for number in 0..count {
            sample.find(&LEAK, place, &format!("leak {number}"), |finding: &mut Finding| finding.severity = severity);
        }
    };
    add(Severity::Low, 11);
    add(Severity::High, 8);
    add(Severity::Critical, 4);
    let lines = lines(&sample.report);
    let is = |line: &&String, level: &str| line.starts_with(level);
    assert_eq!(lines.iter().filter(|line| is(line, "::error ")).count(), 10);
    assert_eq!(lines.iter().filter(|line| is(line, "::notice ")).count(), 10);
    assert!(lines[3].contains("(critical)") && lines[4].contains("(high)"));
    assert!(lines.contains(&"3 more than a step can annotate:".to_owned()));
    assert!(lines.contains(&"a.yml:1:1: low[github-actions/plaintext-secret] leak 10".to_owned()));
    assert!(lines.contains(&"23 findings: 4 critical, 8 high, 11 low".to_owned()));
}

#[test]
fn a_long_message_is_cut_before_it_is_encoded() {
    let long = data(&"%".repeat(5_000));
    assert!(long.ends_with("%25…") && long.len() == 3 * MESSAGE + '…'.len_utf8());
}
