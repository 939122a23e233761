import type { Edition } from '../protocols/jt808/edition.ts';
import type { SimulatedVehicle } from './city.ts';
import type { Position } from './vehicle.ts';

/** A vehicle terminal that speaks JT/T 808. */
export interface SimulatedTerminal {
  /** Twelve digits. */
  readonly phone: string;
  readonly edition: Edition;
  /** Of its headers. One of 2019 may still write the older ones, which the registry has to be told. */
  readonly layout: 2013 | 2019;
  readonly maker: string;
  readonly model: string;
  readonly id: string;
  /** Bytes of a body at most; what is longer goes in several packets. */
  readonly maxBody: number;
  /** It takes a picture now and then. */
  readonly hasCamera: boolean;
}

/** What a terminal knows of an instant. */
export interface TerminalReport {
  /** Unix ms UTC, whole seconds. */
  readonly at: number;
  readonly position: Position;
  /** Bits of JT/T 808-2019 table 25. */
  readonly alarms: number;
}

/** All of them in turn; the last with its headers of 2013. */
const kinds: readonly Pick<SimulatedTerminal, 'edition' | 'layout' | 'model'>[] = [
  { edition: 2013, layout: 2013, model: 'BD-T13' },
  { edition: 2019, layout: 2019, model: 'BD-T19' },
  { edition: 2011, layout: 2013, model: 'BD-T11' },
  { edition: 2019, layout: 2019, model: 'BD-T19' },
  { edition: 2013, layout: 2013, model: 'BD-T13' },
  { edition: 2019, layout: 2013, model: 'BD-T19C' },
];
/** Bytes of a body that modems of several makers put through. */
const bodies = [1023, 512, 256, 1000] as const;

/** Of every edition. */
const camerasOneIn = 3;

/** Different for every number below the second factor, which is prime. */
const phoneOf = (n: number): string =>
  `0139${String((7919 * (n + 1)) % 99_999_989).padStart(8, '0')}`;

/** The terminal of the nth of a city's vehicles. */
export function terminalOf(n: number): SimulatedTerminal {
  const kind = kinds[n % kinds.length] ?? { edition: 2013, layout: 2013, model: 'BD-T13' };
  return {
    ...kind,
    phone: phoneOf(n),
    maker: 'GJSIM',
    id: `T${String(n + 1).padStart(6, '0')}`,
    maxBody: bodies[n % bodies.length] ?? 1023,
    hasCamera: Math.floor(n / kinds.length) % camerasOneIn === 0,
  };
}

/** Gives some of the vehicles a terminal, evenly spread. @param share 0 to 1 */
export const withTerminals = (
  vehicles: readonly SimulatedVehicle[],
  share: number,
): readonly SimulatedVehicle[] => {
  let given = 0;
  return vehicles.map((vehicle, n) => {
    if (Math.floor((n + 1) * share) === Math.floor(n * share)) return vehicle;
    given += 1;
    return { ...vehicle, terminal: terminalOf(given - 1) };
  });
};
