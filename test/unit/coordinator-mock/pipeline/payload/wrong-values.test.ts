import { describe, test } from 'node:test';
import { assertRefused } from '../../../../support/job-yaml-refusals.ts';

/** What a job `a` says, and the message about it; the value's line starts with two blanks and is line 3. */
const refusals: readonly (readonly [line: string, message: string])[] = [
  ['image: []', '3:10: `image` of job `a` must be an image name or a map, but is an empty list'],
  ['image: 3', '3:10: `image` of job `a` must be a string, but is the number 3: put it in quotes'],
  ['image: ""', '3:10: `image` of job `a` must be the name of an image, but is the string ""'],
  ['image: {entrypoint: [""]}', '3:10: `image` of job `a` must be a map with a `name`, but is a map'],
  ['image: {nam: x}', '3:11: `nam` in `image` of job `a` is not a known keyword; did you mean `name`?'],
  [
    'image: {name: x, entrypoint: {}}',
    '3:32: `entrypoint` of `image` of job `a` must be a string or a list of strings, but is a map',
  ],
  [
    'image: {name: x, pull_policy: allways}',
    '3:33: `pull_policy` of `image` of job `a` must be always, if-not-present or never, but is the string "allways"; did you mean `always`?',
  ],
  [
    'image: {name: x, kubernetes: {user: 1}}',
    '3:20: `kubernetes` in `image` of job `a` is not supported: jobs run on a Docker Engine, use `docker` instead',
  ],
  [
    'image: {name: x, docker: {usr: me}}',
    '3:29: `usr` in `docker` of `image` of job `a` is not a known keyword; did you mean `user`?',
  ],
  [
    'image: {name: x, ports: [70000]}',
    '3:28: `ports` of `image` of job `a` must be a whole number from 1 to 65535, but is the number 70000',
  ],
  ['services: redis', '3:13: `services` of job `a` must be a list of services, but is the string "redis"'],
  ['services: [{alias: db}]', '3:14: service 1 in `services` of job `a` must be a map with a `name`, but is a map'],
  [
    'services: [{name: x, comand: y}]',
    '3:24: `comand` in service 1 in `services` of job `a` is not a known keyword; did you mean `command`?',
  ],
  ['variables: [A]', '3:14: `variables` of job `a` must be a map, but is a list'],
  ['variables: {A: [x]}', '3:18: `A` in `variables` of job `a` must be a string, but is a list'],
  [
    'variables: {A: 1.10}',
    '3:18: `A` in `variables` of job `a` must be a string, but is the number 1.10: put it in quotes',
  ],
  [
    'variables: {A: yes}',
    '3:18: `A` in `variables` of job `a` must be a string, but is the boolean yes: put it in quotes',
  ],
  [
    'variables: {A: {expand: false}}',
    '3:18: `A` in `variables` of job `a` must be a value, or a map with a `value`, but is a map',
  ],
  [
    'variables: {A: {value: x, description: y}}',
    '3:29: `description` in `A` in `variables` of job `a` is not supported: it belongs to the `variables` of the whole file',
  ],
  [
    'before_script: ["a: b", a: b]',
    '3:27: line 2 of `before_script` of job `a` must be a string (a line with ": " or a bare true, null or number needs quotes), but is a map',
  ],
  ['after_script: 3', '3:17: `after_script` of job `a` must be a string or a list of strings, but is the number 3'],
  ['artifacts: [x]', '3:14: `artifacts` of job `a` must be a map, but is a list'],
  ['artifacts: {path: [x]}', '3:15: `path` in `artifacts` of job `a` is not a known keyword; did you mean `paths`?'],
  ['artifacts: {paths: x}', '3:22: `paths` of `artifacts` of job `a` must be a list of strings, but is the string "x"'],
  [
    'artifacts: {paths: [x], untracked: 1}',
    '3:38: `untracked` of `artifacts` of job `a` must be true or false, but is the number 1',
  ],
  [
    'artifacts: {paths: [x], expire_in: soon}',
    '3:38: `expire_in` of `artifacts` of job `a` must be a duration such as "1h 30m" or "90 minutes", but is the string "soon"',
  ],
  [
    'artifacts: {reports: {junti: x}}',
    '3:25: `junti` in `reports` of `artifacts` of job `a` is not a known keyword; did you mean `junit`?',
  ],
  [
    'artifacts: {reports: {cobertura: x}}',
    '3:25: `cobertura` in `reports` of `artifacts` of job `a` is not supported: GitLab replaced it by `coverage_report`',
  ],
  [
    'artifacts: {reports: {coverage_report: {path: x}}}',
    '3:42: `coverage_report` in `reports` of `artifacts` of job `a` must be a map with `coverage_format` and `path`, but is a map',
  ],
  [
    'artifacts: {paths: [x], expose_as: y}',
    '3:27: `expose_as` in `artifacts` of job `a` is not supported: there are no merge requests to show the files in',
  ],
  ['cache: x', '3:10: `cache` of job `a` must be a map or a list of maps, but is the string "x"'],
  [
    'cache: {key: {files: [x]}}',
    '3:17: `files` in `key` of `cache` of job `a` is not supported: the key would depend on commits of files; write the key as a string, perhaps with variables',
  ],
  ['cache: {key: a/b}', '3:16: `key` of `cache` of job `a` must not be empty, hold a "/" or be made of dots only'],
  [
    'cache: {policy: pul}',
    '3:19: `policy` of `cache` of job `a` must be pull-push, pull or push, but is the string "pul"; did you mean `pull`?',
  ],
  ['cache: [{}, {}, {}, {}, {}]', '3:10: `cache` of job `a` must be no more than 4 caches, but is a list'],
  [
    'cache: {fallback_keys: [a, b, c, d, e, f]}',
    '3:10: `fallback_keys` of `cache` of job `a` may hold no more than 5 keys',
  ],
  [
    'hooks: {post_get_sources_script: x}',
    '3:11: `post_get_sources_script` in `hooks` of job `a` is not a known keyword; did you mean `pre_get_sources_script`?',
  ],
  ['tags: docker', '3:9: `tags` of job `a` must be a list of strings, but is the string "docker"'],
  [
    'when: on_sucess',
    '3:9: `when` of job `a` must be on_success, on_failure, always, manual or never, but is the string "on_sucess"; did you mean `on_success`?',
  ],
  ['allow_failure: maybe', '3:18: `allow_failure` of job `a` must be true or false, but is the string "maybe"'],
  [
    'allow_failure: {exit_codes: [x]}',
    '3:32: `exit_codes` of `allow_failure` of job `a` must be a whole number from 0 to 255, but is the string "x"',
  ],
  [
    'allow_failure: {}',
    '3:18: `allow_failure` of job `a` must be true, false or a map with `exit_codes`, but is a map',
  ],
  [
    'timeout: soon',
    '3:12: `timeout` of job `a` must be a duration such as "1h 30m" or "90 minutes", but is the string "soon"',
  ],
  ['timeout: 0', '3:12: `timeout` of job `a` must be a duration such as "1h 30m" or "90 minutes", but is the number 0'],
  ['timeout: 6 weeks', '3:12: `timeout` of job `a` must not be longer than a month'],
  ['retry: 3', '3:10: `retry` of job `a` must be a whole number from 0 to 2, but is the number 3'],
  ['retry: [1]', '3:10: `retry` of job `a` must be a number from 0 to 2 or a map, but is a list'],
  [
    'retry: {max: 1, when: script_failed}',
    '3:25: `when` of `retry` of job `a` must be always, unknown_failure, script_failure, api_failure, stuck_or_timeout_failure, runner_system_failure, runner_unsupported, runner_configuration_error, runner_external_dependency_failure, runner_interrupted, image_pull_failure, stale_schedule, job_execution_timeout, job_execution_server_timeout, archived_failure, unmet_prerequisites, scheduler_failure or data_integrity_failure, but is the string "script_failed"; did you mean `script_failure`?',
  ],
  ['parallel: 0', '3:13: `parallel` of job `a` must be a whole number from 1 to 200, but is the number 0'],
  ['parallel: 1.5', '3:13: `parallel` of job `a` must be a whole number from 1 to 200, but is the number 1.5'],
  ['needs: b', '3:10: `needs` of job `a` must be a list of jobs, but is the string "b"'],
  [
    'needs: [{optional: true}]',
    '3:11: an item of `needs` of job `a` must be a job name or a map with `job`, but is a map',
  ],
  ['needs: [[b]]', '3:11: an item of `needs` of job `a` must be a job name or a map, but is a list'],
  ['dependencies: b', '3:17: `dependencies` of job `a` must be a list of strings, but is the string "b"'],
  ['extends: {}', '3:12: `extends` of `a` must be a string or a list of strings, but is a map'],
  ['stage: [test]', '3:10: `stage` of job `a` must be a string, but is a list'],
  ['interruptible: 1', '3:18: `interruptible` of job `a` must be true or false, but is the number 1'],
  ['rules: {if: $A}', '3:10: `rules` of job `a` must be a list of rules, but is a map'],
  ['rules: [$A]', '3:11: a rule in `rules` of job `a` must be a map, but is the string "$A"'],
  ['rules: [{}]', '3:11: a rule in `rules` of job `a` must be a map with `if` or `when`, but is a map'],
  [
    'rules: [{if: $A = "x"}]',
    '3:16: `if` of a rule in `rules` of job `a` is not a condition: `= "x"`: a comparison is written ==',
  ],
];

describe('a value of the wrong kind is named with its place', () => {
  for (const [line, message] of refusals) {
    test(line, () => assertRefused(`a:\n  script: x\n  ${line}\n`, message));
  }

  test('a mistake in default that no job takes over', () => {
    assertRefused(
      'default:\n  image: [x]\na: {script: x, image: y}\n',
      '2:10: `image` of `default` must be an image name or a map, but is a list',
    );
  });

  test('one thing said globally and in default', () => {
    assertRefused(
      'image: x\ndefault: {image: y}\na: {script: x}\n',
      '1:1: `image` is both a global keyword and in `default`; keep one',
    );
  });

  test('a global variable that is none of its options', () => {
    assertRefused(
      'variables: {A: {value: x, options: [y, z]}}\na: {script: x}\n',
      '1:24: the value of `A` in `variables` is not one of its options',
    );
  });
});
