import { secretOf } from './guanjia.ts';

/** An institution whose vehicles have JT/T 808 terminals. */

export const phoneOf = (n: number): string => `0139${String(n).padStart(8, '0')}`;
export const plateOf = (n: number): string => `鲁P${10_000 + n}`;

export const fleetOf = (vehicles: number, more: Readonly<Record<string, unknown>> = {}) => ({
  institutions: [
    { id: 'hq', name: '市机关事务管理局', level: 'municipal', timeZone: 'Asia/Shanghai' },
  ],
  vehicles: Array.from({ length: vehicles }, (_, n) => ({
    id: `v${n}`,
    institution: 'hq',
    plate: plateOf(n),
    class: 'general',
    fuel: 'gasoline',
    jt808: { phone: phoneOf(n) },
  })),
  serviceAccounts: [{ id: 'bi', secret: secretOf('bi'), institution: 'hq', subscribe: ['v1/#'] }],
  ...more,
});
