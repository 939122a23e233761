import type { PipelineView } from '../../api/contract.ts';
import { useApp, useTitle } from '../lib/app-context.ts';
import { formatDuration, formatNumber } from '../lib/format.ts';
import { formatBytes } from '../lib/ledger.ts';
import { useLoad } from '../lib/use-load.ts';
import { Facts } from '../parts/fact.tsx';
import { Show } from '../parts/states.tsx';

const everyMs = 5_000;

interface Door {
  readonly heardSAgo: number | null;
  readonly devices: number;
  readonly silentMostS: number;
}

interface Readiness {
  readonly ready: boolean;
  readonly checks: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly detail: string;
    readonly door?: Door;
  }[];
}

/** A service that is not ready says so with 503, and why. */
async function loadReadiness(signal: AbortSignal): Promise<Readiness> {
  const answer = await fetch('/readyz', { signal });
  return (await answer.json()) as Readiness;
}

/** The service itself, for who looks after it: doors, journal, and how far every sink has come. */
export function PipelineScreen() {
  const { api, texts } = useApp();
  useTitle(texts.pipeline.title);
  const pipeline = useLoad('pipeline', (signal) => api.get<PipelineView>('/pipeline', {}, signal), {
    everyMs,
  });
  const readiness = useLoad('readiness', loadReadiness, { everyMs });
  return (
    <div className="screen">
      <h1>{texts.pipeline.title}</h1>
      <p className="faint">{texts.pipeline.explain}</p>
      <Show of={readiness}>{(state) => <Checks of={state} />}</Show>
      <Show of={pipeline}>
        {(state) => (
          <>
            <Journal of={state.journal} />
            <Sinks of={state} />
          </>
        )}
      </Show>
    </div>
  );
}

function State({ ok, word }: { readonly ok: boolean; readonly word: string }) {
  return (
    <span className={`badge ${ok ? 'online' : 'open'}`}>
      <i aria-hidden="true" />
      {word}
    </span>
  );
}

function Checks({ of }: { readonly of: Readiness }) {
  const { texts, locale } = useApp();
  const words = texts.pipeline;
  const duration = (seconds: number) => formatDuration(seconds * 1000, texts, locale);
  const doorWords = ({ heardSAgo, devices, silentMostS }: Door) =>
    [
      heardSAgo === null ? words.notHeard : words.heardAgo(duration(heardSAgo)),
      words.shouldHear(formatNumber(devices, locale, 0), duration(silentMostS)),
    ].join(words.comma);
  const sinks: Readonly<Record<string, string>> = words.sinkNames;
  const nameOf = (name: string) =>
    name.startsWith('door ')
      ? words.door(name.slice(5).toUpperCase())
      : name === 'journal'
        ? words.journal
        : (sinks[name] ?? name);
  return (
    <section className="card checks">
      <h2 role="status">
        <State ok={of.ready} word={of.ready ? words.ready : words.notReady} />
      </h2>
      <ul>
        {of.checks.map(({ name, ok, detail, door }) => (
          <li key={name}>
            <State ok={ok} word={nameOf(name)} />
            {door && <span className="faint">{doorWords(door)}</span>}
            {!(door || ok) && (
              <span className="bad" lang="en">
                {detail}
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Journal({ of }: { readonly of: PipelineView['journal'] }) {
  const { texts, locale } = useApp();
  const words = texts.pipeline;
  const number = (value: number) => formatNumber(value, locale, 0);
  const size = (bytes: number) => formatBytes(bytes, (value) => formatNumber(value, locale, 1));
  const { atStart, reading } = of.damage;
  const positions = atStart.positions + reading.positions;
  const facts = [
    [words.head, number(of.head)],
    [words.kept, number(of.tail)],
    [words.segments, number(of.segments)],
    [words.size, size(of.bytes)],
    [
      words.damage,
      positions === 0
        ? words.noDamage
        : words.damaged(number(positions), size(atStart.bytes + reading.bytes)),
    ],
  ] as const;
  return (
    <section className="card">
      <h2>
        {words.journal} <State ok={of.state === 'ok'} word={words.states[of.state]} />
      </h2>
      <Facts of={facts} />
    </section>
  );
}

function Sinks({ of }: { readonly of: PipelineView }) {
  const { texts, locale } = useApp();
  const words = texts.pipeline;
  const names: Readonly<Record<string, string>> = words.sinkNames;
  return (
    <section>
      <h2>{words.sinks}</h2>
      <div className="card table sinks">
        <table>
          <thead>
            <tr>
              <th>{words.sink}</th>
              <th className="number">{words.position}</th>
              <th className="number">{words.behind}</th>
              <th className="number">{words.lag}</th>
              <th>{words.trouble}</th>
            </tr>
          </thead>
          <tbody>
            {of.sinks.map(({ name, position, lagS, trouble }) => (
              <tr key={name}>
                <td>{names[name] ?? name}</td>
                <td className="number" data-label={words.position}>
                  {formatNumber(position, locale, 0)}
                </td>
                <td className="number" data-label={words.behind}>
                  {formatNumber(Math.max(0, of.journal.head - position), locale, 0)}
                </td>
                <td className="number" data-label={words.lag}>
                  {formatDuration(lagS * 1000, texts, locale)}
                </td>
                <td data-label={words.trouble}>
                  {trouble === null ? (
                    <State ok word={words.fine} />
                  ) : (
                    <b className="bad">{trouble}</b>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
