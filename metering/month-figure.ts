import type { FactorBook } from '../energy/factors.ts';
import { figureOf, type MonthFigure } from '../energy/standing/figure.ts';
import type { Institution } from '../model/entities.ts';
import type { Device, Directory } from '../registry/registry.ts';
import { householdOf, usesOf } from './institution-use.ts';
import type { MeterUseSources } from './meter-use.ts';

export type MonthFigureOf = (
  institution: Institution,
  span: Pick<MonthFigure, 'month' | 'from' | 'to'>,
  sources: MeterUseSources,
) => Promise<MonthFigure | null>;

/** The devices of each institution as they were at an instant, found out once for all institutions. */
function createDevices(): (
  directory: Directory,
  institution: string,
  at: number,
) => readonly Device[] {
  let of: {
    directory: Directory;
    at: number;
    byInstitution: ReadonlyMap<string, Device[]>;
  } | null = null;
  return (directory, institution, at) => {
    if (of?.directory !== directory || of.at !== at) {
      const then = directory.devices().map((device) => {
        const { id } = device.type === 'meter' ? device.meter : device.vehicle;
        return { device, home: directory.device(id, at)?.institution.id ?? '' };
      });
      const groups = Map.groupBy(then, ({ home }) => home);
      const byInstitution = new Map(
        [...groups].map(([id, own]) => [id, own.map(({ device }) => device)]),
      );
      of = { directory, at, byInstitution };
    }
    return of.byInstitution.get(institution) ?? [];
  };
}

/**
 * What an institution's own meters counted in a month that is over, with its meters and size as they were at its end; null where nothing is known
 * of it.
 */
export function createMonthFigures(book: FactorBook): MonthFigureOf {
  const devicesOf = createDevices();
  return async (present, span, sources) => {
    const at = span.to - 1;
    const devices = devicesOf(sources.directory, present.id, at);
    const own = { ...sources.directory, devices: () => devices };
    const { institution, meters, size } = householdOf(own, present, at);
    const month = { date: `${span.month}-01`, from: span.from, to: span.to };
    const uses = [];
    for (const meter of meters)
      uses.push(...(await usesOf(meter, [month], present.timeZone, sources, span.to)));
    const { division } = institution;
    const choice = { grid: 'national', ...(division === undefined ? {} : { division }) } as const;
    const figure = figureOf(span, uses, size, { book, choice });
    return figure.media.some(({ value }) => value !== null) ? figure : null;
  };
}
