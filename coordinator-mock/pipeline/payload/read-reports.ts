import type { ArtifactSpec } from '#protocol/job-files.ts';
import { readMap } from '../yaml/read-map.ts';
import { readChoice, readString, readStrings, wrongType } from '../yaml/read-value.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';

interface ReportType {
  readonly fileName: string;
  readonly format: 'gzip' | 'raw' | 'zip';
}

const gzip = (fileName: string): ReportType => ({ fileName, format: 'gzip' });
const raw = (fileName: string): ReportType => ({ fileName, format: 'raw' });
const zip = (fileName: string): ReportType => ({ fileName, format: 'zip' });

const coverageTypes = {
  cobertura: gzip('cobertura-coverage.xml'),
  jacoco: gzip('jacoco-coverage.xml'),
} as const;

/** How GitLab stores each kind of report, and what it calls the file. */
const reportTypes: Readonly<Record<string, ReportType>> = {
  accessibility: raw('gl-accessibility.json'),
  annotations: gzip('gl-annotations.json'),
  api_fuzzing: raw('gl-api-fuzzing-report.json'),
  browser_performance: raw('browser-performance.json'),
  cluster_image_scanning: raw('gl-cluster-image-scanning-report.json'),
  codequality: raw('gl-code-quality-report.json'),
  container_scanning: raw('gl-container-scanning-report.json'),
  coverage_fuzzing: raw('gl-coverage-fuzzing.json'),
  cyclonedx: gzip('gl-sbom.cdx.json'),
  dast: raw('gl-dast-report.json'),
  dependency_scanning: raw('gl-dependency-scanning-report.json'),
  dotenv: gzip('.env'),
  junit: gzip('junit.xml'),
  license_scanning: raw('gl-license-scanning-report.json'),
  load_performance: raw('load-performance.json'),
  lsif: zip('lsif.json'),
  metrics: gzip('metrics.txt'),
  repository_xray: gzip('gl-repository-xray.json'),
  requirements: raw('requirements.json'),
  requirements_v2: raw('requirements_v2.json'),
  sarif: raw('gl-sarif-report.sarif'),
  sast: raw('gl-sast-report.json'),
  scip: zip('index.scip'),
  secret_detection: raw('gl-secret-detection-report.json'),
  terraform: raw('tfplan.json'),
};

const reportKeywords = {
  known: [...Object.keys(reportTypes), 'coverage_report'],
  refused: { cobertura: 'GitLab replaced it by `coverage_report`' },
};

/** `artifacts:reports`: one upload per report, always, in the format of its kind. */
export function readReports(node: YamlNode, what: string, expireIn: string | undefined): ArtifactSpec[] {
  return [...readMap(node, what, reportKeywords)].map(([type, value]) => {
    if (type === 'coverage_report') return readCoverageReport(value, `\`coverage_report\` in ${what}`, expireIn);
    const paths = readStrings(value, `\`${type}\` in ${what}`, 'or-one').map(({ text }) => text);
    return reportSpec(type, reportTypes[type] ?? raw(type), paths, expireIn);
  });
}

function readCoverageReport(node: YamlNode, what: string, expireIn: string | undefined): ArtifactSpec {
  const values = readMap(node, what, { known: ['coverage_format', 'path'] });
  const format = values.get('coverage_format');
  const path = values.get('path');
  if (format === undefined || path === undefined) {
    throw wrongType(node, what, 'a map with `coverage_format` and `path`');
  }
  const type = readChoice(format, `\`coverage_format\` of ${what}`, ['cobertura', 'jacoco'] as const);
  return reportSpec(type, coverageTypes[type], [readString(path, `\`path\` of ${what}`)], expireIn);
}

function reportSpec(type: string, report: ReportType, paths: string[], expireIn: string | undefined): ArtifactSpec {
  return {
    name: report.fileName,
    untracked: false,
    paths,
    exclude: [],
    when: 'always',
    expire_in: expireIn,
    artifact_type: type,
    artifact_format: report.format,
  };
}
