//! What the terminal can do, and progress on it.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use probity::engine::Progress;
use probity::output::Look;

use super::error::Failure;

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Does a long piece of work under a bar.
pub(crate) fn watched<T>(work: impl FnOnce(&Bar) -> T) -> T {
    let bar = Bar::new();
    let done = work(&bar);
    bar.clear();
    done
}

/// How to draw on standard output.
pub(crate) fn look(color: Color) -> Look {
    let is_terminal = io::stdout().is_terminal();
    let has_color = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            is_terminal && !is_set("NO_COLOR") && variable("TERM").as_deref() != Some("dumb")
        }
    };
    let width = match console_width() {
        Some(width) if is_terminal => width.clamp(60, 120),
        _ => Look::default().width,
    };
    Look {
        has_color,
        has_unicode: has_unicode(),
        width,
    }
}

fn console_width() -> Option<usize> {
    let columns = variable("COLUMNS").and_then(|columns| columns.parse().ok());
    columns.or_else(|| Some(usize::from(console::Term::stdout().size_checked()?.1)))
}

/// Box characters need a locale that has them; Windows terminals do.
fn has_unicode() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| variable(name).filter(|value| !value.is_empty()));
    match locale {
        Some(locale) => !matches!(locale.as_str(), "C" | "POSIX"),
        None => true,
    }
}

fn is_set(name: &str) -> bool {
    variable(name).is_some_and(|value| !value.is_empty())
}

#[expect(
    clippy::disallowed_methods,
    reason = "the terminal is described by the environment"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Writes to standard output. A reader that has gone away is no error.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::machine(format!(
            "cannot write to standard output: {error}"
        ))),
        _ => Ok(()),
    }
}

/// A bar on standard error, on a terminal, for runs that take a while.
pub(crate) struct Bar(ProgressBar);

impl Bar {
    /// A bar that appears only where somebody watches.
    pub(crate) fn new() -> Self {
        let target = if io::stderr().is_terminal() {
            ProgressDrawTarget::stderr_with_hz(8)
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        if let Ok(style) = ProgressStyle::with_template("reading {bar:30} {human_pos}/{human_len}")
        {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// Removes the bar.
    pub(crate) fn clear(&self) {
        self.0.finish_and_clear();
    }
}

impl Progress for Bar {
    fn begin(&self, files: usize) {
        // A short run is over before a bar could be read.
        if files > 2_000 {
            self.0.set_length(files as u64);
            self.0.enable_steady_tick(Duration::from_millis(200));
        } else {
            self.0.set_draw_target(ProgressDrawTarget::hidden());
        }
    }

    fn advance(&self) {
        self.0.inc(1);
    }
}
