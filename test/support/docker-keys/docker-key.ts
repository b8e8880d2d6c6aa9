import { parse } from 'toml';

/** The containers of a job. */
export type Place = 'build' | 'helper' | 'service';

/** One key of `[runners.docker]` and where the engine shows what became of it. */
export interface KeyRow {
  readonly key: string;
  /** A line of `[runners.docker]`. */
  readonly config: string;
  /** Of `docker inspect`, names with dots between them. */
  readonly path: string;
  /** What is there; a container that is not named here must show nothing. */
  readonly shows: Readonly<Partial<Record<Place, unknown>>>;
}

/** Keys that can be looked at in one job. */
export interface KeySet {
  readonly what: string;
  /** More lines of `[runners.docker]`. */
  readonly config?: string;
  readonly rows: readonly KeyRow[];
}

/** One key and what a script sees of it. */
export interface EffectRow {
  readonly key: string;
  readonly what: string;
  readonly config: string;
  readonly script: readonly string[];
  readonly prints: readonly string[];
  /** Of the job. */
  readonly image?: object;
  readonly variables?: Readonly<Record<string, string>>;
}

export const everywhere = (value: unknown): KeyRow['shows'] => ({ build: value, helper: value, service: value });
export const notInServices = (value: unknown): KeyRow['shows'] => ({ build: value, helper: value });

/** Lines of `[runners.docker]` as a table for the schema. */
export const dockerTable = (config: string): Record<string, unknown> => parse(config) as Record<string, unknown>;
