use super::*;

/// The digests are those of FIPS 180-4's example `abc`.
#[test]
fn digests_are_those_of_the_standard() {
    let sha256 = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(digest_of(Algorithm::Sha256, b"abc"), sha256);
    let sha512 = "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
                  2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
    assert_eq!(digest_of(Algorithm::Sha512, b"abc"), sha512);
    assert_eq!((Algorithm::of(sha256), Algorithm::of(sha512)), (Some(Algorithm::Sha256), Some(Algorithm::Sha512)));
}

#[test]
fn a_digest_has_a_known_algorithm_and_all_its_lower_case_digits() {
    let upper = format!("sha256:{}", "A".repeat(64));
    for wrong in ["", "sha256:", "sha256:ab", "md5:900150983cd24fb0d6963f7d28e17f72", "latest", &upper] {
        assert_eq!(Algorithm::of(wrong), None, "{wrong}");
    }
}
