import { readFile } from 'node:fs/promises';
import type { Subnet } from './subnet.ts';

/**
 * Networks that this host has a route to, bridges of the engine among them; the default route is none of them. Empty
 * where the system does not tell (not Linux): the engine then says what overlaps.
 */
export async function hostRoutes(path = '/proc/net/route'): Promise<Subnet[]> {
  const table = await readFile(path, 'utf8').catch(() => '');
  const rows = table.split('\n').slice(1);
  return rows.flatMap((row) => {
    const fields = row.split('\t');
    const [address, mask] = [hexAddress(fields[1]), hexAddress(fields[7])];
    if (address === undefined || mask === undefined || mask === 0) return [];
    return [{ address, prefix: 32 - Math.log2(2 ** 32 - mask) }];
  });
}

/** The kernel prints addresses in its own byte order: little-endian wherever Node runs. */
function hexAddress(text: string | undefined): number | undefined {
  if (text === undefined || !/^[0-9A-F]{8}$/i.test(text)) return undefined;
  return Buffer.from(text, 'hex').readUInt32LE(0);
}
