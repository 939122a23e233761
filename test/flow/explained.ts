import { expect } from 'vitest';

/** An alert as HTTP and MQTT tell it. */
export interface Alert {
  readonly id: string;
  readonly rule: string;
  readonly kind: string;
  readonly severity: string;
  readonly subject: { readonly type: string; readonly id: string };
  readonly institution: string;
  readonly state: string;
  readonly openedAt: string;
  readonly raisedAt: string;
  readonly clearedAt: string | null;
  readonly summary: { readonly zh: string; readonly en: string };
  readonly evidence: Readonly<Record<string, unknown>> & {
    readonly from: string;
    readonly to: string;
    readonly flagged: readonly string[];
    readonly rule: { readonly id: string; readonly version: number; readonly params: object };
  };
}

/** The shape every alert has, whatever its kind. */
export function expectExplained(alert: Alert): void {
  const zoned = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?\+08:00$/);
  const text = {
    zh: expect.stringMatching(/\p{Script=Han}/u),
    en: expect.stringMatching(/[a-z]{3}/),
  };
  expect(alert).toMatchObject({
    institution: 'hq',
    openedAt: zoned,
    raisedAt: zoned,
    summary: text,
    evidence: {
      from: zoned,
      to: zoned,
      observed: expect.any(Object),
      expected: expect.any(Object),
      method: text,
      context: expect.any(Object),
      quality: expect.any(Object),
      rule: { id: alert.rule, version: expect.any(Number), params: expect.any(Object) },
    },
  });
  const { from, to, flagged } = alert.evidence;
  expect(Date.parse(from)).toBeLessThanOrEqual(Date.parse(to));
  for (const at of flagged) {
    expect(Date.parse(at)).toBeGreaterThanOrEqual(Date.parse(from));
    expect(Date.parse(at)).toBeLessThanOrEqual(Date.parse(to));
  }
}
