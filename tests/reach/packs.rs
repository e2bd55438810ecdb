//! Rules of the repository's own: such as look at the record alone, and such as look far.

use crate::ground::{Dice, Ground};

/// What a rule of the repository may be about.
const RULES: &[&str] = &[
    // The record alone.
    "for: incident\n    require: size(record.title) % 2 == 0",
    "for: incident\n    each: record.parties\n    require: size(it.why) > 40\n    at: [it.why, it]",
    "for: package\n    require: record.version > 1",
    // What the record names.
    "for: incident\n    each: record.parties\n    require: third_party(it.party).tier != 1\n    at: [it.party, it]",
    "for: third-party\n    require: record.tier > 1",
    // Whatever there is.
    "for: incident\n    require: third_parties.size() % 2 == 0",
    "for: incident\n    require: systems.exists(s, s.id == 'bill' + 'ing')",
    "for: incident\n    require: third_party('corvid' + '-id').tier != 1",
    "for: incident\n    require: exercises.size() % 2 == 0",
    "for: program\n    require: closed_incidents(timestamp('2024-01-01T00:00:00Z'), as_of).size() % 2 == 0",
    "for: incident\n    require: file_exists('program.yaml')",
];

/// Writes a pack of two such rules, in the place of the one before; what it says.
pub(crate) fn write(ground: &Ground, dice: &mut Dice) -> String {
    let mut rules = String::new();
    for id in ["first", "second"] {
        let rule = *dice.one(RULES);
        let head = format!("  - id: own-{id}\n    title: one of our own\n    {rule}\n");
        rules += &head;
        rules += "    severity: warning\n    message: it is not as we want it\n";
        rules += "    help: Make it so.\n    why: We say so.\n";
    }
    let pack = format!("kind: policy\nid: own-rules\ntitle: Our own\nrules:\n{rules}");
    ground.write("policies/own-rules.yaml", &pack);
    pack
}
