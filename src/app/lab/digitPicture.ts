// From a drawing to the picture that the digit net takes, as its training pictures were made (LeCun, Cortes, Burges, "The MNIST
// database"): the ink is cut out, scaled into a box of 20x20 with its proportions kept, and laid into 28x28 with its centre of
// mass in the middle. Pure: the same strokes give the same picture everywhere.

/** Side of the picture, and of the box that the ink is scaled into. */
export const SIDE = 28;
const BOX = 20;

/** A place on the pad: 0 to 1 from the left and from the top. */
export interface Point {
  readonly x: number;
  readonly y: number;
}
export type Stroke = readonly Point[];

/** A square of ink, 0 (paper) to 1, row by row. */
export interface Raster {
  readonly side: number;
  readonly ink: Float64Array<ArrayBuffer>;
}

/** Width of the pen, of the pad's side: about two of twenty pixels once a digit that fills the pad is scaled down. */
export const PEN = 0.085;
const RASTER = 112;

const distance = (p: Point, a: Point, b: Point): number => {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.max(0, Math.min(1, ((p.x - a.x) * dx + (p.y - a.y) * dy) / length));
  return Math.hypot(p.x - a.x - along * dx, p.y - a.y - along * dy);
};

/** Strokes of a round pen, with an edge as soft as one cell is wide. */
export function rasterise(strokes: readonly Stroke[], side = RASTER): Raster {
  const ink = new Float64Array(side * side);
  const radius = PEN / 2;
  for (const stroke of strokes) {
    stroke.forEach((to, i) => {
      const from = stroke[Math.max(0, i - 1)] ?? to;
      const cell = (value: number): number => Math.max(0, Math.min(side - 1, Math.floor(value * side)));
      const [left, right] = [cell(Math.min(from.x, to.x) - radius - 1 / side), cell(Math.max(from.x, to.x) + radius + 1 / side)];
      const [top, bottom] = [cell(Math.min(from.y, to.y) - radius - 1 / side), cell(Math.max(from.y, to.y) + radius + 1 / side)];
      for (let y = top; y <= bottom; y++)
        for (let x = left; x <= right; x++) {
          const away = distance({ x: (x + 0.5) / side, y: (y + 0.5) / side }, from, to);
          const covered = Math.max(0, Math.min(1, (radius - away) * side + 0.5));
          ink[y * side + x] = Math.max(ink[y * side + x] ?? 0, covered);
        }
    });
  }
  return { side, ink };
}

/** A grey picture (0 black to 255 white, square) as ink, whichever of the two is the paper: the paper is what its border shows. */
export function inkOf(grey: ArrayLike<number>, side: number): Raster {
  const at = (x: number, y: number): number => grey[y * side + x] ?? 0;
  let border = 0;
  for (let i = 0; i < side; i++) border += at(i, 0) + at(i, side - 1) + at(0, i) + at(side - 1, i);
  const dark = border / (4 * side) < 128;
  const ink = Float64Array.from({ length: side * side }, (_, i) => (dark ? (grey[i] ?? 0) : 255 - (grey[i] ?? 0)) / 255);
  // What is paper in a photo is never quite white.
  const floor = 0.25;
  return { side, ink: ink.map((value) => Math.max(0, (value - floor) / (1 - floor))) };
}

/** Share of the cell [from, from + 1) that [a, b) covers. */
const overlap = (from: number, a: number, b: number): number => Math.max(0, Math.min(from + 1, b) - Math.max(from, a));

/** Mean of each of `out` equal parts of `input`, parts of cells counted by their share. */
function shrink(ink: ArrayLike<number>, width: number, height: number, outWidth: number, outHeight: number): Float64Array {
  const pixels = new Float64Array(outWidth * outHeight);
  for (let y = 0; y < outHeight; y++) {
    const [top, bottom] = [(y * height) / outHeight, ((y + 1) * height) / outHeight];
    for (let x = 0; x < outWidth; x++) {
      const [left, right] = [(x * width) / outWidth, ((x + 1) * width) / outWidth];
      let [sum, area] = [0, 0];
      for (let v = Math.floor(top); v < bottom; v++)
        for (let u = Math.floor(left); u < right; u++) {
          const share = overlap(v, top, bottom) * overlap(u, left, right);
          sum += share * (ink[Math.min(v, height - 1) * width + Math.min(u, width - 1)] ?? 0);
          area += share;
        }
      pixels[y * outWidth + x] = area === 0 ? 0 : sum / area;
    }
  }
  return pixels;
}

/** Ink below this is the edge of a stroke, not a part of it. */
const FAINT = 0.02;

/** The 28x28 picture, row by row, 0 to 1; undefined for paper without ink. */
export function digitPicture({ side, ink }: Raster): Float64Array<ArrayBuffer> | undefined {
  let [left, right, top, bottom] = [side, -1, side, -1];
  ink.forEach((value, i) => {
    if (value < FAINT) return;
    const [x, y] = [i % side, Math.floor(i / side)];
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
  });
  if (right < 0) return undefined;
  const [width, height] = [right - left + 1, bottom - top + 1];
  const cut = Float64Array.from({ length: width * height }, (_, i) => ink[(top + Math.floor(i / width)) * side + left + (i % width)] ?? 0);
  const scale = BOX / Math.max(width, height);
  const [boxWidth, boxHeight] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  const small = shrink(cut, width, height, boxWidth, boxHeight);

  let [mass, massX, massY] = [0, 0, 0];
  small.forEach((value, i) => {
    mass += value;
    massX += value * ((i % boxWidth) + 0.5);
    massY += value * (Math.floor(i / boxWidth) + 0.5);
  });
  const within = (shift: number, size: number): number => Math.max(0, Math.min(SIDE - size, shift));
  const shiftX = within(Math.round(SIDE / 2 - massX / mass), boxWidth);
  const shiftY = within(Math.round(SIDE / 2 - massY / mass), boxHeight);
  const picture = new Float64Array(SIDE * SIDE);
  small.forEach((value, i) => {
    picture[(shiftY + Math.floor(i / boxWidth)) * SIDE + shiftX + (i % boxWidth)] = Math.min(1, value);
  });
  return picture;
}
