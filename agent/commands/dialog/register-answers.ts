import { hostname } from 'node:os';
import { UsageError } from '../../common/errors/usage-error.ts';
import { isTable, type TomlTable } from '../../config/check/parse-toml.ts';
import { isAuthenticationToken, type ServerAttributes } from '../../register/registration.ts';
import type { RegisterOptions } from '../options/register-options.ts';
import { Prompt } from './prompt.ts';

/** All that `register` has to know, from options or from answers. */
export interface RegisterAnswers {
  readonly url: string;
  readonly token: string | undefined;
  readonly registrationToken: string | undefined;
  readonly attributes: ServerAttributes;
  /** The entry with name, executor and image in place. */
  readonly settings: TomlTable;
}

/** Takes the answers from the options alone. Throws UsageError for what is missing. */
export function answersFromOptions(options: RegisterOptions, settings: TomlTable): RegisterAnswers {
  const { url, token, registrationToken } = options;
  if (!url) throw new UsageError('a URL is needed: --url (CI_SERVER_URL)');
  if (!imageOf(settings))
    throw new UsageError('an image for jobs that name none is needed: --docker-image (DOCKER_IMAGE)');
  const name = textOf(settings, 'name') || hostname();
  const executor = textOf(settings, 'executor') || 'docker';
  return { url, token, registrationToken, attributes: options, settings: { ...settings, name, executor } };
}

/** Asks on the terminal for what the options do not say. */
export async function answersFromPrompt(
  options: RegisterOptions,
  settings: TomlTable,
  interrupt: AbortController,
): Promise<RegisterAnswers> {
  using prompt = new Prompt(interrupt);
  const url = options.url || (await prompt.need('URL of the coordinator, such as https://gitlab.com/'));
  const tokens = await askToken(options, prompt);
  const legacy = tokens.registrationToken !== undefined && !isAuthenticationToken(tokens.registrationToken);
  const name = textOf(settings, 'name') || (await prompt.ask('Name of the runner', hostname()));
  const attributes = legacy ? await askAttributes(options, prompt) : options;
  const executor = textOf(settings, 'executor') || (await prompt.ask('Executor', 'docker'));
  const image = imageOf(settings) || (await prompt.need('Image for jobs that name none, such as ruby:3.3'));
  const docker = isTable(settings['docker']) ? settings['docker'] : {};
  return { url, ...tokens, attributes, settings: { ...settings, name, executor, docker: { ...docker, image } } };
}

async function askToken(
  { token, registrationToken }: RegisterOptions,
  prompt: Prompt,
): Promise<Pick<RegisterAnswers, 'token' | 'registrationToken'>> {
  if (token || registrationToken) return { token, registrationToken };
  const answer = await prompt.need('Token (glrt-... or a registration token)');
  return isAuthenticationToken(answer)
    ? { token: answer, registrationToken: undefined }
    : { token: undefined, registrationToken: answer };
}

async function askAttributes(options: RegisterOptions, prompt: Prompt): Promise<ServerAttributes> {
  const tagList = options.tagList ?? (await prompt.ask('Tags, separated by commas (empty for none)'));
  const maintenanceNote = options.maintenanceNote ?? (await prompt.ask('Maintenance note (empty for none)'));
  return { ...options, tagList, maintenanceNote };
}

function imageOf(settings: TomlTable): string {
  return isTable(settings['docker']) ? textOf(settings['docker'], 'image') : '';
}

function textOf(table: TomlTable, key: string): string {
  const value = table[key];
  return typeof value === 'string' ? value : '';
}
