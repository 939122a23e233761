import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Channel } from '../../gateway/channel.ts';
import { createLine, type Line } from '../../gateway/line.ts';

/** A line whose other end the test holds. Requests and answers are texts: `A1?` is answered by `A1=…;`. */

const timeoutMs = 1_000;
const gapMs = 50;

let asked: { text: string; at: number }[];
let opened: number;
let reply: (request: string, say: (text: string, afterMs?: number) => void) => void;
let refuse: boolean;
let hangUp: () => void;
let say: (text: string, afterMs?: number) => void;
let line: Line;

beforeEach(() => {
  vi.useFakeTimers({ now: 0, toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  asked = [];
  opened = 0;
  refuse = false;
  reply = () => {};
  line = createLine({ open: async () => (refuse ? away : openChannel()), timeoutMs, gapMs });
});

afterEach(() => {
  line.close();
  vi.useRealTimers();
});

const away = { kind: 'unreachable', why: 'nobody there' } as const;

function openChannel(): Channel {
  opened++;
  let take: (bytes: Uint8Array) => void = () => {};
  let tell: () => void = () => {};
  let isOpen = true;
  const close = () => {
    if (isOpen) tell();
    isOpen = false;
  };
  hangUp = close;
  say = (text, afterMs = 0) => {
    setTimeout(() => isOpen && take(Buffer.from(text)), afterMs);
  };
  return {
    onBytes: (given) => {
      take = given;
    },
    onClose: (given) => {
      tell = given;
    },
    write(bytes) {
      const text = Buffer.from(bytes).toString();
      asked.push({ text, at: Date.now() });
      reply(text, say);
    },
    close,
  };
}

/** Understands `<name>=<value>;` wherever it stands. */
const hearOf = (name: string) => (received: Uint8Array) => {
  const [frame, value] = new RegExp(`${name}=(\\w+);`).exec(Buffer.from(received).toString()) ?? [];
  return frame === undefined ? undefined : { frame: Buffer.from(frame), value };
};

/** @param shape what the answer begins with; the same for questions whose answers cannot be told apart */
async function ask(name: string, shape = name, waitMs = 3 * timeoutMs) {
  const answer = line.ask(Buffer.from(`${name}?`), hearOf(shape));
  await vi.advanceTimersByTimeAsync(waitMs);
  const got = await answer;
  return got.kind === 'heard' ? got.heard.value : got.kind;
}

const right: typeof reply = (request, speak) => speak(`${request.slice(0, -1)}=right;`, 20);

test('an answer is heard, in pieces and among other bytes', async () => {
  reply = (_, speak) => {
    speak('HEART', 10);
    speak('BEATa=r', 20);
    speak('ight;', 30);
  };
  expect(await ask('a')).toBe('right');
});

test('nothing is asked before the line has been silent, and what came before the question is no answer', async () => {
  reply = right;
  await ask('a');
  const start = Date.now();
  say('a=wrong;', 10);
  say('a=wrong;', 40);
  await vi.advanceTimersByTimeAsync(41);
  expect(await ask('a')).toBe('right');
  expect(asked.at(-1)?.at).toBe(start + 40 + gapMs);
});

test('a line that is never silent is asked all the same', async () => {
  reply = right;
  await ask('a');
  for (let ms = 0; ms < 5_000; ms += 30) say('.', ms);
  expect(await ask('b')).toBe('right');
});

test('half an answer is none', async () => {
  reply = (_, speak) => speak('a=rig', 10);
  expect(await ask('a')).toBe('silent');
  reply = right;
  expect(await ask('b')).toBe('right');
});

test('a late answer is not taken for that to the same question asked again', async () => {
  reply = (_, speak) => speak('a=late;', 5_000);
  expect(await ask('a')).toBe('silent');
  // It comes just after the next question.
  reply = right;
  await vi.advanceTimersByTimeAsync(1_990);
  expect(await ask('a')).toBe('right');
  expect(asked.map(({ text }) => text)).toEqual(['a?', 'a?', 'a?']);
});

test('three late answers are not taken for any other', async () => {
  const sent = ['one', 'two', 'three'];
  reply = (_, speak) => {
    // A heartbeat, without which the connection would be taken for dead.
    speak('.', 10);
    const word = sent.shift() ?? 'right';
    // All three come together, just after the fourth question.
    const afterMs = { one: 9_070, two: 6_080, three: 3_090 }[word] ?? 200;
    speak(`a=${word};`, afterMs);
  };
  for (let n = 0; n < 3; n++) expect(await ask('a')).toBe('silent');
  expect(await ask('a')).toBe('right');
});

test('the answer that was asked for twice is not taken for that to the next question', async () => {
  // All that is said comes 3 s late; questions for a and b are answered alike.
  let number = 0;
  reply = (request, speak) => speak(`x=${request[0]}${++number};`, number === 1 ? 3_010 : 600);
  expect(await ask('a', 'x')).toBe('silent');
  expect(await ask('a', 'x', 700)).toBe('a2');
  expect(await ask('b', 'x')).toMatch(/^b/);
  expect(await ask('c', 'x')).toMatch(/^c/);
  expect(asked.map(({ text }) => text)).toEqual(['a?', 'a?', 'a?', 'b?', 'b?', 'c?', 'c?']);
});

test('once another question is answered, late answers to earlier ones are no longer waited for', async () => {
  expect(await ask('a')).toBe('silent');
  reply = right;
  expect(await ask('b')).toBe('right');
  expect(await ask('a')).toBe('right');
  expect(asked.map(({ text }) => text)).toEqual(['a?', 'b?', 'a?']);
});

test('a question that got no answer does not make those of others doubtful', async () => {
  expect(await ask('dead')).toBe('silent');
  reply = right;
  expect(await ask('a')).toBe('right');
  expect(asked).toHaveLength(2);
});

test('a question that got no answer is forgotten after a minute', async () => {
  expect(await ask('a')).toBe('silent');
  await vi.advanceTimersByTimeAsync(60_000);
  reply = right;
  expect(await ask('a')).toBe('right');
  expect(asked).toHaveLength(2);
});

test('a connection that was closed while idle is opened again without a failed question', async () => {
  reply = right;
  await ask('a');
  hangUp();
  expect(await ask('a')).toBe('right');
  expect(opened).toBe(2);
});

test('one that is closed at every question is silent, not asked for ever', async () => {
  reply = () => hangUp();
  expect(await ask('a')).toBe('silent');
  expect(await ask('a')).toBe('silent');
  expect(opened).toBeLessThan(5);
});

test('a line that cannot be opened is unreachable', async () => {
  refuse = true;
  expect(await ask('a')).toBe('unreachable');
  refuse = false;
  reply = right;
  expect(await ask('a')).toBe('right');
});

test('a connection that is dead without being closed is opened anew after three questions', async () => {
  for (let n = 0; n < 3; n++) await ask(`a${n}`);
  reply = right;
  expect(await ask('b')).toBe('right');
  expect(opened).toBe(2);
});

test('a dead meter among others does not cost the connection', async () => {
  reply = (request, speak) => {
    if (!request.startsWith('dead')) right(request, speak);
  };
  for (let n = 0; n < 10; n++) {
    await ask(`dead${n}`);
    await ask(`a${n}`);
  }
  expect(opened).toBe(1);
});

test('who answers much, one question after the other, does not pour', async () => {
  reply = (request, speak) => speak(`${request.slice(0, -1)}=${'x'.repeat(250)};`, 1);
  for (let n = 0; n < 100; n++) expect(await ask('a', 'a', 60)).toHaveLength(250);
  expect(opened).toBe(1);
});

test('who pours is hung up on', async () => {
  reply = (_, speak) => {
    for (let ms = 1; ms < 900; ms++) speak('x'.repeat(64), ms);
  };
  expect(await ask('a')).toBe('silent');
  reply = right;
  expect(await ask('b')).toBe('right');
  expect(opened).toBeGreaterThan(1);
});
