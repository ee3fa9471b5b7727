use super::*;

#[test]
fn the_course_is_smooth_and_bounded() {
    for seed in [0, 1, 0xdead_beef_0123_4567, u64::MAX] {
        for minute in 0..3_000_u64 {
            let at = 1_717_200_000_000 + minute * 60_000;
            let (here, next) = (wave(seed, at), wave(seed, at + 60_000));
            assert!((0.0..=1.0).contains(&here), "{here}");
            assert!((here - next).abs() < 0.05, "{here} {next}");
        }
    }
}
