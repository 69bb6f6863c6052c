use proptest::prelude::*;
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

/// One secret in `places` files, one of which is suppressed and one in the baseline; and one that stands alone.
fn spread(places: usize) -> Sample {
    let mut sample = Sample::new();
    for index in 0..=places {
        let alone = index == places;
        let (id, spans) = sample.file(
            &format!("services/number-{index}/compose.yaml"),
            &format!("a:\n  DB_PASSWORD: «{}»\n", if alone { "alone" } else { "hunter2-hunter2" }),
        );
        let found = sample.find(&LEAK, Place { source: id, span: spans[0] }, "`DB_PASSWORD` holds a secret in plain text", |finding| {
            finding.help("write `${DB_PASSWORD:?}` here");
            finding.path = LogicalPath::same("services.a.environment.DB_PASSWORD");
            finding.secret = Some(crate::secrets::Secret::new("x", "", None, true));
        });
        found.group = Some(if alone { 2 } else { 1 });
        found.suppressed = match index {
            1 => Some(Suppressed { by: By::Config, reason: String::new() }),
            2 => Some(Suppressed { by: By::Baseline, reason: String::new() }),
            _ => None,
        };
    }
    sample
}

#[test]
fn a_secret_says_where_else_it_stands_and_how_far_it_has_spread() {
    let text = written(&spread(6).report, at(100));
    let also = "\
high[github-actions/plaintext-secret]
  × `DB_PASSWORD` holds a secret in plain text
   ╭─[services/number-0/compose.yaml:2:16]
 1 │ a:
 2 │   DB_PASSWORD: ***************
   ·                ───────────────
   ╰────
  also in services/number-1/compose.yaml:2 (suppressed), services/number-2/compose.yaml:2 (in the
          baseline), services/number-3/compose.yaml:2 and 2 more
  help: write `${DB_PASSWORD:?}` here
";
    assert!(text.starts_with(also), "{text}");
    let end = "
spread:
  6 places in 6 files: `DB_PASSWORD`: services/number-0/compose.yaml:2,
  services/number-1/compose.yaml:2 (suppressed), services/number-2/compose.yaml:2 (in the baseline)
  and 3 more

5 findings: 5 high, 1 suppressed, 1 in the baseline
";
    assert!(text.contains(end), "{text}");
    assert_eq!(text.matches("also in").count(), 4, "what stands alone says nothing");
}

#[test]
fn what_has_spread_fits_narrow_terminals_and_twelve_lines() {
    for width in [60, 100] {
        for unicode in [true, false] {
            let mut sample = spread(9);
            let long = "a label that needs a line of its own because it is far from the place and says a lot of things";
            let place = sample.report.findings[8].finding.place;
            let range = sample.report.findings[8].range;
            for _ in 0..4 {
                let first = &mut sample.report.findings[0];
                first.finding.label(LabelKind::Hop, place, long);
                first.labels.push(crate::report::LabelPlace { file: "elsewhere".to_owned(), range });
            }
            let text = written(&sample.report, TerminalOptions { unicode, ..at(width) });
            let first = text.split("\n\n").next().unwrap();
            assert!(first.lines().count() <= 12, "{first}");
            assert!(text.lines().all(|line| line.width() <= width), "{text}");
        }
    }
}

#[test]
fn the_list_of_what_has_spread_is_short_and_the_furthest_comes_first() {
    let mut sample = Sample::new();
    for secret in 0..8u32 {
        for place in 0..secret + 2 {
            let (id, spans) = sample.file(&format!("{secret}-{place}.yml"), "k: «hunter2»\n");
            let found = sample.find(&LEAK, Place { source: id, span: spans[0] }, "said", |finding| {
                finding.secret = Some(crate::secrets::Secret::new("x", "", None, true));
            });
            found.group = Some(secret);
        }
    }
    let text = written(&sample.report, at(100));
    let list = text.split("spread:\n").nth(1).unwrap().split("\n\n").next().unwrap().to_owned();
    let expected = "\x20 9 places in 9 files: a secret: 7-0.yml:1, 7-1.yml:1, 7-2.yml:1 and 6 more
  8 places in 8 files: a secret: 6-0.yml:1, 6-1.yml:1, 6-2.yml:1 and 5 more
  7 places in 7 files: a secret: 5-0.yml:1, 5-1.yml:1, 5-2.yml:1 and 4 more
  6 places in 6 files: a secret: 4-0.yml:1, 4-1.yml:1, 4-2.yml:1 and 3 more
  5 places in 5 files: a secret: 3-0.yml:1, 3-1.yml:1, 3-2.yml:1 and 2 more
  and 3 more (`--verbose` lists them)";
    assert_eq!(list, expected);
    let all = written(&sample.report, TerminalOptions { verbose: true, ..at(100) });
    assert!(all.contains("  2 places in 2 files: a secret: 0-0.yml:1, 0-1.yml:1\n"), "{all}");
    assert!(!written(&sample.report, TerminalOptions { quiet: true, ..at(100) }).contains("spread"));
}

