import { createContext, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import type { Me } from '../../api/contract.ts';
import type { Texts } from '../texts/zh.ts';
import type { Api } from './api.ts';
import type { Locale } from './format.ts';
import type { Live, LiveEvent, LiveStatus } from './live.ts';
import type { Theme } from './preferences.ts';

/** What every part of the console may ask for. */
export interface App {
  readonly api: Api;
  readonly live: Live;
  readonly texts: Texts;
  readonly locale: Locale;
  readonly theme: Theme;
  setLocale(locale: Locale): void;
  setTheme(theme: Theme): void;
}

export const AppContext = createContext<App | undefined>(undefined);

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error('outside the app');
  return app;
}

/** Who is signed in, and how to sign out. */
export interface Session {
  readonly me: Me;
  signOut(): void;
}

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('nobody is signed in');
  return session;
}

export function useLiveStatus(): LiveStatus {
  const { live } = useApp();
  return useSyncExternalStore(live.onStatus, live.status);
}

/** Calls `listener` with each event; it must be stable. */
export function useLive(type: LiveEvent, listener: (data: unknown) => void): void {
  const { live } = useApp();
  useEffect(() => live.on(type, listener), [live, type, listener]);
}

/** Our clock, moving every `everyMs`, for ages and “online”. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** The title of the page, for the tab, history and screen readers. */
export function useTitle(title: string): void {
  const { texts } = useApp();
  useEffect(() => {
    document.title = title === '' ? texts.product : `${title} · ${texts.product}`;
  }, [title, texts]);
}
