//! The fence around each (unit, check): a panic is a finding about caulk, and the rest of the run is unharmed.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs something that may panic. The panic's payload may quote a file, so it is dropped.
pub(super) fn fenced<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}
