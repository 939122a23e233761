import { type ReactNode, useState } from 'react';
import { useApp } from '../lib/app-context.ts';

interface PortionProps<T> {
  readonly of: readonly T[];
  /** So many at first, and so many more each time. */
  readonly step: number;
  readonly children: (items: readonly T[]) => ReactNode;
}

/** As much of a long list as anybody has asked for. */
export function Portion<T>({ of, step, children }: PortionProps<T>) {
  const { texts } = useApp();
  const [most, setMost] = useState(step);
  return (
    <>
      {children(of.slice(0, most))}
      {of.length > most && (
        <button type="button" onClick={() => setMost(most + step)}>
          {texts.common.more}
        </button>
      )}
    </>
  );
}
