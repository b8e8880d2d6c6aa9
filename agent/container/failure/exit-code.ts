/** What exit codes mean that shells and the kernel give, not the script. The table that docs/failures.md repeats. */
export const EXIT_CODES: Readonly<Record<number, string>> = {
  126: 'a command was found, but could not be run',
  127: 'a command was not found',
  132: 'a process ended by an illegal instruction (SIGILL): it may be built for a newer processor',
  134: 'a process aborted (SIGABRT)',
  136: 'a process ended by an arithmetic error (SIGFPE)',
  137: 'a process was killed (SIGKILL), and not for want of memory',
  139: 'a process crashed (SIGSEGV)',
  141: 'a pipe was closed by its reader (SIGPIPE)',
  143: 'a process was told to end (SIGTERM)',
};

/** Undefined for the exit codes that scripts choose for themselves. */
export const exitCodeMeaning = (exitCode: number): string | undefined => EXIT_CODES[exitCode];
