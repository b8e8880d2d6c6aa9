import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertRefused, type Refusal } from '../../../support/job-yaml-refusals.ts';
import { makePipeline } from '../../../support/make-pipeline.ts';

const later = 'there is no clock that starts jobs later';

const refusals: Readonly<Record<string, readonly Refusal[]>> = {
  syntax: [
    ['an open quote', "a:\n  script: 'x\n", "3:1: YAML syntax: Missing closing 'quote"],
    ['a tab', 'a:\n\tscript: x\n', '2:1: YAML syntax: Tabs are not allowed as indentation'],
    ['a key twice', 'a:\n  script: x\n  script: y\n', '3:3: the key `script` is already in line 2'],
    ['a job twice', 'a: {script: x}\n\na: {script: y}\n', '3:1: the key `a` is already in line 1'],
    ['an unknown tag', 'a:\n  script: !vault x\n', '2:11: the tag `!vault` is not known; only `!reference` is'],
    ['an alias without anchor', 'a:\n  script: *x\n', '2:11: the alias `*x` has no anchor above it'],
    ['an alias in itself', 'a: &a\n  script: x\n  tags: *a\n', '3:9: the alias `*a` stands inside its own anchor'],
    ['two documents', 'a: {script: x}\n---\nb: {script: x}\n', '2:1: only one YAML document is allowed in a job file'],
    [
      'a spec header',
      'spec: {inputs: {}}\n---\na: {script: x}\n',
      '2:1: a `spec` header before the jobs (inputs of included files) is not supported',
    ],
    ['a list', '- a\n- b\n', '1:1: the file must be a map of jobs and global keywords'],
  ],
  'nothing to run': [
    ['an empty file', '', '1:1: the file is empty: there is no job in it'],
    ['comments only', '# jobs\n', '1:1: the file is empty: there is no job in it'],
    ['hidden jobs only', '.a: {script: x}\n', '1:1: the pipeline has no jobs'],
    ['rules that match nothing', 'a: {script: x, rules: [{if: $NO}]}\n', '1:1: the pipeline has no jobs'],
    ['when: never', 'a: {script: x, when: never}\n', '1:1: the pipeline has no jobs'],
    [
      'only .pre and .post',
      'a: {script: x, stage: .pre}\n',
      '1:1: the pipeline has jobs in `.pre` and `.post` only; it needs another one',
    ],
    [
      'workflow rules',
      'workflow: {rules: [{if: $NO}]}\na: {script: x}\n',
      '1:1: the `rules` of `workflow` do not let this pipeline run',
    ],
    ['no name', '"": {script: x}\n', '1:1: a job needs a name'],
    ['no script', 'b: {script: x}\na:\n  stage: test\n', '2:1: the job `a` has no `script`'],
    ['an empty script', 'a:\n  script: []\n', '2:11: the job `a` has no `script`'],
  ],
  'words that are not known': [
    ['of a job', 'a:\n  scrpt: x\n', '2:3: `scrpt` in job `a` is not a known keyword; did you mean `script`?'],
    ['without a guess', 'a:\n  script: x\n  colour: red\n', '3:3: `colour` in job `a` is not a known keyword'],
    [
      'of a parent, in its own line',
      '.b:\n  imagee: x\na:\n  extends: .b\n  script: x\n',
      '2:3: `imagee` in job `a` is not a known keyword; did you mean `image`?',
    ],
    [
      'of the file, a map',
      'variabels: {A: b}\na: {script: x}\n',
      '1:1: `variabels` is not a known global keyword; did you mean `variables`?',
    ],
    [
      'of the file, a list',
      'stage: [build]\na: {script: x}\n',
      '1:1: `stage` is neither a global keyword nor a job: a job is a map, this is a list; did you mean `stages`?',
    ],
    [
      'of default',
      'default:\n  imag: x\na: {script: x}\n',
      '2:3: `imag` in `default` is not a known keyword; did you mean `image`?',
    ],
    [
      'of workflow',
      'workflow: {rule: []}\na: {script: x}\n',
      '1:12: `rule` in `workflow` is not a known keyword; did you mean `rules`?',
    ],
  ],
  'stages, needs and extends': [
    [
      'an undefined stage',
      'a:\n  script: x\n  stage: bild\n',
      '3:10: the job `a` is in stage `bild`, which is not listed: the stages are .pre, build, test, deploy, .post; did you mean `build`?',
    ],
    [
      'no default stage',
      'stages: [build]\na: {script: x}\n',
      '2:1: the job `a` has no `stage`, and the default `test` is not listed: the stages are .pre, build, .post',
    ],
    ['a stage twice', 'stages: [a, a]\na: {script: x}\n', '1:13: the stage `a` is listed twice'],
    [
      'a circle of needs',
      'a: {script: x, needs: [b]}\nb: {script: x, needs: [c]}\nc:\n  script: x\n  needs:\n    - job: a\n',
      '6:12: `needs` goes in a circle: a -> b -> c -> a',
    ],
    ['a job that needs itself', 'a: {script: x, needs: [a]}\n', '1:24: `needs` goes in a circle: a -> a'],
    [
      'a circle beside the way',
      'a: {script: x, needs: [b]}\nb: {script: x, needs: [c]}\nc: {script: x, needs: [b]}\n',
      '3:24: `needs` goes in a circle: b -> c -> b',
    ],
    [
      'a circle by rules',
      'a: {script: x, rules: [{needs: [b]}]}\nb: {script: x, needs: [a]}\n',
      '2:24: `needs` goes in a circle: a -> b -> a',
    ],
    [
      'a need that is nowhere',
      'a: {script: x, needs: [lnit]}\nlint: {script: x}\n',
      '1:24: the job `a` needs `lnit`, which does not exist; did you mean `lint`?',
    ],
    [
      'a need of a later stage',
      'a: {script: x, needs: [b]}\nb: {script: x, stage: deploy}\n',
      '1:24: the job `a` needs `b`, which is in the later stage `deploy`',
    ],
    [
      'a need that rules keep out',
      'a: {script: x, needs: [b]}\nb: {script: x, rules: [{if: $NO}]}\n',
      '1:24: the job `a` needs `b`, which is not in this pipeline: its `rules` keep it out; write `optional: true` for a need that may be missing',
    ],
    [
      'a dependency that is nowhere',
      'a: {script: x, dependencies: [b]}\n',
      '1:31: the job `a` depends on `b`, which does not exist',
    ],
    [
      'a dependency beside the needs',
      'a: {script: x}\nb: {script: x}\nc: {script: x, needs: [a], dependencies: [b]}\n',
      '3:43: the job `c` depends on `b`, which is not among its `needs`',
    ],
    [
      'a dependency in the same stage',
      'a: {script: x, dependencies: [b]}\nb: {script: x}\n',
      '1:31: the job `a` depends on `b`, which is not in an earlier stage',
    ],
    [
      'a circle of extends',
      '.a: {extends: .b}\n.b: {extends: .c}\n.c:\n  extends: .a\nx: {extends: .a, script: x}\n',
      '4:12: `extends` goes in a circle: .a -> .b -> .c -> .a',
    ],
    [
      'a parent that is nowhere',
      '.base: {script: x}\na: {extends: [.bsae]}\n',
      '2:15: `a` extends `.bsae`, which does not exist; did you mean `.base`?',
    ],
    [
      'a parent that is no job',
      '.b: [x]\na: {extends: .b, script: x}\n',
      '2:14: `a` extends `.b`, which is a list, not a job',
    ],
    [
      'a reference to nothing',
      '.b: {script: x}\na: {script: !reference [.b, scrip]}\n',
      '2:24: `!reference [.b, scrip]`: there is no `scrip`; did you mean `script`?',
    ],
    [
      'a reference that is no list',
      'a: {script: !reference x}\n',
      '1:13: `!reference` needs a list such as [job, script]',
    ],
    [
      'a circle of references',
      '.b: {script: !reference [.c, script]}\n.c: {script: !reference [.b, script]}\na: {script: !reference [.b, script]}\n',
      '2:25: `!reference` goes in a circle: [.b, script] -> [.c, script] -> [.b, script]',
    ],
  ],
  'words that are known and refused': [
    [
      'include',
      'include: a.yml\na: {script: x}\n',
      '1:1: `include` is not supported: only one file is read; put its jobs into this file',
    ],
    [
      'only',
      'a:\n  script: x\n  only: [main]\n',
      '3:3: `only` in job `a` is not supported: it is deprecated in GitLab, write `rules`',
    ],
    [
      'trigger, in a job without script',
      'a:\n  trigger: grp/app\n',
      '2:3: `trigger` in job `a` is not supported: there are no downstream pipelines here',
    ],
    [
      'run',
      'a:\n  run: [{name: s, script: x}]\n',
      '2:3: `run` in job `a` is not supported: steps need a step runner; write `script`',
    ],
    [
      'resource_group',
      'a: {script: x, resource_group: prod}\n',
      '1:16: `resource_group` in job `a` is not supported: jobs are not kept apart by resource groups here',
    ],
    [
      'when: delayed',
      'a: {script: x, when: delayed}\n',
      `1:22: \`delayed\` in \`when\` of job \`a\` is not supported: ${later}`,
    ],
    ['start_in', 'a: {script: x, start_in: 5 min}\n', `1:16: \`start_in\` in job \`a\` is not supported: ${later}`],
    [
      'rules: changes',
      'a:\n  script: x\n  rules:\n    - changes: [src/*]\n',
      '4:7: `changes` in a rule in `rules` of job `a` is not supported: the pipeline is made from the job file alone, without a look at the repository',
    ],
    [
      'parallel: matrix',
      'a: {script: x, parallel: {matrix: [{A: b}]}}\n',
      '1:27: `matrix` in `parallel` of job `a` is not supported: write `parallel: N`, or one job per combination',
    ],
    [
      'needs of other projects',
      'a: {script: x, needs: [{project: grp/lib, job: b}]}\n',
      '1:25: `project` in an item of `needs` of job `a` is not supported: artifacts come from jobs of the same pipeline only',
    ],
  ],
};

for (const [group, list] of Object.entries(refusals)) {
  describe(`a job file is refused for ${group}`, () => {
    for (const [title, text, message] of list) test(title, () => assertRefused(text, message));
  });
}

const refusedWords = [
  'environment',
  'id_tokens',
  'identity',
  'inherit',
  'inputs',
  'except',
  'pages',
  'publish',
  'release',
];

describe('every other refused word of a job is named', () => {
  for (const word of [...refusedWords, 'secrets', 'type', 'manual_confirmation', 'dast_configuration']) {
    test(word, () => {
      const message = new RegExp(`^\\.gitlab-ci\\.yml:3:3: \`${word}\` in job \`a\` is not supported: \\w`);
      assert.throws(() => makePipeline(`a:\n  script: x\n  ${word}: {}\n`), { name: 'JobYamlError', message });
    });
  }
});
