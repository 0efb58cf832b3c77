// Patterns for the canvas: what is not as it should be looks so without any colour.

export type HatchKind = 'lines' | 'cross' | 'dots';

const SIZE = 8;

export function hatch(context: CanvasRenderingContext2D, kind: HatchKind, colour: string): CanvasPattern | null {
  const tile = document.createElement('canvas');
  const ratio = devicePixelRatio;
  tile.width = tile.height = Math.max(4, Math.round(SIZE * ratio));
  const pen = tile.getContext('2d');
  if (pen === null) return null;
  pen.scale(tile.width / SIZE, tile.width / SIZE);
  pen.strokeStyle = pen.fillStyle = colour;
  pen.lineWidth = 1.25;
  if (kind === 'dots') pen.fillRect(2, 2, 2, 2);
  else stroke(pen, kind === 'cross');
  return context.createPattern(tile, 'repeat');
}

/** The line goes through the corners of its tile, where the next one goes on with it. */
function stroke(pen: CanvasRenderingContext2D, isCross: boolean): void {
  for (const offset of [-SIZE, 0, SIZE]) {
    line(pen, offset, SIZE, offset + SIZE, 0);
    if (isCross) line(pen, offset, 0, offset + SIZE, SIZE);
  }
}

function line(pen: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  pen.beginPath();
  pen.moveTo(x1, y1);
  pen.lineTo(x2, y2);
  pen.stroke();
}
