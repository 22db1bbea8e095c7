//! The keys of a mapping: duplicates, and those that `<<` merges.

use std::collections::HashSet;

use super::{Kind, NodeId, Tree};
use crate::diagnostic::{Diagnostic, quoted};

/// Checks that no key occurs twice.
///
/// # Errors
/// The second occurrence of a key.
pub(crate) fn check_keys(tree: &Tree<'_>, keys: impl Iterator<Item = NodeId>) -> Result<(), Diagnostic> {
    let (mut few, mut many) = (Vec::new(), HashSet::new());
    for key in keys {
        let name = tree.scalar_text(key).unwrap_or_default();
        // Hashing a name takes longer than comparing it with a few others.
        let is_new = match few.len() < FEW_KEYS {
            true if few.contains(&name) => false,
            true => {
                few.push(name);
                true
            }
            false => !few.contains(&name) && many.insert(name),
        };
        if !is_new {
            let message = format!("the key {} is in this mapping twice, and only the last would be used", quoted(name));
            return Err(tree.diagnostic(key, message, "keep one of them"));
        }
    }
    Ok(())
}

const FEW_KEYS: usize = 8;

/// The keys and values of a mapping, its own first, then those that `<<` merges.
///
/// # Errors
/// If the value of `<<` is no mapping, `<<` occurs twice, or it comes after a key that it also defines.
pub(crate) fn effective_entries(tree: &Tree<'_>, mapping: NodeId) -> Result<Vec<(NodeId, NodeId)>, Diagnostic> {
    let mut own: Vec<(NodeId, NodeId)> = tree.entries(mapping).collect();
    let Some(at) = own.iter().position(|(key, _)| tree.is_merge_key(*key)) else { return Ok(own) };
    let (merge_key, merged) = own.remove(at);
    if let Some((second, _)) = own.iter().find(|(key, _)| tree.is_merge_key(*key)) {
        return Err(tree.diagnostic(*second, "`<<` is in this mapping twice", "give `<<` one list of aliases"));
    }
    let name = |(key, _): &(NodeId, NodeId)| tree.scalar_text(*key).unwrap_or_default();
    let before: HashSet<&str> = own[..at].iter().map(name).collect();
    let mut known: HashSet<&str> = own.iter().map(name).collect();
    for source in merge_sources(tree, merged)? {
        for entry in effective_entries(tree, source)? {
            let name = name(&entry);
            if before.contains(name) {
                return Err(tree.diagnostic(
                    merge_key,
                    format!(
                        "`<<` must come before the key {}, which it also defines: kubectl takes the merged value, YAML \
                         the key",
                        quoted(name)
                    ),
                    "put `<<` first in the mapping",
                ));
            }
            if known.insert(name) {
                own.push(entry);
            }
        }
    }
    Ok(own)
}

/// The mappings in the value of a `<<`.
fn merge_sources(tree: &Tree<'_>, merged: NodeId) -> Result<Vec<NodeId>, Diagnostic> {
    let value = tree.resolve(merged);
    let sources = match tree.node(value).kind {
        Kind::Sequence { .. } => tree.items(value).iter().map(|item| tree.resolve(*item)).collect(),
        _ => vec![value],
    };
    match sources.iter().find(|source| !matches!(tree.node(**source).kind, Kind::Mapping { .. })) {
        Some(_) => {
            Err(tree.diagnostic(merged, "`<<` takes a mapping or a list of mappings", "give it an alias of a mapping"))
        }
        None => Ok(sources),
    }
}
