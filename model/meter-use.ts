/** What a meter stands for, beyond its medium and sub-item. */

/** Of a room that an environment meter is in; those of some kinds are exempt from the temperature rule. */
export const roomKinds = [
  'office',
  'meeting',
  'corridor',
  'hall',
  'classroom',
  'machine-room',
  'archive',
  'medical',
  'laboratory',
  'canteen',
  'guest',
  'outdoor',
  'other',
] as const;
export type RoomKind = (typeof roomKinds)[number];

/** What an electric circuit feeds, where its sub-item code does not say it: there is no code for a boiler. */
export const circuitKinds = [
  'lighting',
  'corridor-lighting',
  'landscape-lighting',
  'air-conditioning',
  'lift',
  'boiler',
  'machine-room',
  'canteen',
  'charging',
  'other',
] as const;
export type CircuitKind = (typeof circuitKinds)[number];
