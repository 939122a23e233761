import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { until } from '../broker/harness.ts';
import { gga, lines, rmc, sentence, whole } from '../protocols/nmea-lines.ts';
import { openNmeaDoor } from './nmea-kit.ts';

type House = Awaited<ReturnType<typeof openNmeaDoor>>;
let house: House;
afterEach(() => house.stop());

const hello = '$GUANJIA,v1,v1-secret';
const epoch = whole('080000.00');

test('a modem says which vehicle it is of, and its lines are journalled as they came, without the secret', async () => {
  house = await openNmeaDoor();
  const { socket, heard } = house.modem();
  socket.write(`${hello}\r\n+CSQ: 23\r\n${epoch}`);
  await until(() => house.journal.taken.length === 1);
  expect(house.journal.taken).toMatchObject([{ door: 'nmea', protocol: 'nmea', device: 'v1' }]);
  expect(house.text()).toBe(epoch);
  expect(heard).toBe('');
  expect(house.told).toEqual(['v1 online']);
  expect(house.door.links()).toBe(1);
  socket.destroy();
  await until(() => house.told.includes('v1 offline'));
});

test.each([
  ['with a checksum and nothing behind it', sentence('GUANJIA,v1,v1-secret')],
  ['as a registration packet without an end of line', hello],
  ['with the first sentence right behind it', `${hello}${sentence(rmc('075900'))}\r\n`],
  ['again ahead of every packet', `${hello}${epoch}${hello}${epoch}${hello}`],
])('it may say it %s', async (_, said) => {
  house = await openNmeaDoor();
  const { socket } = house.modem();
  socket.write(said);
  await wait(150);
  socket.write(`${hello === said.slice(-hello.length) && said !== hello ? '\r\n' : ''}${epoch}`);
  await until(() => house.text().endsWith(epoch));
  expect(house.text()).not.toContain('secret');
  expect(house.counted).not.toContain('credentials');
});

test('a secret may be written in any letters', async () => {
  house = await openNmeaDoor();
  house.modem().socket.write('$GUANJIA,v2,密钥\r\n');
  await until(() => house.told.includes('v2 online'));
});

test('byte by byte, cut anywhere, the same lines come out', async () => {
  house = await openNmeaDoor();
  const { socket } = house.modem();
  socket.setNoDelay(true);
  for (const piece of `${hello}\r\n${lines(rmc('080000'), gga('080000'))}`.match(/.{1,7}/gs) ??
    []) {
    socket.write(piece);
    await wait(1);
  }
  await until(() => house.text() === lines(rmc('080000'), gga('080000')));
});

test.each([
  ['a wrong secret', '$GUANJIA,v1,other\r\n', 'credentials'],
  ['an unknown vehicle', '$GUANJIA,v9,v9-secret\r\n', 'credentials'],
  ['a meter', '$GUANJIA,m1,m1-secret\r\n', 'topic'],
  ['a gateway, which is no vehicle', '$GUANJIA,g1,g1-secret\r\n', 'topic'],
  ['a checksum that does not fit', '$GUANJIA,v1,v1-secret*00\r\n', 'malformed'],
  ['sentences before it', epoch, 'malformed'],
  ['anything else', 'GET / HTTP/1.1\r\n\r\n', 'malformed'],
  ['no end', `$GUANJIA,v1,${'x'.repeat(400)}`, 'too-large'],
  ['nothing', '', 'connect-timeout'],
])('%s ends the link, and nothing is journalled', async (_, said, reason) => {
  house = await openNmeaDoor({ introductionMs: 300 });
  const modem = house.modem();
  if (said) modem.socket.write(`${said}`);
  await until(() => modem.closed);
  expect(house.counted).toEqual([reason]);
  expect(house.journal.taken).toEqual([]);
});

test('another secret later, or one that was taken away, ends the link', async () => {
  house = await openNmeaDoor();
  const modem = house.modem();
  modem.socket.write(`${hello}\r\n${epoch}$GUANJIA,v2,v2-secret\r\n${epoch}`);
  await until(() => modem.closed);
  expect(house.counted).toContain('credentials');
  expect(house.text()).toBe(epoch);

  const again = house.modem();
  again.socket.write(`${hello}\r\n`);
  await until(() => house.door.links() === 1);
  house.access.refresh({ credential: () => undefined } as never);
  house.door.closeStale();
  await until(() => again.closed);
});

test('who comes anew takes the place of the link that seemed to stand', async () => {
  house = await openNmeaDoor();
  const [old, young] = [house.modem(), house.modem()];
  old.socket.write(`${hello}\r\n`);
  await until(() => house.door.links() === 1);
  young.socket.write(`${hello}\r\n${epoch}`);
  await until(() => old.closed && house.text() === epoch);
  expect(young.closed).toBe(false);
  expect(house.door.links()).toBe(1);
});

test.each(['full', 'failing'] as const)(
  'while the journal is %s the link is not read; then nothing is missing',
  async (state) => {
    house = await openNmeaDoor({ bytesPerS: 1e9, underWayBytes: 8 << 10 });
    const { socket } = house.modem();
    socket.write(`${hello}\r\n`);
    await until(() => house.door.links() === 1);
    house.journal.state = state;
    const all = Array.from({ length: 200 }, (_, index) =>
      whole(`0800${String(index % 60).padStart(2, '0')}.${index}`),
    ).join('');
    socket.write(all);
    await wait(150);
    expect(house.journal.taken).toEqual([]);
    house.journal.state = 'ok';
    await until(() => house.text() === all);
    expect(house.counted).not.toContain('lost');
  },
);

test('too fast is read more slowly, not refused', async () => {
  house = await openNmeaDoor({ bytesPerS: 20_000, burstS: 0.05 });
  const modem = house.modem();
  modem.socket.write(`${hello}\r\n${epoch.repeat(20)}`);
  await until(() => house.text() === epoch.repeat(20));
  expect(house.counted).toContain('slowed');
  expect(modem.closed).toBe(false);
});

test('a line without an end is left out, and the next one counts', async () => {
  house = await openNmeaDoor();
  const { socket } = house.modem();
  socket.write(`${hello}\r\n$GNRMC,${'1'.repeat(5000)}`);
  await wait(30);
  socket.write(`${'2'.repeat(5000)}\r\n${epoch}`);
  await until(() => house.text() === epoch);
  expect(house.counted).toContain('overlong');
});

test('who says nothing for long is closed; strangers do not crowd others out', async () => {
  house = await openNmeaDoor({ idleMs: 200, strangers: 3 });
  const known = house.modem();
  known.socket.write(`${hello}\r\n`);
  await until(() => house.door.links() === 1);
  const strangers = [1, 2, 3, 4].map(() => house.modem());
  await until(() => strangers[0]?.closed === true);
  await until(() => known.closed);
  expect(house.counted).toEqual(expect.arrayContaining(['limit', 'silent']));
});
