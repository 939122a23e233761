import { connect, type Socket } from 'node:net';

/** A JT/T 808 terminal made from the tables of the standard alone: none of the project's own code, so that no mistake is made twice the same way. */

const flag = 0x7e;

export const word = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);
export const dword = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
};

export interface FrameOptions {
  /** Layout of the header. */
  readonly layout?: 2013 | 2019;
  readonly part?: { readonly total: number; readonly index: number };
}

/** From 7E to 7E. */
export function frameOf(
  id: number,
  phone: string,
  serial: number,
  body: Uint8Array = Buffer.alloc(0),
  { layout = 2013, part }: FrameOptions = {},
): Buffer {
  const is2019 = layout === 2019;
  const attributes = body.length | (part ? 0x2000 : 0) | (is2019 ? 0x4000 : 0);
  const plain = Buffer.concat([
    word(id),
    word(attributes),
    ...(is2019 ? [Buffer.from([1])] : []),
    Buffer.from(phone.padStart(is2019 ? 20 : 12, '0'), 'hex'),
    word(serial),
    ...(part ? [word(part.total), word(part.index)] : []),
    body,
  ]);
  const checksum = plain.reduce((sum, byte) => sum ^ byte, 0);
  const escaped = [...plain, checksum].flatMap((byte) => {
    if (byte === 0x7d) return [0x7d, 1];
    return byte === flag ? [0x7d, 2] : [byte];
  });
  return Buffer.from([flag, ...escaped, flag]);
}

export interface Received {
  readonly id: number;
  readonly phone: string;
  readonly serial: number;
  readonly is2019: boolean;
  readonly body: Buffer;
  readonly raw: Buffer;
}

/** One frame of the platform. */
export function readAnswer(raw: Buffer): Received {
  const plain: number[] = [];
  for (let at = 1; at < raw.length - 1; at++) {
    const byte = raw[at] ?? 0;
    if (byte === 0x7d) plain.push((raw[++at] ?? 0) === 1 ? 0x7d : flag);
    else plain.push(byte);
  }
  if (plain.reduce((sum, byte) => sum ^ byte, 0) !== 0) throw new Error('the checksum is wrong');
  const bytes = Buffer.from(plain);
  const attributes = bytes.readUInt16BE(2);
  const is2019 = (attributes & 0x4000) !== 0;
  const phoneAt = is2019 ? 5 : 4;
  const serialAt = phoneAt + (is2019 ? 10 : 6);
  const bodyAt = serialAt + 2 + (attributes & 0x2000 ? 4 : 0);
  const body = bytes.subarray(bodyAt, -1);
  if (body.length !== (attributes & 0x3ff)) throw new Error('the length is wrong');
  return {
    id: bytes.readUInt16BE(0),
    phone: bytes.toString('hex', phoneAt, serialAt),
    serial: bytes.readUInt16BE(serialAt),
    is2019,
    body,
    raw,
  };
}

/** YYMMDDhhmmss at GMT+8. */
export const bcdTime = (at: number): Buffer =>
  Buffer.from(new Date(at + 8 * 3_600_000).toISOString().replace(/\D/g, '').slice(2, 14), 'hex');

export interface Place {
  /** Unix ms. */
  readonly at: number;
  readonly lat: number;
  readonly lon: number;
  readonly speedKmh?: number;
  readonly headingDeg?: number;
  readonly odometerKm?: number;
  readonly alarms?: number;
  readonly acc?: boolean;
}

/** Body of 0x0200. */
export function location({
  at,
  lat,
  lon,
  speedKmh = 0,
  headingDeg = 0,
  odometerKm,
  alarms = 0,
  acc = true,
}: Place): Buffer {
  return Buffer.concat([
    dword(alarms),
    dword((acc ? 1 : 0) | 2),
    dword(Math.round(lat * 1e6)),
    dword(Math.round(lon * 1e6)),
    word(35),
    word(Math.round(speedKmh * 10)),
    word(headingDeg),
    bcdTime(at),
    ...(odometerKm === undefined ? [] : [Buffer.from([1, 4]), dword(Math.round(odometerKm * 10))]),
  ]);
}

/** Body of 0x0704. @param type 1 for what was kept while there was no link */
export const batch = (type: 0 | 1, places: readonly Buffer[]): Buffer =>
  Buffer.concat([
    word(places.length),
    Buffer.from([type]),
    ...places.flatMap((place) => [word(place.length), place]),
  ]);

/** 鲁 in GBK, and the rest of a plate in ASCII. */
export const plateBytes = (plate: string): Buffer =>
  Buffer.concat([Buffer.from([0xc2, 0xb3]), Buffer.from(plate.slice(1), 'ascii')]);

