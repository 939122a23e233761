import { useMemo, useState } from 'react';
import { useApp } from '../lib/app-context.ts';
import type { DrawnKind, PlaceView, RouteView } from '../lib/drawing.ts';
import { formatNumber } from '../lib/format.ts';
import { lengthM } from '../lib/geo.ts';
import { useEntities } from '../lib/use-lists.ts';
import { useNames } from '../lib/use-names.ts';
import { CloseButton } from './close-button.tsx';
import { Fact } from './fact.tsx';

/** More than anybody scrolls through; the rest is found by searching. */
const listed = 150;

export type DrawnView = PlaceView | RouteView;

export const isRoute = (item: DrawnView): item is RouteView => 'line' in item;

interface ListProps {
  readonly items: readonly DrawnView[];
  readonly choose: (id: string) => void;
}

/** Places or routes to choose from: the way to them for a keyboard, beside the map. */
export function DrawnList({ items, choose }: ListProps) {
  const { texts } = useApp();
  const words = texts.places;
  const names = useNames();
  const [search, setSearch] = useState('');
  const found = useMemo(() => {
    const wanted = search.trim().toLowerCase();
    return items.filter(({ name, id }) =>
      [name, id].some((text) => text.toLowerCase().includes(wanted)),
    );
  }, [items, search]);
  return (
    <>
      <input
        type="search"
        aria-label={words.search}
        placeholder={words.search}
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      <ul className="drawn">
        {found.slice(0, listed).map((item) => (
          <li key={item.id}>
            <button type="button" onClick={() => choose(item.id)}>
              <strong>{item.name}</strong>
              <small>{isRoute(item) ? '' : words.kinds[item.kind]}</small>
              <small>{names.institution(item.institution)}</small>
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="faint">{words.none}</p>}
      {found.length > listed && <p className="faint">{words.refine(found.length - listed)}</p>}
    </>
  );
}

/** What is known of a place or a route, name by name. */
function useFacts(item: DrawnView): readonly (readonly [string, string | undefined])[] {
  const { texts, locale } = useApp();
  const words = texts.places;
  const names = useNames();
  const places = useEntities('places').data?.byId;
  const number = (n: number) => formatNumber(n, locale, 0);
  const institution = [words.institution, names.institution(item.institution)] as const;
  if (isRoute(item)) {
    const { line, lines, widthM, segmentWidthsM, oneWay, mustVisit } = item;
    return [
      institution,
      [words.length, `${formatNumber(lengthM(line) / 1_000, locale, 1)} km`],
      [words.points, number(line.length)],
      [words.width, number(widthM)],
      [words.ownWidths, segmentWidthsM?.map(number).join(' · ')],
      [words.oneWay, oneWay ? texts.common.yes : undefined],
      [words.otherLines, lines && number(lines.length)],
      [words.mustVisit, mustVisit?.map((id) => places?.get(id)?.name ?? id).join(' · ')],
    ];
  }
  const { kind, circle, polygon } = item;
  return [
    institution,
    [words.kind, words.kinds[kind]],
    [words.shape, words.shapes[circle ? 'circle' : 'polygon']],
    [words.radius, circle && number(circle.radiusM)],
    [words.points, polygon && number(polygon.length)],
  ];
}

interface DetailProps {
  readonly item: DrawnView;
  readonly close: () => void;
  /** What can be done with it, for whom may. */
  readonly children: React.ReactNode;
}

const kindOf = (item: DrawnView): DrawnKind => (isRoute(item) ? 'routes' : 'places');

export function DrawnDetail({ item, close, children }: DetailProps) {
  const { texts } = useApp();
  const facts = useFacts(item);
  return (
    <section aria-label={`${texts.places[kindOf(item)]} ${item.name}`}>
      <h2>
        {item.name}
        <CloseButton close={close} />
      </h2>
      <dl className="facts">
        <Fact name={texts.places.id}>
          <code>{item.id}</code>
        </Fact>
        {facts.map(([name, value]) => (
          <Fact key={name} name={name}>
            {value}
          </Fact>
        ))}
      </dl>
      {children}
    </section>
  );
}
