//! The options of `probity add`, made of the forms: each says what its key means.

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};
use probity::author::form::{ELEMENTS, Form, Numbered};

use super::Add;
use crate::cli::new::options::{option, shared_options};

impl Args for Add {
    fn augment_args(command: Command) -> Command {
        let elements = ELEMENTS.iter().map(|form| {
            let element = Command::new(form.name).about(form.about);
            element.defer(with_options)
        });
        command
            .subcommands(elements)
            .subcommand_required(true)
            .arg_required_else_help(true)
            .subcommand_value_name("ELEMENT")
            .subcommand_help_heading("Elements")
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// The options of one element; its schema is read only when they are wanted.
fn with_options(command: Command) -> Command {
    let Some(form) = Form::find_element(command.get_name()) else {
        return command;
    };
    let asked = form.asks.iter().filter_map(|ask| {
        let field = form.field(ask)?;
        Some(option(ask, &field))
    });
    let mut command = command
        .arg(record(form))
        .after_help(
            "On a terminal, what is missing is asked for. In a script, everything under `Needed now` \
             has to be said. A time may be `now`. Everything else in the file stays as it is.",
        )
        .args(asked)
        .args(shared_options());
    if form.numbered != Numbered::None {
        command = command.arg(
            Arg::new("id")
                .long("id")
                .value_name("ID")
                .help("Its id [default: the next free one]"),
        );
    }
    if form.name == "evidence" {
        command = command.arg(
            Arg::new("proves")
                .long("proves")
                .value_name("ID")
                .action(ArgAction::Append)
                .value_delimiter(',')
                .help(
                    "The message or response it proves, such as OUT-1; its `proof` names it then",
                ),
        );
    }
    command
}

/// The record that is added to.
fn record(form: &Form) -> Arg {
    let is_one_of_many = form.kind.layout().contains("<id>");
    let holder = match form.within {
        [_] => "",
        [outer, ..] if outer.ends_with("vulnerabilities") => "#V-n",
        [outer, ..] if *outer == "roles" => "#role",
        _ => "#OUT-n",
    };
    let example = match form.name {
        "contact" => "corvid-id".to_owned(),
        _ if is_one_of_many => format!("INC-2025-0001{holder}"),
        _ => format!("{}{holder}", form.kind.name()),
    };
    let arg = Arg::new("record")
        .value_name("RECORD")
        .help(format!("What it is added to, such as `{example}`"));
    match is_one_of_many || !holder.is_empty() {
        true => arg.required(true),
        false => arg.default_value(""),
    }
}

impl FromArgMatches for Add {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let element = matches
            .subcommand()
            .and_then(|(name, matches)| Some((Form::find_element(name)?, matches)));
        let Some((form, matches)) = element else {
            return Err(Error::new(ErrorKind::MissingSubcommand));
        };
        let texts = |name: &str| -> Vec<String> {
            let texts = matches.try_get_many::<String>(name).ok().flatten();
            texts.into_iter().flatten().cloned().collect()
        };
        let given = form.asks.iter().map(|ask| (ask, texts(ask.flag)));
        Ok(Self {
            form,
            record: texts("record").pop().unwrap_or_default(),
            path: matches
                .get_one::<std::path::PathBuf>("path")
                .cloned()
                .unwrap_or_default(),
            id: texts("id").pop(),
            given: given.filter(|(_, texts)| !texts.is_empty()).collect(),
            proves: texts("proves"),
            is_dry: matches.get_flag("dry-run"),
            is_insisted: matches.get_flag("anyway"),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
