//! One finding, or several of one kind in a state file, in at most [`MAX`] lines.

use std::fmt;

use miette::{Diagnostic, GraphicalReportHandler, LabeledSpan, SourceCode};

use super::super::masks::Masks;
use super::super::{LabelPlace, Range, Reported, TEXT};
use super::excerpt::{Cut, Excerpt};
use super::spread::Spread;
use super::style::{Style, Tone, tone};
use crate::catalogue::Severity;
use crate::finding::{Label, LabelKind};

/// Lines of a finding, the blank one after it not counted.
const MAX: usize = 12;

/// Lines between a label and the finding's line up to which one excerpt shows both.
const NEAR: u32 = 10;

/// How much of a finding to show.
#[derive(Clone, Copy)]
struct Detail {
    /// Lines around the labels.
    context: usize,
    /// Labels in the box where they are near; in a line of their own otherwise.
    near: bool,
    /// Kinds of labels that are left out.
    without: &'static [LabelKind],
}

/// From everything to what there is always room for. The finding's own place says where the secret leaks, so that where it
/// comes from is the last to go.
const DETAILS: [Detail; 6] = [
    Detail { context: 1, near: true, without: &[] },
    Detail { context: 0, near: true, without: &[] },
    Detail { context: 0, near: true, without: &[LabelKind::Hop] },
    Detail { context: 0, near: true, without: &[LabelKind::Hop, LabelKind::Sink] },
    Detail { context: 0, near: false, without: &[] },
    Detail { context: 0, near: false, without: &[LabelKind::Hop] },
];

/// Places of a group that are named.
const NAMED: usize = 3;

/// A finding, and others of its check on the same type of resource.
pub(super) struct Block<'r> {
    pub(super) first: &'r Reported,
    pub(super) more: Vec<&'r Reported>,
    /// The type of resource, where it is a group's.
    pub(super) kind: Option<String>,
}

/// The lines of a block.
pub(super) fn lines(block: &Block<'_>, masks: &Masks<'_>, spread: &Spread<'_>, style: &Style) -> Vec<String> {
    let head = head(block.first, style);
    let spot = block.first.finding.spot.as_deref().map(|spot| paragraph("  in:   ", Tone::Faint, &style.show(spot), style));
    let more = [spot.unwrap_or_default(), more(block, style), spread.also(block.first, style)].concat();
    let help = block.first.finding.help.as_deref();
    let help = help.map_or_else(Vec::new, |help| paragraph("  help: ", Tone::Help, &style.show(help), style));
    let fix = fix(block.first, style);
    let mut smallest = [const { Vec::new() }; 5];
    for detail in DETAILS {
        let (snippet, unseen) = snippet(block.first, detail, masks, style);
        let notes: Vec<String> = unseen.into_iter().chain(more.clone()).collect();
        if head.len() + snippet.len() + notes.len() + help.len() + fix.len() <= MAX {
            return [head, snippet, notes, help, fix].concat();
        }
        smallest = [head.clone(), snippet, notes, help.clone(), fix.clone()];
    }
    shorten(smallest, style)
}

/// Each part gives lines until the whole fits; the excerpt, the place itself, gives none.
fn shorten(mut parts: [Vec<String>; 5], style: &Style) -> Vec<String> {
    const HEAD: usize = 0;
    const NOTES: usize = 2;
    const HELP: usize = 3;
    const FIX: usize = 4;
    for (part, least) in [(FIX, 1), (NOTES, 2), (HELP, 2), (HEAD, 3), (NOTES, 1), (FIX, 0), (HELP, 1)] {
        let over = parts.iter().map(Vec::len).sum::<usize>().saturating_sub(MAX);
        let lines = &mut parts[part];
        let keep = lines.len().saturating_sub(over).max(least);
        if over > 0 && keep < lines.len() {
            lines.truncate(keep);
            if let Some(last) = lines.last_mut() {
                *last = style.clip(&format!("{last} {}", style.ellipsis()), style.width);
            }
        }
    }
    parts.concat()
}

