//! The functions about what messages hold: [`super::sharing`], for expressions.

use super::arguments::{members, node_value, text, text_list};
use super::functions::{Given, listed, noded};
use super::sharing::{Content, Need};
use super::speaker::Speaker;
use crate::document::NodeRef;
use crate::policy::expression::{Value, Why};
use crate::record::RecordKind;

/// The items of a list of each of some messages, one after the other.
fn parts<'t>(messages: &Value<'t>, list: &str) -> Given<'t> {
    let messages = members(messages)?;
    let messages = messages.iter().filter_map(Value::as_node);
    let parts = messages.flat_map(|message| message.list_of(list));
    Ok(Value::List(parts.map(Value::Node).collect()))
}

pub(super) fn approvals_in<'t>(_: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    parts(&given[0], "approvals")
}

pub(super) fn info_types_in<'t>(_: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    parts(&given[0], "info_types")
}

pub(super) fn attachments_in<'t>(_: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    parts(&given[0], "attachments")
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the table holds functions of one type, also those that always give something"
)]
pub(super) fn message_of<'t>(_: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let is_message = |node: &NodeRef<'t>| {
        let list = node.parent().and_then(NodeRef::key);
        list.is_some_and(|key| key.scalar_text() == "outbound")
    };
    let part = given[0].as_node();
    let message = part.and_then(|part| part.lineage().find(is_message));
    Ok(node_value(message))
}

pub(super) fn channel<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let Some(id) = text(&given[0])? else {
        return Ok(Value::Null);
    };
    let channels = speaker.lookups.single(RecordKind::Channels);
    let mut channels = channels.map_err(Why::Gap)?.list_of("channels");
    Ok(node_value(channels.find(|it| it.text_of("id") == id)))
}

pub(super) fn sharing_class<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    match text(&given[0])? {
        Some(name) => noded(speaker.lookups.sharing().class(name)),
        None => Ok(Value::Null),
    }
}

pub(super) fn sharing_row<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    match text(&given[0])? {
        Some(name) => noded(speaker.lookups.sharing().row(name)),
        None => Ok(Value::Null),
    }
}

/// What a message holds, as it says.
pub(super) fn content<'t>(message: &Value<'t>) -> Content<'t> {
    message.as_node().map(Content::of).unwrap_or_default()
}

fn nodes_listed(nodes: Result<Vec<NodeRef<'_>>, String>) -> Given<'_> {
    let nodes = nodes.map_err(Why::Gap)?.into_iter();
    Ok(Value::List(nodes.map(Value::Node).collect()))
}

pub(super) fn sharing_rows<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    nodes_listed(speaker.lookups.sharing().rows(&content(&given[0])))
}

pub(super) fn strictest_class<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let content = content(&given[0]);
    noded(speaker.lookups.sharing().strictest_class(&content))
}

pub(super) fn rules_concerned<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    nodes_listed(speaker.lookups.sharing().rules(&content(&given[0])))
}

fn needs_listed(needs: Result<Vec<Need<'_>>, String>) -> Given<'_> {
    let needs = needs.map_err(Why::Gap)?.into_iter();
    Ok(Value::List(
        needs.map(|need| text_list(need.roles)).collect(),
    ))
}

pub(super) fn needed_approvals<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    needs_listed(speaker.lookups.sharing().needs(&content(&given[0])))
}

pub(super) fn missing_approvals<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    let message = given[0].as_node();
    let approvals = message.into_iter().flat_map(|it| it.list_of("approvals"));
    let approvals: Vec<NodeRef<'_>> = approvals.collect();
    let sharing = speaker.lookups.sharing();
    needs_listed(sharing.unmet(&content(&given[0]), &approvals))
}

pub(super) fn allowed_recipients<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    listed(speaker.lookups.sharing().recipients(&content(&given[0])))
}

pub(super) fn allowed_channels<'t>(speaker: &Speaker<'_, 't>, given: &[Value<'t>]) -> Given<'t> {
    listed(speaker.lookups.sharing().channels(&content(&given[0])))
}
