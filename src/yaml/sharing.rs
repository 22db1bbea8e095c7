//! Counts the paths to a node. An edit of a node changes it on every path, by an alias or a `<<`.

use std::collections::HashMap;

use super::tree::{Kind, NodeId, Tree};

/// The path counts of a tree, with a cache.
#[derive(Debug)]
pub(crate) struct Sharing<'a, 't> {
    tree: &'a Tree<'t>,
    aliases: HashMap<NodeId, Vec<NodeId>>,
    counts: HashMap<NodeId, u64>,
    key_counts: HashMap<(NodeId, String), u64>,
}

impl<'a, 't> Sharing<'a, 't> {
    /// For a tree with aliases. Without any, there is one path to every node.
    pub(crate) fn new(tree: &'a Tree<'t>) -> Self {
        let mut aliases: HashMap<NodeId, Vec<NodeId>> = HashMap::new();
        for &alias in tree.aliases() {
            aliases.entry(tree.resolve(alias)).or_default().push(alias);
        }
        Self { tree, aliases, counts: HashMap::new(), key_counts: HashMap::new() }
    }

    /// The number of paths at which a node is a value, with aliases and `<<` resolved.
    pub(crate) fn path_count(&mut self, node: NodeId) -> u64 {
        if let Some(count) = self.counts.get(&node) {
            return *count;
        }
        let places = self.places(node);
        let count = places.into_iter().map(|place| self.count_at(place)).fold(0, u64::saturating_add);
        self.counts.insert(node, count);
        count
    }

    /// The number of paths of the value that a mapping has under `key`: in the mapping itself, and in those that it is
    /// merged into.
    pub(crate) fn key_path_count(&mut self, mapping: NodeId, key: &str) -> u64 {
        let id = (mapping, key.to_owned());
        if let Some(count) = self.key_counts.get(&id) {
            return *count;
        }
        let mut count = self.path_count(mapping);
        for merger in self.mergers_with_key(mapping, key) {
            count = count.saturating_add(self.key_path_count(merger, key));
        }
        self.key_counts.insert(id, count);
        count
    }

    /// The mappings that a mapping is merged into and that get this key from it.
    pub(crate) fn mergers_with_key(&self, mapping: NodeId, key: &str) -> Vec<NodeId> {
        let mergers =
            self.mergers(mapping).into_iter().filter(|(merger, source)| !self.is_shadowed(*merger, *source, key));
        mergers.map(|(merger, _)| merger).collect()
    }

    /// Returns true if a mapping that this one is merged into would get the key from another one, were it removed here.
    pub(crate) fn uncovers(&self, mapping: NodeId, key: &str) -> bool {
        self.mergers(mapping).into_iter().any(|(merger, _)| {
            let mut others = sources(self.tree, merger).filter(|source| *source != mapping);
            !has_own(self.tree, merger, key)
                && (others.any(|source| has_key(self.tree, source, key)) || self.uncovers(merger, key))
        })
    }

    /// The node and its aliases.
    fn places(&self, node: NodeId) -> Vec<NodeId> {
        let aliases = self.aliases.get(&node).map_or(&[][..], Vec::as_slice);
        std::iter::once(node).chain(aliases.iter().copied()).collect()
    }

    /// The number of paths of a node or alias itself.
    fn count_at(&mut self, place: NodeId) -> u64 {
        let Some(parent) = self.tree.parent(place) else { return 1 };
        match self.tree.node(parent).kind {
            Kind::Mapping { .. } => match self.tree.key_of(place) {
                Some(key) if !self.tree.is_merge_key(key) => {
                    let key = self.tree.scalar_text(key).unwrap_or_default().to_owned();
                    self.key_path_count(parent, &key)
                }
                _ => 0,
            },
            _ if self.is_merge_list(parent) => 0,
            _ => self.path_count(parent),
        }
    }

    /// Returns true if a node is the value of a `<<`.
    fn is_merged(&self, place: NodeId) -> bool {
        self.tree.key_of(place).is_some_and(|key| self.tree.is_merge_key(key))
    }

    fn is_merge_list(&self, list: NodeId) -> bool {
        self.places(list).into_iter().any(|place| self.is_merged(place))
    }

    /// The mappings that a mapping is merged into, each with the node or alias in it.
    fn mergers(&self, mapping: NodeId) -> Vec<(NodeId, NodeId)> {
        let mut found = Vec::new();
        for place in self.places(mapping) {
            let Some(parent) = self.tree.parent(place) else { continue };
            let holders = match self.tree.node(parent).kind {
                Kind::Sequence { .. } => self.places(parent),
                _ => vec![place],
            };
            let merged = holders.into_iter().filter(|holder| self.is_merged(*holder));
            found.extend(merged.filter_map(|holder| Some((self.tree.parent(holder)?, place))));
        }
        found
    }

    /// Returns true if `merger` itself, or a source before `source`, has the key.
    fn is_shadowed(&self, merger: NodeId, source: NodeId, key: &str) -> bool {
        let tree = self.tree;
        let has = |mapping: NodeId| has_own(tree, mapping, key);
        let list = tree.parent(source).filter(|parent| matches!(tree.node(*parent).kind, Kind::Sequence { .. }));
        let earlier = list.into_iter().flat_map(|list| tree.items(list)).take_while(|item| **item != source);
        has(merger) || earlier.map(|item| tree.resolve(*item)).any(has)
    }
}

