import fc from 'fast-check';
import { generate, parser } from 'mqtt-packet';
import { expect, test } from 'vitest';
import { type Hello, helloPacket, readHello } from '../../broker/hello.ts';
import { createCut, cutPacket } from '../../broker/packets.ts';
import { connectPacket } from './harness.ts';

/** What the door reads from a whole CONNECT packet. */
function read(packet: Buffer): ReturnType<typeof readHello> {
  const cut = createCut();
  expect(cutPacket(packet, 0, 1 << 20, cut)).toBe('other');
  return readHello(packet, cut.bodyAt, cut.end);
}

const text = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((s) => !s.includes('\0'));
const will = fc.record({
  topic: text.filter((s) => s !== ''),
  payload: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  qos: fc.constantFrom(0, 1, 2),
  retain: fc.boolean(),
});

test('a CONNECT is read as any client library writes it, of both versions', () => {
  const said = fc.record(
    { clientId: text, clean: fc.boolean(), keepalive: fc.nat(65_535), will, username: text },
    { requiredKeys: ['clientId', 'keepalive'] },
  );
  fc.assert(
    fc.property(said, fc.option(text), fc.constantFrom(3, 4), (more, password, version) => {
      // The library writes no other empty client id.
      fc.pre(more.clientId !== '' || (more.clean !== false && version === 4));
      const names = { protocolId: version === 3 ? 'MQIsdp' : 'MQTT', protocolVersion: version };
      const secret = password !== null && more.username ? { password } : {};
      const packet = { ...connectPacket(more), ...names, ...secret };
      const hello: Hello = {
        clientId: more.clientId,
        clean: packet.clean,
        keepAliveS: packet.keepalive,
        will: more.will as Hello['will'],
        username: more.username,
        password: (secret as { password?: string }).password,
      };
      // The library writes no empty user name or password.
      fc.pre(hello.username !== '' && hello.password !== '');
      expect(read(generate(packet as never))).toEqual(hello);
    }),
  );
});

const whole = generate(
  connectPacket({
    clientId: 'c',
    username: 'm1',
    password: Buffer.from('secret'),
    will: { topic: 't', payload: Buffer.from('p'), qos: 1, retain: true },
  }),
);
/** Fixed header 2, protocol name 6. */
const [versionAt, flagsAt, clientIdAt] = [8, 9, 14] as const;
const changed = (at: number, byte: number) => Buffer.from(whole).fill(byte, at, at + 1);

test('what MQTT forbids is told from what is not spoken', () => {
  const flags = whole[flagsAt] ?? 0;
  expect(read(whole)).toMatchObject({ clientId: 'c', password: 'secret' });
  expect(read(changed(versionAt, 0x84))).toMatchObject({ clientId: 'c' });
  expect(read(changed(versionAt, 5))).toBe('mqtt-5');
  for (const version of [0, 2, 6, 0x7f]) expect(read(changed(versionAt, version))).toBe('version');
  expect(read(changed(4, 0x6d))).toBe('malformed');
  expect(read(changed(flagsAt, flags | 1))).toBe('malformed');
  expect(read(changed(flagsAt, flags | 0x18))).toBe('malformed');
  for (const flag of [0x08, 0x10, 0x20])
    expect(read(changed(flagsAt, (flags & ~0x3c) | flag))).toBe('malformed');
  for (const byte of [0, 0xff]) expect(read(changed(clientIdAt, byte))).toBe('malformed');
});

test('a CONNECT that ends too soon is malformed, wherever it ends', () => {
  for (let length = 2; length < whole.length; length++) {
    const short = Buffer.from(whole.subarray(0, length));
    short[1] = length - 2;
    expect(read(short), `${length} bytes`).toBe('malformed');
  }
});

test('a CONNECT with bytes behind its payload is malformed', () => {
  const long = Buffer.concat([whole, Buffer.from('x')]);
  long[1] = long.length - 2;
  expect(read(long)).toBe('malformed');
});

test('nothing that is read keeps the chunk in memory', () => {
  const hello = read(whole) as Hello;
  const before = structuredClone(hello);
  whole.fill(0xff, 10);
  expect(hello.will?.payload.toString()).toBe('p');
  expect({ ...hello, will: undefined }).toEqual({ ...before, will: undefined });
});

test('what the library is told of a connection is what a client library reads from it', () => {
  for (const [id, clean] of [
    ['m1/c', true],
    [`m1/${'ü'.repeat(128)}`, false],
  ] as const) {
    const read = parser();
    const packets: unknown[] = [];
    read.on('packet', (packet) => packets.push(packet));
    read.parse(helloPacket(id, clean));
    expect(packets).toMatchObject([
      { cmd: 'connect', protocolVersion: 4, clientId: id, clean, keepalive: 0 },
    ]);
  }
});
