import { useApp } from '../lib/app-context.ts';
import { Icon } from './icon.tsx';

/** At the end of a heading. */
export function CloseButton({ close }: { readonly close: () => void }) {
  const { texts } = useApp();
  return (
    <button type="button" className="quiet close" aria-label={texts.common.close} onClick={close}>
      <Icon name="close" />
    </button>
  );
}
