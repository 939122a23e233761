import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultLimits } from '../../broker/broker.ts';
import { createShares } from '../../broker/shares.ts';

const limits = {
  ...defaultLimits,
  deviceMessagesPerS: 100,
  deviceBytesPerS: 1000,
  deviceBurstS: 2,
};

test('a user has room until its share or that of all is taken, and again when it is given back', () => {
  const shares = createShares({ ...limits, userMessages: 2, userBytes: 100, waitingBytes: 150 });
  const [one, other] = [shares.join('a', 1), shares.join('b', 1)];
  expect(shares.join('a', 1)).toBe(one);
  shares.take(one, 10);
  expect(shares.hasRoom(one)).toBe(true);
  shares.take(one, 10);
  expect(shares.hasRoom(one)).toBe(false);
  expect(shares.hasRoom(other)).toBe(true);
  shares.take(other, 130);
  expect(shares.hasRoom(other)).toBe(false);
  shares.giveBack(one, 2, 20);
  expect(shares.hasRoom(one)).toBe(true);
  expect(shares.hasRoom(other)).toBe(false);
});

test('all connections of a user have one share, and the next one after them has it again', () => {
  const shares = createShares({ ...limits, userMessages: 1 });
  const share = shares.join('a', 1);
  shares.join('a', 1);
  shares.take(share, 1);
  shares.leave(share);
  expect(shares.hasRoom(shares.join('a', 1))).toBe(false);
  shares.leave(share);
  shares.leave(share);
  expect(shares.join('a', 1)).toBe(share);
});

test('who comes again has no new burst, and the limits of what it speaks for now', () => {
  const shares = createShares(limits);
  const gateway = shares.join('g', 2);
  expect(shares.charge(gateway, 400, 0, 5000)).toBe(0);
  shares.leave(gateway);
  const again = shares.join('g', 4);
  expect(shares.charge(again, 40, 0, 5000)).toBe(100);
  // Another connection beside it changes nothing.
  shares.join('g', 1);
  expect(shares.charge(again, 40, 0, 5100)).toBe(100);
});

test('the burst is free, then whoever is over waits as long as the rate asks', () => {
  const shares = createShares(limits);
  const meter = shares.join('m', 1);
  expect(shares.charge(meter, 200, 200, 5000)).toBe(0);
  expect(shares.charge(meter, 10, 10, 5000)).toBe(100);
  expect(shares.charge(meter, 0, 0, 5100)).toBe(0);
  // Bytes: 1,800 of 2,000 were left, and 100 more came in 100 ms.
  expect(shares.charge(meter, 1, 3000, 5100)).toBeGreaterThan(1000);
  const gateway = shares.join('g', 10);
  expect(shares.charge(gateway, 2000, 0, 5000)).toBe(0);
  expect(shares.charge(gateway, 10, 0, 5000)).toBe(10);
});

test('whatever comes when, nobody gets more than burst and rate', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ messages: fc.nat(300), pauseMs: fc.nat(400) }), { maxLength: 50 }),
      (steps) => {
        const shares = createShares(limits);
        const share = shares.join('m', 1);
        let now = 1000;
        let sent = 0;
        for (const { messages, pauseMs } of steps) {
          now += pauseMs + shares.charge(share, messages, 0, now);
          sent += messages;
          expect(sent).toBeLessThanOrEqual(200 + ((now - 1000) / 1000) * 100 + 1);
        }
      },
    ),
  );
});
