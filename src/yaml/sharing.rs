//! How many ways lead to a node: an edit of a node is an edit wherever an alias or a `<<` leads to it.

use super::tree::{Kind, NodeId, Tree};

/// In how many places of the documents a node is read as a value, aliases and `<<` followed.
pub fn ways(tree: &Tree<'_>, node: NodeId) -> u64 {
    references(tree, node).map(|reference| ways_through(tree, reference)).fold(0, u64::saturating_add)
}

/// In how many places of the documents a mapping is read with what it holds under `key`: as itself, or merged into
/// another that has no such key before it.
pub fn ways_to_key(tree: &Tree<'_>, mapping: NodeId, key: &str) -> u64 {
    let merged = mergers(tree, mapping)
        .into_iter()
        .filter(|(merger, source)| !is_shadowed(tree, *merger, *source, key))
        .map(|(merger, _)| ways_to_key(tree, merger, key));
    merged.fold(ways(tree, mapping), u64::saturating_add)
}

/// The node nearest to `node`, itself or one that it stands in, that an alias leads to, and the first such alias.
pub fn first_alias(tree: &Tree<'_>, node: NodeId) -> Option<(NodeId, NodeId)> {
    let alias_of = |target| tree.aliases().iter().copied().find(|alias| tree.resolve(*alias) == target);
    ancestors(tree, node).find_map(|ancestor| alias_of(ancestor).map(|alias| (ancestor, alias)))
}

/// The node and those that it stands in, innermost first.
pub fn ancestors<'a>(tree: &'a Tree<'_>, node: NodeId) -> impl Iterator<Item = NodeId> + 'a {
    std::iter::successors(Some(node), |node| tree.parent(*node))
}

fn references<'a>(tree: &'a Tree<'_>, node: NodeId) -> impl Iterator<Item = NodeId> + 'a {
    let aliases = tree.aliases().iter().copied().filter(move |alias| tree.resolve(*alias) == node);
    std::iter::once(node).chain(aliases)
}

/// The ways to the value that stands at this very place.
fn ways_through(tree: &Tree<'_>, place: NodeId) -> u64 {
    let Some(parent) = tree.parent(place) else { return 1 };
    match tree.node(parent).kind {
        Kind::Mapping { .. } => match tree.entries(parent).find(|(_, value)| *value == place) {
            Some((key, _)) if !tree.is_merge_key(key) => {
                ways_to_key(tree, parent, tree.scalar_text(key).unwrap_or_default())
            }
            _ => 0,
        },
        _ if is_merge_list(tree, parent) => 0,
        _ => ways(tree, parent),
    }
}

/// Whether a list is the value of a `<<`.
fn is_merge_list(tree: &Tree<'_>, list: NodeId) -> bool {
    let under_merge = |place| {
        let parent = tree.parent(place)?;
        tree.entries(parent).find(|(_, value)| *value == place).map(|(key, _)| tree.is_merge_key(key))
    };
    references(tree, list).any(|place| under_merge(place) == Some(true))
}

/// The mappings that a mapping is merged into, each with the place in it that brings it.
fn mergers(tree: &Tree<'_>, mapping: NodeId) -> Vec<(NodeId, NodeId)> {
    let mut found = Vec::new();
    for place in references(tree, mapping) {
        let Some(parent) = tree.parent(place) else { continue };
        let holders: Vec<NodeId> = match tree.node(parent).kind {
            Kind::Sequence { .. } => references(tree, parent).collect(),
            _ => vec![place],
        };
        for holder in holders {
            let Some(merger) = tree.parent(holder) else { continue };
            let merges = |(key, value): (NodeId, NodeId)| value == holder && tree.is_merge_key(key);
            if tree.entries(merger).any(merges) {
                found.push((merger, place));
            }
        }
    }
    found
}

/// Whether, in `merger`, its own keys or a source before the one at `source` have the key.
fn is_shadowed(tree: &Tree<'_>, merger: NodeId, source: NodeId, key: &str) -> bool {
    let has = |mapping: NodeId| tree.entries(mapping).any(|(own, _)| tree.scalar_text(own) == Some(key));
    let list = tree.parent(source).filter(|parent| matches!(tree.node(*parent).kind, Kind::Sequence { .. }));
    let earlier = list.into_iter().flat_map(|list| tree.items(list)).take_while(|item| **item != source);
    has(merger) || earlier.map(|item| tree.resolve(*item)).any(has)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ways_to(text: &str, anchor: &str) -> u64 {
        let tree = Tree::parse(text).unwrap();
        let (node, _) = tree.anchored().find(|(_, span)| &text[span.range()] == anchor).unwrap();
        ways(&tree, node)
    }

    #[test]
    fn aliases_and_merges_are_edges() {
        assert_eq!(ways_to("a: &x [1]\n", "&x"), 1);
        assert_eq!(ways_to("a: &x [1]\nb: *x\nc: [*x]\n", "&x"), 3);
        assert_eq!(ways_to("a: &y {k: &x [1]}\nb: *y\nc: {<<: *y}\n", "&x"), 3);
        assert_eq!(ways_to("a: &y {k: &x [1]}\nc: {<<: [*y], k: 2}\n", "&x"), 1, "shadowed by the mapping's own key");
        assert_eq!(ways_to("a: &y {k: &x [1]}\nz: &z {k: 1}\nc: {<<: [*z, *y]}\n", "&x"), 1, "shadowed by a source");
        assert_eq!(ways_to("a: &y {k: &x [1]}\nc: &c {<<: *y}\nd: [*c]\n", "&x"), 3);
    }
}
