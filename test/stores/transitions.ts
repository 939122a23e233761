import type { Alert, Evidence } from '../../model/alert.ts';
import type { Transition } from '../../stores/store.ts';

const evidence: Evidence = {
  from: 0,
  to: 0,
  flagged: [],
  observed: {},
  expected: {},
  method: { zh: '', en: '' },
  context: {},
  quality: {},
};

export const transition = (n: number, at: number, more: Partial<Alert> = {}): Transition => ({
  n,
  at,
  alert: {
    id: `a${n}`,
    rule: 'off-route-default',
    kind: 'vehicle.off-route',
    severity: 'warning',
    subject: { type: 'vehicle', id: 'v1' },
    institution: 'hq',
    state: 'open',
    openedAt: at,
    raisedAt: at,
    clearedAt: null,
    summary: { zh: '偏离路线', en: 'Off route' },
    evidence: { ...evidence, rule: { id: 'off-route-default', version: 1, params: {} } },
    acknowledgedBy: null,
    assignee: null,
    verdict: null,
    comments: [],
    version: 1,
    ...more,
  },
});
