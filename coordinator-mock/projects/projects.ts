import { mkdir, stat, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import PQueue from 'p-queue';
import { runGit } from './run-git.ts';

/** The commit that a pipeline or job is about. */
export interface Commit {
  readonly ref: string;
  readonly refType: 'branch' | 'tag';
  readonly sha: string;
  readonly beforeSha: string;
  readonly message: string;
  /** `Name <email>` */
  readonly author: string;
  /** ISO 8601. */
  readonly timestamp: string;
}

/** A git repository that jobs can fetch. `repository` is the bare copy that is served; it borrows the project's objects. */
export interface Project {
  readonly id: number;
  /** `group/project` */
  readonly path: string;
  readonly folder: string;
  readonly repository: string;
  readonly defaultBranch: string;
  /** `sha1` or `sha256`. */
  readonly objectFormat: string;
}

const group = 'local';
const firstId = 7;

/** The projects that the coordinator has been told of. The project's own repository is only ever read. */
export class ProjectStore {
  readonly #folder: string;
  readonly #projects: Project[] = [];
  /** One at a time: git does not like its repository to be made twice at once. */
  readonly #turns = new PQueue({ concurrency: 1 });

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The project that is meant when a job does not say: the first. */
  get default(): Project | undefined {
    return this.#projects[0];
  }

  byPath(path: string): Project | undefined {
    return this.#projects.find((project) => project.path === path);
  }

  /** Takes on the repository in `folder` (a work tree or a bare one), or refreshes what is known of its refs. */
  open(folder: string): Promise<Project> {
    return this.#turns.add(() => this.#open(folder));
  }

  async #open(folder: string): Promise<Project> {
    const known = this.#projects.find((project) => project.folder === resolve(folder));
    const project = known ?? (await this.#create(resolve(folder)));
    const refs = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];
    await runGit(project.repository, 'fetch', '--quiet', '--prune', project.folder, ...refs);
    return project;
  }

  async #create(folder: string): Promise<Project> {
    const isFolder = await stat(folder).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (!isFolder) throw new Error(`${folder} is no folder: name one that holds a git repository`);
    const gitDir = await runGit(folder, 'rev-parse', '--path-format=absolute', '--git-common-dir').catch(
      (cause: unknown) => {
        throw new Error(`${folder} is no git repository: run "git init" and commit the files that jobs need`, {
          cause,
        });
      },
    );
    const objectFormat = await runGit(folder, 'rev-parse', '--show-object-format');
    const branch = await runGit(folder, 'symbolic-ref', '--short', 'HEAD').catch(() => 'main');
    const name = this.#freeName(
      basename(folder)
        .replace(/\.git$/, '')
        .replaceAll(/[^\w.-]/g, '-') || 'project',
    );
    const repository = join(this.#folder, `${name}.git`);
    await mkdir(repository, { recursive: true });
    await runGit(repository, 'init', '--quiet', '--bare', `--object-format=${objectFormat}`);
    await runGit(repository, 'symbolic-ref', 'HEAD', `refs/heads/${branch}`);
    await runGit(repository, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
    await shareObjects(repository, join(gitDir, 'objects'));
    const id = firstId + this.#projects.length;
    const project = { id, path: `${group}/${name}`, folder, repository, defaultBranch: branch, objectFormat };
    this.#projects.push(project);
    return project;
  }

  #freeName(name: string): string {
    for (let count = 1; ; count += 1) {
      const candidate = count === 1 ? name : `${name}-${count}`;
      if (this.byPath(`${group}/${candidate}`) === undefined) return candidate;
    }
  }
}

/** Lets the copy read the original's objects instead of having its own. */
async function shareObjects(repository: string, objects: string): Promise<void> {
  await mkdir(join(repository, 'objects', 'info'), { recursive: true });
  await writeFile(join(repository, 'objects', 'info', 'alternates'), `${objects}\n`);
}
