#![allow(clippy::unwrap_used)]
use super::*;

#[test]
fn a_subnet_gives_each_address_once_and_takes_it_back() {
    let mut subnet = Subnet::new("subnet-a", "z", Cidr::parse("10.0.0.0/29").unwrap());
    assert_eq!(subnet.free(), 5);
    let all: Vec<String> = std::iter::from_fn(|| subnet.take()).collect();
    assert_eq!(all, ["10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6"]);
    subnet.release("10.0.0.4");
    assert_eq!(subnet.take().unwrap(), "10.0.0.4");
    assert_eq!(subnet.free(), 0);
}
