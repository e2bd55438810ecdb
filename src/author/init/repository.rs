//! A story as a git repository. Nothing of the machine's configuration enters it.

use std::path::Path;

use git2::build::{CheckoutBuilder, TreeUpdateBuilder};
use git2::{
    Commit as GitCommit, Error, FileMode, Oid, Repository, RepositoryInitOptions, Signature, Time,
};

use super::story::{Commit, Story};

const BRANCH: &str = "main";

/// Writes the commits and the files of the last one; the id of the last one.
pub(super) fn write(folder: &Path, story: &Story) -> Result<String, Error> {
    let mut options = RepositoryInitOptions::new();
    options
        .external_template(false)
        .initial_head(BRANCH)
        .no_reinit(true);
    let repository = Repository::init_opts(folder, &options)?;
    let mut ids: Vec<Oid> = Vec::new();
    for commit in &story.commits {
        ids.push(write_commit(&repository, commit, &ids)?);
    }
    let Some(last) = ids.last() else {
        return Ok(String::new());
    };
    let name = format!("refs/heads/{BRANCH}");
    repository.reference(&name, *last, false, "history of the example")?;
    let mut checkout = CheckoutBuilder::new();
    checkout.force().disable_filters(true);
    repository.checkout_head(Some(&mut checkout))?;
    Ok(last.to_string())
}

fn write_commit(repository: &Repository, commit: &Commit, ids: &[Oid]) -> Result<Oid, Error> {
    let parents: Vec<GitCommit<'_>> = commit
        .parents
        .iter()
        .filter_map(|parent| ids.get(*parent))
        .map(|id| repository.find_commit(*id))
        .collect::<Result<_, _>>()?;
    let base = match parents.first() {
        Some(parent) => parent.tree()?,
        None => repository.find_tree(repository.treebuilder(None)?.write()?)?,
    };
    let mut update = TreeUpdateBuilder::new();
    for (path, content) in &commit.files {
        update.upsert(path.as_str(), repository.blob(content)?, FileMode::Blob);
    }
    let tree = repository.find_tree(update.create_updated(repository, &base)?)?;
    let time = Time::new(commit.at.as_second(), 0);
    let author = Signature::new(&commit.name, &commit.email, &time)?;
    let message = format!("{}\n", commit.message);
    let parents: Vec<&GitCommit<'_>> = parents.iter().collect();
    repository.commit(None, &author, &author, &message, &tree, &parents)
}
