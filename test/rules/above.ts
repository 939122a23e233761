import { z } from 'zod';
import type { Finding } from '../../model/alert.ts';
import type { RuleKind } from '../../rules/rule.ts';

const params = z.strictObject({ limit: z.number().default(10) });

function said(change: Finding['change'], id: string, at: number, value: number): Finding {
  const text = { zh: `读数 ${value}`, en: `reads ${value}` };
  return {
    change,
    subject: { type: 'meter', id },
    at,
    severity: 'warning',
    summary: text,
    evidence: {
      from: at,
      to: at,
      flagged: [at],
      observed: { value },
      expected: {},
      method: text,
      context: {},
      quality: {},
    },
  };
}

/** Above a limit; remembers how many events it saw; throws at 666. */
export const above: RuleKind<{ limit: number }, { seen: number; high: boolean }> = {
  kind: 'test.above',
  version: 1,
  title: { zh: '过高', en: 'Above' },
  description: { zh: '过高', en: 'Above' },
  severity: 'warning',
  params,
  appliesTo: (subject) => subject.type === 'meter',
  initial: () => ({ seen: 0, high: false }),
  step(state, event, _subject, { limit }) {
    const value = event.type === 'sample' ? (event.values.energy_import_kwh ?? 0) : 0;
    if (value === 666) throw new Error('a rule of ours is wrong');
    const high = value > limit;
    const change = high ? (state.high ? 'amend' : 'open') : 'clear';
    const findings = high || state.high ? [said(change, event.device, event.at, value)] : [];
    return { state: { seen: state.seen + 1, high }, findings };
  },
};
