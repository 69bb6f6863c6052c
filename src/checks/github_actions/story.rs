//! The story of a secret that ends up where it does not belong: where it comes from, what it passes through, what takes it there.

use std::collections::HashSet;

use crate::finding::{Finding, LabelKind};
use crate::flow::github_actions::Leaked;
use crate::flow::script::Reach;
use crate::formats::github_actions::{Step, Workflow};
use crate::source::{Place, Span};
use crate::unit::Unit;

/// What ends up at one of these places.
pub(super) fn leaked<'u>(workflow: &'u Unit<Workflow<'_>>, reach: &[Reach]) -> impl Iterator<Item = &'u Leaked> {
    workflow.flow().iter().filter(move |leaked| reach.contains(&leaked.leak.reach))
}

/// Adds the labels, in the order of the flow, and where it is.
pub(super) fn tell(finding: &mut Finding, leaked: &Leaked, workflow: &Unit<Workflow<'_>>, sink: &str) {
    let (taint, origin, source) = (&leaked.leak.taint, &leaked.origin, workflow.source());
    finding.at(leaked.path.clone()).within(leaked.opener);
    let told = |place: Place| place == taint.at || place == origin.place;
    if origin.place != taint.at && origin.place != Place::default() {
        finding.label(LabelKind::Source, origin.place, format!("`{}` comes from here", origin.name));
    }
    for hop in taint.hops.iter().filter(|hop| !told(**hop) && **hop != leaked.leak.sink) {
        let name = if hop.source == source.id { source.slice(hop.span) } else { "" };
        finding.label(LabelKind::Hop, *hop, held_by(name));
    }
    let sink_place = leaked.leak.sink;
    let elsewhere = sink_place.source != taint.at.source || !sink_place.span.contains(taint.at.span);
    if elsewhere {
        finding.label(LabelKind::Sink, sink_place, sink);
    }
}

/// Where the steps open that push an image with a record of all its build arguments
/// (<https://docs.docker.com/build/ci/github-actions/attestations/>).
pub(super) fn attested(workflow: &Workflow<'_>) -> HashSet<Span> {
    const ACTION: &str = "docker/build-push-action";
    if !workflow.mentions(&[ACTION]) {
        return HashSet::new();
    }
    let keeps_record = |step: &Step<'_>| {
        // An expression is written because it is true at times.
        let pushes = step.input("push").is_some() && step.literal_input("push") != "false";
        let record = step.literal_input("provenance");
        pushes && record != "false" && !record.contains("mode=min")
    };
    let builds = |step: &Step<'_>| step.action().as_deref() == Some(ACTION);
    workflow.steps().iter().filter(|(_, step)| builds(step) && keeps_record(step)).map(|(_, step)| step.opener()).collect()
}

/// A variable or a file that holds the secret on its way.
fn held_by(name: &str) -> String {
    let short = !name.is_empty() && name.len() <= 40 && !name.contains(char::is_whitespace);
    if short { format!("`{name}` holds it") } else { "it passes through here".to_owned() }
}
