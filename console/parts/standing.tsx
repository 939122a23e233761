import { Link } from 'wouter';
import type { StandingView } from '../../api/contract.ts';
import { minuteMs } from '../../model/time.ts';
import { useApp } from '../lib/app-context.ts';
import { amountText } from '../lib/institution.ts';
import { figureName, lastDayBefore, percentText, toneOf, unitText } from '../lib/standing.ts';
import { useLoad } from '../lib/use-load.ts';
import { StateWord } from './badge.tsx';
import { Goals } from './goals.tsx';
import { Show } from './states.tsx';
import { Table } from './table.tsx';

type Quota = StandingView['quotas'][number];
type Peer = StandingView['peers'][number];

function QuotaRow({ quota }: { readonly quota: Quota }) {
  const { texts, locale } = useApp();
  const words = texts.standing;
  const unit = unitText(quota.unit, texts);
  const limit = (value: number | null, label: string) => (
    <td className="number" data-label={label}>
      {amountText(value, '', locale)}
    </td>
  );
  return (
    <tr>
      <td>
        {figureName(quota.indicator, texts)}
        <small>
          {quota.title[locale]} · {quota.from} – {quota.to}
          {!quota.verified && ` · ${words.unverified}`}
        </small>
        {quota.notes.map((note) => (
          <small key={note.en}>{note[locale]}</small>
        ))}
      </td>
      <td className="number" data-label={words.value}>
        {amountText(quota.value, unit, locale)}
        {quota.soFar && (
          <small>
            {words.soFar(amountText(quota.soFar.value, unit, locale), null)} ·{' '}
            {words.positions[quota.soFar.position]}
          </small>
        )}
      </td>
      {limit(quota.leading, words.leading)}
      {limit(quota.benchmark, words.benchmark)}
      {limit(quota.constraint, words.constraint)}
      <td data-label={words.position}>
        <StateWord tone={toneOf(quota.position)}>{words.positions[quota.position]}</StateWord>
        {quota.reason && <small>{quota.reason[locale]}</small>}
      </td>
    </tr>
  );
}

function Quotas({ quotas }: { readonly quotas: readonly Quota[] }) {
  const words = useApp().texts.standing;
  if (quotas.length === 0) return null;
  return (
    <Table
      heads={[
        words.quotas,
        { number: words.value },
        { number: words.leading },
        { number: words.benchmark },
        { number: words.constraint },
        words.position,
      ]}
    >
      {quotas.map((quota) => (
        <QuotaRow key={`${quota.table} ${quota.indicator}`} quota={quota} />
      ))}
    </Table>
  );
}

function PeerRow({ peer, year }: { readonly peer: Peer; readonly year: number }) {
  const { texts, locale } = useApp();
  const words = texts.standing;
  const unit = unitText(peer.unit, texts);
  return (
    <tr>
      <td>
        <Link href={`/institutions?indicator=${peer.indicator}&year=${year}`}>
          {figureName(peer.indicator, texts)}
        </Link>
        <small>
          {peer.from !== null && `${peer.from} – ${peer.to ?? ''} · `}
          {words.members(peer.members)}
          {peer.corrections.length > 0 && ` · ${texts.league.corrections(peer.corrections.length)}`}
        </small>
      </td>
      <td className="number" data-label={words.value}>
        {amountText(peer.value, unit, locale)}
        {peer.measured !== null && peer.measured !== peer.value && (
          <small>{`${texts.league.measured} ${amountText(peer.measured, unit, locale)}`}</small>
        )}
      </td>
      <td className="number" data-label={words.mean}>
        {amountText(peer.mean, unit, locale)}
      </td>
      <td className="number" data-label={words.above}>
        {peer.abovePct === null ? '—' : percentText(peer.abovePct, locale)}
      </td>
      <td data-label={words.rank}>
        {peer.rank === null ? '—' : words.rankOf(peer.rank, peer.members)}
        {peer.soFar && (
          <small>
            {words.soFar(words.rankOf(peer.soFar.rank, peer.soFar.members), null)}
            {peer.soFar.abovePct !== null &&
              ` · ${words.above} ${percentText(peer.soFar.abovePct, locale)}`}
          </small>
        )}
        {peer.reminder && (
          <>
            {' '}
            <StateWord tone="warning severity">{words.reminder}</StateWord>
          </>
        )}
        {peer.reason && <small>{texts.league.reasons[peer.reason]}</small>}
      </td>
    </tr>
  );
}

function Peers({ peers, year }: { readonly peers: readonly Peer[]; readonly year: number }) {
  const words = useApp().texts.standing;
  if (peers.length === 0) return <p className="faint">{words.noPeers}</p>;
  return (
    <Table
      heads={[
        words.peers,
        { number: words.value },
        { number: words.mean },
        { number: words.above },
        words.rank,
      ]}
    >
      {peers.map((peer) => (
        <PeerRow key={peer.indicator} peer={peer} year={year} />
      ))}
    </Table>
  );
}

/** How an institution stands in a year: against its targets and caps, its quotas, and its like. */
export function Standing({
  institution,
  year,
  calibre,
}: {
  readonly institution: string;
  readonly year: number;
  readonly calibre: StandingView['calibre'];
}) {
  const { api, texts } = useApp();
  const words = texts.standing;
  const loaded = useLoad(
    `standing:${institution}:${year}:${calibre}`,
    (signal) =>
      api.get<StandingView>(
        `/institutions/${encodeURIComponent(institution)}/standing`,
        { year, calibre },
        signal,
      ),
    { freshMs: minuteMs },
  );
  return (
    <section className="stack">
      <h2>{words.title}</h2>
      <Show of={loaded}>
        {(standing) => (
          <>
            {standing.targets.length + standing.caps.length + standing.quotas.length === 0 && (
              <p className="faint">{words.none}</p>
            )}
            {standing.soFarTo !== null && (
              <p className="faint">{words.soFarHint(lastDayBefore(standing.soFarTo))}</p>
            )}
            <Goals standing={standing} />
            <Quotas quotas={standing.quotas} />
            <Peers peers={standing.peers} year={year} />
          </>
        )}
      </Show>
    </section>
  );
}
