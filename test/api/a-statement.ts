import type { World } from './world.ts';

/** An import of one entry of a town's vehicle, by the town's admin. @returns its id */
export function importStatement({ services: { expenses } }: World, town: string): string {
  const by = `${town}-admin`;
  expenses.import(Buffer.from('车牌,时间,升数,金额\nx,2026-11-20,30,240'), {
    dryRun: false,
    find: () => [{ id: `${town}-v`, zone: 'Asia/Shanghai' }],
    by,
  });
  return expenses.statements({ limit: 9 }).find((one) => one.by === by)?.id ?? '';
}
