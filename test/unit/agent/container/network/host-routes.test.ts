import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { hostRoutes } from '../../../../../agent/container/network/host-routes.ts';
import { formatSubnet } from '../../../../../agent/container/network/subnet.ts';
import { tempDir } from '../../../../support/temp-dir.ts';

const TABLE = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
tun0\t0A1EAC10\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0
broken
`;

test('routes are read in the byte order of the kernel; the default route is none', async () => {
  await using dir = await tempDir();
  const path = join(dir.path, 'route');
  await writeFile(path, TABLE);
  assert.deepEqual((await hostRoutes(path)).map(formatSubnet), ['172.17.0.0/16', '16.172.30.10/32']);
});

test('a system that does not tell has none', async () => {
  assert.deepEqual(await hostRoutes('/nonexistent/route'), []);
});
