import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Meter } from '../../model/entities.ts';
import { askAddress } from '../../protocols/dlt645/ask.ts';
import { dlt645 } from '../../protocols/dlt645/index.ts';
import { fieldsOf, usualItems } from '../../protocols/dlt645/items.ts';
import { aboutVehicle, aMeter } from './about.ts';
import { address, line, receivedAt } from './dlt645-line.ts';
import { listen, speak, toBytes, toHex } from './second-dlt645.ts';

const meterWith = (over: Partial<Meter> = {}) => aMeter({ dlt645: line, ...over });

describe('what is asked', () => {
  test('a request is the published one, four wake-up bytes ahead', () => {
    const [request] = dlt645.requests(meterWith({ dlt645: { ...line, items: ['00010000'] } }));
    expect(toHex(request ?? new Uint8Array())).toBe('fefefefe68292507072120681104333334334f16');
  });

  test('wake-up bytes and items are those of the meter', () => {
    const items = ['02010100', '0001ff00'];
    const requests = dlt645.requests(meterWith({ dlt645: { ...line, items, wakeUpBytes: 0 } }));
    expect(requests.map((request) => listen(toHex(request))?.reversed)).toEqual(items);
    expect(requests.every((request) => request[0] === 0x68)).toBe(true);
  });

  test('a meter that names no items is asked for what nearly every one has', () => {
    const asked = dlt645.requests(meterWith()).map((request) => listen(toHex(request)));
    expect(asked.map((one) => one?.reversed)).toContain('00010000');
    expect(asked.every((one) => one?.address === address && one.control === '11')).toBe(true);
  });

  test.each(['ffffffff', '00ffff00', '00010002', '01010100', '02070000', '04000101'])(
    'item %s is refused, since nothing of it could be kept',
    (item) => {
      const meter = meterWith({ dlt645: { ...line, items: [item] } });
      expect(() => dlt645.requests(meter)).toThrow(
        expect.objectContaining({ code: 'DECODE_UNSUPPORTED' }),
      );
    },
  );

  test('a meter without such an address and a vehicle are refused', () => {
    const unsupported = expect.objectContaining({ code: 'DECODE_UNSUPPORTED' });
    expect(() => dlt645.requests(aMeter())).toThrow(unsupported);
    const poll = dlt645.encode([toBytes(speak(address, '91', '0000010076170300'))]);
    expect(() => dlt645.decode(poll, aboutVehicle(), receivedAt)).toThrow(unsupported);
  });
});

describe('what is heard', () => {
  const request = toBytes(speak(address, '11', '00000100'));
  const answer = speak(address, '91', '0000010076170300');
  const hear = (...hex: readonly string[]) => dlt645.hear(request, toBytes(hex.join('')));

  test.each([
    ['the answer alone', [answer]],
    ['wake-up bytes ahead', ['fefefefe', answer]],
    ['noise ahead and behind', ['00ff68fe12', answer, '6868fe']],
    ['the echo of the request ahead', [toHex(request), answer]],
    ['an answer of another meter ahead', [speak('000000000161', '91', '0000010001000000'), answer]],
    ['an answer to another question ahead', [speak(address, '91', '000101021022'), answer]],
    ['a broken answer ahead', [answer.replace(/..16$/, '0016'), answer]],
    ['the heartbeat of a DTU ahead', ['2a2a2a44545531323334', answer]],
    ['a start that promises two hundred bytes ahead', ['681122334455666891c8', answer]],
  ])('%s', (_, heard) => {
    expect(hear(...heard)).toEqual({ type: 'answer', frame: toBytes(answer) });
  });

  test.each([
    ['nothing', []],
    ['the echo alone', [toHex(request)]],
    ['half an answer', [answer.slice(0, 20)]],
    ['another meter', [speak('000000000161', '91', '0000010001000000')]],
    ['another question', [speak(address, '91', '000101021022')]],
    ['an answer to a read of the address', [speak(address, '93', '292507072120')]],
    ['an answer without values', [speak(address, '91', '00000100')]],
  ])('%s is waited on', (_, heard) => {
    expect(hear(...heard)).toEqual({ type: 'wait' });
  });

  test('an error is told in words', () => {
    expect(hear(speak(address, 'd1', '02'))).toEqual({
      type: 'refused',
      detail: 'the meter refused: it has no such data',
    });
    expect(hear(speak(address, 'd1', '05'))).toMatchObject({
      detail: expect.stringContaining('another error, wrong password'),
    });
    expect(hear(speak('000000000161', 'd1', '02'))).toEqual({ type: 'wait' });
  });

  test('a request that is none waits for ever and does not throw', () => {
    expect(dlt645.hear(new Uint8Array(3), toBytes(answer))).toEqual({ type: 'wait' });
  });

  test('a meter on a wildcard address may be any', () => {
    const asked = askAddress();
    expect(toHex(asked)).toBe('fefefefe68aaaaaaaaaaaa681300df16');
    const told = speak(address, '93', '292507072120');
    expect(dlt645.hear(asked, toBytes(told))).toEqual({ type: 'answer', frame: toBytes(told) });
  });
});

test('the page for integrators names every item with the metrics it holds', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/meter-languages.md'), 'utf8');
  const rows = [...page.matchAll(/^\| ([0-9A-F]{8}[^|]*) \| [^|]* \| ([^|]*) \|$/gm)];
  const told = rows.flatMap(([, items = '', metrics = '']) => {
    const names = [...metrics.matchAll(/`(\w+)`/g)].map(([, name]) => name);
    const all = [...items.matchAll(/[0-9A-F]{8}/g)].map(([item]) => item);
    return all.length === names.length ? all.map((item, i) => [item, names[i]]) : [];
  });
  expect(told.length).toBeGreaterThan(20);
  for (const [item = '', metric] of told) expect(fieldsOf(item)[0]?.metric).toBe(metric);
  const usual = [...page.matchAll(/^\| ([0-9A-F]{8}) • /gm)].map(([, item]) => item);
  expect(usual.toSorted()).toEqual([...usualItems].toSorted());
});
