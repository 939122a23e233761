import { Component, type ReactNode } from 'react';
import { useApp } from '../lib/app-context.ts';
import type { Loaded } from '../lib/use-load.ts';
import { errorWords } from '../lib/words.ts';

export function Loading() {
  const { texts } = useApp();
  return (
    <p className="state" role="status">
      <span className="spinner" aria-hidden="true" />
      {texts.common.loading}
    </p>
  );
}

export function Empty({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ReactNode;
}) {
  return (
    <div className="state">
      <strong>{title}</strong>
      {children}
    </div>
  );
}

export function Failure({
  error,
  retry,
}: {
  readonly error: unknown;
  readonly retry?: () => void;
}) {
  const { texts } = useApp();
  return (
    <div className="state failure" role="alert">
      <span>{errorWords(error, texts)}</span>
      {retry && (
        <button type="button" onClick={retry}>
          {texts.errors.retry}
        </button>
      )}
    </div>
  );
}

/** What was loaded, or why there is nothing yet. Old data stay while they are loaded again. */
export function Show<T>({
  of,
  children,
}: {
  readonly of: Loaded<T>;
  readonly children: (data: T) => ReactNode;
}) {
  if (of.data !== undefined)
    return (
      <>
        {of.error !== undefined && <Failure error={of.error} retry={of.reload} />}
        {children(of.data)}
      </>
    );
  return of.error === undefined ? <Loading /> : <Failure error={of.error} retry={of.reload} />;
}

interface BoundaryProps {
  readonly title: string;
  readonly action: string;
  readonly children: ReactNode;
}

/** A screen that fails takes neither the navigation nor the other screens with it. */
export class Boundary extends Component<BoundaryProps, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <div className="state failure" role="alert">
        <strong>{this.props.title}</strong>
        <button type="button" onClick={() => location.reload()}>
          {this.props.action}
        </button>
      </div>
    );
  }
}
