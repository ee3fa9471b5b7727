"""Tencent's own Python client drives the whole personal registry.

Run by the test suite; see tencent_lifecycle.py and meanwhile.py. Time stands still but for `wait`.
Usage: registry.py SIGNATURE HTTP_METHOD
"""

import sys

from tencentcloud.tcr.v20190924 import models as tcr
from tencentcloud.tcr.v20190924.tcr_client import TcrClient

from tencent_lifecycle import client, expect, filled, refused
from meanwhile import favor, login, push, wait

HOUR = 3600
DAY = 24 * HOUR


def call(registry, action, **members):
    """The action by its typed request and answer."""
    return getattr(registry, action)(filled(getattr(tcr, action + "Request")(), **members))


def equal(got, expected, what):
    expect(got == expected, f"{what}: {got!r} is not {expected!r}")


def paged(registry, action, total, items, what, **members):
    """Pages of two after each other are the list, and each tells the total. Gives the list."""
    def page(offset, limit):
        data = call(registry, action, Offset=offset, Limit=limit, **members).Data
        return getattr(data, total), [item.to_json_string() for item in getattr(data, items)]

    count, whole = page(0, 100)
    equal(len(whole), count, what + ": total and list")
    together = []
    for offset in range(0, count + 2, 2):
        told, some = page(offset, 2)
        equal(told, count, what + ": total of a page")
        equal(len(some), max(0, min(2, count - offset)), what + ": length of a page")
        together += some
    equal(together, whole, what + ": pages")
    return getattr(call(registry, action, Offset=0, Limit=100, **members).Data, items)


def users(registry):
    refused("ResourceNotFound.ErrNoUser", lambda: call(registry, "CreateNamespacePersonal", Namespace="team"))
    call(registry, "CreateUserPersonal", Password="Wharf-witness-1")
    expect(login("Wharf-witness-1"), "login")
    refused("InvalidParameter.ErrUserExist", lambda: call(registry, "CreateUserPersonal", Password="Wharf-witness-2"))
    call(registry, "ModifyUserPasswordPersonal", Password="Wharf-witness-2")
    expect(login("Wharf-witness-2") and not login("Wharf-witness-1"), "the new password is the one that works")
    limits = call(registry, "DescribeUserQuotaPersonal").Data.LimitInfo
    expect(all(isinstance(limit, tcr.Limit) and limit.Username for limit in limits), limits)
    quotas = {limit.Type: limit.Value for limit in limits}
    equal((quotas["namespace"], quotas["repo"]), (10, 100), "quotas")


def namespaces(registry):
    for name in ("team", "web", "web-team"):
        call(registry, "CreateNamespacePersonal", Namespace=name)
    told = refused("InvalidParameter.ErrNamespaceExist", lambda: call(registry, "CreateNamespacePersonal", Namespace="team"))
    expect("team" in told.message, told.message)
    found = paged(registry, "DescribeNamespacePersonal", "NamespaceCount", "NamespaceInfo", "namespaces", Namespace="")
    equal([n.Namespace for n in found], ["team", "web", "web-team"], "namespaces")
    found = call(registry, "DescribeNamespacePersonal", Namespace="web", Limit=10, Offset=0).Data
    equal((found.NamespaceCount, [n.RepoCount for n in found.NamespaceInfo]), (2, [0, 0]), "namespaces by name")
    told = call(registry, "ValidateNamespaceExistPersonal", Namespace="web").Data
    equal((told.IsExist, told.IsPreserved), (True, False), "exists")
    call(registry, "DeleteNamespacePersonal", Namespace="web-team")
    told = call(registry, "ValidateNamespaceExistPersonal", Namespace="web-team").Data
    equal((told.IsExist, told.IsPreserved), (False, False), "is gone")
    told = call(registry, "ValidateNamespaceExistPersonal", Namespace="tencentyun").Data
    equal((told.IsExist, told.IsPreserved), (False, True), "is reserved")
    refused("ResourceNotFound.ErrNoNamespace", lambda: call(registry, "DeleteNamespacePersonal", Namespace="web-team"))
    for number in range(8):
        call(registry, "CreateNamespacePersonal", Namespace=f"n{number}")
    told = refused("LimitExceeded.ErrNamespaceMaxLimit", lambda: call(registry, "CreateNamespacePersonal", Namespace="n8"))
    expect("10" in told.message, told.message)