#[test]
fn near_labels_share_the_box() {
    let mut sample = Sample::new();
    let (id, spans) = sample.file("a.yml", "env:\n  TOKEN: «0123456789abcdef»\nrun:\n  - echo $TOKEN\n");
    let sink = sample.place(id, "$TOKEN");
    sample.find(&LEAK, sink, "said", |finding| {
        finding.label(LabelKind::Source, Place { source: id, span: spans[0] }, "from here");
        finding.label(LabelKind::Sink, sink, "to here");
        finding.help("do not");
    });
    let expected = "\
high[github-actions/plaintext-secret]
  × said
   ╭─[a.yml:4:10]
 2 │   TOKEN: ****************
   ·          ────────┬───────
   ·                  ╰── from here
 3 │ run:
 4 │   - echo $TOKEN
   ·          ───┬──
   ·             ╰── to here
   ╰────
  help: do not
";
    let text = written(&sample.report, at(60));
    assert!(text.starts_with(expected), "{text}");
}

#[test]
fn where_room_is_short_the_way_between_is_left_out_first() {
    let mut sample = Sample::new();
    let (id, _) = sample.file("a.yml", "env:\n  TOKEN: ${{ secrets.T }}\nrun:\n  - echo $TOKEN\n");
    let (source, hop, sink) = (sample.place(id, "${{ secrets.T }}"), sample.place(id, "TOKEN"), sample.place(id, "$TOKEN"));
    sample.find(&LEAK, sink, "said", |finding| {
        finding.label(LabelKind::Source, source, "from here");
        finding.label(LabelKind::Hop, hop, "through here");
        finding.help("do not, because of what happens to those who do: they are read by everybody who opens the job");
    });
    let expected = "\
high[github-actions/plaintext-secret]
  × said
   ╭─[a.yml:4:10]
 2 │   TOKEN: ${{ secrets.T }}
   ·          ────────┬───────
   ·                  ╰── from here
 3 │ run:
 4 │   - echo $TOKEN
   ·          ──────
   ╰────
  help: do not, because of what happens to those who do:
        they are read by everybody who opens the job
";
    let text = written(&sample.report, at(60));
    assert!(text.starts_with(expected), "{text}");
}

#[test]
fn lines_between_labels_are_folded() {
    let mut sample = Sample::new();
    let (id, _) = sample.file("a.yml", "env:\n  TOKEN: ${{ secrets.T }}\n2\n3\n4\n5\n6\nrun:\n  - echo $TOKEN\nend\n");
    let (source, sink) = (sample.place(id, "${{ secrets.T }}"), sample.place(id, "$TOKEN"));
    sample.find(&LEAK, sink, "said", |finding| {
        finding.label(LabelKind::Source, source, "from here");
    });
    let expected = "\
    ╭─[a.yml:9:10]
  1 │ env:
  2 │   TOKEN: ${{ secrets.T }}
    ·          ────────┬───────
    ·                  ╰── from here
  … │
  9 │   - echo $TOKEN
    ·          ──────
 10 │ end
    ╰────
";
    let text = written(&sample.report, at(60));
    assert!(text.contains(expected), "{text}");
    let coloured = written(&sample.report, TerminalOptions { color: true, ..at(60) });
    assert_eq!(plain(&coloured), written(&sample.report, at(60)));
    let ascii = written(&sample.report, TerminalOptions { unicode: false, ..at(60) });
    assert!(ascii.contains("\n .. |\n"), "{ascii}");
}

