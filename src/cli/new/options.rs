//! The options of `probity new`, made of the forms: each says what its key means.

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};
use probity::author::form::{Answer, Ask, FORMS, Field, Form, When};

use super::New;

impl Args for New {
    fn augment_args(command: Command) -> Command {
        let kinds = FORMS.iter().map(|form| {
            let kind = Command::new(form.name).about(form.about);
            kind.defer(with_options)
        });
        command
            .subcommands(kinds)
            .subcommand_required(true)
            .arg_required_else_help(true)
            .subcommand_value_name("KIND")
            .subcommand_help_heading("Kinds")
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// The options of one kind; its schema is read only when they are wanted.
fn with_options(command: Command) -> Command {
    let Some(form) = Form::find(command.get_name()) else {
        return command;
    };
    let asked = form.asks.iter().filter_map(|ask| {
        let field = form.field(ask)?;
        Some(option(ask, &field))
    });
    command
        .after_help(
            "On a terminal, what is missing is asked for. In a script, everything under `Needed now` \
             has to be said. A time may be `now`.",
        )
        .args(asked)
        .arg(
            Arg::new("id")
                .long("id")
                .value_name("ID")
                .help("Its id [default: the next free one, or what the name makes]"),
        )
        .args(shared_options())
}

/// Where the records lie, and how the result is treated.
pub(in crate::cli) fn shared_options() -> [Arg; 3] {
    [
        Arg::new("path")
            .long("path")
            .value_name("FOLDER")
            .value_parser(clap::value_parser!(std::path::PathBuf))
            .default_value(".")
            .help("Folder of the records"),
        Arg::new("dry-run")
            .long("dry-run")
            .action(ArgAction::SetTrue)
            .help("Show the record on standard output, and write nothing"),
        Arg::new("anyway")
            .long("anyway")
            .action(ArgAction::SetTrue)
            .help("Write it although it does not fit the other records"),
    ]
}

pub(in crate::cli) fn option(ask: &Ask, field: &Field) -> Arg {
    let heading = match ask.when {
        When::Now([]) => "Needed now",
        When::Now(_) => "Needed now in some cases",
        When::Offered(_) | When::May => "May wait",
    };
    let arg = Arg::new(ask.flag)
        .long(ask.flag)
        .help(about(field))
        .help_heading(heading);
    match field.answer {
        Answer::Truth => arg
            .num_args(0..=1)
            .default_missing_value("true")
            .value_name("true|false"),
        _ if field.is_many => arg.action(ArgAction::Append).value_name(value_name(field)),
        _ => arg.value_name(value_name(field)),
    }
}

fn value_name(field: &Field) -> &'static str {
    match &field.answer {
        Answer::Text | Answer::Truth => "TEXT",
        Answer::Number => "NUMBER",
        Answer::Time => "WHEN",
        Answer::Listed(_) => "WORD",
        Answer::Name(_) => "ID",
        Answer::Parts { .. } => "PART=VALUE,…",
    }
}

/// What an option is, in the words of the schema, with the words to choose from.
pub(in crate::cli) fn about(field: &Field) -> String {
    let mut text = field.about.clone();
    if let Answer::Listed(words) = &field.answer
        && !words.iter().all(|word| text.contains(word.as_str()))
    {
        text.push_str(" One of ");
        text.push_str(&words.join(", "));
        text.push('.');
    }
    if let Answer::Parts { fields, needed } = &field.answer {
        let (now, later): (Vec<&Field>, Vec<&Field>) =
            fields.iter().partition(|it| needed.contains(&it.key));
        let names = |fields: Vec<&Field>| {
            let names: Vec<&str> = fields.into_iter().map(|it| it.key.as_str()).collect();
            names.join(", ")
        };
        let parts = match (now.is_empty(), later.is_empty()) {
            (true, _) => names(later),
            (false, true) => names(now),
            (false, false) => format!("{}; also {}", names(now), names(later)),
        };
        text = format!("{text} Parts: {parts}.");
    }
    if field.is_many {
        text.push_str(" May be given several times.");
    }
    text
}

impl FromArgMatches for New {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let kind = matches
            .subcommand()
            .and_then(|(name, matches)| Some((Form::find(name)?, matches)));
        let Some((form, matches)) = kind else {
            return Err(Error::new(ErrorKind::MissingSubcommand));
        };
        let given = form.asks.iter().filter_map(|ask| {
            let texts = matches.get_many::<String>(ask.flag)?;
            Some((ask, texts.cloned().collect()))
        });
        Ok(Self {
            form,
            path: matches
                .get_one::<std::path::PathBuf>("path")
                .cloned()
                .unwrap_or_default(),
            id: matches.get_one::<String>("id").cloned(),
            given: given.collect(),
            is_dry: matches.get_flag("dry-run"),
            is_insisted: matches.get_flag("anyway"),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
