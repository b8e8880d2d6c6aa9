import { execFileSync } from 'node:child_process';
import { DOCKER_IMAGE } from '../../scripts/images/image-recipe.ts';
import { engineSocket, needsEngine } from './engine.ts';

/** For `test(name, { skip: needsDockerImage() }, ...)`: false, or why there is no Docker in Docker here. */
export function needsDockerImage(): false | string {
  const reason = needsEngine();
  if (reason !== false) return reason;
  try {
    execFileSync('docker', ['--host', `unix://${engineSocket() ?? ''}`, 'image', 'inspect', DOCKER_IMAGE], {
      stdio: 'ignore',
    });
    return false;
  } catch {
    return `no image ${DOCKER_IMAGE}: \`npm test\` makes it for engines that can run it (DOCKWORKER_TEST_ENGINE=current)`;
  }
}