/// Returns true if a mapping has the key by a `<<`.
pub(crate) fn merges(tree: &Tree<'_>, mapping: NodeId, key: &str) -> bool {
    sources(tree, mapping).any(|source| has_key(tree, source, key))
}

/// The value of a mapping's key, its own or by a `<<`, with aliases resolved.
pub(crate) fn effective_value(tree: &Tree<'_>, mapping: NodeId, key: &str) -> Option<NodeId> {
    let mapping = tree.resolve(mapping);
    let own = tree
        .entries(mapping)
        .find(|(own, _)| tree.scalar_text(*own) == Some(key))
        .map(|(_, value)| tree.resolve(value));
    own.or_else(|| sources(tree, mapping).find_map(|source| effective_value(tree, source, key)))
}

/// The items of such a list.
pub(crate) fn effective_items<'t>(tree: &'t Tree<'_>, mapping: NodeId, key: &str) -> &'t [NodeId] {
    effective_value(tree, mapping, key).map_or(&[], |list| tree.items(list))
}

/// Returns true if a mapping has the key, as its own or by a `<<`.
fn has_key(tree: &Tree<'_>, mapping: NodeId, key: &str) -> bool {
    has_own(tree, mapping, key) || merges(tree, mapping, key)
}

fn has_own(tree: &Tree<'_>, mapping: NodeId, key: &str) -> bool {
    tree.entries(mapping).any(|(own, _)| tree.scalar_text(own) == Some(key))
}

/// The mappings that are merged into a mapping.
fn sources<'a>(tree: &'a Tree<'_>, mapping: NodeId) -> impl Iterator<Item = NodeId> + 'a {
    let merged = tree.entries(mapping).filter(|(key, _)| tree.is_merge_key(*key)).map(|(_, value)| tree.resolve(value));
    merged.flat_map(|source| {
        let items = tree.items(source).iter().map(|item| tree.resolve(*item));
        items.chain(matches!(tree.node(source).kind, Kind::Mapping { .. }).then_some(source)).collect::<Vec<_>>()
    })
}

/// The innermost of the node and its ancestors that has an alias, and the first alias of it.
pub(crate) fn first_alias(tree: &Tree<'_>, node: NodeId) -> Option<(NodeId, NodeId)> {
    let alias_of = |target| tree.aliases().iter().copied().find(|alias| tree.resolve(*alias) == target);
    ancestors(tree, node).find_map(|ancestor| alias_of(ancestor).map(|alias| (ancestor, alias)))
}

/// The node and the nodes around it, innermost first.
pub(crate) fn ancestors<'a>(tree: &'a Tree<'_>, node: NodeId) -> impl Iterator<Item = NodeId> + 'a {
    std::iter::successors(Some(node), |node| tree.parent(*node))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths_to(text: &str, anchor: &str) -> u64 {
        let tree = Tree::parse(text).unwrap();
        let (node, _) = tree.anchored().find(|(_, span)| &text[span.range()] == anchor).unwrap();
        Sharing::new(&tree).path_count(node)
    }

    #[test]
    fn aliases_and_merges_are_edges() {
        assert_eq!(paths_to("a: &x [1]\n", "&x"), 1);
        assert_eq!(paths_to("a: &x [1]\nb: *x\nc: [*x]\n", "&x"), 3);
        assert_eq!(paths_to("a: &y {k: &x [1]}\nb: *y\nc: {<<: *y}\n", "&x"), 3);
        assert_eq!(paths_to("a: &y {k: &x [1]}\nc: {<<: [*y], k: 2}\n", "&x"), 1, "shadowed by the mapping's own key");
        assert_eq!(paths_to("a: &y {k: &x [1]}\nz: &z {k: 1}\nc: {<<: [*z, *y]}\n", "&x"), 1, "shadowed by a source");
        assert_eq!(paths_to("a: &y {k: &x [1]}\nc: &c {<<: *y}\nd: [*c]\n", "&x"), 3);
    }

    #[test]
    fn a_removed_key_uncovers_a_merged_one() {
        let with_anchor = |text: &'static str, anchor: &str, check: fn(&Tree<'_>, NodeId) -> bool| {
            let tree = Tree::parse(text).unwrap();
            let (node, _) = tree.anchored().find(|(_, span)| &text[span.range()] == anchor).unwrap();
            check(&tree, node)
        };
        let merges_k = |text, anchor| with_anchor(text, anchor, |tree, node| merges(tree, node, "k"));
        assert!(!merges_k("a: &x {k: 1}\n", "&x"));
        assert!(merges_k("a: &y {k: 1}\nb: &x {<<: *y, k: 2}\n", "&x"));
        assert!(merges_k("a: &y {k: 1}\nb: &z {<<: *y}\nc: &x {k: 2, <<: [*z]}\n", "&x"));
        let uncovers_k = |text, anchor| with_anchor(text, anchor, |tree, node| Sharing::new(tree).uncovers(node, "k"));
        assert!(uncovers_k("a: &x {k: 1}\nb: &y {k: 2}\nc: {<<: [*x, *y]}\n", "&x"));
        assert!(!uncovers_k("a: &x {k: 1}\nb: &y {l: 2}\nc: {<<: [*x, *y]}\n", "&x"));
        assert!(!uncovers_k("a: &x {k: 1}\nb: &y {k: 2}\nc: {<<: [*x, *y], k: 3}\n", "&x"));
        assert!(!uncovers_k("a: &x {k: 1}\nb: {<<: *x}\n", "&x"));
    }
}
