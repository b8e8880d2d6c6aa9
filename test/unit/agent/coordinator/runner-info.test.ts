import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMessage } from '#protocol/parse.ts';
import { runnerInfoSchema } from '#protocol/runner.ts';
import { runnerInfo } from '../../../../agent/coordinator/runner-info.ts';

test('all 31 feature bits are there, and only those of what works are true', () => {
  const { features } = runnerInfo();
  const on = Object.keys(features).filter((name) => features[name]);
  assert.equal(Object.keys(features).length, 31);
  assert.deepEqual(on.toSorted(), [
    'cancel_gracefully',
    'cancelable',
    'image',
    'image_executor_opts',
    'masking',
    'multi_build_steps',
    'raw_variables',
    'refspecs',
    'return_exit_code',
    'service_executor_opts',
    'service_multiple_aliases',
    'service_variables',
    'services',
    'trace_checksum',
    'trace_reset',
    'trace_size',
    'two_phase_job_commit',
    'variables',
  ]);
});

test('it is a valid info object that names version, machine, GPUs and labels', () => {
  const info = runnerInfo({ gpus: 'all', labels: { site: 'north' } });
  assert.deepEqual(parseMessage(runnerInfoSchema, structuredClone(info), 'info'), info);
  assert.match(info.version, /^\d+\.\d+\.\d+/);
  assert.deepEqual([info.executor, info.shell, info.config.gpus], ['docker', 'bash', 'all']);
  assert.deepEqual(info.labels, { site: 'north' });
});

test('no labels, no field; GPUs are an empty text when unset', () => {
  const info = runnerInfo({ labels: {} });
  assert.equal('labels' in info, false);
  assert.deepEqual(info.config, { gpus: '' });
});
