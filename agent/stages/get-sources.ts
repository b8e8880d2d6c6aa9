import { shellQuote } from '../common/shell-quote.ts';
import type { JobSpec, SourcesSpec } from '../spec/job-spec.ts';
import { exportVariables, notice, STRICT_MODE, userCommands } from './shell-script.ts';

/** The part of the environment that keeps git quiet and alone with its own configuration. */
const GIT_ENVIRONMENT = [
  'export GIT_TERMINAL_PROMPT=0 GCM_INTERACTIVE=Never',
  'unset GIT_DIR GIT_WORK_TREE GIT_CONFIG_COUNT',
];

/** File variables and the settings of git that take them. */
const TLS_FILES = [
  ['CI_SERVER_TLS_CA_FILE', 'sslCAInfo'],
  ['CI_SERVER_TLS_CERT_FILE', 'sslCert'],
  ['CI_SERVER_TLS_KEY_FILE', 'sslKey'],
] as const;

/** Removes what an earlier job may have left for git to obey, in its own directory and in those of submodules: another place to look, configuration, hooks, locks. */
const FORGET_EARLIER_JOBS = [
  'if [ -L .git ] || [ ! -d .git ]; then rm -rf .git; fi',
  'if [ -d .git ]; then (cd .git && rm -rf config config.worktree commondir hooks *.lock); fi',
  `if [ -d .git/refs ]; then find .git/refs -name '*.lock' -type f -exec rm -f {} +; fi`,
  'if [ -d .git/modules ]; then',
  `  find .git/modules -type d -name objects -exec sh -c 'cd "$1/.." && rm -rf config config.worktree commondir hooks *.lock' sh {} ';'`,
  'fi',
];

/** The body of get_sources, for the helper container's shell. */
export function getSourcesScript(spec: JobSpec): string {
  const { sources } = spec;
  return [
    ...STRICT_MODE,
    spec.flags.ownSources ? 'umask 0022' : 'umask 0000',
    ...exportVariables(spec.environment),
    'cd /',
    ...userCommands(sources.preScripts, { sectionPrefix: undefined }),
    ...GIT_ENVIRONMENT,
    ...repository(spec),
    ...(sources.checkout ? checkout(spec) : [notice('Skipping Git checkout')]),
    ...submodules(spec),
    ...userCommands(sources.postScripts, { sectionPrefix: undefined }),
  ].join('\n');
}

/** Removes what must not outlive the job in its volume. */
export function cleanUpScript(spec: JobSpec): string {
  const paths = [...spec.files.map((file) => file.path), `${spec.directories.temporary}/gitlab_runner_env`];
  return [
    `rm -f ${[...paths, credentialsFile(spec)].map(shellQuote).join(' ')}`,
    ...(spec.flags.cleanProject ? cleanProject(spec) : []),
  ].join('\n');
}

/** Undoes what the job did to its work tree. Git obeys nothing that the job can have left: it runs as root here. */
function cleanProject(spec: JobSpec): string[] {
  const { sources, directories } = spec;
  const project = shellQuote(directories.project);
  if (sources.strategy === 'clone') return [`rm -rf ${project}`];
  if (sources.strategy !== 'fetch') return [];
  const untracked = sources.cleanFlags === undefined ? '' : `git clean -q ${words(sources.cleanFlags)} && `;
  const clean = `${untracked}git reset -q --hard`;
  const recursive = sources.submodules === 'recursive' ? '--recursive' : '';
  return [
    ...GIT_ENVIRONMENT,
    `cd ${project} || exit`,
    ...FORGET_EARLIER_JOBS,
    `export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'`,
    initRepository(sources),
    clean,
    ...(sources.submodules === 'none' ? [] : [`git submodule -q foreach ${recursive} ${shellQuote(clean)}`]),
  ];
}

const initRepository = (sources: SourcesSpec): string =>
  `git -c init.defaultBranch=none init --template= ${sources.objectFormat === 'sha256' ? '--object-format=sha256 ' : ''}.`;

const credentialsFile = (spec: JobSpec): string => `${spec.directories.temporary}/git.config`;

/**
 * An empty or reused repository without anything that an earlier job could have left to be run, and the refs in it.
 * The token reaches git through a credential helper that prints a variable: it is in no argument, file or URL.
 * The helper is known through the environment, as only that reaches the clones of submodules, and from the
 * configuration, for git in the job's own scripts; there it has the token of the job's variables.
 */