#[test]
fn a_line_that_nobody_judged_is_not_quoted() {
    let mut sample = Sample::new();
    let (id, spans) =
        sample.file("a.go", "passphrase = \"trustno1\"\nkey := \"«AAAABBBBCCCC»\"\naws := \"eD4++rSUVbOmDrRI7EDLmskuwpAAddEA0WNwu+fI\"\n");
    sample.find(&LEAK, Place { source: id, span: spans[0] }, "said", |_| {}).format = "text";
    let text = written(&sample.report, at(60));
    assert!(!text.contains("trustno1") && !text.contains("eD4") && text.contains(" 3 │ aws := \"****"), "{text}");
}

#[test]
fn a_deep_line_loses_its_indentation_first() {
    let mut sample = Sample::new();
    let (id, spans) = sample.file(
        "a.yml",
        "a:\n            with:\n              aws-secret-access-key: «${{ secrets.AWS_SECRET_ACCESS_KEY }}»\n                      x: y\n",
    );
    let (other, _) = sample.file("deploy/b.yml", "x: y\n");
    let there = sample.place(other, "y");
    sample.find(&LEAK, Place { source: id, span: spans[0] }, "said", |finding| {
        finding.label(LabelKind::Source, there, "from here");
    });
    sample.report.masks.clear();
    let expected = "\
   ╭─[a.yml:3:38]
 3 │ …ecret-access-key: ${{ secrets.AWS_SECRET_ACCESS_KEY }}
   ·                    ────────────────────────────────────
 4 │     x: y
   ╰────
  → deploy/b.yml:1:4: from here
";
    let text = written(&sample.report, at(60));
    assert!(text.contains(expected), "{text}");
}

#[test]
fn a_minified_file_is_cropped_around_the_place() {
    let mut sample = Sample::new();
    let long = "\"k\":[1,2,3],".repeat(20_000);
    let (id, spans) = sample.file("min.json", &format!("{{}}\n{{{long}\"password\":\"«hunter2-hunter2»\",{long}}}\n"));
    sample.find(&LEAK, Place { source: id, span: spans[0] }, "said", |_| {});
    let expected = "\
   ╭─[min.json:2:240014]
 2 │ …,\"k\":[1,2,3],\"k\":[1,2,3],\"password\":\"***************\"…
   ·                                       ───────────────
   ╰────
";
    let text = written(&sample.report, at(60));
    assert!(text.contains(expected), "{text}");
}

#[test]
fn every_kind_of_line_break_ends_a_line() {
    let mut sample = Sample::new();
    let (id, _) = sample.file("a.yml", "one\r\ntwo\rthree\nfour");
    for (at, line) in [(0, "1 │ one"), (3, "1 │ one"), (5, "2 │ two"), (8, "2 │ two"), (9, "3 │ three"), (19, "4 │ four")] {
        sample.report.findings.clear();
        sample.find(&LEAK, Place { source: id, span: Span::new(at, at) }, "said", |_| {});
        let text = written(&sample.report, TerminalOptions { width: Some(60), ..TerminalOptions::default() });
        let before = text.lines().take_while(|line| !line.contains('▲')).last().unwrap();
        assert_eq!(before.trim(), line, "{at}\n{text}");
    }
}

#[test]
fn a_place_of_many_lines_shows_its_first() {
    let mut sample = Sample::new();
    let (id, spans) = sample.file("a.yml", "key: |\n  «-----BEGIN-----\n  AAAA\n  -----END-----»\n");
    sample.find(&LEAK, Place { source: id, span: spans[0] }, "said", |_| {});
    let expected = "\
   ╭─[a.yml:2:3]
 1 │ key: |
 2 │   ***************
   ·   ───────┬───────
   ·          ╰── to line 4
 3 │ ******
   ╰────
";
    let text = written(&sample.report, at(60));
    assert!(text.contains(expected), "{text}");
}

