import { isTable } from './parse-toml.ts';

/**
 * Keys of the config file that have an effect today, as dotted paths without list positions. Everything else that the
 * schema knows is named in one warning at start when it is set. Whoever implements a key adds it here.
 */
export const implementedKeys: ReadonlySet<string> = new Set([
  ...keys('', 'concurrent check_interval log_level log_format shutdown_timeout on_sigterm spool_limit'),
  ...keys('runners', 'name url id token token_obtained_at token_expires_at executor limit request_concurrency'),
  ...keys('runners', 'tls-ca-file tls-cert-file tls-key-file unhealthy_requests_limit unhealthy_interval'),
  ...keys('runners', 'strict_check_interval environment builds_dir output_limit clone_url shell feature_flags'),
  ...keys('runners', 'job_status_final_update_retry_limit pre_build_script post_build_script'),
  ...keys('runners', 'pre_get_sources_script post_get_sources_script debug_trace_disabled'),
  ...keys('runners', 'safe_directory_checkout'),
  ...keys('runners', 'allowed_docker_credential_helpers'),
  ...keys('runners.custom_build_dir', 'enabled'),
  ...keys('runners.docker', 'allowed_docker_credential_helpers'),
  ...keys('runners.docker', 'host tls_cert_path tls_verify image helper_image pull_policy allowed_pull_policies'),
  ...keys('runners.docker', 'allowed_images allowed_services require_digest verify_image_access registry_mirrors'),
  ...keys('runners.docker', 'privileged services_privileged disable_entrypoint_overwrite user network_mode volumes'),
  ...keys('runners.docker', 'extra_hosts dns dns_search cap_add cap_drop memory memory_swap memory_reservation cpus'),
  ...keys('runners.docker', 'cpuset_cpus cpu_shares shm_size disable_cache wait_for_services_timeout'),
  ...keys('runners.docker', 'hostname container_labels log_options security_opt services_security_opt userns_mode'),
  ...keys('runners.docker', 'runtime group_add sysctls tmpfs services_tmpfs volumes_from links pid_mode ipcmode'),
  ...keys('runners.docker', 'cache_dir network_mtu enable_ipv6 service_memory service_memory_swap'),
  ...keys('runners.docker', 'service_memory_reservation service_cpus service_cpu_shares service_cpuset_cpus'),
  ...keys('runners.docker', 'services_limit service_failure network_pool'),
  ...keys('runners.docker', 'devices device_cgroup_rules gpus service_gpus services_devices ulimit isolation'),
  ...keys('runners.docker', 'cpuset_mems cgroup_parent service_cgroup_parent oom_kill_disable oom_score_adjust'),
  ...keys('runners.docker', 'allowed_users allowed_privileged_images allowed_privileged_services mac_address'),
  ...keys('runners.docker', 'volume_driver volume_driver_ops volume_keep service_slot_cgroup_template'),
  ...keys('runners', 'use_slot_cgroups slot_cgroup_template'),
  ...keys('runners', 'labels'),
  'labels',
  // Without a listen_address there is no session server, so its time limit has nothing to do.
  'session_server.session_timeout',
  ...keys('runners.docker.services', 'name alias entrypoint command environment'),
]);

function keys(table: string, names: string): string[] {
  return names.split(' ').map((name) => (table === '' ? name : `${table}.${name}`));
}

/** Free tables: their content belongs to the key as a whole. */
const wholeTables: ReadonlySet<string> = new Set([
  ...keys('runners', 'feature_flags labels referees monitoring experimental kubernetes machine ssh custom'),
  ...keys('runners', 'autoscaler instance parallels virtualbox allowed_docker_credential_helpers'),
  ...keys('runners.docker', 'ulimit sysctls tmpfs services_tmpfs container_labels log_options volume_driver_ops'),
  ...keys('runners.docker', 'services_devices registry_mirrors allowed_docker_credential_helpers'),
  ...keys('', 'labels experimental machine'),
]);

/** The dotted keys of a parsed file that are set to something, that the schema knows and that nothing implements. */
export function unimplementedKeys(value: unknown, path = ''): string[] {
  if (Array.isArray(value) && value.some((item) => isTable(item)) && !wholeTables.has(path)) {
    return [...new Set(value.flatMap((item) => unimplementedKeys(item, path)))];
  }
  if (isTable(value) && !wholeTables.has(path)) {
    const found = Object.entries(value).flatMap(([key, inner]) =>
      unimplementedKeys(inner, path === '' ? key : `${path}.${key}`),
    );
    return [...new Set(found)];
  }
  return isSet(value) && !implementedKeys.has(path) ? [path] : [];
}

/** The peer writes `false`, `0` and empty values for whatever was not said. */
function isSet(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isTable(value)) return Object.keys(value).length > 0;
  return value !== false && value !== 0 && value !== '';
}
