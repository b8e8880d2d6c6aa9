import type { JobPlan } from './run-plan.ts';

const PADDING_LINE = `# ${'-'.repeat(98)}\n`;

/** What the coordinator is asked to queue for a planned job. Its directory /effects outlives the container. */
export function jobOrder({ tag, script, after, exitCode, ...plan }: JobPlan, secret: string): object {
  const padding = PADDING_LINE.repeat(Math.ceil(plan.padding / PADDING_LINE.length));
  const steps = [
    step(
      'script',
      `: job ${tag}\necho ran >>/effects/${tag}-script\n${padding}${script.shell}\nexit ${String(exitCode)}`,
    ),
    ...(after === undefined ? [] : [step('after_script', `: after\necho ran >>/effects/${tag}-after\n${after.shell}`)]),
  ];
  return {
    job_info: { name: `job-${tag}` },
    steps,
    services: plan.service ? [{ name: 'busybox:latest', alias: 'side', command: ['sleep', '600'] }] : [],
    _variables: [
      { key: 'SECRET', value: secret, masked: true, public: false, raw: true },
      variable('FF_TIMESTAMPS', String(plan.timestamps)),
      variable('GIT_STRATEGY', plan.sources ? 'fetch' : 'none'),
    ],
    _opts: plan.options,
  };
}

const step = (name: string, script: string): object => ({
  name,
  script: [script],
  timeout: 3600,
  when: name === 'script' ? 'on_success' : 'always',
  allow_failure: name !== 'script',
});

const variable = (key: string, value: string): object => ({ key, value, public: true, masked: false });
