/**
 * @file
 * Names of the helpers of all products. `wharf.h` includes this file.
 *
 * A helper that calls an operation takes the place of the operation's name in `wharf_call`, and its arguments are members of
 * the input. `wharf_value` returns the value of any other. An argument in brackets can be left out.
 */

#ifndef WHARF_HELPERS_H
#define WHARF_HELPERS_H

/**
 * Starts the upgrade of a cluster to another version of Kubernetes. The waiter upgrade_done waits
 * for its end.
 * Calls an operation. Arguments:
 * - `cluster_id` (string): The cluster.
 * - `next_version` (string): The version, one that the cluster supports: see its next_version.
 */
#define WHARF_ACK_HELPER_UPGRADE_START "upgrade.start"

/**
 * Returns the status of the upgrade of a cluster.
 * Calls an operation. Arguments:
 * - `cluster_id` (string): The cluster.
 */
#define WHARF_ACK_HELPER_UPGRADE_STATUS "upgrade.status"

/**
 * Pauses the upgrade of a cluster until it is resumed.
 * Calls an operation. Arguments:
 * - `cluster_id` (string): The cluster.
 */
#define WHARF_ACK_HELPER_UPGRADE_PAUSE "upgrade.pause"

/**
 * Resumes the paused upgrade of a cluster.
 * Calls an operation. Arguments:
 * - `cluster_id` (string): The cluster.
 */
#define WHARF_ACK_HELPER_UPGRADE_RESUME "upgrade.resume"

/**
 * Cancels the upgrade of a cluster. Nodes that are already upgraded stay so.
 * Calls an operation. Arguments:
 * - `cluster_id` (string): The cluster.
 */
#define WHARF_ACK_HELPER_UPGRADE_CANCEL "upgrade.cancel"

/**
 * Settings of a node pool that scales automatically between a minimum and a maximum number of
 * servers of the default type.
 * A value. Arguments:
 * - `min_instances` (int): The smallest number of servers.
 * - `max_instances` (int): The largest number of servers.
 */
#define WHARF_ACK_HELPER_AUTO_SCALING_BETWEEN "auto_scaling.between"

/**
 * Settings of a node pool whose size changes only on request.
 * A value. Arguments: none.
 */
#define WHARF_ACK_HELPER_AUTO_SCALING_OFF "auto_scaling.off"

/**
 * A scaling group of servers with the default system disk.
 * A value. Arguments:
 * - `instance_types` (list<string>): The types of servers, in order of preference.
 * - `vswitch_ids` (list<string>): The switches of the servers.
 */
#define WHARF_ACK_HELPER_CREATE_SCALING_GROUP_SERVERS "create_scaling_group.servers"

/**
 * The rule for names of nodes: a prefix, a part of the node's address, and a suffix.
 * A value. Arguments:
 * - `prefix` (string): The start of the names. May be empty.
 * - `characters` (uint): The number of characters of the node's address, 5 to 12.
 * - `suffix` (string): The end of the names. May be empty.
 */
#define WHARF_ACK_HELPER_KUBERNETES_CONFIG_NODE_NAMES "kubernetes_config.node_names"

/**
 * A taint that keeps pods without a matching toleration off the node.
 * A value. Arguments:
 * - `key` (string): The key of the taint.
 * - `value` (string): The value of the taint. May be empty.
 */
#define WHARF_ACK_HELPER_TAINT_NO_SCHEDULE "taint.no_schedule"

/**
 * A taint that keeps pods without a matching toleration off the node and evicts those that already
 * run on it.
 * A value. Arguments:
 * - `key` (string): The key of the taint.
 * - `value` (string): The value of the taint. May be empty.
 */
#define WHARF_ACK_HELPER_TAINT_NO_EXECUTE "taint.no_execute"

/**
 * A taint that keeps pods without a matching toleration off the node if possible.
 * A value. Arguments:
 * - `key` (string): The key of the taint.
 * - `value` (string): The value of the taint. May be empty.
 */
#define WHARF_ACK_HELPER_TAINT_PREFER_NO_SCHEDULE "taint.prefer_no_schedule"

/**
 * Returns a job: work that continues after the call that requested it. The waiter job_done waits
 * for its end.
 * Calls an operation. Arguments:
 * - `job_id` (string): The job: the jobID of the response that started it.
 */
