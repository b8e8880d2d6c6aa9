import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { HttpError } from '../http/http-error.ts';
import type { ReceivedFile } from './artifacts.ts';
import type { JobRecord } from './job-record.ts';

const maxDotenvBytes = 5 * 1024;
const rawReports = ['sast', 'dast', 'codequality', 'terraform'];
const gzipReports = ['junit', 'dotenv', 'cobertura', 'cyclonedx'];
const zipTypes = ['archive', 'lsif'];

/**
 * Keeps an uploaded file as the job's artifact of its type. A second upload of a type is fine when it has the same bytes.
 * Throws HttpError 400 for a format that does not go with the type, for a bad dotenv report and for a second, different file.
 */
export async function acceptArtifact(
  job: JobRecord,
  file: ReceivedFile,
  fields: Readonly<Record<string, string>>,
): Promise<void> {
  const type = fields['artifact_type'] ?? 'archive';
  const format = fields['artifact_format'] ?? 'zip';
  const wanted = formatOf(type);
  if (wanted !== undefined && wanted !== format) throw refusal(`Invalid file format with specified file type`);
  if (type === 'dotenv') await checkDotenv(file.path);
  const known = job.artifacts.find((artifact) => artifact.type === type);
  if (known !== undefined && known.sha256 !== file.sha256) {
    throw refusal('another artifact of the same type already exists');
  }
  const { filename, size, sha256, path } = file;
  const stored = { type, format, filename, size, sha256, expire_in: fields['expire_in'] ?? null, path };
  if (known === undefined) job.artifacts.push(stored);
}

const refusal = (reason: string): HttpError => new HttpError(400, { message: `400 Bad request - ${reason}` });

function formatOf(type: string): string | undefined {
  if (rawReports.includes(type)) return 'raw';
  if (gzipReports.includes(type)) return 'gzip';
  return zipTypes.includes(type) ? 'zip' : undefined;
}

async function checkDotenv(path: string): Promise<void> {
  const text = await readFile(path)
    .then((bytes) => promisify(gunzip)(bytes, { maxOutputLength: maxDotenvBytes }))
    .catch(() => {
      throw refusal('Invalid Format');
    });
  const lines = text
    .toString('utf8')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  if (!lines.every((line) => /^\s*\w+\s*=/.test(line))) throw refusal('Invalid Format');
}
