import type { LineAddress, Meter, Vehicle } from '../model/entities.ts';
import type { Directory } from '../registry/registry.ts';
import type { Other, Surroundings } from './rule.ts';
import type { SubjectState } from './subject.ts';

/** Others that are asked whether it was we who were away. */
const mostElsewhere = 50;
/** So many are looked through for them. */
const mostLookedAt = 500;
/** Of the vehicles of an institution that come in by the same door, so many stand for all, spread evenly. */
const mostOfDoor = 60;

/** Whatever brings the readings of several meters. */
interface Line {
  readonly name: string;
  readonly meters: readonly string[];
}

/** A line as one institution sees it. */
interface OwnLine extends Line {
  /** Those of the same institution: its alerts tell of no others, and another's alert tells it nothing. */
  readonly own: readonly string[];
}

/** Where meters are asked over a line of their own: its name. */
function lineOf({ modbus, dlt645, cjt188 }: Meter): string | undefined {
  const address: LineAddress | undefined = modbus ?? dlt645 ?? cjt188;
  if (address?.host !== undefined) return `${address.host}:${address.port ?? ''}`;
  return address?.serial?.path ?? address?.dtu?.id;
}

/** The door by which a vehicle comes in, where no gateway speaks for it. */
const doorOf = ({ jt808, mqtt }: Vehicle): string | undefined => (jt808 ? 'jt808' : mqtt && 'mqtt');

function spread<T>(all: readonly T[], most: number): readonly T[] {
  const step = Math.max(1, all.length / most);
  return Array.from(
    { length: Math.min(most, all.length) },
    (_, n) => all[Math.floor(n * step)] as T,
  );
}

/** Vehicles of one door, by institution. */
function doorLines(directory: Directory): readonly (readonly [string, OwnLine])[] {
  const vehicles = directory.all('vehicles');
  const doors = Map.groupBy(vehicles, (each) => `${doorOf(each) ?? ''} ${each.institution}`);
  return [...doors].flatMap(([key, members]) => {
    const [name = ''] = key.split(' ');
    if (name === '') return [];
    const meters = members.map(({ id }) => id).sort();
    const own = spread(meters, mostOfDoor);
    return meters.map((id) => [id, { name, meters: own, own }] as const);
  });
}

function ownLines(line: Line, directory: Directory): readonly (readonly [string, OwnLine])[] {
  const shares = Map.groupBy(line.meters, (id) => directory.device(id)?.institution.id);
  return [...shares.values()].flatMap((own) => own.map((id) => [id, { ...line, own }] as const));
}

function linesOf(directory: Directory): ReadonlyMap<string, OwnLine> {
  const lines: Line[] = directory
    .all('gateways')
    .map(({ id, devices }) => ({ name: id, meters: devices.toSorted() }));
  const own = Map.groupBy(directory.all('meters'), lineOf);
  for (const [name, meters] of own)
    if (name !== undefined) lines.push({ name, meters: meters.map(({ id }) => id).sort() });
  // A gateway that is named wins over the address of its line.
  return new Map([
    ...doorLines(directory),
    ...lines.reverse().flatMap((line) => ownLines(line, directory)),
  ]);
}

const lookAt = (directory: Directory) => ({
  of: directory,
  lines: linesOf(directory),
  vehicles: new Set(
    spread(
      directory.all('vehicles').map(({ id }) => id),
      mostLookedAt,
    ),
  ),
});

/** What is known of other devices, as it stands when it is asked. */
export function createNeighbours(
  subjects: ReadonlyMap<string, SubjectState>,
): (directory: Directory) => NonNullable<Surroundings['others']> {
  let known:
    | {
        readonly of: Directory;
        readonly lines: ReadonlyMap<string, OwnLine>;
        readonly vehicles: ReadonlySet<string>;
      }
    | undefined;
  const told = (id: string, kind: string): readonly Other[] => {
    const subject = subjects.get(id);
    const slot = subject?.slots.find(({ active }) => active.kind.kind === kind);
    const state = slot ? slot.state : subject?.kept[kind]?.state;
    return state === undefined ? [] : [{ id, state }];
  };
  return (directory) => {
    return (meter, kind) => {
      if (known?.of !== directory) known = lookAt(directory);
      const { lines, vehicles } = known;
      const line = lines.get(meter);
      const others = line?.own.filter((id) => id !== meter) ?? [];
      return {
        name: line?.name ?? '',
        line: others.flatMap((id) => told(id, kind)),
        get elsewhere() {
          const candidates = vehicles.has(meter) ? vehicles : subjects.keys();
          return elsewhere(meter, line, kind, candidates, told);
        },
      };
    };
  };
}

function elsewhere(
  meter: string,
  line: Line | undefined,
  kind: string,
  candidates: Iterable<string>,
  told: (id: string, kind: string) => readonly Other[],
): readonly Other[] {
  const found: Other[] = [];
  let looked = 0;
  for (const id of candidates) {
    if (found.length >= mostElsewhere || ++looked > mostLookedAt) break;
    if (id !== meter && !line?.meters.includes(id)) found.push(...told(id, kind));
  }
  return found;
}
