import type { ChildProcessByStdio } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline, type Readable, type Writable } from 'node:stream';

const headEnd = Buffer.from('\r\n\r\n');
const maxHeadBytes = 64 * 1024;

/** Connects a CGI program to one HTTP exchange: request body to its input, its output (head, blank line, body) to the response. */
export function relayCgi(
  program: ChildProcessByStdio<Writable, Readable, null>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const fail = (): void => {
    if (!response.headersSent) response.writeHead(502);
    response.end();
  };
  program.once('error', fail);
  response.once('close', () => program.kill());
  pipeline(request, program.stdin, () => undefined);
  const requestId = request.headers['x-request-id'];
  if (requestId !== undefined) response.setHeader('X-Request-Id', requestId);
  let head = Buffer.alloc(0);
  const readHead = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf(headEnd);
    if (end < 0 && head.length <= maxHeadBytes) return;
    program.stdout.off('data', readHead).off('end', fail).pause();
    if (end < 0) return fail();
    writeHead(head.subarray(0, end).toString('latin1'), response);
    response.write(head.subarray(end + headEnd.length));
    pipeline(program.stdout, response, () => undefined);
  };
  program.stdout.on('data', readHead).once('end', fail).once('error', fail);
}

function writeHead(head: string, response: ServerResponse): void {
  let status = 200;
  for (const line of head.split('\r\n')) {
    const [name = '', ...rest] = line.split(': ');
    const value = rest.join(': ');
    if (name === 'Status') status = Number.parseInt(value, 10);
    else if (name !== '') response.setHeader(name, value);
  }
  response.writeHead(status);
}
