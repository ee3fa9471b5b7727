//! Who may push and pull: logins, tokens, scopes.

use super::*;

const REPOSITORY: &str = "demo/team/web";

#[tokio::test]
async fn a_request_without_a_token_is_told_where_to_get_one() {
    let cloud = Cloud::new().await;
    let refused = cloud.get("/v2/", "").await;
    let realm = format!("Bearer realm=\"{}\",service=\"harbor-registry\"", cloud.url("/service/token"));
    assert_eq!(header(&refused, "www-authenticate"), realm);
    assert_eq!(refusal(refused, 401).await, "UNAUTHORIZED");
    let refused = cloud.get(&format!("/v2/{REPOSITORY}/manifests/v1"), "").await;
    assert_eq!(header(&refused, "www-authenticate"), format!("{realm},scope=\"repository:{REPOSITORY}:pull\""));
    let refused = cloud.request(Method::POST, &format!("/v2/{REPOSITORY}/blobs/uploads/"), "").send().await.unwrap();
    assert_eq!(header(&refused, "www-authenticate"), format!("{realm},scope=\"repository:{REPOSITORY}:pull,push\""));
    let token = token_of(cloud.token_for(&cloud.account, &cloud.password, &[]).await).await;
    assert_eq!(cloud.get("/v2/", &token).await.status(), StatusCode::OK);
    for wrong in [format!("{token}x"), token.replacen('e', "f", 1), "a.b.c".to_owned()] {
        let refused = cloud.get("/v2/", &wrong).await;
        assert!(header(&refused, "www-authenticate").ends_with("error=\"invalid_token\""));
        assert_eq!(refusal(refused, 401).await, "UNAUTHORIZED");
    }
}

#[tokio::test]
async fn a_login_has_the_password_of_its_registry() {
    let cloud = Cloud::new().await;
    let (instance, personal) = ("repository:demo/team/web:pull,push", "repository:team/web:pull,push");
    let user = cloud.account.as_str();
    for (user, password, scopes, status) in [
        (user, cloud.password.as_str(), vec![], 200),
        (user, PASSWORD, vec![], 200),
        (user, cloud.password.as_str(), vec![instance], 200),
        (user, PASSWORD, vec![personal], 200),
        (user, "wrong", vec![], 401),
        (user, "wrong", vec![instance], 401),
        ("somebody", cloud.password.as_str(), vec![instance], 401),
        ("", "", vec![instance], 200),
    ] {
        let answer = cloud.token_for(user, password, &scopes).await;
        assert_eq!(answer.status().as_u16(), status, "{user} {scopes:?}");
    }
    // The password of one registry opens no other one, and a token of one repository no other one.
    let token = token_of(cloud.token_for(user, PASSWORD, &[instance]).await).await;
    let refused = cloud.get(&format!("/v2/{REPOSITORY}/tags/list"), &token).await;
    assert!(header(&refused, "www-authenticate").ends_with("error=\"insufficient_scope\""));
    assert_eq!(refusal(refused, 401).await, "UNAUTHORIZED");
    let token = cloud.token(REPOSITORY).await;
    assert_eq!(refusal(cloud.get("/v2/demo/team/other/tags/list", &token).await, 401).await, "UNAUTHORIZED");
    // The form of OAuth 2.
    let form = format!("grant_type=password&service=x&username={user}&password={}&scope={instance}", cloud.password);
    let post = |form: String| {
        let request = cloud.client.post(cloud.url("/service/token"));
        request.header("content-type", "application/x-www-form-urlencoded").body(form).send()
    };
    let token = token_of(post(form).await.unwrap()).await;
    cloud.push(REPOSITORY, "v1", &Image::of(&["one"])).await;
    assert_eq!(cloud.get(&format!("/v2/{REPOSITORY}/tags/list"), &token).await.status(), StatusCode::OK);
    assert_eq!(refusal(post("grant_type=refresh_token".to_owned()).await.unwrap(), 405).await, "UNSUPPORTED");
    let journal = format!("{:?}", cloud.server.journal().calls());
    assert!(!journal.contains(&cloud.password) && !journal.contains(PASSWORD) && !journal.contains(&token));
}

