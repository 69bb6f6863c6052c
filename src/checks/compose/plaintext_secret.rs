//! A secret's value stands in a compose file, where everybody who can read the repository can read it.

use super::images;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::compose::{Compose, Service};
use crate::secrets::{Names, Verdict, Why};
use crate::unit::Unit;

pub(super) static PLAINTEXT_SECRET: Check = Check { page: page!("compose/plaintext-secret"), runs: &[Run::Compose(check)] };

fn check(compose: &Unit<Compose<'_>>, findings: &mut Findings) {
    let (mut values, mut names) = (None, Names::default());
    for leak in compose.leaks(findings.page()) {
        let service = compose.service_at(leak.place);
        let values = values.get_or_insert_with(|| compose.values());
        let whole = leak.written().and_then(|place| values.url(place, &leak.name));
        let variable = names.of(leak, whole.and_then(|whole| compose.source().text.get(whole.range())));
        let finding = findings.leak_case(case(leak, service), leak).help(help(leak, service, &variable));
        // The name of a file's content, or of nothing, says nothing.
        if let Some(place) = leak.written().filter(|_| !leak.name.is_empty() && !leak.path.shown.starts_with("configs.")) {
            let reference = format!("${{{variable}:?set {variable}}}");
            finding.unsafe_fix(format!("write `{reference}`"), values.replaced(whole.unwrap_or(place), &reference));
        }
    }
}

/// A well-known password is worse where the world can try it.
fn case(leak: &Verdict, service: Option<&Service<'_>>) -> Option<&'static str> {
    let tried = |service: &Service<'_>| service.is_published() && images::is_of_server(service, &leak.name);
    match leak.why {
        Why::Weak if service.is_some_and(tried) => Some("weak-published"),
        _ => leak.case(),
    }
}

fn help(leak: &Verdict, service: Option<&Service<'_>>, variable: &str) -> String {
    let secret = variable.to_ascii_lowercase();
    if let Some(file) = service.and_then(|service| images::file_variable(service, &leak.name)) {
        return format!(
            "change it, keep the new one in an ignored file, declare that under `secrets:` and write `{file}: /run/secrets/{secret}`"
        );
    }
    if [".build.args", ".build.dockerfile_inline"].iter().any(|part| leak.path.shown.contains(part)) {
        return format!(
            "change it; the image's history keeps what a build is given, so hand the new one over with `build.secrets: [{secret}]`"
        );
    }
    if leak.path.shown.starts_with("configs.") {
        return "change it; put the file under `secrets:` with `file:` naming one that is not committed".to_owned();
    }
    format!("change it, write `${{{variable}:?set {variable}}}` here, and set it in the environment or in an ignored `.env`")
}
