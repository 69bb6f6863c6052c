//! The boxes: what of a file is quoted, and where it is cut.

use super::*;

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
