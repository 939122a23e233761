import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';

/** What goes wrong with one write. */
export type Fault =
  | {
      readonly status: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
      /** Lines that are kept all the same. */
      readonly kept?: readonly string[];
    }
  /** Answers well, but late. */
  | { readonly afterMs: number }
  | 'hang'
  /** Begins an answer and never ends it. */
  | 'hang-within'
  /** Begins an answer and goes on with it for ever, a little at a time. */
  | 'trickle'
  /** Keeps the points and breaks off without an answer. */
  | 'break-off-kept'
  /** Breaks off while the request is still being sent. */
  | 'reset-within-request'
  | 'not-http';

export interface FakeInflux {
  readonly url: string;
  /** Points by series and time, with their fields. */
  readonly points: ReadonlyMap<string, string>;
  /** Writes that came, well or not. */
  writes(): number;
  /** How many lines came that were there already. */
  again(): number;
  /** Asked about each write; undefined lets it be well. */
  fail(fault: (lines: readonly string[]) => Fault | undefined): void;
  stop(): Promise<void>;
}

/** What 1.x and 2.x say when something is bad in a write. */
export const jsonError = (status: number, error: string): Fault => ({
  status,
  body: JSON.stringify({ error }),
  headers: { 'content-type': 'application/json', 'x-influxdb-error': error },
});

/** Takes line protocol like InfluxDB and keeps it in memory, with faults as planted. */
export async function startFakeInflux(): Promise<FakeInflux> {
  const points = new Map<string, string>();
  let fault: (lines: readonly string[]) => Fault | undefined = () => undefined;
  let [writes, again] = [0, 0];

  const keep = (lines: readonly string[]) => {
    for (const line of lines) {
      const [, series = '', fields = '', time = ''] = /^(\S+) (.+) (\d+)$/.exec(line) ?? [];
      if (points.has(`${series} ${time}`)) again++;
      points.set(`${series} ${time}`, fields);
    }
  };

  const give = async (response: ServerResponse, lines: readonly string[]) => {
    const wrong = fault(lines);
    if (wrong === 'hang') return;
    if (wrong === 'hang-within' || wrong === 'trickle') {
      begin(response, wrong === 'trickle');
      return;
    }
    if (wrong === 'not-http') {
      response.socket?.end('SSH-2.0-OpenSSH_9.2\r\n');
      return;
    }
    if (typeof wrong === 'object' && 'status' in wrong) {
      keep(wrong.kept ?? []);
      response.writeHead(wrong.status, wrong.headers).end(wrong.body);
      return;
    }
    keep(lines);
    if (wrong === 'break-off-kept') {
      response.socket?.resetAndDestroy();
      return;
    }
    if (typeof wrong === 'object') await new Promise((done) => setTimeout(done, wrong.afterMs));
    response.writeHead(204).end();
  };

  const server = createServer(async (incoming, response) => {
    writes++;
    if (fault([]) === 'reset-within-request') {
      incoming.once('data', () => incoming.socket.resetAndDestroy());
      return;
    }
    const lines = await linesOf(incoming);
    if (lines) await give(response, lines);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    points,
    writes: () => writes,
    again: () => again,
    fail(next) {
      fault = next;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** An answer without an end. */
function begin(response: ServerResponse, goesOn: boolean): void {
  response.writeHead(500).write('{');
  const timer = setInterval(() => goesOn && response.write(' '), 50);
  response.on('close', () => clearInterval(timer));
}

async function linesOf(incoming: IncomingMessage): Promise<readonly string[] | undefined> {
  try {
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const text = incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    return text
      .toString()
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    // Whoever sent it has gone.
    return undefined;
  }
}
