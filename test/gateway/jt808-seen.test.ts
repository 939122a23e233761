import { expect, test } from 'vitest';
import { explainSeen } from '../../gateway/jt808/seen.ts';
import { authentication, frameOf, word } from '../flow/terminal-kit.ts';

const phone = '013800138000';
const code = 'S3CRETC0DE';
const seen = (bytes: Uint8Array) => {
  const frame = explainSeen({ at: 5, direction: 'in', authenticated: true, bytes }, undefined);
  return { ...frame, text: JSON.stringify(frame) };
};
const codeHex = Buffer.from(code).toString('hex');

test('a frame is explained field by field', () => {
  const frame = seen(frameOf(0x0001, phone, 3, Buffer.from([0, 9, 0x83, 0, 3])));
  expect(frame).toMatchObject({
    at: 5,
    direction: 'in',
    message: { id: '0x0001', name: { en: 'terminal general reply' } },
    hidesCode: false,
  });
  expect(frame.text).toContain('not supported');
  expect(frame.hex).toMatch(/^7e0001.*7e$/);
});

const answer = Buffer.concat([word(1), Buffer.from([0]), Buffer.from(code)]);
test.each([
  ['2013', frameOf(0x0102, phone, 1, authentication(code, 2013))],
  ['2019', frameOf(0x0102, phone, 1, authentication(code, 2019), { layout: 2019 })],
  ['2019 under a header of 2013', frameOf(0x0102, phone, 1, authentication(code, 2019))],
  ['2013 under a header of 2019', frameOf(0x0102, phone, 1, Buffer.from(code), { layout: 2019 })],
  ['the answer to a registration', frameOf(0x8100, phone, 1, answer)],
])('the code is shown to nobody: %s', (_, bytes) => {
  const frame = seen(bytes);
  expect(frame.hidesCode).toBe(true);
  expect(frame.text).not.toContain(code);
  expect(frame.text.replaceAll(' ', '').toLowerCase()).not.toContain(codeHex);
  expect(frame.hex).toContain('2a'.repeat(code.length));
});

test('nor is it in a frame that is broken, or in parts', () => {
  const whole = frameOf(0x0102, phone, 1, authentication(code, 2013));
  const broken = Buffer.from(whole);
  broken[broken.length - 2] = (broken[broken.length - 2] ?? 0) ^ 1;
  const part = frameOf(0x8100, phone, 1, Buffer.from(code), { part: { total: 2, index: 2 } });
  for (const bytes of [
    whole.subarray(1),
    broken,
    Buffer.concat([Buffer.from('xx'), whole]),
    part,
  ]) {
    const frame = seen(bytes);
    expect(frame.hidesCode).toBe(true);
    expect(frame.text).not.toContain(code);
    expect(frame.text.replaceAll(' ', '').toLowerCase()).not.toContain(codeHex);
  }
});

test('a password among the parameters of a terminal is shown to nobody, the others are', () => {
  const secret = Buffer.from('APNPA55');
  const secretHex = secret.toString('hex');
  const item = (id: number, bytes: Buffer) =>
    Buffer.concat([Buffer.of(0, 0, id >> 8, id & 0xff, bytes.length), bytes]);
  const ids = [0x0012, 0x0016, 0x0025];
  const items = ids.flatMap((id) => [item(id, secret), item(0x0013, Buffer.from('a.example'))]);
  const body = Buffer.concat([word(7), Buffer.of(items.length), ...items]);
  const whole = frameOf(0x0104, phone, 1, body);
  const part = frameOf(0x0104, phone, 1, body, { part: { total: 2, index: 1 } });
  const cut = frameOf(0x0104, phone, 1, body.subarray(0, -3 - secret.length));
  for (const bytes of [whole, part, cut, whole.subarray(1)]) {
    const frame = seen(bytes);
    expect(frame.hidesCode).toBe(true);
    expect(frame.text).not.toContain(secret.toString());
    expect(frame.text.replaceAll(' ', '').toLowerCase()).not.toContain(secretHex);
  }
  expect(seen(whole).text).toContain('a.example');
  const none = frameOf(
    0x0104,
    phone,
    1,
    Buffer.concat([word(7), Buffer.of(1), items[1] ?? secret]),
  );
  expect(seen(none)).toMatchObject({ hidesCode: false });
});

test('what is no frame is shown as it came', () => {
  expect(seen(Buffer.from('GET / HTTP/1.1'))).toMatchObject({ message: null, hidesCode: false });
});