#[tokio::test]
async fn passwords_and_tokens_expire() {
    let cloud = Cloud::new().await;
    cloud.push(REPOSITORY, "v1", &Image::of(&["one"])).await;
    let path = format!("/v2/{REPOSITORY}/tags/list");
    let token = cloud.token(REPOSITORY).await;
    cloud.server.advance(Duration::from_secs(29 * 60));
    assert_eq!(cloud.get(&path, &token).await.status(), StatusCode::OK);
    cloud.server.advance(Duration::from_secs(2 * 60));
    assert_eq!(refusal(cloud.get(&path, &token).await, 401).await, "UNAUTHORIZED");
    let again = cloud.token(REPOSITORY).await;
    assert_eq!(cloud.get(&path, &again).await.status(), StatusCode::OK);
    // A temporary password is valid for an hour.
    cloud.server.advance(Duration::from_secs(30 * 60));
    let refused = cloud.token_for(&cloud.account, &cloud.password, &[]).await;
    assert_eq!(refusal(refused, 401).await, "UNAUTHORIZED");
    // One of a long term is valid until it is disabled or deleted.
    let long = json!({"TokenType": "longterm", "Desc": "of the pipeline"});
    let long = cloud.call("CreateInstanceToken", long).await;
    let (password, id) = (long["Token"].as_str().unwrap(), long["TokenId"].as_str().unwrap());
    cloud.server.advance(Duration::from_secs(30 * 24 * 60 * 60));
    let works = async || cloud.token_for(&cloud.account, password, &[]).await.status() == StatusCode::OK;
    assert!(works().await);
    let listed = cloud.call("DescribeInstanceToken", json!({})).await;
    assert_eq!((&listed["TotalCount"], &listed["Tokens"][0]["Desc"]), (&json!(1), &json!("of the pipeline")));
    cloud.call("ModifyInstanceToken", json!({"TokenId": id, "Enable": false, "ModifyFlag": 2})).await;
    assert!(!works().await);
    cloud.call("ModifyInstanceToken", json!({"TokenId": id, "Enable": true})).await;
    assert!(works().await);
    cloud.call("DeleteInstanceToken", json!({"TokenId": id})).await;
    assert!(!works().await);
}

