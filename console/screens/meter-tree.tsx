import { useMemo } from 'react';
import { Link, useSearchParams } from 'wouter';
import type { MeterTreeView } from '../../api/contract.ts';
import { useApp, useTitle } from '../lib/app-context.ts';
import { formatNumber } from '../lib/format.ts';
import { subItemName } from '../lib/item-name.ts';
import { linesOf, stretchOf, type TreeLine, topsOf, treeRanges } from '../lib/meter-tree.ts';
import { useEntities } from '../lib/use-lists.ts';
import { useLoad } from '../lib/use-load.ts';
import { useNames } from '../lib/use-names.ts';
import { Filters } from '../parts/filters.tsx';
import { Segments } from '../parts/segments.tsx';
import { ShareBar } from '../parts/share-bar.tsx';
import { Empty, Failure, Loading, Show } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { At } from '../parts/time.tsx';

interface Measured {
  readonly value: number | null;
  readonly knownValue?: number;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly quality: MeterTreeView['items'][number]['quality'];
  readonly coverage: number;
}

/** Indentation is told by classes: the page allows no styles within its text. */
const deepest = 6;

/** What the meter at the top used, of which the others are parts; undefined where it is not known. */
function Share({ of, whole }: { readonly of: Measured; readonly whole: number | undefined }) {
  const { texts, locale } = useApp();
  const share =
    whole === undefined || of.value === null || whole <= 0 ? undefined : (100 * of.value) / whole;
  return (
    <td className="number" data-label={texts.tree.share}>
      {share === undefined ? '—' : `${formatNumber(share, locale, 1)} %`}
      {share !== undefined && share >= 0 && <ShareBar percent={share} />}
    </td>
  );
}

function Cells({
  of,
  unit,
  whole,
}: {
  readonly of: Measured;
  readonly unit: string;
  readonly whole: number | undefined;
}) {
  const { texts, locale } = useApp();
  const words = texts.tree;
  const amount = (value: number | null) => formatNumber(value, locale, 2);
  const between =
    of.lower === null || of.upper === null
      ? '—'
      : words.between(amount(of.lower), amount(of.upper));
  return (
    <>
      <td className="number" data-label={words.value}>
        {of.value === null ? '—' : `${amount(of.value)} ${unit}`}
        {of.knownValue !== undefined && (
          <small>{words.known(`${amount(of.knownValue)} ${unit}`)}</small>
        )}
      </td>
      <Share of={of} whole={whole} />
      <td className="number" data-label={words.bounds}>
        {between}
      </td>
      <td data-label={words.quality}>{texts.quality[of.quality]}</td>
      <td className="number" data-label={words.coverage}>
        {formatNumber(of.coverage * 100, locale, 0)} %
      </td>
    </>
  );
}

interface LineProps {
  readonly line: TreeLine;
  readonly unit: string;
  readonly whole: number | undefined;
}

function Line({ line, unit, whole }: LineProps) {
  const { texts } = useApp();
  const { item } = line;
  const meters = useEntities('meters');
  const subItem = meters.data?.byId.get(item.meter)?.subItem;
  const isMeter = line.type === 'meter';
  const depth = Math.min(deepest, item.depth + (isMeter ? 0 : 1));
  if (line.type === 'meter') {
    return (
      <tr>
        <td className={`depth-${depth}`}>
          <Link href={`/meters/${item.meter}`}>{item.name}</Link>
          <small>
            {item.meter}
            {item.virtual && ` · ${texts.tree.virtual}`}
            {subItem !== undefined && ` · ${subItemName(subItem, texts)}`}
          </small>
        </td>
        <Cells of={item} unit={unit} whole={whole} />
      </tr>
    );
  }
  const { difference } = line;
  return (
    <tr className={difference.negative ? 'difference negative' : 'difference'}>
      <td className={`depth-${depth}`}>
        {texts.tree.difference}
        <small>{item.name}</small>
        {difference.negative && <small className="bad">{texts.tree.negative}</small>}
      </td>
      <Cells of={difference} unit={unit} whole={whole} />
    </tr>
  );
}

function TreeTable({ tree }: { readonly tree: MeterTreeView }) {
  const { texts } = useApp();
  const words = texts.tree;
  return (
    <>
      <p className="faint">
        <At at={tree.from} /> – <At at={tree.to} />
      </p>
      <Table
        kind="tree"
        heads={[
          texts.meters.name,
          { number: words.value },
          { number: words.share },
          { number: words.bounds },
          words.quality,
          { number: words.coverage },
        ]}
      >
        {linesOf(tree.items).map((line) => (
          <Line
            key={`${line.type} ${line.item.meter}`}
            line={line}
            unit={tree.unit}
            whole={tree.items[0]?.value ?? undefined}
          />
        ))}
      </Table>
    </>
  );
}

/** A meter against those below it over a stretch of days. Meter and stretch stand in the address. */
export function MeterTreeScreen() {
  const { api, texts } = useApp();
  const words = texts.tree;
  useTitle(words.title);
  const names = useNames();
  const meters = useEntities('meters');
  const buildings = useEntities('buildings');
  const [query, setQuery] = useSearchParams();
  const tops = useMemo(() => topsOf(meters.data?.items ?? []), [meters.data]);
  const chosen = meters.data?.byId.get(query.get('meter') ?? '') ?? tops[0];
  const range = treeRanges.find((each) => each === query.get('range')) ?? 'yesterday';
  const home = chosen && buildings.data?.byId.get(chosen.building)?.institution;
  const zone = names.zone(home ?? '');
  const isReady = chosen !== undefined && buildings.data !== undefined;
  const tree = useLoad(isReady ? `tree:${chosen.id}:${range}:${zone}` : undefined, (signal) =>
    api.get<MeterTreeView>(
      `/meters/${encodeURIComponent(chosen?.id ?? '')}/tree`,
      { ...stretchOf(range, Date.now(), zone) },
      signal,
    ),
  );
  const choose = (change: Record<string, string>) =>
    setQuery({ meter: chosen?.id ?? '', range, ...change }, { replace: true });
  return (
    <div className="screen">
      <h1>{words.title}</h1>
      <p className="faint">{words.explain}</p>
      {meters.error !== undefined && <Failure error={meters.error} retry={meters.reload} />}
      {!meters.data && meters.error === undefined && <Loading />}
      {meters.data && !chosen && (
        <Empty title={words.none}>
          <span>{words.noneMore}</span>
        </Empty>
      )}
      {chosen && (
        <>
          <Filters>
            <select
              aria-label={words.meter}
              value={chosen.id}
              onChange={(event) => choose({ meter: event.target.value })}
            >
              {!tops.includes(chosen) && (
                <option value={chosen.id}>{names.subject({ type: 'meter', id: chosen.id })}</option>
              )}
              {tops.map(({ id }) => (
                <option key={id} value={id}>
                  {names.subject({ type: 'meter', id })}
                </option>
              ))}
            </select>
            <Segments
              label={texts.meters.range}
              values={treeRanges}
              chosen={range}
              name={(each) => words.ranges[each]}
              choose={(each) => choose({ range: each })}
            />
          </Filters>
          <Show of={tree}>{(data) => <TreeTable tree={data} />}</Show>
        </>
      )}
    </div>
  );
}
