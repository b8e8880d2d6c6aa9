import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * How a test image is made here: Debian packages, busybox alone or the current engine with the text of an entrypoint, plus
 * `docker import --change` lines.
 */
export interface ImageRecipe {
  readonly content: 'busybox' | readonly string[] | { readonly dockerEntrypoint: string };
  readonly changes: readonly string[];
  /** What stands for it where a registry can be reached and the caller prefers that. */
  readonly publicImage: string;
}

export const IMAGE_LABEL = 'dockworker.test-image';

/** The image of Docker in Docker, where the engine can run it (see `needsDockerImage`). */
export const DOCKER_IMAGE = 'docker:dind';

/** Every image that tests, demo and bench use. */
export const IMAGE_RECIPES: Readonly<Record<string, ImageRecipe>> = {
  'busybox:latest': { content: 'busybox', changes: ['CMD ["sh"]'], publicImage: 'busybox:latest' },
  'gitbase:latest': {
    content: ['git', 'git-lfs', 'bash', 'ca-certificates', 'openssh-client', 'curl'],
    changes: ['CMD ["bash"]'],
    publicImage: 'buildpack-deps:bookworm-scm',
  },
  'redis:7': {
    content: ['redis-server'],
    changes: ['EXPOSE 6379', 'ENTRYPOINT ["redis-server", "--protected-mode", "no", "--save", ""]'],
    publicImage: 'redis:7',
  },
  [DOCKER_IMAGE]: {
    content: { dockerEntrypoint: readFileSync(join(import.meta.dirname, 'dockerd-entrypoint.sh'), 'utf8') },
    changes: [
      'ENV DOCKER_TLS_CERTDIR=/certs',
      'VOLUME /var/lib/docker',
      'EXPOSE 2375 2376',
      'ENTRYPOINT ["dockerd-entrypoint.sh"]',
    ],
    publicImage: 'docker:dind',
  },
};

/** A short name for what the recipe makes: another recipe has another one. */
export function recipeStamp(recipe: ImageRecipe): string {
  return createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 12);
}
