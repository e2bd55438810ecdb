use super::listing::{SkipReason, join};

/// Most links on the way from one link to its end; beyond, it is a loop.
const MOST_HOPS: usize = 40;

/// What stands at a path of a repository, without following links.
pub(super) enum Place {
    /// Nothing.
    Missing,
    /// A regular file, or what is none of the others.
    File,
    /// A folder of this repository.
    Folder,
    /// The root of another repository.
    Repository,
    /// A link with its target, as far as that is UTF-8.
    Link(Option<String>),
}

/// Where a link ends.
#[derive(Debug, PartialEq, Eq)]
enum End {
    File(String),
    Folder(String),
    Outside,
    Nothing,
    NotUtf8,
}

/// Why a symbolic link is skipped, or `None` where nobody would expect a record behind it.
///
/// The same rules on disk and in a revision, and nothing outside the repository is looked at:
/// whether a file exists there is nobody's business.
pub(super) fn skip_reason(
    link: &str,
    target: Option<String>,
    is_yaml: bool,
    look: impl Fn(&str) -> Place,
) -> Option<SkipReason> {
    match follow(link, target, look) {
        End::File(target) => is_yaml.then_some(SkipReason::LinkInside { target }),
        End::Folder(target) => Some(SkipReason::LinkInside { target }),
        End::Outside => Some(SkipReason::LinkOutside),
        End::Nothing => is_yaml.then_some(SkipReason::LinkBroken),
        End::NotUtf8 => is_yaml.then_some(SkipReason::NotUtf8),
    }
}

fn follow(link: &str, target: Option<String>, look: impl Fn(&str) -> Place) -> End {
    let mut place = parent(link).to_owned();
    let Some(target) = target else {
        return End::NotUtf8;
    };
    if is_absolute(&target) {
        return End::Outside;
    }
    let mut ahead: Vec<String> = steps(&target);
    let mut hops = 1;
    while let Some(step) = ahead.pop() {
        match step.as_str() {
            ".." if place.is_empty() => return End::Outside,
            ".." => place.truncate(parent(&place).len()),
            ".git" => return End::Outside,
            name => {
                let next = join(&place, name);
                match look(&next) {
                    Place::Repository => return End::Outside,
                    Place::Folder => place = next,
                    Place::File if ahead.is_empty() => return End::File(next),
                    Place::File | Place::Missing => return End::Nothing,
                    Place::Link(None) => return End::NotUtf8,
                    Place::Link(Some(text)) if is_absolute(&text) => return End::Outside,
                    Place::Link(Some(_)) if hops == MOST_HOPS => return End::Nothing,
                    Place::Link(Some(text)) => {
                        hops += 1;
                        ahead.extend(steps(&text));
                    }
                }
            }
        }
    }
    End::Folder(if place.is_empty() {
        ".".to_owned()
    } else {
        place
    })
}

/// The names of a target, last first.
fn steps(target: &str) -> Vec<String> {
    target
        .split(|c: char| c == '/' || (cfg!(windows) && c == '\\'))
        .filter(|step| !step.is_empty() && *step != ".")
        .rev()
        .map(str::to_owned)
        .collect()
}

fn is_absolute(target: &str) -> bool {
    target.starts_with('/') || std::path::Path::new(target).has_root()
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A repository with `a/file.yaml`, `a/b/`, the submodule `sub` and some links.
    fn look(path: &str) -> Place {
        match path {
            "a" | "a/b" => Place::Folder,
            "a/file.yaml" => Place::File,
            "sub" => Place::Repository,
            "a/again" => Place::Link(Some("b/../file.yaml".to_owned())),
            "round" => Place::Link(Some("about".to_owned())),
            "about" => Place::Link(Some("round".to_owned())),
            "out" => Place::Link(Some("/etc".to_owned())),
            _ => Place::Missing,
        }
    }

    fn end(link: &str, target: &str) -> End {
        follow(link, Some(target.to_owned()), look)
    }

    #[test]
    fn a_link_ends_at_a_file_or_folder_inside() {
        assert_eq!(
            end("a/b/l", "../file.yaml"),
            End::File("a/file.yaml".into())
        );
        assert_eq!(end("l", "./a//again"), End::File("a/file.yaml".into()));
        assert_eq!(end("a/l", "b/"), End::Folder("a/b".into()));
        assert_eq!(end("a/l", ".."), End::Folder(".".into()));
    }

    #[test]
    fn a_link_leads_out_above_the_root_and_into_other_repositories() {
        assert_eq!(end("l", ".."), End::Outside);
        assert_eq!(end("a/l", "../../a/file.yaml"), End::Outside);
        assert_eq!(end("l", "/etc/passwd"), End::Outside);
        assert_eq!(end("l", "out/passwd"), End::Outside);
        assert_eq!(end("l", "sub/x.yaml"), End::Outside);
        assert_eq!(end("l", ".git/config"), End::Outside);
    }

    #[test]
    fn a_link_to_nothing_or_in_a_circle_is_broken() {
        assert_eq!(end("l", "gone.yaml"), End::Nothing);
        assert_eq!(end("l", "a/file.yaml/x"), End::Nothing);
        assert_eq!(end("l", "round"), End::Nothing);
    }
}
