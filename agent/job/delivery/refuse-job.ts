import { describeError } from '../../common/errors/describe-error.ts';
import { errorCode } from '../../common/errors/error-code.ts';
import { JobFailure } from '../../common/errors/job-failure.ts';
import { classifyFailure } from '../../result/classify-failure.ts';
import { closingLine } from '../../result/closing-line.ts';
import { errorLine } from '../../trace/trace-text.ts';
import type { JobAssignment } from '../job-handler.ts';
import type { JobHost } from '../job-host.ts';
import { deliverText } from './deliver-text.ts';

const noSpaceCodes: readonly (string | undefined)[] = ['ENOSPC', 'EDQUOT'];

/** Reports a job that cannot even be written down, because of `cause`, as failed: nobody may wait for it. More jobs are asked for when there is room. */
export async function refuseJob(assignment: JobAssignment, host: JobHost, cause: unknown): Promise<void> {
  host.deliveries.room.noDisk(host.stateDir);
  const what = noSpaceCodes.includes(errorCode(cause)) ? 'no space left in' : 'nothing can be written in';
  const sentence = `${what} the state directory of the agent, ${host.stateDir}: ${describeError(cause)}`;
  const result = classifyFailure(new JobFailure('runner_system_failure', sentence));
  await deliverText(assignment, host, { result, text: errorLine(closingLine(result).text), release: () => {} });
}
