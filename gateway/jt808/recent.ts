import type { SeenFrame } from './door.ts';

/** The last frames of terminals, for people who look into one. */
export interface Recent {
  /** @param stranger number of the link where it has not authenticated: anybody can name the phone of a vehicle */
  note(
    vehicle: string,
    direction: SeenFrame['direction'],
    at: number,
    bytes: Uint8Array,
    stranger?: number,
  ): void;
  /** The link has authenticated as this vehicle's: what it said before counts as the terminal's too. */
  known(vehicle: string, stranger: number): void;
  /** Oldest first. The vehicle is watched from now on: its last frames are kept whatever others send. */
  of(vehicle: string, now: number): readonly SeenFrame[];
}

interface Noted extends Omit<SeenFrame, 'authenticated'> {
  readonly vehicle: string;
  readonly stranger: number | undefined;
  /** Counts up. */
  readonly n: number;
}

interface Watched {
  terminal: readonly Noted[];
  strangers: readonly Noted[];
  readonly askedAt: number;
}

/** @see createRecent */
interface RecentLimits {
  /** Frames of all together. */
  readonly frames: number;
  /** Their bytes. */
  readonly bytes: number;
  readonly perVehicle: number;
  /** The same of links that have not authenticated, which are kept apart so that they push nothing else out. */
  readonly strangerFrames: number;
  readonly strangerBytes: number;
  readonly strangersPerVehicle: number;
  /** Vehicles that are watched; of more the one that nobody has asked about for longest is forgotten. */
  readonly watched: number;
  /** How long after the last question a vehicle is watched. */
  readonly watchMs: number;
}

const defaults: RecentLimits = {
  frames: 8192,
  bytes: 4 << 20,
  perVehicle: 50,
  strangerFrames: 1024,
  strangerBytes: 512 << 10,
  strangersPerVehicle: 10,
  watched: 200,
  watchMs: 3_600_000,
};

interface Ring {
  push(one: Noted): void;
  /** The last so many of a vehicle, oldest first. */
  lastOf(vehicle: string, most: number): readonly Noted[];
  /** Takes out what was noted of a stranger. */
  take(vehicle: string, stranger: number): readonly Noted[];
}

function createRing(frames: number, bytesMost: number): Ring {
  const ring: (Noted | undefined)[] = [];
  let next = 0;
  let oldest = 0;
  let held = 0;

  function drop(n: number): void {
    held -= ring[n % frames]?.bytes.length ?? 0;
    ring[n % frames] = undefined;
  }

  return {
    push(one) {
      while (next - oldest >= frames || (next > oldest && held + one.bytes.length > bytesMost))
        drop(oldest++);
      ring[next % frames] = one;
      held += one.bytes.length;
      next++;
    },
    lastOf(vehicle, most) {
      const found: Noted[] = [];
      for (let n = next - 1; n >= oldest && found.length < most; n--) {
        const one = ring[n % frames];
        if (one?.vehicle === vehicle) found.push(one);
      }
      return found.reverse();
    },
    take(vehicle, stranger) {
      const found: Noted[] = [];
      for (let n = oldest; n < next; n++) {
        const one = ring[n % frames];
        if (one?.stranger !== stranger || one.vehicle !== vehicle) continue;
        found.push(one);
        drop(n);
      }
      return found;
    },
  };
}

const byAge = (a: Noted, b: Noted): number => a.n - b.n;

const toSeen = ({ at, direction, bytes, stranger }: Noted): SeenFrame => ({
  at,
  direction,
  bytes,
  authenticated: stranger === undefined,
});

/**
 * Keeps what came last of all terminals together, which is much of each where they are few, and the last frames of those somebody asked about:
 * memory is bounded, however many there are.
 */
export function createRecent(options: Partial<RecentLimits> = {}): Recent {
  const limits = { ...defaults, ...options };
  const terminals = createRing(limits.frames, limits.bytes);
  const strangers = createRing(limits.strangerFrames, limits.strangerBytes);
  const watched = new Map<string, Watched>();
  let noted = 0;

  const keep = (one: Noted): void => {
    const isStranger = one.stranger !== undefined;
    (isStranger ? strangers : terminals).push(one);
    const about = watched.get(one.vehicle);
    if (!about) return;
    if (isStranger) about.strangers = [...about.strangers, one].slice(-limits.strangersPerVehicle);
    else about.terminal = [...about.terminal, one].slice(-limits.perVehicle);
  };

  function makeRoom(now: number): void {
    for (const [vehicle, { askedAt }] of watched) {
      if (watched.size < limits.watched && now - askedAt <= limits.watchMs) return;
      watched.delete(vehicle);
    }
  }

  return {
    note(vehicle, direction, at, bytes, stranger) {
      keep({ vehicle, direction, at, bytes, stranger, n: noted++ });
    },
    known(vehicle, stranger) {
      const about = watched.get(vehicle);
      if (about) about.strangers = about.strangers.filter((one) => one.stranger !== stranger);
      for (const one of strangers.take(vehicle, stranger)) keep({ ...one, stranger: undefined });
    },
    of(vehicle, now) {
      const before = watched.get(vehicle);
      // Behind all others, so that the first in the map is the one not asked about for longest.
      watched.delete(vehicle);
      makeRoom(now);
      const about: Watched = {
        terminal: before?.terminal ?? terminals.lastOf(vehicle, limits.perVehicle),
        strangers: before?.strangers ?? strangers.lastOf(vehicle, limits.strangersPerVehicle),
        askedAt: now,
      };
      watched.set(vehicle, about);
      return [...about.terminal, ...about.strangers].sort(byAge).map(toSeen);
    },
  };
}
