//! Errors as services write them: what clients make of each. The bodies are of documents (`tce`, `cce`, `ack`, `ccs`
//! with a line), of public reports, or of the forms that the vendors' own clients parse.

use crate::answers::{answer, connection, entry, input};
use wharf::{Error, ErrorKind};
use wharf_core::connection::CallOptions;
use wharf_core::transport::Replay;

/// Status, body, kind, code, part of the message, request id.
type Row = (u16, &'static str, ErrorKind, &'static str, &'static str, &'static str);

use ErrorKind::{
    Conflict, Credentials, InvalidInput, NotFound, Other, PermissionDenied, Quota, Service, Throttled, Transient,
    Unsupported,
};

/// Tencent's API 3: tencentcloud.common.abstract_client reads `Response.Error`, with any status.
const TENCENT: &[Row] = &[
    // tce:15600 ff., the form of an error.
    (
        200,
        r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureFailure","Message":"The provided credentials could not be validated."},"RequestId":"ed93f3cb-f35e-473f-b9f3-0d451b8b79c6"}}"#,
        Credentials,
        "AuthFailure.SignatureFailure",
        "could not be validated",
        "ed93f3cb-f35e-473f-b9f3-0d451b8b79c6",
    ),
    (
        200,
        r#"{"Response":{"Error":{"Code":"AuthFailure.UnauthorizedOperation","Message":"[request id:a]you are not authorized to perform operation (tke:DescribeClusters)\nresource (qcs::tke:gz:uin/1:cluster/*) has no permission\n"},"RequestId":"a"}}"#,
        PermissionDenied,
        "AuthFailure.UnauthorizedOperation",
        "tke:DescribeClusters",
        "a",
    ),
    (
        200,
        r#"{"Response":{"Error":{"Code":"RequestLimitExceeded","Message":"slow"},"RequestId":"a"}}"#,
        Throttled,
        "RequestLimitExceeded",
        "slow",
        "a",
    ),
    (
        200,
        r#"{"Response":{"Error":{"Code":"InternalError.ClusterNotFound","Message":"m"},"RequestId":"a"}}"#,
        NotFound,
        "InternalError.ClusterNotFound",
        "m",
        "a",
    ),
    // The spellings that the operations' documents print (tce:10347, 11889, 11390, 15700, 11890, 11893, 10353).
    (
        200,
        r#"{"Response":{"Error":{"Code":"InternalServerError.CvmNotFound","Message":"m"},"RequestId":"a"}}"#,
        NotFound,
        "InternalServerError.CvmNotFound",
        "m",
        "a",
    ),
    (
        200,
        r#"{"Response":{"Error":{"Code":"InternalServerError.QuotaMaxClsLimit","Message":"m"},"RequestId":"a"}}"#,
        Quota,
        "InternalServerError.QuotaMaxClsLimit",
        "m",
        "a",
    ),
    (
        200,
        r#"{"Response":{"Error":{"Code":"InternalServerError.VpcRecodrNotFound","Message":"m"},"RequestId":"a"}}"#,
        NotFound,
        "InternalServerError.VpcRecodrNotFound",
        "m",
        "a",
    ),
    (
        200,
        r#"{"Response":{"Error":{"Code":"InternalServerError.CidrInvali","Message":"m"},"RequestId":"a"}}"#,
        InvalidInput,
        "InternalServerError.CidrInvali",
        "m",
        "a",
    ),
    (
        200,
        r#"{"Response":{"Error":{"Code":"InternalServerError.CidrInvalid","Message":"m"},"RequestId":"a"}}"#,
        InvalidInput,
        "InternalServerError.CidrInvalid",
        "m",
        "a",
    ),
    (
        200,
        r#"{"Response":{"Error":{"Code":"InternalServerError.UnexpectedInternal","Message":"m"},"RequestId":"a"}}"#,
        Service,
        "InternalServerError.UnexpectedInternal",
        "m",
        "a",
    ),
    (
        200,
        r#"{"Response":{"Error":{"Code":"InternalServerError","Message":"m"},"RequestId":"a"}}"#,
        Service,
        "InternalServerError",
        "m",
        "a",
    ),
    // The gateway of the older API, before it knows which one is asked (ccs:758).
    (
        200,
        r#"{"code":4104,"message":"secret id is not found","codeDesc":"4104"}"#,
        Other,
        "4104",
        "secret id is not found",
        "",
    ),
    (503, "<html>busy</html>", Transient, "", "HTTP status 503", ""),
    (
        403,
        r#"{"code":"Forbidden","message":"this address is not allowed"}"#,
        PermissionDenied,
        "Forbidden",
        "not allowed",
        "",
    ),
];

