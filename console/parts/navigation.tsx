import { type FocusEvent, type KeyboardEvent, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useApp, useSession } from '../lib/app-context.ts';
import { useOpenAlerts } from '../lib/use-lists.ts';
import { Icon, type IconName } from './icon.tsx';

interface Item {
  readonly to: string;
  readonly icon: IconName;
  readonly label: string;
  readonly count?: number;
}

const isAt = (to: string, path: string) => path === to || (to !== '/' && path.startsWith(`${to}/`));

function NavLink({ item, onFollow }: { readonly item: Item; readonly onFollow: () => void }) {
  const [path] = useLocation();
  const { to, icon, label, count = 0 } = item;
  const here = isAt(to, path);
  return (
    <Link
      href={to}
      className={here ? 'here' : ''}
      onClick={onFollow}
      {...(here && { 'aria-current': 'page' as const })}
    >
      <Icon name={icon} />
      <span>{label}</span>
      {count > 0 && <b className="count">{count > 999 ? '999+' : count}</b>}
    </Link>
  );
}

/** Where one can go: on a phone the first of them stand in the bar, the others behind “more”. */
function useItems(): { readonly first: readonly Item[]; readonly others: readonly Item[] } {
  const { nav } = useApp().texts;
  const { me } = useSession();
  const open = useOpenAlerts();
  const mayFile = me.role !== 'fleet-manager' && me.role !== 'integrator';
  const mayMend = me.role === 'admin' || me.role === 'integrator';
  const others: readonly (Item | false)[] = [
    { to: '/vehicles', icon: 'vehicle', label: nav.vehicles },
    { to: '/trips', icon: 'trips', label: nav.trips },
    { to: '/dispatches', icon: 'orders', label: nav.dispatches },
    me.writes.includes('dispatches') && {
      to: '/vehicle-ledger',
      icon: 'book',
      label: nav.vehicleLedger,
    },
    { to: '/places', icon: 'places', label: nav.places },
    { to: '/calendar', icon: 'calendar', label: nav.calendar },
    { to: '/institutions', icon: 'institutions', label: nav.institutions },
    { to: '/waste', icon: 'waste', label: nav.waste },
    { to: '/tree', icon: 'tree', label: nav.tree },
    { to: '/figures', icon: 'figures', label: nav.figures },
    mayFile && { to: '/forms', icon: 'form', label: nav.forms },
    me.writes.includes('replacements') && {
      to: '/replacements',
      icon: 'replace',
      label: nav.replacements,
    },
    { to: '/rules', icon: 'rules', label: nav.rules },
    { to: '/ledger', icon: 'check', label: nav.ledger },
    mayMend && { to: '/quarantine', icon: 'quarantine', label: nav.quarantine },
    me.role === 'admin' && { to: '/pipeline', icon: 'pipeline', label: nav.pipeline },
  ];
  return {
    first: [
      { to: '/', icon: 'overview', label: nav.overview },
      { to: '/map', icon: 'map', label: nav.map },
      { to: '/alerts', icon: 'alerts', label: nav.alerts, count: open.data?.items.length ?? 0 },
      { to: '/meters', icon: 'meters', label: nav.meters },
    ],
    others: others.filter((item) => item !== false),
  };
}

/** A column on a desktop; on a phone a bar at the foot, with a sheet above it that “more” opens. */
export function Navigation() {
  const { texts } = useApp();
  const [path] = useLocation();
  const { first, others } = useItems();
  const [isOpen, setOpen] = useState(false);
  const more = useRef<HTMLButtonElement>(null);
  const close = () => setOpen(false);
  const here = others.find(({ to }) => isAt(to, path));
  const leave = ({ currentTarget, relatedTarget }: FocusEvent<HTMLElement>) => {
    if (!currentTarget.contains(relatedTarget)) close();
  };
  const onEscape = ({ key }: KeyboardEvent) => {
    if (key !== 'Escape' || !isOpen) return;
    close();
    more.current?.focus();
  };
  return (
    <nav aria-label={texts.nav.label} onBlur={leave} onKeyDown={onEscape}>
      {first.map((item) => (
        <NavLink key={item.to} item={item} onFollow={close} />
      ))}
      <button
        ref={more}
        type="button"
        className={here ? 'more here' : 'more'}
        aria-expanded={isOpen}
        aria-controls="other-pages"
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="more" />
        <span>{here?.label ?? texts.nav.more}</span>
      </button>
      <div id="other-pages" className={isOpen ? 'others open' : 'others'}>
        {others.map((item) => (
          <NavLink key={item.to} item={item} onFollow={close} />
        ))}
      </div>
    </nav>
  );
}
