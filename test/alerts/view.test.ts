import { expect, test } from 'vitest';
import { toAlertView } from '../../alerts/view.ts';
import { morning, sampleAlert } from './samples.ts';

test('the outside sees ISO times of the institution’s zone and every field', () => {
  const alert = {
    ...sampleAlert(),
    clearedAt: morning + 500,
    verdict: { verdict: 'explained' as const, reason: '修路', user: 'u', at: morning },
    comments: [{ at: morning, user: 'u', text: 'x' }],
  };
  expect(toAlertView(alert, 'Asia/Shanghai')).toEqual({
    id: alert.id,
    rule: 'off-route-default',
    kind: 'vehicle.off-route',
    severity: 'warning',
    subject: { type: 'vehicle', id: 'v1' },
    institution: 'lc-hq',
    state: 'open',
    openedAt: '2026-11-23T08:00:00+08:00',
    raisedAt: '2026-11-23T08:00:01+08:00',
    clearedAt: '2026-11-23T08:00:00.500+08:00',
    summary: { zh: '偏离路线 320 米', en: 'Off route by 320 m' },
    evidence: {
      from: '2026-11-23T07:00:00+08:00',
      to: '2026-11-23T08:00:00+08:00',
      flagged: ['2026-11-23T07:59:30+08:00', '2026-11-23T08:00:00+08:00'],
      observed: { distanceM: 320 },
      expected: { widthM: 150 },
      method: alert.evidence.method,
      context: { dispatch: 'd1', route: 'r1' },
      quality: { poorFixes: 0 },
      rule: { id: 'off-route-default', version: 1, params: { enterS: 60 } },
    },
    acknowledgedBy: null,
    assignee: null,
    verdict: { verdict: 'explained', reason: '修路', user: 'u', at: '2026-11-23T08:00:00+08:00' },
    comments: [{ at: '2026-11-23T08:00:00+08:00', user: 'u', text: 'x' }],
    version: 1,
  });
});
