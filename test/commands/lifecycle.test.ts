import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Command } from '../../commands/commands.ts';
import { after, attemptsMost, type Happening, isOpen } from '../../commands/lifecycle.ts';

const queued: Command = {
  id: 'c1',
  vehicle: 'v1',
  kind: 'locate',
  params: {},
  by: 'fleet',
  requestedAt: 0,
  expiresAt: 100,
  state: 'queued',
  attempts: 0,
  sentAt: null,
  settledAt: null,
  answer: null,
  trouble: null,
  detail: null,
};

const all = (at: number): Happening[] => [
  { what: 'sent', at },
  { what: 'not-sent', at },
  { what: 'answered', at, answer: {} },
  { what: 'refused', at, trouble: 'unsupported' },
  { what: 'failed', at, trouble: 'unreadable', detail: 'x' },
  { what: 'lost', at, trouble: 'unanswered' },
  { what: 'lost', at, trouble: 'interrupted' },
  { what: 'late', at },
  { what: 'cancelled', at },
];

const happening = fc
  .tuple(fc.nat(200), fc.nat(all(0).length - 1))
  .map(([at, n]) => all(at)[n] as Happening);

test('whatever happens: what has ended stays as it is, and what may not be repeated is sent once', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 30 }), fc.boolean(), (story, isOnce) => {
      let command = queued;
      let arrived = 0;
      for (const each of story) {
        const next = after(command, each, isOnce);
        if (!isOpen(command)) expect(next).toBeUndefined();
        // Whatever was sent and not said to be unsent may have arrived.
        if (next?.state === 'sent') arrived++;
        if (each.what === 'not-sent' && next) arrived--;
        command = next ?? command;
        expect(command.settledAt === null).toBe(isOpen(command));
      }
      expect(arrived).toBeLessThanOrEqual(isOnce ? 1 : attemptsMost);
      expect(command.attempts).toBe(arrived);
    }),
  );
});

test('a command that was sent and expires before it could be sent again may have been done', () => {
  const sent = after(queued, { what: 'sent', at: 10 }, false) ?? queued;
  const again = after(sent, { what: 'lost', at: 20, trouble: 'unanswered' }, false) ?? queued;
  expect(again.state).toBe('queued');
  expect(after(again, { what: 'late', at: 99 }, false)).toBeUndefined();
  expect(after(again, { what: 'late', at: 100 }, false)).toMatchObject({
    state: 'failed',
    trouble: 'unanswered',
  });
  expect(after(queued, { what: 'late', at: 100 }, false)).toMatchObject({ state: 'expired' });
});

test('only what waits can be taken back', () => {
  expect(after(queued, { what: 'cancelled', at: 1 }, false)?.state).toBe('cancelled');
  const sent = after(queued, { what: 'sent', at: 10 }, false) ?? queued;
  expect(after(sent, { what: 'cancelled', at: 11 }, false)).toBeUndefined();
});
