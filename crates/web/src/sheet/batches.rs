//! A long list in bounded memory, for readers of any speed.

use futures_util::Stream;
use futures_util::stream::try_unfold;
use qige_cases::views::Page as Batch;

/// One batch after another. The next one is read when it is asked for and not before: a slow reader holds
/// what was read last and nothing else, neither rows nor a connection to the database.
pub(crate) fn batches<T, E, F, Fut>(read: F) -> impl Stream<Item = Result<Vec<T>, E>>
where
    F: FnMut(Option<String>) -> Fut,
    Fut: Future<Output = Result<Batch<T>, E>>,
{
    // Where the next batch begins: None after the last one, Some(None) for the first one.
    try_unfold((read, Some(None)), |(mut read, next)| async move {
        let Some(after) = next else { return Ok(None) };
        let Batch { rows, next } = read(after).await?;
        Ok(Some((rows, (read, next.map(Some)))))
    })
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::pin::pin;
    use std::rc::Rc;

    use futures_util::{FutureExt, StreamExt, TryStreamExt};

    use super::*;

    /// A row that counts how many of its kind are held.
    struct Held(Rc<Cell<usize>>);

    impl Held {
        fn new(count: &Rc<Cell<usize>>) -> Self {
            count.set(count.get() + 1);
            Self(count.clone())
        }
    }

    impl Drop for Held {
        fn drop(&mut self) {
            self.0.set(self.0.get() - 1);
        }
    }

    const BATCH: usize = 1_000;

    /// A million rows in a thousand batches; how many are held when each is asked for, and how often.
    fn million(
        held: &Rc<Cell<usize>>,
        reads: &Rc<Cell<usize>>,
        most: &Rc<Cell<usize>>,
    ) -> impl Stream<Item = Result<Vec<Held>, String>> + use<> {
        let (held, reads, most) = (held.clone(), reads.clone(), most.clone());
        batches(move |after: Option<String>| {
            let at: usize = after.map_or(0, |after| after.parse().unwrap());
            reads.set(reads.get() + 1);
            let rows = (0..BATCH).map(|_| Held::new(&held)).collect();
            most.set(most.get().max(held.get()));
            let next = (at + 1 < 1_000).then(|| (at + 1).to_string());
            async move { Ok(Batch { rows, next }) }
        })
    }

    #[test]
    fn a_million_rows_never_hold_more_than_one_batch() {
        let [held, reads, most] = std::array::from_fn(|_| Rc::new(Cell::new(0)));
        let sizes = million(&held, &reads, &most).map_ok(|rows| rows.len());
        let rows: usize =
            sizes.try_fold(0, |sum, size| async move { Ok(sum + size) }).now_or_never().unwrap().unwrap();
        assert_eq!((rows, reads.get()), (1_000_000, 1_000));
        assert_eq!((most.get(), held.get()), (BATCH, 0));
    }

    #[test]
    fn nothing_is_read_ahead_of_a_slow_reader() {
        let [held, reads, most] = std::array::from_fn(|_| Rc::new(Cell::new(0)));
        let mut rows = pin!(million(&held, &reads, &most));
        assert_eq!(reads.get(), 0);
        for taken in 1..=3 {
            let batch = rows.next().now_or_never().unwrap().unwrap().unwrap();
            assert_eq!((batch.len(), reads.get(), held.get()), (BATCH, taken, BATCH));
        }
    }

    #[test]
    fn after_a_failure_nothing_more_comes() {
        let read = |after: Option<String>| async move {
            match after {
                None => Ok(Batch { rows: vec![1], next: Some("2".to_owned()) }),
                Some(_) => Err("gone"),
            }
        };
        let all: Vec<_> = batches(read).collect().now_or_never().unwrap();
        assert_eq!(all, [Ok(vec![1]), Err("gone")]);
    }
}
