import { describe, expect, test } from 'vitest';
import { ApiError } from '../../console/lib/api.ts';
import { faultWords } from '../../console/lib/faults.ts';
import { errorWords } from '../../console/lib/words.ts';
import { texts } from '../../console/texts/index.ts';
import { placesOf, refusalOf } from './refused.ts';

const zh = (path: string, message: string, zone?: string) =>
  faultWords({ path, message }, texts.zh, zone);

describe('what the service refuses, in Chinese', () => {
  test.each([
    ['finalReading', 'got 5, but the old meter showed 35574.927 before'],
    ['params.forS', 'got 60, want at least one interval of 600'],
    ['params.display', 'want it shown, read aloud, or both'],
    ['params.values.intervalS', 'got 0, want a number from 1 to 86400'],
    ['params.text', 'got 1200 bytes in GBK, want at most 1000'],
    ['radiusM', 'got -5, want more than 0'],
    ['line', 'got a list, want at least 2 different points'],
    ['line[3][1]', 'got 95, want at most 90'],
    ['name', 'got 0 characters, want at least 1'],
    ['kind', 'got "x", want parking | area | fuel'],
    ['', 'vehicle "v1" refers to it (parking)'],
    ['filedAt', 'is set by the service when it is filed'],
    ['to', 'it began over a day ago; want an order of its own for what was driven beside it'],
    ['date', 'got "x", want a day as YYYY-MM-DD'],
  ])('%s: %s', (path, message) => {
    const words = zh(path, message);
    expect(words).toMatch(/\p{Script=Han}/u);
    expect(words).not.toMatch(/\b(got|want|but|at least|refers)\b/);
  });

  test('every fault of a wrong place, route and calendar day, as the registry says it', async () => {
    for (const { kind, body } of placesOf) {
      for (const fault of await refusalOf(kind, body)) {
        expect(zh(fault.path, fault.message), `${fault.path}: ${fault.message}`).not.toMatch(
          /\b(got|want|missing|must)\b/,
        );
      }
    }
  });

  test('numbers, names and instants stay what they were', () => {
    expect(zh('finalReading', 'got 5, but the old meter showed 35574.927 before')).toBe(
      '旧表止码：填的是 5，但旧表之前已到 35574.927',
    );
    expect(zh('line[3][1]', 'got 95, want at most 90')).toBe(
      '路线点第 4 项：填的是 95，应为不大于 90',
    );
    const between =
      'want a time between the last reading before (2026-11-14T02:30:00.000Z) and the first after (2026-11-14T02:45:00.000Z)';
    expect(zh('at', between, 'Asia/Shanghai')).toBe(
      '时间：应在最后一个旧读数（2026-11-14 10:30:00）与第一个新读数（2026-11-14 10:45:00）之间',
    );
  });

  test('what has no words here is shown as it came', () => {
    expect(zh('x.y', 'is odd')).toBe('y：is odd');
  });
});

test('English keeps the words of the service and names the field', () => {
  const fault = { path: 'radiusM', message: 'got -5, want more than 0' };
  expect(faultWords(fault, texts.en)).toBe('Radius: got -5, want more than 0');
});

test('what is wrong with a file is told with its line, in one language', () => {
  const fault = { path: 'date', line: 3, message: '“x”不是日期。 "x" is no date.' };
  const [one, two] = [faultWords(fault, texts.zh), faultWords(fault, texts.en)];
  expect(one).toMatch(/^第 3 行 .*“x”不是日期$/);
  expect(two).toMatch(/^line 3: .*"x" is no date$/);
});

test('of very many faults the first are told, and how many there are besides', () => {
  const faults = Array.from({ length: 30 }, (_, n) => ({ path: '', message: 'x', line: n + 1 }));
  const error = new ApiError(422, 'INPUT_INVALID', 'faults: 30', faults);
  expect(errorWords(error, texts.en)).toMatch(/^line 1: x · .* · line 10: x · 20 more$/);
});

test('an answer without faults is told by its own words', () => {
  const error = new ApiError(422, 'INPUT_INVALID', 'vehicle v1 has no JT/T 808 terminal');
  expect(errorWords(error, texts.zh)).toBe('此车没有 JT/T 808 终端');
});