#define WHARF_CCE_HELPER_JOB_GET "job.get"

/**
 * The password of a node in the form of the service: salted and hashed by SHA-512 crypt, in Base64.
 * It is a secret too.
 * A value. Arguments:
 * - `password` (string): The password: 8 to 26 characters from three of upper-case letters,
 *   lower-case letters, digits and special characters.
 * - [`user`] (string): The user of the login. Default: root.
 */
#define WHARF_CCE_HELPER_NODE_PASSWORD_FOR_USER "node_password.for_user"

/**
 * A login of a node with a password, which is salted and hashed.
 * A value. Arguments:
 * - `password` (string): The password: 8 to 26 characters from three of upper-case letters,
 *   lower-case letters, digits and special characters.
 * - [`user`] (string): The user of the login. Default: root.
 */
#define WHARF_CCE_HELPER_LOGIN_PASSWORD "login.password"

/**
 * A login of a node with a key pair.
 * A value. Arguments:
 * - `name` (string): The name of the key pair in the service.
 */
#define WHARF_CCE_HELPER_LOGIN_KEY_PAIR "login.key_pair"

/**
 * The specification of one server, with the fields that the service requires: login, system disk of
 * 40 GB and data disk of 100 GB.
 * A value. Arguments:
 * - `flavor` (string): The machine type.
 * - `zone` (string): The zone.
 * - `login` (object): The login, with the API's names: the value of login.password or
 *   login.key_pair.
 */
#define WHARF_CCE_HELPER_NODE_SPEC_SERVER "node_spec.server"

/**
 * A disk of a node.
 * A value. Arguments:
 * - `volume_type` (string): The type of the disk (SATA, SAS, SSD).
 * - `size` (int): The size in GB.
 */
#define WHARF_CCE_HELPER_VOLUME_NEW "volume.new"

/**
 * The specification of a cluster of virtual machines in a network of the user, with an overlay
 * network for containers.
 * A value. Arguments:
 * - `flavor` (string): The size of the cluster (cce.s1.small).
 * - `vpc` (string): The network.
 * - `subnet` (string): The subnet.
 */
#define WHARF_CCE_HELPER_CLUSTER_SPEC_VIRTUAL_MACHINES "cluster_spec.virtual_machines"

/**
 * Metadata of a new cluster with the add-ons that are installed instead of the default ones.
 * A value. Arguments:
 * - `addons` (list<object>): The add-ons, with the API's names.
 */
#define WHARF_CCE_HELPER_CLUSTER_METADATA_INSTALL_ADDONS "cluster_metadata.install_addons"

/**
 * Metadata of an add-on to be created.
 * A value. Arguments: none.
 */
#define WHARF_CCE_HELPER_ADDON_REQUEST_METADATA_INSTALL "addon_request_metadata.install"

/**
 * Metadata of an add-on to be updated.
 * A value. Arguments: none.
 */
#define WHARF_CCE_HELPER_ADDON_REQUEST_METADATA_UPGRADE "addon_request_metadata.upgrade"

/**
 * Creates a service. Further members are fields of the operation, such as containers. The waiter
 * service_normal waits until its pods run.
 * Calls an operation. Arguments:
 * - `cluster_id` (string): The cluster.
 * - `service_name` (string): The service.
 * - [`namespace`] (string): The namespace of the service. Default: default.
 * - `replicas` (int): The number of pods.
 */
#define WHARF_CCS_HELPER_SERVICE_HANDLE_CREATE "service_handle.create"

/**
 * Replaces a service by the given configuration and rolls it out. Further members are fields of the
 * operation. Fields that are not set are not kept.
 * Calls an operation. Arguments:
 * - `cluster_id` (string): The cluster.
 * - `service_name` (string): The service.
 * - [`namespace`] (string): The namespace of the service. Default: default.
 * - `replicas` (int): The number of pods.
 */
#define WHARF_CCS_HELPER_SERVICE_HANDLE_REPLACE "service_handle.replace"

/**
 * Rolls out another image, for a service with one container.
 * Calls an operation. Arguments:
 * - `cluster_id` (string): The cluster.
 * - `service_name` (string): The service.
 * - [`namespace`] (string): The namespace of the service. Default: default.
 * - `image` (string): The image.
 */
