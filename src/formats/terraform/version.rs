//! Which versions a module may be run with: <https://developer.hashicorp.com/terraform/language/expressions/version-constraints>.

use super::{Argument, Module};
use crate::source::Place;

/// Major and minor version.
pub type Version = (u32, u32);

/// `required_version`.
pub struct Requirement {
    /// The place of its text.
    pub place: Place,
    /// The lowest version it allows.
    pub from: Version,
    /// The lowest version above all it allows.
    pub below: Option<Version>,
}

impl Requirement {
    /// Of a module, if it has one that can be read; of several the last.
    pub(super) fn of(module: Module<'_>) -> Option<Self> {
        let argument = module.blocks_of("terraform").filter_map(|block| block.argument("required_version")).last()?;
        Self::parse(&argument)
    }

    /// Of a provider: <https://developer.hashicorp.com/terraform/language/providers/requirements>.
    pub(super) fn of_provider(module: Module<'_>, name: &str) -> Option<Self> {
        let required = module.blocks_of("terraform").flat_map(|block| block.blocks_of("required_providers"));
        let provider = required.filter_map(|block| block.argument(name)).last()?;
        // `aws = "~> 3.0"` is the spelling of Terraform 0.12.
        let version = provider.items().into_iter().find(|item| item.name() == "version");
        Self::parse(&version.unwrap_or(provider))
    }

    fn parse(argument: &Argument<'_>) -> Option<Self> {
        let text = argument.text()?;
        let mut requirement = Self { place: argument.value_place(), from: (0, 0), below: None };
        for part in text.as_str().split(',').map(str::trim) {
            let digits = part.find(|c: char| c.is_ascii_digit())?;
            let (operator, version) = part.split_at(digits);
            let numbers: Vec<u32> = version.split(['.', '-']).map_while(|number| number.parse().ok()).collect();
            let (major, minor) = (*numbers.first()?, numbers.get(1).copied().unwrap_or(0));
            let patched = numbers.get(2).is_some_and(|patch| *patch > 0);
            let after = (major, minor.saturating_add(1));
            match operator.trim() {
                ">=" | ">" => requirement.from = requirement.from.max((major, minor)),
                "<" => requirement.lower(if patched { after } else { (major, minor) }),
                "<=" => requirement.lower(after),
                "~>" => {
                    requirement.from = requirement.from.max((major, minor));
                    requirement.lower(if numbers.len() > 2 { after } else { (major.saturating_add(1), 0) });
                }
                "" | "=" => {
                    requirement.from = requirement.from.max((major, minor));
                    requirement.lower(after);
                }
                "!=" => {}
                _ => return None,
            }
        }
        Some(requirement)
    }

    fn lower(&mut self, below: Version) {
        self.below = Some(self.below.map_or(below, |known| known.min(below)));
    }

    /// Whether it allows no version from this one on.
    #[must_use]
    pub fn excludes_from(&self, version: Version) -> bool {
        self.below.is_some_and(|below| below <= version)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::formats::terraform::ParsedFile;
    use crate::source::Source;

    fn range(constraint: &str) -> Option<(Version, Option<Version>)> {
        let text = format!("required_version = \"{constraint}\"\n");
        let file = ParsedFile::new(Arc::new(Source { text, ..Source::default() }));
        let argument = Argument::of(&file.source, file.body().attribute("required_version").unwrap());
        Requirement::parse(&argument).map(|requirement| (requirement.from, requirement.below))
    }

    #[test]
    fn constraints_are_ranges() {
        let table = [
            (">= 1.3", Some(((1, 3), None))),
            (">= 0.13.1, < 2.0", Some(((0, 13), Some((2, 0))))),
            ("~> 1.3", Some(((1, 3), Some((2, 0))))),
            ("~> 1.3.0", Some(((1, 3), Some((1, 4))))),
            ("1.5.7", Some(((1, 5), Some((1, 6))))),
            ("<= 1.9, != 1.8.2", Some(((0, 0), Some((1, 10))))),
            ("< 1.11.2", Some(((0, 0), Some((1, 12))))),
            ("~> 4294967295.4294967295, 4294967295.4294967295", Some(((u32::MAX, u32::MAX), Some((u32::MAX, 0))))),
            ("", None),
            ("latest", None),
        ];
        for (constraint, wanted) in table {
            assert_eq!(range(constraint), wanted, "{constraint}");
        }
    }
}
