import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** Unfolded, names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** Decoded bodies by type, such as `text/html`. */
  readonly parts: ReadonlyMap<string, string>;
}

const header = (head: string, name: string): string =>
  new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(head)?.[1] ?? '';

const split = (text: string): readonly [head: string, body: string] => {
  const at = text.indexOf('\r\n\r\n');
  return [text.slice(0, at).replace(/\r\n[ \t]+/g, ' '), text.slice(at + 4)];
};

function decoded(head: string, body: string): string {
  const encoding = header(head, 'content-transfer-encoding').toLowerCase();
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString();
  if (encoding !== 'quoted-printable') return body;
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}

/** As much of RFC 5322 and MIME as a message in two alternatives needs. */
export function parseMail(from: string, to: readonly string[], raw: string): Mail {
  const [head, body] = split(raw);
  const headers = new Map(
    head.split('\r\n').map((line) => {
      const [name = '', ...value] = line.split(':');
      return [name.toLowerCase(), value.join(':').trim()];
    }),
  );
  const boundary = /boundary="?([^";]+)/.exec(headers.get('content-type') ?? '')?.[1];
  const pieces = boundary ? body.split(`--${boundary}`).slice(1, -1) : [];
  const parts = new Map(
    pieces.map((piece) => {
      const [partHead, partBody] = split(piece.replace(/^\r\n/, ''));
      const type = header(partHead, 'content-type').split(';')[0] ?? '';
      return [type, decoded(partHead, partBody)];
    }),
  );
  return { from, to, headers, parts };
}

interface Refusal {
  readonly step: 'from' | 'to' | 'data';
  readonly code: number;
  /** At `to`: this receiver alone. */
  readonly only?: string;
}

/** A real SMTP server on loopback. `refuse` answers a step with an SMTP code. */
export async function startMailServer() {
  const mails: Mail[] = [];
  const mood: { refuse?: Refusal } = {};
  const refusal = (step: Refusal['step'], address?: string) =>
    mood.refuse?.step === step && (mood.refuse.only ?? address) === address
      ? Object.assign(new Error('refused'), { responseCode: mood.refuse.code })
      : null;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onMailFrom: (_address, _session, done) => done(refusal('from')),
    onRcptTo: ({ address }, _session, done) => done(refusal('to', address)),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const failed = refusal('data');
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom ? mailFrom.address : '';
        const to = rcptTo.map(({ address }) => address);
        if (!failed) mails.push(parseMail(from, to, Buffer.concat(chunks).toString()));
        done(failed);
      });
    },
  });
  server.on('error', () => {});
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { url: `smtp://127.0.0.1:${port}`, mails, mood, close };
}
