//! How many ways lead to a node: an edit of a node is an edit wherever an alias or a `<<` leads to it.

use std::collections::HashMap;

use super::tree::{Kind, NodeId, Tree};

/// The ways through a tree, each counted once however often it is asked for.
#[derive(Debug)]
pub(crate) struct Sharing<'a, 't> {
    tree: &'a Tree<'t>,
    aliases: HashMap<NodeId, Vec<NodeId>>,
    ways: HashMap<NodeId, u64>,
    ways_to_keys: HashMap<(NodeId, String), u64>,
}

impl<'a, 't> Sharing<'a, 't> {
    /// For a tree that has aliases; in one that has none, one way leads to every node.
    pub(crate) fn new(tree: &'a Tree<'t>) -> Self {
        let mut aliases: HashMap<NodeId, Vec<NodeId>> = HashMap::new();
        for &alias in tree.aliases() {
            aliases.entry(tree.resolve(alias)).or_default().push(alias);
        }
        Self { tree, aliases, ways: HashMap::new(), ways_to_keys: HashMap::new() }
    }

    /// In how many places of the documents a node is read as a value, aliases and `<<` followed.
    pub(crate) fn ways(&mut self, node: NodeId) -> u64 {
        if let Some(known) = self.ways.get(&node) {
            return *known;
        }
        let places = self.places(node);
        let ways = places.into_iter().map(|place| self.ways_through(place)).fold(0, u64::saturating_add);
        self.ways.insert(node, ways);
        ways
    }

    /// In how many places of the documents a mapping is read with what it holds under `key`: as itself, or merged into
    /// another that has no such key before it.
    pub(crate) fn ways_to_key(&mut self, mapping: NodeId, key: &str) -> u64 {
        let asked = (mapping, key.to_owned());
        if let Some(known) = self.ways_to_keys.get(&asked) {
            return *known;
        }
        let mut ways = self.ways(mapping);
        for merger in self.reached_by_key(mapping, key) {
            ways = ways.saturating_add(self.ways_to_key(merger, key));
        }
        self.ways_to_keys.insert(asked, ways);
        ways
    }

    /// The mappings that a mapping is merged into and that a key of it reaches.
    pub(crate) fn reached_by_key(&self, mapping: NodeId, key: &str) -> Vec<NodeId> {
        let reached =
            self.mergers(mapping).into_iter().filter(|(merger, source)| !self.is_shadowed(*merger, *source, key));
        reached.map(|(merger, _)| merger).collect()
    }

    /// Whether, where a mapping loses a key, another that it is merged into gets it from elsewhere.
    pub(crate) fn uncovers(&self, mapping: NodeId, key: &str) -> bool {
        self.mergers(mapping).into_iter().any(|(merger, _)| {
            let mut others = sources(self.tree, merger).filter(|source| *source != mapping);
            !has_own(self.tree, merger, key)
                && (others.any(|source| brings(self.tree, source, key)) || self.uncovers(merger, key))
        })
    }

    /// Where a node stands: at its own place, and at each alias of it.
    fn places(&self, node: NodeId) -> Vec<NodeId> {
        let aliases = self.aliases.get(&node).map_or(&[][..], Vec::as_slice);
        std::iter::once(node).chain(aliases.iter().copied()).collect()
    }

    /// The ways to the value that stands at this very place.
    fn ways_through(&mut self, place: NodeId) -> u64 {
        let Some(parent) = self.tree.parent(place) else { return 1 };
        match self.tree.node(parent).kind {
            Kind::Mapping { .. } => match self.tree.key_of(place) {
                Some(key) if !self.tree.is_merge_key(key) => {
                    let key = self.tree.scalar_text(key).unwrap_or_default().to_owned();
                    self.ways_to_key(parent, &key)
                }
                _ => 0,
            },
            _ if self.is_merge_list(parent) => 0,
            _ => self.ways(parent),
        }
    }

    /// Whether what stands at a place is the value of a `<<`.
    fn is_merged(&self, place: NodeId) -> bool {
        self.tree.key_of(place).is_some_and(|key| self.tree.is_merge_key(key))
    }

    fn is_merge_list(&self, list: NodeId) -> bool {
        self.places(list).into_iter().any(|place| self.is_merged(place))
    }

    /// The mappings that a mapping is merged into, each with the place in it that brings it.
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

    /// Whether, in `merger`, its own keys or a source before the one at `source` have the key.
    fn is_shadowed(&self, merger: NodeId, source: NodeId, key: &str) -> bool {
        let tree = self.tree;
        let has = |mapping: NodeId| has_own(tree, mapping, key);
        let list = tree.parent(source).filter(|parent| matches!(tree.node(*parent).kind, Kind::Sequence { .. }));
        let earlier = list.into_iter().flat_map(|list| tree.items(list)).take_while(|item| **item != source);
        has(merger) || earlier.map(|item| tree.resolve(*item)).any(has)
    }
}

/// Whether a `<<` of the mapping brings the key.
pub(crate) fn merges(tree: &Tree<'_>, mapping: NodeId, key: &str) -> bool {
    sources(tree, mapping).any(|source| brings(tree, source, key))
}

/// Whether a mapping has the key, as its own or by a `<<`.
fn brings(tree: &Tree<'_>, mapping: NodeId, key: &str) -> bool {
    has_own(tree, mapping, key) || merges(tree, mapping, key)
}

fn has_own(tree: &Tree<'_>, mapping: NodeId, key: &str) -> bool {
    tree.entries(mapping).any(|(own, _)| tree.scalar_text(own) == Some(key))
}

/// The mappings that the `<<` of a mapping bring.
fn sources<'a>(tree: &'a Tree<'_>, mapping: NodeId) -> impl Iterator<Item = NodeId> + 'a {
    let merged = tree.entries(mapping).filter(|(key, _)| tree.is_merge_key(*key)).map(|(_, value)| tree.resolve(value));
    merged.flat_map(|source| {
        let items = tree.items(source).iter().map(|item| tree.resolve(*item));
        items.chain(matches!(tree.node(source).kind, Kind::Mapping { .. }).then_some(source)).collect::<Vec<_>>()
    })
}

/// The node nearest to `node`, itself or one that it stands in, that an alias leads to, and the first such alias.
pub(crate) fn first_alias(tree: &Tree<'_>, node: NodeId) -> Option<(NodeId, NodeId)> {
    let alias_of = |target| tree.aliases().iter().copied().find(|alias| tree.resolve(*alias) == target);
    ancestors(tree, node).find_map(|ancestor| alias_of(ancestor).map(|alias| (ancestor, alias)))
}

/// The node and those that it stands in, innermost first.
pub(crate) fn ancestors<'a>(tree: &'a Tree<'_>, node: NodeId) -> impl Iterator<Item = NodeId> + 'a {
    std::iter::successors(Some(node), |node| tree.parent(*node))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ways_to(text: &str, anchor: &str) -> u64 {
        let tree = Tree::parse(text).unwrap();
        let (node, _) = tree.anchored().find(|(_, span)| &text[span.range()] == anchor).unwrap();
        Sharing::new(&tree).ways(node)
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

    #[test]
    fn a_key_that_goes_uncovers_one_that_is_merged() {
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
