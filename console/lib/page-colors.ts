import { useEffect, useState } from 'react';
import type { ChartColors } from './chart-options.ts';

const variables = {
  text: '--text',
  faint: '--faint',
  line: '--line',
  surface: '--surface',
  accent: '--accent',
  expected: '--expected',
  info: '--info',
  warning: '--warning',
  critical: '--critical',
  ground: '--ground',
  moving: '--moving',
  idling: '--idling',
  parked: '--parked',
  offline: '--offline',
  place: '--place',
  route: '--route',
} as const;

/** The page's colours for what is drawn on a canvas. */
export type PageColors = ChartColors & { readonly [key in keyof typeof variables]: string };

function readColors(): PageColors {
  const style = getComputedStyle(document.documentElement);
  const colors = Object.fromEntries(
    Object.entries(variables).map(([key, name]) => [key, style.getPropertyValue(name).trim()]),
  );
  return colors as { [key in keyof typeof variables]: string };
}

/** The colours, read again when light becomes dark: by the system or by choice. */
export function usePageColors(): PageColors {
  const [colors, setColors] = useState(readColors);
  useEffect(() => {
    const again = () => setColors(readColors());
    const media = matchMedia('(prefers-color-scheme: dark)');
    const observer = new MutationObserver(again);
    media.addEventListener('change', again);
    observer.observe(document.documentElement, {
      attributes: true,
      attributeFilter: ['data-theme'],
    });
    return () => {
      media.removeEventListener('change', again);
      observer.disconnect();
    };
  }, []);
  return colors;
}
