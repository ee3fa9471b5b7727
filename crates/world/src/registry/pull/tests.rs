use super::*;

#[test]
fn names_are_split_as_container_runtimes_do() {
    let cases = [
        ("nginx", "docker.io", "nginx", "latest"),
        ("team/web:v1", "docker.io", "team/web", "v1"),
        ("localhost:5000/web", "localhost:5000", "web", "latest"),
        ("CCR.ccs.tencentyun.com/team/web:v1", "ccr.ccs.tencentyun.com", "team/web", "v1"),
        ("a.tencentcloudcr.com/team/web@sha256:12", "a.tencentcloudcr.com", "team/web", "sha256:12"),
        ("a.tencentcloudcr.com/team/web:v1@sha256:12", "a.tencentcloudcr.com", "team/web", "sha256:12"),
        ("", "docker.io", "", "latest"),
        ("你/好:标签", "docker.io", "你/好", "标签"),
    ];
    for (name, host, path, reference) in cases {
        let parts = ImageName { host: host.into(), path: path.into(), reference: reference.into() };
        assert_eq!(ImageName::parse(name), parts, "{name}");
    }
}
