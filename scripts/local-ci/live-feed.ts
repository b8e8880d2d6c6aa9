import { z } from 'zod';
import { WebSocket } from 'ws';
import { once } from 'node:events';

const liveMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('job'),
    job: z.object({
      id: z.number(),
      name: z.string(),
      state: z.string(),
      failure_reason: z.string().nullable(),
      exit_code: z.number().nullable(),
      allow_failure: z.boolean(),
      t: z.record(z.string(), z.number()),
    }),
  }),
  z.object({ type: z.literal('trace'), id: z.number(), offset: z.number(), data: z.string() }),
]);

/** A job with its new state. */
export type LiveJob = Extract<z.output<typeof liveMessage>, { type: 'job' }>['job'];

export interface LiveListener {
  readonly job: (job: LiveJob) => void;
  readonly trace: (jobId: number, bytes: Buffer) => void;
}

/** Listens to the coordinator's feed of job states and traces; disposing hangs up. */
export async function openLiveFeed(coordinatorUrl: string, listener: LiveListener): Promise<Disposable> {
  const socket = new WebSocket(`${coordinatorUrl.replace(/^http/, 'ws')}/mock/live`);
  socket.on('message', (data: Buffer) => {
    const message = liveMessage.parse(JSON.parse(data.toString('utf8')));
    if (message.type === 'job') listener.job(message.job);
    else listener.trace(message.id, Buffer.from(message.data, 'base64'));
  });
  await once(socket, 'open');
  return { [Symbol.dispose]: () => socket.terminate() };
}
