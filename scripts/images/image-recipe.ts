import { createHash } from 'node:crypto';

/** How a test image is made here: Debian packages, or busybox alone, plus `docker import --change` lines. */
export interface ImageRecipe {
  readonly content: 'busybox' | readonly string[];
  readonly changes: readonly string[];
  /** What stands for it where a registry can be reached and the caller prefers that. */
  readonly publicImage: string;
}

export const IMAGE_LABEL = 'dockworker.test-image';

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
};

/** A short name for what the recipe makes: another recipe has another one. */
export function recipeStamp(recipe: ImageRecipe): string {
  return createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 12);
}
