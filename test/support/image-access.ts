import { anonymous, type ImageAccess } from '../../agent/images/image-access.ts';
import { PullManager } from '../../agent/images/pull-manager.ts';
import { RegistryCheck, type ManifestSource } from '../../agent/images/registry-check.ts';

/** A registry that the test does not expect to be asked. */
const silent: ManifestSource = {
  headManifest: (reference) => Promise.reject(new Error(`the registry was asked for ${reference}`)),
};

/** Access to images for one job, without credentials and registry unless the test gives them. */
export const imageAccess = (
  changes: Partial<ImageAccess> & { readonly registry?: ManifestSource } = {},
): ImageAccess => ({
  pulls: new PullManager(),
  check: new RegistryCheck(changes.registry ?? silent),
  credentials: anonymous,
  mirrors: [],
  verify: true,
  ...changes,
});