#[test]
fn empty_places_and_odd_characters_are_shown() {
    let mut sample = Sample::new();
    let (empty, _) = sample.file("empty.yml", "");
    sample.find(&LEAK, Place { source: empty, span: Span::new(0, 0) }, "said", |_| {});
    let (odd, spans) = sample.file("o\u{1b}[2J.yml", "\u{feff}\ta: 漢字\u{202e}\u{7}«##[add-mask]x» é");
    let end = sample.report.sources[&odd].text.len();
    sample.find(&LEAK, Place { source: odd, span: spans[0] }, "said \u{9b}2J ##[x] \r\n::error::x", |_| {});
    sample.find(&LEAK, Place { source: odd, span: Span::new(end, end) }, "said", |_| {});
    sample.report.masks.clear();
    let expected = "\
high[github-actions/plaintext-secret]
  × said
   ╭─[empty.yml:1:1]
 1 │
   · ▲
   ╰────

high[github-actions/plaintext-secret]
  × said \\u{9b}2J #\\u{23}[x] \\u{d}\\u{a}::error::x
   ╭─[o\\u{1b}[2J.yml:1:9]
 1 │     a: 漢字\\u{202e}\\u{7}#\\u{23}[add-mask]x é
   ·                         ──────────────────
   ╰────

high[github-actions/plaintext-secret]
  × said
   ╭─[o\\u{1b}[2J.yml:1:24]
 1 │     a: 漢字\\u{202e}\\u{7}#\\u{23}[add-mask]x é
   ·                                             ▲
   ╰────
";
    let text = written(&sample.report, at(60));
    assert!(text.starts_with(expected), "{text}");
}

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::sample::select(vec![
            "a",
            "key: ",
            "\n",
            "\r\n",
            "\r",
            "  ",
            "\t",
            "::error::",
            "##[add-mask]",
            "é",
            "漢字",
            "🔑",
            "\u{301}",
            "\u{1b}[2J",
            "\u{202e}",
            "\u{feff}",
            "x.y.z/",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ])
        .prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn every_line_fits_and_every_finding_is_short(
        file in text(), path in text(), message in text(), help in text(), label in text(),
        cuts in proptest::collection::vec(0usize..400, 8),
        width in proptest::sample::select(vec![40usize, 60, 80, 100, 160]),
        color in any::<bool>(), unicode in any::<bool>(), secret in any::<bool>(),
    ) {
        let mut sample = Sample::new();
        let (id, _) = sample.file(&path, &file.replace(['«', '»'], ""));
        let (other, _) = sample.file("other", "x");
        let length = sample.report.sources[&id].text.len();
        let place = |from: usize, to: usize| Place { source: id, span: Span::new(from.min(to).min(length + 2), from.max(to).min(length + 2)) };
        sample.find(&LEAK, place(cuts[0], cuts[1]), &message, |finding| {
            finding.help(help);
            for pair in cuts[2..].chunks(2) {
                finding.label(LabelKind::Hop, place(pair[0], pair[1]), label.clone());
            }
            finding.label(LabelKind::Hop, Place { source: other, span: Span::new(0, 1) }, label.clone());
            finding.secret = secret.then(|| crate::secrets::Secret::new("x", "", None, false));
        });
        let out = written(&sample.report, TerminalOptions { color, unicode, ..at(width) });
        let out = plain(&out);
        let (finding, _) = out.split_once("\n\n").unwrap();
        prop_assert!(finding.lines().count() <= 12, "{}", out);
        for line in out.lines() {
            prop_assert!(line.width() <= width, "{} > {width}: {line}\n{out}", line.width());
            prop_assert!(!line.chars().any(is_hidden) && !line.trim_start().starts_with("::"));
            prop_assert!(unicode || line.is_ascii());
        }
    }
}

#[test]
fn ten_thousand_findings_in_one_line_are_written_in_one_pass() {
    let mut sample = Sample::new();
    let (id, spans) = sample.file("big.json", &"{\"password\":\"«hunter2-hunter2»\"},".repeat(10_000));
    let started = std::time::Instant::now();
    // Built directly: the sample finds each place by a sweep of its own.
    let first = sample.find(&LEAK, Place { source: id, span: spans[0] }, "said", |_| {});
    let (finding, template) = (first.finding.clone(), (first.file.clone(), first.range));
    for span in &spans[1..] {
        let mut finding = finding.clone();
        finding.place.span = *span;
        sample.report.findings.push(crate::report::Reported {
            finding,
            format: "json",
            file: template.0.clone(),
            root_path: template.0.clone(),
            range: template.1,
            labels: Vec::new(),
            edits: Vec::new(),
            fingerprint: String::new(),
            group: None,
            suppressed: None,
        });
    }
    let out = written(&sample.report, at(100));
    assert_eq!(out.matches("╰────").count(), 10_000);
    assert!(!out.contains("hunter2"));
    // 0.3 s on a slow machine; what reads the line again for each finding takes minutes.
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}