/// The registry. tce:18234, 18240, 19399, 16703, 16907.
const TCR: &[Row] = &[
    (
        200,
        r#"{"Response":{"Error":{"Code":"InternalServerError.ErrNotExist","Message":"m"},"RequestId":"a"}}"#,
        NotFound,
        "InternalServerError.ErrNotExist",
        "m",
        "a",
    ),
    (
        200,
        r#"{"Response":{"Error":{"Code":"InternalServerError.ErrorConflict","Message":"m"},"RequestId":"a"}}"#,
        Conflict,
        "InternalServerError.ErrorConflict",
        "m",
        "a",
    ),
    (
        200,
        r#"{"Response":{"Error":{"Code":"InternalServerError.ErrUnauthorized","Message":"m"},"RequestId":"a"}}"#,
        PermissionDenied,
        "InternalServerError.ErrUnauthorized",
        "m",
        "a",
    ),
    (
        200,
        r#"{"Response":{"Error":{"Code":"InvalidParameter.ErrNSMismatch","Message":"m"},"RequestId":"a"}}"#,
        InvalidInput,
        "InvalidParameter.ErrNSMismatch",
        "m",
        "a",
    ),
];

/// Tencent's API 2.0. ccs:493 (5100), ccs:495 ((100004)), ccs:6540 (-502), ccs:6550 (-507).
const CCS: &[Row] = &[
    (
        200,
        r#"{"code":5100,"message":"(100004)projectId is wrong","codeDesc":""}"#,
        InvalidInput,
        "5100",
        "projectId is wrong",
        "",
    ),
    (200, r#"{"code":4400,"message":"too many","codeDesc":"4400"}"#, Throttled, "4400", "too many", ""),
    (200, r#"{"code":-502,"message":"m"}"#, NotFound, "OperationDenied.SourceNotExists", "m", ""),
    (200, r#"{"code":"-507","message":"m"}"#, Quota, "OperationDenied.ExceedLimit", "m", ""),
    (
        200,
        r#"{"code":4103,"message":"(tke:DescribeCluster) has no permission"}"#,
        PermissionDenied,
        "4103",
        "tke:DescribeCluster",
        "",
    ),
    (
        200,
        r#"{"Response":{"Error":{"Code":"UnauthorizedOperation","Message":"m"},"RequestId":"a"}}"#,
        PermissionDenied,
        "UnauthorizedOperation",
        "m",
        "a",
    ),
    (502, "<html>bad gateway</html>", Transient, "", "HTTP status 502", ""),
];

/// Huawei: huaweicloudsdkcore.exceptions.exception_handler reads `error_code`/`error_msg`, `errorCode`/`errorMsg`,
/// `code`/`message`, and objects within that have them.
const CCE: &[Row] = &[
    // cce:687.
    (
        400,
        r#"{"error_msg":"The format of message is error","error_code":"AS.0001"}"#,
        InvalidInput,
        "AS.0001",
        "The format of message is error",
        "",
    ),
    (
        400,
        r#"{"error_code":"CCE_CM.0201","error_msg":"Request body invalid","message":"Need authorize CCE to operate user resources","errorCode":"E.CFE.4000201","reason":"Request body invalid"}"#,
        InvalidInput,
        "CCE_CM.0201",
        "Request body invalid: Need authorize CCE to operate user resources",
        "",
    ),
    (
        400,
        r#"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","code":400,"errorCode":"CCE.01400001","errorMessage":"Invalid request.","error_code":"CCE_CM.0004","error_msg":"Request is invalid","message":"Need authorize CCE to operate user resources","reason":"BadRequest"}"#,
        InvalidInput,
        "CCE.01400001",
        "Request is invalid: Need authorize CCE to operate user resources",
        "",
    ),
    (
        404,
        r#"{"errorCode":"CCE.01404001","errorMessage":"Resource not found."}"#,
        NotFound,
        "CCE.01404001",
        "Resource not found.",
        "",
    ),
    (
        409,
        r#"{"errorCode":"CCE.01409001","errorMsg":"The resource already exists."}"#,
        Conflict,
        "CCE.01409001",
        "already exists",
        "",
    ),
    (
        403,
        r#"{"errorCode":"CCE.01400007","errorMessage":"Insufficient cluster quota."}"#,
        Quota,
        "CCE.01400007",
        "Insufficient cluster quota.",
        "",
    ),
    (
        401,
        r#"{"error_msg":"Incorrect IAM authentication information: decrypt token fail","error_code":"APIGW.0301","request_id":"r-1"}"#,
        Credentials,
        "APIGW.0301",
        "decrypt token fail",
        "r-1",
    ),
    (
        429,
        r#"{"error_msg":"The throttling threshold has been reached: policy user over ratelimit","error_code":"APIG.0308","request_id":"r-1"}"#,
        Throttled,
        "APIG.0308",
        "over ratelimit",
        "r-1",
    ),
    (
        403,
        r#"{"error_msg":"Policy doesn't allow cce:cluster:list to be performed.","error_code":"PAP5.0014","request_id":"r-1","encoded_authorization_message":"XvVQ"}"#,
        PermissionDenied,
        "PAP5.0014",
        "cce:cluster:list",
        "r-1",
    ),
    (
        401,
        r#"{"error":{"code":401,"message":"The username or password is wrong.","title":"Unauthorized"}}"#,
        Credentials,
        "Unauthorized",
        "The username or password is wrong.",
        "",
    ),
    (
        403,
        r#"{"forbidden":{"code":403,"message":"Policy doesn't allow identity:list to be performed."}}"#,
        PermissionDenied,
        "forbidden",
        "identity:list",
        "",
    ),
    (
        404,
        r#"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"persistentvolumeclaims \"a\" not found","reason":"NotFound","details":{"name":"a","kind":"persistentvolumeclaims"},"code":404}"#,
        NotFound,
        "NotFound",
        "persistentvolumeclaims",
        "",
    ),
    (
        422,
        r#"{"kind":"Status","status":"Failure","message":"is invalid","reason":"Invalid","details":{"causes":[{"reason":"FieldValueRequired","message":"spec.size must be set","field":"spec.size"}]},"code":422}"#,
        InvalidInput,
        "Invalid",
        "spec.size must be set",
        "",
    ),
    // cce:8209 to 8213.
    (
        400,
        r#"{"code":"SVCSTG.CCE-ADDONMGR.4040204","message":"release not found"}"#,
        NotFound,
        "SVCSTG.CCE-ADDONMGR.4040204",
        "release not found",
        "",
    ),
    (
        500,
        r#"{"error_code":"SVCSTG.CCE-ADDONMGR.5000001","error_msg":"db failed"}"#,
        Service,
        "SVCSTG.CCE-ADDONMGR.5000001",
        "db failed",
        "",
    ),
    (
        400,
        r#"{"errors":[{"error_code":"CCE.01400001","error_msg":"name is wrong"}],"request_id":"r-1"}"#,
        InvalidInput,
        "CCE.01400001",
        "name is wrong",
        "r-1",
    ),
    (404, "<html>nginx</html>", Other, "", "is the endpoint right?", ""),
];

/// Alibaba: alibabacloud_tea_openapi.client reads `Code` or `code`, `Message` or `message`, `RequestId` or `requestId`
/// and `accessDeniedDetail`; aliyunsdkcore.client the same in XML.
const ACK: &[Row] = &[
    (
        403,
        r#"{"code":"StatusForbidden","message":"StatusForbidden","requestId":"r1","status":403,"accessDeniedDetail":{"AuthAction":"cs:DescribeClusterDetail","AuthPrincipalType":"SubUser","NoPermissionType":"ImplicitDeny","EncodedDiagnosticMessage":"AQIB"}}"#,
        PermissionDenied,
        "StatusForbidden",
        "AuthAction cs:DescribeClusterDetail, AuthPrincipalType SubUser, NoPermissionType ImplicitDeny",
        "r1",
    ),
    (
        404,
        r#"{"code":"ErrorClusterNotFound","message":"the cluster is not there","requestId":"R","status":404}"#,
        NotFound,
        "ErrorClusterNotFound",
        "the cluster is not there",
        "R",
    ),
    (
        403,
        r#"{"Code":"Forbidden.RAM","Message":"User not authorized to operate on the specified resource.","RequestId":"R","HostId":"cs.aliyuncs.com","Recommend":"https://x"}"#,
        PermissionDenied,
        "Forbidden.RAM",
        "not authorized",
        "R",
    ),
    (
        400,
        r#"{"code":"QuotaExceeded.Cluster","message":"5 clusters","request_id":"R"}"#,
        Quota,
        "QuotaExceeded.Cluster",
        "5 clusters",
        "R",
    ),
    (
        400,
        r#"{"Code":"Throttling.User","Message":"Request was denied due to user flow control.","RequestId":"R"}"#,
        Throttled,
        "Throttling.User",
        "flow control",
        "R",
    ),
    (
        400,
        "<?xml version='1.0' encoding='UTF-8'?><Error><RequestId>R</RequestId><HostId>cs.x</HostId><Code>InvalidTimeStamp.Expired</Code><Message>too old &amp; gone</Message></Error>",
        Credentials,
        "InvalidTimeStamp.Expired",
        "too old & gone",
        "R",
    ),
    (
        403,
        "<Error><Code>NoPermission</Code><Message>no</Message><RequestId>R</RequestId><AccessDeniedDetail><AuthAction>cs:Get</AuthAction><NoPermissionType>ExplicitDeny</NoPermissionType></AccessDeniedDetail></Error>",
        PermissionDenied,
        "NoPermission",
        "AuthAction cs:Get, NoPermissionType ExplicitDeny",
        "R",
    ),
    (
        200,
        r#"{"asapiSuccess":false,"asapiErrorCode":"StatusForbidden","asapiErrorMessage":"no right to delete","asapiRequestId":"r"}"#,
        PermissionDenied,
        "StatusForbidden",
        "no right to delete",
        "r",
    ),
    (
        200,
        r#"{"success":false,"code":"NoPermission","message":"no","requestId":"r"}"#,
        PermissionDenied,
        "NoPermission",
        "no",
        "r",
    ),
    (
        404,
        r#"{"Code":"InvalidApi.NotFound","Message":"Specified api is not found, please check your url and method.","RequestId":"R"}"#,
        Unsupported,
        "InvalidApi.NotFound",
        "check your url",
        "R",
    ),
    (
        503,
        r#"{"Code":"ServiceUnavailable","Message":"","RequestId":"R"}"#,
        Transient,
        "ServiceUnavailable",
        "HTTP status 503",
        "R",
    ),
    (
        401,
        r#"{"error":"invalid_token","error_description":"the token has expired"}"#,
        Credentials,
        "invalid_token",
        "the token has expired",
        "",
    ),
    (
        404,
        r#"{"timestamp":"2021-01-01","status":404,"error":"Not Found","message":"No message available","path":"/clusters"}"#,
        NotFound,
        "NotFound",
        "No message available",
        "",
    ),
];

/// ack:4899 to 4906.
const STS: &[Row] = &[
    (
        404,
        r#"{"Code":"EntityNotExist.Role","Message":"The role not exists: acs:ram::1:role/a.","RequestId":"R","HostId":"sts.aliyuncs.com"}"#,
        NotFound,
        "EntityNotExist.Role",
        "The role not exists",
        "R",
    ),
    (
        403,
        r#"{"Code":"NoPermission","Message":"You are not authorized to do this action. You should be authorized by RAM.","RequestId":"R","AccessDeniedDetail":{"AuthAction":"sts:AssumeRole","PolicyType":"AssumeRolePolicy"}}"#,
        PermissionDenied,
        "NoPermission",
        "AuthAction sts:AssumeRole, PolicyType AssumeRolePolicy",
        "R",
    ),
    (
        400,
        r#"{"Code":"InvalidParameter.RoleArn","Message":"The parameter RoleArn is wrongly formed.","RequestId":"R"}"#,
        InvalidInput,
        "InvalidParameter.RoleArn",
        "wrongly formed",
        "R",
    ),
];

async fn error_of(product: &str, name: &str, status: u16, body: &str) -> Error {
    let replay = (0..4).fold(Replay::new(), |replay, _| replay.answer(answer(status, &[], body.as_bytes())));
    let entry = entry(product, name);
    let input = input(entry, "geheim-99");
    let mut output = entry.output();
    let called = connection(product, &replay);
    called.execute(entry.meta, &*input, &CallOptions::default(), &mut *output).await.unwrap_err()
}

#[tokio::test]
async fn every_form_of_an_error_is_understood() {
    let mut rows = 0;
    for (product, operations, table) in [
        ("tke", &["DescribeClusters", "DeleteCluster"][..], TENCENT),
        ("tke-hmac", &["DescribeRegions"], TENCENT),
        ("tcr", &["DescribeNamespacePersonal", "DeleteNamespacePersonal"], TCR),
        ("ccs", &["DescribeCluster", "DeleteCluster"], CCS),
        ("cce", &["ListClusters", "HibernateCluster", "CreateCloudPVC"], CCE),
        ("cce-token", &["GetCluster"], CCE),
        ("ack", &["DescribeClusterDetail", "DeleteCluster", "ModifyClusterTags"], ACK),
        ("ack-acs3", &["DescribeClusterResources"], ACK),
        ("sts", &["AssumeRole"], STS),
    ] {
        for (status, body, kind, code, said, request_id) in table {
            for operation in operations {
                let error = error_of(product, operation, *status, body).await;
                let what = format!("{product} {operation} {status} {body}: {error}");
                assert_eq!((error.kind(), error.status()), (*kind, Some(*status)), "{what}");
                assert_eq!(error.code().unwrap_or_default(), *code, "{what}");
                assert!(error.message().contains(said), "{what}");
                assert_eq!(error.request_id().unwrap_or_default(), *request_id, "{what}");
                assert_eq!(error.is_retryable(), matches!(kind, Throttled | Transient), "{what}");
            }
        }
        rows += table.len();
    }
    assert!(rows >= 58, "{rows}");
}

#[tokio::test]
async fn another_spelling_of_a_code_is_that_code() {
    use wharf::{tcr, tke};
    for (alias, code) in wharf_products::tke::ALIASES {
        let body = format!(r#"{{"Response":{{"Error":{{"Code":"{alias}","Message":"m"}},"RequestId":"r"}}}}"#);
        let error = error_of("tke", "DescribeClusters", 200, &body).await;
        let meant = tke::ErrorCode::from(*code);
        assert_eq!((error.code(), error.kind()), (Some(*alias), meant.kind()), "{alias}");
        assert_eq!(tke::ErrorCode::of(&error), Some(meant), "{alias}");
    }
    for (alias, code) in wharf_products::tcr::ALIASES {
        let body = format!(r#"{{"Response":{{"Error":{{"Code":"{alias}","Message":"m"}},"RequestId":"r"}}}}"#);
        let error = error_of("tcr", "DescribeNamespacePersonal", 200, &body).await;
        let meant = tcr::ErrorCode::from(*code);
        assert_eq!((error.code(), error.kind()), (Some(*alias), meant.kind()), "{alias}");
        assert_eq!(tcr::ErrorCode::of(&error), Some(meant), "{alias}");
    }
    // tce:15684-15712 and 19361-19400 print 17 and 15 codes so, operations more.
    assert!(wharf_products::tke::ALIASES.len() >= 17 && wharf_products::tcr::ALIASES.len() >= 15);
}

#[tokio::test]
async fn the_server_answers_codes_as_the_operations_documents_print_them() {
    use serde_json::json;
    let server = crate::support::server().await;
    let connection = wharf::any::Connection::of(crate::support::tke(&server)).unwrap();
    let basic = json!({"ClusterName": "a", "VpcId": "vpc-none"});
    let range = json!({"ClusterCIDR": "172.17.0.0/16"});
    for (name, input, printed) in [
        // tce:11899 and tce:10522.
        (
            "CreateCluster",
            json!({"ClusterType": "MANAGED_CLUSTER", "ClusterCIDRSettings": range, "ClusterBasicSettings": basic}),
            "InternalServerError.VpcRecodrNotFound",
        ),
        (
            "CheckClusterCIDR",
            json!({"VpcId": "vpc-none", "ClusterCIDR": "172.17.0.0/16", "NetworkType": "GR"}),
            "InternalError.VpcRecodrNotFound",
        ),
    ] {
        let error = connection.call(name, input).await.unwrap_err();
        assert_eq!((error.code(), error.kind()), (Some(printed), NotFound), "{name}: {error}");
    }
}
