import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { WebSocket } from 'ws';
import type { LiveMessage } from '../../../coordinator-mock/live.ts';
import { startCoordinator, type TestCoordinator } from '../../support/start-coordinator.ts';

/** Opens the feed and gives the messages one by one. */
async function* listen(coordinator: TestCoordinator, query = ''): AsyncGenerator<LiveMessage> {
  const socket = new WebSocket(`${coordinator.url.replace('http', 'ws')}/mock/live${query}`);
  const inbox: LiveMessage[] = [];
  let wake = (): void => undefined;
  socket.on('message', (data) => {
    inbox.push(JSON.parse((data as Buffer).toString()));
    wake();
  });
  try {
    for (;;) {
      const message = inbox.shift();
      if (message !== undefined) yield message;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    socket.terminate();
  }
}

const next = async (feed: AsyncGenerator<LiveMessage>): Promise<LiveMessage> => (await feed.next()).value;

describe('/mock/live', () => {
  test('first what was, then every state and every byte', async () => {
    await using coordinator = await startCoordinator();
    const job = await coordinator.running();
    await coordinator.patch(job, 0, 'hello');
    const feed = listen(coordinator);
    const state = await next(feed);
    assert.ok(state.type === 'job' && state.job['state'] === 'running' && state.job['id'] === job.id);
    const data = (text: string) => Buffer.from(text).toString('base64');
    assert.deepEqual(await next(feed), { type: 'trace', id: job.id, offset: 0, data: data('hello') });
    await coordinator.patch(job, 5, ' you');
    assert.deepEqual(await next(feed), { type: 'trace', id: job.id, offset: 5, data: data(' you') });
    await coordinator.update(job, { state: 'success' });
    const end = await next(feed);
    assert.ok(end.type === 'job' && end.job['state'] === 'success');
    assert.ok(!JSON.stringify(end).includes(job.token));
    await feed.return(undefined);
  });

  test('one job only, when asked', async () => {
    await using coordinator = await startCoordinator();
    const other = await coordinator.running();
    const job = await coordinator.running();
    const feed = listen(coordinator, `?job=${job.id}`);
    await next(feed);
    await coordinator.patch(other, 0, 'no');
    await coordinator.patch(job, 0, 'yes');
    const message = await next(feed);
    assert.equal(message.type === 'trace' && message.id, job.id);
    await feed.return(undefined);
  });

  test('another path is refused', async () => {
    await using coordinator = await startCoordinator();
    const socket = new WebSocket(`${coordinator.url.replace('http', 'ws')}/mock/other`);
    const error = await new Promise<Error>((resolve) => socket.once('error', resolve));
    assert.match(error.message, /404/);
  });
});
