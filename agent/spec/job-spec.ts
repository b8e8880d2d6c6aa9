import type { Readiness } from './readiness.ts';

/**
 * One accepted job as plain data: everything expanded, decided and checked. It knows neither the wire nor the engine's
 * options, so that it can be printed, stored and compared.
 */
export interface JobSpec {
  readonly jobId: number;
  /** Start of the name of every object of this job; unique per job. */
  readonly namePrefix: string;
  /** 32 hex digits that no output holds by accident: they mark where scripts begin and end. The same for every process that has the job. */
  readonly nonce: string;
  readonly hostname: string;
  /** Of every object of the job. */
  readonly labels: Readonly<Record<string, string>>;
  /** The operator's own labels, of containers only. */
  readonly containerLabels: Readonly<Record<string, string>>;
  readonly directories: JobDirectories;
  readonly image: ImageUse;
  readonly helperImage: ImageUse;
  readonly services: readonly ServiceSpec[];
  /** Name of the network of the job's own, made when `ownNetwork` says so. */
  readonly networkName: string;
  readonly ownNetwork: boolean;
  readonly volumes: readonly VolumeSpec[];
  readonly sources: SourcesSpec;
  readonly steps: readonly StepSpec[];
  readonly afterScript: readonly string[];
  readonly environment: readonly ShellVariable[];
  readonly files: readonly JobFile[];
  readonly shell: 'auto' | 'bash' | 'sh';
  readonly hooks: ScriptHooks;
  readonly timeouts: JobTimeouts;
  readonly flags: JobFlags;
}

export interface JobDirectories {
  /** CI_BUILDS_DIR: the mount point of the builds volume. */
  readonly builds: string;
  /** CI_PROJECT_DIR: working directory of every script. */
  readonly project: string;
  /** `<project>.tmp`: file variables, the GITLAB_ENV file, git configuration. */
  readonly temporary: string;
}

export type PullPolicy = 'always' | 'if-not-present' | 'never';

export interface ImageUse {
  readonly reference: string;
  /** In the order in which they are tried. */
  readonly pullPolicies: readonly PullPolicy[];
  readonly platform: string | undefined;
  /** undefined: the image's own; [""] or [] clear it. */
  readonly entrypoint: readonly string[] | undefined;
  readonly user: string | undefined;
  /** Named by the operator's configuration, without a job's variable in it: every job may use it. */
  readonly configured?: boolean;
}

export interface ServiceSpec {
  readonly image: ImageUse;
  /** Host names, explicit and derived, without the container id. */
  readonly aliases: readonly string[];
  readonly command: readonly string[] | undefined;
  /** A Docker Engine that may be told the MTU of the engine it runs on. */
  readonly inheritsMtu?: true;
  /** KEY=value */
  readonly environment: readonly string[];
  readonly readiness: Readiness;
  /** `<image with "/" as "__">-<index>`: end of the container's name. */
  readonly nameSuffix: string;
  readonly labels: Readonly<Record<string, string>>;
}

export type VolumeSpec =
  | {
      readonly kind: 'bind';
      readonly text: string;
      readonly destination: string;
      /** A directory that the agent has for the job: every user of its images may write. */
      readonly open?: true;
    }
  | {
      readonly kind: 'managed';
      readonly name: string;
      readonly destination: string;
      /** Kept for the next job of this project and slot; otherwise removed with the job. */
      readonly reusable: boolean;
      readonly labels: Readonly<Record<string, string>>;
    };

export type GitStrategy = 'clone' | 'fetch' | 'none' | 'empty';

export interface SourcesSpec {
  readonly strategy: GitStrategy;
  readonly checkout: boolean;
  /** Without user and token. */
  readonly url: string;
  /** The job token, whatever the job's variables say: opens the repository. */
  readonly token: string;
  readonly ref: string;
  readonly sha: string;
  readonly objectFormat: 'sha1' | 'sha256';
  readonly refspecs: readonly string[];
  /** 0: the whole history. */
  readonly depth: number;
  /** Words; undefined: no clean at all. */
  readonly cleanFlags: readonly string[] | undefined;
  readonly fetchFlags: readonly string[];
  readonly submodules: 'none' | 'normal' | 'recursive';
  readonly attempts: number;
  readonly sslVerify: boolean;
  /** Shell scripts of config and payload, in order. */
  readonly preScripts: readonly string[];
  readonly postScripts: readonly string[];
}

export interface StepSpec {
  /** `script`, `release` ...; its stage is `step_<name>`. */
  readonly name: string;
  readonly script: readonly string[];
}

/** One variable of the job, expanded. */
export interface ShellVariable {
  readonly key: string;
  readonly value: string;
}

/** A file that must lie in the container before a script starts. */
export interface JobFile {
  readonly path: string;
  readonly content: string;
}

export interface ScriptHooks {
  readonly preBuild: string | undefined;
  readonly postBuild: string | undefined;
}

/** All in milliseconds. */
export interface JobTimeouts {
  readonly job: number;
  readonly script: number | undefined;
  readonly afterScript: number;
}

export interface JobFlags {
  readonly debugTrace: boolean;
  /** CI_DEBUG_SERVICES: what services print is shown in the trace. */
  readonly debugServices: boolean;
  readonly scriptSections: boolean;
  readonly init: boolean;
  readonly nativeStop: boolean;
  /** The work tree is left as it was fetched, not as the job has changed it. */
  readonly cleanProject: boolean;
  /** Sources belong to the user of the build container, with the usual umask, instead of being open to everybody. */
  readonly ownSources: boolean;
  readonly afterScriptErrorsFail: boolean;
}
