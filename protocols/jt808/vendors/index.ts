import type { ItemKind } from '../item.ts';
import { adas } from './adas.ts';
import { obd } from './obd.ts';
import type { VendorProfile } from './profile.ts';
import { video } from './video.ts';

/** What a terminal can be said to be in the inventory. */
export const vendorProfiles: readonly VendorProfile[] = [obd];

const byName = new Map(vendorProfiles.map((profile) => [profile.name, profile]));

/** The profile of that name; undefined for none or one we do not know. */
export const profileNamed = (name: string | undefined): VendorProfile | undefined =>
  name === undefined ? undefined : byName.get(name);

/** Items outside of the standard that a person is shown by name. */
export const vendorKinds: readonly ItemKind<unknown>[] = [
  ...video,
  ...adas,
  ...vendorProfiles.flatMap(({ items }) => items),
];
