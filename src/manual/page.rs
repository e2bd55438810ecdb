use std::fmt::Write as _;

use super::words::{marked, unlinked, wrapped};

/// One page: a title and what follows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The title.
    pub title: String,
    /// The rest, in order.
    pub blocks: Vec<Block>,
}

/// A part of a page. Texts use back-ticks for what is typed, and marks of their own for links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Sentences.
    Text(String),
    /// The title of what follows.
    Heading(String),
    /// A name that others link to, and what it stands for.
    Entry {
        /// The name, such as `SC-NOTIFY-05`.
        name: String,
        /// What it stands for, in one line.
        title: String,
    },
    /// A list.
    Items(Vec<String>),
    /// YAML, or an expression, as it is written.
    Code {
        /// The language.
        language: &'static str,
        /// The text.
        text: String,
    },
}

impl Page {
    /// A page without content.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            blocks: Vec::new(),
        }
    }

    /// Adds sentences.
    pub(super) fn text(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Text(text.into()));
    }

    /// Adds a name that others link to.
    pub(super) fn entry(&mut self, name: impl Into<String>, title: impl Into<String>) {
        self.blocks.push(Block::Entry {
            name: name.into(),
            title: title.into(),
        });
    }

    /// Adds a list, unless it is empty.
    pub(super) fn list(&mut self, items: Vec<String>) {
        if !items.is_empty() {
            self.blocks.push(Block::Items(items));
        }
    }

    /// Adds a list under a title, unless it is empty.
    pub(super) fn items(&mut self, heading: &str, items: Vec<String>) {
        if !items.is_empty() {
            self.blocks.push(Block::Heading(heading.to_owned()));
            self.blocks.push(Block::Items(items));
        }
    }

    /// Adds a title of what follows.
    pub(super) fn heading(&mut self, heading: &str) {
        self.blocks.push(Block::Heading(heading.to_owned()));
    }

    /// Adds YAML under a title.
    pub(super) fn yaml(&mut self, heading: &str, yaml: impl Into<String>) {
        self.blocks.push(Block::Heading(heading.to_owned()));
        self.code("yaml", yaml);
    }

    /// Adds a text in some language.
    pub(super) fn code(&mut self, language: &'static str, text: impl Into<String>) {
        let text = text.into();
        self.blocks.push(Block::Code { language, text });
    }

    /// The page as Markdown, for a file with this path from the folder of all pages.
    pub fn markdown(&self, path: &str) -> String {
        self.markdown_below(&"../".repeat(path.matches('/').count()))
    }

    /// The page as Markdown, with the folder of all pages somewhere else.
    pub fn markdown_below(&self, folder: &str) -> String {
        let linked = |words: &str| marked(words, folder);
        let mut text = format!("# {}\n", linked(&self.title));
        for block in &self.blocks {
            let _ = match block {
                Block::Text(words) => writeln!(text, "\n{}", linked(words)),
                Block::Heading(words) => writeln!(text, "\n## {}", linked(words)),
                Block::Entry { name, title } => {
                    writeln!(text, "\n## {name}\n\n**{}**", linked(title))
                }
                Block::Items(items) => writeln!(text, "\n- {}", linked(&items.join("\n- "))),
                Block::Code { language, text: it } => {
                    writeln!(text, "\n```{language}\n{}\n```", it.trim_end())
                }
            };
        }
        text
    }

    /// The page for a terminal, in lines of at most `width` characters.
    pub fn plain(&self, width: usize) -> String {
        let shown = |words: &str| wrapped(&unlinked(words), width, 0, 0);
        let mut text = format!("{}\n", shown(&self.title));
        for block in &self.blocks {
            let _ = match block {
                Block::Text(words) => writeln!(text, "\n{}", shown(words)),
                Block::Heading(words) => writeln!(text, "\n{}:", unlinked(words)),
                Block::Entry { name, title } => {
                    writeln!(text, "\n{}", shown(&format!("{name}: {title}")))
                }
                Block::Items(items) => {
                    for item in items {
                        let item = format!("- {}", unlinked(item));
                        let _ = writeln!(text, "{}", wrapped(&item, width, 2, 4));
                    }
                    Ok(())
                }
                Block::Code { text: it, .. } => {
                    for line in it.trim_end().lines() {
                        let _ = writeln!(text, "    {line}");
                    }
                    Ok(())
                }
            };
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Page {
        let mut page = Page::new("`a-rule`");
        page.text(format!(
            "one two {} four",
            super::super::words::rule("three")
        ));
        page.items("Things", vec!["first thing".into(), "second".into()]);
        page.entry("SC-1", "a demand");
        page.yaml("Form", "a: 1\n");
        page
    }

    #[test]
    fn a_page_in_a_folder_links_to_others_from_there() {
        assert_eq!(
            page().markdown("controls/ir-6-3.md"),
            "# `a-rule`\n\none two [`three`](../rules/three.md) four\n\n## Things\n\n- first thing\n\
             - second\n\n## SC-1\n\n**a demand**\n\n## Form\n\n```yaml\na: 1\n```\n"
        );
        assert!(page().markdown("README.md").contains("](rules/three.md)"));
    }

    #[test]
    fn a_page_on_the_terminal_has_no_links_and_no_long_lines() {
        assert_eq!(
            page().plain(14),
            "`a-rule`\n\none two\n`three` four\n\nThings:\n  - first\n    thing\n  - second\n\n\
             SC-1: a demand\n\nForm:\n    a: 1\n"
        );
    }
}
