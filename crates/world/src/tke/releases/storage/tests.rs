use super::{checksum, packed};

#[test]
fn the_checksum_is_that_of_gzip() {
    // The check value of CRC-32/ISO-HDLC.
    assert_eq!(checksum(b"123456789"), 0xcbf4_3926);
    assert_eq!(checksum(b""), 0);
}

#[test]
fn a_stream_has_its_bytes_in_blocks() {
    let stream = packed(&vec![7; 70_000]);
    assert_eq!(stream[..4], [0x1f, 0x8b, 8, 0]);
    assert_eq!(stream[10..15], [0, 0xff, 0xff, 0, 0], "a block that is not the last one");
    let second = 15 + 65_535;
    assert_eq!(stream[second], 1, "the last block");
    assert_eq!(u16::from_le_bytes([stream[second + 1], stream[second + 2]]), 4_465);
    assert_eq!(stream[stream.len() - 4..], 70_000_u32.to_le_bytes());
}