#define WHARF_CCS_HELPER_SERVICE_HANDLE_SET_IMAGE "service_handle.set_image"

/**
 * Rolls out other images, for a service with several containers.
 * Calls an operation. Arguments:
 * - `cluster_id` (string): The cluster.
 * - `service_name` (string): The service.
 * - [`namespace`] (string): The namespace of the service. Default: default.
 * - `images` (map<string>): The images by names of containers.
 */
#define WHARF_CCS_HELPER_SERVICE_HANDLE_SET_IMAGES "service_handle.set_images"

/**
 * Restarts all pods of a service. They pull their images again.
 * Calls an operation. Arguments:
 * - `cluster_id` (string): The cluster.
 * - `service_name` (string): The service.
 * - [`namespace`] (string): The namespace of the service. Default: default.
 */
#define WHARF_CCS_HELPER_SERVICE_HANDLE_REDEPLOY "service_handle.redeploy"

/**
 * Pauses a roll-out. A service that is not being rolled out stops scaling until it is resumed.
 * Calls an operation. Arguments:
 * - `cluster_id` (string): The cluster.
 * - `service_name` (string): The service.
 * - [`namespace`] (string): The namespace of the service. Default: default.
 */
#define WHARF_CCS_HELPER_SERVICE_HANDLE_PAUSE "service_handle.pause"

/**
 * Resumes a paused roll-out.
 * Calls an operation. Arguments:
 * - `cluster_id` (string): The cluster.
 * - `service_name` (string): The service.
 * - [`namespace`] (string): The namespace of the service. Default: default.
 */
#define WHARF_CCS_HELPER_SERVICE_HANDLE_RESUME "service_handle.resume"

/**
 * Restores a service to the state before its last change. Earlier states are not available.
 * Calls an operation. Arguments:
 * - `cluster_id` (string): The cluster.
 * - `service_name` (string): The service.
 * - [`namespace`] (string): The namespace of the service. Default: default.
 */
#define WHARF_CCS_HELPER_SERVICE_HANDLE_ROLL_BACK "service_handle.roll_back"

/**
 * Sets the description of a service.
 * Calls an operation. Arguments:
 * - `cluster_id` (string): The cluster.
 * - `service_name` (string): The service.
 * - [`namespace`] (string): The namespace of the service. Default: default.
 * - `description` (string): The description. An empty one erases it.
 */
#define WHARF_CCS_HELPER_SERVICE_HANDLE_SET_DESCRIPTION "service_handle.set_description"

/**
 * Deletes a service with its pods and its load balancer. The waiter service_deleted waits for its
 * end.
 * Calls an operation. Arguments:
 * - `cluster_id` (string): The cluster.
 * - `service_name` (string): The service.
 * - [`namespace`] (string): The namespace of the service. Default: default.
 */
#define WHARF_CCS_HELPER_SERVICE_HANDLE_DELETE "service_handle.delete"

/**
 * Returns a service.
 * Calls an operation. Arguments:
 * - `cluster_id` (string): The cluster.
 * - `service_name` (string): The service.
 * - [`namespace`] (string): The namespace of the service. Default: default.
 */
#define WHARF_CCS_HELPER_SERVICE_HANDLE_GET "service_handle.get"

/**
 * A check that succeeds when the port accepts a connection.
 * A value. Arguments:
 * - `port` (uint): The port of the container.
 */
#define WHARF_CCS_HELPER_HEALTH_CHECK_TCP "health_check.tcp"

/**
 * A check that succeeds when a GET of the path returns a status from 200 to 399.
 * A value. Arguments:
 * - `port` (uint): The port of the container.
 * - `path` (string): The path of the URL.
 */
#define WHARF_CCS_HELPER_HEALTH_CHECK_HTTP "health_check.http"

/**
 * A check like that of health_check.http, over TLS.
 * A value. Arguments:
 * - `port` (uint): The port of the container.
 * - `path` (string): The path of the URL.
 */
#define WHARF_CCS_HELPER_HEALTH_CHECK_HTTPS "health_check.https"

/**
 * A check that succeeds when a command, run in the container, exits with 0.
 * A value. Arguments:
 * - `command` (string): The command.
 */
#define WHARF_CCS_HELPER_HEALTH_CHECK_COMMAND "health_check.command"

