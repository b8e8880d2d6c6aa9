import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JobOffer } from '../../../../agent/coordinator/job-offer.ts';
import { jobOffer, runnerKeys } from '../../../support/poll-fixtures.ts';
import { startDaemon, type TestDaemon } from '../../../support/start-daemon.ts';

const one = runnerKeys('one');
const two = runnerKeys('two');
const counts = (agent: TestDaemon): number[] => ['one', 'two'].map((name) => agent.coordinator(name).asked.length);

describe('several runners', () => {
  test('each is asked every check_interval, spread over it', async (t) => {
    const agent = startDaemon(t, { concurrent: 2, runners: [one, two] });
    await agent.clock.advance(4000);
    assert.deepEqual(
      ['one', 'two'].map((name) => agent.coordinator(name).asked.map(({ at }) => at)),
      [
        [0, 2000, 4000],
        [0, 1000, 3000],
      ],
    );
  });

  test('with one place, a full queue of the first does not starve the second', async (t) => {
    const agent = startDaemon(t, { concurrent: 1, runners: [one, two] }, (name, fake) => {
      if (name === 'one') fake.answer(jobOffer(1), jobOffer(2), jobOffer(3));
      else fake.answer(jobOffer(11));
    });
    for (const id of [1, 11, 2]) {
      await agent.clock.advance(1);
      assert.equal(agent.jobs.ids.at(-1), id);
      agent.jobs.end(id);
    }
  });

  test('a coordinator that holds a request keeps neither the other runner nor its jobs waiting', async (t) => {
    const agent = startDaemon(t, { concurrent: 2, runners: [one, two] }, (name, fake) => {
      if (name === 'one') fake.otherwise(() => new Promise(() => undefined));
    });
    await agent.clock.advance(4000);
    assert.deepEqual(counts(agent), [1, 3]);
  });

  test('one request is never held while it takes the last place', async (t) => {
    const agent = startDaemon(t, { concurrent: 1, runners: [one, two] });
    await agent.clock.advance(4000);
    const sent = agent.coordinator('one').asked.map(({ lastUpdate }) => lastUpdate);
    assert.deepEqual(new Set(sent), new Set([undefined]));
  });
});

describe('reload', () => {
  test('a removed runner is asked no more, its job finishes; a new one is asked at once', async (t) => {
    const agent = startDaemon(t, { concurrent: 3, runners: [one] }, (name, fake) => {
      if (name === 'one') fake.answer(jobOffer(1));
    });
    await agent.clock.advance(1);
    const before = agent.coordinator('one').asked.length;
    await agent.reload({ concurrent: 3, runners: [two] });
    await agent.clock.advance(4000);
    assert.deepEqual(counts(agent), [before, 3]);
    assert.equal(agent.jobs.started[0]?.shutdown.aborted, false);
    agent.jobs.end(1);
  });

  test('a higher concurrent is used at once', async (t) => {
    const agent = startDaemon(t, { concurrent: 1, runners: [one] }, (_, fake) => fake.answer(jobOffer(1), jobOffer(2)));
    await agent.clock.advance(1000);
    assert.deepEqual(agent.jobs.ids, [1]);
    await agent.reload({ concurrent: 2, runners: [one] });
    await agent.clock.advance(0);
    assert.deepEqual(agent.jobs.ids, [1, 2]);
  });

  test('an unchanged runner keeps its pace, its client and its last_update', async (t) => {
    const agent = startDaemon(t, { concurrent: 2, runners: [one] });
    await agent.clock.advance(1000);
    await agent.reload({ concurrent: 2, runners: [one] });
    await agent.clock.advance(1000);
    const { asked } = agent.coordinator('one');
    assert.deepEqual(
      asked.map(({ at, lastUpdate }) => [at, lastUpdate]),
      [
        [0, undefined],
        [2000, 'u1'],
      ],
    );
    assert.deepEqual(agent.made, ['one'], 'its connections stay too');
  });

  test('changed settings of a runner reach the next job', async (t) => {
    const agent = startDaemon(t, { concurrent: 2, runners: [one] });
    await agent.clock.advance(1);
    await agent.reload({ concurrent: 2, labels: { site: 'north' }, runners: [{ ...one, limit: 5 }] });
    agent.coordinator('one').answer(jobOffer(1));
    await agent.clock.advance(2000);
    assert.equal(agent.jobs.started[0]?.runner.limit, 5);
    assert.deepEqual(agent.jobs.started[0]?.info.labels, { site: 'north' });
    assert.equal(agent.coordinator('one').asked[1]?.info, agent.jobs.started[0]?.info);
  });

  test('without runners nothing is asked, and the process stays', async (t) => {
    const agent = startDaemon(t, { runners: [one] });
    await agent.clock.advance(1);
    await agent.reload({});
    await agent.clock.advance(60_000);
    assert.deepEqual(counts(agent), [1, 0]);
    await agent.reload({ runners: [one] });
    await agent.clock.advance(1);
    assert.deepEqual(counts(agent), [2, 0]);
  });

  test('other executors are not asked for', async (t) => {
    const agent = startDaemon(t, { runners: [runnerKeys('one', { executor: 'shell' }), two] });
    await agent.clock.advance(1);
    assert.deepEqual(counts(agent), [0, 1]);
  });
});

