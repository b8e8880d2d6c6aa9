import packageJson from '../../package.json' with { type: 'json' };

/** The agent's version, as in `0.1.0`. */
export const version: string = packageJson.version;

/** How the agent names itself to others. */
export const productName = 'dockworker';

/** Operating system and processor in the coordinator's words: `linux`, `amd64`. */
export const platform: string = process.platform === 'win32' ? 'windows' : process.platform;
export const architecture: string =
  ({ x64: 'amd64', ia32: '386', arm: 'arm', arm64: 'arm64' } as Readonly<Record<string, string>>)[process.arch] ??
  process.arch;
