use std::sync::{Mutex, PoisonError};
use std::thread;

/// Most threads at once.
const MOST_THREADS: usize = 4;

/// Does the same with each of some things, on threads of its own, and gives the results in order.
///
/// For what is made once and waited for by others: a worker of the shared pool would, while it
/// waits for a part of it, take up work that waits for the whole.
pub(super) fn side_by_side<T: Send, R: Send>(
    things: Vec<T>,
    work: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let threads = processors.min(MOST_THREADS).min(things.len());
    if threads < 2 {
        return things.into_iter().map(work).collect();
    }
    let queue = Mutex::new(things.into_iter().enumerate());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let take = || {
        let mut done = Vec::new();
        while let Some((at, thing)) = next() {
            done.push((at, work(thing)));
        }
        done
    };
    let mut done = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(take)).collect();
        let mut done = take();
        for other in others {
            match other.join() {
                Ok(part) => done.extend(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_the_order() {
        for count in [0, 1, 2, 100] {
            let doubled = side_by_side((0..count).collect(), |it: usize| {
                thread::sleep(std::time::Duration::from_micros((7 * it as u64) % 50));
                2 * it
            });
            let expected: Vec<usize> = (0..count).map(|it| 2 * it).collect();
            assert_eq!(doubled, expected);
        }
    }
}
