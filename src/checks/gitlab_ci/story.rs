//! The story of a secret that ends up where it does not belong: where it comes from, what it passes through, what takes it there.

use crate::finding::{Finding, LabelKind};
use crate::flow::gitlab_ci::Leaked;
use crate::flow::script::{Nature, Reach};
use crate::formats::gitlab_ci::Pipeline;
use crate::source::Place;
use crate::unit::Unit;

/// What ends up at one of these places.
pub(super) fn leaked<'u>(pipeline: &'u Unit<Pipeline<'_>>, reach: &[Reach]) -> impl Iterator<Item = &'u Leaked> {
    pipeline.flow().iter().filter(move |leaked| reach.contains(&leaked.leak.reach))
}

/// Adds the labels, in the order of the flow, and where it is.
pub(super) fn tell(finding: &mut Finding, leaked: &Leaked, pipeline: &Unit<Pipeline<'_>>, sink: &str) {
    let (taint, origin, source) = (&leaked.leak.taint, &leaked.origin, pipeline.source());
    finding.at(leaked.path.clone()).within(leaked.opener);
    // A variable of the project comes from nowhere in the file; the place is told that the file itself gives a secret.
    let told = |place: Place| place == Place::default() || (place.source == taint.at.source && taint.at.span.contains(place.span));
    let is_given = leaked.is_predefined || origin.nature == Nature::Fetched;
    if is_given && !told(origin.place) {
        finding.label(LabelKind::Source, origin.place, format!("`{}` comes from here", origin.name));
    }
    for hop in taint.hops.iter().filter(|hop| !told(**hop) && **hop != origin.place && **hop != leaked.leak.sink) {
        let name = if hop.source == source.id { source.slice(hop.span) } else { "" };
        finding.label(LabelKind::Hop, *hop, held_by(name));
    }
    let sink_place = leaked.leak.sink;
    if sink_place.source != taint.at.source || !sink_place.span.contains(taint.at.span) {
        finding.label(LabelKind::Sink, sink_place, sink);
    }
}

/// A variable or a file that holds the secret on its way.
fn held_by(name: &str) -> String {
    let short = !name.is_empty() && name.len() <= 40 && !name.contains(char::is_whitespace);
    if short { format!("`{name}` holds it") } else { "it passes through here".to_owned() }
}