describe('stopping', () => {
  test('SIGQUIT when idle: 0 at once, after clean-up', async (t) => {
    const agent = startDaemon(t, { runners: [one] });
    await agent.clock.advance(1);
    agent.signals.send('SIGQUIT');
    assert.equal(await agent.code, 0);
    assert.equal(agent.settled.length, 1);
    assert.equal(agent.signals.listeners, 0);
    assert.equal(agent.clock.sleeping, 0, 'no timer keeps the process alive');
  });

  test('SIGQUIT: the running job is left alone, nothing more is asked for', async (t) => {
    const agent = startDaemon(t, { concurrent: 2, runners: [one] }, (_, fake) => fake.answer(jobOffer(1)));
    await agent.clock.advance(1);
    agent.signals.send('SIGQUIT');
    await agent.clock.advance(60_000);
    assert.deepEqual([counts(agent)[0], agent.jobs.started[0]?.shutdown.aborted, agent.settled.length], [2, false, 0]);
    agent.jobs.end(1);
    assert.equal(await agent.code, 0);
  });

  test('SIGTERM: jobs are told, and waited for', async (t) => {
    const agent = startDaemon(t, { concurrent: 2, runners: [one] }, (_, fake) => fake.answer(jobOffer(1)));
    await agent.clock.advance(1);
    agent.signals.send('SIGTERM');
    assert.equal(agent.jobs.started[0]?.shutdown.aborted, true);
    await agent.clock.advance(10_000);
    agent.jobs.end(1);
    assert.equal(await agent.code, 0);
  });

  test('SIGTERM: a stubborn job is waited for until shutdown_timeout', async (t) => {
    const keys = { shutdown_timeout: 3, concurrent: 2, runners: [one] };
    const agent = startDaemon(t, keys, (_, fake) => fake.answer(jobOffer(1)));
    await agent.clock.advance(1);
    agent.signals.send('SIGTERM');
    await agent.clock.advance(3000);
    assert.equal(await agent.code, 1);
  });

  for (const [signal, aborted] of [
    ['SIGQUIT', false],
    ['SIGTERM', true],
  ] as const)
    test(`${signal} while a request is under way: its job is not lost`, async (t) => {
      const held = Promise.withResolvers<JobOffer>();
      const agent = startDaemon(t, { runners: [one] }, (_, fake) => fake.answer(held.promise));
      await agent.clock.advance(1);
      agent.signals.send(signal);
      await agent.clock.advance(4000);
      held.resolve(jobOffer(1));
      await agent.clock.advance(1);
      assert.deepEqual(agent.jobs.ids, [1]);
      assert.equal(agent.jobs.started[0]?.shutdown.aborted, aborted);
      agent.jobs.end(1);
      assert.equal(await agent.code, 0);
    });

  test('SIGTERM that detaches: running jobs are left alone, clean-up and jobs are not waited for', async (t) => {
    const keys = { on_sigterm: 'detach', concurrent: 2, runners: [one] };
    const agent = startDaemon(t, keys, (_, fake) => fake.answer(jobOffer(1)));
    await agent.clock.advance(1);
    agent.signals.send('SIGTERM');
    assert.deepEqual(await agent.end, { exitCode: 0, busy: true });
    const [job] = agent.jobs.started;
    assert.deepEqual([job?.shutdown.aborted, job?.detached.aborted, agent.settled.length], [false, true, 0]);
    assert.equal(agent.clock.sleeping, 0, 'no timer keeps the process alive');
  });

  test('the way of SIGTERM follows the configuration, and the command line wins', async (t) => {
    const agent = startDaemon(t, { runners: [one], concurrent: 2 }, (_, fake) => fake.answer(jobOffer(1)));
    await agent.clock.advance(1);
    await agent.reload({ on_sigterm: 'detach', runners: [one], concurrent: 2 });
    agent.signals.send('SIGTERM');
    assert.deepEqual(await agent.end, { exitCode: 0, busy: true });
    const told = startDaemon(t, { on_sigterm: 'detach', runners: [one] }, undefined, { onSigterm: 'abort' });
    await told.clock.advance(1);
    told.signals.send('SIGTERM');
    assert.deepEqual(await told.end, { exitCode: 0, busy: false });
  });

  test('detaching while a request is under way: its job is handed on, and waited for until it is written down', async (t) => {
    const held = Promise.withResolvers<JobOffer>();
    const keys = { on_sigterm: 'detach', runners: [one] };
    const agent = startDaemon(t, keys, (_, fake) => fake.answer(held.promise));
    await agent.clock.advance(1);
    agent.signals.send('SIGTERM');
    await agent.clock.advance(4000);
    held.resolve(jobOffer(1));
    await agent.clock.advance(1);
    const ended = await Promise.race([agent.end, Promise.resolve('not yet')]);
    assert.deepEqual([agent.jobs.ids, agent.jobs.started[0]?.detached.aborted, ended], [[1], true, 'not yet']);
    agent.jobs.end(1);
    assert.equal(await agent.code, 0);
  });

  test('a drain may be cut short by a detach, also while it waits for clean-up', async (t) => {
    const keys = { on_sigterm: 'detach', concurrent: 2, runners: [one] };
    const settling = Promise.withResolvers<void>();
    const settle = (): Promise<void> => settling.promise;
    const agent = startDaemon(t, keys, (_, fake) => fake.answer(jobOffer(1)), { settle });
    await agent.clock.advance(1);
    agent.signals.send('SIGQUIT');
    agent.jobs.end(1);
    await agent.clock.advance(60_000);
    agent.signals.send('SIGTERM');
    assert.deepEqual(await agent.end, { exitCode: 0, busy: true });
  });

  test('detaching gives up a request that is held for longer than 5 s', async (t) => {
    const keys = { on_sigterm: 'detach', runners: [one] };
    const agent = startDaemon(t, keys, (_, fake) => fake.answer(new Promise(() => undefined)));
    await agent.clock.advance(1);
    agent.signals.send('SIGTERM');
    await agent.clock.advance(4999);
    assert.equal(agent.coordinator('one').open, 1);
    await agent.clock.advance(1);
    assert.equal(await agent.code, 0);
  });

  test('a request that is held for longer is given up after 5 s', async (t) => {
    const agent = startDaemon(t, { runners: [one] }, (_, fake) => fake.answer(new Promise(() => undefined)));
    await agent.clock.advance(1);
    agent.signals.send('SIGTERM');
    await agent.clock.advance(4999);
    assert.equal(agent.coordinator('one').open, 1);
    await agent.clock.advance(1);
    assert.equal(await agent.code, 0);
  });
});
