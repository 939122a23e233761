import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { encodeFrame, encodeMessage } from '../../protocols/jt808/frame.ts';
import { jt808 } from '../../threads/jt808-command.ts';

const heartbeat = '7E0002000001380013800000D67D027E';
/** Phone 013800138000, serial 1; the last byte ahead of 7E is its checksum. */
const location =
  '7E0200002C013800138000000100000000000C0003022C495506E9CC18002301C5010E2611212215300104000003E8020201C230011F31010E477E';

async function run(...args: readonly string[]) {
  const lines: string[] = [];
  const code = await jt808(args, (line) => lines.push(line), { LANG: 'C.UTF-8' });
  return { code, text: lines.join('\n') };
}
const hexOf = (...frames: readonly Uint8Array[]) => Buffer.concat(frames).toString('hex');
const header = { phone: '013800138000', serial: 1, encryption: 0 };

test('explains a frame however its bytes are written', async () => {
  for (const hex of [
    heartbeat,
    heartbeat.toLowerCase(),
    heartbeat.replaceAll(/(..)/g, '0x$1, '),
    heartbeat.slice(2, -2),
  ]) {
    const { code, text } = await run('explain', hex);
    expect(code).toBe(0);
    expect(text).toContain('0x0002 heartbeat');
    expect(text).toContain('serial: 214');
  }
  expect((await run('explain', ...heartbeat.replaceAll(/(..)/g, '$1 ').split(' '))).code).toBe(0);
});

test('speaks one language: that of the system, or the one it is told', async () => {
  const zh = await run('explain', location, '--lang', 'zh');
  expect(zh.text).toContain('速度: 45.3 km/h');
  expect(zh.text).not.toContain('speed');
  const lines: string[] = [];
  await jt808(['explain', location], (line) => lines.push(line), { LANG: 'zh_CN.UTF-8' });
  expect(lines.join('\n')).toBe(zh.text);
  expect((await run('explain', location)).text).toContain('speed: 45.3 km/h  [01 C5]');
});

test('explains several frames, each with its place, and all parts of a split message as one', async () => {
  const { text: two } = await run('explain', heartbeat + location);
  expect(two.match(/^\d: from byte \d+, \d+ bytes$/gm)).toEqual([
    '1: from byte 0, 16 bytes',
    '2: from byte 16, 59 bytes',
  ]);
  const frames = encodeMessage({ ...header, id: 0x0900 }, Uint8Array.of(0x41, 1, 2, 3, 4, 5), 3);
  const whole = await run('explain', hexOf(...frames));
  expect(whole.code).toBe(0);
  expect(whole.text).toContain('data: 01 02 03 04 05');
  const [first = new Uint8Array()] = frames;
  const half = await run('explain', hexOf(first));
  expect(half.code).toBe(1);
  expect(half.text).toContain('the other packets of this message are not here');
  expect(half.text).toContain('part: 1');
});

test('reads a body by the edition that is said', async () => {
  const hex = hexOf(encodeFrame({ ...header, id: 0x8300 }, Uint8Array.of(1, 2, 0x41)));
  expect((await run('explain', hex)).text).not.toContain('2 service');
  expect((await run('explain', hex, '--edition', '2019')).text).toContain('2 service');
});

test('a broken frame is explained as far as it goes, and every fault of it is told', async () => {
  const checksum = await run('explain', location.replace('477E', '127E'));
  expect(checksum.code).toBe(1);
  expect(checksum.text).toContain('✗ wrong checksum: got 12, want 47');
  expect(checksum.text).toContain('latitude: 36.456789 °');
  const length = await run('explain', location.replace('0200002C', '0200002D'));
  expect(length.text).toContain('✗ wrong checksum: got 47, want 46');
  expect(length.text).toContain('✗ wrong body length: the header says 45 bytes, the body has 44');
  expect(length.text).toContain('latitude: 36.456789 °');
  const open = await run('explain', location.slice(0, -2));
  expect([open.code, open.text.includes('the closing 7E is missing')]).toEqual([1, true]);
  const short = await run('explain', '7E000200017E');
  expect([short.code, short.text.includes('frame cut short: got 4 bytes')]).toEqual([1, true]);
  const escaped = await run('explain', heartbeat.replace('7D02', '7D05'));
  expect(escaped.text).toContain('✗ wrong escape: got 7D 05');
  const before = await run('explain', `0102${heartbeat}`);
  expect([before.code, before.text.includes('ahead of the first 7E')]).toEqual([1, true]);
  expect(before.text).toContain('0x0002 heartbeat');
});