#[tokio::test]
async fn a_service_account_may_do_what_its_permissions_say() {
    let cloud = Cloud::new().await;
    cloud.push(REPOSITORY, "v1", &Image::of(&["one"])).await;
    let account = async |name: &str, actions: &[&str]| {
        let permissions = json!([{"Resource": "team", "Actions": actions}]);
        let input = json!({"Name": name, "Permissions": permissions, "Duration": 30});
        let account = cloud.call("CreateServiceAccount", input).await;
        let text = |member: &str| account[member].as_str().unwrap().to_owned();
        (text("Name"), text("Password"))
    };
    let (reader, reading) = account("reader", &["tcr:PullRepository"]).await;
    let (writer, writing) = account("writer", &["tcr:PullRepository", "tcr:PushRepository"]).await;
    assert_eq!((&*reader, &*writer), ("tcr$reader", "tcr$writer"));
    let scope = format!("repository:{REPOSITORY}:pull,push,delete");
    let token = token_of(cloud.token_for(&reader, &reading, &[&scope]).await).await;
    assert_eq!(cloud.get(&format!("/v2/{REPOSITORY}/manifests/v1"), &token).await.status(), StatusCode::OK);
    let uploads = format!("/v2/{REPOSITORY}/blobs/uploads/");
    let refused = cloud.request(Method::POST, &uploads, &token).send().await.unwrap();
    assert_eq!(refusal(refused, 401).await, "UNAUTHORIZED");
    let token = token_of(cloud.token_for(&writer, &writing, &[&scope]).await).await;
    assert_eq!(cloud.upload(REPOSITORY, &token, &content("more")).await.status(), StatusCode::CREATED);
    let delete = cloud.request(Method::DELETE, &format!("/v2/{REPOSITORY}/manifests/v1"), &token);
    assert_eq!(refusal(delete.send().await.unwrap(), 401).await, "UNAUTHORIZED");
    // Permissions are for namespaces.
    cloud.call("CreateNamespace", json!({"NamespaceName": "other", "IsPublic": false})).await;
    let other = "repository:demo/other/web:pull,push";
    let token = token_of(cloud.token_for(&writer, &writing, &[other]).await).await;
    let refused = cloud.request(Method::POST, "/v2/demo/other/web/blobs/uploads/", &token).send().await.unwrap();
    assert_eq!(refusal(refused, 401).await, "UNAUTHORIZED");

    let status = async |password: &str| cloud.token_for(&reader, password, &[]).await.status().as_u16();
    cloud.call("ModifyServiceAccount", json!({"Name": "reader", "Disable": true})).await;
    assert_eq!(status(&reading).await, 401);
    cloud.call("ModifyServiceAccount", json!({"Name": "reader", "Disable": false})).await;
    let new = cloud.call("ModifyServiceAccountPassword", json!({"Name": "reader", "Random": true})).await;
    assert_eq!((status(&reading).await, status(new["Password"].as_str().unwrap()).await), (401, 200));
    cloud.server.advance(Duration::from_secs(31 * 24 * 60 * 60));
    assert_eq!(status(new["Password"].as_str().unwrap()).await, 401);
    let listed = cloud.call("DescribeServiceAccounts", json!({"EmbedPermission": true})).await;
    assert_eq!(
        (&listed["TotalCount"], &listed["ServiceAccounts"][0]["Permissions"][0]["Resource"]),
        (&json!(2), &json!("team"))
    );
    cloud.call("DeleteServiceAccount", json!({"Name": "reader"})).await;
    assert_eq!(cloud.code("DeleteServiceAccount", json!({"Name": "reader"})).await, "InvalidParameter");
    let wrong = json!({"Name": "x", "Permissions": [{"Resource": "team", "Actions": ["tcr:Everything"]}]});
    assert_eq!(cloud.code("CreateServiceAccount", wrong).await, "InvalidParameter");
}

#[tokio::test]
async fn everybody_pulls_from_a_public_namespace() {
    let cloud = Cloud::new().await;
    cloud.push(REPOSITORY, "v1", &Image::of(&["one"])).await;
    let scope = format!("repository:{REPOSITORY}:pull,push");
    let path = format!("/v2/{REPOSITORY}/manifests/v1");
    let token = token_of(cloud.token_for("", "", &[&scope]).await).await;
    assert_eq!(refusal(cloud.get(&path, &token).await, 401).await, "UNAUTHORIZED");
    cloud.call("ModifyNamespace", json!({"NamespaceName": "team", "IsPublic": true})).await;
    let token = token_of(cloud.token_for("", "", &[&scope]).await).await;
    assert_eq!(cloud.get(&path, &token).await.status(), StatusCode::OK);
    let refused =
        cloud.request(Method::POST, &format!("/v2/{REPOSITORY}/blobs/uploads/"), &token).send().await.unwrap();
    assert_eq!(refusal(refused, 401).await, "UNAUTHORIZED");
}

#[tokio::test]
async fn the_host_of_an_instance_names_it() {
    let cloud = Cloud::new().await;
    cloud.push(REPOSITORY, "v1", &Image::of(&["one"])).await;
    for host in ["demo.tencentcloudcr.com", "demo-vpc.tencentcloudcr.com", "DEMO.tencentcloudcr.com:443"] {
        let url = cloud.url("/service/token?scope=repository:team/web:pull");
        let request = cloud.client.get(url).basic_auth(&cloud.account, Some(&cloud.password)).header("host", host);
        let token = token_of(request.send().await.unwrap()).await;
        let request = cloud.request(Method::GET, "/v2/team/web/manifests/v1", &token).header("host", host);
        assert_eq!(request.send().await.unwrap().status(), StatusCode::OK, "{host}");
        // The same name at another host is another repository.
        assert_eq!(refusal(cloud.get("/v2/team/web/manifests/v1", &token).await, 401).await, "UNAUTHORIZED");
    }
}
