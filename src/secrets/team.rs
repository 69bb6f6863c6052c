//! Whose names count: caulk's own, and those of the team whose unit is being looked at.
//!
//! Flows ask what a name says far below the unit that knows the team: in scripts, in modules of modules. The names stand ready for all
//! that runs inside of `with_names`, on this thread.

use std::cell::RefCell;
use std::sync::Arc;

use super::Custom;
use super::names::{self, Telling};

thread_local! {
    static NAMES: RefCell<Option<Arc<Custom>>> = const { RefCell::new(None) };
}

/// Puts the names back that counted before, when an act ends or fails.
struct Before(Option<Arc<Custom>>);

impl Drop for Before {
    fn drop(&mut self) {
        NAMES.with_borrow_mut(|names| *names = self.0.take());
    }
}

/// Acts while a team's own names count.
pub fn with_names<T>(custom: &Arc<Custom>, act: impl FnOnce() -> T) -> T {
    let custom = custom.has_names().then(|| Arc::clone(custom));
    let _before = Before(NAMES.with_borrow_mut(|names| std::mem::replace(names, custom)));
    act()
}

/// Whether a name by itself says that its value is a secret: `db_password` does, `db_password_length` and `key` do not. A team's own
/// names come first.
#[must_use]
pub fn is_secret_name(name: &str) -> bool {
    NAMES.with_borrow(|custom| match custom {
        Some(custom) => custom.is_secret_name(name),
        None => matches!(names::telling(name), Some(Telling::Password | Telling::Token)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_a_team_count_while_its_unit_is_looked_at() {
        let custom = Arc::new(Custom::new(&["licence".to_owned()], &["db password".to_owned()], Vec::new()));
        let told = || (is_secret_name("ACME_LICENCE"), is_secret_name("DB_PASSWORD"), is_secret_name("API_TOKEN"));
        assert_eq!(told(), (false, true, true));
        with_names(&custom, || {
            assert_eq!(told(), (true, false, true));
            with_names(&Arc::default(), || assert_eq!(told(), (false, true, true)));
            assert_eq!(told(), (true, false, true));
        });
        assert!(std::panic::catch_unwind(|| with_names(&custom, || panic!("a test"))).is_err());
        assert_eq!(told(), (false, true, true));
    }
}
