import type { PageColors } from './page-colors.ts';
import { vehicleStates } from './vehicles.ts';

const iconPx = 48;

function drawIcon(fill: string, edge: string, arrow: boolean): ImageData | undefined {
  const canvas = document.createElement('canvas');
  canvas.width = iconPx;
  canvas.height = iconPx;
  const pen = canvas.getContext('2d');
  if (!pen) return undefined;
  const middle = iconPx / 2;
  pen.beginPath();
  if (arrow) {
    pen.moveTo(middle, 4);
    pen.lineTo(iconPx - 10, iconPx - 7);
    pen.lineTo(middle, iconPx - 15);
    pen.lineTo(10, iconPx - 7);
    pen.closePath();
  } else {
    pen.arc(middle, middle, 12, 0, 2 * Math.PI);
  }
  pen.lineJoin = 'round';
  pen.lineWidth = 5;
  pen.strokeStyle = edge;
  pen.stroke();
  pen.fillStyle = fill;
  pen.fill();
  return pen.getImageData(0, 0, iconPx, iconPx);
}

export const routeArrow = 'route-arrow';

/** One picture per state: an arrow for what moves, a dot for what stands; and one for routes of one direction. */
export function mapIcons(colors: PageColors): [name: string, image: ImageData][] {
  const vehicles = vehicleStates.map((state) => {
    const image = drawIcon(colors[state], colors.surface, state === 'moving');
    return [`vehicle-${state}`, image] as const;
  });
  const all = [...vehicles, [routeArrow, drawIcon(colors.route, colors.surface, true)] as const];
  return all.flatMap(([name, image]): [string, ImageData][] => (image ? [[name, image]] : []));
}
