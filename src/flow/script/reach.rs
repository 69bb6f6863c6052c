//! Where a secret ends up.

/// Where a secret ends up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// It is printed to the job log.
    Log,
    /// `set -x` prints the commands that it stands in.
    Trace,
    /// A whole environment or file of settings is printed, it among them.
    Dump,
    /// It is masked only after it was shown or handed on.
    LateMask,
    /// A field of it is held in a variable that nobody masks.
    Field,
    /// The page that sums up the run.
    Summary,
    /// An output of the job, which others read.
    Output,
    /// A comment, an issue, the notes of a release.
    Comment,
    /// The key of a cache.
    CacheKey,
    /// An artifact, which everybody may download who may read the repository.
    Artifact,
    /// A file whose variables other jobs get.
    Handed,
    /// A build argument, which stays in the image's history.
    BuildArgument,
    /// An argument of a program: every process of the machine can read it.
    Argument,
    /// The value of a variable on the command line of Terraform.
    TerraformVariable,
    /// A setting of a backend there, which Terraform writes to its folder and into plans.
    TerraformBackend,
    /// The text of the script itself, before any shell runs it.
    Interpolation,
    /// A request whose headers the program prints.
    Verbose,
    /// A request to a host that collects what strangers send.
    Collector,
    /// A request to a host that nothing is known of.
    Host,
}

impl Reach {
    /// What says most of a line comes first.
    #[must_use]
    pub fn rank(self) -> u8 {
        match self {
            Self::Collector => 0,
            Self::LateMask => 1,
            Self::Log => 2,
            Self::Comment | Self::Summary | Self::Output | Self::Artifact | Self::CacheKey | Self::Handed => 3,
            Self::BuildArgument => 4,
            Self::Dump | Self::Trace => 5,
            Self::Field => 6,
            Self::Verbose => 7,
            Self::Argument | Self::TerraformVariable | Self::TerraformBackend => 8,
            Self::Host => 9,
            Self::Interpolation => 10,
        }
    }
}
