import { expect, test } from 'vitest';
import { createRecent } from '../../gateway/jt808/recent.ts';

const bytes = (n: number): Uint8Array => Uint8Array.of(n >> 8, n & 0xff);
const numbers = (recent: ReturnType<typeof createRecent>, vehicle: string, now = 0) =>
  recent
    .of(vehicle, now)
    .map(({ authenticated, bytes: [high = 0, low = 0] }) =>
      authenticated ? (high << 8) | low : `stranger ${(high << 8) | low}`,
    );

test.each([['watched'], ['not looked at before']])(
  'strangers who name its phone are marked, and push nothing of a terminal out: %s',
  (how) => {
    const recent = createRecent({ frames: 20, strangerFrames: 30, strangersPerVehicle: 3 });
    if (how === 'watched') recent.of('v1', 0);
    for (let n = 0; n < 10; n++) recent.note('v1', 'in', n, bytes(n));
    for (let n = 0; n < 1000; n++) recent.note('v1', 'in', n, bytes(1000 + n), 7);
    expect(numbers(recent, 'v1')).toEqual([
      ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      ...['stranger 1997', 'stranger 1998', 'stranger 1999'],
    ]);
  },
);

test.each([['watched'], ['not looked at before']])(
  'what a link said before it authenticated counts as the terminal’s: %s',
  (how) => {
    const recent = createRecent();
    if (how === 'watched') recent.of('v1', 0);
    recent.note('v1', 'in', 0, bytes(0), 1);
    recent.note('v1', 'in', 1, bytes(1), 2);
    recent.note('v2', 'in', 2, bytes(2), 1);
    recent.note('v1', 'out', 3, bytes(3), 1);
    recent.known('v1', 1);
    recent.note('v1', 'in', 4, bytes(4));
    expect(numbers(recent, 'v1')).toEqual([0, 'stranger 1', 3, 4]);
    expect(numbers(recent, 'v2')).toEqual(['stranger 2']);
  },
);

test('memory is bounded in frames and in bytes, for terminals and for strangers', () => {
  const recent = createRecent({ frames: 4, bytes: 10, strangerFrames: 4, strangerBytes: 4 });
  for (let n = 0; n < 9; n++) {
    recent.note('v1', 'in', n, bytes(n));
    recent.note('v1', 'in', n, bytes(n), 1);
  }
  expect(numbers(recent, 'v1')).toEqual([5, 6, 7, 'stranger 7', 8, 'stranger 8']);
  const large = createRecent({ frames: 4, bytes: 10 });
  for (let n = 0; n < 9; n++) large.note('v1', 'in', n, new Uint8Array(4));
  expect(large.of('v1', 0)).toHaveLength(2);
});

test('of the vehicles that are watched the one nobody has asked about for longest is forgotten', () => {
  const recent = createRecent({ frames: 1, watched: 2, watchMs: 100 });
  for (const vehicle of ['v1', 'v2', 'v1', 'v3']) recent.of(vehicle, 0);
  for (const vehicle of ['v1', 'v2', 'v3', 'v4']) recent.note(vehicle, 'in', 0, bytes(1));
  expect([numbers(recent, 'v1'), numbers(recent, 'v3')]).toEqual([[1], [1]]);
  expect(numbers(recent, 'v2', 50)).toEqual([]);
  expect(numbers(recent, 'v4', 200)).toEqual([1]);
});