/**
 * A mapping from a TCP port of the service to a port of the containers.
 * A value. Arguments:
 * - `service_port` (uint): The port of the service.
 * - `container_port` (uint): The port of the containers.
 */
#define WHARF_CCS_HELPER_PORT_MAPPING_TCP "port_mapping.tcp"

/**
 * A mapping from a UDP port of the service to a port of the containers.
 * A value. Arguments:
 * - `service_port` (uint): The port of the service.
 * - `container_port` (uint): The port of the containers.
 */
#define WHARF_CCS_HELPER_PORT_MAPPING_UDP "port_mapping.udp"

/**
 * A volume from a folder of the node, or from a temporary folder if the path is empty.
 * A value. Arguments:
 * - `name` (string): The name of the volume.
 * - `path` (string): The folder. May be empty.
 */
#define WHARF_CCS_HELPER_VOLUME_ON_HOST "volume.on_host"

/**
 * A volume from a cloud disk. A service with such a volume has at most one pod.
 * A value. Arguments:
 * - `name` (string): The name of the volume.
 * - `disk_id` (string): The disk.
 */
#define WHARF_CCS_HELPER_VOLUME_CLOUD_DISK "volume.cloud_disk"

/**
 * A volume from a folder of an NFS server.
 * A value. Arguments:
 * - `name` (string): The name of the volume.
 * - `path` (string): The server and its folder (127.0.0.1:/exports).
 */
#define WHARF_CCS_HELPER_VOLUME_NFS "volume.nfs"

/**
 * A volume from keys of a version of a configuration, each as a file.
 * A value. Arguments:
 * - `name` (string): The name of the volume.
 * - `config_id` (string): The configuration.
 * - `version` (string): The version of the configuration.
 * - `keys` (list<string>): The keys.
 */
#define WHARF_CCS_HELPER_VOLUME_CONFIGURATION "volume.configuration"

/**
 * Returns the state of a task: work that continues after the call that requested it. The waiter
 * task_done waits for its end.
 * Calls an operation. Arguments:
 * - `task_id` (int): The task: the requestId of the response that started it.
 */
#define WHARF_CCS_HELPER_TASK_GET "task.get"

/**
 * Returns the values of a metric over time, oldest first: metric, unit, period in seconds, and
 * points with time (RFC 3339) and value, which is null if nothing was measured. Which dimensions
 * are required depends on the metric.
 * Calls an operation. Arguments:
 * - `metric` (string): The metric (service_cpu_used).
 * - [`cluster`] (string): The cluster, by its identifier. Every metric requires it.
 * - [`service`] (string): The service, by its name.
 * - [`namespace`] (string): The namespace of the service.
 * - [`pod`] (string): The pod, by its name.
 * - [`container`] (string): The container, by its listed identifier or the first 12 characters of
 *   it.
 * - [`start`] (time): The start of the time range. Default: the beginning of the service's day.
 * - [`end`] (time): The end of the time range. Required with a start.
 * - [`period`] (uint): Seconds between two values: 60, 300, 3600 or 86400. Default: 300.
 * - [`zone_offset`] (int): Seconds between the service's clock and UTC. Default: 28800.
 */
#define WHARF_CCS_HELPER_SERIES_REQUEST_SEND "series_request.send"

/**
 * The name of a region in requests: gz for ap-guangzhou. An unknown name stays as it is.
 * A value. Arguments:
 * - `region` (string): The region, by its short or long name.
 */
#define WHARF_CCS_HELPER_SHORT_REGION "short_region"

/**
 * The name of a region in responses: ap-guangzhou for gz. An unknown name stays as it is.
 * A value. Arguments:
 * - `region` (string): The region, by its short or long name.
 */
#define WHARF_CCS_HELPER_LONG_REGION "long_region"

/**
 * The number of a region in triggers (clusterRegion), or null if no document lists it.
 * A value. Arguments:
 * - `region` (string): The region, by its short or long name.
 */
#define WHARF_CCS_HELPER_REGION_NUMBER "region_number"

/**
 * The code of the module behind the service, which is in brackets before the message of an error,
 * or null.
 * A value. Arguments:
 * - `message` (string): The message of an error.
 */
#define WHARF_CCS_HELPER_MODULE_CODE "module_code"

#endif
