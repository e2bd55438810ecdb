use std::fmt::Write as _;

/// One page: a title and what follows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The title.
    pub title: String,
    /// The rest, in order.
    pub blocks: Vec<Block>,
}

/// A part of a page. Texts use back-ticks for what is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Sentences.
    Text(String),
    /// The title of what follows.
    Heading(String),
    /// A list.
    Items(Vec<String>),
    /// YAML as it is written.
    Yaml(String),
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

    /// Adds a list under a title, unless it is empty.
    pub(super) fn items(&mut self, heading: &str, items: Vec<String>) {
        if !items.is_empty() {
            self.blocks.push(Block::Heading(heading.to_owned()));
            self.blocks.push(Block::Items(items));
        }
    }

    /// Adds YAML under a title.
    pub(super) fn yaml(&mut self, heading: &str, yaml: impl Into<String>) {
        self.blocks.push(Block::Heading(heading.to_owned()));
        self.blocks.push(Block::Yaml(yaml.into()));
    }

    /// The page as Markdown.
    pub fn markdown(&self) -> String {
        let mut text = format!("# {}\n", self.title);
        for block in &self.blocks {
            let _ = match block {
                Block::Text(words) => writeln!(text, "\n{words}"),
                Block::Heading(words) => writeln!(text, "\n## {words}"),
                Block::Items(items) => writeln!(text, "\n- {}", items.join("\n- ")),
                Block::Yaml(yaml) => writeln!(text, "\n```yaml\n{}\n```", yaml.trim_end()),
            };
        }
        text
    }

    /// The page for a terminal, in lines of at most `width` characters.
    pub fn plain(&self, width: usize) -> String {
        let mut text = format!("{}\n", wrapped(&self.title, width, 0, 0));
        for block in &self.blocks {
            let _ = match block {
                Block::Text(words) => writeln!(text, "\n{}", wrapped(words, width, 0, 0)),
                Block::Heading(words) => writeln!(text, "\n{words}:"),
                Block::Items(items) => {
                    for item in items {
                        let _ = writeln!(text, "{}", wrapped(&format!("- {item}"), width, 2, 4));
                    }
                    Ok(())
                }
                Block::Yaml(yaml) => {
                    for line in yaml.trim_end().lines() {
                        let _ = writeln!(text, "    {line}");
                    }
                    Ok(())
                }
            };
        }
        text
    }
}

/// Text broken at spaces; the first line begins at column `first`, the others at `rest`.
fn wrapped(text: &str, width: usize, first: usize, rest: usize) -> String {
    let mut lines = String::new();
    let mut line = " ".repeat(first);
    let mut is_empty = true;
    for word in text.split_whitespace() {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > width {
            lines.push_str(&line);
            lines.push('\n');
            line = " ".repeat(rest);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    lines.push_str(&line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_reads_the_same_in_both_forms() {
        let mut page = Page::new("`a-rule`");
        page.text("one two three four");
        page.items("Things", vec!["first thing".into(), "second".into()]);
        page.yaml("Form", "a: 1\n");
        assert_eq!(
            page.markdown(),
            "# `a-rule`\n\none two three four\n\n## Things\n\n- first thing\n- second\n\n## Form\n\n\
             ```yaml\na: 1\n```\n"
        );
        assert_eq!(
            page.plain(12),
            "`a-rule`\n\none two\nthree four\n\nThings:\n  - first\n    thing\n  - second\n\nForm:\n    \
             a: 1\n"
        );
    }
}
