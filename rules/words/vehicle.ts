import type { Position } from '../../fleet/geo.ts';
import type { Text } from '../../model/alert.ts';
import type { CalendarDay, Place } from '../../model/entities.ts';
import type { Surroundings } from '../rule.ts';

const kindWords: Readonly<Record<CalendarDay['kind'], Text>> = {
  workday: { zh: '工作日', en: 'workday' },
  weekend: { zh: '周末', en: 'weekend' },
  'statutory-holiday': { zh: '法定节假日', en: 'statutory holiday' },
  'transfer-workday': { zh: '调休工作日', en: 'transfer workday' },
};

/** `法定节假日（国庆节）`. */
export function dayWords({ kind, name }: CalendarDay): Text {
  const { zh, en } = kindWords[kind];
  const isTelling = name !== undefined && name !== zh;
  return isTelling ? { zh: `${zh}（${name}）`, en: `${en} (${name})` } : { zh, en };
}

const places = (ids: readonly string[], around: Surroundings): readonly Place[] =>
  ids.map((id) => around.place(id)).filter((place) => place !== undefined);

/** Names of places where the vehicle is, else its coordinates. */
export function whereWords(
  { lat, lon }: Position,
  ids: readonly string[],
  around: Surroundings,
): Text {
  const names = places(ids, around).map(({ name }) => name);
  if (names.length === 0) {
    const position = `${lat.toFixed(5)}, ${lon.toFixed(5)}`;
    return { zh: `位置 ${position}`, en: `at ${position}` };
  }
  return { zh: `“${names.join('”“')}”`, en: `in "${names.join('", "')}"` };
}

/** Whether the vehicle is in a place of such a kind. */
export const isAtKind = (
  ids: readonly string[],
  kinds: readonly Place['kind'][],
  around: Surroundings,
): boolean => ids.some((id) => kinds.includes(around.place(id)?.kind as Place['kind']));

/** Middle of a place. */
export function middleOf({ circle, polygon = [] }: Place): Position {
  if (circle) return { lon: circle.center[0], lat: circle.center[1] };
  const sum = polygon.reduce(([lon, lat], corner) => [lon + corner[0], lat + corner[1]], [0, 0]);
  const count = Math.max(1, polygon.length);
  return { lon: (sum[0] ?? 0) / count, lat: (sum[1] ?? 0) / count };
}
