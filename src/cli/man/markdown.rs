//! All commands with their options, as one page of Markdown for the book.

use std::fmt::Write as _;

use clap::{Arg, ArgAction, Command};

use super::called;

/// The page.
pub(super) fn page(program: &Command) -> String {
    let mut text = String::from(
        "# Command line\n\n\
         Made from the program. `--help` shows the same behind every command, and `probity man` as a \
         manual page.\n",
    );
    for command in shown(program) {
        tell(command, &mut text);
    }
    text
}

/// The commands that are listed.
fn shown(command: &Command) -> impl Iterator<Item = &Command> {
    let commands = command.get_subcommands();
    commands.filter(|it| it.get_name() != "help" && !it.is_hide_set())
}

fn tell(command: &Command, text: &mut String) {
    let about = command.get_long_about().or_else(|| command.get_about());
    let about = about.map(ToString::to_string).unwrap_or_default();
    let mut below = shown(command).peekable();
    if below.peek().is_none() {
        let usage = command.clone().render_usage().to_string();
        let usage = usage.trim_start_matches("Usage: ");
        let name = called(command);
        let _ = write!(text, "\n## {name}\n\n{about}.\n\n```text\n{usage}\n```\n");
        let arguments = command.get_arguments().filter(|it| !it.is_hide_set());
        let arguments: Vec<&Arg> = arguments.filter(|it| it.get_id() != "help").collect();
        if !arguments.is_empty() {
            text.push('\n');
        }
        for argument in arguments {
            let _ = writeln!(text, "- {}", told(argument));
        }
    }
    for command in below {
        tell(command, text);
    }
}

/// An argument, what it means, what it may be, and what it is if left out.
fn told(argument: &Arg) -> String {
    let help = argument.get_long_help().or_else(|| argument.get_help());
    let help = help.map(ToString::to_string).unwrap_or_default();
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut text = format!("`{}`: {}", typed(argument), help.trim_end_matches('.'));
    let values = argument.get_possible_values();
    let values = values.iter().filter(|it| !it.is_hide_set());
    let values: Vec<String> = values.map(|it| format!("`{}`", it.get_name())).collect();
    if argument.get_action().takes_values() && !values.is_empty() {
        let _ = write!(text, "; one of {}", values.join(", "));
    }
    let defaults = argument.get_default_values();
    if argument.get_action().takes_values() && !defaults.is_empty() {
        let defaults: Vec<_> = defaults.iter().map(|it| it.to_string_lossy()).collect();
        let _ = write!(text, "; `{}` if left out", defaults.join(" "));
    }
    text
}

/// What is typed for it.
fn typed(argument: &Arg) -> String {
    let names = argument.get_value_names().unwrap_or_default();
    let values: Vec<String> = names.iter().map(ToString::to_string).collect();
    let long = argument.get_long().map(|it| format!("--{it}"));
    let short = argument.get_short().map(|it| format!("-{it}"));
    let option = [short, long].into_iter().flatten().collect::<Vec<_>>();
    let is_many = matches!(argument.get_action(), ArgAction::Append);
    match (option.is_empty(), argument.get_action().takes_values()) {
        (true, _) if is_many => format!("{}…", values.join(" ")),
        (true, _) => values.join(" "),
        (false, true) => format!("{} {}", option.join(", "), values.join(" ")),
        (false, false) => option.join(", "),
    }
}
