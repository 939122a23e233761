import type { AlertView } from '../../api/contract.ts';

/** An alert as the API shows it, with what a test cares about changed. */
export const alertView = (change: Partial<AlertView> = {}): AlertView => ({
  id: 'al-1',
  rule: 'energy.consumption-anomaly',
  kind: 'energy.consumption-anomaly',
  severity: 'warning',
  subject: { type: 'meter', id: 'm1' },
  institution: 'lc-hq',
  state: 'open',
  openedAt: '2026-11-22T08:00:00+08:00',
  raisedAt: '2026-11-22T08:00:05+08:00',
  clearedAt: null,
  summary: { zh: '总表用量突增', en: 'Main meter: consumption spike' },
  evidence: {
    from: '2026-11-22T06:00:00+08:00',
    to: '2026-11-22T08:00:00+08:00',
    flagged: ['2026-11-22T07:00:00+08:00'],
    observed: {
      unit: 'kWh',
      hours: [
        { start: Date.parse('2026-11-22T06:00:00+08:00'), value: 18, quality: 'measured' },
        { start: Date.parse('2026-11-22T07:00:00+08:00'), value: 60.5, quality: 'measured' },
      ],
    },
    expected: {
      unit: 'kWh',
      hours: [
        { start: Date.parse('2026-11-22T06:00:00+08:00'), value: 19, low: 12, high: 26 },
        { start: Date.parse('2026-11-22T07:00:00+08:00'), value: 20, low: 13, high: 27 },
      ],
    },
    method: { zh: '与过去同类日期同一小时比较。', en: 'Compared with the same hour of like days.' },
    context: { date: '2026-11-22', dayKind: 'weekend' },
    quality: {},
    rule: { id: 'energy.consumption-anomaly', version: 1, params: { spikeDeviations: 10 } },
  },
  acknowledgedBy: null,
  assignee: null,
  verdict: null,
  comments: [],
  version: 1,
  ...change,
});
