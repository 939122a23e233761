import { type ReactNode, useId, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { CloseButton } from './close-button.tsx';

interface InfoProps {
  /** On the button that opens it. */
  readonly label: string;
  readonly title: string;
  readonly children: ReactNode;
}

/** A button that opens what there is to read about something. */
export function InfoDialog({ label, title, children }: InfoProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  /** A list with one of these in every row would be heavy: what is in it is made when it is first opened. */
  const [isMade, setMade] = useState(false);
  const open = () => {
    flushSync(() => setMade(true));
    dialog.current?.showModal();
  };
  return (
    <>
      <button type="button" className="quiet small" aria-label={title} onClick={open}>
        {label}
      </button>
      <dialog ref={dialog} className="info-dialog" aria-labelledby={heading}>
        {isMade && (
          <>
            <h2 id={heading}>
              {title}
              <CloseButton close={() => dialog.current?.close()} />
            </h2>
            {children}
          </>
        )}
      </dialog>
    </>
  );
}
