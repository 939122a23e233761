import type { Locale } from './format.ts';

export type Theme = 'auto' | 'light' | 'dark';

/** What a person chose on this device. A browser without storage forgets it, and nothing breaks. */

function read(key: string): string | null {
  try {
    return localStorage.getItem(`guanjia.${key}`);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(`guanjia.${key}`, value);
  } catch {
    // Private mode: the choice lasts as long as the page.
  }
}

/** The chosen language, else the browser's, else Chinese. */
export function initialLocale(languages: readonly string[]): Locale {
  const chosen = read('locale');
  if (chosen === 'zh' || chosen === 'en') return chosen;
  for (const language of languages) {
    if (language.startsWith('zh')) return 'zh';
    if (language.startsWith('en')) return 'en';
  }
  return 'zh';
}

export const saveLocale = (locale: Locale): void => write('locale', locale);

export function initialTheme(): Theme {
  const chosen = read('theme');
  return chosen === 'light' || chosen === 'dark' ? chosen : 'auto';
}

export function applyTheme(theme: Theme): void {
  write('theme', theme);
  if (theme === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}
