import { useId, useRef, useState } from 'react';
import type { RequeuedView } from '../../api/contract.ts';
import { dayMs } from '../../model/time.ts';
import { useApp } from '../lib/app-context.ts';
import { formatNumber } from '../lib/format.ts';
import { errorWords } from '../lib/words.ts';

interface Progress {
  readonly sent: number;
  readonly understood: number;
  /** Not settled when the answer came. */
  readonly unknown: number;
}

type Step =
  | { readonly at: 'asking' }
  | { readonly at: 'confirm'; readonly found: RequeuedView }
  | { readonly at: 'working' | 'done'; readonly progress: Progress }
  | { readonly at: 'failed'; readonly error: unknown };

/** Has what the filters show read again: asks first how much that is, then tells what came of it. */
export function Requeue({
  filter,
  days,
  done,
}: {
  readonly filter: { readonly device?: string; readonly reason?: string };
  readonly days: number;
  readonly done: () => void;
}) {
  const { api, texts } = useApp();
  const words = texts.quarantineWork;
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  const [step, setStep] = useState<Step>({ at: 'asking' });
  const ask = (more: object) =>
    api.post<RequeuedView>('/quarantine/requeue', {
      ...filter,
      from: String(Date.now() - days * dayMs),
      ...more,
    });
  const open = async () => {
    setStep({ at: 'asking' });
    dialog.current?.showModal();
    try {
      setStep({ at: 'confirm', found: await ask({ dryRun: true }) });
    } catch (error) {
      setStep({ at: 'failed', error });
    }
  };
  const start = async () => {
    let progress: Progress = { sent: 0, understood: 0, unknown: 0 };
    setStep({ at: 'working', progress });
    try {
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page: RequeuedView = await ask(cursor === undefined ? {} : { cursor });
        progress = {
          sent: progress.sent + page.requeued,
          understood: progress.understood + (page.understood ?? 0),
          unknown: progress.unknown + (page.understood === null ? page.requeued : 0),
        };
        setStep({ at: 'working', progress });
        cursor = page.next;
      }
      setStep({ at: 'done', progress });
    } catch (error) {
      setStep({ at: 'failed', error });
    }
    done();
  };
  const canStart = step.at === 'confirm' && step.found.matched > 0;
  return (
    <>
      <button type="button" onClick={() => void open()}>
        {words.requeue}
      </button>
      <dialog ref={dialog} aria-labelledby={title}>
        <h2 id={title}>{words.requeue}</h2>
        <div role="status">
          <StepWords step={step} />
        </div>
        <div className="actions">
          {canStart && (
            <button type="button" className="primary" onClick={() => void start()}>
              {words.start}
            </button>
          )}
          <button
            type="button"
            disabled={step.at === 'working'}
            onClick={() => dialog.current?.close()}
          >
            {canStart ? words.cancel : texts.common.close}
          </button>
        </div>
      </dialog>
    </>
  );
}

function StepWords({ step }: { readonly step: Step }) {
  const { texts, locale } = useApp();
  const words = texts.quarantineWork;
  const number = (value: number) => formatNumber(value, locale, 0);
  if (step.at === 'asking') return <p>{texts.common.loading}</p>;
  if (step.at === 'failed') return <p className="bad">{errorWords(step.error, texts)}</p>;
  if (step.at === 'confirm') {
    const { matched, refusedByStore } = step.found;
    return (
      <>
        <p>{matched === 0 ? words.nothing : words.confirm(number(matched))}</p>
        {refusedByStore > 0 && <p className="faint">{words.refused(number(refusedByStore))}</p>}
      </>
    );
  }
  const { sent, understood, unknown } = step.progress;
  if (step.at === 'working') return <p>{words.working(number(sent))}</p>;
  return (
    <>
      <p>{words.done(number(sent), number(understood), number(sent - understood - unknown))}</p>
      {unknown > 0 && <p className="faint">{words.later(number(unknown))}</p>}
    </>
  );
}
