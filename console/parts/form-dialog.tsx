import { type FormEvent, useId, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useApp, useSession } from '../lib/app-context.ts';
import { errorWords } from '../lib/words.ts';

interface DialogProps {
  /** What opens it. */
  readonly label: string;
  /** Over the form; that of the button where absent. */
  readonly title?: string;
  readonly isPrimary?: boolean;
  /** Of the button that sends it. */
  readonly save?: string;
  /** What was filled in cannot be sent. */
  readonly isBlocked?: boolean;
  readonly children: React.ReactNode;
  /** Sends what was filled in. */
  readonly send: (form: FormData) => Promise<unknown>;
  readonly done: () => void;
}

/** A button that opens a form, which stays open until the service has taken it. */
export function FormDialog({
  label,
  title: heading = label,
  isPrimary = false,
  save,
  isBlocked = false,
  children,
  send,
  done,
}: DialogProps) {
  const { texts } = useApp();
  const { me } = useSession();
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  /** A list with one of these in every row would be heavy: what is in it is made when it is first opened. */
  const [isMade, setMade] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setFailed(undefined);
    try {
      await send(form);
      dialog.current?.close();
      done();
    } catch (error) {
      setFailed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <button
        type="button"
        className={isPrimary ? 'primary' : ''}
        {...(heading !== label && { 'aria-label': heading })}
        onClick={() => {
          setFailed(undefined);
          // Before it is shown, or its first field would not have the focus.
          flushSync(() => setMade(true));
          dialog.current?.showModal();
        }}
      >
        {label}
      </button>
      <dialog ref={dialog} aria-labelledby={title}>
        {isMade && (
          <form className="decide" onSubmit={(event) => void submit(event)}>
            <h2 id={title}>{heading}</h2>
            {children}
            {failed !== undefined && (
              <p className="note" role="alert">
                {errorWords(failed, texts, me.timeZone)}
              </p>
            )}
            <div className="actions">
              <button type="submit" className="primary" disabled={busy || isBlocked}>
                {save ?? texts.replacements.save}
              </button>
              <button type="button" disabled={busy} onClick={() => dialog.current?.close()}>
                {texts.replacements.cancel}
              </button>
            </div>
          </form>
        )}
      </dialog>
    </>
  );
}

export const textIn = (form: FormData, name: string): string => String(form.get(name) ?? '').trim();