function repository(spec: JobSpec): string[] {
  const { sources, directories } = spec;
  const project = shellQuote(directories.project);
  const file = shellQuote(credentialsFile(spec));
  const depth = sources.depth > 0 ? [`--depth ${sources.depth}`] : [];
  return [
    ...(sources.strategy === 'clone' ? [`rm -rf ${project}`] : []),
    `mkdir -p ${project} ${shellQuote(directories.temporary)}`,
    `cd ${project}`,
    ...(spec.flags.ownSources ? ['chmod 755 .'] : []),
    ...FORGET_EARLIER_JOBS,
    notice(sources.depth > 0 ? `Fetching changes with git depth set to ${sources.depth}...` : 'Fetching changes...'),
    `rm -f ${file}`,
    `export GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'`,
    `export GIT_CONFIG_KEY_1=include.path GIT_CONFIG_VALUE_1=${file} DOCKWORKER_GIT_PASSWORD=${shellQuote(sources.token)}`,
    initRepository(sources),
    ...credentials(spec),
    `git config remote.origin.url ${shellQuote(sources.url)}`,
    'dockworker_fetch() {',
    `  git ${agentOptions(sources)} fetch origin --no-recurse-submodules ${[...depth, ...unshallow(sources)].join(' ')} ${words(sources.refspecs)} ${words(sources.fetchFlags)}`,
    '}',
    'dockworker_fetch',
  ];
}

const agentOptions = (sources: SourcesSpec): string => `-c gc.autoDetach=false -c http.sslVerify=${sources.sslVerify}`;

function unshallow(sources: SourcesSpec): string[] {
  return sources.depth > 0 ? [] : ['$(if [ -f .git/shallow ]; then echo --unshallow; fi)'];
}

function credentials(spec: JobSpec): string[] {
  const { url } = spec.sources;
  const origin = URL.canParse(url) ? new URL(url).origin : 'null';
  if (origin === 'null') return [];
  const file = shellQuote(credentialsFile(spec));
  const answer =
    '!f() { test "$1" = get && printf "username=gitlab-ci-token\\npassword=%s\\n" "${DOCKWORKER_GIT_PASSWORD:-$CI_JOB_TOKEN}"; }; f';
  return [
    `git config --file ${file} credential.${shellQuote(origin)}.helper ''`,
    `git config --file ${file} --add credential.${shellQuote(origin)}.helper ${shellQuote(answer)}`,
    ...trust(spec, origin).map((setting) => `git config --file ${file} ${setting}`),
    `git config include.path ${file}`,
  ];
}

/** What the runner trusts its coordinator with, and shows to it, is what git does with the coordinator's repositories. */
function trust(spec: JobSpec, origin: string): string[] {
  const paths = new Map(spec.files.map(({ path }) => [path.slice(path.lastIndexOf('/') + 1), path]));
  return TLS_FILES.flatMap(([variable, setting]) => {
    const path = paths.get(variable);
    return path === undefined ? [] : [`http.${shellQuote(origin)}.${setting} ${shellQuote(path)}`];
  });
}

function checkout(spec: JobSpec): string[] {
  const { sources } = spec;
  const clean = sources.cleanFlags === undefined ? [] : [`git clean ${words(sources.cleanFlags)}`];
  return [
    notice(`Checking out ${sources.sha.slice(0, 8)} as detached HEAD (ref is ${sources.ref})...`),
    `GIT_LFS_SKIP_SMUDGE=1 git -c submodule.recurse=false checkout -f -q --detach ${shellQuote(sources.sha)}`,
    ...clean,
    `if [ -z "\${GIT_LFS_SKIP_SMUDGE:-}" ] && [ -n "$(git ls-files ':(attr:filter=lfs)' | head -n 1)" ] && git lfs version >/dev/null 2>&1; then git lfs pull; fi`,
  ];
}

function submodules(spec: JobSpec): string[] {
  const { sources } = spec;
  if (sources.submodules === 'none' || !sources.checkout) return [notice('Skipping Git submodules setup')];
  const recursive = sources.submodules === 'recursive' ? '--recursive' : '';
  const depth = sources.depth > 0 ? `--depth ${sources.depth}` : '';
  return [
    notice(
      sources.submodules === 'recursive'
        ? 'Updating/initializing submodules recursively...'
        : 'Updating/initializing submodules...',
    ),
    'git submodule init',
    `git submodule sync ${recursive}`,
    `git submodule update --init --force ${recursive} ${depth}`,
    ...(sources.cleanFlags === undefined
      ? []
      : [`git submodule foreach ${recursive} ${shellQuote(`git clean ${words(sources.cleanFlags)}`)}`]),
  ];
}

const words = (texts: readonly string[]): string => texts.map(shellQuote).join(' ');
