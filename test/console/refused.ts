import type { EntityKind } from '../../model/entities.ts';
import { isAppError } from '../../model/errors.ts';
import { openWorld } from '../api/world.ts';

/** What a person may type wrong into the forms of places, routes and the calendar. */
export const placesOf: readonly { readonly kind: EntityKind; readonly body: object }[] = [
  { kind: 'places', body: { id: 'no id!', institution: 'west', kind: 'poi', circle: {} } },
  {
    kind: 'places',
    body: {
      id: 'p',
      institution: 'nowhere',
      name: '',
      kind: 'x',
      circle: { center: [200, 95], radiusM: 0 },
    },
  },
  { kind: 'places', body: { id: 'p', institution: 'west', kind: 'poi' } },
  {
    kind: 'places',
    body: {
      id: 'p',
      institution: 'west',
      kind: 'area',
      polygon: [
        [116, 36],
        [116, 36],
      ],
    },
  },
  { kind: 'routes', body: { id: 'r', institution: 'west', line: [[116, 36]], widthM: -1 } },
  { kind: 'routes', body: { id: 'r', institution: 'west', line: [['a', 36]], widthM: 'b' } },
  { kind: 'calendar', body: { date: '2027-13-01', kind: 'holiday' } },
];

/** The faults with which the registry refuses it. */
export async function refusalOf(kind: EntityKind, body: object) {
  const world = await openWorld();
  try {
    await world.registry.create(kind, body, { user: 'system' });
  } catch (error) {
    if (isAppError(error)) return error.faults;
    throw error;
  } finally {
    await world.close();
  }
  throw new Error('it was taken');
}
