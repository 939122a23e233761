import type { SeenFrame } from './door.ts';

/** The last frames of terminals, for people who look into one. */
export interface Recent {
  note(vehicle: string, direction: SeenFrame['direction'], at: number, bytes: Uint8Array): void;
  /** Oldest first. The vehicle is watched from now on: its last frames are kept whatever others send. */
  of(vehicle: string, now: number): readonly SeenFrame[];
}

interface Noted extends SeenFrame {
  readonly vehicle: string;
}

interface Watched {
  frames: SeenFrame[];
  askedAt: number;
}

/** @see createRecent */
interface RecentLimits {
  /** Frames of all together. */
  readonly frames: number;
  /** Their bytes. */
  readonly bytes: number;
  readonly perVehicle: number;
  /** Vehicles that are watched; of more the one that nobody has asked about for longest is forgotten. */
  readonly watched: number;
  /** How long after the last question a vehicle is watched. */
  readonly watchMs: number;
}

const defaults: RecentLimits = {
  frames: 8192,
  bytes: 4 << 20,
  perVehicle: 50,
  watched: 200,
  watchMs: 3_600_000,
};

/**
 * Keeps what came last of all terminals together, which is much of each where they are few, and the last frames of those somebody asked about:
 * memory is bounded, however many there are.
 */
export function createRecent(limits: Partial<RecentLimits> = {}): Recent {
  const {
    frames,
    bytes: bytesMost,
    perVehicle,
    watched: most,
    watchMs,
  } = { ...defaults, ...limits };
  const ring: (Noted | undefined)[] = [];
  let next = 0;
  let oldest = 0;
  let held = 0;
  const watched = new Map<string, Watched>();

  function dropOldest(): void {
    held -= ring[oldest % frames]?.bytes.length ?? 0;
    ring[oldest % frames] = undefined;
    oldest++;
  }

  function keep(one: Noted): void {
    while (next - oldest >= frames || (next > oldest && held + one.bytes.length > bytesMost))
      dropOldest();
    ring[next % frames] = one;
    held += one.bytes.length;
    next++;
  }

  function seedOf(vehicle: string): SeenFrame[] {
    const found: SeenFrame[] = [];
    for (let n = next - 1; n >= oldest && found.length < perVehicle; n--) {
      const one = ring[n % frames];
      if (one?.vehicle === vehicle) found.push(one);
    }
    return found.reverse();
  }

  function makeRoom(now: number): void {
    for (const [vehicle, { askedAt }] of watched) {
      if (watched.size < most && now - askedAt <= watchMs) return;
      watched.delete(vehicle);
    }
  }

  return {
    note(vehicle, direction, at, bytes) {
      const one = { vehicle, direction, at, bytes };
      keep(one);
      const frames = watched.get(vehicle)?.frames;
      if (!frames) return;
      frames.push(one);
      if (frames.length > perVehicle) frames.shift();
    },
    of(vehicle, now) {
      const known = watched.get(vehicle);
      // Behind all others, so that the first in the map is the one not asked about for longest.
      watched.delete(vehicle);
      makeRoom(now);
      const kept = { frames: known?.frames ?? seedOf(vehicle), askedAt: now };
      watched.set(vehicle, kept);
      return kept.frames.map(({ at, direction, bytes }) => ({ at, direction, bytes }));
    },
  };
}
