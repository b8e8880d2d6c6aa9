import { parseByteSize } from '../../common/byte-size.ts';
import type { DockerConfig } from '../../config/schema/docker.ts';
import { refusedValue } from './refused-value.ts';

type Resources = Readonly<Record<string, unknown>>;

/** The engine knows no other; it would name neither key nor value. */
const LIMIT_NAMES: readonly string[] = [
  'core',
  'cpu',
  'data',
  'fsize',
  'locks',
  'memlock',
  'msgqueue',
  'nice',
  'nofile',
  'nproc',
  'rss',
  'rtprio',
  'rttime',
  'sigpending',
  'stack',
];
const MAX_OOM_SCORE = 1000;

/** What build and helper containers may use. */
export function buildResources(docker: DockerConfig): Resources {
  return {
    Memory: bytes('memory', docker.memory),
    MemorySwap: bytes('memory_swap', docker.memory_swap),
    MemoryReservation: bytes('memory_reservation', docker.memory_reservation),
    NanoCpus: nanoCpus('cpus', docker.cpus),
    CpusetCpus: docker.cpuset_cpus,
    CpusetMems: docker.cpuset_mems,
    CpuShares: docker.cpu_shares,
    CgroupParent: docker.cgroup_parent,
    OomKillDisable: docker.oom_kill_disable,
    OomScoreAdj: oomScore(docker.oom_score_adjust),
    Ulimits: Object.entries(docker.ulimit).map(([name, text]) => processLimit(name, text)),
  };
}

/** What a service may use. */
export function serviceResources(docker: DockerConfig): Resources {
  return {
    Memory: bytes('service_memory', docker.service_memory),
    MemorySwap: bytes('service_memory_swap', docker.service_memory_swap),
    MemoryReservation: bytes('service_memory_reservation', docker.service_memory_reservation),
    NanoCpus: nanoCpus('service_cpus', docker.service_cpus),
    CpusetCpus: docker.service_cpuset_cpus,
    CpuShares: docker.service_cpu_shares,
    CgroupParent: docker.service_cgroup_parent,
  };
}

function bytes(key: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const size = text.trim() === '-1' ? -1 : parseByteSize(text);
  if (size === undefined)
    throw refusedValue(key, text, 'a size such as 512m or 2g (b, k, m, g)', 'runner_configuration_error');
  return size;
}

function nanoCpus(key: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(count) || count < 0) throw refusedValue(key, text, 'a number of CPUs such as 1.5');
  return Math.round(count * 1e9);
}

function oomScore(score: number): number {
  if (Math.abs(score) > MAX_OOM_SCORE)
    throw refusedValue('oom_score_adjust', String(score), 'a number from -1000 to 1000', 'runner_configuration_error');
  return score;
}

/** `soft[:hard]`; -1 is no limit. */
function processLimit(name: string, text: string): Resources {
  const key = `ulimit.${name}`;
  if (!LIMIT_NAMES.includes(name)) throw refusedValue(key, text, `one of the limits ${LIMIT_NAMES.join(', ')}`);
  const [, first = '', second = first] = /^\s*(-1|\d+)\s*(?::\s*(-1|\d+)\s*)?$/.exec(text) ?? [];
  const [soft, hard] = [Number(first), Number(second)];
  if (first === '' || (hard !== -1 && (soft === -1 || soft > hard)))
    throw refusedValue(key, text, '"soft" or "soft:hard" in whole numbers, soft not above hard, -1 for no limit');
  return { Name: name, Soft: soft, Hard: hard };
}
