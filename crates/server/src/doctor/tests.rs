#![allow(clippy::unwrap_used)]
use super::*;
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// As many mistakes about different things, every other one of which is tried alone.
fn mistakes(count: usize) -> Vec<Mistake<usize>> {
    let subject = |at: usize| ["a", "b", "c", "d", "e"].get(at % 5).copied().unwrap_or_default();
    let make = |case: &mut usize| *case += 1;
    (0..count)
        .map(|at| match at % 2 {
            0 => Mistake::new(subject(at), "", make),
            _ => Mistake::alone(subject(at), "", make),
        })
        .collect()
}

/// How many tries are made when nothing explains the signature, and how many of them with two mistakes.
fn tries(cost: usize, count: usize) -> (usize, usize) {
    let (all, pairs) = (Cell::new(0), Cell::new(0));
    let found = explain(&0, cost, &mistakes(count), |case| {
        all.set(all.get() + 1);
        pairs.set(pairs.get() + usize::from(*case == 2));
        false
    });
    assert!(found.is_none());
    (all.get(), pairs.get())
}

#[test]
fn all_tries_together_sign_no_more_than_the_budget() {
    for cost in [0, 100, 10_000, MOST_EXAMINED] {
        for count in [10, 100, 10_000] {
            let (all, _) = tries(cost, count);
            assert!(all * (cost + TRY) <= BUDGET, "{cost} {count}: {all}");
        }
    }
    assert!(tries(MOST_EXAMINED, 100).0 >= 20, "the largest that is examined has its tries, too");
}

#[test]
fn those_of_a_large_kind_are_tried_alone_and_the_others_in_pairs() {
    assert_eq!(tries(0, 10), (10 + 10, 10), "ten pairs of five");
}

#[tokio::test]
async fn a_few_diagnoses_are_made_at_the_same_time_and_no_more_than_a_few_wait() {
    let doctor = Arc::new(Doctor::default());
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let all_have_asked = Arc::new(AtomicBool::new(false));
    let asked: Vec<_> = (0..3 * WAITING)
        .map(|_| {
            let (doctor, now, most) = (doctor.clone(), now.clone(), most.clone());
            let all_have_asked = all_have_asked.clone();
            let doubt = Doubt::new(move || {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                while !all_have_asked.load(Ordering::SeqCst) {
                    std::thread::sleep(Duration::from_millis(1));
                }
                now.fetch_sub(1, Ordering::SeqCst);
                diagnosis(String::new(), None)
            });
            tokio::spawn(async move { doctor.examine(doubt).await })
        })
        .collect();
    let refused = || asked.iter().filter(|task| task.is_finished()).count();
    while refused() < 2 * WAITING || now.load(Ordering::SeqCst) < AT_ONCE {
        tokio::task::yield_now().await;
    }
    all_have_asked.store(true, Ordering::SeqCst);
    let mut made = 0;
    for task in asked {
        made += usize::from(task.await.unwrap().is_some());
    }
    assert_eq!((made, most.load(Ordering::SeqCst)), (WAITING, AT_ONCE));
    assert!(doctor.examine(Doubt::too_large(1)).await.is_some(), "there is room again");
}
