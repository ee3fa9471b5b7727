#!/usr/bin/env bash
# Tencent's command line program lives a day with a cluster, from a shell; its `--waiter` asks until a state is reached.
#
# Run by the test suite, which gives the address and the key of the server. Time runs fast.
# Usage: tke_day.sh
set -euo pipefail

# An operation of TKE. Lines about what a waiter sees come before the answer.
tke() {
    "$TCCLI" tke "$@" --endpoint "$WHARF_ENDPOINT" --output json
}

# An operation of version 2022-05-01.
native() {
    tke "$@" --version 2022-05-01
}

# A waiter that asks each second until the expression is that.
until_is() {
    printf '{"expr": "%s", "to": %s, "timeout": 90, "interval": 1}' "$1" "$2"
}

# What a JMESPath expression finds in the answer, without quotes.
told() {
    tke "$@" | tr -d '"'
}

fail() {
    echo "$1" >&2
    exit 1
}

# The operation is refused with that code, and with that word in the message.
refused() {
    local code=$1 word=$2 said
    shift 2
    if said=$(tke "$@" 2>&1); then
        fail "$1 was not refused: $said"
    fi
    [[ $said == *"$code"* && $said == *"$word"* ]] || fail "$1 is due $code with $word: $said"
}

equal() {
    [[ $1 == "$2" ]] || fail "$3: $1 is not $2"
}

cluster=$(told CreateCluster --ClusterType MANAGED_CLUSTER \
    --ClusterCIDRSettings '{"ClusterCIDR": "172.16.0.0/16"}' \
    --ClusterBasicSettings '{"ClusterName": "day", "ClusterVersion": "1.18.4", "VpcId": "vpc-default0", "ClusterLevel": "L20"}' \
    --ClusterAdvancedSettings '{"DeletionProtection": true}' --filter ClusterId)
on=(--ClusterId "$cluster")

# The cluster reaches that state.
reaches() {
    tke DescribeClusters --ClusterIds "[\"$cluster\"]" --waiter "$(until_is "Clusters[0].ClusterStatus" "\"$1\"")" >/dev/null
}

reaches Running
equal "$(told DescribeClusters --ClusterIds "[\"$cluster\"]" --filter 'Clusters[0].ClusterLevel')" L20 "the level"
refused FailedOperation protected DeleteCluster "${on[@]}" --InstanceDeleteMode terminate

machine='{"InstanceType": "S5.MEDIUM4", "InstanceCount": 1, "VirtualPrivateCloud": {"VpcId": "vpc-default0", "SubnetId": "subnet-default1"}}'
node=$(told CreateClusterInstances "${on[@]}" --RunInstancePara "$machine" --filter 'InstanceIdSet[0]')
tke DescribeClusterInstances "${on[@]}" --waiter "$(until_is "InstanceSet[0].InstanceState" '"running"')" >/dev/null

disk='{"DiskType": "CLOUD_PREMIUM", "DiskSize": 50, "AutoFormatAndMount": false, "FileSystem": "", "MountTarget": ""}'
pool=$(native CreateNodePool "${on[@]}" --Name burst --Type Native --Native "{
    \"Scaling\": {\"MinReplicas\": 0, \"MaxReplicas\": 5, \"CreatePolicy\": \"ZonePriority\"}, \"Replicas\": 0,
    \"SubnetIds\": [\"subnet-default1\"], \"InstanceChargeType\": \"POSTPAID_BY_HOUR\",
    \"InstanceTypes\": [\"S5.MEDIUM4\"], \"SystemDisk\": $disk}" --filter NodePoolId | tr -d '"')

# The native pool has so many nodes that are ready.
has_nodes() {
    native DescribeNodePools "${on[@]}" --waiter "$(until_is "NodePools[0].Native.ReadyReplicas" "$1")" >/dev/null
}

native DescribeNodePools "${on[@]}" --waiter "$(until_is "NodePools[0].LifeState" '"Running"')" >/dev/null
native ScaleNodePool "${on[@]}" --NodePoolId "$pool" --Replicas 2 >/dev/null
has_nodes 2
native ScaleNodePool "${on[@]}" --NodePoolId "$pool" --Replicas 0 >/dev/null
has_nodes 0
native DeleteNodePool "${on[@]}" --NodePoolId "$pool" >/dev/null
native DescribeNodePools "${on[@]}" --waiter "$(until_is TotalCount 0)" >/dev/null