def repositories(registry):
    made = [("team/app", 0, ""), ("team/web", 1, "网站 & co = 1"), ("web/app", 1, "a b"), ("web/old", 0, "+%")]
    for name, public, description in made:
        call(registry, "CreateRepositoryPersonal", RepoName=name, Public=public, Description=description)
    refused("InvalidParameter.ErrRepoExist", lambda: call(registry, "CreateRepositoryPersonal", RepoName="team/app"))
    refused("InvalidParameter.ErrNSMisMatch", lambda: call(registry, "CreateRepositoryPersonal", RepoName="none/app"))
    for name, public, description in made:
        told = call(registry, "DescribeRepositoryPersonal", RepoName=name).Data
        equal((told.RepoName, told.Public, told.Description), (name, public, description), name)
        expect(told.Server and told.CreationTime and told.IsUserFavor is False, told)
    names = [name for name, _, _ in made]
    owned = paged(registry, "DescribeRepositoryOwnerPersonal", "TotalCount", "RepoInfo", "own repositories")
    equal([r.RepoName for r in owned], names, "own repositories")
    owned = call(registry, "DescribeRepositoryOwnerPersonal", RepoName="app").Data
    equal([r.RepoName for r in owned.RepoInfo], ["team/app", "web/app"], "own repositories by name")

    def found(**members):
        listed = paged(registry, "DescribeRepositoryFilterPersonal", "TotalCount", "RepoInfo", str(members), **members)
        return [r.RepoName for r in listed]

    equal(found(), names, "all")
    equal(found(RepoName="we"), ["team/web", "web/app", "web/old"], "by name")
    equal(found(Namespace="web"), ["web/app", "web/old"], "by namespace")
    equal(found(Public=1), ["team/web", "web/app"], "public")
    equal(found(RepoName="app", Public=0, Namespace="team"), ["team/app"], "by all")

    call(registry, "ModifyRepositoryAccessPersonal", RepoName="team/web", Public=0)
    call(registry, "ModifyRepositoryInfoPersonal", RepoName="team/web", Description="改")
    told = call(registry, "DescribeRepositoryPersonal", RepoName="team/web").Data
    equal((told.Public, told.Description), (0, "改"), "changed")

    favor("team/web")
    favor("web/app")
    favorites = paged(registry, "DescribeFavorRepositoryPersonal", "TotalCount", "RepoInfo", "favorites", RepoName="")
    equal([(f.RepoName, f.FavorCount) for f in favorites], [("team/web", 1), ("web/app", 1)], "favorites")
    some = call(registry, "DescribeFavorRepositoryPersonal", RepoName="app", Limit=10, Offset=0).Data
    equal([f.RepoName for f in some.RepoInfo], ["web/app"], "favorites by name")
    expect(call(registry, "DescribeRepositoryPersonal", RepoName="web/app").Data.IsUserFavor is True, "is a favorite")

    call(registry, "DeleteRepositoryPersonal", RepoName="web/old")
    exists = call(registry, "ValidateRepositoryExistPersonal", RepoName="web/old").Data.IsExist
    equal(exists, False, "is gone")
    refused("ResourceNotFound", lambda: call(
        registry, "BatchDeleteRepositoryPersonal", RepoNames=["web/app", "web/old"]))
    equal(call(registry, "ValidateRepositoryExistPersonal", RepoName="web/app").Data.IsExist, True, "all or nothing")


def tags(registry, repository="team/app"):
    found = paged(registry, "DescribeImagePersonal", "TagCount", "TagInfo", "tags", RepoName=repository)
    expect(all(isinstance(tag, tcr.TagInfo) for tag in found), found)
    return [tag.TagName for tag in found]


