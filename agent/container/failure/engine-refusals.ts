/** Something that the engine refuses, and what it means to the job's author. All of it is `runner_system_failure`. */
export interface EngineRefusal {
  /** Finds the engine's own words; its groups are handed to `sentence`. */
  readonly pattern: RegExp;
  readonly sentence: (found: readonly string[], image: string) => string;
}

const starts = (words: string): RegExp => new RegExp(`exec: "([^"]+)": .*(?:${words})`);

/** In the order in which they are tried: the more special first. The table that docs/failures.md repeats. */
export const ENGINE_REFUSALS: readonly EngineRefusal[] = [
  {
    pattern: /exec: "(?:\/bin\/|\/usr\/bin\/)?sh": .*(?:not found|no such file)/,
    sentence: (_, image) => `image "${image}" has no shell: the script needs sh or bash in it`,
  },
  {
    pattern: starts('not found|no such file'),
    sentence: ([program], image) => `image "${image}" has no program "${program}": check the entrypoint`,
  },
  {
    pattern: starts('permission denied|is a directory'),
    sentence: ([program], image) => `"${program}" of image "${image}" is not an executable file: check the entrypoint`,
  },
  {
    pattern: /exec format error/,
    sentence: (_, image) =>
      `image "${image}" is made for another processor architecture than this host (exec format error)`,
  },
  {
    pattern: /unable to find user ([^:]+)/,
    sentence: ([user], image) => `image "${image}" has no user "${user}"`,
  },
  {
    pattern: /unable to find group ([^:]+)/,
    sentence: ([group], image) => `image "${image}" has no group "${group}"`,
  },
  {
    pattern: /network (\S+) not found/,
    sentence: ([network]) => `there is no network "${network}" on this host: check network_mode`,
  },
  {
    pattern: /(?:Bind for|bind:?|listen) .*?(?:port is already allocated|address already in use)/,
    sentence: () =>
      `a port that a container is to have on the host is taken already: with network_mode "host" all share it`,
  },
  {
    pattern: /no space left on device|disk quota exceeded/i,
    sentence: () => `no space left on the disk of the engine: free some (docker system df, docker system prune)`,
  },
  {
    pattern: /read-only file system|marked read-only/i,
    sentence: () =>
      `the engine cannot write to a read-only file system: a mount point that is missing in a read-only image or volume, or a disk of the host`,
  },
  {
    pattern:
      /OOM-killed|cannot start a (?:container that has stopped|stopped process)|memory\.\S*limit\S*: device or resource busy/,
    sentence: () =>
      `the container was out of memory before its first program ran: "memory" in [runners.docker] is too small`,
  },
  {
    pattern: /No such container: [0-9a-f]{12,64}\b|is marked for removal/,
    sentence: () => `a container of the job was removed from outside before it was started`,
  },
];
