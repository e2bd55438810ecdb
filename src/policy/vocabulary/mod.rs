//! What rules speak about: the functions and variables of the policy language.

mod decisions;
mod files;
mod limits;
mod lists;
mod parties;
mod reasons;
mod roles;
#[cfg(test)]
mod small;