/// What `caulk fix` would do.
fn fix(reported: &Reported, style: &Style) -> Vec<String> {
    let Some(fix) = &reported.finding.fix else { return Vec::new() };
    let command = if fix.safe { "caulk fix" } else { "caulk fix --unsafe" };
    paragraph("  fix:  ", Tone::Help, &format!("{} (`{command}`)", style.show(&fix.title)), style)
}

fn head(reported: &Reported, style: &Style) -> Vec<String> {
    let finding = &reported.finding;
    let code = format!("{}[{}]", finding.severity.name(), finding.page.id);
    let characters = style.theme().characters;
    let icon = match finding.severity {
        Severity::Critical | Severity::High => characters.error,
        Severity::Medium | Severity::Low => characters.warning,
        Severity::Info => characters.advice,
    };
    let mut lines = vec![style.paint(tone(finding.severity), &style.clip(&code, style.width))];
    let icon = format!("  {icon} ");
    let message = style.wrap(&icon, &style.show(&finding.message));
    for (index, line) in message.iter().enumerate() {
        let rest = line.get(icon.len()..).filter(|_| index == 0);
        lines.push(rest.map_or_else(|| line.clone(), |rest| format!("{}{rest}", style.paint(tone(finding.severity), &icon))));
    }
    lines
}

/// The excerpt in its box, and a line for each label that it does not show.
fn snippet(reported: &Reported, detail: Detail, masks: &Masks<'_>, style: &Style) -> (Vec<String>, Vec<String>) {
    let (primary, line) = (reported.finding.place, reported.range.start.line);
    let mut caption = extent(reported.range);
    let (mut others, mut shown, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    for (index, (label, place)) in reported.labels().enumerate().filter(|(_, (label, _))| !detail.without.contains(&label.kind)) {
        let same = label.place.source == primary.source;
        if same && label.place.span.overlaps(primary.span) && caption.is_none() && !label.message.is_empty() {
            caption = Some(style.show(&label.message));
        } else if same && detail.near && place.range.start.line.abs_diff(line) <= NEAR && !label.place.span.overlaps(primary.span) {
            others.push((label.place.span, style.show(&label.message)));
            shown.push((index, label, place));
        } else {
            notes.push((index, label, place));
        }
    }
    let lines = shown.iter().map(|(_, _, place)| place.range.start.line);
    let reach =
        lines.fold((0, 0), |(up, down): (u32, u32), other| (up.max(line.saturating_sub(other)), down.max(other.saturating_sub(line))));
    let cut = Cut {
        source: primary.source,
        name: header_name(reported, style),
        primary: primary.span,
        position: reported.range.start,
        caption,
        others,
        context: detail.context,
        reach: (reach.0 as usize, reach.1 as usize),
        wary: reported.format == TEXT,
    };
    let excerpt = Excerpt::new(&cut, masks, style);
    notes.extend(excerpt.unseen.iter().filter_map(|index| shown.get(*index).copied()));
    notes.sort_unstable_by_key(|(index, _, _)| *index);
    let notes = notes.iter().flat_map(|(_, label, place)| note(label, place, label.place.source == primary.source, style)).collect();
    (render(reported.finding.severity, excerpt, style), notes)
}

/// What a range of several lines says under its first one.
pub(super) fn extent(range: Range) -> Option<String> {
    let last = if range.end.column == 1 && range.end.line > range.start.line { range.end.line - 1 } else { range.end.line };
    (last > range.start.line).then(|| format!("to line {last}"))
}

/// The path for the box's header, so that the header fits.
fn header_name(reported: &Reported, style: &Style) -> String {
    let start = reported.range.start;
    let around = format!(" {} ,-[:{}:{}]", start.line + 9, start.line, start.column);
    style.clip_start(&style.show(&reported.file), style.width.saturating_sub(around.len() + 1))
}

/// Another place, by its line where it is in the file of the box.
fn note(label: &Label, place: &LabelPlace, same_file: bool, style: &Style) -> Vec<String> {
    let start = place.range.start;
    let place = if same_file {
        format!("line {}", start.line)
    } else {
        let at = format!(":{}:{}", start.line, start.column);
        format!("{}{at}", style.clip_start(&style.show(&place.file), style.width.saturating_sub(at.len() + 9)))
    };
    let mut lines = style.wrap(&format!("  {} ", style.arrow()), &format!("{place}: {}", style.show(&label.message)));
    // The arrow's column belongs to it alone.
    if let Some(first) = lines.first_mut() {
        *first = first.replacen(style.arrow(), &style.paint(Tone::Help, style.arrow()), 1);
    }
    lines
}

/// How many others there are, and where the first of them stand.
fn more(block: &Block<'_>, style: &Style) -> Vec<String> {
    let Some(kind) = block.kind.as_ref().filter(|_| !block.more.is_empty()) else { return Vec::new() };
    let named: Vec<&str> = block.more.iter().take(NAMED).map(|reported| reported.finding.path.shown.as_str()).collect();
    let of = if kind == "output" { "outputs".to_owned() } else { format!("in `{kind}`") };
    let mut text = format!("{} more {of}: {}", block.more.len(), named.join(", "));
    match block.more.len().saturating_sub(NAMED) {
        0 => {}
        1 => text.push_str(" and 1 other"),
        others => text.push_str(&format!(" and {others} others")),
    }
    paragraph("  also: ", Tone::Help, &style.show(&text), style)
}

pub(super) fn paragraph(first: &str, tone: Tone, text: &str, style: &Style) -> Vec<String> {
    let mut lines = style.wrap(first, text);
    if let Some(line) = lines.first_mut() {
        *line = format!("{}{}", style.paint(tone, first), line.get(first.len()..).unwrap_or(""));
    }
    lines
}

/// What miette is given: nothing but the excerpt, whose box it draws.
#[derive(Debug)]
struct Boxed {
    severity: miette::Severity,
    excerpt: Excerpt,
}

impl fmt::Display for Boxed {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Boxed {}

impl Diagnostic for Boxed {
    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.excerpt.labels.iter().cloned()))
    }
}