def images(registry):
    equal(tags(registry), [], "no tags")
    digest = push("team/app", "v1", "one")
    push("team/app", "v2", "two")
    push("team/app", "v3", "three")
    equal(tags(registry), ["v3", "v2", "v1"], "tags")
    found = call(registry, "DescribeImagePersonal", RepoName="team/app", Tag="v1").Data
    equal((found.TagCount, found.TagInfo[0].TagId, found.RepoName), (1, digest, "team/app"), "tag by name")
    expect(found.TagInfo[0].SizeByte > 0 and found.TagInfo[0].Size and found.TagInfo[0].PushTime, found)

    for to in ("team/app:stable", "team/web:v1"):
        copied = call(registry, "DuplicateImagePersonal", SrcImage="team/app:v1", DestImage=to).Data
        equal(copied.Digest, digest, "copy")
    same = call(registry, "DescribeImageFilterPersonal", RepoName="team/app", Tag="v1").Data.SameImages
    equal(same, ["stable"], "same images")
    equal(tags(registry, "team/web"), ["v1"], "copied")
    refused("ResourceNotFound.ErrNoTag", lambda: call(
        registry, "DuplicateImagePersonal", SrcImage="team/app:v9", DestImage="team/web:v9"))
    refused("InvalidParameter.ErrNSMisMatch", lambda: call(
        registry, "DuplicateImagePersonal", SrcImage="team/app:v1", DestImage="none/web:v9"))

    call(registry, "DeleteImagePersonal", RepoName="team/app", Tag="v2")
    refused("ResourceNotFound", lambda: call(registry, "BatchDeleteImagePersonal", RepoName="team/app", Tags=["v1", "v2"]))
    equal(tags(registry), ["stable", "v3", "v1"], "one is deleted, and all or nothing of several")
    call(registry, "BatchDeleteImagePersonal", RepoName="team/app", Tags=["v1", "stable"])
    equal(tags(registry), ["v3"], "several are deleted")


def lifecycles(registry):
    # The two operations that the vendor has taken out of its models are called by their names.
    def rule(repository):
        told = call(registry, "DescribeImageLifecyclePersonal", RepoName=repository).Data
        equal(told.TotalCount, len(told.StrategyInfo), "rules")
        return [(r.RepoName, r.Type, r.Value) for r in told.StrategyInfo]

    def of_account():
        told = call(registry, "DescribeImageLifecycleGlobalPersonal").Data
        return [(r.Type, r.Value) for r in told.StrategyInfo]

    equal((rule("team/app"), of_account()), ([], []), "no rules")
    for tag in ("a", "b", "c"):
        push("team/app", tag, tag)
        push("team/web", tag, tag)
    registry.call("CreateImageLifecyclePersonal", {"RepoName": "team/app", "Type": "keep_last_nums", "Val": 2})
    call(registry, "ManageImageLifecycleGlobalPersonal", Type="global_keep_last_nums", Val=1)
    equal(rule("team/app"), [("team/app", "keep_last_nums", 2)], "rule")
    equal(of_account(), [("global_keep_last_nums", 1)], "rule of the account")
    wait(HOUR)
    equal((tags(registry), tags(registry, "team/web")), (["c", "b"], ["c"]), "cleaned")
    registry.call("DeleteImageLifecyclePersonal", {"RepoName": "team/app"})
    call(registry, "ManageImageLifecycleGlobalPersonal", Type="global_keep_last_days", Val=2)
    equal((rule("team/app"), of_account()), ([], [("global_keep_last_days", 2)]), "changed rules")
    wait(DAY)
    equal(len(tags(registry)), 2, "kept for two days")
    wait(DAY + HOUR)
    equal((tags(registry), tags(registry, "team/web")), ([], []), "two days are over")
    call(registry, "DeleteImageLifecycleGlobalPersonal")
    push("team/app", "d", "d")
    wait(30 * DAY)
    equal((of_account(), tags(registry)), ([], ["d"]), "no rule, no clean-up")
    told = refused("InvalidParameterValue", lambda: registry.call(
        "CreateImageLifecyclePersonal", {"RepoName": "team/app", "Type": "keep_last_days", "Val": 0}))
    expect("at least 1" in told.message, told.message)


