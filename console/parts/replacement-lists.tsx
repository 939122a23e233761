import { Link } from 'wouter';
import type { EntityView, ProposalView } from '../../api/contract.ts';
import type { Metric } from '../../model/metrics.ts';
import { counterOf, metrics } from '../../model/metrics.ts';
import { getAll } from '../lib/api.ts';
import { useApp, useSession } from '../lib/app-context.ts';
import { formatNumber } from '../lib/format.ts';
import { useEntities } from '../lib/use-lists.ts';
import { useLoad } from '../lib/use-load.ts';
import { useNames } from '../lib/use-names.ts';
import { RemoveButton } from './remove-button.tsx';
import { Decide, ReportReplacement } from './replacement-dialog.tsx';
import { Show } from './states.tsx';
import { Table } from './table.tsx';
import { At } from './time.tsx';

const mostShown = 500;

type ReplacementView = EntityView<'replacements'>;

export const useProposals = (meter?: string) => {
  const { api } = useApp();
  return useLoad(`proposals:${meter ?? ''}`, (signal) =>
    getAll<ProposalView>(
      api,
      '/replacement-proposals',
      { state: 'open', limit: mostShown, meter },
      mostShown,
      signal,
    ),
  );
};

export const useReplacements = (meter?: string) => {
  const { api } = useApp();
  return useLoad(`replacements:${meter ?? ''}`, (signal) =>
    getAll<ReplacementView>(api, '/replacements', { limit: mostShown, meter }, mostShown, signal),
  );
};

/** Whose role may say what became of a meter. */
export const useMayDecide = (): boolean => useSession().me.writes.includes('replacements');

function useHome(meter: string) {
  const names = useNames();
  const meters = useEntities('meters');
  const buildings = useEntities('buildings');
  const found = meters.data?.byId.get(meter);
  const institution = found && buildings.data?.byId.get(found.building)?.institution;
  const counter: Metric | null = found ? counterOf[found.medium] : null;
  return {
    name: names.subject({ type: 'meter', id: meter }),
    zone: names.zone(institution ?? ''),
    unit: counter === null ? '' : metrics[counter].unit,
  };
}

function ProposalRow({
  proposal,
  done,
}: {
  readonly proposal: ProposalView;
  readonly done: () => void;
}) {
  const { texts, locale } = useApp();
  const words = texts.replacements;
  const mayDecide = useMayDecide();
  const { name, zone } = useHome(proposal.meter);
  const reading = ({ at, value }: ProposalView['before']) => (
    <>
      {formatNumber(value, locale, 3)} {proposal.unit}
      <small>
        <At at={at} zone={zone} />
      </small>
    </>
  );
  return (
    <tr>
      <td>
        <Link href={`/meters/${proposal.meter}`}>{name}</Link>
        <small>{words.causes[proposal.cause]}</small>
      </td>
      <td className="number" data-label={words.before}>
        {reading(proposal.before)}
      </td>
      <td className="number" data-label={words.after}>
        {reading(proposal.after)}
      </td>
      <td>{mayDecide && <Decide proposal={proposal} zone={zone} done={done} />}</td>
    </tr>
  );
}

export function ProposalTable({
  proposals,
  done,
}: {
  readonly proposals: readonly ProposalView[];
  readonly done: () => void;
}) {
  const { texts } = useApp();
  const words = texts.replacements;
  if (proposals.length === 0) return <p className="faint">{words.noProposals}</p>;
  return (
    <Table
      kind="replacements"
      heads={[words.meter, { number: words.before }, { number: words.after }, '']}
    >
      {proposals.map((proposal) => (
        <ProposalRow key={proposal.id} proposal={proposal} done={done} />
      ))}
    </Table>
  );
}

function RecordRow({
  record,
  done,
}: {
  readonly record: ReplacementView;
  readonly done: () => void;
}) {
  const { texts, locale } = useApp();
  const words = texts.replacements;
  const mayDecide = useMayDecide();
  const { name, zone, unit } = useHome(record.meter);
  return (
    <tr>
      <td>
        <Link href={`/meters/${record.meter}`}>{name}</Link>
        <small>{record.reason}</small>
      </td>
      <td data-label={words.at}>
        <At at={record.at} zone={zone} />
      </td>
      <td className="number" data-label={words.finalReading}>
        {formatNumber(record.finalReading, locale, 3)} {unit}
      </td>
      <td className="number" data-label={words.firstReading}>
        {formatNumber(record.firstReading, locale, 3)} {unit}
      </td>
      <td data-label={words.by}>{record.confirmedBy}</td>
      <td>
        {mayDecide && (
          <RemoveButton
            label={words.takeBack}
            sure={words.takeBackSure}
            path={`/replacements/${encodeURIComponent(record.id)}`}
            done={done}
          />
        )}
      </td>
    </tr>
  );
}

export function RecordTable({
  records,
  done,
}: {
  readonly records: readonly ReplacementView[];
  readonly done: () => void;
}) {
  const { texts } = useApp();
  const words = texts.replacements;
  if (records.length === 0) return <p className="faint">{words.noRecords}</p>;
  const newestFirst = records.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
  return (
    <Table
      kind="replacements"
      heads={[
        words.meter,
        words.at,
        { number: words.finalReading },
        { number: words.firstReading },
        words.by,
        '',
      ]}
    >
      {newestFirst.map((record) => (
        <RecordRow key={record.id} record={record} done={done} />
      ))}
    </Table>
  );
}

/** Of one meter: what is to be decided, what is on record, and a replacement that nobody has found. */
export function ReplacementCard({ meter }: { readonly meter: string }) {
  const { texts } = useApp();
  const words = texts.replacements;
  const proposals = useProposals(meter);
  const records = useReplacements(meter);
  const mayDecide = useMayDecide();
  const { zone, unit } = useHome(meter);
  const done = () => {
    proposals.reload();
    records.reload();
  };
  return (
    <section className="card stack">
      <h2>
        {words.title}
        <Link href="/replacements">{words.all}</Link>
      </h2>
      <Show of={proposals}>
        {({ items }) =>
          items.length === 0 ? null : <ProposalTable proposals={items} done={done} />
        }
      </Show>
      <Show of={records}>{({ items }) => <RecordTable records={items} done={done} />}</Show>
      {mayDecide && unit !== '' && (
        <ReportReplacement meter={meter} zone={zone} unit={unit} done={done} />
      )}
    </section>
  );
}
