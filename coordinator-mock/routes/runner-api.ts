import type { FastifyInstance } from 'fastify';
import { endpoints } from '#protocol/endpoints.ts';
import type { CoordinatorState } from '../coordinator-state.ts';
import { HttpError } from '../http/http-error.ts';
import { downloadArtifacts } from './download-artifacts.ts';
import { patchTrace } from './patch-trace.ts';
import { registerRunner } from './register-runner.ts';
import { requestJob } from './request-job.ts';
import { resetToken } from './reset-token.ts';
import { unregisterRunner } from './unregister-runner.ts';
import { updateJob } from './update-job.ts';
import { uploadArtifacts } from './upload-artifacts.ts';
import { verifyRunner } from './verify-runner.ts';

/** Everything that GitLab's runner API v4 answers to an agent. */
export function runnerApi(app: FastifyInstance, state: CoordinatorState): void {
  registerRunner(app, state);
  verifyRunner(app, state);
  unregisterRunner(app, state);
  resetToken(app, state);
  requestJob(app, state);
  updateJob(app, state);
  patchTrace(app, state);
  uploadArtifacts(app, state);
  downloadArtifacts(app, state);
  app.get(endpoints.routerDiscovery.path, () => {
    throw new HttpError(501);
  });
}
