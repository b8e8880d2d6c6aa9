import { Option } from 'commander';
import type { z } from 'zod';
import { fieldOf, type Field } from '../../config/schema/fields.ts';
import { cacheSchema } from '../../config/schema/cache.ts';
import { dockerTable } from '../../config/schema/docker.ts';
import { runnerKeys } from '../../config/schema/runner.ts';
import { fieldParser, parseFlag } from './field-values.ts';

/** A command-line option and the key of the `[[runners]]` entry that it sets. */
export interface FieldOption {
  readonly option: Option;
  readonly path: readonly string[];
}

interface Spelling {
  readonly long: string;
  readonly env: string | undefined;
}

/** Options whose names do not follow from their keys; users know them so. */
const SPELLINGS: Readonly<Record<string, Spelling>> = {
  environment: { long: 'env', env: 'RUNNER_ENV' },
  clone_url: { long: 'clone-url', env: 'CLONE_URL' },
  feature_flags: { long: 'feature-flags', env: 'FEATURE_FLAGS' },
  'tls-ca-file': { long: 'tls-ca-file', env: 'CI_SERVER_TLS_CA_FILE' },
  'tls-cert-file': { long: 'tls-cert-file', env: 'CI_SERVER_TLS_CERT_FILE' },
  'tls-key-file': { long: 'tls-key-file', env: 'CI_SERVER_TLS_KEY_FILE' },
  'docker.tls_cert_path': { long: 'docker-cert-path', env: 'DOCKER_CERT_PATH' },
  'docker.tls_verify': { long: 'docker-tlsverify', env: 'DOCKER_TLS_VERIFY' },
  'docker.userns_mode': { long: 'docker-userns', env: 'DOCKER_USERNS_MODE' },
  'docker.ipcmode': { long: 'docker-ipcmode', env: 'DOCKER_IPC_MODE' },
  'cache.MaxUploadedArchiveSize': {
    long: 'cache-max-uploaded-archive-size',
    env: 'CACHE_MAXIMUM_UPLOADED_ARCHIVE_SIZE',
  },
};

/** Second names that the peer uses. */
const ALIASES: Readonly<Record<string, string>> = {
  'docker.services_privileged': 'docker-services_privileged',
  'cache.MaxUploadedArchiveSize': 'cache-max_uploaded_archive_size',
};

/** Keys that have an option of their own, or that only the coordinator or the agent itself sets. */
const NOT_OPTIONS: ReadonlySet<string> = new Set(['id', 'token_obtained_at', 'token_expires_at', 'executor', 'labels']);

/** The options of `[[runners]]`, `[runners.docker]` and `[runners.cache]`, as the schema declares them. */
export function fieldOptions(): FieldOption[] {
  const { s3, gcs, azure, ...cache } = cacheSchema.shape;
  return [
    ...optionsOf([], runnerKeys),
    ...optionsOf(['docker'], dockerTable.shape),
    ...optionsOf(['cache'], cache),
    ...optionsOf(['cache', 's3'], s3.def.innerType.shape),
    ...optionsOf(['cache', 'gcs'], gcs.def.innerType.shape),
    ...optionsOf(['cache', 'azure'], azure.def.innerType.shape),
    ...namedOptions(),
  ];
}

function namedOptions(): FieldOption[] {
  const flags: Field = { kind: 'switches', description: 'feature flags, NAME:true; repeatable' };
  const build: Field = { kind: 'flag', description: 'jobs may set GIT_CLONE_PATH' };
  const services: Field = { kind: 'list', description: 'image of a service for every job; repeatable' };
  return [
    fieldOption(['feature_flags'], flags, spellingOf(['feature_flags'])),
    fieldOption(['custom_build_dir', 'enabled'], build, {
      long: 'custom_build_dir-enabled',
      env: 'CUSTOM_BUILD_DIR_ENABLED',
    }),
    fieldOption(['docker', 'services'], services, { long: 'docker-services', env: undefined }),
  ];
}

function optionsOf(table: readonly string[], shape: Readonly<Record<string, z.ZodType>>): FieldOption[] {
  return Object.entries(shape).flatMap(([key, schema]) => {
    const field = fieldOf(schema);
    const path = [...table, key];
    if (field === undefined || NOT_OPTIONS.has(path.join('.'))) return [];
    const main = fieldOption(path, field, spellingOf(path));
    const alias = ALIASES[path.join('.')];
    if (alias === undefined) return [main];
    const second = fieldOption(path, field, { long: alias, env: undefined });
    second.option.hideHelp();
    return [main, second];
  });
}

function fieldOption(path: readonly string[], field: Field, { long, env }: Spelling): FieldOption {
  const value = field.kind === 'flag' ? '[bool]' : `<${field.kind}>`;
  const option = new Option(`--${long} ${value}`, field.description);
  if (env !== undefined) option.env(env);
  if (field.kind === 'flag') option.preset('true').argParser(parseFlag);
  else option.argParser(fieldParser(field.kind));
  return { option, path };
}

/** `[docker, pull_policy]` -> --docker-pull-policy, DOCKER_PULL_POLICY; `[cache, s3, RoleARN]` -> --cache-s3-role-arn. */
function spellingOf(path: readonly string[]): Spelling {
  const named = SPELLINGS[path.join('.')];
  if (named !== undefined) return named;
  const words = path.map((part) => kebab(part)).join('-');
  return { long: words, env: `${path.length === 1 ? 'RUNNER_' : ''}${words.replaceAll('-', '_').toUpperCase()}` };
}

function kebab(key: string): string {
  return key
    .replaceAll('_', '-')
    .replaceAll(/([a-z\d])([A-Z])/g, '$1-$2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1-$2')
    .toLowerCase();
}
