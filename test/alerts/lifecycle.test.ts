import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AlertAction } from '../../alerts/alerts.ts';
import type { Filed, Step } from '../../alerts/lifecycle.ts';
import * as lifecycle from '../../alerts/lifecycle.ts';
import { distance, finding, morning } from './samples.ts';

const now = morning + 5000;
const opened = lifecycle.open('al-1', finding(), now).filed;
const after = (step: Step | null): Filed => {
  if (!step) throw new Error('nothing changed');
  return step.filed;
};
const act = (filed: Filed, action: AlertAction, at = now) => lifecycle.act(filed, action, at);
const user = 'officer1';

test('a finding opens an alert with its evidence, rule version and parameters', () => {
  const { filed, change, at } = lifecycle.open('al-1', finding(), now);
  expect({ change, at }).toEqual({ change: 'opened', at: morning });
  expect(filed.alert).toMatchObject({
    state: 'open',
    openedAt: morning,
    raisedAt: now,
    clearedAt: null,
    version: 1,
    evidence: {
      observed: { distanceM: 320 },
      rule: { id: 'off-route-default', version: 1, params: { enterS: 60 } },
    },
  });
});

test('the same evidence again changes nothing, other evidence amends, a worse severity escalates', () => {
  expect(
    lifecycle.amend(opened, finding({ change: 'amend', at: now, openedAt: morning })),
  ).toBeNull();
  const amended = lifecycle.amend(
    opened,
    distance(500, { change: 'amend', at: now, openedAt: morning }),
  );
  expect(amended).toMatchObject({
    change: 'amended',
    at: now,
    filed: {
      alert: {
        version: 2,
        evidence: { observed: { distanceM: 500 }, rule: finding().rule },
      },
    },
  });
  const worse = lifecycle.amend(opened, finding({ severity: 'critical' }));
  expect(worse).toMatchObject({ change: 'escalated', filed: { alert: { severity: 'critical' } } });
  const milder = lifecycle.amend(opened, finding({ severity: 'info' }));
  expect(milder?.change).toBe('amended');
});

test('a condition that ends clears the alert in event time, whoever has seen it', () => {
  const seen = after(act(opened, { do: 'acknowledge', user }));
  expect(seen.alert).toMatchObject({ state: 'acknowledged', acknowledgedBy: user });
  const cleared = lifecycle.clearByRule(seen, morning + 60_000);
  expect(cleared).toMatchObject({
    change: 'cleared',
    filed: { alert: { state: 'cleared', clearedAt: morning + 60_000, acknowledgedBy: user } },
  });
});

test('what ended unseen can still be acknowledged, judged and commented, and stays cleared', () => {
  let filed = after(lifecycle.clearByRule(opened, now));
  filed = after(act(filed, { do: 'acknowledge', user }));
  filed = after(act(filed, { do: 'verdict', user, verdict: 'explained', reason: '修路' }));
  filed = after(act(filed, { do: 'comment', user, text: '已核实' }));
  filed = after(act(filed, { do: 'assign', user, to: 'officer2' }));
  expect(filed.alert).toMatchObject({
    state: 'cleared',
    acknowledgedBy: user,
    verdict: { verdict: 'explained', reason: '修路', user, at: now },
    comments: [{ at: now, user, text: '已核实' }],
    assignee: 'officer2',
    version: 6,
  });
});

test('an act that says what is so already changes nothing', () => {
  const seen = after(act(opened, { do: 'acknowledge', user }));
  expect(act(seen, { do: 'acknowledge', user: 'officer2' })).toBeNull();
  const cleared = after(act(opened, { do: 'clear', user }));
  expect(act(cleared, { do: 'clear', user })).toBeNull();
  expect(act(opened, { do: 'assign', user, to: null })).toBeNull();
});

test('a shelf ends at its time, not before, and the alert is what it was', () => {
  const seen = after(act(opened, { do: 'acknowledge', user }));
  const shelved = after(act(seen, { do: 'shelve', user, until: now + 1000 }));
  expect(shelved.alert.state).toBe('shelved');
  expect(lifecycle.unshelve(shelved, now + 999)).toBeNull();
  expect(lifecycle.unshelve(shelved, now + 1000)).toMatchObject({
    change: 'unshelved',
    filed: { shelvedUntil: null, alert: { state: 'acknowledged' } },
  });
  expect(after(lifecycle.clearByRule(shelved, now)).shelvedUntil).toBeNull();
});