def triggers(registry):
    workload = {"ClusterId": "cls-none0000", "Namespace": "default", "WorkloadType": "Deployment",
                "WorkloadName": "web", "ContainerName": "main", "ClusterRegion": 1}
    made = [("every", "all", None, "team/app"), ("shaped", "regex", r"^v\d+ ?&?$", "team/app"),
            ("listed", "taglist", "v1,v3", "team/web")]
    for name, method, expression, repository in made:
        call(registry, "CreateApplicationTriggerPersonal", RepoName=repository, TriggerName=name,
             InvokeMethod=method, InvokeExpr=expression, **workload)
    refused("InvalidParameter.ErrTriggerExist", lambda: call(
        registry, "CreateApplicationTriggerPersonal", RepoName="team/web", TriggerName="every", InvokeMethod="all",
        **workload))
    listed = paged(registry, "DescribeApplicationTriggerPersonal", "TotalCount", "TriggerInfo", "triggers")
    equal([(t.TriggerName, t.InvokeCondition.InvokeMethod, t.InvokeCondition.InvokeExpr or None) for t in listed],
          [(name, method, expression) for name, method, expression, _ in made], "triggers")
    equal(listed[0].InvokePara.ServiceName, "Deployment:web", "workload")
    some = call(registry, "DescribeApplicationTriggerPersonal", RepoName="team/web").Data.TriggerInfo
    equal([t.TriggerName for t in some], ["listed"], "triggers of a repository")

    push("team/app", "v1", "one")
    wait(60)
    push("team/app", "latest", "one")
    push("team/web", "v3", "three")
    log = paged(registry, "DescribeApplicationTriggerLogPersonal", "TotalCount", "LogInfo", "log", Order="asc")
    runs = [(run.TriggerName, run.RepoName, run.TagName) for run in log]
    equal(runs, [("every", "team/app", "v1"), ("shaped", "team/app", "v1"), ("every", "team/app", "latest"),
                 ("listed", "team/web", "v3")], "log")
    expect(all(run.InvokeResult.ReturnCode == 1 and "cls-none0000" in run.InvokeResult.ReturnMsg for run in log), log)
    expect(log[0].InvokeTime < log[2].InvokeTime, "times")
    by_name = call(registry, "DescribeApplicationTriggerLogPersonal", Order="desc", OrderBy="trigger_name").Data.LogInfo
    equal([run.TriggerName for run in by_name], ["shaped", "listed", "every", "every"], "log by name")
    of_web = call(registry, "DescribeApplicationTriggerLogPersonal", RepoName="team/web").Data
    equal((of_web.TotalCount, of_web.LogInfo[0].TriggerName), (1, "listed"), "log of a repository")

    call(registry, "ModifyApplicationTriggerPersonal", TriggerName="shaped", NewTriggerName="named",
         InvokeMethod="taglist", InvokeExpr="only", WorkloadType="StatefulSet")
    changed = call(registry, "DescribeApplicationTriggerPersonal", TriggerName="named").Data.TriggerInfo[0]
    equal((changed.InvokeCondition.InvokeExpr, changed.InvokePara.ServiceName), ("only", "StatefulSet:web"), "changed")
    call(registry, "DeleteApplicationTriggerPersonal", TriggerName="every")
    refused("ResourceNotFound.ErrNoTrigger", lambda: call(
        registry, "DeleteApplicationTriggerPersonal", TriggerName="every"))
    push("team/app", "v2", "two")
    equal(call(registry, "DescribeApplicationTriggerLogPersonal").Data.TotalCount, 4, "what is gone does not fire")


def ends(registry):
    call(registry, "BatchDeleteRepositoryPersonal", RepoNames=["team/web", "web/app"])
    left = call(registry, "DescribeRepositoryOwnerPersonal").Data
    equal((left.TotalCount, [r.RepoName for r in left.RepoInfo]), (1, ["team/app"]), "left")
    equal(call(registry, "DescribeFavorRepositoryPersonal", RepoName="", Limit=10, Offset=0).Data.TotalCount, 0, "favorites")
    names = [t.TriggerName for t in call(registry, "DescribeApplicationTriggerPersonal").Data.TriggerInfo]
    equal(names, ["named"], "triggers of what is gone")
    call(registry, "DeleteNamespacePersonal", Namespace="team")
    equal(call(registry, "DescribeRepositoryOwnerPersonal").Data.TotalCount, 0, "a namespace takes all along")
    equal(call(registry, "DescribeApplicationTriggerPersonal").Data.TotalCount, 0, "triggers, too")
    refused("ResourceNotFound.ErrNoRepo", lambda: call(registry, "DescribeImagePersonal", RepoName="team/app"))


def main():
    signature, method = sys.argv[1:]
    registry = client(TcrClient, signature, method)
    for part in (users, namespaces, repositories, images, lifecycles, triggers, ends):
        part(registry)
    print(f"ok {signature} {method}")


if __name__ == "__main__":
    main()
