import { expect, test } from 'vitest';
import { createParts, pollParts } from '../../gateway/parts.ts';

const [a, b, c] = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];

test('a part without an answer goes to the end', () => {
  const parts = createParts([a, b, c]);
  expect(parts.due()).toEqual([a, b, c]);
  parts.mute(a, 'mute', false);
  expect(parts.due()).toEqual([b, c, a]);
});

test('one without an answer while others are answered is left out ever longer, and not for ever', () => {
  const parts = createParts([a, b]);
  const polls: number[] = [];
  for (let poll = 1; poll <= 200; poll++) {
    if (!parts.due().includes(a)) continue;
    polls.push(poll);
    parts.mute(a, 'mute', true);
  }
  expect(polls).toEqual([1, 2, 4, 8, 16, 32, 64, 96, 128, 160, 192]);
});

test('one that is answered again is asked every time', () => {
  const parts = createParts([a, b]);
  for (let poll = 1; poll <= 2; poll++) {
    expect(parts.due()).toContain(a);
    parts.mute(a, 'mute', true);
  }
  expect(parts.due()).toEqual([b]);
  expect(parts.resting()).toBe('mute');
  expect(parts.due()).toEqual([b, a]);
  parts.heard(a);
  expect(parts.resting()).toBeNull();
  expect(parts.due()).toEqual([b, a]);
  expect(parts.due()).toEqual([b, a]);
});

test('a part is replaced in its place', () => {
  const parts = createParts<{ name: string }>([a, b]);
  parts.replace(a, [c, a]);
  expect(parts.due()).toEqual([c, a, b]);
});

test('a poll never has more answers than the journal can hold of one, and says that it was cut', async () => {
  const many = Array.from({ length: 1_000 }, (_, number) => ({ number }));
  const { answers, why } = await pollParts(createParts(many), async ({ number }) => ({
    kind: 'answers',
    answers: Array.from({ length: 1 + (number % 32) }, () => number),
  }));
  expect(answers.length).toBeGreaterThan(200);
  expect(answers.length).toBeLessThanOrEqual(255);
  expect(why).toMatch(/more than \d+ answers/);
});

test('what one poll has no room for is asked for in the next', async () => {
  const many = Array.from({ length: 600 }, (_, number) => ({ number }));
  const parts = createParts(many);
  const asked = new Set<number>();
  for (let poll = 1; poll <= 3; poll++)
    await pollParts(parts, async ({ number }) => {
      asked.add(number);
      return { kind: 'answers', answers: [number] };
    });
  expect(asked.size).toBe(600);
});