test('what cannot be is refused', () => {
  const withdrawn = after(lifecycle.withdraw(opened, now));
  const cleared = after(lifecycle.clearByRule(opened, now));
  const refused = (filed: Filed, action: AlertAction) =>
    expect(() => act(filed, action)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  refused(withdrawn, { do: 'acknowledge', user });
  refused(withdrawn, { do: 'clear', user });
  refused(cleared, { do: 'shelve', user, until: now + 1 });
  refused(opened, { do: 'shelve', user, until: now });
  refused(opened, { do: 'shelve', user, until: Number.NaN });
  refused(opened, { do: 'comment', user, text: ' \n' });
});

test('late data reinstates what a rule cleared or withdrew, never what a person cleared', () => {
  const cleared = after(lifecycle.clearByRule(opened, now));
  expect(lifecycle.reinstate(cleared, now)?.filed.alert).toMatchObject({
    state: 'open',
    clearedAt: null,
  });
  const seen = after(act(opened, { do: 'acknowledge', user }));
  const withdrawn = after(lifecycle.withdraw(seen, now));
  expect(lifecycle.reinstate(withdrawn, now)?.filed.alert.state).toBe('acknowledged');
  const byPerson = after(act(opened, { do: 'clear', user }));
  expect(lifecycle.reinstate(byPerson, now)).toBeNull();
  const thenWithdrawn = after(lifecycle.withdraw(byPerson, now));
  expect(lifecycle.reinstate(thenWithdrawn, now)?.filed.alert.state).toBe('cleared');
  expect(lifecycle.reinstate(opened, now)).toBeNull();
});

test('late data can move the end, but not one a person has set', () => {
  const cleared = after(lifecycle.clearByRule(opened, now));
  expect(lifecycle.clearByRule(cleared, now)).toBeNull();
  expect(lifecycle.clearByRule(cleared, now + 1)).toMatchObject({
    change: 'amended',
    filed: { alert: { clearedAt: now + 1, state: 'cleared' } },
  });
  const byPerson = after(act(opened, { do: 'clear', user }));
  expect(lifecycle.clearByRule(byPerson, now + 1)).toBeNull();
});

test('findings fold into episodes', () => {
  const episodes = lifecycle.toEpisodes([
    finding(),
    distance(500, { change: 'amend', at: morning + 10, openedAt: morning }),
    finding({ change: 'clear', at: morning + 20, openedAt: morning }),
    finding({ at: morning + 30 }),
    finding({ change: 'clear', at: morning + 5, openedAt: morning - 5 }),
  ]);
  expect(
    episodes.map(({ openedAt, clearedAt, judged }) => [
      openedAt - morning,
      clearedAt && clearedAt - morning,
      judged?.evidence.observed['distanceM'],
    ]),
  ).toEqual([
    [-5, 5, undefined],
    [0, 20, 500],
    [30, null, 320],
  ]);
});

test('whatever is done, versions grow by one, ended alerts have an end and only shelved ones a shelf', () => {
  const move = fc.oneof(
    fc.constantFrom<AlertAction>(
      { do: 'acknowledge', user },
      { do: 'clear', user },
      { do: 'shelve', user, until: now + 50 },
      { do: 'comment', user, text: 'x' },
      { do: 'verdict', user, verdict: 'confirmed' },
    ),
    fc.constantFrom('rule-clear', 'withdraw', 'reinstate', 'unshelve', 'amend'),
  );
  const apply = (filed: Filed, one: AlertAction | string, at: number): Step | null => {
    if (typeof one !== 'string') return lifecycle.act(filed, one, at);
    if (one === 'rule-clear') return lifecycle.clearByRule(filed, at);
    if (one === 'withdraw') return lifecycle.withdraw(filed, at);
    if (one === 'reinstate') return lifecycle.reinstate(filed, at);
    if (one === 'unshelve') return lifecycle.unshelve(filed, at);
    return lifecycle.amend(filed, distance(at, { change: 'amend', at }));
  };
  fc.assert(
    fc.property(fc.array(move, { maxLength: 30 }), (moves) => {
      let filed = opened;
      moves.forEach((one, index) => {
        const { version } = filed.alert;
        try {
          filed = apply(filed, one, now + index * 10)?.filed ?? filed;
        } catch (error) {
          expect(error).toMatchObject({ code: 'INPUT_INVALID' });
        }
        expect(filed.alert.version - version).toBeLessThanOrEqual(1);
        expect(filed.alert.state === 'shelved').toBe(filed.shelvedUntil !== null);
        if (filed.alert.state === 'cleared') expect(filed.alert.clearedAt).not.toBeNull();
        if (lifecycle.isActive(filed.alert)) expect(filed.alert.clearedAt).toBeNull();
      });
    }),
  );
});
