//! What will be sent to a party: chosen, judged and rendered.
//!
//! [`choose`] finds the latest version of the package for the party and the message that sends it;
//! [`judge`] says what forbids to send it and whose approval is missing, by the computations that
//! judge it once it has left; [`Letter`] is the content, in the order of the guideline; [`render`]
//! puts it into a template. Nothing of the incident gets into a letter but what the package and the
//! message say for the recipient. This module reads no file and knows no clock.

mod approvals;
mod choose;
mod conditions;
mod judge;
mod letter;
mod render;
mod words;

pub use approvals::{Approvals, Asked, Discounted};
pub use choose::{Case, ChooseError, Chosen, Paper, choose};
pub use judge::{Judgement, Objection, judge};
pub use letter::{BANNER, Letter};
pub use render::{render, shipped_template, template_path};
