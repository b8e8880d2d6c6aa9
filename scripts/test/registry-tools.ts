import { explain, isSetupError } from '../common/setup-error.ts';
import { ensurePackages } from '../engine/debian-packages.ts';

/** A registry, two kinds of stores for credentials, and what makes certificates, keys and passwords for them. */
const PACKAGES = [
  'docker-registry',
  'openssl',
  'perl',
  'curl',
  'pass',
  'gnupg',
  'golang-docker-credential-helpers',
  'amazon-ecr-credential-helper',
];

const NEEDS_TOOLS = /\/(?:registry|credential|doctor|docker-builds)/;

/**
 * Installs what the tests on real registries need, when one of the files is such a test. Where that cannot be done, those
 * tests are skipped with the reason; gives a line that says so.
 */
export async function prepareRegistryTools(files: readonly string[]): Promise<string[]> {
  if (!files.some((file) => NEEDS_TOOLS.test(file))) return [];
  try {
    await ensurePackages(PACKAGES);
    return [];
  } catch (error) {
    if (!isSetupError(error)) throw error;
    return [`tests on real registries were skipped where a program is missing: ${explain(error)}`];
  }
}
