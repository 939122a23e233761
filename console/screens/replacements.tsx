import { useApp, useTitle } from '../lib/app-context.ts';
import {
  ProposalTable,
  RecordTable,
  useProposals,
  useReplacements,
} from '../parts/replacement-lists.tsx';
import { Show } from '../parts/states.tsx';

/** Meters that may have been replaced, and those that were. */
export function ReplacementsScreen() {
  const { texts } = useApp();
  const words = texts.replacements;
  useTitle(words.title);
  const proposals = useProposals();
  const records = useReplacements();
  const done = () => {
    proposals.reload();
    records.reload();
  };
  return (
    <div className="screen">
      <h1>{words.title}</h1>
      <p className="faint">{words.explain}</p>
      <section className="card">
        <h2>{words.proposals}</h2>
        <Show of={proposals}>{({ items }) => <ProposalTable proposals={items} done={done} />}</Show>
      </section>
      <section className="card">
        <h2>{words.records}</h2>
        <Show of={records}>{({ items }) => <RecordTable records={items} done={done} />}</Show>
      </section>
    </div>
  );
}
