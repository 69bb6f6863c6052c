//! The list of providers' pages. What more than one provider claims is the first one's.

use crate::catalogue::{Page, page};

/// Every page of `checks/secrets/`, in the order of the table.
pub static PAGES: [Page; 6] = [
    page!("secrets/pem"),
    page!("secrets/github"),
    page!("secrets/gitlab"),
    page!("secrets/aws"),
    page!("secrets/slack"),
    page!("secrets/jwt"),
];
