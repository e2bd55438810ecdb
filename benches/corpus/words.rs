//! Sentences for the free text of records: plain, long, quoted, and not only in ASCII.

use super::random::Random;

const SUBJECTS: &[&str] = &[
    "The scanner",
    "A nightly job",
    "The provider",
    "Their on-call engineer",
    "Our service desk",
    "The gateway in Zürich",
    "A shared mailbox",
    "The build of last Tuesday",
    "One tenant in São Paulo",
    "The clinic's own administrator",
    "A contractor from Łódź",
    "The backup agent",
    "An expired certificate",
    "The status page",
    "A former employee's token",
    "The support portal",
    "The log collector",
    "A second batch of hosts",
    "The naïve retry loop",
    "Une équipe à Genève",
    "東京のチーム",
    "The duty manager",
];

const VERBS: &[&str] = &[
    "reported",
    "confirmed",
    "ruled out",
    "was asked about",
    "could not explain",
    "measured",
    "noticed",
    "repeated",
    "withdrew the statement on",
    "closed the case about",
    "re-opened the question of",
    "sent a first list of",
    "lost sight of",
    "limited access to",
];

const OBJECTS: &[&str] = &[
    "sign-ins from unknown addresses",
    "a volume that was set to read-only",
    "an archive on a public share",
    "the rotation of the federation keys",
    "packages with a changed digest",
    "reads of 1,204 objects within 3 minutes",
    "the missing hour in the access log",
    "tickets that carried too much detail",
    "an update that was pulled back",
    "service accounts without an owner",
    "queue lengths above the usual",
    "a rule that nobody had reviewed since spring",
    "mails returned as undeliverable",
    "the fallback route over the second data centre",
    "crashes after the update",
    "tokens refreshed at odd hours",
];

const TAILS: &[&str] = &[
    "",
    "",
    "",
    " on both sides",
    " – again",
    ", as expected",
    ", which the log confirms",
    "; details follow",
    " (see the attached notes)",
    " before the session ended",
    " while the bridge was open",
    " 🔒",
    " → closed",
    " in three of four regions",
];

const LONGER: &[&str] = &[
    "Nothing else in the records of that week points to the same cause, and the people on call remember no change.",
    "The measure costs little, can be undone within an hour, and keeps what was touched as it is.",
    "Moving earlier would have lost the counters that the log is built from; moving later would have left it open over the weekend.",
    "It was said twice on the bridge and once in writing, so nobody has to rely on memory.",
    "Über die Ursache wird erst gesprochen, wenn beide Seiten die gleichen Zahlen sehen.",
    "Whoever reads this later: the times are those of the provider's clock, which was four minutes slow.",
];

const NOTES: &[&str] = &[
    "Priority: as agreed on the phone",
    "\"Handled\" is the word they used",
    "Item #4 of their list, not #5",
    "The provider's wording, not ours",
    "100% of the sample, twice",
    "- will be continued in the next session -",
    "Answer: none so far, case #221",
];

const CONTROLS: &[&str] = &[
    "Weekly scan for shared folders",
    "Second pair of eyes on each export",
    "Sessions are recorded on our side",
    "Alert on refresh anomalies",
    "Access only from managed devices",
];

/// What happened, in one sentence.
pub(crate) fn sentence(random: &mut Random) -> String {
    if random.chance(6) {
        return (*random.pick(NOTES)).to_owned();
    }
    let subject = random.pick(SUBJECTS);
    let verb = random.pick(VERBS);
    let object = random.pick(OBJECTS);
    let tail = random.pick(TAILS);
    format!("{subject} {verb} {object}{tail}")
}

/// A title: a sentence without frills.
pub(crate) fn title(random: &mut Random) -> String {
    let object = random.pick(OBJECTS);
    let mut title = object.to_string();
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let end = random.pick(&[
        "",
        "",
        " found by chance",
        " seen twice",
        " – second report",
    ]);
    format!("{title}{end}")
}

/// A reason of real text; every other one takes several lines.
pub(crate) fn reason(random: &mut Random) -> String {
    let first = sentence(random);
    match random.below(10) {
        0..=5 => first,
        6..=8 => format!("{first}. {}", random.pick(LONGER)),
        _ => format!("{first}. {} {}", random.pick(LONGER), random.pick(LONGER)),
    }
}

/// What somebody should do.
pub(crate) fn request(random: &mut Random) -> String {
    let verb = random.pick(&[
        "Check",
        "Close",
        "Rotate",
        "Compare",
        "Send us",
        "Hold back",
        "Explain",
        "Watch",
    ]);
    format!("{verb} {}", random.pick(OBJECTS))
}

/// A measure that stays.
pub(crate) fn control(random: &mut Random) -> &'static str {
    random.pick::<&str>(CONTROLS)
}
