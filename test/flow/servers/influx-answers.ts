import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';

export interface WriteRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly lines: readonly string[];
}

export type Answer =
  | {
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Never answers. */
  | 'hang'
  /** Begins an answer and never ends it. */
  | 'hang-within'
  /** Closes the connection without an answer. */
  | 'close'
  /** Closes the connection within an answer. */
  | 'close-within';

export interface AnsweringServer {
  readonly url: string;
  readonly requests: readonly WriteRequest[];
  stop(): Promise<void>;
}

/** Answers writes as it is told, to replay what InfluxDB 2.x and 3.x answer to trouble. */
export async function startAnswering(
  answer: (request: WriteRequest) => Answer,
): Promise<AnsweringServer> {
  const requests: WriteRequest[] = [];
  const server = createServer((incoming, response) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => {
      const request = toRequest(incoming, Buffer.concat(parts));
      requests.push(request);
      give(answer(request), response);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function toRequest(incoming: IncomingMessage, body: Buffer): WriteRequest {
  const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
  const text = incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  return {
    path: url.pathname,
    query: url.searchParams,
    authorization: incoming.headers.authorization,
    lines: text
      .toString()
      .split('\n')
      .filter((line) => line !== ''),
  };
}

function give(answer: Answer, response: ServerResponse): void {
  if (answer === 'hang') return;
  if (answer === 'close') {
    response.destroy();
    return;
  }
  if (answer === 'hang-within' || answer === 'close-within') {
    response.writeHead(500, { 'content-length': 1_000 });
    response.write('{');
    if (answer === 'close-within') setTimeout(() => response.destroy(), 20);
    return;
  }
  response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
  response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
}
