import type { Variable } from '#protocol/job.ts';
import type { JobFile, ShellVariable } from '../../spec/job-spec.ts';
import { IMAGE_PATH } from '../../stages/shell-script.ts';
import { expandVariables } from './expand-variables.ts';

/** A variable and where it comes from: `internal` ones are the agent's own and may reach services. */
export interface JobVariable extends Variable {
  readonly internal: boolean;
}

/** Makes one of the agent's own variables. */
export const agentVariable = (key: string, value: string): JobVariable => ({
  key,
  value,
  public: true,
  masked: false,
  file: false,
  raw: true,
  internal: true,
});

/**
 * The variables of one job. The last definition of a key wins. Each value is expanded once, against the values as they
 * were given (not against expanded ones); raw values stay as they are; a file variable is known to others by its path.
 */
export class JobVariables {
  readonly #given: ReadonlyMap<string, JobVariable>;
  readonly #expanded = new Map<string, string>();
  readonly #directory: string;

  /** `directory`: where the contents of file variables lie. */
  constructor(variables: readonly JobVariable[], directory: string) {
    this.#given = new Map(variables.map((variable) => [variable.key, variable]));
    this.#directory = directory;
    for (const variable of this.#given.values())
      this.#expanded.set(variable.key, variable.raw ? variable.value : this.#expandOnce(variable));
  }

  /** Value as a script sees it: expanded, or the path of a file variable. Empty for an unknown key. */
  get(key: string): string {
    const variable = this.#given.get(key);
    if (variable === undefined) return '';
    return variable.file ? this.#path(key) : this.content(key);
  }

  /** Like `get`, but the content of a file variable instead of its path. */
  content(key: string): string {
    return this.#expanded.get(key) ?? '';
  }

  has(key: string): boolean {
    return this.#given.has(key);
  }

  /** Replaces references in `text` by expanded values. */
  expand(text: string): string {
    return expandVariables(text, (name) => this.get(name));
  }

  /** All variables as the script gets them, in order of first definition. */
  environment(): ShellVariable[] {
    return [...this.#given.keys()].map((key) => ({ key, value: this.get(key) }));
  }

  /** `KEY=value` of those that services may see: public ones and the agent's own. */
  forServices(): string[] {
    const visible = [...this.#given.values()].filter(
      (variable) => variable.key !== '' && (variable.public || variable.internal),
    );
    return visible.map(({ key }) => `${key}=${this.get(key)}`).filter((entry) => !entry.includes('\0'));
  }

  files(): JobFile[] {
    const files = [...this.#given.values()].filter((variable) => variable.file);
    return files.map(({ key }) => ({ path: this.#path(key), content: this.content(key) }));
  }

  /** Values that must not be shown. */
  masked(): string[] {
    const secrets = [...this.#given.values()].filter((variable) => variable.masked);
    return secrets.map(({ key }) => this.content(key)).filter((value) => value.trim() !== '');
  }

  #expandOnce(variable: JobVariable): string {
    return expandVariables(variable.value, (name) => {
      if (variable.key === 'PATH' && name === 'PATH') return IMAGE_PATH;
      const other = this.#given.get(name);
      return other === undefined ? '' : other.file ? this.#path(name) : other.value;
    });
  }

  /** Hostile keys must not leave the directory. */
  #path(key: string): string {
    const name = key.replaceAll(/[/\0]/g, '_');
    return `${this.#directory}/${['', '.', '..'].includes(name) ? `_${name}` : name}`;
  }
}