test('ids that nobody knows are told', async () => {
  const unknown = await run(
    'explain',
    hexOf(encodeFrame({ ...header, id: 0x0f42 }, Uint8Array.of(1))),
  );
  expect(unknown.code).toBe(1);
  expect(unknown.text).toContain('✗ message id: 0x0F42 unknown message');
  const body = Buffer.from(location.slice(26, -4), 'hex');
  const item = await run(
    'explain',
    hexOf(
      encodeFrame({ ...header, id: 0x0200 }, Buffer.concat([body, Buffer.from('f70155', 'hex')])),
    ),
  );
  expect(item.code).toBe(1);
  expect(item.text).toContain('✗ 0xF7 unknown item: 55');
  const odd = await run(
    'explain',
    hexOf(
      encodeFrame({ ...header, id: 0x0200 }, Buffer.concat([body, Buffer.from('2b020102', 'hex')])),
    ),
  );
  expect(odd.code).toBe(1);
  expect(odd.text).toContain(
    '✗ 0x2B analogue inputs, of 2 bytes, which the standard does not have',
  );
});

test('parameters that nobody knows, or of a wrong length, are told; those behind them are read', async () => {
  const interval = '00000029040000000a';
  for (const [id, ahead] of [
    [0x8103, ''],
    [0x0104, '0007'],
  ] as const) {
    const explain = (items: string) =>
      run('explain', hexOf(encodeFrame({ ...header, id }, Buffer.from(ahead + items, 'hex'))));
    const sound = await explain(`01${interval}`);
    expect([sound.code, sound.text.includes('0x0029 interval: 10 s')]).toEqual([0, true]);
    const unknown = await explain(`020000f0010155${interval}`);
    expect(unknown.code).toBe(1);
    expect(unknown.text).toContain('✗ 0xF001 unknown parameter: 55');
    expect(unknown.text).toContain('0x0029 interval: 10 s');
    for (const wrong of ['0000000102003c', '0000000105000000' + '3c00']) {
      const odd = await explain(`02${wrong}${interval}`);
      expect(odd.code).toBe(1);
      expect(odd.text).toContain('✗ 0x0001 heartbeat interval');
      expect(odd.text).toContain('0x0029 interval: 10 s');
    }
  }
});

test('from a file, as text with comments or as the bytes themselves', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'guanjia-jt808-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'frames');
  writeFileSync(file, `# at noon\n${heartbeat} # the first\n\n${location}\n`);
  const text = await run('explain', '--file', file);
  expect([text.code, text.text.match(/from byte/g)?.length]).toEqual([0, 2]);
  writeFileSync(file, Buffer.from(heartbeat + location, 'hex'));
  expect(await run('explain', '--file', file)).toEqual(text);
});

test('as JSON a line each, with both languages and all bytes', async () => {
  const { text } = await run('explain', heartbeat + location.replace('477E', '127E'), '--json');
  const [first, second] = text.split('\n').map((line): unknown => JSON.parse(line));
  expect(first).toMatchObject({ offset: 0, bytes: heartbeat.toLowerCase(), faults: [] });
  expect(second).toMatchObject({
    faults: [{ zh: '校验码错误：得到 12，应为 47' }],
    fields: expect.arrayContaining([
      expect.objectContaining({ name: { zh: '终端手机号', en: 'phone' }, bytes: '013800138000' }),
    ]),
  });
});

test('says which words it wants', async () => {
  await expect(run('explain')).rejects.toThrow('jt808 explain <hex>');
  await expect(run('explain', heartbeat, '--file', 'x')).rejects.toThrow('jt808 explain <hex>');
  await expect(run('explain', 'xyz')).rejects.toThrow('hexadecimal');
  await expect(run('explain', '7E0')).rejects.toThrow('hexadecimal');
  await expect(run('explain', heartbeat, '--edition', '1999')).rejects.toThrow('--edition');
  await expect(run('explain', heartbeat, '--lang', 'fr')).rejects.toThrow('--lang');
  expect((await run('--help')).text).toContain('--edition');
});
