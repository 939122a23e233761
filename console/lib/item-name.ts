import type { Texts } from '../texts/zh.ts';
import type { PageItem } from './institution.ts';

/** `A1` → what its letter stands for, with the code. */
export const subItemName = (code: string, { institution }: Texts): string =>
  [institution.subItemNames[code.slice(0, 1).toUpperCase()], code].filter(Boolean).join(' ');

export function itemName(item: PageItem, { medium, institution }: Texts): string {
  switch (item) {
    case 'electricity':
    case 'water':
    case 'gas':
    case 'heat':
      return medium[item];
    default:
      return institution[item];
  }
}