const text = (said: string, bytes: number): Buffer =>
  Buffer.concat([Buffer.from(said), Buffer.alloc(bytes - said.length)]);

const lengths = { 2011: [5, 8, 7], 2013: [5, 20, 7], 2019: [11, 30, 30] } as const;

/** Body of 0x0100. */
export function registration({
  edition = 2013,
  maker = 'MAKER',
  model = 'BD-T1',
  terminal = 'T000001',
  plate = '鲁P10000',
}: {
  edition?: 2011 | 2013 | 2019;
  maker?: string;
  model?: string;
  terminal?: string;
  plate?: string;
} = {}): Buffer {
  const [makerBytes, modelBytes, idBytes] = lengths[edition];
  return Buffer.concat([
    word(37),
    word(1500),
    text(maker, makerBytes),
    text(model, modelBytes),
    text(terminal, idBytes),
    Buffer.from([1]),
    plateBytes(plate),
  ]);
}

/** Body of 0x0102. */
export const authentication = (code: string, layout: 2013 | 2019 = 2013): Buffer =>
  layout === 2013
    ? Buffer.from(code)
    : Buffer.concat([
        Buffer.from([code.length]),
        Buffer.from(code),
        text('860000000000001', 15),
        text('V1.0.0', 20),
      ]);

export interface Terminal {
  readonly socket: Socket;
  /** @returns the serial of the message */
  send(id: number, body?: Uint8Array, more?: FrameOptions & { serial?: number }): number;
  raw(bytes: Uint8Array): void;
  /** The next frame of the platform; `closed` when there will be none. */
  next(): Promise<Received | 'closed'>;
  /** The next frame, which must be an 0x8001. @returns serial, id and result in it */
  general(): Promise<readonly [serial: number, id: string, result: number]>;
  /** What has come and was not asked for yet. */
  waiting(): number;
  register(body?: Buffer): Promise<{ readonly result: number; readonly code: string }>;
  authenticate(code: string): Promise<number>;
  /** Registers and authenticates. @returns the code */
  enter(body?: Buffer): Promise<string>;
  close(): void;
}

export const hexOf = (id: number): string => `0x${id.toString(16).padStart(4, '0')}`;

/** @param layout of its headers */
export async function openTerminal(
  port: number,
  phone: string,
  layout: 2013 | 2019 = 2013,
): Promise<Terminal> {
  const socket = connect(port, '127.0.0.1');
  const got: (Received | 'closed')[] = [];
  const waits: ((one: Received | 'closed') => void)[] = [];
  let held = Buffer.alloc(0);
  let serial = 0;
  const take = (one: Received | 'closed') => {
    const wait = waits.shift();
    if (wait) wait(one);
    else got.push(one);
  };
  socket.on('data', (bytes: Buffer) => {
    held = Buffer.concat([held, bytes]);
    for (let end = held.indexOf(flag, 1); end > 0; end = held.indexOf(flag, 1)) {
      take(readAnswer(held.subarray(0, end + 1)));
      held = held.subarray(end + 1);
    }
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    for (let n = 0; n < 20; n++) take('closed');
  });
  await new Promise((resolve) => socket.once('connect', resolve));
  const terminal: Terminal = {
    socket,
    send(id, body, more = {}) {
      const mine = more.serial ?? serial++ & 0xffff;
      socket.write(frameOf(id, phone, mine, body, { layout, ...more }));
      return mine;
    },
    raw: (bytes) => void socket.write(bytes),
    next() {
      const one = got.shift();
      return one ? Promise.resolve(one) : new Promise((resolve) => waits.push(resolve));
    },
    async general() {
      const answer = await terminal.next();
      if (answer === 'closed') throw new Error('the platform has closed the link');
      if (answer.id !== 0x8001) throw new Error(`got ${hexOf(answer.id)}, want 0x8001`);
      const { body } = answer;
      return [body.readUInt16BE(0), hexOf(body.readUInt16BE(2)), body[4] ?? -1];
    },
    waiting: () => got.length,
    async register(body = registration()) {
      terminal.send(0x0100, body);
      const answer = await terminal.next();
      if (answer === 'closed') throw new Error('the platform has closed the link');
      if (answer.id !== 0x8100) throw new Error(`got ${hexOf(answer.id)}, want 0x8100`);
      return { result: answer.body[2] ?? -1, code: answer.body.toString('ascii', 3) };
    },
    async authenticate(code) {
      terminal.send(0x0102, authentication(code, layout));
      return (await terminal.general())[2];
    },
    async enter(body) {
      const { code } = await terminal.register(body);
      const result = await terminal.authenticate(code);
      if (result !== 0) throw new Error(`the code was answered with ${result}`);
      return code;
    },
    close: () => socket.destroy(),
  };
  return terminal;
}
