import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ContainerInspectInfo, ImageInspectInfo } from 'dockerode';
import { containerDetails, imageDetails, killSignals } from '../../../../agent/docker/engine-replies.ts';

describe('imageDetails', () => {
  const reply = (Config: unknown, rest: object = {}): ImageInspectInfo =>
    ({ Id: 'sha256:1', Os: 'linux', Architecture: 'amd64', Config, ...rest }) as unknown as ImageInspectInfo;

  test('TCP ports only, ascending as numbers', () => {
    const ExposedPorts = { '8080/tcp': {}, '80': {}, '53/udp': {}, '9/sctp': {}, '100/tcp': {}, 'x/tcp': {} };
    assert.deepEqual(imageDetails(reply({ ExposedPorts })).tcpPorts, [80, 100, 8080]);
  });

  test('what the engine leaves out or sets to null is empty', () => {
    const empty = {
      id: 'sha256:1',
      digests: [],
      os: 'linux',
      architecture: 'amd64',
      user: '',
      env: [],
      entrypoint: [],
      tcpPorts: [],
      healthcheck: undefined,
    };
    for (const config of [undefined, null, {}, { Env: null, Entrypoint: null, ExposedPorts: null, User: '' }])
      assert.deepEqual(imageDetails(reply(config, { RepoDigests: null })), empty);
  });

  test('an entrypoint may be one word', () => {
    assert.deepEqual(imageDetails(reply({ Entrypoint: '/e' })).entrypoint, ['/e']);
    assert.deepEqual(imageDetails(reply({ Entrypoint: ['/e', 'x'] })).entrypoint, ['/e', 'x']);
  });
});

describe('containerDetails', () => {
  const reply = (Networks: unknown): ContainerInspectInfo =>
    ({
      State: { Running: true, ExitCode: 0, OOMKilled: false, Error: '' },
      Config: { Env: null },
      NetworkSettings: { Networks },
    }) as unknown as ContainerInspectInfo;
  const address = (networks: unknown): string => containerDetails(reply(networks)).address;

  test('the first address that is one', () => {
    assert.equal(address({ a: { IPAddress: '' }, b: { IPAddress: '10.0.0.2' } }), '10.0.0.2');
    assert.equal(address({ a: { IPAddress: '', GlobalIPv6Address: 'fd00::2' } }), 'fd00::2');
  });
  test('no network, no address', () => {
    for (const networks of [{}, undefined, null, { none: { IPAddress: '' } }]) assert.equal(address(networks), '');
  });
});

describe('killSignals', () => {
  const event = (Action: string, signal?: string): string =>
    JSON.stringify({
      Type: 'container',
      Action,
      Actor: { ID: 'c', Attributes: { image: 'x', ...(signal && { signal }) } },
    });

  test('those since the last start, oldest first', () => {
    const first = [event('create'), event('start'), event('kill', '2'), event('die')];
    const second = [event('start'), event('kill', '15'), event('kill', '9'), event('die'), event('stop')];
    assert.deepEqual(killSignals([...first, ...second].join('\n') + '\n'), ['15', '9']);
    assert.deepEqual(killSignals(first.join('\n')), ['2']);
  });

  test('none', () => {
    assert.deepEqual(killSignals(''), []);
    assert.deepEqual(killSignals([event('start'), event('die')].join('\n')), []);
  });
});
