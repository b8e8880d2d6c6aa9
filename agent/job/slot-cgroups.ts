import type { DockerConfig } from '../config/schema/docker.ts';
import type { RunnerConfig } from '../config/schema/runner.ts';
import type { Slot } from './job-handler.ts';

const DEFAULT_TEMPLATE = 'gitlab-runner/slot-${slot}';

/** `[runners.docker]` for a job in this slot: with `use_slot_cgroups`, all containers of a slot have the same parent cgroup. */
export function slotCgroups({ docker, ...runner }: RunnerConfig, { concurrentId }: Slot): DockerConfig {
  if (!runner.use_slot_cgroups) return docker;
  const template = runner.slot_cgroup_template ?? DEFAULT_TEMPLATE;
  const path = (text: string): string => text.replaceAll(/\$\{slot\}|\$slot\b/g, String(concurrentId));
  return {
    ...docker,
    cgroup_parent: path(template),
    service_cgroup_parent: path(docker.service_slot_cgroup_template ?? template),
  };
}
