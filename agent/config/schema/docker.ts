import { z } from 'zod';
import { allowedHelpers } from './credential-helpers.ts';
import { flag, integer, list, map, oneOrMany, optionalFlag, optionalInteger, text, textOr } from './fields.ts';

const DEFAULT_SERVICE_WAIT_SECONDS = 30;
/** Within the engine's own default pools: it clashes with nothing that those do not clash with. */
const DEFAULT_NETWORK_POOL = '172.30.0.0/16';

const serviceSchema = z.strictObject({
  name: z.string(),
  alias: text('names of the service on the job network, separated by blanks or commas'),
  entrypoint: list('replaces the ENTRYPOINT of the image'),
  command: list('replaces the CMD of the image'),
  environment: list('KEY=value, for this service alone'),
});

const mirrorSchema = z.strictObject({
  registry: z.string().min(1),
  url: z.string().regex(/^https?:\/\/[^/\s?#]+(?:\/[^\s?#]*)?$/, 'https://host[:port][/path]'),
});

const connection = {
  host: text('endpoint of the Docker Engine; else DOCKER_HOST, else the platform socket'),
  tls_cert_path: text('directory with ca.pem, cert.pem and key.pem'),
  tls_verify: flag('verify the certificate of the engine'),
  hostname: text('host name of the build container'),
  container_labels: map('labels for every container; job variables are expanded in values'),
  log_options: map('options of the json-file log driver: env, labels'),
};

const images = {
  image: text('image for jobs that name none'),
  pull_policy: oneOrMany([], 'always, if-not-present, never; default: always'),
  allowed_pull_policies: list('pull policies that a job may ask for; default: pull_policy'),
  allowed_images: list('globs of images that a job may use'),
  allowed_services: list('globs of images that a job may use for services'),
  helper_image: text('image that runs git, cache and artifact stages'),
  helper_image_flavor: text('flavour of the default helper image'),
  allowed_docker_credential_helpers: allowedHelpers(),
  registry_mirrors: z.array(mirrorSchema).default([]),
  require_digest: list('globs of images that must be named by digest'),
  verify_image_access: flag('ask the registry before a job uses an image that another brought here', true),
};

const resources = {
  memory: text('memory limit, such as 512m'),
  memory_swap: text('memory and swap together'),
  memory_reservation: text('soft memory limit'),
  cpus: text('number of CPUs, such as 1.5'),
  cpuset_cpus: text('CPUs to run on'),
  cpuset_mems: text('memory nodes to run on'),
  cpu_shares: integer('relative CPU weight'),
  shm_size: integer('size of /dev/shm in bytes'),
  ulimit: map('limits: name = "soft[:hard]"'),
  cgroup_parent: text('parent cgroup'),
  oom_kill_disable: flag('do not kill processes when memory runs out'),
  oom_score_adjust: integer('how likely the kernel is to choose the container when memory runs out'),
  sysctls: map('kernel settings of the container'),
  device_cgroup_rules: list('device cgroup rules'),
  runtime: text('OCI runtime'),
  isolation: text('isolation technology (Windows)'),
};

const privileges = {
  privileged: flag('run the build container privileged'),
  services_privileged: optionalFlag('run services privileged; default: as privileged'),
  allowed_privileged_images: list('globs of images that may run privileged'),
  allowed_privileged_services: list('globs of service images that may run privileged'),
  cap_add: list('capabilities to add'),
  cap_drop: list('capabilities to drop'),
  security_opt: list('security options'),
  services_security_opt: list('security options of services'),
  userns_mode: text('user namespace'),
  user: text('user of the build container'),
  allowed_users: list('users that a job may ask for'),
  group_add: list('groups to add'),
  disable_entrypoint_overwrite: flag('ignore entrypoints that a job sets'),
  pid_mode: text('process namespace'),
  ipcmode: text('IPC namespace'),
  devices: list('devices of the host'),
  gpus: text('GPUs, as docker run --gpus takes them'),
  service_gpus: text('GPUs of services'),
  services_devices: z.record(z.string(), z.array(z.string())).optional(),
};

const network = {
  network_mode: text('bridge, host, none, container:NAME or a network'),
  extra_hosts: list('name:address lines for /etc/hosts'),
  dns: list('name servers'),
  dns_search: list('search domains'),
  links: list('containers to link: container:alias'),
  network_pool: textOr(DEFAULT_NETWORK_POOL, 'range that job networks get small subnets of; engine: its own pools'),
  network_mtu: integer('MTU of the job network'),
  enable_ipv6: flag('IPv6 in the job network'),
  mac_address: text('MAC address of the build container'),
};

const storage = {
  disable_cache: flag('no cache volumes'),
  volumes: list('volumes of build container, helper and services'),
  volumes_from: list('containers whose volumes are mounted'),
  volume_driver: text('driver of created volumes'),
  volume_driver_ops: map('options of the volume driver'),
  volume_keep: flag('keep the volumes of a job'),
  cache_dir: text('directory of the host for caches instead of volumes'),
  tmpfs: map('tmpfs mounts: path = "options"'),
  services_tmpfs: map('tmpfs mounts of services'),
};

const services = {
  services: z.array(serviceSchema).default([]),
  wait_for_services_timeout: integer('seconds to wait for services; -1 does not wait', DEFAULT_SERVICE_WAIT_SECONDS),
  service_failure: textOr('warn', 'warn or fail: what a service does to the job that dies or is not ready in time'),
  services_limit: optionalInteger('most services a job may have; -1: any number'),
  service_memory: text('memory limit of a service'),
  service_memory_swap: text('memory and swap of a service'),
  service_memory_reservation: text('soft memory limit of a service'),
  service_cpus: text('number of CPUs of a service'),
  service_cpu_shares: integer('relative CPU weight of a service'),
  service_cpuset_cpus: text('CPUs of a service'),
  service_cgroup_parent: text('parent cgroup of a service'),
  service_slot_cgroup_template: text('cgroup of services per slot'),
};

/** Every key of `[runners.docker]` as written in the file, before the defaults that depend on other keys. */
export const dockerTable = z.strictObject({
  ...connection,
  ...images,
  ...resources,
  ...privileges,
  ...network,
  ...storage,
  ...services,
});

/** The pull policy of a runner that names none. */
export const DEFAULT_PULL_POLICY = 'always';

/**
 * `[runners.docker]` with the peer's defaults: allowed_pull_policies follows pull_policy, which is empty when it was not said; a waiting time of 0 means 30 s.
 * Only types are checked here: a value that the engine would refuse fails the job, not the agent.
 */
export const dockerSchema = dockerTable.transform((docker) => ({
  ...docker,
  allowed_pull_policies: [docker.allowed_pull_policies, docker.pull_policy].find((policies) => policies.length > 0) ?? [
    DEFAULT_PULL_POLICY,
  ],
  wait_for_services_timeout: docker.wait_for_services_timeout || DEFAULT_SERVICE_WAIT_SECONDS,
}));

/** `[runners.docker]`, keys named as in the file. Times in seconds, sizes as the key says. */
export type DockerConfig = z.output<typeof dockerSchema>;

/** One `[[runners.docker.services]]` entry. */
export type DockerServiceConfig = z.output<typeof serviceSchema>;
