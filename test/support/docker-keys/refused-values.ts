/** A value that ends the job before anything is made, with the beginning of the sentence that its author reads. */
export interface RefusedValue {
  readonly config: string;
  readonly reason: 'runner_system_failure' | 'runner_configuration_error';
  readonly sentence: string;
}

const system = (config: string, sentence: string): RefusedValue => ({
  config,
  sentence,
  reason: 'runner_system_failure',
});
const configuration = (config: string, sentence: string): RefusedValue => ({
  config,
  sentence,
  reason: 'runner_configuration_error',
});
const is = (key: string, value: string, expected: string): string =>
  `${key} = "${value}" in [runners.docker]: expected ${expected}`;

const LIMIT = '"soft" or "soft:hard" in whole numbers';
const GPUS = 'what "docker run --gpus" takes';
const SIZE = 'a size such as 512m';
const CPUS = 'a number of CPUs';
const DEVICE = '/dev/on-host[:/dev/in-container[:rwm]]';
const HOST_LINE = 'name:address or name:host-gateway';
const OPTIONS = 'options out of';

/** The job that they are tried on has a service of the image busybox. */
export const REFUSED_VALUES: readonly RefusedValue[] = [
  ...['lots', '5 apples', '-2', '1.5.5g', '12q'].map((text) =>
    configuration(`memory = "${text}"`, is('memory', text, SIZE)),
  ),
  configuration('memory_swap = "x"', is('memory_swap', 'x', SIZE)),
  configuration('memory_reservation = "x"', is('memory_reservation', 'x', SIZE)),
  configuration('service_memory = "x"', is('service_memory', 'x', SIZE)),
  configuration('service_memory_swap = "x"', is('service_memory_swap', 'x', SIZE)),
  configuration('service_memory_reservation = "x"', is('service_memory_reservation', 'x', SIZE)),
  configuration(
    'network_pool = "10.0.0.0"',
    is('network_pool', '10.0.0.0', 'a range such as 172.30.0.0/16, or "engine"'),
  ),
  configuration('service_failure = "explode"', is('service_failure', 'explode', '"warn" or "fail"')),
  ...['many', '-1', '1,5', ' '].map((text) => system(`cpus = "${text}"`, is('cpus', text, CPUS))),
  system('service_cpus = "many"', is('service_cpus', 'many', CPUS)),
  ...['lots', '1:', ':1', '2:1', '1:2:3', '-2', '-1:5', '1.5'].map((text) =>
    system(`ulimit = { nofile = "${text}" }`, is('ulimit.nofile', text, LIMIT)),
  ),
  system('ulimit = { files = "1" }', is('ulimit.files', '1', 'one of the limits core, cpu,')),
  configuration('oom_score_adjust = 1001', is('oom_score_adjust', '1001', 'a number from -1000 to 1000')),
  configuration('oom_score_adjust = -1001', is('oom_score_adjust', '-1001', 'a number from -1000 to 1000')),
  ...['/dev/null:/a:r:w', 'null', '/dev/null:a', '', '/dev/null:/a:x', '/dev/null:/a:'].map((text) =>
    system(`devices = ["${text}"]`, is('devices', text, DEVICE)),
  ),
  system('services_devices = { "busybox:*" = ["null"] }', is('services_devices', 'null', DEVICE)),
  ...['count=x', 'half', 'all,all', 'colour=red', 'count='].map((text) =>
    system(`gpus = "${text}"`, is('gpus', text, GPUS)),
  ),
  system('service_gpus = "half"', is('service_gpus', 'half', GPUS)),
  configuration('pid_mode = "no-such"', is('pid_mode', 'no-such', 'host or container')),
  configuration('userns_mode = "no-such"', is('userns_mode', 'no-such', 'host')),
  ...['vm', 'hyperv', 'process'].map((text) => system(`isolation = "${text}"`, is('isolation', text, 'default'))),
  system(
    'security_opt = ["seccomp=/nonexistent/p.json"]',
    is(
      'security_opt',
      'seccomp=/nonexistent/p.json',
      "a seccomp profile; the file cannot be read on the agent's host (ENOENT)",
    ),
  ),
  system(
    'services_security_opt = ["seccomp:/nonexistent/p.json"]',
    is('services_security_opt', 'seccomp:/nonexistent/p.json', 'a seccomp profile;'),
  ),
  system('security_opt = ["seccomp=/"]', is('security_opt', 'seccomp=/', 'a file')),
  system(
    'security_opt = ["seccomp=/etc/passwd"]',
    is('security_opt', 'seccomp=/etc/passwd', 'a seccomp profile in JSON'),
  ),
  configuration('security_opt = ["apparmor"]', is('security_opt', 'apparmor', 'name=value or name:value')),
  ...['dns.example', '', '1.2.3', '1.2.3.4:53'].map((text) =>
    configuration(`dns = ["${text}"]`, is('dns', text, 'an IP address')),
  ),
  ...['nocolon', ':1.2.3.4', 'a:', 'a:b', 'a:1.2.3'].map((text) =>
    configuration(`extra_hosts = ["${text}"]`, is('extra_hosts', text, HOST_LINE)),
  ),
  ...['zz', '02:42:ac:11:00', '02:42:ac:11:00:0g', '02:42-ac:11:00:02'].map((text) =>
    configuration(`mac_address = "${text}"`, is('mac_address', text, 'an address such as')),
  ),
  configuration(
    'mac_address = "02:42:ac:11:00:02"\nnetwork_mode = "container:x"',
    is('mac_address', '02:42:ac:11:00:02', 'no MAC address beside network_mode = "container:x"'),
  ),
  configuration(
    'log_options = { max-size = "1m", env = "X", compress = "true" }',
    'log_options in [runners.docker] has compress, max-size: expected nothing but env and labels',
  ),
  ...['a:b:c:d:e', '/srv::ro', ':/x', ''].map((text) =>
    configuration(`volumes = ["${text}"]`, is('volumes', text, '/path, or source:/path[:options]')),
  ),
  ...['/srv:/x:rw,ro', '/srv:/x:wr', '/srv:/x:ro,', '/srv:/x:shared,slave'].map((text) =>
    configuration(`volumes = ["${text}"]`, is('volumes', text, OPTIONS)),
  ),
  ...['ro', 'z', 'rshared'].map((text) =>
    configuration(
      `volumes = ["/x:${text}"]`,
      is('volumes', `/x:${text}`, `a source: a volume of the agent's own cannot be "${text}"`),
    ),
  ),
  ...['x', 'srv:x', '/srv:x'].map((text) =>
    configuration(`volumes = ["${text}"]`, is('volumes', text, 'an absolute path')),
  ),
  system('volumes = ["/"]', is('volumes', '/', 'an absolute path other than /')),
  system('volumes = ["/x", "/srv:/x/"]', 'volume for "/x" in [runners.docker] is already defined'),
  configuration('volumes = ["/x"]\ncache_dir = "caches"', is('cache_dir', 'caches', 'an absolute path')),
];
