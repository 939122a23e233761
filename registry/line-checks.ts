import type { Knowledge } from './field-checks.ts';
import { type Fields, isFields } from './references.ts';
import { type Complaint, shown } from './wording.ts';

export const polledWays = ['modbus', 'dlt645', 'cjt188'] as const;

/** A meter asked in two languages would be read twice and told as one. */
export function checkWays(fields: Fields): readonly Complaint[] {
  const ways = polledWays.filter((way) => fields[way] !== undefined);
  return ways.length > 1
    ? [{ path: [], message: `got ${ways.join(' and ')}, want one of them at most` }]
    : [];
}

/** Medium of each CJ/T 188 type; a meter without a type is the first of its medium. */
const typesOf: Readonly<Record<string, readonly string[]>> = {
  water: ['cold-water', 'hot-water', 'drinking-water', 'reclaimed-water'],
  heat: ['heat', 'cooling', 'heat-cooling'],
  gas: ['gas'],
};

/** Which language goes with which medium. */
export function checkLineMedium({ medium, dlt645, cjt188 }: Fields): readonly Complaint[] {
  if (typeof medium !== 'string') return [];
  if (dlt645 !== undefined && medium !== 'electricity') {
    return [{ path: ['dlt645'], message: `got medium ${shown(medium)}, want electricity` }];
  }
  if (cjt188 === undefined) return [];
  const types = typesOf[medium];
  if (!types) {
    return [{ path: ['cjt188'], message: `got medium ${shown(medium)}, want water, heat or gas` }];
  }
  const type = isFields(cjt188) ? cjt188['type'] : undefined;
  if (type === undefined || types.includes(String(type))) return [];
  return [
    {
      path: ['cjt188', 'type'],
      message: `got ${shown(type)}, want ${types.join(' | ')} for ${medium}`,
    },
  ];
}

/** Data identifiers nobody knows would be asked for and never kept. */
export function checkItems({ dlt645 }: Fields, { isDlt645Item }: Knowledge): readonly Complaint[] {
  const items = isFields(dlt645) ? dlt645['items'] : undefined;
  if (!isDlt645Item || !Array.isArray(items)) return [];
  return items.flatMap((item: unknown, i) => {
    // Any other text is the schema's to complain of.
    if (typeof item !== 'string' || !/^[0-9A-Fa-f]{8}$/.test(item) || isDlt645Item(item)) return [];
    return [
      { path: ['dlt645', 'items', i], message: `got ${shown(item)}, which holds no known metric` },
    ];
  });
}