group='{"MinSize": 0, "MaxSize": 5, "DesiredCapacity": 0, "VpcId": "vpc-default0", "SubnetIds": ["subnet-default1"]}'
machines=$(told CreateClusterNodePool "${on[@]}" --Name machines --AutoScalingGroupPara "$group" \
    --LaunchConfigurePara '{"InstanceType": "S5.MEDIUM4"}' --InstanceAdvancedSettings '{"Unschedulable": 0}' \
    --EnableAutoscale False --filter NodePoolId)
of_machines=("${on[@]}" --NodePoolId "$machines")

# The pool of machines has so many nodes that run.
has_machines() {
    local count="NodePool.NodeCountSummary.AutoscalingAdded.Normal"
    tke DescribeClusterNodePoolDetail "${of_machines[@]}" --waiter "$(until_is "$count" "$1")" >/dev/null
}

tke DescribeClusterNodePoolDetail "${of_machines[@]}" --waiter "$(until_is NodePool.LifeState '"normal"')" >/dev/null
tke ModifyNodePoolDesiredCapacityAboutAsg "${of_machines[@]}" --DesiredCapacity 2 >/dev/null
has_machines 2
refused InvalidParameterValue.Size DesiredCapacity ModifyNodePoolDesiredCapacityAboutAsg "${of_machines[@]}" \
    --DesiredCapacity 6
tke DeleteClusterNodePool "${on[@]}" --NodePoolIds "[\"$machines\"]" --KeepInstance False >/dev/null
tke DescribeClusterInstances "${on[@]}" --waiter "$(until_is TotalCount 1)" >/dev/null

tke CreateClusterMaintenanceWindowAndExclusions --ClusterID "$cluster" --MaintenanceTime 02:00:00 --Duration 3 \
    --DayOfWeek '["MO"]' >/dev/null
refused InvalidParameter.Param DstVersion UpdateClusterVersion "${on[@]}" --DstVersion 1.22.5
tke UpdateClusterVersion "${on[@]}" --DstVersion 1.20.6 >/dev/null
reaches Upgrading
reaches Running
equal "$(told DescribeClusters --ClusterIds "[\"$cluster\"]" --filter 'Clusters[0].ClusterVersion')" 1.20.6 "the version"
tke UpgradeClusterInstances "${on[@]}" --Operation create --UpgradeType major --InstanceIds "[\"$node\"]" \
    --SkipPreCheck True >/dev/null
tke GetUpgradeInstanceProgress "${on[@]}" --waiter "$(until_is LifeState '"done"')" >/dev/null

tke InstallAddon "${on[@]}" --AddonName cos >/dev/null
tke DescribeAddon "${on[@]}" --AddonName cos --waiter "$(until_is "Addons[0].Phase" '"Succeeded"')" >/dev/null
refused ResourceInUse cos InstallAddon "${on[@]}" --AddonName cos

tke CreateClusterEndpointVip "${on[@]}" --SecurityPolicies '["10.0.0.0/8"]' >/dev/null
tke DescribeClusterEndpointVipStatus "${on[@]}" --waiter "$(until_is Status '"Created"')" >/dev/null
kubeconfig=$(told DescribeClusterKubeconfig "${on[@]}" --filter Kubeconfig)
[[ $kubeconfig == *"$cluster"* ]] || fail "the kubeconfig does not name $cluster"

tke DisableClusterDeletionProtection "${on[@]}" >/dev/null
refused FailedOperation "$node" DeleteCluster "${on[@]}" --InstanceDeleteMode terminate
tke DeleteClusterInstances "${on[@]}" --InstanceIds "[\"$node\"]" --InstanceDeleteMode terminate >/dev/null
tke DescribeClusterInstances "${on[@]}" --waiter "$(until_is TotalCount 0)" >/dev/null
tke DeleteCluster "${on[@]}" --InstanceDeleteMode terminate >/dev/null
tke DescribeClusters --ClusterIds "[\"$cluster\"]" --waiter "$(until_is TotalCount 0)" >/dev/null
echo ok
