/** A kind of job whose time is measured. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** What is laid over the smallest payload. */
  readonly payload: object;
  readonly pairs: number;
  /** Most that the job may take, as a multiple of `docker run --rm`. */
  readonly ratioLimit?: number;
  /** What we are after in the long run. */
  readonly ratioGoal?: number;
  readonly containerStarts: number;
  readonly requestGoal?: number;
}

const WITHOUT_SOURCES = { _variables: [{ key: 'GIT_STRATEGY', value: 'none', public: true }] };
const REDIS = { services: [{ name: 'redis:7', alias: 'redis' }] };

export const SMALLEST_JOB: object = WITHOUT_SOURCES;

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'smallest',
    title: 'smallest job',
    payload: SMALLEST_JOB,
    pairs: 15,
    ratioLimit: 1.3,
    ratioGoal: 1,
    containerStarts: 1,
  },
  { name: 'sources', title: 'job with sources', payload: {}, pairs: 11, ratioGoal: 1.5, containerStarts: 2 },
  {
    name: 'service',
    title: 'job with a service',
    payload: { ...WITHOUT_SOURCES, ...REDIS },
    pairs: 9,
    containerStarts: 2,
  },
  {
    name: 'service-sources',
    title: 'service and sources',
    payload: REDIS,
    pairs: 11,
    ratioLimit: 2.5,
    ratioGoal: 2,
    containerStarts: 3,
    requestGoal: 30,
  },
];