pub(super) fn render(severity: Severity, excerpt: Excerpt, style: &Style) -> Vec<String> {
    let severity = match severity {
        Severity::Critical | Severity::High => miette::Severity::Error,
        Severity::Medium | Severity::Low => miette::Severity::Warning,
        Severity::Info => miette::Severity::Advice,
    };
    let handler = GraphicalReportHandler::new_themed(style.theme())
        .with_width(style.width)
        .without_syntax_highlighting()
        .with_urls(false)
        .with_context_lines(1);
    let (between, width) = (excerpt.between.clone(), excerpt.number_width());
    let mut out = String::new();
    // Writing to a string does not fail, and the excerpt answers every question.
    if handler.render_report(&mut out, &Boxed { severity, excerpt }).is_err() {
        return Vec::new();
    }
    // The first line is that of the message, which is not miette's to wrap.
    fold(out.lines().skip(1).map(str::trim_end), &between, width, style)
}

/// Replaces the lines with these numbers, which have no label, by one line for each run of them.
fn fold<'l>(lines: impl Iterator<Item = &'l str>, between: &[usize], width: usize, style: &Style) -> Vec<String> {
    let mut folded: Vec<String> = Vec::new();
    let dots = if style.unicode { "…" } else { &"..."[..width.min(3)] };
    let mut folding = false;
    for line in lines {
        let fold = line_number(line).is_some_and(|number| between.contains(&number));
        if fold && !folding {
            folded.push(format!(" {dots:>width$} {}", style.theme().characters.vbar));
        } else if !fold {
            folded.push(line.to_owned());
        }
        folding = fold;
    }
    folded
}

/// The number before a line of the source, coloured or not.
fn line_number(line: &str) -> Option<usize> {
    let line = line.trim_start();
    let line = line.strip_prefix("\u{1b}[2m").unwrap_or(line).trim_start();
    let end = line.find(|char: char| !char.is_ascii_digit())?;
    line.get(..end)?.parse().ok()
}
