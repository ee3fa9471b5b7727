use super::*;

#[test]
fn packages_are_named_after_chart_and_version() {
    assert_eq!(read_path("https://cos/x/nginx-ingress-1.2.3.tgz"), Some(("nginx-ingress", "1.2.3")));
    assert_eq!(read_path("redis-10.0.0-rc.1.tgz"), Some(("redis", "10.0.0-rc.1")));
    for wrong in ["", "nginx.tgz", "nginx-1.2.tgz", "nginx-1.2.3.zip", "-1.2.3.tgz"] {
        assert_eq!(read_path(wrong), None, "{wrong}");
    }
}
