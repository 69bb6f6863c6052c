//! Whatever stands in files and names: every line fits, and many findings cost no square.

use proptest::prelude::*;

use super::*;

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
