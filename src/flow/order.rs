//! Jobs, each after those that it needs.

use std::collections::HashSet;

/// The numbers from 0 to `count`, each after those that `needs` names; those that need each other keep their order.
pub(super) fn after_needs(count: usize, needs: impl Fn(usize) -> Vec<usize>) -> Vec<usize> {
    let (mut order, mut begun) = (Vec::with_capacity(count), HashSet::new());
    let mut waiting: Vec<(usize, bool)> = (0..count).rev().map(|at| (at, false)).collect();
    while let Some((at, ready)) = waiting.pop() {
        if ready {
            order.push(at);
        } else if begun.insert(at) {
            waiting.push((at, true));
            waiting.extend(needs(at).into_iter().rev().map(|at| (at, false)));
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::after_needs;

    #[test]
    fn what_is_needed_comes_first() {
        let needs = |edges: &'static [(usize, usize)]| {
            move |at: usize| edges.iter().filter(|(from, _)| *from == at).map(|(_, to)| *to).collect::<Vec<_>>()
        };
        assert_eq!(after_needs(3, needs(&[])), [0, 1, 2]);
        assert_eq!(after_needs(3, needs(&[(0, 2), (2, 1)])), [1, 2, 0]);
        assert_eq!(after_needs(3, needs(&[(0, 1), (1, 0)])), [1, 0, 2]);
    }
}
