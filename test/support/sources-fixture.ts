import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { JobSpec } from '../../agent/spec/job-spec.ts';
import { getSourcesScript } from '../../agent/stages/get-sources.ts';
import { BASH, runInShell } from './framed-shell.ts';
import type { ShellRun, TestShell } from './framed-shell.ts';
import { git, GitRepository } from './git-fixture.ts';
import { accepted, variable } from './job-fixture.ts';
import type { TempDir } from './temp-dir.ts';

export interface SourcesChanges {
  /** Fields of git_info. */
  readonly git?: object;
  readonly payload?: object;
  readonly runner?: object;
  /** A builds directory that another job has used. */
  readonly builds?: string;
  readonly shell?: TestShell;
  readonly env?: NodeJS.ProcessEnv;
}

/** The sources of one job, fetched by the real git of this machine. */
export interface Sources {
  readonly spec: JobSpec;
  readonly project: string;
  run(): Promise<ShellRun>;
  git(this: void, ...args: string[]): Promise<string>;
  read(file: string): Promise<string>;
}

/** A repository with two commits of `file` and a tag, and jobs that want it. */
export class SourcesFixture {
  readonly dir: TempDir;
  readonly origin: GitRepository;
  readonly first: string;
  readonly second: string;
  #count = 0;

  private constructor(dir: TempDir, origin: GitRepository, commits: readonly [string, string]) {
    this.dir = dir;
    this.origin = origin;
    [this.first, this.second] = commits;
  }

  static async create(dir: TempDir): Promise<SourcesFixture> {
    const origin = await GitRepository.create(dir.file('origin'));
    const commits = [await origin.commit('file', 'one'), await origin.commit('file', 'two')] as const;
    await origin.git('tag', 'v1');
    return new SourcesFixture(dir, origin, commits);
  }

  sources(variables: Readonly<Record<string, string>> = {}, changes: SourcesChanges = {}): Sources {
    const git_info = {
      repo_url: `file://${this.origin.path}`,
      ref: 'main',
      sha: this.second,
      refspecs: ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*'],
      depth: 0,
      ...changes.git,
    };
    const given = Object.entries({ GIT_STRATEGY: 'fetch', ...variables }).map(([key, value]) => variable(key, value));
    const { spec } = accepted({
      payload: { git_info, variables: given, ...changes.payload },
      runner: { builds_dir: changes.builds ?? this.dir.file(`builds-${(this.#count += 1)}`), ...changes.runner },
    });
    const { project } = spec.directories;
    const env = { HOME: this.dir.path, GIT_CONFIG_NOSYSTEM: '1', ...changes.env };
    return {
      spec,
      project,
      run: () => runInShell(changes.shell ?? BASH, getSourcesScript(spec), { env }),
      git: (...args) => git(project, ...args),
      read: (file) => readFile(`${project}/${file}`, 'utf8'),
    };
  }

  /** The same, fetched. */
  async fetched(variables: Readonly<Record<string, string>> = {}, changes: SourcesChanges = {}): Promise<Sources> {
    const made = this.sources(variables, changes);
    const { exitCode, stderr } = await made.run();
    assert.equal(exitCode, 0, stderr);
    return made;
  }
}
