import { expect, test } from 'vitest';
import { createFramedAsker } from '../../gateway/framed-unit.ts';
import type { Line } from '../../gateway/line.ts';
import type { FramedProtocol, Heard } from '../../protocols/protocol.ts';
import { aMeter } from '../protocols/about.ts';

/** A language of single letters: `a` asks for an item; answers stand in a table. */

type Says = 'answer' | 'more' | 'refuse' | 'silent' | 'away';

const items = ['a', 'b', 'c'];

const said = (received: string): Heard => {
  const frame = Buffer.from(received);
  if (received.startsWith('!')) return { type: 'refused', detail: received };
  // `a+` goes on with `A`.
  if (received.endsWith('+'))
    return { type: 'answer', frame, next: Buffer.from((received[0] ?? '').toUpperCase()) };
  return { type: 'answer', frame };
};

const language: FramedProtocol = {
  name: 'dlt645',
  requests: () => items.map((item) => Buffer.from(item)),
  hear: (_, received) => said(Buffer.from(received).toString()),
  encode: (frames) => Buffer.from(frames.map(String).join(',')),
  decode: () => ({ observations: [], refused: [] }),
};

function meterThat(says: Readonly<Record<string, Says>>) {
  const asked: string[] = [];
  const line: Line = {
    async ask(request, hear) {
      const item = Buffer.from(request).toString();
      asked.push(item);
      const does = says[item] ?? 'answer';
      if (does === 'silent') return { kind: 'silent', why: `${item} silent` };
      if (does === 'away') return { kind: 'unreachable', why: 'away' };
      const text = { answer: item, more: `${item}+`, refuse: `!${item}` }[does];
      const heard = hear(Buffer.from(text));
      return heard ? { kind: 'heard', heard } : { kind: 'silent', why: 'nothing heard' };
    },
    close: () => {},
  };
  const asker = createFramedAsker(aMeter(), '1', line, language);
  const poll = async () => {
    asked.length = 0;
    const { result, bytes, why } = await asker.poll();
    return { asked: asked.join(''), result, got: bytes && Buffer.from(bytes).toString(), why };
  };
  return { poll, says: says as Record<string, Says> };
}

test('every item is asked for, and one poll is one piece for the journal', async () => {
  const { poll } = meterThat({});
  expect(await poll()).toEqual({ asked: 'abc', result: 'answered', got: 'a,b,c', why: null });
});

test('an item that is refused costs only itself', async () => {
  const { poll } = meterThat({ b: 'refuse' });
  expect(await poll()).toEqual({ asked: 'abc', result: 'answered', got: 'a,c', why: '!b' });
});

test('a meter that refuses everything is alive', async () => {
  const { poll } = meterThat({ a: 'refuse', b: 'refuse', c: 'refuse' });
  expect(await poll()).toMatchObject({ result: 'answered', got: undefined, why: '!c' });
});

test('what comes in several frames is taken as a whole or not at all', async () => {
  const { poll, says } = meterThat({ a: 'more' });
  expect(await poll()).toMatchObject({ asked: 'aAbc', got: 'a+,A,b,c' });
  says['A'] = 'silent';
  expect(await poll()).toMatchObject({ asked: 'aA', result: 'silent', got: undefined });
  expect(await poll()).toMatchObject({ asked: 'bcaA', result: 'answered', got: 'b,c' });
});

test('frames without end are given up', async () => {
  const { poll } = meterThat({ a: 'more', A: 'more' });
  expect(await poll()).toMatchObject({
    result: 'answered',
    got: 'b,c',
    why: expect.stringContaining('no end'),
  });
});

test('a meter that is silent is not asked for the rest, and next time for something else first', async () => {
  const { poll } = meterThat({ a: 'silent', b: 'silent', c: 'silent' });
  expect(await poll()).toEqual({ asked: 'a', result: 'silent', got: undefined, why: 'a silent' });
  expect(await poll()).toMatchObject({ asked: 'b', result: 'silent' });
});

test('a line that is away is told as such', async () => {
  const { poll } = meterThat({ a: 'away' });
  expect(await poll()).toMatchObject({ asked: 'a', result: 'unreachable' });
});
